package vintem.investments;

import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.TreeSet;
import org.jboss.logging.Logger;
import vintem.investments.AssetTable.Asset;
import vintem.investments.AssetTable.Claimed;
import vintem.investments.CloseTable.Close;
import vintem.investments.CloseTable.Rate;
import vintem.platform.BusinessDays;
import vintem.platform.Database;

/// Asks the provider, after the market has closed, for each asset's close of the day and for those
/// of all trading days since it was first held that are missing.
///
/// Safe on every node and at any time: a node claims assets for a while, and a close that is there
/// is never written twice. An asset is asked for once a day; where the provider is away, again
/// later.
@Singleton
class IngestCloses {
    /// @param closes that are new
    /// @param failed assets for which the provider did not answer
    record Ingested(int assets, int closes, int rates, int failed) {}

    private static final Logger LOG = Logger.getLogger(IngestCloses.class);
    // B3 publishes closes after the auction, which ends by then.
    private static final LocalTime PUBLISHED = LocalTime.of(18, 30);
    private static final Duration LEASE = Duration.ofMinutes(5);
    private static final int AT_ONCE = 20;
    private static final int DAYS_BEFORE = 10;

    private final Database database;
    private final MarketData market;
    private final AssetTable assets;
    private final CloseTable closes;
    private final StoreCloses store;
    private final Clock clock;

    @Inject
    IngestCloses(
            Database database,
            MarketData market,
            AssetTable assets,
            CloseTable closes,
            StoreCloses store,
            Clock clock) {
        this.database = database;
        this.market = market;
        this.assets = assets;
        this.closes = closes;
        this.store = store;
        this.clock = clock;
    }

    @Scheduled(every = "5m", delayed = "20s", concurrentExecution = ConcurrentExecution.SKIP)
    void ingestWhenItIsTime() {
        ingest();
    }

    /// Up to the last trading day whose closes are published.
    Ingested ingest() {
        var day = lastPublished();
        var done = new Ingested(0, 0, ingestRates(day), 0);
        while (true) {
            var now = clock.instant();
            var claimed =
                    database.transaction(
                            tx -> assets.claim(tx, day, now, now.plus(LEASE), AT_ONCE));
            if (claimed.isEmpty()) {
                return done;
            }
            done = plus(done, ingest(claimed, day));
            if (done.failed() > 0) {
                // The provider is away: those that are left come with the next round.
                LOG.warnf("no closes of %d assets: the provider does not answer", done.failed());
                return done;
            }
        }
    }

    private Ingested ingest(List<Claimed> claimed, LocalDate day) {
        var found = new ArrayList<Close>();
        var answered = new ArrayList<Long>();
        var failed = new ArrayList<Long>();
        for (var asset : claimed) {
            try {
                found.addAll(missing(asset, day));
                answered.add(asset.id());
            } catch (MarketData.Away away) {
                failed.add(asset.id());
            }
        }
        var added = store.add(found, market.source());
        database.run(
                tx -> {
                    assets.ingested(tx, answered, day);
                    assets.letGo(tx, failed);
                });
        return new Ingested(answered.size(), added, 0, failed.size());
    }

    private List<Close> missing(Claimed asset, LocalDate day) {
        // With some days before, so that the first day has one to be compared with.
        var from = asset.from().minusDays(DAYS_BEFORE);
        var known =
                new HashSet<>(
                        database.transaction(tx -> closes.knownDays(tx, asset.id(), from, day)));
        var wanted = new TreeSet<>(TradingDays.between(from, day));
        wanted.removeAll(known);
        if (wanted.isEmpty()) {
            return List.of();
        }
        return market.closes(asset.ticker(), wanted.first(), wanted.last()).stream()
                .filter(it -> wanted.contains(it.date()))
                .map(it -> new Close(asset.id(), it.date(), it.price()))
                .toList();
    }

    /// Of all currencies that assets have, and the CDI to compare with.
    private int ingestRates(LocalDate day) {
        var series = new TreeSet<String>();
        series.add(SandboxMarket.CDI);
        var first = new LocalDate[] {day.minusYears(1)};
        database.run(
                tx -> {
                    assets.held(tx).stream()
                            .map(Asset::currency)
                            .filter(currency -> !currency.equals("BRL"))
                            .forEach(series::add);
                    assets.firstBuy(tx).ifPresent(buy -> first[0] = buy.minusDays(DAYS_BEFORE));
                });
        var count = 0;
        for (var each : series) {
            count += ingestRates(each, first[0], day);
        }
        return count;
    }

    private int ingestRates(String series, LocalDate first, LocalDate day) {
        var last = database.transaction(tx -> closes.rates(tx, series, first, day));
        var known = new HashSet<>(last.stream().map(Rate::day).toList());
        try {
            var rates =
                    market.rates(series, first, day).stream()
                            .filter(it -> !known.contains(it.date()))
                            .map(it -> new Rate(series, it.date(), it.price()))
                            .toList();
            return store.rates(rates, market.source());
        } catch (MarketData.Away away) {
            LOG.warnf("no rates of %s: the provider does not answer", series);
            return 0;
        }
    }

    private LocalDate lastPublished() {
        var today = BusinessDays.today(clock);
        var published = today.atTime(PUBLISHED).atZone(BusinessDays.SAO_PAULO).toInstant();
        return TradingDays.lastUntil(
                clock.instant().isBefore(published) ? today.minusDays(1) : today);
    }

    private static Ingested plus(Ingested one, Ingested other) {
        return new Ingested(
                one.assets() + other.assets(),
                one.closes() + other.closes(),
                one.rates() + other.rates(),
                one.failed() + other.failed());
    }
}
