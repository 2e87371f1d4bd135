package vintem.reconciliation;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.LocalDate;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// What both sides hold at the end of a day.
@Singleton
class Balances {
    private final ReconciliationTable table;
    private final TieOutDayTable days;

    @Inject
    Balances(ReconciliationTable table, TieOutDayTable days) {
        this.table = table;
        this.days = days;
    }

    /// Ours: what we held when the first covered day began, and all that has moved since.
    long oursAfter(Handle tx, LocalDate day) {
        var opening = table.opening(tx).orElseThrow();
        return Math.addExact(
                opening.cents(), days.movedBetween(tx, opening.day(), day.plusDays(1)));
    }

    /// The bank's: the balance that some statement tells nearest to that day, and the lines
    /// between; empty where none tells any.
    Optional<Long> theirsAfter(Handle tx, LocalDate day) {
        return table.nearestClosing(tx, day)
                .map(
                        told ->
                                told.day().isAfter(day)
                                        ? told.cents()
                                                - days.linesBetween(
                                                        tx, day.plusDays(1), told.day().plusDays(1))
                                        : told.cents()
                                                + days.linesBetween(
                                                        tx,
                                                        told.day().plusDays(1),
                                                        day.plusDays(1)));
    }
}
