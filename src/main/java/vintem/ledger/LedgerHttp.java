package vintem.ledger;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import vintem.access.Asking;
import vintem.access.Capability;
import vintem.access.Needs;
import vintem.access.Role;
import vintem.ledger.PostTransfers.Leg;
import vintem.ledger.PostTransfers.Outcome;
import vintem.platform.Cents;
import vintem.platform.Database;
import vintem.platform.Fields;
import vintem.platform.HttpBody;
import vintem.platform.Idempotency;
import vintem.platform.Idempotency.Claim;
import vintem.platform.Ids;
import vintem.platform.Json;
import vintem.platform.Page;
import vintem.platform.Problem;

/// The routes of the ledger.
@Path("/ledger")
@Tag(name = "ledger", description = "What the money did")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class LedgerHttp {
    private static final String POST_ROUTE = "POST /ledger/transfers";
    private static final int LONGEST_WORD = 64;
    // A caller's clock may be ahead of ours by as much.
    private static final Duration SKEW = Duration.ofMinutes(5);

    private static final String SAMPLE =
            """
            {"transfers":[
              {"debit":"bank_fees","credit":"bank","amount_cents":1000,"kind":"bank_fee",
               "subject_id":"019aa3f2-6c1e-7000-9a51-6f3b8a1d2c4e",
               "occurred_at":"2026-11-20T15:00:00Z"}]}""";

    private static final String SAMPLE_LEAST =
            """
            {"transfers":[
              {"debit":"bank_fees","credit":"bank","amount_cents":1000,"kind":"bank_fee"}]}""";

    private static final String SAMPLE_ENTRY =
            """
            {"entry_id":"019aa3f2-6c1e-7000-9a51-6f3b8a1d2c4e","transfers":[
              {"id":"019aa3f2-6c1e-7000-9a51-6f3b8a1d2c4e",
               "entry_id":"019aa3f2-6c1e-7000-9a51-6f3b8a1d2c4e",
               "debit":"bank_fees","credit":"bank","amount_cents":1000,"kind":"bank_fee",
               "subject_id":"019aa3f2-6c1e-7000-9a51-6f3b8a1d2c4e",
               "occurred_at":"2026-11-20T15:00:00Z","recorded_at":"2026-11-22T12:00:00.123456Z"}]}""";

    private static final String SAMPLE_NO_FUNDS =
            """
            {"type":"https://vintem.dev/problems/insufficient-funds",
             "title":"There is not enough money","status":422,
             "detail":"Account bank would fall below 0.00; nothing was written.",
             "trace_id":"4f1c2b7d9e0a4c55b1a2c3d4e5f60718"}""";

    private static final String SAMPLE_MIRRORED =
            """
            {"type":"https://vintem.dev/problems/mirrored-account",
             "title":"Nobody posts to this account by hand","status":422,
             "detail":"The balance of in_transit repeats another table; nothing was written.",
             "violations":[{"pointer":"/transfers/0","reason":"names in_transit"}],
             "violation_count":1,"trace_id":"4f1c2b7d9e0a4c55b1a2c3d4e5f60718"}""";

    private static final String SAMPLE_ACCOUNTS =
            """
            {"items":[
              {"code":"bank","normal_side":"debit","balance_cents":900,"debit_cents":1000,
               "credit_cents":100,"floor_cents":0}],"next":null}""";

    private static final String SAMPLE_STATEMENT =
            """
            {"items":[
              {"id":"019aa3f2-6c1e-7000-9a51-6f3b8a1d2c4e",
               "entry_id":"019aa3f2-6c1e-7000-9a51-6f3b8a1d2c4e",
               "amount_cents":-1000,"balance_cents":99000,"counter_account":"bank_fees",
               "kind":"bank_fee","subject_id":"019aa3f2-6c1e-7000-9a51-6f3b8a1d2c4e",
               "occurred_at":"2026-11-20T15:00:00Z","recorded_at":"2026-11-22T12:00:00.123456Z"}],
             "next":null}""";

    /// An account with its balance on its normal side.
    public record AccountAnswer(
            String code,
            String normalSide,
            long balanceCents,
            long debitCents,
            long creditCents,
            @Nullable Long floorCents) {
        static AccountAnswer of(Ledger.Balance balance) {
            var account = balance.account();
            return new AccountAnswer(
                    account.code(),
                    account.normalSide().name().toLowerCase(Locale.ROOT),
                    balance.balanceCents(),
                    balance.debitCents(),
                    balance.creditCents(),
                    account.floorCents().orElse(null));
        }
    }

    private final PostTransfers postTransfers;
    private final Ledger ledger;
    private final Database database;
    private final Asking asking;
    private final Clock clock;

    @Inject
    LedgerHttp(
            PostTransfers postTransfers,
            Ledger ledger,
            Database database,
            Asking asking,
            Clock clock) {
        this.postTransfers = postTransfers;
        this.ledger = ledger;
        this.database = database;
        this.asking = asking;
        this.clock = clock;
    }

    @POST
    @Path("/transfers")
    @Needs(capability = Capability.LEDGER, role = Role.OPERATOR)
    @Operation(
            summary = "Post one entry by hand",
            description =
                    "1 to 100 transfers, all of them or none. Kinds: top_up, bank_fee, correction, "
                            + "opening. Without subject_id the entry is its own subject. "
                            + "Idempotency-Key is required.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = "application/json",
                            examples = {
                                @ExampleObject(name = "sample", value = SAMPLE),
                                @ExampleObject(name = "least", value = SAMPLE_LEAST)
                            }))
    @APIResponse(
            responseCode = "201",
            description = "Posted; Location leads to it",
            content = @Content(examples = @ExampleObject(name = "sample", value = SAMPLE_ENTRY)))
    @APIResponse(
            responseCode = "400",
            description = "The shape is wrong, or Idempotency-Key is missing; nothing was written")
    @APIResponse(responseCode = "409", description = "A request with this key is under way")
    @APIResponse(responseCode = "413", description = "The body is too large")
    @APIResponse(
            responseCode = "422",
            description =
                    "An account would fall below its floor, repeats another table, or does not "
                            + "exist; or the key belongs to another body. Nothing was written",
            content =
                    @Content(
                            mediaType = "application/problem+json",
                            examples = {
                                @ExampleObject(
                                        name = "insufficient-funds",
                                        value = SAMPLE_NO_FUNDS),
                                @ExampleObject(name = "mirrored-account", value = SAMPLE_MIRRORED)
                            }))
    @APIResponse(responseCode = "503", description = "Too much is waiting; try again")
    public Response post(
            InputStream body, @HeaderParam("Idempotency-Key") @Nullable String idempotencyKey) {
        var caller = asking.caller();
        var identity =
                Idempotency.identity(caller.id(), POST_ROUTE, idempotencyKey)
                        .orElseThrow(() -> Problem.invalid("Idempotency-Key", "is required"));
        var bytes = HttpBody.read(body, HttpBody.USUAL_BYTES);
        var legs = legs(HttpBody.object(bytes));
        // The entry has the id of its first transfer.
        var entryId = legs.getFirst().id();
        var key = new Idempotency.Request(identity, Idempotency.hash(bytes), entryId);
        var request = new PostTransfers.Request(entryId, legs, caller, key);
        return switch (postTransfers.post(request)) {
            case Outcome.Posted(var entry) -> created(entry, entry.json()).build();
            case Outcome.KeyTaken(Claim.Replay(_, var stored)) ->
                    created(Json.readOwn(text(stored), PostTransfers.Entry.class), stored)
                            .header("Idempotency-Hit", "true")
                            .build();
            case Outcome.KeyTaken(var claim) -> throw Idempotency.refusal(claim);
            case Outcome.InsufficientFunds(var account) ->
                    throw Problem.of(
                            422,
                            "insufficient-funds",
                            "There is not enough money",
                            "Account %s would fall below %s; nothing was written."
                                    .formatted(
                                            account.code(),
                                            Cents.format(account.floorCents().orElse(0L))));
            case Outcome.MirroredAccount(var leg, var account) ->
                    throw refused(
                            "mirrored-account",
                            "Nobody posts to this account by hand",
                            "The balance of %s repeats another table; nothing was written."
                                    .formatted(account.code()),
                            leg,
                            account.code());
            case Outcome.UnknownAccount(var leg, var code) ->
                    throw refused(
                            "unknown-account",
                            "There is no such account",
                            "GET /ledger/accounts lists them; nothing was written.",
                            leg,
                            code);
        };
    }

    @GET
    @Path("/accounts")
    @Needs(capability = Capability.LEDGER, role = Role.READ)
    @Operation(
            summary = "All accounts and their balances, each on its normal side",
            description = "Now, or with ?as_of= as they were recorded by that instant.")
    @APIResponse(
            responseCode = "200",
            description = "All accounts, in the order of the chart",
            content = @Content(examples = @ExampleObject(name = "sample", value = SAMPLE_ACCOUNTS)))
    @APIResponse(responseCode = "400", description = "as_of is no instant, or lies ahead")
    public Page<AccountAnswer> accounts(@QueryParam("as_of") @Nullable String asOf) {
        var balances = database.transaction(balancesAt(asOf));
        return new Page<>(balances.stream().map(AccountAnswer::of).toList(), null);
    }

    @GET
    @Path("/accounts/{code}/statement")
    @Needs(capability = Capability.LEDGER, role = Role.READ)
    @Operation(
            summary = "An account's transfers, newest first",
            description =
                    "Each with its signed amount on the account's normal side and the balance "
                            + "just after it.")
    @APIResponse(
            responseCode = "200",
            description = "A page of the statement",
            content =
                    @Content(examples = @ExampleObject(name = "sample", value = SAMPLE_STATEMENT)))
    @APIResponse(responseCode = "400", description = "after or limit cannot be")
    @APIResponse(responseCode = "404", description = "No such account")
    public Page<StatementLine> statement(
            @PathParam("code") String code,
            @QueryParam("after") @Nullable String after,
            @QueryParam("limit") @Nullable String limit) {
        var account =
                AccountCode.of(code)
                        .orElseThrow(() -> Problem.notFound("There is no such account."));
        var size = Page.size(limit);
        var place = cursor(after);
        var lines = database.snapshot(tx -> ledger.statement(tx, account, place, size + 1));
        return Page.of(lines, size, line -> line.subjectId() + "." + line.id());
    }

    @GET
    @Path("/transfers")
    @Needs(capability = Capability.LEDGER, role = Role.READ)
    @Operation(summary = "The transfers of one subject, oldest first")
    @APIResponse(
            responseCode = "200",
            description = "A page of transfers; empty where the subject has none")
    @APIResponse(responseCode = "400", description = "subject_id is missing or no UUID")
    public Page<Ledger.Recorded> transfers(
            @QueryParam("subject_id") @Nullable String subjectId,
            @QueryParam("after") @Nullable String after,
            @QueryParam("limit") @Nullable String limit) {
        var subject =
                uuid("?subject_id", subjectId)
                        .orElseThrow(() -> Problem.invalid("?subject_id", "is required"));
        var size = Page.size(limit);
        var place = uuid("?after", after).orElse(null);
        var transfers = database.snapshot(tx -> ledger.transfersOf(tx, subject, place, size + 1));
        return Page.of(transfers, size, transfer -> transfer.id().toString());
    }

    /// A transfer is found by its subject and its id.
    private static Ledger.@Nullable Cursor cursor(@Nullable String after) {
        if (after == null) {
            return null;
        }
        var parts = after.split("\\.", 2);
        var subject = uuid("?after", parts[0]).orElseThrow();
        var id = uuid("?after", parts.length == 2 ? parts[1] : "").orElseThrow();
        return new Ledger.Cursor(subject, id);
    }

    private Database.Work<List<Ledger.Balance>> balancesAt(@Nullable String asOf) {
        if (asOf == null) {
            return ledger::balances;
        }
        // In a query `+` is a blank; nothing else in an instant could be one.
        var at =
                instant(asOf.replace(' ', '+'))
                        .filter(each -> !each.isAfter(clock.instant().plus(SKEW)))
                        .orElseThrow(
                                () -> Problem.invalid("?as_of", "must be an RFC 3339 time past"));
        return tx -> ledger.balancesAsOf(tx, at);
    }

    private List<Leg> legs(Fields body) {
        var legs = new ArrayList<Leg>();
        var now = clock.instant();
        for (var fields : body.objects("transfers", PostTransfers.MOST_TRANSFERS)) {
            legs.add(leg(fields, legs.isEmpty() ? null : legs.getFirst().id(), now));
        }
        body.orThrow();
        return legs;
    }

    private static Leg leg(Fields fields, @Nullable UUID entryId, Instant now) {
        var id = Ids.next();
        var debit = fields.requiredText("debit", LONGEST_WORD);
        var credit = fields.requiredText("credit", LONGEST_WORD);
        if (!debit.isEmpty() && debit.equals(credit)) {
            fields.wrong("credit", "must be another account than debit");
        }
        var amount = fields.requiredInteger("amount_cents");
        if (fields.has("amount_cents") && (amount < 1 || amount > PostTransfers.MOST_CENTS)) {
            fields.wrong("amount_cents", "must be 1 to " + PostTransfers.MOST_CENTS);
        }
        var kind = fields.requiredText("kind", LONGEST_WORD);
        if (!kind.isEmpty() && !PostTransfers.KINDS.contains(kind)) {
            fields.wrong("kind", "must be one of top_up, bank_fee, correction, opening");
        }
        var subject = fields.text("subject_id", LONGEST_WORD);
        if (subject != null && !isUuid(subject)) {
            fields.wrong("subject_id", "must be a UUID");
            subject = null;
        }
        var itself = entryId == null ? id : entryId;
        return new Leg(
                id,
                debit,
                credit,
                amount,
                kind,
                subject == null ? itself : UUID.fromString(subject),
                occurredAt(fields, now));
    }

    private static Instant occurredAt(Fields fields, Instant now) {
        var text = fields.text("occurred_at", LONGEST_WORD);
        if (text == null) {
            return now;
        }
        var at = instant(text);
        if (at.isEmpty()) {
            fields.wrong("occurred_at", "must be an RFC 3339 time");
            return now;
        }
        if (at.get().isAfter(now.plus(SKEW))) {
            fields.wrong("occurred_at", "lies ahead: what is posted has happened");
        }
        return at.get();
    }

    private static Response.ResponseBuilder created(PostTransfers.Entry entry, byte[] body) {
        var subject = entry.transfers().getFirst().subjectId();
        return Response.status(201)
                .type(MediaType.APPLICATION_JSON)
                .header("Location", "/ledger/transfers?subject_id=" + subject)
                .entity(body);
    }

    private static Problem refused(
            String code, String title, String detail, int leg, String account) {
        var where = new Problem.Violation("/transfers/" + leg, "names " + account);
        return Problem.refused(422, code, title, detail, List.of(where), 1);
    }

    /// Of the years 1 to 9999, with seconds and an offset.
    private static Optional<Instant> instant(String text) {
        if (!text.matches("[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9:]{8}(\\.[0-9]{1,9})?.{1,6}")) {
            return Optional.empty();
        }
        try {
            return Optional.of(OffsetDateTime.parse(text).toInstant())
                    .filter(at -> at.isAfter(Instant.parse("0001-01-02T00:00:00Z")));
        } catch (DateTimeException noTime) {
            return Optional.empty();
        }
    }

    private static boolean isUuid(String text) {
        return text.matches("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
    }

    private static Optional<UUID> uuid(String name, @Nullable String value) {
        if (value == null) {
            return Optional.empty();
        }
        if (!isUuid(value)) {
            throw Problem.invalid(name, "must be a UUID");
        }
        return Optional.of(UUID.fromString(value));
    }

    private static String text(byte[] json) {
        return new String(json, java.nio.charset.StandardCharsets.UTF_8);
    }
}
