package vintem.investments;

import static vintem.platform.Sheet.day;
import static vintem.platform.Sheet.decimal;
import static vintem.platform.Sheet.instant;
import static vintem.platform.Sheet.text;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Set;
import vintem.access.Asking;
import vintem.access.Capability;
import vintem.access.Role;
import vintem.investments.AllocationTable.Allocation;
import vintem.investments.AssetTable.Asset;
import vintem.investments.ClientTable.Client;
import vintem.investments.Performance.DailyReturn;
import vintem.platform.Database;
import vintem.platform.ExportedList;
import vintem.platform.ExportedList.Filters;
import vintem.platform.Problem;
import vintem.platform.Sheet;

/// The lists of investments as spreadsheets.
@Singleton
class InvestmentLists implements ExportedList.Source {
    private final ClientTable clients;
    private final AllocationTable allocations;
    private final AssetTable assets;
    private final Performance performance;
    private final ExportPositions positions;
    private final Database database;
    private final Asking asking;

    @Inject
    InvestmentLists(
            ClientTable clients,
            AllocationTable allocations,
            AssetTable assets,
            Performance performance,
            ExportPositions positions,
            Database database,
            Asking asking) {
        this.clients = clients;
        this.allocations = allocations;
        this.assets = assets;
        this.performance = performance;
        this.positions = positions;
        this.database = database;
        this.asking = asking;
    }

    @Override
    public List<ExportedList> lists() {
        return List.of(
                new ExportedList(
                        "clients", this::isOpen, Set.of("search", "status"), this::clients),
                new ExportedList(
                        "allocations",
                        this::isOpen,
                        Set.of("client_id", "asset_id", "is_active"),
                        this::allocations),
                new ExportedList(
                        "positions",
                        this::isOpen,
                        Set.of("client_id"),
                        given ->
                                positions.sheet(
                                        Answers.idOrNull("client_id", given.get("client_id")))),
                new ExportedList("assets", this::isOpen, Set.of("search"), this::assets),
                new ExportedList(
                        "daily-returns",
                        this::isOpen,
                        Set.of("asset_id", "from", "to"),
                        this::returns));
    }

    private boolean isOpen() {
        return asking.caller().may(Capability.INVESTMENTS, Role.READ);
    }

    private Sheet<Client> clients(Filters given) {
        var search = ClientsHttp.search(given.get("search"), given.get("status"));
        return new Sheet<>(
                List.of(
                        text("name", Client::name),
                        text("email", Client::email),
                        text("status", Client::status),
                        text("advisor", Client::advisor),
                        instant("created", Client::createdAt),
                        text("id", Client::id)),
                Sheet.pages(
                        last ->
                                database.transaction(
                                        tx ->
                                                clients.after(
                                                        tx,
                                                        search,
                                                        last == null ? 0 : last.id(),
                                                        Sheet.AT_ONCE))));
    }

    private Sheet<Allocation> allocations(Filters given) {
        var filter =
                new AllocationTable.Filter(
                        Answers.idOrNull("client_id", given.get("client_id")),
                        Answers.idOrNull("asset_id", given.get("asset_id")),
                        AllocationsHttp.flag(given.get("is_active")));
        return new Sheet<>(
                List.of(
                        text("client_id", Allocation::clientId),
                        text("name", Allocation::clientName),
                        text("ticker", Allocation::ticker),
                        text("currency", Allocation::currency),
                        decimal("quantity", it -> Decimals.plain(it.quantity())),
                        decimal("buy_price", it -> Decimals.plain(it.buyPrice())),
                        day("bought", Allocation::buyDate),
                        decimal("remaining", it -> Decimals.plain(it.remaining())),
                        decimal("invested", it -> Decimals.moneyOrNull(it.costBrl())),
                        decimal("price", it -> Decimals.plainOrNull(it.closePrice())),
                        day("price_day", Allocation::closeDate),
                        decimal("value", it -> Decimals.moneyOrNull(AllocationAnswer.value(it))),
                        text("active", it -> it.isActive() ? "sim" : "não"),
                        text("id", Allocation::id)),
                Sheet.pages(
                        last ->
                                database.transaction(
                                        tx ->
                                                allocations.before(
                                                        tx,
                                                        filter,
                                                        last == null ? Long.MAX_VALUE : last.id(),
                                                        Sheet.AT_ONCE))));
    }

    private Sheet<Asset> assets(Filters given) {
        var search = ClientsHttp.search(given.get("search"), null).search();
        return new Sheet<>(
                List.of(
                        text("ticker", Asset::ticker),
                        text("name", Asset::name),
                        text("exchange", Asset::exchange),
                        text("currency", Asset::currency),
                        decimal("price", it -> Decimals.plainOrNull(it.closePrice())),
                        day("price_day", Asset::closeDate),
                        decimal("price_brl", it -> Decimals.plainOrNull(it.priceBrl())),
                        text("id", Asset::id)),
                Sheet.pages(
                        last ->
                                database.transaction(
                                        tx ->
                                                assets.after(
                                                        tx,
                                                        search,
                                                        last == null ? "" : last.ticker(),
                                                        Sheet.AT_ONCE))));
    }

    private Sheet<DailyReturn> returns(Filters given) {
        var asset = Answers.idOrNull("asset_id", given.get("asset_id"));
        if (asset == null) {
            throw Problem.invalid("?asset_id", "is required");
        }
        var span = Spans.of(given.get("from"), given.get("to"), performance.today());
        var returns =
                performance
                        .dailyReturns(asset, span.start(), span.end())
                        .orElseThrow(() -> Problem.notFound("There is no such asset."));
        return new Sheet<>(
                List.of(
                        text("ticker", DailyReturn::ticker),
                        day("day", DailyReturn::date),
                        decimal("price", DailyReturn::closePrice),
                        decimal("return_pct", DailyReturn::dailyReturnPct),
                        text("carried", it -> it.carried() ? "sim" : "não"),
                        text("source", DailyReturn::source)),
                Sheet.all(() -> returns));
    }
}
