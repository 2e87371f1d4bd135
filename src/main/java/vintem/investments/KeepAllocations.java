package vintem.investments;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.access.AccessLog;
import vintem.access.Caller;
import vintem.investments.AllocationTable.Allocation;
import vintem.investments.AllocationTable.NewAllocation;
import vintem.investments.AssetTable.Asset;
import vintem.investments.AssetTable.NewAsset;
import vintem.investments.CaptadoTable.Bucket;
import vintem.investments.Outcome.Refusal;
import vintem.platform.Database;
import vintem.platform.Idempotency;
import vintem.platform.Outbox;

/// Money is put into an asset, the entry is corrected or removed, and parts are sold.
@Singleton
class KeepAllocations {
    /// @param assetId null where there is a symbol
    /// @param symbol of an asset that is made where there is none
    /// @param price null for the price of now
    record Wanted(
            long clientId,
            @Nullable Long assetId,
            @Nullable String symbol,
            BigDecimal quantity,
            @Nullable BigDecimal price,
            LocalDate date) {}

    /// What is to be another; null leaves it.
    record Change(
            @Nullable BigDecimal quantity,
            @Nullable BigDecimal price,
            @Nullable LocalDate date,
            @Nullable Boolean active) {}

    /// A part to be sold.
    record Sale(LocalDate date, BigDecimal quantity, BigDecimal price) {}

    /// What is to be found out before there is a transaction: the provider may take its time.
    private record Prepared(@Nullable NewAsset asset, @Nullable BigDecimal price) {}

    private final Database database;
    private final CreateOnce once;
    private final AllocationTable table;
    private final AssetTable assets;
    private final ClientTable clients;
    private final Quotes quotes;
    private final KeepCaptado captado;
    private final AccessLog log;
    private final Outbox outbox;
    private final Clock clock;

    @Inject
    KeepAllocations(
            Database database,
            CreateOnce once,
            AllocationTable table,
            AssetTable assets,
            ClientTable clients,
            Quotes quotes,
            KeepCaptado captado,
            AccessLog log,
            Outbox outbox,
            Clock clock) {
        this.database = database;
        this.once = once;
        this.table = table;
        this.assets = assets;
        this.clients = clients;
        this.quotes = quotes;
        this.captado = captado;
        this.log = log;
        this.outbox = outbox;
        this.clock = clock;
    }

    Outcome<Allocation> allocate(Wanted wanted, Optional<Idempotency.Request> key) {
        return switch (prepare(wanted)) {
            case Outcome.Done<Prepared>(var prepared) ->
                    told(
                            once.create(
                                    key,
                                    tx -> allocate(tx, wanted, prepared),
                                    AllocationAnswer::of));
            case Outcome.Refused<Prepared>(var why) -> new Outcome.Refused<>(why);
            case Outcome.Missing<Prepared>() -> new Outcome.Missing<>();
            case Outcome.KeyTaken<Prepared>(var claim) -> new Outcome.KeyTaken<>(claim);
        };
    }

    private Outcome<Prepared> prepare(Wanted wanted) {
        var known =
                database.transaction(
                        tx ->
                                wanted.assetId() != null
                                        ? assets.find(tx, wanted.assetId())
                                        : assets
                                                .byTicker(
                                                        tx,
                                                        List.of(String.valueOf(wanted.symbol())))
                                                .stream()
                                                .findFirst());
        if (known.isPresent() && wanted.price() != null) {
            return new Outcome.Done<>(new Prepared(null, wanted.price()));
        }
        if (known.isEmpty() && wanted.symbol() == null) {
            return new Outcome.Refused<>(Refusal.NO_SUCH_ASSET);
        }
        var symbol = known.map(Asset::ticker).orElseGet(() -> String.valueOf(wanted.symbol()));
        return switch (quotes.price(symbol)) {
            case Quotes.Found.Price(var quote, var _, var _, var _) ->
                    new Outcome.Done<>(
                            new Prepared(
                                    known.isPresent()
                                            ? null
                                            : new NewAsset(
                                                    symbol,
                                                    quote.name(),
                                                    quote.exchange(),
                                                    quote.currency()),
                                    wanted.price() == null ? quote.price() : wanted.price()));
            case Quotes.Found.Unknown() ->
                    known.isEmpty()
                            ? new Outcome.Refused<>(Refusal.UNKNOWN_SYMBOL)
                            : lastClose(known.get());
            // Whoever knows the price need not wait for the provider.
            case Quotes.Found.Away() ->
                    wanted.price() == null
                            ? new Outcome.Refused<>(Refusal.NO_PRICE)
                            : new Outcome.Done<>(
                                    new Prepared(
                                            new NewAsset(symbol, symbol, "B3", "BRL"),
                                            wanted.price()));
        };
    }

    private static Outcome<Prepared> lastClose(Asset asset) {
        return asset.closePrice() == null
                ? new Outcome.Refused<>(Refusal.NO_PRICE)
                : new Outcome.Done<>(new Prepared(null, asset.closePrice()));
    }

    private Outcome<Allocation> allocate(Handle tx, Wanted wanted, Prepared prepared) {
        var now = clock.instant();
        if (prepared.asset() != null) {
            assets.insert(tx, List.of(prepared.asset()), now);
        }
        var asset =
                wanted.assetId() != null
                        ? assets.find(tx, wanted.assetId()).orElseThrow()
                        : assets.byTicker(tx, List.of(String.valueOf(wanted.symbol()))).getFirst();
        captado.lock(tx, List.of(asset.id()), List.of(wanted.clientId()));
        var client = clients.find(tx, wanted.clientId());
        if (client.isEmpty()) {
            return new Outcome.Refused<>(Refusal.NO_SUCH_CLIENT);
        }
        if (!client.get().status().equals(ClientTable.ACTIVE)) {
            return new Outcome.Refused<>(Refusal.CLIENT_INACTIVE);
        }
        var price = prepared.price();
        if (price == null) {
            return new Outcome.Refused<>(Refusal.NO_PRICE);
        }
        var id =
                table.insert(
                        tx,
                        new NewAllocation(
                                wanted.clientId(),
                                asset.id(),
                                wanted.quantity(),
                                price,
                                wanted.date()),
                        now);
        captado.lotsChanged(tx, List.of(id), List.of(Bucket.of(wanted.clientId(), wanted.date())));
        var allocation = table.find(tx, id).orElseThrow();
        outbox.publish(tx, List.of(InvestmentEvent.created(allocation).news()));
        return new Outcome.Done<>(allocation);
    }

    /// Another quantity, price or day: what was entered wrongly.
    Outcome<Allocation> change(Caller caller, long id, Change change) {
        return told(
                locked(
                        id,
                        (tx, it) -> {
                            var date = change.date() == null ? it.buyDate() : change.date();
                            var sales = table.sales(tx, id);
                            if (sales.stream().anyMatch(sale -> sale.date().isBefore(date))) {
                                return new Outcome.Refused<>(Refusal.BEFORE_IT_WAS_BOUGHT);
                            }
                            var quantity =
                                    change.quantity() == null ? it.quantity() : change.quantity();
                            var sold = soldUnits(tx, id, it);
                            if (table.unitsOf(tx, id, quantity, date).compareTo(sold) < 0) {
                                return new Outcome.Refused<>(Refusal.MORE_THAN_IS_LEFT);
                            }
                            table.update(
                                    tx,
                                    id,
                                    quantity,
                                    change.price() == null ? it.buyPrice() : change.price(),
                                    date,
                                    change.active() == null ? it.isActive() : change.active(),
                                    clock.instant());
                            return kept(tx, caller, "allocation.changed", it, date);
                        }));
    }

    /// It was never so: out of all figures, and kept for whoever asks how it came.
    Outcome<Allocation> remove(Caller caller, long id) {
        return told(
                locked(
                        id,
                        (tx, it) -> {
                            if (!it.isActive()) {
                                return new Outcome.Refused<>(Refusal.REMOVED_BEFORE);
                            }
                            table.update(
                                    tx,
                                    id,
                                    it.quantity(),
                                    it.buyPrice(),
                                    it.buyDate(),
                                    false,
                                    clock.instant());
                            return kept(tx, caller, "allocation.removed", it, it.buyDate());
                        }));
    }

    Outcome<Allocation> sell(Caller caller, long id, Sale sale, Optional<Idempotency.Request> key) {
        return told(
                once.create(
                        key,
                        tx ->
                                locked(
                                        tx,
                                        id,
                                        (_, it) -> {
                                            if (!it.isActive()) {
                                                return new Outcome.Refused<>(
                                                        Refusal.REMOVED_BEFORE);
                                            }
                                            if (sale.date().isBefore(it.buyDate())) {
                                                return new Outcome.Refused<>(
                                                        Refusal.BEFORE_IT_WAS_BOUGHT);
                                            }
                                            var units =
                                                    table.unitsOf(
                                                            tx, id, sale.quantity(), sale.date());
                                            if (units.compareTo(it.remaining()) > 0) {
                                                return new Outcome.Refused<>(
                                                        Refusal.MORE_THAN_IS_LEFT);
                                            }
                                            table.sell(
                                                    tx,
                                                    id,
                                                    sale.date(),
                                                    sale.quantity(),
                                                    sale.price(),
                                                    clock.instant());
                                            return kept(
                                                    tx,
                                                    caller,
                                                    "allocation.sold",
                                                    it,
                                                    it.buyDate());
                                        }),
                        AllocationAnswer::of));
    }

    /// A sale that never was: its units are there again, and it is kept for whoever asks how it
    /// came.
    Outcome<Allocation> takeBack(Caller caller, long id, long saleId) {
        return told(
                locked(
                        id,
                        (tx, it) -> {
                            if (!it.isActive()) {
                                return new Outcome.Refused<>(Refusal.REMOVED_BEFORE);
                            }
                            var sale =
                                    table.sales(tx, id).stream()
                                            .filter(each -> each.id() == saleId)
                                            .findFirst();
                            if (sale.isEmpty()) {
                                return new Outcome.Missing<>();
                            }
                            table.takeBack(tx, id, saleId, clock.instant());
                            return kept(
                                    tx, caller, "allocation.sale_removed", it, sale.get().date());
                        }));
    }

    /// In units of today.
    private BigDecimal soldUnits(Handle tx, long id, Allocation it) {
        return table.unitsOf(tx, id, it.quantity(), it.buyDate()).subtract(it.remaining());
    }

    /// @param date whose month has changed as well
    private Outcome<Allocation> kept(
            Handle tx, Caller caller, String deed, Allocation before, LocalDate date) {
        var buckets = new ArrayList<Bucket>();
        buckets.add(Bucket.of(before.clientId(), before.buyDate()));
        buckets.add(Bucket.of(before.clientId(), date));
        table.sales(tx, before.id())
                .forEach(sale -> buckets.add(Bucket.of(before.clientId(), sale.date())));
        captado.lotsChanged(tx, List.of(before.id()), buckets);
        log.record(tx, caller, deed, Long.toString(before.id()), "");
        return new Outcome.Done<>(table.find(tx, before.id()).orElseThrow());
    }

    private interface Work {
        Outcome<Allocation> run(Handle tx, Allocation allocation);
    }

    private Outcome<Allocation> locked(long id, Work work) {
        return database.transaction(
                tx -> {
                    var outcome = locked(tx, id, work);
                    return outcome instanceof Outcome.Done<Allocation>
                            ? outcome
                            : Database.rollback(tx, outcome);
                });
    }

    /// Client and asset of an allocation never change, so they may be read before they are locked;
    /// all else is read again behind the lock.
    private Outcome<Allocation> locked(Handle tx, long id, Work work) {
        var found = table.find(tx, id);
        if (found.isEmpty()) {
            return new Outcome.Missing<>();
        }
        captado.lock(tx, List.of(found.get().assetId()), List.of(found.get().clientId()));
        return work.run(tx, table.find(tx, id).orElseThrow());
    }

    private Outcome<Allocation> told(Outcome<Allocation> outcome) {
        if (outcome instanceof Outcome.Done<Allocation>) {
            captado.tell();
        }
        return outcome;
    }
}
