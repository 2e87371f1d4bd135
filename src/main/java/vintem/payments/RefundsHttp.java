package vintem.payments;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.Optional;
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
import vintem.access.Caller;
import vintem.access.Capability;
import vintem.access.Needs;
import vintem.access.Role;
import vintem.platform.Cents;
import vintem.platform.Database;
import vintem.platform.HttpBody;
import vintem.platform.Idempotency;
import vintem.platform.Idempotency.Claim;
import vintem.platform.Ids;
import vintem.platform.Problem;

/// The refunds of a payment.
@Path("/payments/pix/{id}/refunds")
@Tag(name = "payments", description = "Money in by Pix")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class RefundsHttp {
    private static final String ROUTE = "POST /payments/pix/{id}/refunds ";

    private static final String SAMPLE_REFUND =
            "{\"value\":25.00,\"description\":\"one book less\"}";

    private final RefundPayment refundPayment;
    private final RefundTable refunds;
    private final Database database;
    private final Asking asking;

    @Inject
    RefundsHttp(
            RefundPayment refundPayment, RefundTable refunds, Database database, Asking asking) {
        this.refundPayment = refundPayment;
        this.refunds = refunds;
        this.database = database;
        this.asking = asking;
    }

    @POST
    @Needs(capability = Capability.PAYMENTS, role = Role.OPERATOR)
    @Operation(
            summary = "Refund a payment, whole or in part",
            description =
                    "Within 90 days, never more than was paid. Idempotency-Key is required: without"
                            + " it a second try would be a second refund.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = "application/json",
                            examples = {
                                @ExampleObject(name = "sample", value = SAMPLE_REFUND),
                                @ExampleObject(name = "least", value = "{\"value\":25.00}")
                            }))
    @APIResponse(
            responseCode = "201",
            description = "The refund: processing, done or failed",
            content = @Content(schema = @Schema(implementation = RefundBody.class)))
    @APIResponse(responseCode = "400", description = "The value is wrong, or the key is missing")
    @APIResponse(responseCode = "404", description = "No such payment")
    @APIResponse(
            responseCode = "409",
            description = "Nothing was paid, or a request with this key is under way")
    @APIResponse(responseCode = "413", description = "The body is too large")
    @APIResponse(
            responseCode = "422",
            description =
                    "More than is left, too late, above a limit, no such money; or the key belongs"
                            + " to another body")
    @APIResponse(responseCode = "503", description = "Too much is waiting; try again")
    public Response refund(
            @PathParam("id") String id,
            InputStream body,
            @HeaderParam("Idempotency-Key") @Nullable String idempotencyKey) {
        var paymentId = PaymentsHttp.known(id);
        var caller = asking.caller();
        var bytes = HttpBody.read(body, HttpBody.USUAL_BYTES);
        var fields = HttpBody.object(bytes);
        var cents = PaymentReader.cents(fields, "value", PaymentReader.ANY_CENTS);
        var description = fields.text("description", PaymentReader.LONGEST_DESCRIPTION);
        fields.orThrow();
        var request = refund(caller, cents, description, ROUTE + paymentId, idempotencyKey, bytes);
        return answer(refundPayment.payment(paymentId, request), paymentId);
    }

    @GET
    @Path("/{refund_id}")
    @Needs(capability = Capability.PAYMENTS, role = Role.READ)
    @Operation(summary = "Read a refund")
    @APIResponse(responseCode = "200", description = "The refund")
    @APIResponse(responseCode = "404", description = "No such payment or refund")
    public RefundBody find(@PathParam("id") String id, @PathParam("refund_id") String refundId) {
        var paymentId = PaymentsHttp.known(id);
        return database.transaction(tx -> refunds.ofPayment(tx, paymentId)).stream()
                .filter(each -> each.id().toString().equals(refundId))
                .findFirst()
                .map(RefundBody::of)
                .orElseThrow(() -> Problem.notFound("There is no such refund."));
    }

    /// A refund to be, bound to its key; also for routes of other modules.
    ///
    /// @param route names it, together with the key
    /// @throws Problem `400` where the key is missing
    public static RefundPayment.Request refund(
            Caller caller,
            long cents,
            @Nullable String description,
            String route,
            @Nullable String idempotencyKey,
            byte[] body) {
        var identity =
                Idempotency.identity(caller.id(), route, idempotencyKey)
                        .orElseThrow(() -> Problem.invalid("Idempotency-Key", "is required"));
        var key = new Idempotency.Request(identity, Idempotency.hash(body), Ids.next());
        var id = RefundPayment.idOf(identity);
        return new RefundPayment.Request(id, caller, cents, description, Optional.of(key));
    }

    /// @param of whose id was asked for
    public static Response answer(RefundPayment.Outcome outcome, UUID of) {
        return switch (outcome) {
            case RefundPayment.Outcome.Taken(var refund) ->
                    created(RefundBody.of(refund), RefundBody.of(refund).json()).build();
            case RefundPayment.Outcome.KeyTaken(Claim.Replay(_, var stored)) ->
                    PaymentsHttp.json(201, stored).header("Idempotency-Hit", "true").build();
            case RefundPayment.Outcome.KeyTaken(var claim) -> throw Idempotency.refusal(claim);
            case RefundPayment.Outcome.NotFound() ->
                    throw Problem.notFound("There is nothing of the id %s.".formatted(of));
            case RefundPayment.Outcome.NothingToRefund() ->
                    throw Problem.conflict("nothing-to-refund", "There is nothing to give back.");
            case RefundPayment.Outcome.TooMuch(var left) ->
                    throw Problem.of(
                            422,
                            "more-than-was-paid",
                            "That is more than is left",
                            "At most %s can be given back.".formatted(Cents.format(left)));
            case RefundPayment.Outcome.TooLate(var until) ->
                    throw Problem.of(
                            422,
                            "refund-too-late",
                            "It is too late for a refund",
                            "A Pix is given back within 90 days; these were over at %s."
                                    .formatted(until));
            case RefundPayment.Outcome.NoEndToEndId() ->
                    throw Problem.of(
                            422,
                            "pix-unknown",
                            "Nobody knows which Pix it was",
                            "The bank told of this payment without an end_to_end_id.");
            case RefundPayment.Outcome.InsufficientFunds() ->
                    throw Problem.of(
                            422,
                            "insufficient-funds",
                            "There is not enough money",
                            "The account does not hold as much.");
            case RefundPayment.Outcome.OverLimit(var which) ->
                    throw Problem.of(
                            422,
                            "over-limit",
                            "This credential may not send so much",
                            "Its limit stands in the way: %s.".formatted(which));
        };
    }

    private static Response.ResponseBuilder created(RefundBody refund, byte[] body) {
        var response = PaymentsHttp.json(201, body);
        return refund.paymentId() == null
                ? response
                : response.header(
                        "Location",
                        "/payments/pix/%s/refunds/%s".formatted(refund.paymentId(), refund.id()));
    }
}
