package vintem.reconciliation;

import io.quarkus.arc.All;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.access.AccessLog;
import vintem.access.Caller;
import vintem.bank.StatementFeed;
import vintem.bank.WhoseMoney;
import vintem.platform.BusinessDays;
import vintem.platform.Database;
import vintem.platform.Idempotency;
import vintem.platform.Ids;
import vintem.reconciliation.ReconciliationTable.Movement;
import vintem.reconciliation.ReconciliationTable.NewLine;
import vintem.reconciliation.ReconciliationTable.Reference;
import vintem.reconciliation.ReconciliationTable.Statement;
import vintem.reconciliation.StatementFile.Line;

/// Takes the bank's statement in, and finds what belongs together.
///
/// Safe twice: a file is known by its hash and a line by its identity, so that the same statement,
/// or one that overlaps, adds what is new and nothing else. Imports take turns.
@Singleton
class ImportStatement {
    /// @param isNew false where the same bytes were here before: nothing has changed
    record Outcome(Statement statement, boolean isNew) {}

    private static final int MOST_DAYS = 10_000;

    private final Database database;
    private final ReconciliationTable table;
    private final MatchTable matches;
    private final TieOutDayTable days;
    private final List<WhoseMoney> modules;
    private final StatementFeed feed;
    private final AccessLog log;
    private final Clock clock;

    @Inject
    ImportStatement(
            Database database,
            ReconciliationTable table,
            MatchTable matches,
            TieOutDayTable days,
            @All List<WhoseMoney> modules,
            StatementFeed feed,
            AccessLog log,
            Clock clock) {
        this.database = database;
        this.table = table;
        this.matches = matches;
        this.days = days;
        this.modules = modules;
        this.feed = feed;
        this.log = log;
        this.clock = clock;
    }

    /// @param name what the file is called by whoever sends it
    /// @param bytes as they came: they make its hash, with the days that were asked for
    Outcome file(Caller caller, String name, byte[] bytes, StatementFile file) {
        var period = file.firstDay() + " " + file.lastDay();
        var hash = Idempotency.hash(bytes, period.getBytes(StandardCharsets.UTF_8));
        return database.transaction(tx -> take(tx, caller, name, hash, file));
    }

    /// What the bank itself says of one day that is over.
    Outcome rail(Caller caller, LocalDate day) {
        var from = day.atStartOfDay(BusinessDays.SAO_PAULO).toInstant();
        var before = day.plusDays(1).atStartOfDay(BusinessDays.SAO_PAULO).toInstant();
        // The bank is asked with nothing locked.
        var lines =
                feed.between(from, before).stream()
                        .map(
                                each ->
                                        new Line(
                                                day,
                                                each.amountCents(),
                                                each.endToEndId().isBlank()
                                                        ? each.reference()
                                                        : each.endToEndId(),
                                                each.kind()))
                        .toList();
        var file = new StatementFile("rail", day, day, lines, feed.balanceBeforeCents(before));
        var said = new StringBuilder("rail ").append(day).append(' ').append(file.closingCents());
        lines.forEach(line -> said.append('\n').append(line));
        var hash = Idempotency.hash(said.toString().getBytes(StandardCharsets.UTF_8));
        return database.transaction(tx -> take(tx, caller, "rail " + day, hash, file));
    }

    private Outcome take(Handle tx, Caller caller, String name, byte[] hash, StatementFile file) {
        matches.oneAtATime(tx);
        var known = table.byHash(tx, hash);
        if (known.isPresent()) {
            return new Outcome(known.get(), false);
        }
        var before = table.extent(tx);
        var lines = identified(file.lines());
        var statement =
                new Statement(
                        Ids.next(),
                        file.source(),
                        name,
                        hash,
                        file.firstDay(),
                        file.lastDay(),
                        lines.size(),
                        lines.size() - table.knownLines(tx, lines),
                        file.closingCents(),
                        caller.name(),
                        clock.instant());
        table.insert(tx, statement);
        table.insertLines(tx, statement.id(), lines);
        var opening = table.opening(tx);
        if (opening.isEmpty() || file.firstDay().isBefore(opening.get().day())) {
            table.setOpening(tx, file.firstDay(), table.balanceBefore(tx, file.firstDay()));
        }
        // Days between two statements belong to the balance, too.
        var from =
                before.map(ReconciliationTable.Extent::last)
                        .filter(last -> last.isBefore(file.firstDay()))
                        .orElse(file.firstDay());
        var touched = copyMovements(tx, from);
        lines.forEach(line -> touched.add(line.day()));
        touched.addAll(matches.match(tx, clock.instant()));
        days.addUp(tx, touched);
        log.record(
                tx,
                caller,
                "statement.imported",
                statement.id().toString(),
                "%s, %s to %s, %d lines, %d new"
                        .formatted(
                                statement.source(),
                                statement.firstDay(),
                                statement.lastDay(),
                                statement.lines(),
                                statement.newLines()));
        return new Outcome(statement, true);
    }

    /// What was matched long ago needs no words any more: they may name people.
    void forgetDescriptions(LocalDate before) {
        database.run(tx -> table.forgetDescriptions(tx, before));
    }

    /// What was booked late is found, and matched, too.
    void lookAgain(LocalDate from) {
        database.run(
                tx -> {
                    if (!table.nothingImported(tx)) {
                        matches.oneAtATime(tx);
                        var touched = copyMovements(tx, from);
                        touched.addAll(matches.match(tx, clock.instant()));
                        days.addUp(tx, touched);
                    }
                });
    }

    /// Adds up anew the days that are not what their lines and movements come to: a node of an
    /// older version beside us imports and matches without adding up.
    ///
    /// @return how many there were
    int addUpWrongDays() {
        return database.transaction(
                tx -> {
                    if (table.nothingImported(tx)) {
                        return 0;
                    }
                    matches.oneAtATime(tx);
                    var wrong = days.wrongDays(tx, MOST_DAYS);
                    days.addUp(tx, wrong);
                    return wrong.size();
                });
    }

    /// What was recorded since then, of whatever day that is covered.
    ///
    /// @return the days of what is new
    private Set<LocalDate> copyMovements(Handle tx, LocalDate recordedFrom) {
        var extent = table.extent(tx).orElseThrow();
        var at = recordedFrom.minusDays(1).atStartOfDay(BusinessDays.SAO_PAULO).toInstant();
        var fresh = table.copyMovements(tx, extent.first(), extent.last(), table.since(tx, at));
        var subjects = fresh.stream().map(Movement::subjectId).distinct().toList();
        var names = new HashMap<UUID, List<String>>();
        for (var module : modules) {
            module.known(tx, subjects)
                    .forEach(whose -> names.put(whose.subjectId(), whose.references()));
        }
        var references = new ArrayList<Reference>();
        for (var movement : fresh) {
            for (var name : names.getOrDefault(movement.subjectId(), List.of())) {
                references.add(new Reference(movement.entryId(), name));
            }
        }
        table.insertReferences(tx, references);
        return fresh.stream().map(Movement::day).collect(Collectors.toCollection(HashSet::new));
    }

    /// Equal lines of one file are told apart by their number; in another file that has them all
    /// they have the same numbers.
    private static List<NewLine> identified(List<Line> lines) {
        var seen = new HashMap<String, Integer>();
        var identified = new ArrayList<NewLine>(lines.size());
        for (var line : lines) {
            var what = "%s\n%d\n%s".formatted(line.day(), line.amountCents(), name(line));
            var number = Objects.requireNonNull(seen.merge(what, 1, Integer::sum));
            var identity =
                    Idempotency.hash((what + "\n" + number).getBytes(StandardCharsets.UTF_8));
            identified.add(
                    new NewLine(
                            Ids.next(),
                            HexFormat.of().formatHex(identity),
                            line.day(),
                            identified.size(),
                            line.amountCents(),
                            StatementFile.withoutTaxId(line.reference()),
                            StatementFile.masked(line.description())));
        }
        return identified;
    }

    private static @Nullable String name(Line line) {
        return line.reference() == null ? line.description() : line.reference();
    }

    /// Whose these movements are, by their subjects.
    Map<UUID, WhoseMoney.Whose> whose(Handle tx, List<UUID> subjects) {
        var whose = new HashMap<UUID, WhoseMoney.Whose>();
        for (var module : modules) {
            module.known(tx, subjects).forEach(each -> whose.put(each.subjectId(), each));
        }
        return whose;
    }
}
