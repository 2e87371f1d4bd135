package vintem.investments;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.math.BigDecimal;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jdbi.v3.core.Handle;
import vintem.investments.AllocationTable.Row;
import vintem.investments.AssetTable.NewAsset;
import vintem.platform.BusinessDays;
import vintem.platform.Database;
import vintem.platform.Idempotency;
import vintem.platform.Problem;
import vintem.platform.Violations;

/// A file of allocations, all of it or none: rows are staged by `COPY`, looked up and written by a
/// handful of statements, however many they are.
@Singleton
class ImportAllocations {
    /// @param assets that were made
    public record Imported(int allocations, int assets) {}

    static final List<String> TITLES = List.of("ticker", "quantity");

    private static final int AT_ONCE = 10_000;
    private static final int MOST_SHOWN = 100;
    // Each is asked for.
    private static final int MOST_NEW_ASSETS = 200;
    private static final int LONGEST_EMAIL = 254;

    private final Database database;
    private final CreateOnce once;
    private final AllocationTable table;
    private final AssetTable assets;
    private final Quotes quotes;
    private final KeepCaptado captado;
    private final Clock clock;

    @Inject
    ImportAllocations(
            Database database,
            CreateOnce once,
            AllocationTable table,
            AssetTable assets,
            Quotes quotes,
            KeepCaptado captado,
            Clock clock) {
        this.database = database;
        this.once = once;
        this.table = table;
        this.assets = assets;
        this.quotes = quotes;
        this.captado = captado;
        this.clock = clock;
    }

    /// @throws Problem `400` with the rows that are wrong; then nothing of it stands
    Outcome<Imported> importAll(CsvFile file, Idempotency.Request key) {
        var created = unknownAssets(file);
        var outcome =
                once.create(Optional.of(key), tx -> importAll(tx, file, created), done -> done);
        if (outcome instanceof Outcome.Done<Imported>) {
            captado.tell();
        }
        return outcome;
    }

    /// Looks at all rows once, and asks the provider for tickers that we do not have: before there
    /// is a transaction.
    private List<NewAsset> unknownAssets(CsvFile file) {
        var violations = new Violations();
        var firstLines = new TreeMap<String, Integer>();
        file.forEach(
                TITLES,
                violations,
                row -> {
                    var read = read(row);
                    if (row.isRight()) {
                        firstLines.putIfAbsent(read.ticker(), read.line());
                    }
                });
        violations.orThrow();
        var unknown = new TreeSet<>(firstLines.keySet());
        database.transaction(tx -> assets.byTicker(tx, firstLines.keySet()))
                .forEach(asset -> unknown.remove(asset.ticker()));
        if (unknown.size() > MOST_NEW_ASSETS) {
            throw Problem.invalid(
                    "", "names more than %d assets that are not there".formatted(MOST_NEW_ASSETS));
        }
        var created = new ArrayList<NewAsset>();
        for (var ticker : unknown) {
            if (quotes.price(ticker) instanceof Quotes.Found.Price(var quote, _, _, _)) {
                created.add(new NewAsset(ticker, quote.name(), quote.exchange(), quote.currency()));
            } else {
                violations.add(
                        "/line/%d/ticker".formatted(firstLines.get(ticker)),
                        "is no asset, and the provider knows no such symbol");
            }
        }
        violations.orThrow();
        return created;
    }

    private Outcome<Imported> importAll(Handle tx, CsvFile file, List<NewAsset> created) {
        var now = clock.instant();
        table.stage(tx);
        copy(tx, file);
        var made = assets.insert(tx, created, now).size();
        var held = assets.byTicker(tx, table.stagedTickers(tx));
        var clients = table.stagedClients(tx);
        captado.lock(tx, held.stream().map(AssetTable.Asset::id).toList(), clients);
        var wrong = table.stagedWrong(tx, MOST_SHOWN);
        if (!wrong.isEmpty()) {
            var violations = new Violations();
            wrong.forEach(it -> violations.add("/line/" + it.line(), it.reason()));
            violations.orThrow();
        }
        var count = table.insertStaged(tx, now);
        captado.clientsChanged(tx, clients);
        return new Outcome.Done<>(new Imported(count, made));
    }

    private void copy(Handle tx, CsvFile file) {
        var violations = new Violations();
        var rows = new ArrayList<Row>(AT_ONCE);
        file.forEach(
                TITLES,
                violations,
                row -> {
                    rows.add(read(row));
                    if (rows.size() == AT_ONCE) {
                        table.copy(tx, rows);
                        rows.clear();
                    }
                });
        table.copy(tx, rows);
        table.staged(tx);
    }

    private Row read(CsvFile.Row row) {
        var today = BusinessDays.today(clock);
        var email = row.text("client_email", LONGEST_EMAIL).map(it -> it.toLowerCase(Locale.ROOT));
        var id = row.text("client_id", 18).filter(it -> isId(row, it)).map(Long::parseLong);
        if (email.isEmpty() && id.isEmpty()) {
            row.wrong("client_email", "is required, or client_id");
        }
        var ticker = Tickers.of(row.required("ticker", row.text("ticker", Tickers.LONGEST)));
        if (ticker.isEmpty()) {
            row.wrong("ticker", Tickers.RULE);
        }
        var quantity = row.required("quantity", row.decimal("quantity"));
        var price = row.decimal("buy_price");
        var date = row.date("buy_date", today);
        return new Row(
                row.line(),
                id.orElse(null),
                email.orElse(null),
                ticker.orElse(""),
                quantity == null ? BigDecimal.ONE : quantity,
                price.orElse(null),
                date.orElse(today));
    }

    private static boolean isId(CsvFile.Row row, String text) {
        if (text.matches("[0-9]{1,18}")) {
            return true;
        }
        row.wrong("client_id", "must be a number");
        return false;
    }
}
