package vintem.investments;

import static vintem.platform.Sheet.count;
import static vintem.platform.Sheet.decimal;
import static vintem.platform.Sheet.text;

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
import org.jspecify.annotations.Nullable;
import vintem.investments.AllocationTable.Position;
import vintem.platform.BusinessDays;
import vintem.platform.Database;
import vintem.platform.Sheet;

/// All allocations, or one client's, with what they are worth. A page of rows is read and written
/// after the other, each in a transaction of its own: a download may take as long as it likes, and
/// takes no more memory for a million rows than for a thousand.
///
/// As XLSX, and as CSV for spreadsheets, it is written by the platform; the CSV of the contract,
/// with its commas, dots and bare names, stands here.
@Singleton
class ExportPositions {
    private static final int AT_ONCE = 5_000;
    private static final LocalDate FIRST_DAY = LocalDate.of(1900, 1, 1);

    /// A position and what its asset returned on average since it was bought.
    record Line(Position position, @Nullable BigDecimal averageReturn) {
        private @Nullable BigDecimal profit() {
            var cost = position.costBrl();
            var value = position.valueBrl();
            return cost == null || value == null ? null : Decimals.money(value.subtract(cost));
        }
    }

    private static final List<Sheet.Column<Line>> COLUMNS =
            List.of(
                    count("client_id", it -> it.position().clientId()),
                    text("ticker", it -> it.position().ticker()),
                    decimal("quantity", it -> Decimals.plain(it.position().quantity())),
                    decimal("buy_price", it -> Decimals.plain(it.position().buyPrice())),
                    decimal("total_invested", it -> Decimals.moneyOrNull(it.position().costBrl())),
                    decimal("current_value", it -> Decimals.moneyOrNull(it.position().valueBrl())),
                    decimal("profit_loss", Line::profit),
                    decimal(
                            "percentage_change",
                            it ->
                                    Decimals.percentOverOrNull(
                                            it.position().valueBrl(), it.position().costBrl())),
                    decimal("avg_daily_return", Line::averageReturn));

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

    Sheet<Line> sheet(@Nullable Long clientId) {
        return new Sheet<>(COLUMNS, sink -> write(clientId, sink), true);
    }

    /// As the contract has it.
    void csv(OutputStream out, @Nullable Long clientId) throws IOException {
        var titles = String.join(",", COLUMNS.stream().map(Sheet.Column::name).toList());
        out.write((titles + "\r\n").getBytes(StandardCharsets.UTF_8));
        write(clientId, line -> out.write(csvRow(cells(line)).getBytes(StandardCharsets.UTF_8)));
        out.flush();
    }

    private void write(@Nullable Long clientId, Sheet.Sink<Line> sink) throws IOException {
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
                sink.row(new Line(it, returns.since(it.buyDate())));
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

    private static List<@Nullable Object> cells(Line line) {
        var cells = new ArrayList<@Nullable Object>();
        COLUMNS.forEach(column -> cells.add(column.value().apply(line)));
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
                case Long number -> row.append(number);
                case Object text -> row.append(quoted(Sheet.harmless(text.toString())));
            }
        }
        return row.append("\r\n").toString();
    }

    private static String quoted(String text) {
        return text.matches("[^,\"\r\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}
