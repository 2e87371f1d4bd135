package vintem.demo;

import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Random;
import org.jboss.logging.Logger;
import vintem.platform.Database;
import vintem.platform.Settings;

/// The company goes on while it is looked at: one small thing after another, on one node only.
@Singleton
class LiveDemo {
    private static final Logger LOG = Logger.getLogger(LiveDemo.class);
    private static final long SEED = 0x4C49_5645L;
    private static final long BETWEEN_MILLIS = 3_500;

    private final boolean on = Settings.flag("demo") && isWanted();
    private final Database database;
    private final DemoTable table;
    private final Shop shop;
    private final Suppliers suppliers;
    private final Wholesale wholesale;
    private final Sellers sellers;
    private final Office office;

    @Inject
    LiveDemo(
            Database database,
            DemoTable table,
            Shop shop,
            Suppliers suppliers,
            Wholesale wholesale,
            Sellers sellers,
            Office office) {
        this.database = database;
        this.table = table;
        this.shop = shop;
        this.suppliers = suppliers;
        this.wholesale = wholesale;
        this.sellers = sellers;
        this.office = office;
    }

    @Scheduled(every = "2s", delayed = "5s", concurrentExecution = ConcurrentExecution.SKIP)
    void run() {
        if (on) {
            database.transaction(tx -> table.takeTurn(tx, BETWEEN_MILLIS)).ifPresent(this::happen);
        }
    }

    /// The demo is a guest in its own house: what is refused, because a visitor has changed things,
    /// is left alone.
    void happen(long tick) {
        var dice = new Random(SEED + tick);
        try {
            switch ((int) (tick % 12)) {
                case 2, 8 -> wholesale.goOn(dice);
                case 4, 10 -> sellers.goOn(tick, dice);
                case 6 -> {
                    if (tick % 24 == 6) {
                        office.goesOn(dice);
                    } else {
                        suppliers.goOn(tick, dice);
                    }
                }
                case 11 -> {
                    if (tick % 48 == 11) {
                        shop.isPaidTwice();
                    }
                }
                default -> shop.goesOn(dice);
            }
        } catch (RuntimeException refused) {
            LOG.debugf(refused, "event %d of the demo did not happen", tick);
        }
    }

    /// `VINTEM_DEMO_LIVE=false` stops time after the history, for a look at figures that stand.
    static boolean isWanted() {
        return Settings.text("demo-live").map(Boolean::parseBoolean).orElse(true);
    }
}
