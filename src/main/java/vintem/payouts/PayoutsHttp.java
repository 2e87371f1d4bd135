package vintem.payouts;

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
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import vintem.access.Asking;
import vintem.access.Capability;
import vintem.access.Needs;
import vintem.access.ReadLog;
import vintem.access.Role;
import vintem.bank.PixKey;
import vintem.ledger.AccountCode;
import vintem.ledger.Ledger;
import vintem.payouts.BatchReader.Batch;
import vintem.payouts.PayoutLookupTable.Attempt;
import vintem.payouts.PayoutLookupTable.Payout;
import vintem.payouts.PayoutLookupTable.SubmissionRow;
import vintem.platform.Database;
import vintem.platform.HttpBody;
import vintem.platform.Idempotency;
import vintem.platform.Idempotency.Claim;
import vintem.platform.Ids;
import vintem.platform.Page;
import vintem.platform.Problem;
import vintem.platform.Settings;

/// The routes of payouts. Bodies, names and their order are the contract's.
@Path("/payouts")
@Tag(name = "payouts", description = "Money out by Pix")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class PayoutsHttp {
    private static final String BATCH_ROUTE = "POST /payouts/batch";
    private static final int MOST_BYTES =
            Math.toIntExact(Settings.number("payouts-max-body-bytes", 64L << 20));
    private static final Set<String> STATUSES =
            Set.of("held", "processing", "paid", "failed", "returned");

    private static final String SAMPLE =
            """
            {"batch_id":"2025-10-05-A","items":[
              {"external_id":"u1-001","user_id":"u1","amount_cents":35000,"pix_key":"u1@email.com"},
              {"external_id":"u2-002","user_id":"u2","amount_cents":120000,
               "pix_key":"+55 11 91234-5678"}]}""";

    private static final String SAMPLE_SCHEDULED =
            """
            {"batch_id":"2025-10-05-B","scheduled_for":"2026-12-04T09:00","items":[
              {"external_id":"u1-003","user_id":"u1","amount_cents":35000,"pix_key":"u1@email.com",
               "tax_id":"529.982.247-25","description":"October"}]}""";

    // An Idempotency-Key names what has no id.
    private static final String SAMPLE_LEAST =
            "{\"items\":[{\"amount_cents\":35000,\"pix_key\":\"u1@email.com\"}]}";

    /// How far ahead a batch may be scheduled.
    private static final Duration LATEST = Duration.ofDays(366);

    private static final String SAMPLE_HELD =
            """
            {"batch_id":"2025-10-05-A","processed":1,"successful":0,"failed":0,"duplicates":0,
             "processing":1,"details":[{"external_id":"u1-001","status":"processing",
             "amount_cents":35000,"reason":"awaiting_release"}]}""";

    private static final String SAMPLE_REPORT =
            """
            {"batch_id":"2025-10-05-A","processed":2,"successful":2,"failed":0,"duplicates":0,
             "details":[{"external_id":"u1-001","status":"paid","amount_cents":35000},
                        {"external_id":"u2-002","status":"paid","amount_cents":120000}]}""";

    /// A batch as it stands now: the report, re-read, and each time it was sent.
    public record BatchAnswer(
            String batchId,
            Instant createdAt,
            long processed,
            long successful,
            long failed,
            long duplicates,
            long processing,
            long returned,
            long held,
            List<Map<String, Object>> details,
            List<SubmissionAnswer> submissions,
            List<HoldsHttp.HoldAnswer> holds) {}

    public record SubmissionAnswer(
            UUID id,
            String sentBy,
            Instant receivedAt,
            long items,
            @Nullable Long successful,
            @Nullable Long failed,
            @Nullable Long duplicates,
            @Nullable Long processing,
            @Nullable Instant finishedAt) {
        static SubmissionAnswer of(SubmissionRow row) {
            return new SubmissionAnswer(
                    row.id(),
                    row.callerName(),
                    row.receivedAt(),
                    row.items(),
                    row.successful(),
                    row.failed(),
                    row.duplicates(),
                    row.processing(),
                    row.finishedAt());
        }
    }

    public record BatchLine(
            String batchId,
            Instant createdAt,
            long items,
            long paid,
            long failed,
            long processing,
            long returned,
            long held) {}

    /// A payout in a list: its key masked.
    public record PayoutLine(
            String externalId,
            String batchId,
            @Nullable String userId,
            long amountCents,
            String pixKey,
            String status,
            @Nullable String reason,
            Instant createdAt,
            Instant updatedAt) {
        static PayoutLine of(Payout payout) {
            return new PayoutLine(
                    payout.externalId(),
                    payout.batchId(),
                    payout.userId(),
                    payout.amountCents(),
                    masked(payout.pixKey()),
                    payout.status(),
                    payout.reason(),
                    payout.createdAt(),
                    payout.updatedAt());
        }
    }

    /// One payout with its attempts and its transfers.
    public record PayoutAnswer(
            UUID id,
            String externalId,
            String batchId,
            @Nullable String userId,
            long amountCents,
            String pixKey,
            @Nullable String taxId,
            @Nullable String description,
            String status,
            @Nullable String reason,
            Instant createdAt,
            Instant updatedAt,
            List<Attempt> attempts,
            List<Ledger.Recorded> transfers) {}

    private final PayBatch payBatch;
    private final PayoutLookupTable lookups;
    private final HoldTable holds;
    private final PayoutReceipts receipts;
    private final ReadLog reads;
    private final Ledger ledger;
    private final Database database;
    private final Asking asking;
    private final Clock clock;

    @Inject
    PayoutsHttp(
            PayBatch payBatch,
            PayoutLookupTable lookups,
            HoldTable holds,
            PayoutReceipts receipts,
            ReadLog reads,
            Ledger ledger,
            Database database,
            Asking asking,
            Clock clock) {
        this.payBatch = payBatch;
        this.lookups = lookups;
        this.holds = holds;
        this.receipts = receipts;
        this.reads = reads;
        this.ledger = ledger;
        this.database = database;
        this.asking = asking;
        this.clock = clock;
    }

    @POST
    @Path("/batch")
    @Needs(capability = Capability.PAYOUTS, role = Role.OPERATOR)
    @Operation(
            summary = "Pay a batch",
            description =
                    "Each external_id is paid at most once, for ever. JSON, or CSV with ?batch_id=."
                            + " A batch with scheduled_for (in the body, or ?scheduled_for=) is"
                            + " sent at that hour. What waits for its hour or for a second person is"
                            + " answered 202, its items processing with a reason.")
    @RequestBody(
            content = {
                @Content(
                        mediaType = "application/json",
                        examples = {
                            @ExampleObject(name = "sample", value = SAMPLE),
                            @ExampleObject(name = "for a later hour", value = SAMPLE_SCHEDULED),
                            @ExampleObject(name = "least", value = SAMPLE_LEAST)
                        }),
                @Content(
                        mediaType = "text/csv",
                        examples =
                                @ExampleObject(
                                        name = "sample",
                                        value =
                                                "external_id,user_id,amount_cents,pix_key\n"
                                                        + "u1-001,u1,35000,u1@email.com\n"))
            })
    @APIResponse(
            responseCode = "200",
            description = "The report, one detail per item in the order of the request",
            content = @Content(examples = @ExampleObject(name = "sample", value = SAMPLE_REPORT)))
    @APIResponse(
            responseCode = "202",
            description =
                    "The report; some of it waits for its hour or for a person. Location: the batch",
            content = @Content(examples = @ExampleObject(name = "held", value = SAMPLE_HELD)))
    @APIResponse(responseCode = "400", description = "The shape is wrong; nothing was paid")
    @APIResponse(responseCode = "409", description = "A request with this key is under way")
    @APIResponse(responseCode = "413", description = "The body is too large")
    @APIResponse(responseCode = "415", description = "Neither JSON nor CSV")
    @APIResponse(
            responseCode = "422",
            description =
                    "all_or_nothing, and not all can be paid; or the key belongs to another body")
    @APIResponse(responseCode = "503", description = "Too much is waiting; try again")
    public Response pay(
            InputStream body,
            @HeaderParam("Content-Type") @Nullable String contentType,
            @HeaderParam("Idempotency-Key") @Nullable String idempotencyKey,
            @QueryParam("batch_id") @Nullable String batchId,
            @QueryParam("scheduled_for") @Nullable String scheduledFor,
            @QueryParam("dry_run") @Nullable String dryRun,
            @QueryParam("all_or_nothing") @Nullable String allOrNothing) {
        var caller = asking.caller();
        var preflight = flag("dry_run", dryRun);
        var allOrNone = flag("all_or_nothing", allOrNothing);
        var identity = Idempotency.identity(caller.id(), BATCH_ROUTE, idempotencyKey);
        var bytes = HttpBody.read(body, MOST_BYTES);
        var batch = read(bytes, contentType, batchId, scheduledFor, identity);
        var due = batch.scheduledFor();
        if (due != null && due.isAfter(clock.instant().plus(LATEST))) {
            throw Problem.invalid("/scheduled_for", "is more than a year ahead");
        }
        var submission =
                new Submission(
                        Ids.next(),
                        batch.batchId(),
                        caller,
                        AccountCode.PAYOUTS,
                        clock.instant(),
                        batch.items(),
                        batch.scheduledFor(),
                        allOrNone);
        if (preflight) {
            return json(200, payBatch.preflight(submission).json(true)).build();
        }
        var key =
                identity.map(
                        each ->
                                new Idempotency.Request(
                                        each,
                                        hash(bytes, contentType, batchId, scheduledFor, allOrNone),
                                        submission.id()));
        var request = new PayBatch.Request(submission, key);
        var result = allOrNone ? payBatch.payAllOrNothing(request) : payBatch.pay(request);
        return switch (result) {
            case PayBatch.Result.Reported(var report) when report.holds() ->
                    waiting(json(202, report.json(false)), batch.batchId()).build();
            case PayBatch.Result.Reported(var report) -> json(200, report.json(false)).build();
            case PayBatch.Result.KeyTaken(Claim.Replay(var status, var stored)) -> {
                var again = json(status, stored).header("Idempotency-Hit", "true");
                yield (status == 202 ? waiting(again, batch.batchId()) : again).build();
            }
            case PayBatch.Result.KeyTaken(var claim) -> throw Idempotency.refusal(claim);
            case PayBatch.Result.Refused(var report) -> throw notAll(report);
        };
    }

    @GET
    @Path("/batches")
    @Needs(capability = Capability.PAYOUTS, role = Role.READ)
    @Operation(summary = "List batches, newest first")
    @APIResponse(responseCode = "200", description = "A page of batches with their counters")
    public Page<BatchLine> batches(
            @QueryParam("after") @Nullable String after,
            @QueryParam("limit") @Nullable String limit) {
        var size = Page.size(limit);
        var rows = database.transaction(tx -> lookups.batches(tx, clean(after), size + 1));
        return Page.of(rows, size, PayoutLookupTable.Batch::id)
                .map(
                        row ->
                                new BatchLine(
                                        row.id(),
                                        row.createdAt(),
                                        row.items(),
                                        row.paid(),
                                        row.failed(),
                                        row.processing(),
                                        row.returned(),
                                        row.held()));
    }

    @GET
    @Path("/batches/{batch_id: .+}")
    @Needs(capability = Capability.PAYOUTS, role = Role.READ)
    @Operation(summary = "Read a batch's report again, as its payouts stand now")
    @APIResponse(responseCode = "200", description = "The report and the list of submissions")
    @APIResponse(responseCode = "404", description = "No such batch")
    public BatchAnswer batch(@PathParam("batch_id") String batchId) {
        return database.snapshot(
                tx -> {
                    var batch =
                            Optional.ofNullable(clean(batchId))
                                    .flatMap(id -> lookups.batch(tx, id))
                                    .orElseThrow(() -> Problem.notFound("There is no such batch."));
                    return new BatchAnswer(
                            batch.id(),
                            batch.createdAt(),
                            batch.items(),
                            batch.paid(),
                            batch.failed(),
                            0,
                            batch.processing(),
                            batch.returned(),
                            batch.held(),
                            lookups.ofBatch(tx, batch.id()).stream()
                                    .map(PayoutsHttp::detail)
                                    .toList(),
                            lookups.submissions(tx, batch.id()).stream()
                                    .map(SubmissionAnswer::of)
                                    .toList(),
                            holds.ofBatch(tx, batch.id()).stream()
                                    .map(HoldsHttp.HoldAnswer::of)
                                    .toList());
                });
    }

    @GET
    @Needs(capability = Capability.PAYOUTS, role = Role.READ)
    @Operation(summary = "List payouts, newest first")
    @APIResponse(responseCode = "200", description = "A page of payouts")
    @APIResponse(responseCode = "400", description = "A filter that cannot be")
    public Page<PayoutLine> list(
            @QueryParam("external_id") @Nullable String externalId,
            @QueryParam("status") @Nullable String status,
            @QueryParam("user_id") @Nullable String userId,
            @QueryParam("after") @Nullable String after,
            @QueryParam("limit") @Nullable String limit) {
        status(status);
        var size = Page.size(limit);
        var place = uuid("?after", after);
        var rows =
                database.transaction(
                        tx ->
                                lookups.list(
                                        tx,
                                        clean(externalId),
                                        status,
                                        clean(userId),
                                        place,
                                        size + 1));
        return Page.of(rows, size, row -> row.id().toString()).map(PayoutLine::of);
    }

    /// @throws Problem `400` where it is none
    static @Nullable String status(@Nullable String status) {
        if (status != null && !STATUSES.contains(status)) {
            throw Problem.invalid(
                    "?status", "must be one of held, processing, paid, failed, returned");
        }
        return status;
    }

    @GET
    @Path("/{external_id: .+}/receipt.pdf")
    @Needs(capability = Capability.PAYOUTS, role = Role.READ)
    @Produces("application/pdf")
    @Operation(
            summary = "The receipt of a payout",
            description =
                    "A PDF of one page in Portuguese, with the end-to-end id. The payee's key and"
                            + " tax id are masked as banks do.")
    @APIResponse(
            responseCode = "200",
            description = "A PDF of one page",
            content =
                    @Content(
                            mediaType = "application/pdf",
                            schema = @Schema(type = SchemaType.STRING, format = "binary")))
    @APIResponse(responseCode = "404", description = "No such payout")
    @APIResponse(responseCode = "409", description = "It was not paid")
    public Response receipt(@PathParam("external_id") String externalId) {
        var id = Optional.ofNullable(clean(externalId)).orElse("");
        return switch (receipts.find(id)) {
            case PayoutReceipts.Outcome.Ready(var payoutId, var receipt) -> {
                reads.note(
                        asking.caller(),
                        "payout",
                        payoutId.toString(),
                        "GET /payouts/{external_id}/receipt.pdf");
                yield receipt.asPdf(payoutId.toString());
            }
            case PayoutReceipts.Outcome.NotFound() ->
                    throw Problem.notFound("There is no such payout.");
            case PayoutReceipts.Outcome.NothingMoved() ->
                    throw Problem.conflict(
                            "nothing-moved", "A receipt is of money that has moved.");
        };
    }

    @GET
    @Path("/{external_id: .+}")
    @Needs(capability = Capability.PAYOUTS, role = Role.READ)
    @Operation(summary = "Find one payout with its attempts and transfers")
    @APIResponse(responseCode = "200", description = "The payout")
    @APIResponse(responseCode = "404", description = "No such payout")
    public PayoutAnswer find(@PathParam("external_id") String externalId) {
        var found =
                database.snapshot(
                        tx -> {
                            var payout =
                                    Optional.ofNullable(clean(externalId))
                                            .flatMap(id -> lookups.find(tx, id))
                                            .orElseThrow(
                                                    () ->
                                                            Problem.notFound(
                                                                    "There is no such payout."));
                            return new PayoutAnswer(
                                    payout.id(),
                                    payout.externalId(),
                                    payout.batchId(),
                                    payout.userId(),
                                    payout.amountCents(),
                                    payout.pixKey(),
                                    payout.taxId(),
                                    payout.description(),
                                    payout.status(),
                                    payout.reason(),
                                    payout.createdAt(),
                                    payout.updatedAt(),
                                    lookups.attempts(tx, payout.id()),
                                    ledger.transfersOf(tx, payout.id()));
                        });
        // Not by the caller's name for it, which may name a person.
        reads.note(asking.caller(), "payout", found.id().toString(), "GET /payouts/{external_id}");
        return found;
    }

    private static Batch read(
            byte[] bytes,
            @Nullable String contentType,
            @Nullable String batchId,
            @Nullable String scheduledFor,
            Optional<Idempotency.Identity> identity) {
        var type = contentType == null ? "application/json" : contentType.split(";", 2)[0].strip();
        return switch (type.toLowerCase(java.util.Locale.ROOT)) {
            case "application/json" -> BatchReader.json(bytes, scheduledFor, identity);
            case "text/csv" -> BatchReader.csv(bytes, batchId, scheduledFor, identity);
            default ->
                    throw Problem.of(
                            415,
                            "unsupported-media-type",
                            "Unsupported Media Type",
                            "A batch is application/json or text/csv.");
        };
    }

    /// Of all that makes the request what it is: one file under two names is two batches.
    private static byte[] hash(
            byte[] body,
            @Nullable String contentType,
            @Nullable String batchId,
            @Nullable String scheduledFor,
            boolean allOrNothing) {
        var more = "\n%s\n%s\n%s".formatted(contentType, batchId, allOrNothing);
        if (scheduledFor != null) {
            more += "\n" + scheduledFor;
        }
        return Idempotency.hash(body, more.getBytes(StandardCharsets.UTF_8));
    }

    static Problem notAll(Report report) {
        var first = new java.util.ArrayList<Problem.Violation>();
        var count = 0;
        for (var i = 0; i < report.outcomes().size(); i++) {
            if (report.outcomes().get(i) instanceof Outcome.Failed(_, var reason, _)) {
                count++;
                if (first.size() < 100) {
                    first.add(new Problem.Violation("/items/" + i, reason));
                }
            }
        }
        return Problem.refused(
                422,
                "not-all-payable",
                "Not all of it can be paid",
                "All or nothing was asked for, and %d of %d items cannot be paid: nothing was."
                        .formatted(count, report.outcomes().size()),
                first,
                count);
    }

    private static Map<String, Object> detail(Payout payout) {
        var detail = new LinkedHashMap<String, Object>();
        detail.put("external_id", payout.externalId());
        detail.put("status", payout.status());
        detail.put("amount_cents", payout.amountCents());
        if (payout.reason() != null) {
            detail.put("reason", payout.reason());
        }
        return detail;
    }

    /// Where what waits can be followed.
    private static Response.ResponseBuilder waiting(
            Response.ResponseBuilder answer, String batchId) {
        var path = java.net.URLEncoder.encode(batchId, StandardCharsets.UTF_8).replace("+", "%20");
        return answer.header("Location", "/payouts/batches/" + path);
    }

    private static Response.ResponseBuilder json(int status, byte[] body) {
        return Response.status(status).type(MediaType.APPLICATION_JSON).entity(body);
    }

    private static boolean flag(String name, @Nullable String value) {
        return switch (value) {
            case null -> false;
            case "false" -> false;
            case "true" -> true;
            default -> throw Problem.invalid("?" + name, "must be true or false");
        };
    }

    private static @Nullable UUID uuid(String name, @Nullable String value) {
        if (value == null) {
            return null;
        }
        if (!value.matches("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")) {
            throw Problem.invalid(name, "is not a cursor of this list");
        }
        return UUID.fromString(value);
    }

    /// PostgreSQL takes no U+0000: such an id is nobody's.
    private static @Nullable String clean(@Nullable String text) {
        return text == null ? null : text.replace("\0", "\uFFFD");
    }

    private static String masked(String storedKey) {
        return PixKey.parse(storedKey).map(PixKey::masked).orElse("—");
    }
}
