package vintem.billing;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.io.InputStream;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
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
import vintem.access.SignedIn;
import vintem.platform.Cents;
import vintem.platform.Database;
import vintem.platform.Page;
import vintem.platform.Problem;

/// What the bank tells of money for charges, and what waits for a person because it named a debt
/// that nobody has. The webhook's body is the contract's.
@Path("/billing/payments")
@Tag(name = "billing", description = "Charges, boletos and what settles them")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class SettlementsHttp {
    private static final String SAMPLE =
            """
            {"debtId":"8291","paidAt":"2022-06-09 10:00:00","paidAmount":100000.00,
             "paidBy":"John Doe"}""";

    private static final String SAMPLE_WITH_ID =
            """
            {"debtId":"8291","paidAt":"2022-06-09T13:00:00Z","paidAmount":100000.00,
             "paidBy":"John Doe","payment_id":"341-20220609-000017",
             "end_to_end_id":"E1234567820220609130000000000001"}""";

    private static final String SAMPLE_LEAST =
            """
            {"debtId":"8291","paidAt":"2022-06-09 10:00:00","paidAmount":100000.00}""";

    /// Money for a charge, and how it was divided. Amounts are reais with two decimals.
    ///
    /// @param channel `boleto` (told by the webhook) or `pix`
    /// @param status `settled`, `unknown` (it waits for a person) or `dismissed`
    /// @param debtId as the bank said it; null of a Pix
    /// @param creditAmount what is too much, the debtor's credit
    /// @param discountAmount taken off the principal beside the money
    /// @param waivedAmount fine and interest that nobody asks for any more
    /// @param reason why there is a credit: `overpaid`, `paid_before` or `cancelled`
    public record SettlementLine(
            UUID id,
            String channel,
            String status,
            @Nullable UUID chargeId,
            @Nullable String debtId,
            BigDecimal amount,
            Instant paidAt,
            @Nullable String paidBy,
            @Nullable String paymentId,
            @Nullable String endToEndId,
            BigDecimal principalAmount,
            BigDecimal lateAmount,
            BigDecimal creditAmount,
            BigDecimal discountAmount,
            BigDecimal waivedAmount,
            @Nullable String reason,
            Instant recordedAt,
            @Nullable String decidedBy,
            @Nullable Instant decidedAt) {
        static SettlementLine of(Settlement it) {
            return new SettlementLine(
                    it.id(),
                    it.channel().word(),
                    it.status().word(),
                    it.chargeId(),
                    it.debtId(),
                    Cents.toReais(it.amountCents()),
                    it.paidAt(),
                    it.paidBy(),
                    it.paymentId() == null ? it.bankPaymentId() : it.paymentId().toString(),
                    it.endToEndId(),
                    Cents.toReais(it.principalCents()),
                    Cents.toReais(it.lateCents()),
                    Cents.toReais(it.creditCents()),
                    Cents.toReais(it.discountCents()),
                    Cents.toReais(it.waivedCents()),
                    it.reason() == null ? null : it.reason().word(),
                    it.recordedAt(),
                    it.decidedBy(),
                    it.decidedAt());
        }
    }

    /// What the bank is answered.
    ///
    /// @param repeated it was told before, and is counted once
    /// @param chargeStatus as it is now
    /// @param openAmount what is left of the principal
    public record Booked(
            String message,
            boolean repeated,
            String chargeStatus,
            BigDecimal openAmount,
            SettlementLine settlement) {
        static Booked of(Settlement settlement, Charge charge, boolean repeated) {
            return new Booked(
                    repeated ? "The payment was booked before" : "The payment has been booked",
                    repeated,
                    charge.status().word(),
                    Cents.toReais(charge.status().owes() ? charge.debt().openCents() : 0),
                    SettlementLine.of(settlement));
        }
    }

    /// @param status `dismissed`
    public record Dismissed(UUID id, String status) {}

    private final SettleCharge settleCharge;
    private final MatchSettlement matchSettlement;
    private final SettlementTable settlements;
    private final Database database;
    private final Asking asking;
    private final Clock clock;

    @Inject
    SettlementsHttp(
            SettleCharge settleCharge,
            MatchSettlement matchSettlement,
            SettlementTable settlements,
            Database database,
            Asking asking,
            Clock clock) {
        this.settleCharge = settleCharge;
        this.matchSettlement = matchSettlement;
        this.settlements = settlements;
        this.database = database;
        this.asking = asking;
        this.clock = clock;
    }

    @POST
    @SignedIn(Caller.Kind.BANK)
    @Operation(
            summary = "Tell that a debt was paid",
            description =
                    "For the bank alone. A time without a zone is São Paulo's. Telling it again counts"
                            + " once: by payment_id or end_to_end_id where they are given, otherwise by"
                            + " the four fields together. Parts accumulate; what is too much is the"
                            + " debtor's credit, and reason says why. The two ids may also be spelled"
                            + " paymentId and endToEndId.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = "application/json",
                            examples = {
                                @ExampleObject(name = "sample", value = SAMPLE),
                                @ExampleObject(name = "identified", value = SAMPLE_WITH_ID),
                                @ExampleObject(name = "least", value = SAMPLE_LEAST)
                            }))
    @APIResponse(
            responseCode = "200",
            description = "It is booked, now or before",
            content = @Content(schema = @Schema(implementation = Booked.class)))
    @APIResponse(
            responseCode = "400",
            description = "Malformed, not more than zero, or in the future")
    @APIResponse(
            responseCode = "404",
            description =
                    "Nobody has this debt; the message is kept for review, settlement_id says where")
    @APIResponse(
            responseCode = "409",
            description = "This payment was told before, with another amount or for another debt")
    @APIResponse(responseCode = "413", description = "The body is too large")
    @APIResponse(responseCode = "503", description = "Too much is waiting; tell it again")
    public Booked tell(InputStream body) {
        return switch (settleCharge.settle(ChargeReader.message(body, clock.instant()))) {
            case SettleCharge.Outcome.Settled(var settlement, var charge, var repeated) ->
                    Booked.of(settlement, charge, repeated);
            case SettleCharge.Outcome.Unknown(var settlementId) ->
                    throw Problem.notFound(
                                    "There is no charge of this debtId; the message is kept for"
                                            + " review.")
                            .member("settlement_id", settlementId);
            case SettleCharge.Outcome.Contradiction() ->
                    throw Problem.conflict(
                            "other-value-before",
                            "This payment was told before, with another amount or for another debt.");
        };
    }

    @GET
    @Needs(capability = Capability.BILLING, role = Role.READ)
    @Operation(
            summary = "List money for charges, newest first",
            description =
                    "?only=credit lists what was too much, ?only=waived what was less than the late"
                            + " terms came to.")
    @APIResponse(responseCode = "200", description = "A page of settlements")
    @APIResponse(responseCode = "400", description = "A cursor, limit or filter that cannot be")
    public Page<SettlementLine> list(
            @QueryParam("only") @Nullable String only,
            @QueryParam("after") @Nullable String after,
            @QueryParam("limit") @Nullable String limit) {
        var size = Page.size(limit);
        var place = cursor(after);
        var rows =
                database.transaction(
                        tx ->
                                switch (only) {
                                    case null -> settlements.all(tx, place, size + 1);
                                    case "credit" -> settlements.withCredit(tx, place, size + 1);
                                    case "waived" -> settlements.withWaived(tx, place, size + 1);
                                    default ->
                                            throw Problem.invalid(
                                                    "?only", "must be credit or waived");
                                });
        return Page.of(rows, size, row -> row.id().toString()).map(SettlementLine::of);
    }

    @GET
    @Path("/unknown")
    @Needs(capability = Capability.BILLING, role = Role.READ)
    @Operation(summary = "List what was paid for debts that nobody has, newest first")
    @APIResponse(responseCode = "200", description = "A page of what waits for an operator")
    @APIResponse(responseCode = "400", description = "A cursor or limit that cannot be")
    public Page<SettlementLine> unknown(
            @QueryParam("after") @Nullable String after,
            @QueryParam("limit") @Nullable String limit) {
        var size = Page.size(limit);
        var place = cursor(after);
        var rows = database.transaction(tx -> settlements.unknown(tx, place, size + 1));
        return Page.of(rows, size, row -> row.id().toString()).map(SettlementLine::of);
    }

    @POST
    @Path("/unknown/{id}/match")
    @Needs(capability = Capability.BILLING, role = Role.OPERATOR)
    @Operation(
            summary = "Say which debt the money is for",
            description = "It is booked then, as of the time when it was paid.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = "application/json",
                            examples =
                                    @ExampleObject(
                                            name = "sample",
                                            value = "{\"debt_id\":\"8291\"}")))
    @APIResponse(
            responseCode = "200",
            description = "It is booked, now or before",
            content = @Content(schema = @Schema(implementation = Booked.class)))
    @APIResponse(responseCode = "400", description = "The debt is not named")
    @APIResponse(responseCode = "404", description = "Nothing of this id waits, or no such debt")
    @APIResponse(responseCode = "409", description = "Somebody decided otherwise")
    public Booked match(@PathParam("id") String id, InputStream body) {
        var settlementId = known(id);
        var debtId = ChargeReader.debtId(body);
        return switch (matchSettlement.match(asking.caller(), settlementId, debtId)) {
            case MatchSettlement.Outcome.Matched(var settlement, var charge) ->
                    Booked.of(settlement, charge, false);
            case MatchSettlement.Outcome.Dismissed() -> throw decidedOtherwise("dismissed");
            case MatchSettlement.Outcome.NoSuchSettlement() -> throw noSuchSettlement();
            case MatchSettlement.Outcome.NoSuchDebt() ->
                    throw Problem.notFound("There is no charge of this debt_id.");
            case MatchSettlement.Outcome.DecidedOtherwise(var status) ->
                    throw decidedOtherwise(status);
        };
    }

    @POST
    @Path("/unknown/{id}/dismiss")
    @Needs(capability = Capability.BILLING, role = Role.OPERATOR)
    @Operation(
            summary = "Put a message aside that is about nothing of ours",
            description = "Should the debt be charged and the bank tell of it again, it is booked.")
    @APIResponse(
            responseCode = "200",
            description = "It is put aside, now or before",
            content = @Content(schema = @Schema(implementation = Dismissed.class)))
    @APIResponse(responseCode = "404", description = "Nothing of this id waits")
    @APIResponse(responseCode = "409", description = "It is booked")
    public Dismissed dismiss(@PathParam("id") String id) {
        var settlementId = known(id);
        return switch (matchSettlement.dismiss(asking.caller(), settlementId)) {
            case MatchSettlement.Outcome.Dismissed() -> new Dismissed(settlementId, "dismissed");
            case MatchSettlement.Outcome.NoSuchSettlement() -> throw noSuchSettlement();
            case MatchSettlement.Outcome.DecidedOtherwise(var status) ->
                    throw decidedOtherwise(status);
            case MatchSettlement.Outcome.Matched _, MatchSettlement.Outcome.NoSuchDebt _ ->
                    throw new IllegalStateException("nothing was matched");
        };
    }

    private static @Nullable UUID cursor(@Nullable String after) {
        return after == null
                ? null
                : ChargesHttp.parse(after)
                        .orElseThrow(
                                () -> Problem.invalid("?after", "is not a cursor of this list"));
    }

    private static UUID known(String id) {
        return ChargesHttp.parse(id).orElseThrow(SettlementsHttp::noSuchSettlement);
    }

    private static Problem noSuchSettlement() {
        return Problem.notFound("There is no such message.");
    }

    private static Problem decidedOtherwise(String status) {
        return Problem.conflict("decided-otherwise", "It is %s.".formatted(status));
    }
}
