package vintem.investments;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;
import vintem.investments.CloseTable.Rate;
import vintem.investments.CloseTable.Row;
import vintem.platform.BusinessDays;
import vintem.platform.Database;
import vintem.platform.Violations;

/// Files of closes and of rates, each all or nothing. What is there already is corrected, and the
/// same file again changes nothing.
@Singleton
class ImportCloses {
    /// @param stored that were new or corrected
    public record Imported(int rows, int stored) {}

    static final List<String> CLOSE_TITLES = List.of("ticker", "date", "close_price");
    static final List<String> RATE_TITLES = List.of("series", "day", "value");
    static final String SOURCE = "file";

    private static final int AT_ONCE = 10_000;
    private static final int MOST_SHOWN = 100;
    private static final int MOST_RATES = 200_000;
    private static final Pattern SERIES = Pattern.compile("[A-Z]{3}");

    private final Database database;
    private final CloseTable table;
    private final StoreCloses store;
    private final KeepCaptado captado;
    private final Clock clock;

    @Inject
    ImportCloses(
            Database database,
            CloseTable table,
            StoreCloses store,
            KeepCaptado captado,
            Clock clock) {
        this.database = database;
        this.table = table;
        this.store = store;
        this.captado = captado;
        this.clock = clock;
    }

    /// @throws vintem.platform.Problem `400` with the rows that are wrong
    Imported closes(CsvFile file) {
        var imported = database.transaction(tx -> closes(tx, file));
        if (imported.stored() > 0) {
            captado.tell();
        }
        return imported;
    }

    private Imported closes(Handle tx, CsvFile file) {
        table.stage(tx);
        var count = copy(tx, file);
        var ids = table.stagedAssets(tx);
        captado.lockPrices(tx, ids);
        var wrong = table.stagedWrong(tx, MOST_SHOWN);
        if (!wrong.isEmpty()) {
            var violations = new Violations();
            wrong.forEach(it -> violations.add("/line/" + it.line(), it.reason()));
            violations.orThrow();
        }
        var stored = table.insertStaged(tx, SOURCE, clock.instant());
        if (stored > 0) {
            captado.closesChanged(tx, ids, BusinessDays.today(clock));
        }
        return new Imported(count, stored);
    }

    private int copy(Handle tx, CsvFile file) {
        var violations = new Violations();
        var today = BusinessDays.today(clock);
        var rows = new ArrayList<Row>(AT_ONCE);
        var count = new int[1];
        file.forEach(
                CLOSE_TITLES,
                violations,
                row -> {
                    var ticker =
                            Tickers.of(row.required("ticker", row.text("ticker", Tickers.LONGEST)));
                    if (ticker.isEmpty()) {
                        row.wrong("ticker", Tickers.RULE);
                    }
                    LocalDate date = row.required("date", row.date("date", today));
                    BigDecimal price = row.required("close_price", row.decimal("close_price"));
                    if (row.isRight() && date != null && price != null) {
                        rows.add(new Row(row.line(), ticker.orElseThrow(), date, price));
                        count[0]++;
                    }
                    if (rows.size() == AT_ONCE) {
                        table.copy(tx, rows);
                        rows.clear();
                    }
                });
        violations.orThrow();
        table.copy(tx, rows);
        return count[0];
    }

    /// Currencies in reais, and `CDI` in percent a business day.
    ///
    /// @throws vintem.platform.Problem `400` with the rows that are wrong
    Imported rates(CsvFile file) {
        var violations = new Violations();
        var today = BusinessDays.today(clock);
        var rates = new ArrayList<Rate>();
        Set<String> seen = new HashSet<>();
        file.forEach(
                RATE_TITLES,
                violations,
                row -> {
                    var series =
                            row.text("series", 3).map(it -> it.toUpperCase(Locale.ROOT)).orElse("");
                    if (!SERIES.matcher(series).matches() || series.equals("BRL")) {
                        row.wrong("series", "must be a currency other than BRL, or CDI");
                    }
                    var day = row.required("day", row.date("day", today));
                    var value = row.required("value", row.decimal("value"));
                    if (!seen.add(series + day)) {
                        row.wrong("day", "stands there twice");
                    }
                    if (rates.size() >= MOST_RATES) {
                        row.wrong("day", "is one more than %d".formatted(MOST_RATES));
                    }
                    if (row.isRight() && day != null && value != null) {
                        rates.add(new Rate(series, day, value));
                    }
                });
        violations.orThrow();
        return new Imported(rates.size(), store.rates(rates, SOURCE));
    }
}
