package vintem.billing;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jspecify.annotations.Nullable;
import vintem.access.Asking;
import vintem.access.Capability;
import vintem.access.Needs;
import vintem.access.ReadsPerson;
import vintem.access.Role;
import vintem.billing.DebtFile.Status;
import vintem.billing.DebtRow.Erratum;
import vintem.platform.Database;
import vintem.platform.Multipart;
import vintem.platform.Page;
import vintem.platform.Pages;
import vintem.platform.Problem;
import vintem.platform.UnreadBodies;
import vintem.platform.Words;

/// The operator's pages of files of debts.
@Path("/app/billing")
@RunOnVirtualThread
@Produces(MediaType.TEXT_HTML)
public class BillingPages {
    private static final String HOME = "/app/billing";
    private static final int FILES = 25;
    private static final int ERRATA = 50;
    private static final int LONGEST_SNIPPET = 200;

    /// Where billing stands in the navigation.
    @Singleton
    static class Section implements Pages.Section {
        private final Asking asking;

        @Inject
        Section(Asking asking) {
            this.asking = asking;
        }

        @Override
        public int place() {
            return 30;
        }

        @Override
        public String name() {
            return "billing";
        }

        @Override
        public String path() {
            return HOME;
        }

        @Override
        public boolean isOpen() {
            return asking.callerIfKnown()
                    .filter(caller -> caller.may(Capability.BILLING, Role.READ))
                    .isPresent();
        }
    }

    /// A part of a bar, in percent of its length.
    public record Part(String status, String start, String length) {}

    /// @param errata rows with mistakes and conflicts
    /// @param moving something about it may change by itself
    public record FileLine(
            UUID id,
            String name,
            String status,
            Instant receivedAt,
            String sentBy,
            long rows,
            @Nullable Long totalRows,
            long imported,
            long importedCents,
            long duplicates,
            long errata,
            long paid,
            boolean moving,
            List<Part> bar) {
        static FileLine of(DebtFile it, boolean mails) {
            var counts = it.counts();
            return new FileLine(
                    it.id(),
                    it.name(),
                    it.status().word(),
                    it.receivedAt(),
                    it.callerName(),
                    counts.rows(),
                    it.totalRows(),
                    counts.imported(),
                    counts.importedCents(),
                    counts.duplicates(),
                    counts.errors() + counts.conflicts(),
                    it.afterwards().paid(),
                    isMoving(it, mails),
                    BillingPages.bar(it));
        }
    }

    public record ListView(
            List<FileLine> files,
            @Nullable String next,
            boolean later,
            boolean open,
            boolean mayAct) {}

    /// @param most how large a file may be
    /// @param problem why what was sent without a script was refused; empty at first
    /// @param violations what is wrong with it, in words
    public record NewView(String most, String problem, List<String> violations) {}

    /// One step of what becomes of the rows of a file.
    ///
    /// @param points of the shape that stands for it, in a picture of 5000 by 1000
    /// @param share of all rows, such as `97%`; null where there are none yet
    public record Step(String name, long count, @Nullable String share, String points) {}

    /// @param text what stands in the row, as far as it fits
    public record ErratumLine(int line, boolean conflict, String why, String text) {}

    public record DialectView(
            String format,
            String charset,
            @Nullable String delimiter,
            @Nullable String decimalMark,
            @Nullable String dateOrder,
            String fields,
            String ignored) {
        static DialectView of(Dialect it) {
            return new DialectView(
                    it.format().word(),
                    it.charset().name(),
                    it.delimiter() == null ? null : it.delimiter().toString(),
                    it.decimalMark() == null ? null : Character.toString(it.decimalMark().mark()),
                    it.dateOrder() == null ? null : it.dateOrder().pattern(),
                    String.join(
                            ", ",
                            it.fields().stream()
                                    .flatMap(Optional::stream)
                                    .map(DebtField::title)
                                    .toList()),
                    String.join(", ", it.ignored()));
        }
    }

    /// @param again the same bytes were sent once more just now
    /// @param clearing its charges are being cancelled
    /// @param moreErrata there are more than those
    public record FileView(
            FileLine file,
            @Nullable String reason,
            @Nullable String detail,
            long size,
            @Nullable DialectView dialect,
            @Nullable String lateTerms,
            String billed,
            long conflicts,
            long errors,
            long emailsQueued,
            long emailsFailed,
            long rowsPerSecond,
            @Nullable Long remainingSeconds,
            @Nullable Instant endedAt,
            List<Step> funnel,
            List<ErratumLine> errata,
            boolean moreErrata,
            boolean hasErrata,
            boolean again,
            boolean clearing,
            boolean mayStop,
            boolean mayCancelCharges) {}

    private final ReceiveDebtFile receive;
    private final DebtFileTable files;
    private final ErratumTable errata;
    private final UnreadBodies unread;
    private final Database database;
    private final Pages pages;
    private final Asking asking;
    private final Clock clock;
    private final boolean mails = MailSettings.configured().on();

    @Inject
    BillingPages(
            ReceiveDebtFile receive,
            DebtFileTable files,
            ErratumTable errata,
            UnreadBodies unread,
            Database database,
            Pages pages,
            Asking asking,
            Clock clock) {
        this.receive = receive;
        this.files = files;
        this.errata = errata;
        this.unread = unread;
        this.database = database;
        this.pages = pages;
        this.asking = asking;
        this.clock = clock;
    }

    /// While a file is under way, the page asks for itself again and takes over what has changed.
    @GET
    @Needs(capability = Capability.BILLING, role = Role.READ)
    @Operation(hidden = true)
    public Response list(@QueryParam("after") @Nullable String after) {
        var place = Optional.ofNullable(after).flatMap(ChargesHttp::parse).orElse(null);
        var rows = database.transaction(tx -> files.list(tx, place, FILES + 1));
        var page = Page.of(rows, FILES, each -> each.id().toString());
        return pages.show(
                "billing/files.html",
                new ListView(
                        page.items().stream().map(it -> FileLine.of(it, mails)).toList(),
                        page.next() == null ? null : Pages.link(HOME, Map.of("after", page.next())),
                        place != null,
                        page.items().stream().anyMatch(it -> isMoving(it, mails)),
                        mayAct()));
    }

    @GET
    @Path("new")
    @Needs(capability = Capability.BILLING, role = Role.OPERATOR)
    @Operation(hidden = true)
    public Response compose() {
        return pages.show("billing/new.html", compose("", List.of()));
    }

    /// Where the script of the page runs, the file goes to `POST /billing/files` instead, and its
    /// progress is shown.
    @POST
    @Path("new")
    @Needs(capability = Capability.BILLING, role = Role.OPERATOR)
    @Operation(hidden = true)
    public Response send(
            InputStream body, @HeaderParam("Content-Type") @Nullable String contentType) {
        // Whatever is answered before all of the body is read.
        unread.guard();
        try {
            if (contentType == null || !Multipart.isOne(contentType)) {
                throw Problem.invalid("Content-Type", "is not multipart/form-data");
            }
            var part = Multipart.file(body, contentType, "file");
            if (part.fileName().isEmpty()) {
                // How a browser sends a form in which nobody has chosen one.
                return refuse(400, pages.words().say("js.billing.choose"), List.of());
            }
            var said = part.before();
            var query =
                    new UploadReader.Query(
                            null,
                            filled(said, "billed"),
                            filled(said, "fine"),
                            filled(said, "interest"),
                            filled(said, "discount"),
                            null);
            var name = UploadReader.name(part.fileName());
            var upload = UploadReader.upload(query, name, asking.caller());
            return answer(receive.receive(upload, part.content()));
        } catch (Problem wrong) {
            return refuse(wrong.status(), refusal("invalid"), wrong.violations());
        } catch (IOException cutOff) {
            return refuse(400, reason(ReceiveDebtFile.BROKEN_UPLOAD), List.of());
        }
    }

    private Response answer(ReceiveDebtFile.Outcome outcome) {
        return switch (outcome) {
            case ReceiveDebtFile.Outcome.Received(var file) -> Pages.seeOther(link(file.id()));
            case ReceiveDebtFile.Outcome.Duplicate(var first) ->
                    Pages.seeOther(link(first.id()) + "&again=1");
            // It is on record, and its page says why.
            case ReceiveDebtFile.Outcome.Unreadable(var id, _, _) -> Pages.seeOther(link(id));
            case ReceiveDebtFile.Outcome.TooLarge(_) ->
                    refuse(413, reason(ReceiveDebtFile.TOO_LARGE), List.of());
            case ReceiveDebtFile.Outcome.TooSlow() ->
                    refuse(408, reason(ReceiveDebtFile.TOO_SLOW), List.of());
            case ReceiveDebtFile.Outcome.Cancelled() ->
                    refuse(409, refusal("cancelled"), List.of());
            case ReceiveDebtFile.Outcome.Busy() -> refuse(503, refusal("busy"), List.of());
        };
    }

    private String refusal(String what) {
        return pages.words().say("billing.new.refused." + what);
    }

    private String reason(String word) {
        return pages.words().say("billing.reason." + word);
    }

    private Response refuse(int status, String problem, List<Problem.Violation> violations) {
        return pages.show(status, "billing/new.html", compose(problem, violations)).build();
    }

    private NewView compose(String problem, List<Problem.Violation> violations) {
        var words = pages.words();
        return new NewView(
                size(receive.mostBytes(), words),
                problem,
                violations.stream().map(each -> inWords(each, words)).toList());
    }

    private static String inWords(Problem.Violation it, Words words) {
        var field = it.pointer().replaceFirst("^[?/]", "");
        var known = "js.why." + it.code();
        return words.name("billing.new.field", field)
                + ": "
                + (words.knows(known) ? words.say(known) : it.reason());
    }

    /// In the largest unit that says it without decimals.
    private static String size(long bytes, Words words) {
        return List.of(Map.entry(30, "GB"), Map.entry(20, "MB"), Map.entry(10, "kB")).stream()
                .filter(unit -> bytes > 0 && bytes % (1L << unit.getKey()) == 0)
                .findFirst()
                .map(unit -> words.number(bytes >> unit.getKey()) + " " + unit.getValue())
                .orElseGet(() -> words.number(bytes) + " bytes");
    }

    private static @Nullable String filled(Map<String, String> fields, String name) {
        var text = fields.getOrDefault(name, "").strip();
        return text.isEmpty() ? null : text;
    }

    private static String link(UUID fileId) {
        return Pages.link(HOME + "/file", Map.of("id", fileId.toString()));
    }

    @GET
    @Path("file")
    @ReadsPerson("file")
    @Needs(capability = Capability.BILLING, role = Role.READ)
    @Operation(hidden = true)
    public Response file(
            @QueryParam("id") @Nullable String id, @QueryParam("again") @Nullable String again) {
        var words = pages.words();
        var view =
                Optional.ofNullable(id)
                        .flatMap(ChargesHttp::parse)
                        .flatMap(
                                it ->
                                        database.snapshot(
                                                tx ->
                                                        files.find(tx, it)
                                                                .map(
                                                                        file ->
                                                                                view(
                                                                                        file,
                                                                                        errata.page(
                                                                                                tx,
                                                                                                it,
                                                                                                0,
                                                                                                ERRATA
                                                                                                        + 1),
                                                                                        again
                                                                                                != null,
                                                                                        words))));
        return view.map(found -> pages.show("billing/file.html", found))
                .orElseGet(() -> pages.show(404, "billing/no-file.html", Map.of()).build());
    }

    private FileView view(DebtFile file, List<Erratum> oneMore, boolean again, Words words) {
        var counts = file.counts();
        var now = clock.instant();
        var status = file.status();
        return new FileView(
                FileLine.of(file, mails),
                file.reason(),
                file.detail() == null ? null : file.detail().inWords(words),
                file.size(),
                file.dialect() == null ? null : DialectView.of(file.dialect()),
                file.lateTerms(),
                file.billed().word(),
                counts.conflicts(),
                counts.errors(),
                counts.emailsQueued(),
                file.afterwards().emailsFailed(),
                file.rowsPerSecond(now),
                file.remainingSeconds(now),
                file.endedAt(),
                funnel(file, words),
                oneMore.stream()
                        .limit(ERRATA)
                        .map(each -> line(each, file.dialect(), words))
                        .toList(),
                oneMore.size() > ERRATA,
                file.hasErrata(),
                again,
                isClearing(file),
                mayAct() && (status == Status.RECEIVING || status == Status.IMPORTING),
                mayAct()
                        && counts.imported() > 0
                        && (status == Status.DONE
                                || status == Status.CANCELLED && !file.cancelCharges()));
    }

    private static ErratumLine line(Erratum it, @Nullable Dialect dialect, Words words) {
        var delimiter =
                dialect == null || dialect.delimiter() == null
                        ? "; "
                        : dialect.delimiter().toString();
        var text = String.join(delimiter, it.fields());
        return new ErratumLine(
                it.line(),
                it.kind() == DebtRow.Kind.CONFLICT,
                ErrataCsv.inWords(it, words),
                // A row may be of any length.
                text.codePointCount(0, text.length()) <= LONGEST_SNIPPET
                        ? text
                        : text.substring(0, text.offsetByCodePoints(0, LONGEST_SNIPPET)) + "…");
    }

    private static List<Step> funnel(DebtFile file, Words words) {
        var counts = file.counts();
        var rows = file.totalRows() == null ? counts.rows() : file.totalRows();
        var names = List.of("rows", "imported", "boletos", "emailed", "paid");
        var numbers =
                List.of(
                        rows,
                        counts.imported(),
                        counts.boletos(),
                        file.afterwards().emailsSent(),
                        file.afterwards().paid());
        var steps = new ArrayList<Step>();
        for (var i = 0; i < names.size(); i++) {
            var left = height(numbers.get(i), rows);
            var right = i + 1 < names.size() ? height(numbers.get(i + 1), rows) : left;
            steps.add(
                    new Step(
                            names.get(i),
                            numbers.get(i),
                            rows == 0 ? null : share(numbers.get(i), rows, words),
                            String.format(
                                    Locale.ROOT,
                                    "%d,%d %d,%d %d,%d %d,%d",
                                    1_000 * i,
                                    500 - left / 2,
                                    1_000 * i + 985,
                                    500 - right / 2,
                                    1_000 * i + 985,
                                    500 + right / 2,
                                    1_000 * i,
                                    500 + left / 2)));
        }
        return steps;
    }

    /// What is there at all can be seen.
    private static long height(long part, long whole) {
        return part == 0 || whole == 0 ? 0 : Math.max(16, 1_000 * part / whole);
    }

    private static String share(long part, long whole, Words words) {
        var percent = Math.floorDiv(100 * part, whole);
        return part > 0 && percent == 0 ? "<1%" : words.number(percent) + "%";
    }

    private static List<Part> bar(DebtFile file) {
        var counts = file.counts();
        var whole = file.totalRows() == null ? counts.rows() : file.totalRows();
        // Over, it waits for nothing any more.
        var rest = isArriving(file) ? Math.max(0, whole - counts.rows()) : 0;
        var parts = new ArrayList<Part>();
        var before = 0L;
        var numbers =
                List.of(
                        Map.entry("paid", counts.imported()),
                        Map.entry("returned", counts.duplicates()),
                        Map.entry("failed", counts.errors() + counts.conflicts()),
                        Map.entry("processing", rest));
        for (var each : numbers) {
            parts.add(
                    new Part(
                            each.getKey(),
                            percent(before, whole),
                            percent(each.getValue(), whole)));
            before += each.getValue();
        }
        return parts;
    }

    private static String percent(long part, long whole) {
        return whole == 0 ? "0" : String.format(Locale.ROOT, "%.2f", 100.0 * part / whole);
    }

    private static boolean isArriving(DebtFile file) {
        return Stream.of(Status.RECEIVING, Status.IMPORTING).anyMatch(file.status()::equals);
    }

    private static boolean isClearing(DebtFile file) {
        return file.cancelCharges() && file.clearedAt() == null;
    }

    /// @param mails whether debtors are written to: otherwise what is queued stays so
    private static boolean isMoving(DebtFile file, boolean mails) {
        var told = file.afterwards().emailsSent() + file.afterwards().emailsFailed();
        return isArriving(file)
                || isClearing(file)
                || mails && file.status() == Status.DONE && told < file.counts().emailsQueued();
    }

    private boolean mayAct() {
        return asking.caller().may(Capability.BILLING, Role.OPERATOR);
    }
}
