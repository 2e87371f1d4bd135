package vintem.reconciliation;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jspecify.annotations.Nullable;
import vintem.access.Asking;
import vintem.access.Capability;
import vintem.access.Needs;
import vintem.access.Role;
import vintem.platform.BusinessDays;
import vintem.platform.Database;
import vintem.platform.Page;
import vintem.platform.Pages;
import vintem.reconciliation.ReadDay.LineOfDay;
import vintem.reconciliation.ReadDay.MovementOfDay;
import vintem.reconciliation.ReadDay.Sheet;
import vintem.reconciliation.TieOutDayTable.Day;

/// The pages of the tie-out.
@Path("/app/reconciliation")
@RunOnVirtualThread
@Produces(MediaType.TEXT_HTML)
public class ReconciliationPages {
    private static final String HOME = "/app/reconciliation";
    private static final int LINES = 31;
    // Of each side, where no more than so many are wrong. All of it is exported.
    private static final int ROWS = 200;

    /// Where it stands in the navigation.
    @Singleton
    static class Section implements Pages.Section {
        private final Asking asking;

        @Inject
        Section(Asking asking) {
            this.asking = asking;
        }

        @Override
        public int place() {
            return 65;
        }

        @Override
        public String name() {
            return "reconciliation";
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

    public record DaysView(
            List<Day> days,
            @Nullable String next,
            boolean later,
            boolean mayAct,
            String yesterday) {}

    /// @param lines what is wrong first of all, otherwise in their order; so are movements
    public record DayView(
            Sheet sheet,
            List<LineOfDay> lines,
            List<MovementOfDay> movements,
            String before,
            String after,
            long openLines,
            long openMovements,
            long late,
            boolean even,
            boolean mayAct) {}

    private final TieOutDayTable days;
    private final ReadDay readDay;
    private final Database database;
    private final Pages pages;
    private final Asking asking;
    private final Clock clock;

    @Inject
    ReconciliationPages(
            TieOutDayTable days,
            ReadDay readDay,
            Database database,
            Pages pages,
            Asking asking,
            Clock clock) {
        this.days = days;
        this.readDay = readDay;
        this.database = database;
        this.pages = pages;
        this.asking = asking;
        this.clock = clock;
    }

    @GET
    @Needs(capability = Capability.LEDGER, role = Role.READ)
    @Operation(hidden = true)
    public Response days(@QueryParam("after") @Nullable String after) {
        var before = Optional.ofNullable(after).flatMap(ReconciliationHttp::parse).orElse(null);
        var today = BusinessDays.today(clock);
        var view =
                database.snapshot(
                        tx -> {
                            var page =
                                    Page.of(
                                            days.days(tx, today, before, LINES + 1),
                                            LINES,
                                            row -> row.day().toString());
                            return new DaysView(
                                    page.items(),
                                    page.next() == null
                                            ? null
                                            : Pages.link(HOME, Map.of("after", page.next())),
                                    before != null,
                                    mayAct(),
                                    today.minusDays(1).toString());
                        });
        return pages.show("reconciliation/days.html", view);
    }

    @GET
    @Path("day")
    @Needs(capability = Capability.LEDGER, role = Role.READ)
    @Operation(hidden = true)
    public Response day(@QueryParam("date") @Nullable String date) {
        var view =
                Optional.ofNullable(date)
                        .flatMap(ReconciliationHttp::parse)
                        .flatMap(day -> database.snapshot(tx -> readDay.read(tx, day, ROWS)))
                        .map(this::view);
        return view.map(found -> pages.show("reconciliation/day.html", found))
                .orElseGet(() -> pages.show(404, "reconciliation/no-day.html", Map.of()).build());
    }

    private DayView view(Sheet sheet) {
        var counts = sheet.counts();
        return new DayView(
                sheet,
                wrongFirst(sheet.lines(), LineOfDay::wrong),
                wrongFirst(sheet.movements(), MovementOfDay::wrong),
                link(sheet.day().minusDays(1)),
                link(sheet.day().plusDays(1)),
                counts.openLines(),
                counts.openMovements(),
                counts.late(),
                counts.isEven(),
                mayAct());
    }

    private static <R> List<R> wrongFirst(List<R> rows, Predicate<R> wrong) {
        return Stream.concat(
                        rows.stream().filter(wrong), rows.stream().filter(Predicate.not(wrong)))
                .toList();
    }

    private boolean mayAct() {
        return asking.caller().may(Capability.LEDGER, Role.OPERATOR);
    }

    private static String link(LocalDate day) {
        return Pages.link(HOME + "/day", Map.of("date", day.toString()));
    }
}
