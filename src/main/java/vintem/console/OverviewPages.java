package vintem.console;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jspecify.annotations.Nullable;
import vintem.access.Asking;
import vintem.access.Caller;
import vintem.access.Capability;
import vintem.access.Role;
import vintem.access.SignedIn;
import vintem.console.Overview.Books;
import vintem.console.Overview.Day;
import vintem.console.Overview.Money;
import vintem.console.Overview.Waiting;
import vintem.platform.Cents;
import vintem.platform.Chart;
import vintem.platform.Chart.Figures;
import vintem.platform.Chart.Series;
import vintem.platform.Database;
import vintem.platform.Pages;
import vintem.platform.Words;

/// The first page: how the business stands, and what a person should look at.
@Path(OverviewPages.HOME)
@RunOnVirtualThread
@Produces(MediaType.TEXT_HTML)
public class OverviewPages {
    static final String HOME = "/app";

    private static final String OWN_ACCESS = "/app/access";
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("dd/MM");

    /// Where the overview stands in the navigation.
    @Singleton
    static class Section implements Pages.Section {
        private final Asking asking;

        @Inject
        Section(Asking asking) {
            this.asking = asking;
        }

        @Override
        public int place() {
            return 0;
        }

        @Override
        public String name() {
            return "console";
        }

        @Override
        public String path() {
            return HOME;
        }

        @Override
        public boolean isOpen() {
            return asking.callerIfKnown().filter(OverviewPages::maySee).isPresent();
        }
    }

    /// @param what how many of what, in words
    /// @param since for how long, in words; empty where that is not known
    public record Item(String section, String what, boolean grave, String since, String page) {}

    /// @param checkpoint how old the sums are that balances begin from; empty where there are none
    /// @param audited how long ago the last audit ended; empty where there was none
    public record Proof(
            boolean holds,
            boolean balanced,
            long debitCents,
            long creditCents,
            boolean agree,
            boolean solvent,
            String checkpoint,
            boolean auditClean,
            String audited,
            int claims,
            List<String> wrong) {}

    public record View(
            Money money,
            Day today,
            long inCents,
            long outCents,
            boolean anything,
            List<Day> newestFirst,
            Chart flow,
            Chart owed,
            List<Item> items,
            Proof proof) {}

    private final Overview overview;
    private final Database database;
    private final Pages pages;
    private final Asking asking;
    private final Clock clock;

    @Inject
    OverviewPages(Overview overview, Database database, Pages pages, Asking asking, Clock clock) {
        this.overview = overview;
        this.database = database;
        this.pages = pages;
        this.asking = asking;
        this.clock = clock;
    }

    /// Whoever may not see the overview goes to the first section that is open to them; to their
    /// own access where there is none.
    @GET
    @SignedIn({Caller.Kind.USER, Caller.Kind.RESELLER})
    @Operation(hidden = true)
    public Response home() {
        if (!maySee(asking.caller())) {
            return Pages.seeOther(pages.home().orElse(OWN_ACCESS));
        }
        var words = pages.words();
        return pages.show(
                "console/overview.html",
                database.snapshot(
                        tx ->
                                view(
                                        overview.money(tx),
                                        overview.attention(tx),
                                        overview.books(tx),
                                        words)));
    }

    static boolean maySee(Caller caller) {
        return caller.kind() == Caller.Kind.USER && caller.may(Capability.CONSOLE, Role.READ);
    }

    private View view(Money money, List<Waiting> waiting, Books books, Words words) {
        var days = money.days();
        var labels = days.stream().map(each -> DAY.format(each.day())).toList();
        Function<BigDecimal, String> figure = reais -> Figures.inShort(reais, words.tag());
        var now = clock.instant();
        return new View(
                money,
                money.today(),
                money.inCents(),
                money.outCents(),
                days.stream().anyMatch(OverviewPages::isAnything),
                days.reversed(),
                Chart.bars(
                        List.of(
                                series("money-in", days, Day::inCents),
                                series("money-out", days, Day::outCents)),
                        labels,
                        figure),
                Chart.lines(
                        List.of(
                                series("owed-to-us", days, Day::owedToUsCents),
                                series("owed-by-us", days, Day::owedByUsCents)),
                        labels,
                        figure),
                waiting.stream().map(each -> item(each, now, words)).toList(),
                proof(books, now, words));
    }

    private static boolean isAnything(Day day) {
        return day.inCents() != 0
                || day.outCents() != 0
                || day.owedToUsCents() != 0
                || day.owedByUsCents() != 0;
    }

    private static Series series(String name, List<Day> days, ToLongFunction<Day> cents) {
        return new Series(
                name, days.stream().map(each -> Cents.toReais(cents.applyAsLong(each))).toList());
    }

    private static Item item(Waiting waiting, Instant now, Words words) {
        var key = "attention." + waiting.kind();
        var what =
                !words.knows(key + ".many")
                        ? words.number(waiting.count()) + " " + waiting.kind()
                        : waiting.more()
                                ? words.say(key + ".many", words.number(waiting.count()) + "+")
                                : words.count(key, waiting.count());
        return new Item(
                waiting.section(),
                what,
                waiting.grave(),
                ago(waiting.oldest(), now, words),
                waiting.page());
    }

    private static Proof proof(Books books, Instant now, Words words) {
        var quick = books.quick();
        var audit = books.audit();
        return new Proof(
                quick.holds() && (audit == null || audit.clean()),
                quick.balanced(),
                quick.debitCents(),
                quick.creditCents(),
                quick.agree(),
                quick.bankCents() >= 0,
                ago(quick.checkpointAt(), now, words),
                audit == null || audit.clean(),
                audit == null ? "" : ago(audit.finishedAt(), now, words),
                audit == null ? 0 : audit.claims(),
                audit == null ? List.of() : audit.wrong());
    }

    /// How long ago something was, in the largest unit; empty where nobody knows.
    static String ago(@Nullable Instant then, Instant now, Words words) {
        if (then == null) {
            return "";
        }
        var age = Duration.between(then, now);
        if (age.toDays() > 0) {
            return words.count("ago.days", age.toDays());
        }
        if (age.toHours() > 0) {
            return words.count("ago.hours", age.toHours());
        }
        return age.toMinutes() > 0
                ? words.count("ago.minutes", age.toMinutes())
                : words.say("ago.now");
    }
}
