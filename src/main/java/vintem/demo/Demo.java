package vintem.demo;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalTime;
import vintem.platform.BusinessDays;
import vintem.platform.EmbeddedPostgres.Address;
import vintem.platform.Settings;

/// Whether a database may become a demo, decided before the server starts.
public final class Demo {
    /// How far back its history goes.
    static final int DAYS = 91;

    /// When the first day's work begins.
    static final LocalTime OPENS = LocalTime.of(8, 0);

    private Demo() {}

    /// Makes a fresh database a demo, finds that it is one, or refuses.
    ///
    /// A first start then begins with the clock held at the history's first morning and with its
    /// schedule halted: the company's first transfer is of that morning, too.
    ///
    /// @throws IllegalArgumentException where it is somebody's, in words for the operator
    public static void prepare(Address owner) {
        // An invented company writes to nobody and asks no strangers, whatever is configured.
        for (var outside : new String[] {"smtp-url", "prices-url", "cashback-api-url"}) {
            System.setProperty("vintem." + outside, "");
        }
        useUnlessSet("bcrypt-cost", "8");
        useUnlessSet("bank-timeout-millis", "600");
        System.setProperty("vintem.demo", "true");
        if (isNew(owner)) {
            System.setProperty("vintem.demo-begins", begins().toString());
            System.setProperty("quarkus.scheduler.start-mode", "halted");
        }
    }

    private static boolean isNew(Address owner) {
        try (var connection = owner.connect()) {
            if (DemoTable.isDemo(connection)) {
                if (DemoTable.isLoaded(connection)) {
                    return false;
                }
                throw new IllegalArgumentException(
                        "this demo was interrupted while its history was written, or another node"
                                + " is writing it now. Wait for that, or begin anew in an empty"
                                + " directory: VINTEM_DATA_DIR=./demo ./vintem run --demo");
            }
            if (DemoTable.isUsed(connection) || !DemoTable.begin(connection)) {
                throw new IllegalArgumentException(
                        "--demo writes only into an empty database, and this one is in use: the"
                                + " demo would be mixed with somebody's data. Give it a directory"
                                + " of its own: VINTEM_DATA_DIR=./demo ./vintem run --demo");
            }
            return true;
        } catch (SQLException failed) {
            throw new IllegalStateException("the database does not answer", failed);
        }
    }

    /// The first moment of a history that ends yesterday.
    private static Instant begins() {
        return BusinessDays.today(Clock.systemUTC())
                .minusDays(DAYS)
                .atTime(OPENS)
                .atZone(BusinessDays.SAO_PAULO)
                .toInstant();
    }

    private static void useUnlessSet(String name, String value) {
        if (Settings.text(name).isEmpty()) {
            System.setProperty("vintem." + name, value);
        }
    }
}
