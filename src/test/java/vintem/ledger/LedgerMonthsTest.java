package vintem.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.YearMonth;
import java.util.Arrays;
import java.util.UUID;
import org.dhatim.fastexcel.reader.ReadableWorkbook;
import org.junit.jupiter.api.Test;
import vintem.Download;
import vintem.Http;
import vintem.Rows;
import vintem.World;
import vintem.platform.Words;

/// The accountant's month. It goes by the database's clock, which nobody moves.
@QuarkusTest
@QuarkusTestResource(World.class)
class LedgerMonthsTest {
    private static YearMonth now() {
        return YearMonth.from(Instant.now().atZone(Words.SAO_PAULO));
    }

    private static String correction(long cents) {
        var answer =
                Http.admin()
                        .with("Idempotency-Key", UUID.randomUUID().toString())
                        .post(
                                "/ledger/transfers",
                                """
                                {"transfers":[{"debit":"bank_fees","credit":"opening",
                                 "amount_cents":%d,"kind":"correction"}]}"""
                                        .formatted(cents));
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        return answer.json().required("entry_id").asText();
    }

    @Test
    void a_months_transfers_are_a_file_that_a_program_imports() {
        var entry = correction(123_456);

        var file = Download.of(Http.admin(), "/ledger/months/" + now() + ".csv");

        assertThat(file.status()).isEqualTo(200);
        var lines = file.text().split("\r\n");
        assertThat(lines[0])
                .isEqualTo(
                        "\uFEFFdata;conta_debito;conta_credito;valor;historico;tipo;documento;"
                                + "lancamento;id;registrado_em;ocorrido_em");
        var line = Arrays.stream(lines).filter(it -> it.contains(entry)).findFirst().orElseThrow();
        var cells = line.split(";");
        assertThat(cells[0]).matches("[0-9]{2}/[0-9]{2}/[0-9]{4}");
        assertThat(cells[1]).isEqualTo("bank_fees");
        assertThat(cells[2]).isEqualTo("opening");
        assertThat(cells[3]).isEqualTo("1234,56");
        assertThat(cells[4]).contains("Saldo inicial → Tarifas bancárias");
        assertThat(lines.length - 1)
                .isLessThanOrEqualTo(Math.toIntExact(Rows.number("select count(*) from transfer")));
    }

    @Test
    void the_balances_of_a_month_tie_with_its_transfers_and_with_the_books() throws IOException {
        correction(1_000);
        var file = Download.of(Http.admin(), "/ledger/months/" + now() + ".xlsx");
        try (var book = new ReadableWorkbook(new ByteArrayInputStream(file.bytes()))) {
            var sheets = book.getSheets().toList();
            assertThat(sheets)
                    .extracting(it -> it.getName())
                    .containsExactly("lancamentos", "saldos");
            var transfers = sheets.get(0).read();
            var total = BigDecimal.ZERO;
            for (var row : transfers.subList(1, transfers.size())) {
                total = total.add(row.getCellAsNumber(3).orElseThrow());
            }
            var balances = sheets.get(1).read();
            var sum = balances.getLast();
            assertThat(sum.getCellText(0)).isEqualTo("total");
            assertThat(sum.getCellAsNumber(4).orElseThrow()).isEqualByComparingTo(total);
            assertThat(sum.getCellAsNumber(5).orElseThrow()).isEqualByComparingTo(total);
            for (var row : balances.subList(1, balances.size() - 1)) {
                var opening = row.getCellAsNumber(3).orElseThrow();
                var debits = row.getCellAsNumber(4).orElseThrow();
                var credits = row.getCellAsNumber(5).orElseThrow();
                var change =
                        row.getCellText(2).equals("devedora")
                                ? debits.subtract(credits)
                                : credits.subtract(debits);
                assertThat(row.getCellAsNumber(6).orElseThrow())
                        .isEqualByComparingTo(opening.add(change));
            }
        }
    }

    @Test
    void the_month_before_ends_where_this_one_begins_and_there_is_none_ahead() {
        var before =
                Download.of(
                        Http.admin(), "/ledger/months/" + now().minusMonths(1) + "-balances.csv");
        assertThat(before.status()).isEqualTo(200);
        // This database has begun in this month.
        assertThat(before.text()).contains("bank_fees;Tarifas bancárias;devedora;0,00;0,00;0,00");
        assertThat(Http.admin().get("/ledger/months/2999-01.csv").status()).isEqualTo(404);
        assertThat(Http.admin().get("/ledger/months/2026-13.csv").status()).isEqualTo(404);
        assertThat(Http.admin().get("/ledger/months/now.csv").status()).isEqualTo(404);
        assertThat(Http.admin().get("/app/ledger/months").body()).contains("/ledger/months/");
    }
}
