package vintem.investments;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import java.util.zip.ZipFile;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.Test;
import vintem.Http;
import vintem.Http.Answer;
import vintem.Rows;
import vintem.World;
import vintem.platform.Sheet;

/// The contract's resources over HTTP, and what the solutions of its case get wrong.
@QuarkusTest
@QuarkusTestResource(World.class)
class InvestmentsContractTest {
    @Inject Office office;

    private final Http admin = Http.admin();

    // ── clients ───────────────────────────────────────────────────────────────────────────────

    @Test
    void clients_are_added_found_changed_and_made_inactive() {
        var mark = Office.unique("maria");
        var created = admin.post("/clients", client(mark + " Souza", mark + "@Example.com"));
        assertThat(created.status()).as(created.body()).isEqualTo(201);
        var id = created.json().get("id").asLong();
        assertThat(created.header("Location")).isEqualTo("/clients/" + id);
        assertThat(created.json().get("status").asText()).isEqualTo("active");
        for (var search : List.of(mark.toUpperCase() + "%20souza", mark + "%40example")) {
            for (var path : List.of("/clients", "/clients/")) {
                var found = admin.get(path + "?search=" + search + "&status=active").json();
                assertThat(found.get("total").asLong()).as(path + search).isEqualTo(1);
                assertThat(found.at("/items/0/id").asLong()).isEqualTo(id);
            }
        }
        // One address, however it is written.
        assertThat(admin.post("/clients", client("x", mark + "@example.COM")).status())
                .isEqualTo(409);
        var changed = put("/clients/" + id, "{\"advisor\":\"Rui\",\"name\":\"Outra\"}");
        assertThat(changed.json().get("advisor").asText()).isEqualTo("Rui");
        assertThat(delete("/clients/" + id).status()).isEqualTo(204);
        assertThat(delete("/clients/" + id).status()).isEqualTo(204);
        assertThat(admin.get("/clients/" + id).json().get("status").asText()).isEqualTo("inactive");
        assertThat(admin.get("/clients?status=active&search=" + mark).json().get("total").asLong())
                .isZero();
        assertThat(put("/clients/" + id, "{\"status\":\"active\"}").status()).isEqualTo(200);
    }

    @Test
    void lists_are_read_by_skip_or_by_page() {
        var mark = Office.unique("pg");
        for (var i = 0; i < 5; i++) {
            office.client(mark + " " + i);
        }
        var list = "/clients?search=" + mark + "&limit=2";
        assertThat(names(admin.get(list).json())).containsExactly(mark + " 0", mark + " 1");
        assertThat(names(admin.get(list + "&skip=4").json())).containsExactly(mark + " 4");
        assertThat(names(admin.get(list + "&page=2").json()))
                .containsExactly(mark + " 2", mark + " 3");
        var first = admin.get(list).json();
        assertThat(first.get("total").asInt()).isEqualTo(5);
        assertThat(first.get("next").asInt()).isEqualTo(2);
        assertThat(admin.get(list + "&skip=4").json().get("next").isNull()).isTrue();
        assertThat(admin.get("/clients?search=%25").json().get("total").asLong())
                .as("a percent sign is a percent sign")
                .isZero();
        for (var wrong :
                List.of(
                        "skip=-1",
                        "skip=x",
                        "page=0",
                        "limit=501",
                        "status=gone",
                        "skip=9999999999")) {
            assertThat(admin.get("/clients?" + wrong).status()).as(wrong).isEqualTo(400);
        }
    }

    @Test
    void a_key_makes_a_request_count_once() {
        var body = client("Once", Office.unique("once") + "@example.com");
        var caller = admin.with("Idempotency-Key", Office.unique("k"));
        var first = caller.post("/clients", body);
        var again = caller.post("/clients", body);
        assertThat(again.status()).isEqualTo(201);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(again.header("Idempotency-Hit")).isEqualTo("true");
        assertThat(again.header("Location")).isEqualTo(first.header("Location"));
        assertThat(caller.post("/clients", client("Other", "other@example.com")).status())
                .isEqualTo(422);
    }

    // ── allocations ───────────────────────────────────────────────────────────────────────────

    @Test
    void an_allocation_by_symbol_adds_the_asset_at_the_price_of_now_and_today() {
        var ana = office.client("By symbol");
        var answer =
                admin.post(
                        "/allocations",
                        "{\"client_id\":%d,\"asset_symbol\":\"wege3\",\"quantity\":2.5}"
                                .formatted(ana.id()));
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        var lot = answer.json();
        assertThat(lot.get("ticker").asText()).isEqualTo("WEGE3");
        assertThat(
                        vintem.Rows.number(
                                "select count(*) from outbox where type = ? and subject = ?",
                                "allocation.created",
                                lot.get("id").asText()))
                .isEqualTo(1);
        assertThat(lot.get("buy_date").asText()).isEqualTo(office.today().toString());
        var price = admin.get("/assets/price?symbol=WEGE3").json().get("price").decimalValue();
        assertThat(lot.get("buy_price").decimalValue()).isEqualByComparingTo(price);
        var asset = admin.get("/assets?search=wege3").json().at("/items/0");
        assertThat(asset.get("name").asText()).isEqualTo("WEG ON");
        assertThat(asset.get("currency").asText()).isEqualTo("BRL");
        var unknown =
                admin.post(
                        "/allocations",
                        "{\"client_id\":%d,\"asset_symbol\":\"NOSUCH9\",\"quantity\":1}"
                                .formatted(ana.id()));
        assertThat(unknown.status()).isEqualTo(422);
        assertThat(unknown.json().get("type").asText()).endsWith("/unknown-symbol");
        assertThat(admin.get("/assets?search=nosuch9").json().get("total").asInt()).isZero();
    }

    @Test
    void an_allocation_shows_price_daily_change_and_return_since_it_was_bought() {
        var asset = office.asset("BRL");
        var ana = office.client("Shows");
        var day = LocalDate.of(2026, 8, 10);
        office.close(asset, "10.00", day);
        office.close(asset, "10.50", day.plusDays(1));
        var id = office.buy(ana, asset, "100", "8.40", day).id();
        var lot = admin.get("/allocations/" + id).json();
        assertThat(lot.get("current_price").decimalValue()).isEqualByComparingTo("10.5");
        assertThat(lot.get("daily_change_pct").decimalValue()).isEqualByComparingTo("5");
        assertThat(lot.get("accumulated_return_pct").decimalValue()).isEqualByComparingTo("25");
        assertThat(lot.get("total_invested").decimalValue()).isEqualByComparingTo("840.00");
        assertThat(lot.get("current_value").decimalValue()).isEqualByComparingTo("1050.00");
        var filters = "/allocations?client_id=%d&asset_id=%d".formatted(ana.id(), asset.id());
        assertThat(admin.get(filters + "&is_active=true").json().get("total").asInt()).isEqualTo(1);
        assertThat(admin.get(filters + "&is_active=false").json().get("total").asInt()).isZero();
        assertThat(
                        put("/allocations/" + id, "{\"quantity\":50}")
                                .json()
                                .get("current_value")
                                .decimalValue())
                .isEqualByComparingTo("525.00");
        assertThat(delete("/allocations/" + id).status()).isEqualTo(204);
        assertThat(delete("/allocations/" + id).status()).isEqualTo(409);
        assertThat(admin.get(filters + "&is_active=false").json().get("total").asInt())
                .isEqualTo(1);
    }

    @Test
    void a_sale_is_a_row_of_its_own_and_never_more_than_is_left() {
        var asset = office.asset("BRL");
        var ana = office.client("Sells");
        var day = LocalDate.of(2026, 8, 10);
        var id = office.buy(ana, asset, "100", "10", day).id();
        var sales = "/allocations/" + id + "/withdrawals";
        var sold = admin.post(sales, "{\"date\":\"2026-08-20\",\"quantity\":60,\"price\":12}");
        assertThat(sold.status()).as(sold.body()).isEqualTo(201);
        assertThat(sold.json().get("current_quantity").decimalValue()).isEqualByComparingTo("40");
        assertThat(sold.json().get("quantity").decimalValue()).isEqualByComparingTo("100");
        var more = admin.post(sales, "{\"date\":\"2026-08-20\",\"quantity\":40.5,\"price\":12}");
        assertThat(more.status()).isEqualTo(422);
        var before = admin.post(sales, "{\"date\":\"2026-08-09\",\"quantity\":1,\"price\":12}");
        assertThat(before.status()).isEqualTo(422);
        assertThat(put("/allocations/" + id, "{\"quantity\":59}").status()).isEqualTo(422);
        assertThat(admin.get(sales).json()).hasSize(1);
        var windows = office.captado.windows(java.time.YearMonth.of(2026, 8), null).orElseThrow();
        var sums = office.sums(ana, windows).mensal();
        assertThat(sums.captado()).isEqualByComparingTo("1000");
        assertThat(sums.sold()).isEqualByComparingTo("720");
    }

    @Test
    void a_sale_that_never_was_is_taken_back_and_still_stands_as_of_before() {
        var asset = office.asset("BRL");
        var ana = office.client("Takes back");
        var id = office.buy(ana, asset, "100", "10", LocalDate.of(2026, 8, 10)).id();
        var sales = "/allocations/" + id + "/withdrawals";
        admin.post(sales, "{\"date\":\"2026-08-20\",\"quantity\":60,\"price\":12}");
        admin.post(sales, "{\"date\":\"2026-09-01\",\"quantity\":5,\"price\":12}");
        var sale = admin.get(sales).json().get(0).get("id").asText();
        var then = office.clock.instant();
        var now = delete(sales + "/" + sale);
        assertThat(now.status()).as(now.body()).isEqualTo(200);
        assertThat(now.json().get("current_quantity").decimalValue()).isEqualByComparingTo("95");
        assertThat(admin.get(sales).json()).hasSize(1);
        assertThat(frame(ana.id(), 8).at("/mensal/resgatado").decimalValue())
                .isEqualByComparingTo("0");
        assertThat(frame(ana.id(), 8, "&as_of=" + then).at("/mensal/resgatado").decimalValue())
                .isEqualByComparingTo("720");
        assertThat(delete(sales + "/" + sale).status()).isEqualTo(404);
        assertThat(delete(sales + "/x").status()).isEqualTo(404);
        var other = office.buy(ana, asset, "1", "10", LocalDate.of(2026, 8, 10)).id();
        var kept = admin.get(sales).json().get(0).get("id").asText();
        assertThat(delete("/allocations/" + other + "/withdrawals/" + kept).status())
                .isEqualTo(404);
        delete("/allocations/" + id);
        assertThat(delete(sales + "/" + kept).status()).isEqualTo(409);
    }

    @Test
    void a_currency_counts_at_the_rate_of_the_day_and_without_one_says_so() {
        var currency = "Z" + (char) ('A' + (int) (System.nanoTime() % 26)) + "X";
        var asset = office.asset(currency);
        var ana = office.client("Abroad");
        var day = LocalDate.of(2026, 8, 10);
        var id = office.buy(ana, asset, "10", "100", day).id();
        office.close(asset, "110", day.plusDays(1));
        assertThat(admin.get("/allocations/" + id).json().get("excluded").asBoolean()).isTrue();
        var frame = frame(ana.id(), 8);
        assertThat(frame.at("/mensal/captado").decimalValue()).isEqualByComparingTo("0");
        assertThat(frame.get("excluded_lots").asInt()).isEqualTo(1);
        var file =
                "series,day,value\n%s,2026-08-07,5.00\n%s,2026-08-12,6.00\n"
                        .formatted(currency, currency);
        assertThat(csv("/rates/import", file).status()).isEqualTo(200);
        frame = frame(ana.id(), 8);
        // Friday's rate holds on Monday; the latest one tells what it is worth now.
        assertThat(frame.at("/mensal/captado").decimalValue()).isEqualByComparingTo("5000.00");
        assertThat(frame.at("/mensal/atual").decimalValue()).isEqualByComparingTo("6600.00");
        assertThat(frame.get("excluded_lots").asInt()).isZero();
    }

    @Test
    void a_split_multiplies_units_and_leaves_captado() {
        var asset = office.asset("BRL");
        var ana = office.client("Split");
        var day = LocalDate.of(2026, 8, 10);
        var lot = office.buy(ana, asset, "100", "30", day);
        office.close(asset, "36", day.plusDays(1));
        var path = "/assets/" + asset.id() + "/splits";
        var split = "{\"date\":\"2026-08-13\",\"factor\":3}";
        assertThat(admin.post(path, split).status()).isEqualTo(201);
        assertThat(admin.post(path, split).status()).isEqualTo(409);
        var sold = office.client("Sold after a split");
        var tenth = office.asset("BRL");
        office.sell(office.buy(sold, tenth, "10", "30", day), "5", "30", day.plusDays(2));
        var tenIntoOne =
                admin.post(
                        "/assets/" + tenth.id() + "/splits",
                        "{\"date\":\"2026-08-11\",\"factor\":0.1}");
        assertThat(tenIntoOne.status()).as(tenIntoOne.body()).isEqualTo(422);
        var now = admin.get("/allocations/" + lot.id()).json();
        assertThat(now.get("current_quantity").decimalValue()).isEqualByComparingTo("300");
        // The last close was before it: three of today were one of then.
        assertThat(now.get("current_value").decimalValue()).isEqualByComparingTo("3600.00");
        office.close(asset, "12.50", LocalDate.of(2026, 8, 13));
        now = admin.get("/allocations/" + lot.id()).json();
        assertThat(now.get("current_value").decimalValue()).isEqualByComparingTo("3750.00");
        assertThat(frame(ana.id(), 8).at("/mensal/captado").decimalValue())
                .isEqualByComparingTo("3000.00");
        var returns = returns(asset.id(), "2026-08-11", "2026-08-13");
        // 36 to 3 × 12.50, and a day without a close between them.
        assertThat(returns.get(2).get("daily_return_pct").decimalValue())
                .isEqualByComparingTo("4.1667");
        assertThat(returns.get(1).get("carried").asBoolean()).isTrue();
    }

    @Test
    void files_are_imported_whole_or_not_at_all() {
        var asset = office.asset("BRL");
        var ana = office.client("Of a file");
        var rows = new StringBuilder("client_email,ticker,quantity,buy_price,buy_date\n");
        for (var i = 1; i <= 300; i++) {
            rows.append(
                    "%s,%s,%d,10.5,2026-0%d-15\n"
                            .formatted(ana.email(), asset.ticker(), i, 1 + i % 9));
        }
        var wrong = rows + "nobody@example.com,%s,1,1,2026-01-02\n".formatted(asset.ticker());
        var refused = csv("/allocations/import", wrong);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().at("/violations/0/pointer").asText()).isEqualTo("/line/302");
        assertThat(admin.get("/allocations?client_id=" + ana.id()).json().get("total").asInt())
                .isZero();
        var done = csv("/allocations/import", rows.toString());
        assertThat(done.status()).as(done.body()).isEqualTo(201);
        assertThat(done.json().get("allocations").asInt()).isEqualTo(300);
        // The same bytes are the same file.
        var again = csv("/allocations/import", rows.toString());
        assertThat(again.header("Idempotency-Hit")).isEqualTo("true");
        assertThat(admin.get("/allocations?client_id=" + ana.id()).json().get("total").asInt())
                .isEqualTo(300);
        var windows = office.captado.windows(java.time.YearMonth.of(2026, 9), null).orElseThrow();
        assertThat(office.sums(ana, windows).anual().captado())
                .isEqualByComparingTo(new BigDecimal("10.5").multiply(BigDecimal.valueOf(45_150)));
    }

    @Test
    void a_file_of_closes_corrects_and_says_nothing_twice() {
        var asset = office.asset("BRL");
        var file =
                "ticker;date;close_price\n%1$s;10/08/2026;10,00\n%1$s;11/08/2026;11,00\n"
                        .formatted(asset.ticker());
        assertThat(csv("/daily_returns/import", file).json().get("stored").asInt()).isEqualTo(2);
        assertThat(csv("/daily_returns/import", file).json().get("stored").asInt()).isZero();
        var corrected = file.replace("11,00", "12,10");
        assertThat(csv("/daily_returns/import", corrected).json().get("stored").asInt())
                .isEqualTo(1);
        var returns = returns(asset.id(), "2026-08-10", "2026-08-11");
        assertThat(returns).hasSize(2);
        assertThat(returns.get(1).get("daily_return_pct").decimalValue())
                .isEqualByComparingTo("21");
        var twice = file + "%s;11/08/2026;11,00\n".formatted(asset.ticker());
        assertThat(csv("/daily_returns/import", twice).status()).isEqualTo(400);
        for (var wrong :
                List.of(
                        "",
                        "ticker,date\nA,2026-01-02\n",
                        "ticker,date,close_price\n",
                        "ticker,date,close_price\nNOSUCH,2026-01-02,1\n",
                        "ticker,date,close_price\n=1+1,2026-01-02,1\n",
                        "ticker,date,close_price\nA,2026-02-30,1\n",
                        "ticker,date,close_price\nA,2999-01-01,1\n",
                        "ticker,date,close_price\nA,2026-01-02,-1\n",
                        "ticker,date,close_price\nA,2026-01-02,1e400\n",
                        "ticker,date,close_price\nA,2026-01-02,NaN\n",
                        "ticker,date,close_price\n\"A,2026-01-02,1\n")) {
            assertThat(csv("/daily_returns/import", wrong).status()).as(wrong).isEqualTo(400);
        }
    }

    // ── returns ───────────────────────────────────────────────────────────────────────────────

    @Test
    void performance_tells_of_each_ticker_with_its_curve() {
        var asset = office.asset("BRL");
        var ana = office.client("Performs");
        office.close(asset, "10", LocalDate.of(2026, 8, 10));
        office.close(asset, "11", LocalDate.of(2026, 8, 11));
        office.close(asset, "12.1", LocalDate.of(2026, 8, 12));
        office.buy(ana, asset, "10", "10", LocalDate.of(2026, 8, 10));
        office.buy(ana, asset, "10", "11", LocalDate.of(2026, 8, 11));
        var it = admin.get("/clients/" + ana.id() + "/performance").json().get(0);
        assertThat(it.get("ticker").asText()).isEqualTo(asset.ticker());
        assertThat(it.get("buy_price").decimalValue()).isEqualByComparingTo("10.5");
        assertThat(it.get("quantity").decimalValue()).isEqualByComparingTo("20");
        assertThat(it.get("total_invested").decimalValue()).isEqualByComparingTo("210.00");
        assertThat(it.get("current_value").decimalValue()).isEqualByComparingTo("242.00");
        assertThat(it.get("profit_loss").decimalValue()).isEqualByComparingTo("32.00");
        assertThat(it.get("percentage_change").decimalValue()).isEqualByComparingTo("15.2381");
        assertThat(it.get("avg_daily_return").decimalValue()).isEqualByComparingTo("10");
        assertThat(it.get("start_date").asText()).isEqualTo("2026-08-10");
        assertThat(it.get("end_date").asText()).isEqualTo("2026-08-12");
        var curve = it.get("performance_curve");
        assertThat(curve).hasSize(3);
        assertThat(curve.get(0).get("accumulated_return_pct").decimalValue())
                .isEqualByComparingTo("0");
        // 220 of 210.
        assertThat(curve.get(1).get("accumulated_return_pct").decimalValue())
                .isEqualByComparingTo("4.7619");
    }

    @Test
    void a_time_weighted_return_does_not_see_what_is_put_in_and_taken_out() {
        var asset = office.asset("BRL");
        var ana = office.client("Weighted");
        office.rate("CDI", "0.05", LocalDate.of(2026, 8, 10));
        office.rate("CDI", "0.05", LocalDate.of(2026, 8, 11));
        office.rate("CDI", "0.05", LocalDate.of(2026, 8, 12));
        office.close(asset, "10", LocalDate.of(2026, 8, 10));
        office.close(asset, "11", LocalDate.of(2026, 8, 11));
        office.close(asset, "9.9", LocalDate.of(2026, 8, 12));
        var lot = office.buy(ana, asset, "10", "10", LocalDate.of(2026, 8, 10));
        office.buy(ana, asset, "1000", "11", LocalDate.of(2026, 8, 11));
        office.sell(lot, "10", "9.9", LocalDate.of(2026, 8, 12));
        var it =
                admin.get("/clients/%d/returns?from=2026-08-10&to=2026-08-12".formatted(ana.id()))
                        .json();
        // 100 of 100; 11,110 of 100 + 11,000; 9,900 + 99 of 11,110: 1 × 1.000900… × 0.9.
        var days = it.get("curve");
        assertThat(days).hasSize(3);
        assertThat(days.get(0).get("accumulated_return_pct").decimalValue())
                .isEqualByComparingTo("0");
        assertThat(days.get(1).get("accumulated_return_pct").decimalValue())
                .isEqualByComparingTo("0.0901");
        assertThat(it.get("time_weighted_return_pct").decimalValue())
                .isEqualByComparingTo("-9.9189");
        assertThat(it.get("cdi_pct").decimalValue()).isEqualByComparingTo("0.1501");
        assertThat(it.get("cdi_source").asText()).contains("test");
        assertThat(
                        admin.get(
                                        "/clients/%d/returns?from=2026-08-12&to=2026-08-10"
                                                .formatted(ana.id()))
                                .status())
                .isEqualTo(400);
    }

    // ── export ────────────────────────────────────────────────────────────────────────────────

    @Test
    void the_export_has_the_columns_of_the_contract() {
        var asset = office.asset("BRL");
        var ana = office.client("Exports");
        office.close(asset, "10", LocalDate.of(2026, 8, 10));
        office.close(asset, "12", LocalDate.of(2026, 8, 11));
        office.buy(ana, asset, "10", "8", LocalDate.of(2026, 8, 10));
        var csv = admin.get("/prices/export?format=csv&client_id=" + ana.id());
        assertThat(csv.header("Content-Type")).startsWith("text/csv");
        assertThat(csv.header("Content-Disposition")).contains("attachment");
        assertThat(csv.body())
                .isEqualTo(
                        "client_id,ticker,quantity,buy_price,total_invested,current_value,"
                                + "profit_loss,percentage_change,avg_daily_return\r\n"
                                + "%d,%s,10,8,80.00,120.00,40.00,50.0000,20.0000\r\n"
                                        .formatted(ana.id(), asset.ticker()));
        assertThat(admin.get("/prices/export?format=pdf").status()).isEqualTo(400);
        assertThat(admin.get("/prices/export?client_id=x").status()).isEqualTo(400);
    }

    @Test
    void the_spreadsheet_opens_and_has_the_same_rows() throws Exception {
        var asset = office.asset("BRL");
        var ana = office.client("Spreadsheet");
        office.buy(ana, asset, "10", "8", LocalDate.of(2026, 8, 10));
        var file = Files.createTempFile("positions-", ".xlsx");
        Files.write(file, bytes("/prices/export?format=excel&client_id=" + ana.id()));
        try (var zip = new ZipFile(file.toFile())) {
            assertThat(zip.getEntry("xl/workbook.xml")).isNotNull();
            var sheet =
                    new String(
                            zip.getInputStream(zip.getEntry("xl/worksheets/sheet1.xml"))
                                    .readAllBytes(),
                            StandardCharsets.UTF_8);
            assertThat(sheet).contains(asset.ticker(), "total_invested").doesNotContain("<f>");
        } finally {
            Files.delete(file);
        }
    }

    @Test
    void a_cell_that_looks_like_a_formula_is_neutralised() {
        for (var formula : List.of("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1")) {
            assertThat(Sheet.harmless(formula)).isEqualTo("'" + formula);
        }
        assertThat(Sheet.harmless("PETR4")).isEqualTo("PETR4");
        assertThat(
                        ExportPositions.csvRow(
                                new ArrayList<>(List.of("=\"a\",b", new BigDecimal("-1.50")))))
                .isEqualTo("\"'=\"\"a\"\",b\",-1.50\r\n");
        // And none gets in: a ticker has no such letters.
        assertThat(admin.post("/assets", "{\"ticker\":\"=1+1\",\"name\":\"x\"}").status())
                .isEqualTo(400);
    }

    // ── who may ───────────────────────────────────────────────────────────────────────────────

    @Test
    void only_an_admin_registers_and_read_may_only_get() {
        var name = Office.unique("leitor");
        var body =
                "{\"username\":\"%s\",\"password\":\"uma boa senha\",\"role\":\"read\"}"
                        .formatted(name);
        assertThat(Http.nobody().post("/auth/register", body).status()).isEqualTo(401);
        assertThat(admin.post("/auth/register", body.replace("\"read\"", "\"king\"")).status())
                .isEqualTo(400);
        assertThat(admin.post("/auth/register", body).status()).isEqualTo(201);
        assertThat(admin.post("/auth/register", body).status()).isEqualTo(409);
        var token =
                Http.nobody()
                        .with("Content-Type", "application/x-www-form-urlencoded")
                        .post("/auth/login", "username=" + name + "&password=uma+boa+senha")
                        .json()
                        .get("access_token")
                        .asText();
        var reader = Http.nobody().bearer(token);
        for (var path : List.of("/clients", "/assets", "/allocations", "/prices/export")) {
            assertThat(reader.get(path).status()).as(path).isEqualTo(200);
            assertThat(Http.nobody().get(path).status()).as(path).isEqualTo(401);
        }
        assertThat(reader.post("/clients", client("x", "x@example.com")).status()).isEqualTo(403);
        assertThat(reader.post("/allocations", "{}").status()).isEqualTo(403);
        assertThat(reader.send("DELETE", "/clients/1", new byte[0]).status()).isEqualTo(403);
        assertThat(reader.post("/auth/register", body).status()).isEqualTo(403);
        assertThat(reader.get("/users").status()).isEqualTo(403);
    }

    // ── what the solutions get wrong ──────────────────────────────────────────────────────────

    @Test
    void asking_changes_nothing() {
        var tables =
                List.of(
                        "client",
                        "asset",
                        "allocation",
                        "withdrawal",
                        "daily_return",
                        "captado_month");
        var ana = office.client("Asked about");
        var asset = office.asset("BRL");
        office.buy(ana, asset, "1", "1", LocalDate.of(2026, 8, 10));
        var before = tables.stream().map(it -> Rows.number("select count(*) from " + it)).toList();
        for (var path :
                List.of(
                        "/clients",
                        "/clients/" + ana.id() + "/performance",
                        "/clients/" + ana.id() + "/returns",
                        "/assets",
                        "/assets/price?symbol=EMBR3",
                        "/assets/catalog?page=2&per_page=10",
                        "/allocations",
                        "/daily_returns?asset_id=" + asset.id(),
                        "/prices/export",
                        "/captado?month=8&year=2026")) {
            assertThat(admin.get(path).status()).as(path).isEqualTo(200);
        }
        assertThat(tables.stream().map(it -> Rows.number("select count(*) from " + it)).toList())
                .isEqualTo(before);
    }

    @Test
    void what_goes_wrong_is_never_200() {
        for (var path :
                List.of(
                        "/assets/price?symbol=NOSUCH9",
                        "/clients/999999999",
                        "/clients/999999999/performance",
                        "/allocations/999999999",
                        "/daily_returns?asset_id=999999999",
                        "/captado/explanation?client_id=999999999&month=1&year=2026")) {
            var answer = admin.get(path);
            assertThat(answer.status()).as(path).isEqualTo(404);
            assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
        }
        for (var path :
                List.of(
                        "/captado",
                        "/captado?month=13&year=2026",
                        "/captado?month=0&year=2026",
                        "/captado?month=x&year=2026",
                        "/captado?month=1",
                        "/captado?month=1&year=2999",
                        "/captado?month=1&year=2026&as_of=yesterday",
                        "/captado?month=1&year=2026&as_of=2999-01-01T00:00:00Z",
                        "/captado/explanation?client_id=1&month=1&year=2026&window=diario",
                        "/daily_returns",
                        "/daily_returns?asset_id=1&from=2026-02-30",
                        "/daily_returns?asset_id=1&from=0001-01-01",
                        "/assets/price",
                        "/assets/price?symbol=%3D1",
                        "/assets/catalog?page=0")) {
            assertThat(admin.get(path).status()).as(path).isEqualTo(400);
        }
    }

    @Test
    void the_catalogue_is_the_providers_with_prices() {
        var page = admin.get("/assets/catalog?page=1&per_page=5").json();
        assertThat(page.get("items")).hasSize(5);
        assertThat(page.get("total").asInt()).isGreaterThan(40);
        assertThat(page.at("/items/0/price").decimalValue()).isPositive();
        assertThat(page.get("source").asText()).isEqualTo("sandbox");
    }

    @Test
    void decimals_are_exact_from_the_body_to_the_answer() {
        var asset = office.asset("BRL");
        var ana = office.client("Exact");
        var body =
                "{\"client_id\":%d,\"asset_id\":%d,\"quantity\":0.00000001,\"buy_price\":999999999.12345678,\"buy_date\":\"2026-08-10\"}"
                        .formatted(ana.id(), asset.id());
        var lot = admin.post("/allocations", body);
        assertThat(lot.body())
                .contains("\"quantity\":0.00000001", "\"buy_price\":999999999.12345678");
        for (var wrong : List.of("0", "-1", "1e13", "0.000000001", "\"1\"", "null", "1e-400")) {
            var refused = admin.post("/allocations", body.replace("0.00000001", wrong));
            assertThat(refused.status()).as(wrong).isEqualTo(400);
        }
    }

    @Test
    void what_was_known_can_be_asked_for_after_it_was_corrected() {
        var asset = office.asset("BRL");
        var ana = office.client("Remembered");
        var day = LocalDate.of(2026, 8, 10);
        office.close(asset, "10", day);
        var id = office.buy(ana, asset, "100", "9", day).id();
        var then = office.clock.instant();
        var shown = frame(ana.id(), 8).get("mensal").toString();
        put("/allocations/" + id, "{\"quantity\":7,\"buy_date\":\"2026-07-01\"}");
        office.close(asset, "99", day);
        put("/clients/" + ana.id(), "{\"name\":\"Forgotten\"}");
        assertThat(frame(ana.id(), 8).get("mensal").toString()).isNotEqualTo(shown);
        var frames = admin.get("/captado?month=8&year=2026&as_of=" + then).json();
        var before =
                StreamSupport.stream(frames.spliterator(), false)
                        .filter(it -> it.get("client_id").asLong() == ana.id())
                        .findFirst()
                        .orElseThrow();
        assertThat(before.get("mensal").toString()).isEqualTo(shown);
        assertThat(before.get("client_name").asText()).isEqualTo("Remembered");
    }

    private Answer delete(String path) {
        return admin.send("DELETE", path, new byte[0]);
    }

    private JsonNode frame(long client, int month) {
        return frame(client, month, "");
    }

    private JsonNode frame(long client, int month, String asOf) {
        var frames = admin.get("/captado?year=2026&month=" + month + asOf).json();
        return StreamSupport.stream(frames.spliterator(), false)
                .filter(it -> it.get("client_id").asLong() == client)
                .findFirst()
                .orElseThrow();
    }

    private JsonNode returns(long asset, String from, String to) {
        return admin.get("/daily_returns?asset_id=%d&from=%s&to=%s".formatted(asset, from, to))
                .json();
    }

    private Http.Answer put(String path, String body) {
        return admin.send("PUT", path, body.getBytes(StandardCharsets.UTF_8));
    }

    private Http.Answer csv(String path, String file) {
        return admin.with("Content-Type", "text/csv").post(path, file);
    }

    private byte[] bytes(String path) throws Exception {
        var port = ConfigProvider.getConfig().getValue("quarkus.http.test-port", Integer.class);
        try (var client = HttpClient.newHttpClient()) {
            var request =
                    HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                            .header("Authorization", admin.header("Authorization"))
                            .build();
            return client.send(request, HttpResponse.BodyHandlers.ofByteArray()).body();
        }
    }

    private static String client(String name, String email) {
        return "{\"name\":\"%s\",\"email\":\"%s\"}".formatted(name, email);
    }

    private static List<String> names(JsonNode rows) {
        return StreamSupport.stream(rows.get("items").spliterator(), false)
                .map(it -> it.get("name").asText())
                .toList();
    }
}
