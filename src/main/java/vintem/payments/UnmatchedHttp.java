package vintem.payments;

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
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
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
import vintem.access.Role;
import vintem.payments.ReceiptTable.Receipt;
import vintem.platform.Cents;
import vintem.platform.Database;
import vintem.platform.HttpBody;
import vintem.platform.Page;
import vintem.platform.Problem;

/// The queue of money that fits no payment: an operator matches it or gives it back.
@Path("/payments/pix/unmatched")
@Tag(name = "payments", description = "Money in by Pix")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class UnmatchedHttp {
    private static final String REFUND_ROUTE = "POST /payments/pix/unmatched/{id}/refund ";

    /// What waits: money, and messages that fitted nothing and told of no Pix.
    static final List<String> WAITING = List.of("unidentified", "refunding", "noted");

    /// @param value reais with two decimals
    /// @param status `noted` is a message only: no money is booked for it
    public record ReceiptLine(
            UUID id,
            BigDecimal value,
            String status,
            @Nullable String reason,
            @Nullable String bankPaymentId,
            @Nullable String endToEndId,
            @Nullable UUID paymentId,
            Instant receivedAt) {
        static ReceiptLine of(Receipt receipt) {
            return new ReceiptLine(
                    receipt.id(),
                    Cents.toReais(receipt.amountCents()),
                    receipt.status(),
                    receipt.reason(),
                    receipt.txid(),
                    receipt.endToEndId(),
                    receipt.paymentId(),
                    receipt.receivedAt());
        }
    }

    /// @param status `matched` or `dismissed`
    public record Decided(UUID id, String status) {}

    private final ReceiptTable receipts;
    private final MatchReceipt matchReceipt;
    private final RefundPayment refundPayment;
    private final Database database;
    private final Asking asking;

    @Inject
    UnmatchedHttp(
            ReceiptTable receipts,
            MatchReceipt matchReceipt,
            RefundPayment refundPayment,
            Database database,
            Asking asking) {
        this.receipts = receipts;
        this.matchReceipt = matchReceipt;
        this.refundPayment = refundPayment;
        this.database = database;
        this.asking = asking;
    }

    @GET
    @Needs(capability = Capability.PAYMENTS, role = Role.READ)
    @Operation(summary = "List what waits for an operator, newest first")
    @APIResponse(responseCode = "200", description = "A page of receipts and notes")
    @APIResponse(responseCode = "400", description = "A cursor or limit that cannot be")
    public Page<ReceiptLine> list(
            @QueryParam("after") @Nullable String after,
            @QueryParam("limit") @Nullable String limit) {
        var size = Page.size(limit);
        var place = PaymentsHttp.uuid("?after", after);
        var rows = database.transaction(tx -> receipts.queue(tx, WAITING, place, size + 1));
        return Page.of(rows, size, row -> row.id().toString()).map(ReceiptLine::of);
    }

    @POST
    @Path("/{id}/match")
    @Needs(capability = Capability.PAYMENTS, role = Role.OPERATOR)
    @Operation(
            summary = "Say which payment the money is for",
            description = "Whatever its amount; the payment is paid with it.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = "application/json",
                            examples =
                                    @ExampleObject(
                                            name = "sample",
                                            value =
                                                    "{\"payment_id\":"
                                                            + "\"0199e9a2-6b1c-7c3e-9d51-3f2a7be6a111\"}")))
    @APIResponse(responseCode = "200", description = "It is matched, now or before")
    @APIResponse(responseCode = "400", description = "The payment is not named")
    @APIResponse(responseCode = "404", description = "No such receipt or payment")
    @APIResponse(
            responseCode = "409",
            description = "Somebody decided otherwise, or the payment is paid")
    public Decided match(@PathParam("id") String id, InputStream body) {
        var receiptId = known(id);
        var fields = HttpBody.object(body);
        var given = fields.requiredText("payment_id", 36);
        fields.orThrow();
        var paymentId =
                PaymentsHttp.parse(given)
                        .orElseThrow(() -> Problem.invalid("/payment_id", "is not an id"));
        return decided(receiptId, matchReceipt.match(asking.caller(), receiptId, paymentId));
    }

    @POST
    @Path("/{id}/refund")
    @Needs(capability = Capability.PAYMENTS, role = Role.OPERATOR)
    @Operation(
            summary = "Give the money back to who paid it",
            description = "All of it. Idempotency-Key is required.")
    @APIResponse(
            responseCode = "201",
            description = "The refund: processing, done or failed",
            content = @Content(schema = @Schema(implementation = RefundBody.class)))
    @APIResponse(responseCode = "400", description = "The key is missing")
    @APIResponse(responseCode = "404", description = "No such receipt")
    @APIResponse(
            responseCode = "409",
            description = "Somebody decided otherwise, or a request with this key is under way")
    @APIResponse(
            responseCode = "422",
            description = "Too late, above a limit, or there is no such money")
    public Response refund(
            @PathParam("id") String id,
            @HeaderParam("Idempotency-Key") @Nullable String idempotencyKey) {
        var receiptId = known(id);
        var request =
                RefundsHttp.refund(
                        asking.caller(),
                        0,
                        null,
                        REFUND_ROUTE + receiptId,
                        idempotencyKey,
                        new byte[0]);
        return RefundsHttp.answer(refundPayment.receipt(receiptId, request), receiptId);
    }

    @POST
    @Path("/{id}/dismissal")
    @Needs(capability = Capability.PAYMENTS, role = Role.OPERATOR)
    @Operation(summary = "Put a message aside that told of no money")
    @APIResponse(responseCode = "200", description = "It is put aside, now or before")
    @APIResponse(responseCode = "404", description = "No such receipt")
    @APIResponse(responseCode = "409", description = "It is money: match it or give it back")
    public Decided dismiss(@PathParam("id") String id) {
        var receiptId = known(id);
        return decided(receiptId, matchReceipt.dismiss(asking.caller(), receiptId));
    }

    private static Decided decided(UUID receiptId, MatchReceipt.Outcome outcome) {
        return switch (outcome) {
            case MatchReceipt.Outcome.Matched _ -> new Decided(receiptId, "matched");
            case MatchReceipt.Outcome.Dismissed() -> new Decided(receiptId, "dismissed");
            case MatchReceipt.Outcome.NoSuchReceipt() -> throw noSuchReceipt();
            case MatchReceipt.Outcome.NoSuchPayment() -> throw PaymentsHttp.noSuchPayment();
            case MatchReceipt.Outcome.NotWaiting(var status) ->
                    throw Problem.conflict("decided-otherwise", "It is %s.".formatted(status));
            case MatchReceipt.Outcome.PaidAlready() ->
                    throw Problem.conflict("payment-ended", "That payment is paid already.");
        };
    }

    private static UUID known(String id) {
        return PaymentsHttp.parse(id).orElseThrow(UnmatchedHttp::noSuchReceipt);
    }

    private static Problem noSuchReceipt() {
        return Problem.notFound("There is no such receipt.");
    }
}
