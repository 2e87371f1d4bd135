package vintem.payments;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.ws.rs.DELETE;
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
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import vintem.access.Asking;
import vintem.access.Caller;
import vintem.access.Capability;
import vintem.access.Needs;
import vintem.access.ReadsPerson;
import vintem.access.Role;
import vintem.access.SignedIn;
import vintem.ledger.Ledger;
import vintem.platform.Cents;
import vintem.platform.Database;
import vintem.platform.HttpBody;
import vintem.platform.Idempotency;
import vintem.platform.Idempotency.Claim;
import vintem.platform.Ids;
import vintem.platform.Json;
import vintem.platform.Page;
import vintem.platform.Problem;
import vintem.platform.TaxId;

/// The merchant's and the bank's routes of payments. Bodies and messages are the contract's.
@Path("/payments/pix")
@Tag(name = "payments", description = "Money in by Pix")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class PaymentsHttp {
    private static final String CREATE_ROUTE = "POST /payments/pix";

    private static final Set<String> STATUSES =
            Set.of("registering", "active", "paid", "expired", "removed", "refunded", "refused");

    static final String CONFIRMED = "The payment has been confirmed";
    private static final byte[] CONFIRMED_ANSWER = Json.write(Map.of("message", CONFIRMED));

    private static final String SAMPLE =
            """
            {"value":100.00,"reference":"order 1234","description":"Two books","expires_in":1800,
             "mode":"static","payer":{"name":"Ana Souza","tax_id":"529.982.247-25"}}""";

    private static final String SAMPLE_NAMED =
            "{\"value\":100.00,\"payer\":{\"name\":\"Ana Souza\"}}";

    private static final String SAMPLE_BY_TAX_ID =
            "{\"value\":100.00,\"payer\":{\"tax_id\":\"529.982.247-25\"}}";

    private static final String SAMPLE_CREATED =
            """
            {"message":"The payment has been created","payment":{
              "id":"0199e9a2-6b1c-7c3e-9d51-3f2a7be6a111","value":100.00,"paid":false,
              "bank_payment_id":"7Q2M0ZB1KX9D4R6TAHC8YW3EP",
              "qr_code":"qr_code_payment_0199e9a2-6b1c-7c3e-9d51-3f2a7be6a111",
              "expiration_date":"2026-11-22T13:30:00Z","txid":"7Q2M0ZB1KX9D4R6TAHC8YW3EP",
              "pix_copia_e_cola":"00020126…6304ABCD","status":"active",
              "page_url":"https://pay.example.com/payments/pix/0199e9a2-6b1c-7c3e-9d51-3f2a7be6a111",
              "late":false,"paid_at":null,"end_to_end_id":null,"refunded":0.00,
              "now":"2026-11-22T13:00:00Z"}}""";

    private static final String SAMPLE_CONFIRMATION =
            """
            {"bank_payment_id":"7Q2M0ZB1KX9D4R6TAHC8YW3EP","value":100.00,
             "end_to_end_id":"E1234567820261122130500000000001"}""";

    private static final String SAMPLE_CONFIRMED =
            "{\"message\":\"The payment has been confirmed\"}";

    private static final String SAMPLE_KEPT =
            """
            {"message":"The money is kept until somebody says whose it is",
             "receipt_id":"0199e9a2-6b1c-7c3e-9d51-3f2a7be6a222","reason":"second_payment"}""";

    private static final String SAMPLE_INVALID =
            """
            {"type":"https://vintem.dev/problems/invalid-request","title":"The request is not valid",
             "status":400,"detail":"There is one mistake in it.",
             "violations":[{"pointer":"/value","reason":"must be more than zero"}],
             "violation_count":1,"message":"Invalid value",
             "trace_id":"0af7651916cd43dd8448eb211c80319c"}""";

    /// A payment as its merchant sees it in a list.
    public record PaymentLine(
            UUID id,
            BigDecimal value,
            String status,
            boolean paid,
            String txid,
            String mode,
            @Nullable String reference,
            @Nullable String description,
            @Nullable Payer payer,
            Instant createdAt,
            Instant expirationDate,
            @Nullable Instant paidAt,
            @Nullable BigDecimal paidValue,
            boolean late,
            @Nullable String endToEndId,
            BigDecimal refunded) {
        static PaymentLine of(Payment payment, Instant now) {
            return new PaymentLine(
                    payment.id(),
                    Cents.toReais(payment.amountCents()),
                    payment.statusAt(now),
                    payment.isPaid(),
                    payment.txid(),
                    payment.mode(),
                    payment.reference(),
                    payment.description(),
                    Payer.of(payment),
                    payment.createdAt(),
                    payment.expiresAt(),
                    payment.paidAt(),
                    payment.paidCents() == null ? null : Cents.toReais(payment.paidCents()),
                    payment.late(),
                    payment.endToEndId(),
                    Cents.toReais(payment.refundedCents()));
        }
    }

    /// @param taxId masked
    public record Payer(@Nullable String name, @Nullable String taxId) {
        static @Nullable Payer of(Payment payment) {
            return payment.payerName() == null && payment.payerTaxId() == null
                    ? null
                    : new Payer(payment.payerName(), masked(payment.payerTaxId()));
        }
    }

    /// All that is known of one payment.
    public record PaymentDetails(
            PaymentLine payment,
            List<UnmatchedHttp.ReceiptLine> receipts,
            List<RefundBody> refunds,
            List<Ledger.Recorded> transfers) {}

    /// What the bank is told.
    public record Kept(String message, UUID receiptId, String reason) {}

    private final CreatePayment createPayment;
    private final ConfirmPayment confirmPayment;
    private final RemovePayment removePayment;
    private final PaymentLookupTable lookups;
    private final ReceiptTable receipts;
    private final RefundTable refunds;
    private final Ledger ledger;
    private final Database database;
    private final PublicAddress address;
    private final Asking asking;
    private final Clock clock;

    @Inject
    PaymentsHttp(
            CreatePayment createPayment,
            ConfirmPayment confirmPayment,
            RemovePayment removePayment,
            PaymentLookupTable lookups,
            ReceiptTable receipts,
            RefundTable refunds,
            Ledger ledger,
            Database database,
            PublicAddress address,
            Asking asking,
            Clock clock) {
        this.createPayment = createPayment;
        this.confirmPayment = confirmPayment;
        this.removePayment = removePayment;
        this.lookups = lookups;
        this.receipts = receipts;
        this.refunds = refunds;
        this.ledger = ledger;
        this.database = database;
        this.address = address;
        this.asking = asking;
        this.clock = clock;
    }

    @POST
    @Needs(capability = Capability.PAYMENTS, role = Role.OPERATOR)
    @Operation(
            summary = "Ask somebody to pay",
            description =
                    "Answers 200, as the contract has it. The code is made here (mode static) or by"
                            + " the PSP (mode psp); a PSP that does not answer at once leaves the"
                            + " payment registering, without a code.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = "application/json",
                            examples = {
                                @ExampleObject(name = "sample", value = SAMPLE),
                                @ExampleObject(name = "a payer by name", value = SAMPLE_NAMED),
                                @ExampleObject(
                                        name = "a payer by tax id",
                                        value = SAMPLE_BY_TAX_ID),
                                @ExampleObject(name = "least", value = "{\"value\":100.00}")
                            }))
    @APIResponse(
            responseCode = "200",
            description = "The payment, with the text of its code",
            content = @Content(examples = @ExampleObject(name = "sample", value = SAMPLE_CREATED)))
    @APIResponse(
            responseCode = "400",
            description = "The value or something else is wrong; nothing was created",
            content =
                    @Content(
                            mediaType = "application/problem+json",
                            examples = @ExampleObject(name = "value", value = SAMPLE_INVALID)))
    @APIResponse(responseCode = "409", description = "A request with this key is under way")
    @APIResponse(responseCode = "413", description = "The body is too large")
    @APIResponse(responseCode = "422", description = "The key belongs to another body")
    @APIResponse(responseCode = "503", description = "Too much is waiting; try again")
    public Response create(
            InputStream body, @HeaderParam("Idempotency-Key") @Nullable String idempotencyKey) {
        var identity = Idempotency.identity(asking.caller().id(), CREATE_ROUTE, idempotencyKey);
        var bytes = HttpBody.read(body, HttpBody.USUAL_BYTES);
        var wish = PaymentReader.wish(bytes);
        var id = Ids.next();
        var request =
                new CreatePayment.Request(
                        id,
                        wish,
                        address.base(),
                        identity.map(
                                it -> new Idempotency.Request(it, Idempotency.hash(bytes), id)),
                        clock.instant());
        return switch (createPayment.create(request)) {
            case CreatePayment.Outcome.Created(_, var answer) -> json(200, answer).build();
            case CreatePayment.Outcome.KeyTaken(Claim.Replay(var status, var stored)) ->
                    json(status, stored).header("Idempotency-Hit", "true").build();
            case CreatePayment.Outcome.KeyTaken(var claim) -> throw Idempotency.refusal(claim);
        };
    }

    @POST
    @Path("/confirmation")
    @SignedIn(Caller.Kind.BANK)
    @Operation(
            summary = "Tell that a payment was paid",
            description =
                    "For the bank alone. Telling it again changes nothing. With an end_to_end_id,"
                            + " money that fits no payment is booked and kept for an operator.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = "application/json",
                            examples = {
                                @ExampleObject(name = "sample", value = SAMPLE_CONFIRMATION),
                                @ExampleObject(
                                        name = "least",
                                        value =
                                                "{\"bank_payment_id\":\"7Q2M0ZB1KX9D4R6TAHC8YW3EP\",\"value\":100.00}"),
                                @ExampleObject(
                                        name = "by the id of the Pix",
                                        value =
                                                "{\"end_to_end_id\":\"E1234567820261122130500000000001\",\"value\":100.00}")
                            }))
    @APIResponse(
            responseCode = "200",
            description = "It is paid, or the money is kept",
            content =
                    @Content(
                            examples = {
                                @ExampleObject(name = "confirmed", value = SAMPLE_CONFIRMED),
                                @ExampleObject(name = "kept", value = SAMPLE_KEPT)
                            }))
    @APIResponse(
            responseCode = "400",
            description = "A field is missing, or the payment has another value")
    @APIResponse(responseCode = "404", description = "There is no such payment")
    @APIResponse(
            responseCode = "409",
            description = "It is paid with another value, or was removed")
    @APIResponse(responseCode = "413", description = "The body is too large")
    @APIResponse(responseCode = "503", description = "Too much is waiting; tell it again")
    public Response confirm(InputStream body) {
        return switch (confirmPayment.confirm(PaymentReader.message(body, clock.instant()))) {
            case ConfirmPayment.Outcome.Confirmed _ -> json(200, CONFIRMED_ANSWER).build();
            case ConfirmPayment.Outcome.Unidentified(var receiptId, var reason) ->
                    json(
                                    200,
                                    Json.write(
                                            new Kept(
                                                    "The money is kept until somebody says whose it"
                                                            + " is",
                                                    receiptId,
                                                    reason)))
                            .build();
            case ConfirmPayment.Outcome.NotFound() ->
                    throw Problem.notFound("There is no payment of this bank_payment_id.")
                            .member("message", "Payment not found");
            case ConfirmPayment.Outcome.OtherValue() ->
                    throw Problem.invalid("/value", "is not the value of the payment")
                            .member("message", "Invalid payment data");
            case ConfirmPayment.Outcome.Ended() ->
                    throw Problem.conflict(
                                    "payment-ended",
                                    "The payment was paid with another value, or was removed.")
                            .member("message", "Invalid payment data");
            case ConfirmPayment.Outcome.Contradiction() ->
                    throw Problem.conflict(
                                    "other-value-before",
                                    "This end_to_end_id was told before, with another value.")
                            .member("message", "Invalid payment data");
        };
    }

    @GET
    @Needs(capability = Capability.PAYMENTS, role = Role.READ)
    @Operation(
            summary = "List payments, newest first",
            description =
                    "?q= finds by txid, reference or end-to-end id; ?from= and ?until= are instants"
                            + " of creation.")
    @APIResponse(responseCode = "200", description = "A page of payments")
    @APIResponse(responseCode = "400", description = "A filter that cannot be")
    public Page<PaymentLine> list(
            @QueryParam("status") @Nullable String status,
            @QueryParam("q") @Nullable String q,
            @QueryParam("from") @Nullable String from,
            @QueryParam("until") @Nullable String until,
            @QueryParam("after") @Nullable String after,
            @QueryParam("limit") @Nullable String limit) {
        var size = Page.size(limit);
        var wanted = filter(status, q, from, until);
        var filter =
                new PaymentLookupTable.Filter(
                        wanted.status(),
                        wanted.id(),
                        wanted.from(),
                        wanted.until(),
                        uuid("?after", after));
        var now = clock.instant();
        var rows = database.transaction(tx -> lookups.list(tx, filter, now, size + 1));
        return Page.of(rows, size, row -> row.id().toString()).map(it -> PaymentLine.of(it, now));
    }

    /// What a list is asked for, of its first page.
    ///
    /// @throws Problem `400` where a filter cannot be
    static PaymentLookupTable.Filter filter(
            @Nullable String status,
            @Nullable String q,
            @Nullable String from,
            @Nullable String until) {
        if (status != null && !STATUSES.contains(status)) {
            throw Problem.invalid("?status", "must be one of " + String.join(", ", STATUSES));
        }
        return new PaymentLookupTable.Filter(
                status,
                q == null ? null : q.replace("\0", "\uFFFD"),
                instant("?from", from),
                instant("?until", until),
                null);
    }

    @GET
    @Path("/{id}/details")
    @ReadsPerson("payment")
    @Needs(capability = Capability.PAYMENTS, role = Role.READ)
    @Operation(summary = "All about one payment: receipts, refunds and transfers")
    @APIResponse(responseCode = "200", description = "The payment")
    @APIResponse(responseCode = "404", description = "No such payment")
    public PaymentDetails details(@PathParam("id") String id) {
        var paymentId = known(id);
        return database.snapshot(
                tx ->
                        new PaymentDetails(
                                PaymentLine.of(
                                        lookups.find(tx, paymentId)
                                                .orElseThrow(PaymentsHttp::noSuchPayment),
                                        clock.instant()),
                                receipts.ofPayment(tx, paymentId).stream()
                                        .map(UnmatchedHttp.ReceiptLine::of)
                                        .toList(),
                                refunds.ofPayment(tx, paymentId).stream()
                                        .map(RefundBody::of)
                                        .toList(),
                                ledger.transfersOf(tx, paymentId)));
    }

    @DELETE
    @Path("/{id}")
    @Needs(capability = Capability.PAYMENTS, role = Role.OPERATOR)
    @Operation(
            summary = "Remove a payment that nobody has paid",
            description =
                    "A static code can still be paid: such money waits for an operator to match or"
                            + " refund it.")
    @APIResponse(responseCode = "204", description = "It is removed, now or before")
    @APIResponse(responseCode = "404", description = "No such payment")
    @APIResponse(responseCode = "409", description = "It was paid or has expired")
    public Response remove(@PathParam("id") String id) {
        return switch (removePayment.remove(asking.caller(), known(id))) {
            case RemovePayment.Outcome.Removed() -> Response.noContent().build();
            case RemovePayment.Outcome.NotFound() -> throw noSuchPayment();
            case RemovePayment.Outcome.Ended(var status) ->
                    throw Problem.conflict("payment-ended", "The payment is " + status + ".");
        };
    }

    static @Nullable String masked(@Nullable String taxId) {
        return taxId == null ? null : TaxId.parse(taxId).map(TaxId::masked).orElse("—");
    }

    static UUID known(String id) {
        return parse(id).orElseThrow(PaymentsHttp::noSuchPayment);
    }

    static Problem noSuchPayment() {
        return Problem.notFound("There is no such payment.").member("message", "Payment not found");
    }

    static Optional<UUID> parse(String id) {
        return id.matches("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
                ? Optional.of(UUID.fromString(id))
                : Optional.empty();
    }

    static @Nullable UUID uuid(String name, @Nullable String value) {
        return value == null
                ? null
                : parse(value)
                        .orElseThrow(() -> Problem.invalid(name, "is not a cursor of this list"));
    }

    private static @Nullable Instant instant(String name, @Nullable String value) {
        try {
            // A plus that was not encoded comes as a space.
            var at = value == null ? null : OffsetDateTime.parse(value.replace(' ', '+'));
            if (at == null) {
                return null;
            }
            if (at.getYear() >= 1 && at.getYear() <= 9999) {
                return at.toInstant();
            }
        } catch (DateTimeParseException wrong) {
            // Answered below.
        }
        throw Problem.invalid(name, "must be an instant like 2026-11-22T13:00:00Z");
    }

    static Response.ResponseBuilder json(int status, byte[] body) {
        return Response.status(status).type(MediaType.APPLICATION_JSON).entity(body);
    }
}
