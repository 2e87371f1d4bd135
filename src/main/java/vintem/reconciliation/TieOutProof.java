package vintem.reconciliation;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;
import vintem.platform.BusinessDays;
import vintem.platform.Cents;
import vintem.platform.Proof;

/// Of the days that are over and that a statement covers: the bank's statement and the account
/// `bank` tell the same. Where no statement was ever imported there is nothing to compare.
@Singleton
class TieOutProof implements Proof {
    private static final int MOST = 50;

    private final ReconciliationTable table;
    private final TieOutDayTable days;
    private final Balances balances;
    private final Clock clock;

    @Inject
    TieOutProof(ReconciliationTable table, TieOutDayTable days, Balances balances, Clock clock) {
        this.table = table;
        this.days = days;
        this.balances = balances;
        this.clock = clock;
    }

    @Override
    public String claim() {
        return "each line of the bank's imported statements is one movement of ours, and no more";
    }

    @Override
    public List<String> refute(Handle snapshot) {
        var wrong = new ArrayList<String>();
        if (table.nothingImported(snapshot)) {
            return wrong;
        }
        var today = BusinessDays.today(clock);
        for (var line : table.wrongLines(snapshot, today, MOST)) {
            var what =
                    "statement of %s: the line of %s (%s) "
                            .formatted(
                                    line.day(),
                                    Cents.format(line.amountCents()),
                                    line.reference() == null ? line.id() : line.reference());
            wrong.add(
                    what
                            + switch (line.state()) {
                                case "late" -> "belongs to a movement of " + line.movementDay();
                                case "doubled" -> "is there twice";
                                default -> "is none of our movements";
                            });
        }
        for (var movement : table.missing(snapshot, today, MOST)) {
            wrong.add(
                    "statement of %s: our %s of %s (subject %s) is missing"
                            .formatted(
                                    movement.day(),
                                    movement.kind(),
                                    Cents.format(movement.amountCents()),
                                    movement.subjectId()));
        }
        var extent = table.extent(snapshot).orElseThrow();
        var at = extent.first().minusDays(1).atStartOfDay(BusinessDays.SAO_PAULO).toInstant();
        var since = table.since(snapshot, at);
        for (var movement : table.notCopied(snapshot, today, since, MOST)) {
            wrong.add(
                    "statement of %s: our %s of %s (subject %s) was not compared yet"
                            .formatted(
                                    movement.day(),
                                    movement.kind(),
                                    Cents.format(movement.amountCents()),
                                    movement.subjectId()));
        }
        for (var day : days.wrongDays(snapshot, MOST)) {
            wrong.add("statement of %s: its sums are not what its lines come to".formatted(day));
        }
        // A statement tells its balance once; where it differs, it differs from there on.
        table.toldClosing(snapshot, today)
                .ifPresent(
                        told ->
                                Proof.compare(
                                        wrong,
                                        "statement of %s: its balance and ours"
                                                .formatted(told.day()),
                                        told.cents(),
                                        balances.oursAfter(snapshot, told.day())
                                                + table.crossing(snapshot, told.day())));
        return wrong;
    }
}
