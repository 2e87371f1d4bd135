package vintem.reconciliation;

import com.fasterxml.jackson.annotation.JsonIgnore;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.bank.WhoseMoney.Whose;
import vintem.platform.BusinessDays;
import vintem.reconciliation.TieOutLinesTable.LineState;
import vintem.reconciliation.TieOutLinesTable.MovementState;

/// Puts one day before a person: both sides, what matches, what does not, how old that is, and
/// whose it is.
@Singleton
class ReadDay {
    static final int MOST = 2_000;

    /// @param state `matched`, `late` (of another day), `doubled` or `extra`
    /// @param ageDays how long it has been open
    public record LineOfDay(
            UUID id,
            long amountCents,
            @Nullable String reference,
            @Nullable String description,
            String state,
            @Nullable String how,
            @Nullable UUID matchId,
            @Nullable String decidedBy,
            @Nullable LocalDate movementDay,
            long ageDays) {
        public boolean open() {
            return matchId == null;
        }

        public boolean wrong() {
            return !state.equals("matched");
        }
    }

    /// @param id of the entry in the ledger
    /// @param state `matched`, `late` or `missing` at the bank
    /// @param module whose it is, `ledger` where it was posted by hand
    public record MovementOfDay(
            UUID id,
            UUID subjectId,
            String kind,
            Instant at,
            long amountCents,
            String state,
            @Nullable String how,
            @Nullable UUID matchId,
            @Nullable LocalDate lineDay,
            long ageDays,
            String module,
            @Nullable String name,
            @Nullable String page) {
        public boolean open() {
            return matchId == null;
        }

        public boolean wrong() {
            return !state.equals("matched");
        }
    }

    /// @param theirOpeningCents null where no statement tells a balance
    public record Sheet(
            LocalDate day,
            boolean over,
            long ourOpeningCents,
            long ourClosingCents,
            @Nullable Long theirOpeningCents,
            @Nullable Long theirClosingCents,
            List<LineOfDay> lines,
            List<MovementOfDay> movements,
            boolean cut,
            @JsonIgnore TieOutDayTable.Counts counts) {}

    private final ReconciliationTable table;
    private final TieOutDayTable days;
    private final TieOutLinesTable lines;
    private final Balances balances;
    private final ImportStatement imports;
    private final Clock clock;

    @Inject
    ReadDay(
            ReconciliationTable table,
            TieOutDayTable days,
            TieOutLinesTable lines,
            Balances balances,
            ImportStatement imports,
            Clock clock) {
        this.table = table;
        this.days = days;
        this.lines = lines;
        this.balances = balances;
        this.imports = imports;
        this.clock = clock;
    }

    /// Empty where no statement covers the day.
    ///
    /// @param atLeast rows of each side, where it has so many: what is wrong comes before what
    ///     matches, and is there as far as [#MOST] goes
    Optional<Sheet> read(Handle tx, LocalDate day, int atLeast) {
        var extent = table.extent(tx);
        if (extent.isEmpty()
                || day.isBefore(extent.get().first())
                || day.isAfter(extent.get().last())) {
            return Optional.empty();
        }
        var today = BusinessDays.today(clock);
        var age = Math.max(0, ChronoUnit.DAYS.between(day, today));
        var counts = days.counts(tx, day);
        var most = Math.toIntExact(Math.clamp(counts.mostWrong(), atLeast, MOST));
        var theirs = lines.linesOf(tx, day, counts.lateLines() > 0, most);
        var ours = lines.movementsOf(tx, day, counts.lateMovements() > 0, most);
        var whose =
                imports.whose(tx, ours.stream().map(MovementState::subjectId).distinct().toList());
        return Optional.of(
                new Sheet(
                        day,
                        day.isBefore(today),
                        balances.oursAfter(tx, day.minusDays(1)),
                        balances.oursAfter(tx, day),
                        balances.theirsAfter(tx, day.minusDays(1)).orElse(null),
                        balances.theirsAfter(tx, day).orElse(null),
                        theirs.stream().map(each -> line(each, age)).toList(),
                        movements(ours, whose, age),
                        counts.lines() > theirs.size() || counts.movements() > ours.size(),
                        counts));
    }

    private static LineOfDay line(LineState line, long age) {
        return new LineOfDay(
                line.id(),
                line.amountCents(),
                line.reference(),
                line.description(),
                line.state(),
                line.how(),
                line.matchId(),
                line.decidedBy(),
                line.movementDay(),
                line.matchId() == null ? age : 0);
    }

    private static List<MovementOfDay> movements(
            List<MovementState> movements, Map<UUID, Whose> whose, long age) {
        var rows = new ArrayList<MovementOfDay>();
        for (var each : movements) {
            var owner = whose.get(each.subjectId());
            rows.add(
                    new MovementOfDay(
                            each.entryId(),
                            each.subjectId(),
                            each.kind(),
                            each.at(),
                            each.amountCents(),
                            each.state(),
                            each.how(),
                            each.matchId(),
                            each.lineDay(),
                            each.matchId() == null ? age : 0,
                            owner == null ? "ledger" : owner.module(),
                            owner == null ? null : owner.name(),
                            owner == null ? null : owner.page()));
        }
        return rows;
    }
}
