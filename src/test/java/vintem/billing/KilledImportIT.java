package vintem.billing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vintem.Node;
import vintem.Query;
import vintem.World;
import vintem.platform.EmbeddedPostgres;
import vintem.platform.Together;

/// `kill -9` at ten random moments of one import: of the server, and sometimes of its PostgreSQL
/// too. What the file comes to is what an undisturbed import of the same rows comes to.
/// `-Dvintem.seed=` repeats a run.
class KilledImportIT {
    private static final int KILLS = 10;
    private static final int ROWS = 24_000;
    private static final String CALM = "calm-";
    private static final String STORM = "wild-";
    private static final Map<String, String> SETTINGS =
            Map.of(
                    "VINTEM_ADMIN_PASSWORD", World.ADMIN_PASSWORD,
                    "VINTEM_BCRYPT_COST", "4",
                    // Many commits of an import to be killed between, and in the middle of.
                    "VINTEM_BILLING_BATCH_ROWS", "100",
                    // Whoever comes back need not wait long for what the dead one had.
                    "VINTEM_BILLING_LEASE_SECONDS", "1",
                    // What is queued stays so, and can be compared.
                    "VINTEM_BILLING_EMAILS", "false");

    /// All that a file has come to, but for ids, times, and the numbers of boletos.
    private static final String RESULT =
            """
            select concat_ws(E'\\n',
                concat_ws(' ', status, reason, size, position, line, total_rows, rows, imported,
                    imported_cents, duplicates, errors, conflicts, boletos, emails_queued),
                (select concat_ws(' ', count(*), count(boleto_number), count(distinct debt_id),
                        md5(string_agg(concat_ws('|', line, name, government_id, document_valid,
                            email, amount_cents, due_date, right(debt_id, -5), status, billed,
                            paid_cents, boleto_status, boleto_due, right(bar_code, 10)), '/'
                            order by line)))
                    from charge where file_id = f.id),
                (select concat_ws(' ', count(*), count(distinct subject_id), sum(t.amount_cents),
                        string_agg(distinct t.kind, ','))
                    from transfer t join charge c on c.id = t.subject_id where c.file_id = f.id),
                (select concat_ws(' ', count(*), count(distinct e.charge_id),
                        string_agg(distinct e.reason || e.status, ','))
                    from charge_email e join charge c on c.id = e.charge_id where c.file_id = f.id),
                (select string_agg(distinct type || ' ' || n, ',') from (
                    select type, count(*) as n from outbox where subject = f.id::text
                    group by type) as news),
                (select concat_ws(' ', count(*), md5(string_agg(concat_ws('|', line, kind, columns,
                        reasons, replace(replace(fields::text, 'calm-', ''), 'wild-', '')), '/'
                        order by line)))
                    from debt_file_error where file_id = f.id),
                (select concat_ws(' ', count(*), md5(string_agg(l || right(id, -5), '/' order by l)))
                    from debt_file_duplicate d, unnest(d.lines, d.debt_ids) as x (l, id)
                    where d.file_id = f.id))
            from debt_file f where name = '%s'
            """;

    private static final String STATUS = "select status from debt_file where name = '%s'";

    private static final String PLACE =
            "select status || ' ' || rows from debt_file where name = 'wild-'";

    private static final String HAS_EVERYTHING =
            """
            select duplicates > 0 and errors > 0 and conflicts > 0 and imported > boletos
            from debt_file where name = 'wild-'
            """;

    @TempDir private Path temporary;
    private final long seed = Long.getLong("vintem.seed", System.nanoTime() & 0xFFFFFF);
    private final Random random = new Random(seed);

    @AfterEach
    void nothing_is_left_running() {
        var data = data();
        if (EmbeddedPostgres.running(data).isPresent()) {
            EmbeddedPostgres.start(data, Map.of()).close();
        }
    }

    @Test
    void a_file_comes_to_the_same_whenever_the_server_is_killed() throws Exception {
        var node = Node.start(data(), SETTINGS);
        send(node, CALM, 202);
        awaitEnd(CALM);
        send(node, STORM, 202);
        for (var kill = 0; kill < KILLS; kill++) {
            awaitPlace((kill + random.nextDouble()) / KILLS);
            Together.pause(Duration.ofMillis(random.nextInt(10)));
            var withDatabase = random.nextInt(4) == 0;
            if (withDatabase) {
                node.killWithDatabase();
            } else {
                node.kill();
            }
            node = Node.start(data(), SETTINGS);
            System.out.printf(
                    "[seed %d] kill %d%s: %s%n",
                    seed, kill + 1, withDatabase ? " with PostgreSQL" : "", ask(PLACE));
        }
        awaitEnd(STORM);
        assertThat(result(STORM)).as("seed %d", seed).isEqualTo(result(CALM));
        assertThat(ask(HAS_EVERYTHING)).as("the file has something of everything").isEqualTo("t");
        assertThat(ask("select count(*) = count(distinct debt_id) from charge")).isEqualTo("t");
        var audit = Node.command(data(), SETTINGS, "audit");
        assertThat(audit.exit()).as("seed %d: %s", seed, audit.output()).isZero();
        send(node, STORM, 200);
        assertThat(node.stop()).isEqualTo(143);
    }

    private void send(Node node, String prefix, int status) {
        var answer =
                node.admin()
                        .with("Content-Type", "text/csv")
                        .post(
                                "/billing/files?name=" + prefix,
                                text(prefix).getBytes(StandardCharsets.UTF_8));
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    }

    /// Debts with all that can be with one: those that come twice, near or far apart, that come
    /// with another amount, whose row is wrong, that have several lines, that have no boleto.
    private static String text(String prefix) {
        var text = new StringBuilder(DebtFiles.TITLES).append('\n');
        for (var i = 0; i < ROWS; i++) {
            var debt = i % 50 == 49 ? i - 30 : i % 170 == 169 ? i / 2 : i;
            var amount =
                    debt % 400 == 200
                            ? "200000000.00"
                            : i % 100 == 99 ? "9999.00" : debt + 1 + (debt % 3 == 0 ? ".10" : "");
            var name = debt % 13 == 12 ? "\"Ana\nde %d\"".formatted(debt) : "Ana " + debt;
            var email = i % 230 == 22 ? "ana" : "ana%d@example.com".formatted(debt);
            text.append(
                    "%s,9558,%s,%s,2022-10-12,%s%d%s\n"
                            .formatted(
                                    name, email, amount, prefix, debt, i % 310 == 3 ? ",x" : ""));
        }
        return text.toString();
    }

    private void awaitEnd(String name) {
        Together.until(name + " is done", () -> ask(STATUS.formatted(name)).equals("done"));
    }

    /// Waits on one line, or the kill would come long after its moment.
    private void awaitPlace(double part) throws SQLException {
        try (var connection = EmbeddedPostgres.running(data()).orElseThrow().connect();
                var query =
                        connection.prepareStatement(
                                "select status from debt_file"
                                        + " where name = ? and rows >= ? * total_rows")) {
            query.setString(1, STORM);
            query.setDouble(2, part);
            var status = new String[1];
            Together.until(
                    "the import comes to " + part,
                    () -> {
                        try (var found = query.executeQuery()) {
                            status[0] = found.next() ? found.getString(1) : null;
                            return status[0] != null;
                        } catch (SQLException failed) {
                            throw new AssertionError(failed);
                        }
                    });
            assertThat(status[0]).as("there is something left to kill").isEqualTo("importing");
        }
    }

    private String result(String name) {
        return ask(RESULT.formatted(name));
    }

    private String ask(String sql) {
        return Query.one(EmbeddedPostgres.running(data()).orElseThrow(), sql);
    }

    private Path data() {
        return temporary.resolve("data");
    }
}
