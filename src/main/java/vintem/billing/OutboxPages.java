package vintem.billing;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jspecify.annotations.Nullable;
import vintem.access.Asking;
import vintem.access.Capability;
import vintem.access.Needs;
import vintem.access.ReadsPerson;
import vintem.access.Role;
import vintem.billing.SandboxMailTable.Head;
import vintem.billing.SandboxMailTable.Mail;
import vintem.platform.Database;
import vintem.platform.Page;
import vintem.platform.Pages;
import vintem.platform.Problem;
import vintem.platform.QrCode;

/// What the sandbox would have sent, to be looked at.
@Path("/app/billing/outbox")
@RunOnVirtualThread
@Produces(MediaType.TEXT_HTML)
public class OutboxPages {
    private static final String HOME = "/app/billing/outbox";
    private static final int MAILS = 50;
    private static final int PIXELS_PER_MODULE = 6;

    // The mail's own styles, its one image, and nothing else; links open elsewhere.
    private static final String ONLY_ITSELF =
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self';"
                    + " sandbox allow-popups allow-popups-to-escape-sandbox";

    public record Line(Head mail, String recipient, String link) {}

    public record ListView(
            List<Line> mails, @Nullable String next, boolean later, boolean hasServer) {}

    public record MailView(Mail mail, String recipient, String body) {}

    private final SandboxMailTable table;
    private final Database database;
    private final Pages pages;
    private final Asking asking;

    @Inject
    OutboxPages(SandboxMailTable table, Database database, Pages pages, Asking asking) {
        this.table = table;
        this.database = database;
        this.pages = pages;
        this.asking = asking;
    }

    @GET
    @Needs(capability = Capability.BILLING, role = Role.READ)
    @Operation(hidden = true)
    public Response list(@QueryParam("after") @Nullable String after) {
        var before = number(after).orElse(Long.MAX_VALUE);
        var rows = database.transaction(tx -> table.page(tx, null, before, MAILS + 1));
        var page = Page.of(rows, MAILS, row -> Long.toString(row.id()));
        return pages.show(
                "billing/outbox.html",
                new ListView(
                        page.items().stream()
                                .map(
                                        it ->
                                                new Line(
                                                        it,
                                                        MailHttp.masked(it.recipient()),
                                                        link("/one", it.id())))
                                .toList(),
                        page.next() == null ? null : Pages.link(HOME, Map.of("after", page.next())),
                        after != null,
                        MailSettings.configured().server().isPresent()));
    }

    @GET
    @Path("one")
    @ReadsPerson("mail")
    @Needs(capability = Capability.BILLING, role = Role.READ)
    @Operation(hidden = true)
    public Response one(@QueryParam("id") @Nullable String id) {
        var whole = asking.caller().may(Capability.BILLING, Role.OPERATOR);
        return find(id).map(
                        it ->
                                pages.show(
                                        "billing/outbox-mail.html",
                                        new MailView(
                                                it,
                                                whole
                                                        ? it.recipient()
                                                        : MailHttp.masked(it.recipient()),
                                                link("/body", it.id()))))
                .orElseGet(() -> pages.show(404, "billing/no-mail.html", Map.of()).build());
    }

    /// The mail's HTML as a mail program would show it, for a frame of the page.
    @GET
    @Path("body")
    @Needs(capability = Capability.BILLING, role = Role.READ)
    @Operation(hidden = true)
    public Response body(@QueryParam("id") @Nullable String id) {
        var mail = find(id).orElseThrow(() -> Problem.notFound("There is no such mail."));
        var html =
                mail.pixCode() == null
                        ? mail.bodyHtml()
                        : mail.bodyHtml().replace(DebtorMail.QR, image(mail.pixCode()));
        return Response.ok(html, MediaType.TEXT_HTML_TYPE.withCharset("UTF-8"))
                .header("Content-Security-Policy", ONLY_ITSELF)
                .header("X-Content-Type-Options", "nosniff")
                .header("X-Frame-Options", "SAMEORIGIN")
                .header("Referrer-Policy", "no-referrer")
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .build();
    }

    private Optional<Mail> find(@Nullable String id) {
        return number(id).flatMap(it -> database.transaction(tx -> table.find(tx, it)));
    }

    private static String image(String code) {
        return "data:image/png;base64,"
                + Base64.getEncoder().encodeToString(QrCode.png(code, PIXELS_PER_MODULE));
    }

    private static String link(String page, long id) {
        return Pages.link(HOME + page, Map.of("id", Long.toString(id)));
    }

    private static Optional<Long> number(@Nullable String text) {
        return text != null && text.matches("[0-9]{1,18}")
                ? Optional.of(Long.parseLong(text))
                : Optional.empty();
    }
}
