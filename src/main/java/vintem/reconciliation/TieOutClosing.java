package vintem.reconciliation;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import vintem.platform.Attention;
import vintem.platform.BusinessDays;
import vintem.platform.ClosingLines;
import vintem.platform.Words;
import vintem.reconciliation.ReconciliationTable.Open;

/// Whether the bank's statement of a day and our books tell the same, and what is still open of all
/// days. Where no statement was ever imported there is nothing to say.
@Singleton
class TieOutClosing implements ClosingLines {
    private static final String GROUP = "tie_out";

    private final ReconciliationTable table;
    private final TieOutDayTable days;
    private final Balances balances;

    @Inject
    TieOutClosing(ReconciliationTable table, TieOutDayTable days, Balances balances) {
        this.table = table;
        this.days = days;
        this.balances = balances;
    }

    @Override
    public int place() {
        return 50;
    }

    @Override
    public List<Line> lines(Handle snapshot, Words words, Instant from, Instant until) {
        if (table.nothingImported(snapshot)) {
            return List.of();
        }
        var day = LocalDate.ofInstant(from, BusinessDays.SAO_PAULO);
        var lines = new ArrayList<Line>();
        days.days(snapshot, day, day.plusDays(1), 1).stream()
                .filter(newest -> newest.day().equals(day))
                .findFirst()
                .ifPresentOrElse(
                        it -> ofDay(lines, words, it),
                        // It may come later; what it would leave open is nobody's work yet.
                        () ->
                                lines.add(
                                        new Line(
                                                GROUP,
                                                words.say("closing.tie_out.statement"),
                                                words.say("closing.tie_out.not_imported"),
                                                false)));
        balance(lines, words, snapshot, day.plusDays(1));
        ofAllDays(lines, words, snapshot, day);
        return lines;
    }

    private static void ofDay(List<Line> lines, Words words, TieOutDayTable.Day day) {
        lines.add(count(words, "lines", day.lines(), false));
        lines.add(count(words, "unmatched", day.openLines(), day.openLines() > 0));
        lines.add(count(words, "missing", day.openMovements(), day.openMovements() > 0));
        lines.add(count(words, "late", day.late(), day.late() > 0));
    }

    /// As the audit compares it: the last balance that a statement tells, and ours of that day.
    private void balance(List<Line> lines, Words words, Handle snapshot, LocalDate before) {
        table.toldClosing(snapshot, before)
                .ifPresent(
                        told -> {
                            var ours =
                                    balances.oursAfter(snapshot, told.day())
                                            + table.crossing(snapshot, told.day());
                            lines.add(
                                    new Line(
                                            GROUP,
                                            words.say(
                                                    "closing.tie_out.balance",
                                                    words.day(told.day())),
                                            words.money(told.cents() - ours),
                                            told.cents() != ours));
                        });
    }

    private void ofAllDays(List<Line> lines, Words words, Handle snapshot, LocalDate day) {
        var most = Attention.MOST;
        var theirs = table.openLines(snapshot, day.plusDays(1), most);
        var ours = table.openMovements(snapshot, day.plusDays(1), most);
        var open = theirs.count() + ours.count();
        if (open == 0) {
            return;
        }
        var more = theirs.count() == most || ours.count() == most ? "+" : "";
        lines.add(
                new Line(
                        GROUP, words.say("closing.tie_out.open"), words.number(open) + more, true));
        Stream.of(theirs, ours)
                .map(Open::oldest)
                .filter(java.util.Objects::nonNull)
                .min(LocalDate::compareTo)
                .ifPresent(
                        oldest ->
                                lines.add(
                                        new Line(
                                                GROUP,
                                                words.say("closing.tie_out.oldest"),
                                                age(words, oldest, day.plusDays(1)),
                                                true)));
    }

    private static String age(Words words, LocalDate oldest, LocalDate today) {
        return "%s (%s)"
                .formatted(
                        words.day(oldest),
                        words.count("ago.days", ChronoUnit.DAYS.between(oldest, today)));
    }

    private static Line count(Words words, String what, long count, boolean attention) {
        return new Line(
                GROUP, words.say("closing.tie_out." + what), words.number(count), attention);
    }
}
