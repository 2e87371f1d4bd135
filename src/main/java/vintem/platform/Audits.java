package vintem.platform;

import io.quarkus.arc.All;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jboss.logging.Logger;
import org.jdbi.v3.core.Handle;

/// Every module's [Proof], run in one snapshot: by `vintem audit`, and by itself once a day. What
/// was found is kept, so that the overview can say how long ago the books were proven.
@Singleton
public class Audits {
    /// What one proof found: nothing, where its claim holds.
    public record Finding(String claim, List<String> wrong) {}

    /// An audit that has ended.
    ///
    /// @param claims how many were looked at
    /// @param wrong what did not hold, one sentence each
    public record Run(Instant finishedAt, int claims, List<String> wrong) {
        public boolean clean() {
            return wrong.isEmpty();
        }
    }

    private static final Logger LOG = Logger.getLogger(Audits.class);
    private static final int USUAL_HOURS = 24;

    private final Database database;
    private final AuditTable table;
    private final List<Proof> proofs;
    private final Clock clock;

    @Inject
    Audits(Database database, AuditTable table, @All List<Proof> proofs, Clock clock) {
        this.database = database;
        this.table = table;
        this.proofs = proofs;
        this.clock = clock;
    }

    /// All proofs at one moment. Nothing is written.
    public List<Finding> findings() {
        return database.snapshot(
                snapshot ->
                        proofs.stream()
                                .map(proof -> new Finding(proof.claim(), proof.refute(snapshot)))
                                .toList());
    }

    /// The same, and what was found is kept.
    public List<Finding> run() {
        var startedAt = clock.instant();
        var findings = findings();
        var id = Ids.next();
        database.run(tx -> keep(tx, id, startedAt, findings));
        return findings;
    }

    /// The last one that ended.
    public Optional<Run> last(Handle tx) {
        return table.last(tx);
    }

    /// Whichever node looks first runs the day's audit; not in the busy minutes after a start.
    @Scheduled(every = "10m", delayed = "10m", concurrentExecution = ConcurrentExecution.SKIP)
    void whereItIsTime() {
        var hours = Settings.number("audit-every-hours", USUAL_HOURS);
        if (hours > 0) {
            runUnlessSince(Duration.ofHours(hours));
        }
    }

    /// @return whether it ran: not where one began no longer ago than that
    boolean runUnlessSince(Duration ago) {
        var now = clock.instant();
        var id = Ids.next();
        if (!database.transaction(tx -> table.begin(tx, id, now, now.minus(ago)))) {
            return false;
        }
        var findings = findings();
        database.run(tx -> keep(tx, id, now, findings));
        findings.stream()
                .filter(each -> !each.wrong().isEmpty())
                .forEach(each -> LOG.errorf("the books: it does not hold that %s", each.claim()));
        return true;
    }

    private void keep(Handle tx, UUID id, Instant startedAt, List<Finding> findings) {
        table.end(
                tx,
                id,
                startedAt,
                clock.instant(),
                findings.size(),
                findings.stream().flatMap(each -> each.wrong().stream()).toList());
    }
}
