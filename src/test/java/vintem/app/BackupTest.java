package vintem.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vintem.app.Backup.Refused;
import vintem.app.Backup.Restored;
import vintem.app.Backup.Written;
import vintem.platform.EmbeddedPostgres;
import vintem.platform.EmbeddedPostgres.Address;

class BackupTest {
    private static final int WRITERS = 4;

    @TempDir private Path temporary;

    @Test
    void a_backup_taken_while_money_moves_restores_a_consistent_past() throws Exception {
        var data = temporary.resolve("data");
        var file = temporary.resolve("backups/today.tar.gz");
        var committedBefore = 0L;
        try (var server = start(data)) {
            Files.writeString(data.resolve("secret"), "kept with the data");
            execute(server.address(), "create table kept (writer int, number bigint)");
            var writers = new Writers(server.address());
            try {
                committedBefore = writers.waitUntilBusy();
                var outcome = Backup.backup(data, file, address -> true);
                assertThat(outcome)
                        .isInstanceOfSatisfying(
                                Written.class,
                                written -> {
                                    assertThat(written.tables()).isEqualTo(1);
                                    assertThat(written.rows()).isPositive();
                                    assertThat(written.bytes()).isPositive();
                                });
            } finally {
                writers.stop();
            }
            assertThat(ask(server.address(), "select count(*) from pg_replication_slots")).isZero();
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(names(file.getParent())).containsExactly("today.tar.gz");

        var elsewhere = temporary.resolve("elsewhere");
        assertThat(Backup.restore(file, elsewhere)).isEqualTo(new Restored(elsewhere));
        assertThat(names(elsewhere))
                .containsExactlyInAnyOrder("postgres", "postgres.password", "restored", "secret");
        try (var restored = start(elsewhere)) {
            var address = restored.address();
            assertThat(ask(address, "select count(*) from kept"))
                    .isGreaterThanOrEqualTo(committedBefore);
            // Each writer counted from 1 and committed each number before the next.
            assertThat(
                            ask(
                                    address,
                                    """
                                    select count(*)
                                    from (select count(*) as rows, max(number) as last
                                          from kept group by writer)
                                    where rows = last
                                    """))
                    .isEqualTo(WRITERS);
        }
    }

    @Test
    void without_a_server_it_starts_one_and_keeps_only_what_passes_the_audit() throws Exception {
        var data = temporary.resolve("data");
        var file = temporary.resolve("backup.tar.gz");
        assertThat(Backup.backup(data, file, address -> true)).isInstanceOf(Refused.class);
        start(data).close();

        assertThat(Backup.backup(data, data.resolve("inside.tar.gz"), address -> true))
                .isInstanceOf(Refused.class);
        assertThat(Backup.backup(data, file, address -> false)).isInstanceOf(Refused.class);
        assertThat(names(temporary)).containsExactly("data");

        assertThat(Backup.backup(data, file, address -> true)).isInstanceOf(Written.class);
        assertThat(EmbeddedPostgres.running(data)).isEmpty();
        assertThat(Backup.backup(data, file, address -> true)).isInstanceOf(Refused.class);

        assertThat(reason(Backup.restore(file, data))).contains("is not empty");
        damaged_and_foreign_archives_are_refused(file);
    }

    private void damaged_and_foreign_archives_are_refused(Path file) throws IOException {
        var good = Files.readAllBytes(file);
        var flipped = good.clone();
        flipped[good.length / 2] ^= 1;
        var lastByteFlipped = good.clone();
        lastByteFlipped[good.length - 6] ^= 1;
        var bad =
                List.of(
                        flipped,
                        lastByteFlipped,
                        Arrays.copyOf(good, good.length / 2),
                        Arrays.copyOf(good, good.length - 1),
                        "not an archive".getBytes(),
                        new byte[0]);
        var target = temporary.resolve("target");
        for (var bytes : bad) {
            var archive = Files.write(temporary.resolve("bad.tar.gz"), bytes);
            assertThat(reason(Backup.restore(archive, target)))
                    .contains("is damaged or no backup of Vintém");
            assertThat(names(temporary))
                    .containsExactlyInAnyOrder("data", "backup.tar.gz", "bad.tar.gz");
        }
        assertThat(reason(Backup.restore(temporary.resolve("none"), target)))
                .contains("There is no file");
    }

    private static String reason(Backup.Outcome outcome) {
        assertThat(outcome).isInstanceOf(Refused.class);
        return ((Refused) outcome).reason();
    }

    /// Threads that commit row after row until they are stopped.
    private static final class Writers {
        private final AtomicBoolean enough = new AtomicBoolean();
        private final AtomicLong committed = new AtomicLong();
        private final List<Future<Void>> results = new ArrayList<>();
        private final ExecutorService threads = Executors.newFixedThreadPool(WRITERS);

        Writers(Address address) {
            for (var writer = 1; writer <= WRITERS; writer++) {
                var insert = "insert into kept values (%d, ?)".formatted(writer);
                Callable<Void> work = () -> write(address, insert);
                results.add(threads.submit(work));
            }
        }

        private Void write(Address address, String insert) throws SQLException {
            try (var connection = address.connect();
                    var statement = connection.prepareStatement(insert)) {
                for (var number = 1L; !enough.get(); number++) {
                    statement.setLong(1, number);
                    statement.executeUpdate();
                    committed.incrementAndGet();
                }
            }
            return null;
        }

        long waitUntilBusy() throws InterruptedException {
            while (committed.get() < 1_000) {
                Thread.sleep(5);
            }
            return committed.get();
        }

        void stop() throws Exception {
            enough.set(true);
            for (var result : results) {
                result.get();
            }
            threads.close();
        }
    }

    private static EmbeddedPostgres start(Path data) {
        return EmbeddedPostgres.start(data, Map.of("shared_buffers", "16MB"));
    }

    private static List<String> names(Path directory) throws IOException {
        try (var entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).toList();
        }
    }

    private static void execute(Address address, String sql) throws SQLException {
        try (var connection = address.connect();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static long ask(Address address, String sql) throws SQLException {
        try (var connection = address.connect();
                var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }
}
