package vintem.investments;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import vintem.Http;
import vintem.World;
import vintem.investments.AllocationTable.Allocation;
import vintem.investments.AssetTable.Asset;
import vintem.investments.Captado.Figures;
import vintem.investments.ClientTable.Client;
import vintem.investments.Windows.Window;

/// The example of `docs/captado.md`, as it is written there.
@QuarkusTest
@QuarkusTestResource(World.class)
class WorkedExampleTest {
    private static final Path PAGE = Path.of("docs/captado.md");

    @Inject Office office;
    @Inject Captado captado;

    private final Map<String, Asset> assets = new HashMap<>();
    private final List<Allocation> bought = new ArrayList<>();
    private Client ana;

    @Test
    void the_figures_are_those_of_the_page_to_the_cent() throws IOException {
        enter();
        var windows = captado.windows(YearMonth.of(2026, 9), null).orElseThrow();
        var sums = office.sums(ana, windows);
        var rows = table("window", "captado");
        assertThat(rows).hasSize(4);
        for (var row : rows) {
            var figures = Figures.of(sums.of(Window.of(row.get(0)).orElseThrow()));
            assertThat(
                            List.of(
                                    figures.captado().toPlainString(),
                                    figures.atual().toPlainString(),
                                    figures.rentabilidade().toPlainString(),
                                    figures.resgatado().toPlainString(),
                                    figures.captadoLiquido().toPlainString()))
                    .as(row.getFirst())
                    .isEqualTo(row.subList(1, 6));
        }
    }

    @Test
    void an_explanation_names_every_allocation_sale_and_close() throws IOException {
        enter();
        var answer =
                Http.admin()
                        .get(
                                "/captado/explanation?client_id=%d&month=9&year=2026&window=anual"
                                        .formatted(ana.id()))
                        .json();
        assertThat(answer.at("/figures/captado").decimalValue()).isEqualByComparingTo("6437.00");
        assertThat(answer.at("/lots")).hasSize(4);
        assertThat(answer.at("/sales/0/proceeds").decimalValue()).isEqualByComparingTo("700.00");
        var july = answer.at("/lots/1");
        assertThat(july.get("remaining").decimalValue()).isEqualByComparingTo("30");
        assertThat(july.get("close_date").asText()).isEqualTo("2026-09-30");
        assertThat(july.get("market_value").decimalValue()).isEqualByComparingTo("1092.00");
        assertThat(july.get("proceeds").decimalValue()).isEqualByComparingTo("700.00");
    }

    /// The original's sum, and how far it is from money that anybody put in.
    @Test
    void the_sum_of_closes_over_days_is_something_else() throws IOException {
        enter();
        var wrong = BigDecimal.ZERO;
        for (var day : table("close", "PETR4")) {
            for (var lot : table("bought", "ticker")) {
                var close = new BigDecimal(day.get(lot.get(1).equals("PETR4") ? 1 : 2));
                wrong = wrong.add(close.multiply(new BigDecimal(lot.get(2))));
            }
        }
        assertThat(wrong).isEqualByComparingTo("22675.50");
        assertThat(Files.readString(PAGE)).contains("22675.50");
        var windows = captado.windows(YearMonth.of(2026, 9), null).orElseThrow();
        assertThat(office.sums(ana, windows).mensal().captado()).isEqualByComparingTo("1812.00");
    }

    private void enter() throws IOException {
        ana = office.client("Ana of the page");
        for (var ticker : List.of("PETR4", "VALE3")) {
            assets.put(ticker, office.asset("BRL"));
        }
        for (var row : table("bought", "ticker")) {
            var lot =
                    office.buy(
                            ana,
                            assets.get(row.get(1)),
                            row.get(2),
                            row.get(3),
                            LocalDate.parse(row.getFirst()));
            assertThat(lot.costBrl()).isEqualByComparingTo(row.get(4));
            bought.add(lot);
        }
        for (var row : table("sold", "ticker")) {
            office.sell(bought.get(2), row.get(2), row.get(3), LocalDate.parse(row.getFirst()));
        }
        for (var row : table("close", "PETR4")) {
            var day = LocalDate.parse(row.getFirst());
            office.close(assets.get("PETR4"), row.get(1), day);
            office.close(assets.get("VALE3"), row.get(2), day);
        }
    }

    /// The rows of the page's table with these first two titles.
    private static List<List<String>> table(String first, String second) throws IOException {
        var lines = Files.readAllLines(PAGE);
        var start = 0;
        while (!lines.get(start).startsWith("| %s | %s".formatted(first, second))) {
            start++;
        }
        var rows = new ArrayList<List<String>>();
        for (var i = start + 2; i < lines.size() && lines.get(i).startsWith("|"); i++) {
            var cells = lines.get(i).split("\\|");
            var row = new ArrayList<String>();
            for (var cell = 1; cell < cells.length; cell++) {
                row.add(cells[cell].strip());
            }
            rows.add(row);
        }
        return rows;
    }
}
