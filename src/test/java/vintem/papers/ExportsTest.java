package vintem.papers;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.text.DecimalFormat;
import java.text.NumberFormat;
import java.text.ParseException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.dhatim.fastexcel.reader.CellType;
import org.dhatim.fastexcel.reader.ReadableWorkbook;
import org.dhatim.fastexcel.reader.Row;
import org.junit.jupiter.api.Test;
import vintem.Download;
import vintem.Http;
import vintem.Rows;
import vintem.World;
import vintem.platform.BusinessDays;
import vintem.platform.Sheet;
import vintem.platform.SheetFormat;
import vintem.platform.Words;

/// Lists as spreadsheets, as a Brazilian's program reads them.
@QuarkusTest
@QuarkusTestResource(World.class)
class ExportsTest {
    private static final Locale BRAZIL = Locale.of("pt", "BR");
    private static final DateTimeFormatter SECOND =
            DateTimeFormatter.ofPattern("dd/MM/uuuu HH:mm:ss");

    @Inject Clock clock;

    private static String unique() {
        return UUID.randomUUID().toString().substring(0, 13);
    }

    private static String payment(String reference, String value) {
        var answer =
                Http.admin()
                        .post(
                                "/payments/pix",
                                """
                                {"value":%s,"reference":"%s","description":"Café; com \\"aspas\\"",
                                 "payer":{"name":"Ana Souza","tax_id":"529.982.247-25"}}"""
                                        .formatted(value, reference));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json().at("/payment/id").asText();
    }

    /// As a spreadsheet in Brazil reads a CSV: semicolons, quotes doubled.
    private static List<List<String>> csv(String text) {
        assertThat(text).startsWith("\uFEFF");
        var rows = new ArrayList<List<String>>();
        var row = new ArrayList<String>();
        var cell = new StringBuilder();
        var quoted = false;
        for (var i = 1; i < text.length(); i++) {
            var it = text.charAt(i);
            if (quoted) {
                if (it == '"' && i + 1 < text.length() && text.charAt(i + 1) == '"') {
                    cell.append('"');
                    i++;
                } else if (it == '"') {
                    quoted = false;
                } else {
                    cell.append(it);
                }
            } else {
                switch (it) {
                    case '"' -> quoted = true;
                    case ';' -> {
                        row.add(cell.toString());
                        cell.setLength(0);
                    }
                    case '\r' -> {}
                    case '\n' -> {
                        row.add(cell.toString());
                        cell.setLength(0);
                        rows.add(List.copyOf(row));
                        row.clear();
                    }
                    default -> cell.append(it);
                }
            }
        }
        return rows;
    }

    private static BigDecimal number(String text) {
        var format = (DecimalFormat) NumberFormat.getInstance(BRAZIL);
        format.setParseBigDecimal(true);
        try {
            return (BigDecimal) format.parse(text);
        } catch (ParseException wrong) {
            throw new AssertionError(wrong);
        }
    }

    private static List<Row> xlsx(byte[] bytes) throws IOException {
        try (var book = new ReadableWorkbook(new ByteArrayInputStream(bytes))) {
            return book.getFirstSheet().read();
        }
    }

    @Test
    void payments_as_csv_open_in_a_brazilian_spreadsheet() {
        var reference = "=1+1 " + unique();
        var id = payment(reference, "1234.50");

        var file =
                Download.of(
                        Http.admin(),
                        "/exports/payments.csv?q="
                                + reference
                                        .replace("=", "%3D")
                                        .replace("+", "%2B")
                                        .replace(" ", "%20"));

        assertThat(file.status()).isEqualTo(200);
        assertThat(file.disposition())
                .isEqualTo(
                        "attachment; filename=\"payments-%s.csv\""
                                .formatted(BusinessDays.today(clock)));
        var rows = csv(file.text());
        assertThat(rows).hasSize(2);
        var titles = rows.getFirst();
        assertThat(titles).contains("Valor", "Situação", "CPF/CNPJ");
        var row = rows.get(1);
        assertThat(number(row.get(titles.indexOf("Valor")))).isEqualByComparingTo("1234.50");
        assertThat(row.get(titles.indexOf("Valor"))).isEqualTo("1234,50");
        assertThat(row.get(titles.indexOf("Referência"))).isEqualTo("'" + reference);
        assertThat(row.get(titles.indexOf("Descrição"))).isEqualTo("Café; com \"aspas\"");
        assertThat(row.get(titles.indexOf("CPF/CNPJ"))).isEqualTo("***.982.247-**");
        assertThat(row.get(titles.indexOf("ID"))).isEqualTo(id);
        var created = LocalDateTime.parse(row.get(titles.indexOf("Criado em")), SECOND);
        assertThat(created.atZone(Words.SAO_PAULO).toInstant())
                .isBetween(clock.instant().minusSeconds(600), clock.instant().plusSeconds(1));
    }

    @Test
    void payments_as_xlsx_have_real_numbers_and_dates() throws IOException {
        var reference = "+55" + unique();
        payment(reference, "10.05");

        var file =
                Download.of(
                        Http.admin(), "/exports/payments.xlsx?q=" + reference.replace("+", "%2B"));

        var rows = xlsx(file.bytes());
        assertThat(rows).hasSize(2);
        var titles = rows.getFirst().stream().map(it -> it == null ? "" : it.getText()).toList();
        var row = rows.get(1);
        var value = row.getCell(titles.indexOf("Valor"));
        assertThat(value.getType()).isEqualTo(CellType.NUMBER);
        assertThat(value.asNumber()).isEqualByComparingTo("10.05");
        assertThat(row.getCell(titles.indexOf("Criado em")).getType()).isEqualTo(CellType.NUMBER);
        assertThat(row.getCellAsDate(titles.indexOf("Criado em")))
                .hasValueSatisfying(
                        at -> assertThat(at.toLocalDate()).isEqualTo(BusinessDays.today(clock)));
        var neutral = row.getCell(titles.indexOf("Referência"));
        assertThat(neutral.getType()).isEqualTo(CellType.STRING);
        assertThat(neutral.getText()).isEqualTo("'" + reference);
    }

    @Test
    void every_list_there_is_can_be_taken_in_both_formats() {
        var lists = Http.admin().get("/exports").json().required("items");
        assertThat(lists.size()).isGreaterThan(30);
        var needs =
                Map.of(
                        "errata",
                        "file_id=" + UUID.randomUUID(),
                        "duplicates",
                        "file_id=" + UUID.randomUUID(),
                        "statement",
                        "account=bank",
                        "daily-returns",
                        "asset_id=999999",
                        "tie-out-lines",
                        "date=2026-01-31",
                        "tie-out-movements",
                        "date=2026-01-31");
        for (var list : lists) {
            var name = list.required("name").asText();
            var query = needs.containsKey(name) ? "?" + needs.get(name) : "";
            var csv = Download.of(Http.admin(), "/exports/" + name + ".csv" + query);
            if (name.equals("daily-returns")) {
                assertThat(csv.status()).isEqualTo(404);
                continue;
            }
            assertThat(csv.status()).as(name + " " + csv.text()).isEqualTo(200);
            var titles = csv(csv.text()).getFirst();
            assertThat(titles).as(name).doesNotHaveDuplicates().noneMatch(String::isBlank);
            var xlsx = Download.of(Http.admin(), "/exports/" + name + ".xlsx" + query);
            assertThat(new String(xlsx.bytes(), 0, 2, java.nio.charset.StandardCharsets.UTF_8))
                    .as(name)
                    .isEqualTo("PK");
        }
    }

    /// The lists of routes, and where they are to be had as spreadsheets.
    private static final Map<String, String> EXPORTED =
            Map.ofEntries(
                    Map.entry("/access-log", "access-log"),
                    Map.entry("/allocations", "allocations"),
                    Map.entry("/assets", "assets"),
                    Map.entry("/assets/catalog", "the provider's"),
                    Map.entry("/billing/emails", "emails"),
                    Map.entry("/billing/files", "files"),
                    Map.entry("/billing/files/{id}/duplicates", "duplicates"),
                    Map.entry("/billing/files/{id}/errata", "errata"),
                    Map.entry("/billing/outbox", "outbox"),
                    Map.entry("/billing/payments", "settlements"),
                    Map.entry("/billing/payments/unknown", "unknown-money"),
                    Map.entry("/billing/suppressions", "suppressions"),
                    Map.entry("/charges", "charges"),
                    Map.entry("/clients", "clients"),
                    Map.entry("/compra", "purchases"),
                    Map.entry("/console/parked-events", "parked-events"),
                    Map.entry("/keys", "keys"),
                    Map.entry("/ledger/accounts/{code}/statement", "statement"),
                    Map.entry("/ledger/transfers", "the months"),
                    Map.entry("/payments/pix", "payments"),
                    Map.entry("/payments/pix/unmatched", "unmatched"),
                    Map.entry("/payouts", "payouts"),
                    Map.entry("/payouts/batches", "batches"),
                    Map.entry("/payouts/holds", "holds"),
                    Map.entry("/payouts/holds/{id}", "hold"),
                    Map.entry("/read-log", "read-log"),
                    Map.entry("/reconciliation/days", "tie-out-days"),
                    Map.entry("/revendedor", "resellers"),
                    Map.entry("/users", "users"),
                    Map.entry("/webhooks/deliveries", "webhook-deliveries"));

    @Test
    void every_list_of_a_route_is_to_be_had_as_a_spreadsheet() {
        var exports = new TreeSet<>(Set.of("the months", "the provider's"));
        Http.admin()
                .get("/exports")
                .json()
                .required("items")
                .forEach(each -> exports.add(each.required("name").asText()));
        var paths =
                Http.nobody()
                        .with("Accept", "application/json")
                        .get("/openapi?format=json")
                        .json()
                        .required("paths");
        var lists = new TreeSet<String>();
        for (var path : paths.properties()) {
            for (var parameter : path.getValue().path("get").path("parameters")) {
                // A list that has a second page.
                if (Set.of("after", "page").contains(parameter.path("name").asText())) {
                    lists.add(path.getKey());
                }
            }
        }
        assertThat(lists).isEqualTo(EXPORTED.keySet());
        assertThat(exports).containsAll(EXPORTED.values());
    }

    /// A formula in each text that strangers can bring in, of lists of every area.
    @Test
    void what_would_run_as_a_formula_is_a_text_in_every_list() {
        var mark = "z" + unique().replace("-", "");
        var formula = "=HYPERLINK(%s)".formatted(mark);
        payment(formula, "1.00");
        var admin = Http.admin();
        for (var sent :
                List.of(
                        admin.post(
                                "/charges",
                                """
                                {"name":"%s","governmentId":"529.982.247-25",
                                 "email":"a@example.com","debtAmount":5.00,
                                 "debtDueDate":"2030-02-01","debtId":"%s"}"""
                                        .formatted(formula, formula)),
                        admin.post(
                                "/payouts/batch",
                                """
                                {"batch_id":"%s","items":[{"external_id":"%s","user_id":"%s",
                                 "amount_cents":7,"pix_key":"a@mail.com"}]}"""
                                        .formatted(formula, formula, formula)),
                        admin.post(
                                "/clients",
                                "{\"name\":\"%s\",\"email\":\"%s@example.com\"}"
                                        .formatted(formula, mark)),
                        admin.with("Content-Type", "text/csv")
                                .post(
                                        "/reconciliation/statements?name=f.csv",
                                        "date,amount,description\n2019-05-06,-1.23,\"%s\"\n"
                                                .formatted(formula)))) {
            assertThat(sent.status()).as(sent.body()).isIn(200, 201);
        }
        try {
            for (var list :
                    List.of(
                            "payments.csv?q=%3DHYPERLINK(" + mark + ")",
                            "charges.csv",
                            "payouts.csv",
                            "batches.csv",
                            "clients.csv",
                            "tie-out-lines.csv?date=2019-05-06")) {
                var text = Download.of(admin, "/exports/" + list).text();
                var cells = new ArrayList<String>();
                csv(text).forEach(row -> row.forEach(cells::add));
                assertThat(cells)
                        .as(list)
                        .noneMatch(it -> it.startsWith("=HYPERLINK"))
                        .contains("'" + formula);
            }
        } finally {
            Rows.change(
                    "truncate bank_statement_line, bank_movement, bank_movement_reference,"
                            + " reconciliation_match, bank_statement, reconciliation_opening, reconciliation_day");
        }
    }

    @Test
    void a_list_is_for_whoever_may_read_it_and_a_slip_exports_nothing() {
        var name = "le" + unique().replace("-", "");
        var body =
                "{\"name\":\"%s\",\"password\":\"uma boa senha\",\"roles\":{\"payouts\":\"read\"}}"
                        .formatted(name);
        assertThat(Http.admin().post("/users", body).status()).isEqualTo(201);
        var reader = Http.nobody().signedIn(name, "uma+boa+senha");
        assertThat(reader.get("/exports/payouts.csv").status()).isEqualTo(200);
        assertThat(reader.get("/exports/payments.csv").status()).isEqualTo(403);
        assertThat(reader.get("/exports").body()).contains("payouts").doesNotContain("charges");
        assertThat(Http.admin().get("/exports/payments.csv?statis=paid").status()).isEqualTo(400);
        assertThat(Http.admin().get("/exports/payments.csv?status=payed").status()).isEqualTo(400);
        assertThat(Http.admin().get("/exports/payments.pdf").status()).isEqualTo(404);
        assertThat(Http.admin().get("/exports/secrets.csv").status()).isEqualTo(404);
    }

    @Test
    void an_export_is_noted_without_what_was_looked_for() {
        var before = Rows.number("select count(*) from read_log where subject_type = 'export'");
        Download.of(Http.admin(), "/exports/charges.csv?debtor=52998224725");
        assertThat(Rows.number("select count(*) from read_log where subject_type = 'export'"))
                .isGreaterThan(before);
        assertThat(Rows.number("select count(*) from read_log where route like '%52998224725%'"))
                .isZero();
        assertThat(Http.admin().get("/read-log?type=export").body()).contains("?debtor");
    }

    /// Numbers, not time: a page at a time is asked for, and each one behind the last row.
    @Test
    void a_long_list_is_read_page_by_page() throws IOException {
        var asked = new ArrayList<Integer>();
        var sheet =
                new Sheet<Integer>(
                        List.of(
                                Sheet.count("line", it -> it.longValue()),
                                Sheet.instant("at", _ -> Instant.EPOCH),
                                Sheet.day("day", _ -> LocalDate.EPOCH)),
                        Sheet.pages(
                                last -> {
                                    var from = last == null ? 0 : last;
                                    asked.add(from);
                                    var until = Math.min(from + Sheet.AT_ONCE, 4_500);
                                    var page = new ArrayList<Integer>();
                                    for (var i = from + 1; i <= until; i++) {
                                        page.add(i);
                                    }
                                    return page;
                                }));
        var out = new ByteArrayOutputStream();
        SheetFormat.XLSX.write(out, Words.PT, sheet);
        assertThat(asked).containsExactly(0, 2_000, 4_000);
        var rows = xlsx(out.toByteArray());
        assertThat(rows).hasSize(4_501);
        assertThat(rows.getLast().getCellAsNumber(0)).contains(new BigDecimal(4_500));
        assertThat(rows.getLast().getCellAsDate(2)).contains(LocalDate.EPOCH.atStartOfDay());
    }
}
