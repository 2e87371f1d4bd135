package vintem.investments;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.dhatim.fastexcel.Workbook;
import org.dhatim.fastexcel.Worksheet;
import org.jspecify.annotations.Nullable;
import vintem.investments.AllocationTable.Position;
import vintem.platform.BusinessDays;
import vintem.platform.Database;

/// All allocations, or one client's, as CSV or XLSX. A page of rows is read and written after the
/// other, each in a transaction of its own: a download may take as long as it likes, and takes no
/// more memory for a million rows than for a thousand.
@Singleton
class ExportPositions {
    static final List<String> TITLES =
            List.of(
                    "client_id",
                    "ticker",
                    "quantity",
                    "buy_price",
                    "total_invested",
                    "current_value",
                    "profit_loss",
                    "percentage_change",
                    "avg_daily_return");

    private static final int AT_ONCE = 5_000;
    // A sheet has 1,048,576 rows and not one more.
    private static final int MOST_ROWS_A_SHEET = 1_000_000;
    private static final LocalDate FIRST_DAY = LocalDate.of(1900, 1, 1);

    /// Where rows go. A cell is a text, a number or nothing.
    private interface Sink {
        void row(List<@Nullable Object> cells) throws IOException;
    }

    private final Database database;
    private final AllocationTable table;
    private final PerformanceTable prices;
    private final Clock clock;

    @Inject
    ExportPositions(
            Database database, AllocationTable table, PerformanceTable prices, Clock clock) {
        this.database = database;
        this.table = table;
        this.prices = prices;
        this.clock = clock;
    }

    void csv(OutputStream out, @Nullable Long clientId) throws IOException {
        write(clientId, cells -> out.write(csvRow(cells).getBytes(StandardCharsets.UTF_8)));
        out.flush();
    }

    void xlsx(OutputStream out, @Nullable Long clientId) throws IOException {
        try (var workbook = new Workbook(out, "Vintem", "1.0")) {
            var sheets = new Sheets(workbook);
            write(clientId, sheets::row);
            sheets.finish();
        }
    }

    private void write(@Nullable Long clientId, Sink sink) throws IOException {
        sink.row(new ArrayList<>(TITLES));
        var afterAsset = -1L;
        var afterAllocation = -1L;
        var returns = new AverageReturns(new TreeMap<>());
        while (true) {
            var asset = afterAsset;
            var allocation = afterAllocation;
            var page =
                    database.transaction(
                            tx -> table.positions(tx, clientId, asset, allocation, AT_ONCE));
            if (page.isEmpty()) {
                return;
            }
            for (var it : page) {
                if (it.assetId() != afterAsset) {
                    // The order is that of assets, so one asset's closes at a time are enough.
                    returns = returns(it.assetId());
                }
                afterAsset = it.assetId();
                afterAllocation = it.allocationId();
                sink.row(cells(it, returns));
            }
        }
    }

    private AverageReturns returns(long asset) {
        var byDay = new TreeMap<LocalDate, BigDecimal>();
        database.transaction(
                        tx ->
                                prices.prices(
                                        tx, List.of(asset), FIRST_DAY, BusinessDays.today(clock)))
                .forEach(it -> byDay.put(it.date(), it.priceBrl()));
        return new AverageReturns(byDay);
    }

    private static List<@Nullable Object> cells(Position it, AverageReturns returns) {
        var cost = it.costBrl();
        var value = it.valueBrl();
        var cells = new ArrayList<@Nullable Object>();
        cells.add(BigDecimal.valueOf(it.clientId()));
        cells.add(it.ticker());
        cells.add(Decimals.plain(it.quantity()));
        cells.add(Decimals.plain(it.buyPrice()));
        cells.add(Decimals.moneyOrNull(cost));
        cells.add(Decimals.moneyOrNull(value));
        cells.add(cost == null || value == null ? null : Decimals.money(value.subtract(cost)));
        cells.add(Decimals.percentOverOrNull(value, cost));
        cells.add(returns.since(it.buyDate()));
        return cells;
    }

    static String csvRow(List<@Nullable Object> cells) {
        var row = new StringBuilder();
        for (var cell : cells) {
            if (!row.isEmpty()) {
                row.append(',');
            }
            switch (cell) {
                case null -> {}
                case BigDecimal number -> row.append(number.toPlainString());
                default -> row.append(quoted(harmless(cell.toString())));
            }
        }
        return row.append("\r\n").toString();
    }

    /// What a spreadsheet would run as a formula has an apostrophe before it.
    static String harmless(String text) {
        return !text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
    }

    private static String quoted(String text) {
        return text.matches("[^,\"\r\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
    }

    /// As many sheets as the rows need, each written as it comes.
    private static final class Sheets {
        private final Workbook workbook;
        private @Nullable Worksheet sheet;
        private int sheets;
        private int rows;

        Sheets(Workbook workbook) {
            this.workbook = workbook;
        }

        void row(List<@Nullable Object> cells) throws IOException {
            var here = sheet;
            if (here == null || rows == MOST_ROWS_A_SHEET) {
                finish();
                sheets++;
                here = workbook.newWorksheet("positions " + sheets);
                sheet = here;
                rows = 0;
            }
            for (var i = 0; i < cells.size(); i++) {
                switch (cells.get(i)) {
                    case null -> {}
                    case BigDecimal number -> here.value(rows, i, number);
                    case Object text -> here.inlineString(rows, i, harmless(text.toString()));
                }
            }
            rows++;
            if (rows % AT_ONCE == 0) {
                here.flush();
            }
        }

        void finish() throws IOException {
            if (sheet != null) {
                sheet.finish();
                sheet = null;
            }
        }
    }
}
