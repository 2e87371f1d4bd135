package vintem.cashback;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.YearMonth;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vintem.Http;
import vintem.Node;
import vintem.World;
import vintem.platform.EmbeddedPostgres;

/// The server is killed in the middle of a month's close, again and again, sometimes with its
/// database. Whoever starts next carries on; in the end everybody was credited once.
class KilledCloseIT {
    private static final int RESELLERS = 4_000;
    private static final int KILLS = 4;
    private static final int LONGEST_LIFE_MILLIS = 900;
    private static final YearMonth MONTH = YearMonth.of(2026, 1);
    // Small chunks: there are four hundred moments between two of them.
    private static final Map<String, String> SETTINGS =
            Map.of(
                    "VINTEM_BCRYPT_COST", "4",
                    "VINTEM_REQUESTS_PER_MINUTE", "0",
                    "VINTEM_CASHBACK_CLOSE_CHUNK", "10");

    private static final String FILL =
            """
            insert into reseller (id, user_name, cpf, email, created_at)
            select uuidv7(), 'r' || n, (10000000000 + n)::text, 'r' || n, now()
            from generate_series(1, %d) n;
            insert into cashback_account (reseller_id) select id from reseller;
            insert into purchase (id, code, reseller_id, amount_cents, bought_on, status, created_at)
            select uuidv7(), user_name || '-' || n, id, 70001, '2026-01-15', 'approved', now()
            from reseller cross join generate_series(1, 2) n;
            insert into cashback_month (reseller_id, month, purchases, approved_cents, accrued_cents)
            select id, '2026-01-01', 2, 140002, 21000 from reseller;
            insert into transfer (id, entry_id, debit_account, credit_account, amount_cents, kind,
                                  subject_id, occurred_at)
            select t, t, 17, 18, 21000, 'cashback_accrued', id, now()
            from (select id, uuidv7() as t from reseller) r;
            """;

    private static final String NOT_CREDITED_ONCE =
            """
            select count(*) from reseller r
            where (select count(*) from transfer t
                   where t.subject_id = r.id and t.kind = 'cashback_credited') <> 1
            or (select available_cents from cashback_account a where a.reseller_id = r.id) <> 21000
            """;

    private static final String DONE = "select coalesce(max(resellers), 0) from cashback_close";

    private static final String FINISHED =
            "select count(*) from cashback_close where finished_at is not null";

    @TempDir private Path temporary;

    @AfterEach
    void nothing_is_left_running() {
        var data = temporary.resolve("data");
        if (EmbeddedPostgres.running(data).isPresent()) {
            EmbeddedPostgres.start(data, Map.of()).close();
        }
    }

    @Test
    void everybody_is_credited_once_whenever_the_server_is_killed() throws Exception {
        var random = new Random(Long.getLong("vintem.seed", 26_112_026));
        var data = temporary.resolve("data");
        var node = Node.start(data, SETTINGS);
        execute(data, FILL.formatted(RESELLERS));
        var hitInTheMiddle = 0;
        for (var kill = 0; kill < KILLS; kill++) {
            var closing = closeBeside(node);
            var before = number(data, DONE);
            // Until it has begun, and then some time more.
            while (number(data, DONE) == before && number(data, FINISHED) == 0) {
                Thread.sleep(1);
            }
            Thread.sleep(random.nextInt(LONGEST_LIFE_MILLIS));
            if (random.nextInt(3) == 0) {
                node.killWithDatabase();
            } else {
                node.kill();
            }
            closing.join();
            node = Node.start(data, SETTINGS);
            hitInTheMiddle += number(data, FINISHED) == 0 ? 1 : 0;
        }
        assertThat(hitInTheMiddle).as("a kill in the middle").isPositive();
        // Asked for again it carries on; and where nobody asks, the job does.
        closeBeside(node).join();
        var deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        while (number(data, FINISHED) == 0) {
            assertThat(System.nanoTime()).as("the close comes to its end").isLessThan(deadline);
            Thread.sleep(100);
        }
        assertThat(number(data, NOT_CREDITED_ONCE)).isZero();
        assertThat(number(data, DONE)).isEqualTo(RESELLERS);
        assertThat(Node.command(data, SETTINGS, "audit"))
                .satisfies(audit -> assertThat(audit.exit()).as(audit.output()).isZero());
        node.stop();
    }

    private static CompletableFuture<Void> closeBeside(Node node) {
        var admin = node.nobody().signedIn("admin", World.ADMIN_PASSWORD);
        return CompletableFuture.runAsync(() -> close(admin));
    }

    private static void close(Http admin) {
        try {
            admin.post("/cashback/fechamentos", "{\"mes\":\"%s\"}".formatted(MONTH));
        } catch (UncheckedIOException killed) {
            // Whoever asks again is told.
        }
    }

    private static void execute(Path data, String statements) throws SQLException {
        var address = EmbeddedPostgres.running(data).orElseThrow();
        try (var connection = address.connect();
                var statement = connection.createStatement()) {
            statement.execute(statements);
        }
    }

    private static long number(Path data, String query) throws SQLException {
        var address = EmbeddedPostgres.running(data).orElseThrow();
        try (var connection =
                        DriverManager.getConnection(
                                address.url(), address.user(), address.password());
                var statement = connection.createStatement();
                var row = statement.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        }
    }
}
