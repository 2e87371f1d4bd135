package vintem.access;

import io.quarkus.scheduler.Scheduled;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import vintem.platform.Coalescer;
import vintem.platform.Database;
import vintem.platform.Ids;
import vintem.platform.Settings;

/// Who read what about a person (LGPD, art. 37).
///
/// A read is noted before its answer leaves, so none gets lost: whoever waits for their note waits
/// together with all who read at this moment, for one insert and one commit. Where it cannot be
/// written nothing is shown.
@Singleton
public class ReadLog {
    /// One read.
    record Read(
            UUID id,
            Instant at,
            Caller.Kind callerKind,
            UUID callerId,
            String subjectType,
            String subjectId,
            String route) {}

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int LONGEST = 200;
    private static final int AT_ONCE = 5_000;
    private static final Duration KEPT = Duration.ofDays(Settings.number("read-log-days", 730));

    private final ReadLogTable table;
    private final Database database;
    private final Clock clock;
    private final Coalescer<Read, Boolean> line;

    @Inject
    ReadLog(ReadLogTable table, Database database, Clock clock) {
        this.table = table;
        this.database = database;
        this.clock = clock;
        line = new Coalescer<>("reads", database, Coalescer.Limits.HELPED_IN_CROWDS, this::insert);
    }

    /// Notes a read. What somebody reads of themselves needs no note.
    ///
    /// @param subjectId the id of a row of ours; no name, no CPF, no key, no address
    /// @param route with its placeholders, `GET /charges/{id}`
    /// @throws Coalescer.Unavailable where it cannot be written
    public void note(Caller caller, String subjectType, String subjectId, String route) {
        switch (caller.kind()) {
            case USER, KEY ->
                    line.call(
                            new Read(
                                    Ids.next(),
                                    clock.instant(),
                                    caller.kind(),
                                    caller.id(),
                                    subjectType,
                                    cut(subjectId),
                                    cut(route)),
                            PATIENCE);
            case RESELLER, BANK, SYSTEM -> {}
        }
    }

    private List<Boolean> insert(Handle tx, List<Read> reads) {
        table.insert(tx, reads);
        return reads.stream().map(_ -> Boolean.TRUE).toList();
    }

    /// Forgets what is older than it is kept. Every node does it, some rows at a time: a second
    /// time there is nothing left.
    @Scheduled(every = "6h", delayed = "11m")
    void forget() {
        var before = clock.instant().minus(KEPT);
        while (database.transaction(tx -> table.forget(tx, before, AT_ONCE)) == AT_ONCE) {
            // There is more.
        }
    }

    @PreDestroy
    void stop() {
        line.close();
    }

    private static String cut(String text) {
        return text.length() > LONGEST ? text.substring(0, LONGEST) : text;
    }
}
