package vintem.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vintem.Node;
import vintem.Query;
import vintem.World;
import vintem.app.LiveLoad.Kind;
import vintem.platform.EmbeddedPostgres;

/// A backup taken while everything moves, restored somewhere else: whatever was acknowledged before
/// it began is there, and the books are in order.
class BackupUnderLoadIT {
    private static final int PAYMENTS = 40;
    private static final Map<String, String> SETTINGS =
            Map.of(
                    "VINTEM_BANK_SECRET", World.BANK_SECRET,
                    "VINTEM_BCRYPT_COST", "4",
                    "VINTEM_REQUESTS_PER_MINUTE", "0",
                    "VINTEM_BANK_TIMEOUT_MILLIS", "300",
                    "VINTEM_SANDBOX_SLOW_MILLIS", "50");

    @TempDir private Path temporary;

    @AfterEach
    void nothing_is_left_running() {
        var data = temporary.resolve("data");
        if (EmbeddedPostgres.running(data).isPresent()) {
            EmbeddedPostgres.start(data, Map.of()).close();
        }
    }

    @Test
    void what_was_acknowledged_before_a_backup_under_load_is_there_after_a_restore() {
        var seed = Long.getLong("vintem.seed", System.nanoTime() & 0xFFFFFF);
        var data = temporary.resolve("data");
        var file = temporary.resolve("backups/now.tar.gz").toString();
        var elsewhere = temporary.resolve("elsewhere");
        try (var node = Node.start(data, SETTINGS);
                var load = new LiveLoad(() -> List.of(node), seed)) {
            load.start();
            load.awaitProgress(PAYMENTS);
            var before = load.known();
            var backup = Node.command(data, SETTINGS, "backup", file);
            assertThat(backup.exit()).as(backup.output()).isZero();
            assertThat(backup.output()).contains("restored and audited");
            // It went on meanwhile, and it goes on.
            assertThat(load.count(Kind.PAYMENT)).isGreaterThan(before.get(Kind.PAYMENT).size());
            load.awaitProgress(PAYMENTS);
            load.finish();
            assertThat(load.unanswered()).isZero();

            var restored = Node.command(elsewhere, SETTINGS, "restore", file);
            assertThat(restored.exit()).as(restored.output()).isZero();
            var audit = Node.command(elsewhere, SETTINGS, "audit");
            assertThat(audit.exit()).as(audit.output()).isZero();
            try (var server = EmbeddedPostgres.start(elsewhere, Map.of())) {
                var there = server.address();
                has(there, "select id from payment where status = 'paid'", before, Kind.PAYMENT);
                has(there, "select id from payment", before, Kind.EXPIRING);
                has(there, "select id from payout_batch", before, Kind.BATCH);
                has(there, "select id from debt_file", before, Kind.FILE);
                has(
                        there,
                        "select id from purchase where status = 'approved'",
                        before,
                        Kind.PURCHASE);
                has(there, "select id from allocation", before, Kind.ALLOCATION);
                // It is of an earlier moment than the end.
                assertThat(Query.all(there, "select id from payment where status = 'paid'"))
                        .hasSizeLessThan(load.count(Kind.PAYMENT));
            }
        }
    }

    private static void has(
            EmbeddedPostgres.Address there,
            String sql,
            Map<Kind, java.util.Set<String>> before,
            Kind kind) {
        assertThat(before.get(kind)).as(kind.name()).isNotEmpty();
        assertThat(Query.all(there, sql)).as(kind.name()).containsAll(before.get(kind));
    }
}
