package vintem.payments;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import vintem.access.Open;
import vintem.bank.SimulatedBank;
import vintem.platform.Database;
import vintem.platform.Json;
import vintem.platform.Pages;
import vintem.platform.Problem;
import vintem.platform.Settings;

/// What a payer reaches, with nothing but the link: the page, its code's image, and in the sandbox
/// the button that pays.
@Path("/payments/pix")
@Tag(name = "payments", description = "Money in by Pix")
@RunOnVirtualThread
public class PayerPages {
    /// @param leftMillis until it expires, by the server's clock
    /// @param mayPay it waits for money and shows its code
    public record PayView(
            Payment payment,
            String status,
            String receiver,
            long leftMillis,
            long minutes,
            String image,
            boolean mayPay,
            boolean partlyRefunded) {}

    private final PaymentLookupTable lookups;
    private final ConfirmPayment confirmPayment;
    private final SimulatedBank bank;
    private final QrImages images;
    private final Database database;
    private final PublicAddress address;
    private final Pages pages;
    private final HttpHeaders headers;
    private final Clock clock;
    private final String receiver = Receiver.configured().shown().name();

    @Inject
    PayerPages(
            PaymentLookupTable lookups,
            ConfirmPayment confirmPayment,
            SimulatedBank bank,
            QrImages images,
            Database database,
            PublicAddress address,
            Pages pages,
            HttpHeaders headers,
            Clock clock) {
        this.lookups = lookups;
        this.confirmPayment = confirmPayment;
        this.bank = bank;
        this.images = images;
        this.database = database;
        this.address = address;
        this.pages = pages;
        this.headers = headers;
        this.clock = clock;
    }

    @GET
    @Path("/{id}")
    @Open
    @Operation(
            summary = "The payer's page, or the payment as JSON",
            description = "JSON where Accept asks for application/json; otherwise the page.")
    @APIResponse(
            responseCode = "200",
            description = "The page or the payment",
            content = {
                @Content(
                        mediaType = MediaType.APPLICATION_JSON,
                        schema = @Schema(implementation = PaymentBody.class)),
                @Content(
                        mediaType = MediaType.TEXT_HTML,
                        examples = @ExampleObject(name = "page", value = "<!doctype html>…"))
            })
    @APIResponse(responseCode = "404", description = "No such payment; the page says so, too")
    public Response show(@PathParam("id") String id) {
        var payment = find(id);
        if (wantsJson()) {
            var now = clock.instant();
            return payment.map(
                            it ->
                                    PaymentsHttp.json(
                                                    200,
                                                    Json.write(
                                                            PaymentBody.of(
                                                                    it, address.base(), now)))
                                            .header(HttpHeaders.CACHE_CONTROL, "no-store")
                                            .header(HttpHeaders.VARY, HttpHeaders.ACCEPT)
                                            .build())
                    .orElseThrow(PaymentsHttp::noSuchPayment);
        }
        return payment.map(it -> pages.show("payments/pay.html", view(it)))
                .orElseGet(() -> pages.show(404, "payments/unknown.html", Map.of()).build());
    }

    @GET
    @Path("/qr_code/{file_name}")
    @Open
    @Operation(
            summary = "The image of a code",
            description = "PNG; with .svg at the end of the name, SVG.")
    @APIResponse(
            responseCode = "200",
            description = "The image",
            content = {
                @Content(
                        mediaType = "image/png",
                        schema = @Schema(type = SchemaType.STRING, format = "binary")),
                @Content(mediaType = "image/svg+xml", schema = @Schema(type = SchemaType.STRING))
            })
    @APIResponse(responseCode = "404", description = "No such image, or the code is not there yet")
    public Response image(@PathParam("file_name") String fileName) {
        var name = QrImages.parse(fileName).orElseThrow(PayerPages::noSuchImage);
        var image =
                images.image(() -> code(name.paymentId()), name.format())
                        .orElseThrow(PayerPages::noSuchImage);
        return Response.ok(image, name.format().type())
                // A payment's code never changes.
                .header(HttpHeaders.CACHE_CONTROL, "private, max-age=86400, immutable")
                .header("X-Content-Type-Options", "nosniff")
                .header("Content-Security-Policy", "default-src 'none'")
                .build();
    }

    private Optional<String> code(UUID paymentId) {
        return database.transaction(tx -> lookups.find(tx, paymentId))
                .flatMap(it -> Optional.ofNullable(it.copyAndPaste()));
    }

    @POST
    @Path("/{id}/simulation")
    @Open
    @Operation(
            summary = "Pay it, in the sandbox",
            description =
                    "The sandbox's bank receives the money and tells of it as a real one would. In"
                            + " production there is no such route.")
    @APIResponse(
            responseCode = "200",
            description = "The bank has told of it",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            examples =
                                    @ExampleObject(
                                            name = "sample",
                                            value =
                                                    "{\"message\":"
                                                            + "\"The payment has been confirmed\"}")))
    @APIResponse(responseCode = "303", description = "Back to the page, where a page was asked for")
    @APIResponse(responseCode = "404", description = "No such payment, or no sandbox")
    @APIResponse(responseCode = "409", description = "It does not wait for money any more")
    public Response simulate(@PathParam("id") String id) {
        if (Settings.mode() != Settings.Mode.SANDBOX) {
            throw Problem.notFound("There is no sandbox here.");
        }
        var payment = find(id).orElseThrow(PaymentsHttp::noSuchPayment);
        if (payment.copyAndPaste() == null || !payment.statusAt(clock.instant()).equals("active")) {
            throw Problem.conflict("payment-ended", "It does not wait for money any more.");
        }
        var received = bank.receive(payment.txid(), payment.amountCents());
        if (!(confirmPayment.confirm(ConfirmPayment.message(received))
                instanceof ConfirmPayment.Outcome.Confirmed)) {
            throw Problem.conflict(
                    "payment-ended", "Somebody was faster; the money is in the queue.");
        }
        return wantsJson()
                ? PaymentsHttp.json(200, Json.write(Map.of("message", PaymentsHttp.CONFIRMED)))
                        .build()
                : Pages.seeOther("/payments/pix/" + payment.id());
    }

    private PayView view(Payment payment) {
        var now = clock.instant();
        var status = payment.statusAt(now);
        var lifetime = Duration.between(payment.createdAt(), payment.expiresAt());
        return new PayView(
                payment,
                status,
                receiver,
                Math.max(0, Duration.between(now, payment.expiresAt()).toMillis()),
                Math.max(1, lifetime.toMinutes()),
                "/payments/pix/qr_code/" + QrImages.fileName(payment.id()) + ".svg",
                status.equals("active"),
                payment.refundedCents() > 0 && status.equals("paid"));
    }

    private Optional<Payment> find(String id) {
        return PaymentsHttp.parse(id)
                .flatMap(it -> database.transaction(tx -> lookups.find(tx, it)));
    }

    /// Whichever of the two is named first; the page where anything goes.
    private boolean wantsJson() {
        for (var type : headers.getAcceptableMediaTypes()) {
            if (type.isWildcardType() || type.isWildcardSubtype()) {
                return false;
            }
            if (type.isCompatible(MediaType.TEXT_HTML_TYPE)) {
                return false;
            }
            if (type.isCompatible(MediaType.APPLICATION_JSON_TYPE)) {
                return true;
            }
        }
        return false;
    }

    private static Problem noSuchImage() {
        return Problem.notFound("There is no such image.");
    }
}
