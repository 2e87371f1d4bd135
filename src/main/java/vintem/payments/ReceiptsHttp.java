package vintem.payments;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import vintem.access.Capability;
import vintem.access.Needs;
import vintem.access.Open;
import vintem.access.ReadsPerson;
import vintem.access.Role;
import vintem.payments.PaymentReceipts.Outcome;
import vintem.payments.PaymentReceipts.Reader;
import vintem.platform.Problem;

/// Receipts of payments and refunds, on paper.
@Path("/payments/pix")
@Tag(name = "payments", description = "Money in by Pix")
@RunOnVirtualThread
@Produces("application/pdf")
public class ReceiptsHttp {
    private final PaymentReceipts receipts;

    @Inject
    ReceiptsHttp(PaymentReceipts receipts) {
        this.receipts = receipts;
    }

    @GET
    @Path("/{id}/receipt.pdf")
    @Open
    @Operation(
            summary = "The receipt of a payment, for whoever has its link",
            description =
                    "A PDF of one page in Portuguese, once the money is there. Of the payer it"
                            + " shows the initials, and the CPF as banks mask it.")
    @APIResponse(
            responseCode = "200",
            description = "A PDF of one page",
            content =
                    @Content(
                            mediaType = "application/pdf",
                            schema = @Schema(type = SchemaType.STRING, format = "binary")))
    @APIResponse(responseCode = "404", description = "No such payment")
    @APIResponse(responseCode = "409", description = "It is not paid")
    public Response payment(@PathParam("id") String id) {
        return answer(receipts.payment(PaymentsHttp.known(id), Reader.LINK), id);
    }

    @GET
    @Path("/{id}/refunds/{refund_id}/receipt.pdf")
    @Needs(capability = Capability.PAYMENTS, role = Role.READ)
    @ReadsPerson("payment")
    @Operation(
            summary = "The receipt of a refund",
            description = "A PDF of one page in Portuguese, once the money has gone back.")
    @APIResponse(
            responseCode = "200",
            description = "A PDF of one page",
            content =
                    @Content(
                            mediaType = "application/pdf",
                            schema = @Schema(type = SchemaType.STRING, format = "binary")))
    @APIResponse(responseCode = "404", description = "No such payment or refund")
    @APIResponse(responseCode = "409", description = "The money has not gone back")
    public Response refund(@PathParam("id") String id, @PathParam("refund_id") String refundId) {
        return answer(receipts.refund(PaymentsHttp.known(id), refundId), refundId);
    }

    static Response answer(Outcome outcome, String id) {
        return switch (outcome) {
            case Outcome.Ready(var receipt) -> receipt.asPdf(id);
            case Outcome.NotFound() -> throw PaymentsHttp.noSuchPayment();
            case Outcome.NothingMoved() ->
                    throw Problem.conflict(
                            "nothing-moved", "A receipt is of money that has moved.");
        };
    }
}
