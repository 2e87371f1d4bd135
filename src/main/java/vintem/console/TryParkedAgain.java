package vintem.console;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import org.jboss.logging.Logger;
import vintem.access.AccessLog;
import vintem.access.Caller;
import vintem.platform.Database;
import vintem.platform.ParkedNews;

/// Has a subscriber apply what it had stumbled over, when somebody has mended why.
@Singleton
class TryParkedAgain {
    private static final Logger LOG = Logger.getLogger(TryParkedAgain.class);

    sealed interface Outcome {
        /// It is applied, and parked no more.
        record Applied() implements Outcome {}

        /// It stays where it was.
        record FailedAgain(int tries) implements Outcome {}

        /// Nothing is parked under that name; somebody else may have been faster.
        record NotThere() implements Outcome {}
    }

    private final ParkedNews parked;
    private final Database database;
    private final AccessLog log;
    private final Clock clock;

    @Inject
    TryParkedAgain(ParkedNews parked, Database database, AccessLog log, Clock clock) {
        this.parked = parked;
        this.database = database;
        this.log = log;
        this.clock = clock;
    }

    /// Safe twice: what was applied is not there the second time.
    Outcome one(Caller caller, ParkedNews.Place place) {
        try {
            return database.transaction(
                    tx -> {
                        if (!parked.apply(tx, place)) {
                            return new Outcome.NotThere();
                        }
                        log.record(
                                tx,
                                caller,
                                "event.applied_again",
                                Long.toString(place.eventId()),
                                place.subscriber());
                        return new Outcome.Applied();
                    });
        } catch (RuntimeException stumbled) {
            // All that it wrote is undone; what is left to tell has a transaction of its own.
            LOG.warnf(
                    stumbled,
                    "%s stumbled over event %d again",
                    place.subscriber(),
                    place.eventId());
            return database.transaction(
                    tx -> {
                        var tries = parked.failedAgain(tx, place, stumbled, clock.instant());
                        if (tries.isEmpty()) {
                            return new Outcome.NotThere();
                        }
                        log.record(
                                tx,
                                caller,
                                "event.failed_again",
                                Long.toString(place.eventId()),
                                place.subscriber());
                        return new Outcome.FailedAgain(tries.getAsInt());
                    });
        }
    }
}
