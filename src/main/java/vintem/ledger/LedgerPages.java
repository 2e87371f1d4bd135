package vintem.ledger;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.access.Asking;
import vintem.access.Capability;
import vintem.access.Needs;
import vintem.access.Role;
import vintem.ledger.AccountCode.Side;
import vintem.platform.Database;
import vintem.platform.Page;
import vintem.platform.Pages;
import vintem.platform.Problem;
import vintem.platform.Words;

/// The pages of the ledger: what every account holds, and how it came to that.
@Path("/app/ledger")
@RunOnVirtualThread
@Produces(MediaType.TEXT_HTML)
public class LedgerPages {
    private static final String HOME = "/app/ledger";
    private static final int LINES = 50;

    /// Where the ledger stands in the navigation.
    @Singleton
    static class Section implements Pages.Section {
        private final Asking asking;

        @Inject
        Section(Asking asking) {
            this.asking = asking;
        }

        @Override
        public int place() {
            return 60;
        }

        @Override
        public String name() {
            return "ledger";
        }

        @Override
        public String path() {
            return HOME;
        }

        @Override
        public boolean isOpen() {
            return asking.callerIfKnown()
                    .filter(caller -> caller.may(Capability.LEDGER, Role.READ))
                    .isPresent();
        }
    }

    public record AccountLine(
            String code, String side, long debitCents, long creditCents, long balanceCents) {
        static AccountLine of(Ledger.Balance balance) {
            return new AccountLine(
                    balance.account().code(),
                    LedgerPages.side(balance.account()),
                    balance.debitCents(),
                    balance.creditCents(),
                    balance.balanceCents());
        }

        public boolean untouched() {
            return debitCents == 0 && creditCents == 0;
        }
    }

    /// @param day of the past, as the date field has it; empty for now
    public record BalancesView(
            List<AccountLine> accounts,
            String day,
            @Nullable LocalDate asOf,
            String today,
            long debitCents,
            long creditCents,
            long untouched) {}

    /// @param changeCents what it did to the balance, on the account's normal side
    /// @param balanceCents after it
    public record Line(
            LedgerTables.Row row,
            String other,
            boolean debit,
            long changeCents,
            long balanceCents) {}

    /// @param day of the past, as the date field has it; empty for now
    public record StatementView(
            AccountLine account,
            List<Line> lines,
            @Nullable String next,
            boolean later,
            String first,
            String day,
            @Nullable LocalDate asOf,
            String today) {}

    /// @param month as `2026-10`
    /// @param running whether it is not over
    /// @param lines accounts that hold or moved something
    public record MonthsView(
            List<String> months,
            String month,
            boolean running,
            List<LedgerMonths.Line> lines,
            LedgerMonths.Line total) {}

    private final LedgerMonths months;
    private final LedgerTables tables;
    private final BalanceTable balances;
    private final Ledger ledger;
    private final Database database;
    private final Pages pages;
    private final Clock clock;

    @Inject
    LedgerPages(
            LedgerMonths months,
            LedgerTables tables,
            BalanceTable balances,
            Ledger ledger,
            Database database,
            Pages pages,
            Clock clock) {
        this.months = months;
        this.tables = tables;
        this.balances = balances;
        this.ledger = ledger;
        this.database = database;
        this.pages = pages;
        this.clock = clock;
    }

    @GET
    @Needs(capability = Capability.LEDGER, role = Role.READ)
    @Operation(hidden = true)
    public Response balances(@QueryParam("as_of") @Nullable String asOf) {
        var today = LocalDate.ofInstant(clock.instant(), Words.SAO_PAULO);
        var day = day(asOf).filter(it -> it.isBefore(today));
        var lines =
                database
                        .snapshot(
                                tx ->
                                        day.map(it -> ledger.balancesAsOf(tx, endOf(it)))
                                                .orElseGet(() -> ledger.balances(tx)))
                        .stream()
                        .map(AccountLine::of)
                        .toList();
        return pages.show(
                "ledger/balances.html",
                new BalancesView(
                        lines,
                        day.map(LocalDate::toString).orElse(""),
                        day.orElse(null),
                        today.toString(),
                        lines.stream().mapToLong(AccountLine::debitCents).sum(),
                        lines.stream().mapToLong(AccountLine::creditCents).sum(),
                        lines.stream().filter(AccountLine::untouched).count()));
    }

    /// The accountant's months: the balances of one, and all of them as files.
    @GET
    @Path("months")
    @Needs(capability = Capability.LEDGER, role = Role.READ)
    @Operation(hidden = true)
    public Response months(@QueryParam("month") @Nullable String month) {
        var today = YearMonth.from(LocalDate.ofInstant(clock.instant(), Words.SAO_PAULO));
        var all = months.months(today.atDay(1));
        // The last one that is over is what an accountant asks for.
        var usual = all.size() > 1 ? all.get(1) : all.getFirst();
        var wanted = LedgerMonths.month(month).filter(it -> !it.isAfter(today)).orElse(usual);
        var lines = months.lines(wanted);
        return pages.show(
                "ledger/months.html",
                new MonthsView(
                        all.stream().map(YearMonth::toString).toList(),
                        wanted.toString(),
                        wanted.equals(today),
                        lines.stream().filter(it -> it.account() != null && it.moved()).toList(),
                        lines.getLast()));
    }

    @GET
    @Path("{code}")
    @Needs(capability = Capability.LEDGER, role = Role.READ)
    @Operation(hidden = true)
    public Response statement(
            @PathParam("code") String code,
            @QueryParam("as_of") @Nullable String asOf,
            @QueryParam("after") @Nullable String after) {
        var account =
                AccountCode.of(code)
                        .orElseThrow(() -> Problem.notFound("There is no such account."));
        var today = LocalDate.ofInstant(clock.instant(), Words.SAO_PAULO);
        var day = day(asOf).filter(it -> it.isBefore(today));
        var place = place(after);
        var view =
                database.snapshot(
                        tx -> {
                            var balances =
                                    day.map(it -> ledger.balancesAsOf(tx, endOf(it)))
                                            .orElseGet(() -> ledger.balances(tx));
                            var page =
                                    Page.of(
                                            rows(tx, account, day, place),
                                            LINES,
                                            row -> row.xactId() + "_" + row.id());
                            return new StatementView(
                                    AccountLine.of(balances.get(account.ordinal())),
                                    lines(
                                            account,
                                            page.items(),
                                            place.isEmpty()
                                                    ? startOf(
                                                            account,
                                                            page.items(),
                                                            balances.get(account.ordinal()))
                                                    : before(tx, account, page.items())),
                                    page.next() == null ? null : link(code, day, page.next()),
                                    place.isPresent(),
                                    link(code, day, null),
                                    day.map(LocalDate::toString).orElse(""),
                                    day.orElse(null),
                                    today.toString());
                        });
        return pages.show("ledger/statement.html", view);
    }

    private List<LedgerTables.Row> rows(
            Handle tx,
            AccountCode account,
            Optional<LocalDate> day,
            Optional<LedgerTables.Place> place) {
        if (day.isEmpty()) {
            return tables.statement(tx, account, place.orElse(null), LINES + 1);
        }
        var at = endOf(day.get());
        return tables.statement(
                tx, account, place.orElseGet(() -> tables.placeAfter(tx, at)), at, LINES + 1);
    }

    private static String link(String code, Optional<LocalDate> day, @Nullable String after) {
        var query = new LinkedHashMap<String, String>();
        day.ifPresent(it -> query.put("as_of", it.toString()));
        if (after != null) {
            query.put("after", after);
        }
        return Pages.link(HOME + "/" + code, query);
    }

    /// The balance before the oldest of the newest rows: what it is now, less what they did to it.
    private static long startOf(
            AccountCode account, List<LedgerTables.Row> rows, Ledger.Balance balance) {
        return rows.stream()
                .map(row -> change(account, row))
                .reduce(balance.balanceCents(), Math::subtractExact);
    }

    private long before(Handle tx, AccountCode account, List<LedgerTables.Row> rows) {
        return rows.isEmpty()
                ? 0
                : Ledger.Balance.of(balances.before(tx, account, rows.getLast().place()))
                        .balanceCents();
    }

    /// Rows come newest first; the balance runs the other way.
    private static List<Line> lines(
            AccountCode account, List<LedgerTables.Row> rows, long balanceBefore) {
        var lines = new LinkedList<Line>();
        var balance = balanceBefore;
        for (var row : rows.reversed()) {
            var debit = row.debitAccount() == account.id();
            var change = change(account, row);
            balance = Math.addExact(balance, change);
            var other = AccountCode.ofId(debit ? row.creditAccount() : row.debitAccount());
            lines.addFirst(new Line(row, other.code(), debit, change, balance));
        }
        return lines;
    }

    private static long change(AccountCode account, LedgerTables.Row row) {
        var debit = row.debitAccount() == account.id();
        var raises = debit == (account.normalSide() == Side.DEBIT);
        return raises ? row.amountCents() : -row.amountCents();
    }

    private static String side(AccountCode account) {
        return switch (account.normalSide()) {
            case DEBIT -> "debit";
            case CREDIT -> "credit";
        };
    }

    private static Instant endOf(LocalDate day) {
        return day.plusDays(1)
                .atStartOfDay(Words.SAO_PAULO)
                .toInstant()
                .minus(1, ChronoUnit.MICROS);
    }

    private static Optional<LocalDate> day(@Nullable String text) {
        try {
            return Optional.ofNullable(text)
                    .map(LocalDate::parse)
                    .filter(it -> it.getYear() > 1900);
        } catch (DateTimeParseException notADay) {
            return Optional.empty();
        }
    }

    /// A cursor of ours, or empty: whoever changes it by hand starts from the top.
    private static Optional<LedgerTables.Place> place(@Nullable String after) {
        if (after == null
                || !after.matches("[0-9]{1,19}_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")) {
            return Optional.empty();
        }
        var parts = after.split("_", 2);
        return Optional.of(new LedgerTables.Place(parts[0], UUID.fromString(parts[1])));
    }
}
