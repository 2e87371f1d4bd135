package vintem.investments;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import vintem.access.Caller;
import vintem.investments.AllocationTable.Allocation;
import vintem.investments.AssetTable.Asset;
import vintem.investments.AssetTable.NewAsset;
import vintem.investments.ClientTable.Client;
import vintem.investments.CloseTable.Close;
import vintem.platform.BusinessDays;
import vintem.platform.Database;
import vintem.platform.EmailAddress;

/// An investment office, in domain words. Names are its own in each test: all tests share one
/// database.
@Singleton
class Office {
    @Inject Database database;
    @Inject KeepClients clients;
    @Inject KeepAllocations allocations;
    @Inject KeepAssets assets;
    @Inject AssetTable assetTable;
    @Inject StoreCloses closes;
    @Inject Captado captado;
    @Inject Clock clock;

    static String unique(String prefix) {
        return prefix + Long.toString(ThreadLocalRandom.current().nextLong(1L << 40), 36);
    }

    Client client(String name) {
        var email = EmailAddress.parse(unique("c") + "@example.com").orElseThrow();
        return done(clients.create(new KeepClients.NewClient(name, email, null), Optional.empty()));
    }

    Asset asset(String currency) {
        var ticker = unique("T").toUpperCase(java.util.Locale.ROOT);
        return done(
                assets.create(
                        new NewAsset(ticker, "asset " + ticker, "B3", currency), Optional.empty()));
    }

    Asset found(Asset asset) {
        return database.transaction(tx -> assetTable.find(tx, asset.id())).orElseThrow();
    }

    Allocation buy(Client client, Asset asset, String quantity, String price, LocalDate day) {
        return done(
                allocations.allocate(
                        new KeepAllocations.Wanted(
                                client.id(),
                                asset.id(),
                                null,
                                new BigDecimal(quantity),
                                new BigDecimal(price),
                                day),
                        Optional.empty()));
    }

    Allocation sell(Allocation lot, String quantity, String price, LocalDate day) {
        return done(
                allocations.sell(
                        Caller.SYSTEM,
                        lot.id(),
                        new KeepAllocations.Sale(
                                day, new BigDecimal(quantity), new BigDecimal(price)),
                        Optional.empty()));
    }

    void close(Asset asset, String price, LocalDate day) {
        closes.correct(List.of(new Close(asset.id(), day, new BigDecimal(price))), "test");
    }

    void rate(String series, String value, LocalDate day) {
        closes.rates(List.of(new CloseTable.Rate(series, day, new BigDecimal(value))), "test");
    }

    CaptadoTable.ClientSums sums(Client client, Windows windows) {
        return captado.sums(windows, null).stream()
                .filter(it -> it.clientId() == client.id())
                .findFirst()
                .orElseThrow();
    }

    LocalDate today() {
        return BusinessDays.today(clock);
    }

    static <T> T done(Outcome<T> outcome) {
        if (outcome instanceof Outcome.Done<T>(var value)) {
            return value;
        }
        throw new AssertionError(outcome);
    }
}
