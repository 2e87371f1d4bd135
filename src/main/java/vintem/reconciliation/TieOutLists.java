package vintem.reconciliation;

import static vintem.platform.Sheet.count;
import static vintem.platform.Sheet.day;
import static vintem.platform.Sheet.instant;
import static vintem.platform.Sheet.money;
import static vintem.platform.Sheet.text;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.access.Asking;
import vintem.access.Capability;
import vintem.access.Role;
import vintem.bank.WhoseMoney.Whose;
import vintem.platform.BusinessDays;
import vintem.platform.Database;
import vintem.platform.ExportedList;
import vintem.platform.Problem;
import vintem.platform.Sheet;
import vintem.reconciliation.TieOutDayTable.Day;
import vintem.reconciliation.TieOutLinesTable.LineState;
import vintem.reconciliation.TieOutLinesTable.MovementState;

/// The lists of the tie-out as spreadsheets: days, and both sides of one day.
@Singleton
class TieOutLists implements ExportedList.Source {
    private static final String DATE = "date";

    /// A movement, and whose it is.
    private record Owned(MovementState movement, @Nullable Whose whose) {}

    private final TieOutDayTable days;
    private final TieOutLinesTable table;
    private final ImportStatement imports;
    private final Database database;
    private final Asking asking;
    private final Clock clock;

    @Inject
    TieOutLists(
            TieOutDayTable days,
            TieOutLinesTable table,
            ImportStatement imports,
            Database database,
            Asking asking,
            Clock clock) {
        this.days = days;
        this.table = table;
        this.imports = imports;
        this.database = database;
        this.asking = asking;
        this.clock = clock;
    }

    @Override
    public List<ExportedList> lists() {
        return List.of(
                new ExportedList("tie-out-days", this::isOpen, Set.of(), _ -> days()),
                new ExportedList("tie-out-lines", this::isOpen, Set.of(DATE), this::lines),
                new ExportedList("tie-out-movements", this::isOpen, Set.of(DATE), this::movements));
    }

    private boolean isOpen() {
        return asking.caller().may(Capability.LEDGER, Role.READ);
    }

    private Sheet<Day> days() {
        var today = BusinessDays.today(clock);
        return new Sheet<>(
                List.of(
                        day("day", Day::day),
                        count("lines", Day::lines),
                        money("lines_sum", Day::lineCents),
                        count("movements", Day::movements),
                        money("movements_sum", Day::movementCents),
                        count("open_lines", Day::openLines),
                        count("open_movements", Day::openMovements),
                        count("late_lines", Day::late)),
                Sheet.pages(
                        last ->
                                database.transaction(
                                        tx ->
                                                days.days(
                                                        tx,
                                                        today,
                                                        last == null ? null : last.day(),
                                                        Sheet.AT_ONCE))));
    }

    private Sheet<LineState> lines(ExportedList.Filters given) {
        var date = date(given);
        return new Sheet<>(
                List.of(
                        day("day", LineState::day),
                        money("amount", LineState::amountCents),
                        text("reference", LineState::reference),
                        text("description", LineState::description),
                        text("status", LineState::state),
                        text("how", LineState::how),
                        text("by", LineState::decidedBy),
                        day("other_day", LineState::movementDay),
                        text("id", LineState::id)),
                Sheet.pages(
                        last ->
                                database.transaction(
                                        tx ->
                                                table.linesAfter(
                                                        tx,
                                                        date,
                                                        last == null ? null : last.id(),
                                                        Sheet.AT_ONCE))));
    }

    private Sheet<Owned> movements(ExportedList.Filters given) {
        var date = date(given);
        return new Sheet<>(
                List.of(
                        instant("occurred", it -> it.movement().at()),
                        text("kind", it -> it.movement().kind()),
                        money("amount", it -> it.movement().amountCents()),
                        text("status", it -> it.movement().state()),
                        text("how", it -> it.movement().how()),
                        day("other_day", it -> it.movement().lineDay()),
                        text("module", it -> it.whose() == null ? "ledger" : it.whose().module()),
                        text("name", it -> it.whose() == null ? null : it.whose().name()),
                        text("subject_id", it -> it.movement().subjectId()),
                        text("entry_id", it -> it.movement().entryId())),
                Sheet.pages(
                        last ->
                                database.transaction(
                                        tx ->
                                                owned(
                                                        tx,
                                                        date,
                                                        last == null
                                                                ? null
                                                                : last.movement().entryId()))));
    }

    private List<Owned> owned(Handle tx, LocalDate date, @Nullable UUID after) {
        var movements = table.movementsAfter(tx, date, after, Sheet.AT_ONCE);
        var subjects = movements.stream().map(MovementState::subjectId).distinct().toList();
        Map<UUID, Whose> whose = imports.whose(tx, subjects);
        return movements.stream().map(it -> new Owned(it, whose.get(it.subjectId()))).toList();
    }

    private static LocalDate date(ExportedList.Filters given) {
        return Optional.ofNullable(given.get(DATE))
                .flatMap(ReconciliationHttp::parse)
                .orElseThrow(() -> Problem.invalid("?date", "must be a day, as 2026-11-25"));
    }
}
