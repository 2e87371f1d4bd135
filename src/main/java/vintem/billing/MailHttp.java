package vintem.billing;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import vintem.access.Capability;
import vintem.access.Needs;
import vintem.access.Role;
import vintem.platform.Database;
import vintem.platform.EmailAddress;
import vintem.platform.Page;
import vintem.platform.Problem;

/// What debtors were told, and what became of it.
@Path("/billing")
@Tag(name = "billing", description = "Charges by boleto and Pix")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class MailHttp {
    private static final List<String> STATUSES =
            List.of("queued", "sending", "sent", "failed", "suppressed", "skipped");
    private static final UUID BEYOND = new UUID(-1, -1);
    private static final Pattern ID =
            Pattern.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final Pattern CURSOR = Pattern.compile("(" + ID + ")_([a-z0-9_+-]{1,40})");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

    /// @param reason `issued`, `reissued_2026-12-10` for a new due date, `reminder-3_2026-12-10`
    ///     three days before a due date
    /// @param status `queued`, `sending`, `sent`, `failed`, `suppressed` or `skipped`
    /// @param repeated the mail server may have had it twice, under one Message-ID
    /// @param reply what the mail server said last, or why it was not asked
    public record MailLine(
            UUID chargeId,
            String debtId,
            String reason,
            String status,
            int attempts,
            boolean repeated,
            @Nullable String reply,
            Instant queuedAt,
            @Nullable Instant endedAt) {
        static MailLine of(ChargeEmailTable.Line it) {
            return new MailLine(
                    it.chargeId(),
                    it.debtId(),
                    it.reason(),
                    it.status(),
                    it.attempts(),
                    it.repeated(),
                    it.reply(),
                    it.queuedAt(),
                    it.endedAt());
        }
    }

    /// @param recipient masked
    public record OutboxLine(
            long id,
            UUID chargeId,
            String reason,
            String messageId,
            String recipient,
            String subject,
            Instant writtenAt) {
        static OutboxLine of(SandboxMailTable.Head it) {
            return new OutboxLine(
                    it.id(),
                    it.chargeId(),
                    it.reason(),
                    it.messageId(),
                    masked(it.recipient()),
                    it.subject(),
                    it.writtenAt());
        }
    }

    private final ChargeEmailTable emails;
    private final SandboxMailTable sandbox;
    private final Database database;

    @Inject
    MailHttp(ChargeEmailTable emails, SandboxMailTable sandbox, Database database) {
        this.emails = emails;
        this.sandbox = sandbox;
        this.database = database;
    }

    /// @throws Problem `400` where a filter cannot be
    static void check(@Nullable String status, @Nullable String repeated) {
        if (status != null && !STATUSES.contains(status)) {
            throw Problem.invalid("?status", "is one of " + String.join(", ", STATUSES));
        }
        if (repeated != null && !repeated.equals("true")) {
            throw Problem.invalid("?repeated", "is true or left out");
        }
        if (repeated != null && status != null) {
            throw Problem.invalid("?repeated", "does not go together with ?status");
        }
    }

    /// Behind a line; null is before all.
    static ChargeEmailTable.Key place(ChargeEmailTable.@Nullable Line last) {
        return last == null
                ? new ChargeEmailTable.Key(BEYOND, "~")
                : new ChargeEmailTable.Key(last.chargeId(), last.reason());
    }

    static String masked(String recipient) {
        return EmailAddress.parse(recipient).map(EmailAddress::masked).orElse("***");
    }

    @GET
    @Path("/emails")
    @Needs(capability = Capability.BILLING, role = Role.READ)
    @Operation(
            summary = "List what debtors are told, those of the newest charges first",
            description = "?status= for one status, ?repeated=true for what may have come twice.")
    @APIResponse(responseCode = "200", description = "A page of e-mails")
    @APIResponse(responseCode = "400", description = "A filter, cursor or limit that cannot be")
    public Page<MailLine> emails(
            @QueryParam("status") @Nullable String status,
            @QueryParam("repeated") @Nullable String repeated,
            @QueryParam("after") @Nullable String after,
            @QueryParam("limit") @Nullable String limit) {
        var size = Page.size(limit);
        check(status, repeated);
        var charge = BEYOND;
        var reason = "~";
        if (after != null) {
            var cursor = CURSOR.matcher(after);
            if (!cursor.matches()) {
                throw Problem.invalid("?after", "is not a cursor of this list");
            }
            charge = UUID.fromString(cursor.group(1));
            reason = cursor.group(2);
        }
        var place = new ChargeEmailTable.Key(charge, reason);
        var rows =
                database.transaction(
                        tx -> emails.page(tx, status, repeated != null, place, size + 1));
        return Page.of(rows, size, row -> row.chargeId() + "_" + row.reason()).map(MailLine::of);
    }

    @GET
    @Path("/outbox")
    @Needs(capability = Capability.BILLING, role = Role.READ)
    @Operation(
            summary = "List what the sandbox would have sent, newest first",
            description =
                    "Without VINTEM_SMTP_URL the sandbox keeps its newest 2,000 mails here instead"
                            + " of sending them. /app/billing/outbox shows them whole.")
    @APIResponse(responseCode = "200", description = "A page of mails")
    @APIResponse(responseCode = "400", description = "A filter, cursor or limit that cannot be")
    public Page<OutboxLine> outbox(
            @QueryParam("charge_id") @Nullable String chargeId,
            @QueryParam("after") @Nullable String after,
            @QueryParam("limit") @Nullable String limit) {
        var size = Page.size(limit);
        if (chargeId != null && !ID.matcher(chargeId).matches()) {
            throw Problem.invalid("?charge_id", "is not an id");
        }
        if (after != null && !NUMBER.matcher(after).matches()) {
            throw Problem.invalid("?after", "is not a cursor of this list");
        }
        var charge = chargeId == null ? null : UUID.fromString(chargeId);
        var before = after == null ? Long.MAX_VALUE : Long.parseLong(after);
        var rows = database.transaction(tx -> sandbox.page(tx, charge, before, size + 1));
        return Page.of(rows, size, row -> Long.toString(row.id())).map(OutboxLine::of);
    }
}
