package vintem.billing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vintem.Books;
import vintem.Http;
import vintem.MovableClock;
import vintem.Rows;
import vintem.World;
import vintem.access.AccessLog;
import vintem.access.Caller;
import vintem.billing.ImportDebts.Outcome;
import vintem.platform.Database;
import vintem.platform.Ids;
import vintem.platform.Outbox;
import vintem.platform.Together;

/// An import that is stopped, breaks off or is done by two at once ends as an undisturbed one does.
@QuarkusTest
@QuarkusTestResource(World.class)
class CrashedImportTest {
    private static final int ROWS = 200;
    private static final int FEW = 7;
    private static final String TITLES = "name,governmentId,email,debtAmount,debtDueDate,debtId\n";

    private static final String WAITING =
            """
            select count(*) from pg_stat_activity
            where query like 'copy charge (%' and wait_event_type = 'Lock'
            or query like 'copy debt_file_duplicate%' and state = 'idle in transaction'
            """;

    @Inject MovableClock clock;
    @Inject Boletos boletos;
    @Inject Database database;
    @Inject DebtFileTable files;
    @Inject ErratumTable errata;
    @Inject ImportTable importTable;
    @Inject MakeCharges charges;
    @Inject Spreadsheets spreadsheets;
    @Inject ImportDebts importDebts;
    @Inject Outbox outbox;
    @Inject FileScreens screens;
    @Inject AccessLog log;

    @AfterAll
    static void every_cent_is_there() {
        Books.assertInOrder();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 10, 25})
    void a_file_that_is_stopped_goes_on_where_it_stands(int batches) throws Exception {
        var expected = undisturbed();
        var fileId = received();
        var asked = new AtomicInteger();
        var first = importer(FEW).run(find(fileId), () -> asked.incrementAndGet() == batches);
        assertThat(first).isEqualTo(Outcome.STOPPED);
        assertThat(find(fileId).counts().rows()).isEqualTo((long) batches * FEW);
        assertThat(importer(FEW + 4).run(find(fileId), () -> false)).isEqualTo(Outcome.DONE);
        assertThat(result(fileId)).isEqualTo(expected);
    }

    @Test
    void a_file_that_is_stopped_after_each_batch_comes_to_the_same_end() throws Exception {
        var expected = undisturbed();
        var fileId = received();
        var runs = 0;
        Outcome outcome;
        do {
            outcome = importer(FEW).run(find(fileId), () -> true);
            runs++;
        } while (outcome == Outcome.STOPPED);
        assertThat(outcome).isEqualTo(Outcome.DONE);
        assertThat(runs).isGreaterThan(ROWS / FEW);
        assertThat(result(fileId)).isEqualTo(expected);
    }

    @Test
    void a_file_that_breaks_off_goes_on_where_it_stands() throws Exception {
        var expected = undisturbed();
        var fileId = received();
        var asked = new AtomicInteger();
        assertThatThrownBy(
                        () ->
                                importer(FEW)
                                        .run(
                                                find(fileId),
                                                () -> {
                                                    if (asked.incrementAndGet() == 9) {
                                                        throw new IllegalStateException("dead");
                                                    }
                                                    return false;
                                                }))
                .hasMessage("dead");
        assertThat(find(fileId).status()).isEqualTo(DebtFile.Status.IMPORTING);
        assertThat(importer(FEW).run(find(fileId), () -> false)).isEqualTo(Outcome.DONE);
        assertThat(result(fileId)).isEqualTo(expected);
    }

    @Test
    void a_spreadsheet_that_is_stopped_goes_on_where_it_stands() throws Exception {
        var whole = received(spreadsheet());
        assertThat(importer(5_000).run(find(whole), () -> false)).isEqualTo(Outcome.DONE);
        var fileId = received(spreadsheet());
        var asked = new AtomicInteger();
        assertThat(importer(FEW).run(find(fileId), () -> asked.incrementAndGet() == 3))
                .isEqualTo(Outcome.STOPPED);
        assertThat(importer(FEW + 4).run(find(fileId), () -> false)).isEqualTo(Outcome.DONE);
        assertThat(result(fileId)).isEqualTo(result(whole));
    }

    /// Batches take what stands in those before them for charged; here it is, but otherwise.
    @ParameterizedTest
    @ValueSource(ints = {1, FEW, 20})
    void a_debt_of_several_batches_is_compared_with_what_somebody_else_has_charged(int batchRows)
            throws Exception {
        var expected = amongOthers(5_000);
        assertThat(expected).contains("other_amount");
        assertThat(amongOthers(batchRows)).isEqualTo(expected);
    }

    @Test
    void a_batch_that_took_a_debt_for_charged_looks_again_where_somebody_else_charges_it_meanwhile()
            throws Exception {
        var debtId = Debts.newDebt();
        var row = "Ana,9558,ana@example.com,1.10,2022-10-12," + debtId + "\n";
        var fileId = received((TITLES + row + row).getBytes(StandardCharsets.UTF_8));
        var written = new CountDownLatch(1);
        var both = new CountDownLatch(1);
        var somebody =
                Together.beside(
                        () ->
                                database.run(
                                        tx -> {
                                            charges.make(tx, List.of(charge(debtId, 220)));
                                            written.countDown();
                                            Together.await(both);
                                        }));
        Together.await(written, somebody);
        var importing = Together.beside(() -> runToTheEnd(fileId));
        // The first batch waits for somebody, the second one for its turn: with what it decided by
        // the first.
        Together.until("both batches", () -> Rows.number(WAITING) == 2);
        both.countDown();
        somebody.join();
        importing.join();
        var counts = find(fileId).counts();
        assertThat(counts.imported()).isZero();
        assertThat(counts.conflicts()).isEqualTo(2);
    }

    @Test
    void two_at_once_import_each_row_once() throws Exception {
        var expected = undisturbed();
        var fileId = received();
        var file = find(fileId);
        var outcomes = Together.atOnce(2, () -> importer(FEW).run(file, () -> false));
        // Each may have overtaken the other in the middle; then a third one goes on.
        if (!outcomes.contains(Outcome.DONE)) {
            assertThat(importer(FEW).run(find(fileId), () -> false)).isEqualTo(Outcome.DONE);
        }
        assertThat(result(fileId)).isEqualTo(expected);
    }

    @Test
    void who_is_late_adds_nothing_to_a_file_that_is_done_or_cancelled() throws Exception {
        var fileId = received();
        var stale = find(fileId);
        assertThat(importer(FEW).run(stale, () -> false)).isEqualTo(Outcome.DONE);
        var before = result(fileId);
        assertThat(importer(FEW).run(stale, () -> false)).isEqualTo(Outcome.ELSEWHERE);
        assertThat(result(fileId)).isEqualTo(before);

        var other = received();
        var waiting = find(other);
        var asked = new AtomicInteger();
        importer(FEW).run(waiting, () -> asked.incrementAndGet() == 3);
        var half = result(other);
        var path = "/billing/files/" + other + "/cancel";
        assertThat(Http.admin().post(path, "").status()).isEqualTo(200);
        assertThat(importer(FEW).run(find(other), () -> false)).isEqualTo(Outcome.ELSEWHERE);
        assertThat(result(other)).isEqualTo(half.replace("importing", "cancelled"));
    }

    /// What a file comes to where another one has charged some of its debts another amount.
    private String amongOthers(int batchRows) throws Exception {
        var prefix = Debts.newDebt();
        var others = text(prefix).lines().limit(1 + ROWS / 2).toList();
        var theirs = String.join("\n", others).replace(".10,", ".20,");
        var first = received(theirs.getBytes(StandardCharsets.UTF_8));
        assertThat(importer(5_000).run(find(first), () -> false)).isEqualTo(Outcome.DONE);
        var fileId = received(text(prefix).getBytes(StandardCharsets.UTF_8));
        assertThat(importer(batchRows).run(find(fileId), () -> false)).isEqualTo(Outcome.DONE);
        return result(fileId);
    }

    /// What an import that nobody disturbs comes to.
    private String undisturbed() throws Exception {
        var fileId = received();
        assertThat(importer(5_000).run(find(fileId), () -> false)).isEqualTo(Outcome.DONE);
        return result(fileId);
    }

    private ImportDebts importer(int batchRows) {
        return new ImportDebts(
                database,
                files,
                errata,
                importTable,
                charges,
                boletos,
                spreadsheets,
                outbox,
                screens,
                clock,
                batchRows,
                Duration.ofSeconds(30));
    }

    private void runToTheEnd(UUID fileId) {
        try {
            assertThat(importer(1).run(find(fileId), () -> false)).isEqualTo(Outcome.DONE);
        } catch (IOException | UnreadableFile failed) {
            throw new AssertionError(failed);
        }
    }

    private NewCharge charge(String debtId, long cents) {
        return new NewCharge(
                Ids.next(),
                debtId,
                null,
                0,
                "Ana",
                "9558",
                false,
                "ana@example.com",
                cents,
                LocalDate.of(2022, 10, 12),
                null,
                Billed.ALREADY_RECOGNISED,
                UUID.randomUUID(),
                null,
                clock.instant());
    }

    private DebtFile find(UUID fileId) {
        return database.transaction(tx -> files.find(tx, fileId)).orElseThrow();
    }

    /// Rows with all that can be with one, among debts of nobody else's names.
    private static String text(String prefix) {
        var text = new StringBuilder(TITLES);
        for (var i = 0; i < ROWS; i++) {
            var debt = i % 10 == 9 ? i - 3 : i % 17 == 16 ? i - 11 : i;
            var amount = i % 20 == 19 ? "9999.00" : debt + 1 + ".10";
            var name = i % 13 == 12 ? "\"Ana\nde %d\"".formatted(debt) : "Ana";
            var email = i % 23 == 22 ? "ana" : "ana@example.com";
            text.append(
                    "%s,9558,%s,%s,2022-10-12,%s-%d\n"
                            .formatted(name, email, amount, prefix, debt));
        }
        return text.toString();
    }

    private static byte[] spreadsheet() {
        var prefix = Debts.newDebt();
        var rows = new ArrayList<List<Object>>();
        rows.add(List.of("name", "governmentId", "email", "debtAmount", "debtDueDate", "debtId"));
        for (var i = 0; i < ROWS; i++) {
            rows.add(
                    List.of(
                            i % 13 == 12 ? "" : "Ana",
                            "9558",
                            "ana@example.com",
                            new BigDecimal(i + 1 + ".10"),
                            LocalDate.of(2022, 10, 12),
                            prefix + "-" + i));
        }
        return DebtFileContractTest.workbook(rows);
    }

    private UUID received() throws IOException {
        return received(text(Debts.newDebt()).getBytes(StandardCharsets.UTF_8));
    }

    private UUID received(byte[] bytes) throws IOException {
        var idle = new ImportFiles(database, files, importDebts, outbox, screens, clock, 0);
        var receive =
                new ReceiveDebtFile(
                        database,
                        files,
                        spreadsheets,
                        idle,
                        outbox,
                        screens,
                        log,
                        clock,
                        new ReceiveDebtFile.Limits(1 << 20, 1, Duration.ofSeconds(60), 1));
        var outcome =
                receive.receive(
                        new ReceiveDebtFile.Upload(
                                "debts.csv",
                                Map.of(),
                                LateTerms.NONE,
                                Billed.ALREADY_RECOGNISED,
                                Caller.SYSTEM),
                        new ByteArrayInputStream(bytes));
        return ((ReceiveDebtFile.Outcome.Received) outcome).file().id();
    }

    /// All that a file has come to, but for what is another's in every file: ids and numbers.
    private static String result(UUID fileId) {
        return Rows.text(
                """
                select concat_ws(E'\\n',
                    (select concat_ws(' ', status, rows, imported, imported_cents, duplicates,
                            errors, conflicts, boletos, emails_queued, line)
                        from debt_file where id = f.id),
                    (select string_agg(concat_ws(' ', line, name, email, amount_cents, due_date,
                            substr(debt_id, 39)), '/' order by line)
                        from charge where file_id = f.id),
                    (select concat_ws(' ', count(*), sum(t.amount_cents)) from transfer t
                        join charge c on c.id = t.subject_id where c.file_id = f.id),
                    (select count(*) from outbox o join charge c on c.id::text = o.subject
                        where c.file_id = f.id),
                    (select string_agg(concat_ws(' ', line, kind, columns, reasons), '/'
                            order by line)
                        from debt_file_error where file_id = f.id),
                    (select string_agg(l::text, '/' order by l) from debt_file_duplicate d,
                        unnest(d.lines) l where d.file_id = f.id))
                from (select ?::uuid as id) f
                """,
                fileId);
    }
}
