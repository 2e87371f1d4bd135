package vintem.billing;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
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
import vintem.access.ReadsPerson;
import vintem.access.Role;
import vintem.ledger.Ledger;
import vintem.payments.PublicAddress;
import vintem.payments.RefundBody;
import vintem.payments.RefundsHttp;
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

/// Charges, one by one: making them, finding them, taking them back, the *2ª via*.
@Path("/charges")
@Tag(name = "billing", description = "Charges, boletos and what settles them")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class ChargesHttp {
    private static final String CREATE_ROUTE = "POST /charges";
    private static final String CREDIT_ROUTE = "POST /charges/{id}/credit-refund ";
    private static final byte[] NO_BODY = new byte[0];

    private static final String SAMPLE =
            """
            {"name":"Ana Souza","governmentId":"529.982.247-25","email":"ana@example.com",
             "debtAmount":990.00,"debtDueDate":"26/01/2027","debtId":"2026-0042",
             "fine":"2%","interest":"1%/month","discount":"5% until 10 days before",
             "billed":"revenue"}""";

    private static final String SAMPLE_LEAST =
            """
            {"name":"Ana Souza","governmentId":"529.982.247-25","email":"ana@example.com",
             "debtAmount":990.00,"debtDueDate":"2027-01-26"}""";

    private static final String SAMPLE_INVALID =
            """
            {"type":"https://vintem.dev/problems/invalid-request","title":"The request is not valid",
             "status":400,"detail":"There is one mistake in it.",
             "violations":[{"pointer":"/debtAmount","reason":"must be more than zero"}],
             "violation_count":1,"trace_id":"0af7651916cd43dd8448eb211c80319c"}""";

    /// A charge in a list.
    ///
    /// @param governmentId masked
    public record ChargeLine(
            UUID id,
            String debtId,
            @Nullable UUID fileId,
            String name,
            String governmentId,
            boolean documentValid,
            BigDecimal debtAmount,
            LocalDate debtDueDate,
            String status,
            BigDecimal paidAmount,
            BigDecimal openAmount,
            String boletoStatus,
            @Nullable LocalDate boletoDueDate,
            @Nullable Instant paidAt,
            Instant createdAt,
            Instant updatedAt) {
        static ChargeLine of(Charge it) {
            return new ChargeLine(
                    it.id(),
                    it.debtId(),
                    it.fileId(),
                    it.name(),
                    masked(it.governmentId()),
                    it.documentValid(),
                    Cents.toReais(it.amountCents()),
                    it.dueDate(),
                    it.status().word(),
                    Cents.toReais(it.debt().paidCents()),
                    Cents.toReais(it.status().owes() ? it.debt().openCents() : 0),
                    it.boletoStatus().word(),
                    it.boleto() == null ? null : it.boleto().due(),
                    it.paidAt(),
                    it.createdAt(),
                    it.updatedAt());
        }
    }

    /// An e-mail about a charge, and what became of it.
    public record EmailLine(String reason, String status, Instant queuedAt) {}

    /// A boleto that another one has replaced; its number is never used again.
    public record FormerBoleto(
            String boletoNumber,
            LocalDate dueDate,
            BigDecimal amount,
            String line,
            String status,
            Instant issuedAt,
            Instant replacedAt) {}

    /// A Pix payment of a charge.
    ///
    /// @param status as the payment's own page has it
    public record PixLine(UUID paymentId, BigDecimal amount, String status, Instant createdAt) {}

    /// Money that went back to whoever had paid by Pix.
    ///
    /// @param principalAmount is owed again
    /// @param creditAmount was the debtor's credit
    /// @param byBank the bank took it back by itself (MED)
    public record RefundLine(
            UUID paymentId,
            BigDecimal amount,
            BigDecimal principalAmount,
            BigDecimal lateAmount,
            BigDecimal creditAmount,
            boolean byBank,
            Instant recordedAt) {
        static RefundLine of(ChargeRefund it) {
            return new RefundLine(
                    it.paymentId(),
                    Cents.toReais(it.amountCents()),
                    Cents.toReais(it.principalCents()),
                    Cents.toReais(it.lateCents()),
                    Cents.toReais(it.creditCents()),
                    it.byBank(),
                    it.recordedAt());
        }
    }

    /// All that is known of one charge.
    ///
    /// @param creditAmount what its debtor has paid too much, and not got back
    public record ChargeDetails(
            ChargeBody charge,
            List<SettlementsHttp.SettlementLine> settlements,
            List<RefundLine> refunds,
            BigDecimal creditAmount,
            List<Ledger.Recorded> transfers,
            List<EmailLine> emails,
            List<FormerBoleto> formerBoletos,
            List<PixLine> pix) {}

    private final CreateCharge createCharge;
    private final CancelCharges cancelCharges;
    private final ChangeDueDate changeDueDate;
    private final GiveCreditBack giveCreditBack;
    private final ReadCharge readCharge;
    private final PrintBoleto printBoleto;
    private final ChargeLookupTable lookups;
    private final ChargeAnswers answers;
    private final Database database;
    private final PublicAddress address;
    private final Asking asking;
    private final Clock clock;

    @Inject
    ChargesHttp(
            CreateCharge createCharge,
            CancelCharges cancelCharges,
            ChangeDueDate changeDueDate,
            GiveCreditBack giveCreditBack,
            ReadCharge readCharge,
            PrintBoleto printBoleto,
            ChargeLookupTable lookups,
            ChargeAnswers answers,
            Database database,
            PublicAddress address,
            Asking asking,
            Clock clock) {
        this.createCharge = createCharge;
        this.cancelCharges = cancelCharges;
        this.changeDueDate = changeDueDate;
        this.giveCreditBack = giveCreditBack;
        this.readCharge = readCharge;
        this.printBoleto = printBoleto;
        this.lookups = lookups;
        this.answers = answers;
        this.database = database;
        this.address = address;
        this.asking = asking;
        this.clock = clock;
    }

    @POST
    @Needs(capability = Capability.BILLING, role = Role.OPERATOR)
    @Operation(
            summary = "Charge a debtor",
            description =
                    "A debtId is charged once, for ever; without one the charge's own id is taken."
                            + " The debt's date is DD/MM/YYYY or ISO and may be past: the boleto falls"
                            + " due when banks take it. A governmentId that is neither a CPF nor a CNPJ"
                            + " is flagged, not refused. Late terms are fine (2%), interest (1%/month),"
                            + " discount (5% until 2026-12-01); none by default.")
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
            description = "The charge, with its boleto",
            content = @Content(schema = @Schema(implementation = ChargeBody.class)))
    @APIResponse(
            responseCode = "400",
            description = "Something is missing or wrong; nothing was created",
            content =
                    @Content(
                            mediaType = "application/problem+json",
                            examples = @ExampleObject(name = "amount", value = SAMPLE_INVALID)))
    @APIResponse(
            responseCode = "409",
            description =
                    "The debt was charged before: charge_id says by which charge, differs what stands"
                            + " there otherwise; or a request with this key is under way")
    @APIResponse(responseCode = "413", description = "The body is too large")
    @APIResponse(responseCode = "422", description = "The key belongs to another body")
    @APIResponse(
            responseCode = "503",
            description = "Too much is waiting, or the beneficiary has no numbers left")
    public Response create(
            InputStream body, @HeaderParam("Idempotency-Key") @Nullable String idempotencyKey) {
        var identity = Idempotency.identity(asking.caller().id(), CREATE_ROUTE, idempotencyKey);
        var bytes = HttpBody.read(body, HttpBody.USUAL_BYTES);
        var wish = ChargeReader.wish(bytes);
        var id = Ids.next();
        var request =
                new CreateCharge.Request(
                        id,
                        wish,
                        address.base(),
                        identity.map(
                                it -> new Idempotency.Request(it, Idempotency.hash(bytes), id)),
                        // As exact as the database keeps it.
                        clock.instant().truncatedTo(ChronoUnit.MICROS));
        return switch (createCharge.create(request)) {
            case CreateCharge.Outcome.Created(_, var answer) -> created(answer).build();
            case CreateCharge.Outcome.KeyTaken(Claim.Replay(_, var stored)) ->
                    created(stored).header("Idempotency-Hit", "true").build();
            case CreateCharge.Outcome.KeyTaken(var claim) -> throw Idempotency.refusal(claim);
            case CreateCharge.Outcome.ChargedBefore(var chargeId, var differs) ->
                    throw Problem.conflict(
                                    "debt-charged-before",
                                    differs.isEmpty()
                                            ? "This debtId was charged before, with the same."
                                            : "This debtId was charged before, otherwise.")
                            .member("charge_id", chargeId)
                            .member("differs", differs);
            case CreateCharge.Outcome.NoNumbers() -> throw noNumbers();
        };
    }

    @GET
    @Needs(capability = Capability.BILLING, role = Role.READ)
    @Operation(
            summary = "List charges",
            description =
                    "Newest first; by due date where ?due_from= or ?due_to= is given, by name where"
                            + " ?debtor= is the beginning of one. ?debtor= is a CPF or CNPJ, a whole"
                            + " e-mail address, or how a name begins. ?status= takes several, separated"
                            + " by commas.")
    @APIResponse(responseCode = "200", description = "A page of charges")
    @APIResponse(responseCode = "400", description = "A filter that cannot be")
    public Page<ChargeLine> list(
            @QueryParam("status") @Nullable String status,
            @QueryParam("due_from") @Nullable String dueFrom,
            @QueryParam("due_to") @Nullable String dueTo,
            @QueryParam("debtor") @Nullable String debtor,
            @QueryParam("debt_id") @Nullable String debtId,
            @QueryParam("file_id") @Nullable String fileId,
            @QueryParam("after") @Nullable String after,
            @QueryParam("limit") @Nullable String limit) {
        var size = Page.size(limit);
        var filter = filter(status, dueFrom, dueTo, debtor, debtId, fileId, after);
        var rows = database.transaction(tx -> lookups.list(tx, filter, size + 1));
        return Page.of(rows, size, row -> row.id().toString()).map(ChargeLine::of);
    }

    @GET
    @Path("/{id}")
    @ReadsPerson("charge")
    @Needs(capability = Capability.BILLING, role = Role.READ)
    @Operation(
            summary =
                    "All about one charge: boleto, settlements, transfers, e-mails, former boletos")
    @APIResponse(responseCode = "200", description = "The charge")
    @APIResponse(responseCode = "404", description = "No such charge")
    public ChargeDetails details(@PathParam("id") String id) {
        return readCharge.details(known(id), address.base()).orElseThrow(ChargesHttp::noSuchCharge);
    }

    @GET
    @Path("/{id}/boleto.pdf")
    @ReadsPerson("charge")
    @Needs(capability = Capability.BILLING, role = Role.READ)
    @Produces("application/pdf")
    @Operation(
            summary = "The boleto on paper",
            description =
                    "The Pix code stands beside the bar code while both are for the same amount. A"
                            + " boleto that no bank has registered says so.")
    @APIResponse(
            responseCode = "200",
            description = "A PDF of one page",
            content =
                    @Content(
                            mediaType = "application/pdf",
                            schema = @Schema(type = SchemaType.STRING, format = "binary")))
    @APIResponse(responseCode = "404", description = "No such charge, or it has no boleto")
    public Response pdf(@PathParam("id") String id) {
        return readCharge
                .find(known(id))
                .flatMap(it -> printBoleto.print(it).map(bytes -> pdf(bytes, it)))
                .orElseThrow(ChargesHttp::noSuchBoleto);
    }

    static Response pdf(byte[] bytes, Charge charge) {
        return Response.ok(bytes, "application/pdf")
                .header(
                        HttpHeaders.CONTENT_DISPOSITION,
                        "inline; filename=\"boleto-%s.pdf\"".formatted(charge.id()))
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .header("X-Content-Type-Options", "nosniff")
                .build();
    }

    static Problem noSuchBoleto() {
        return Problem.notFound("There is no such boleto.");
    }

    @POST
    @Path("/{id}/cancel")
    @Needs(capability = Capability.BILLING, role = Role.OPERATOR)
    @Operation(
            summary = "Take a charge back",
            description =
                    "What is still owed goes out of the books; boleto and Pix are closed. What was"
                            + " paid in part stays paid. Doing it again changes nothing.")
    @APIResponse(
            responseCode = "200",
            description = "It is cancelled, now or before",
            content = @Content(schema = @Schema(implementation = ChargeBody.class)))
    @APIResponse(responseCode = "404", description = "No such charge")
    @APIResponse(responseCode = "409", description = "The charge is paid")
    public ChargeBody cancel(@PathParam("id") String id) {
        return switch (cancelCharges.cancel(asking.caller(), known(id))) {
            case CancelCharges.Outcome.Cancelled(var charge) -> body(charge);
            case CancelCharges.Outcome.NotFound() -> throw noSuchCharge();
            case CancelCharges.Outcome.Paid() -> throw ended(ChargeStatus.PAID.word());
        };
    }

    @POST
    @Path("/{id}/due-date")
    @Needs(capability = Capability.BILLING, role = Role.OPERATOR)
    @Operation(
            summary = "Give a charge another due date and another boleto (2ª via)",
            description =
                    "The boleto before is written off and its number stays used. Asking for the date"
                            + " that it has makes no second boleto.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = "application/json",
                            examples = {
                                @ExampleObject(
                                        name = "sample",
                                        value = "{\"due_date\":\"2027-01-26\"}"),
                                @ExampleObject(
                                        name = "as a Brazilian writes it",
                                        value = "{\"due_date\":\"26/01/2027\"}")
                            }))
    @APIResponse(
            responseCode = "200",
            description = "The charge with its new boleto",
            content = @Content(schema = @Schema(implementation = ChargeBody.class)))
    @APIResponse(responseCode = "400", description = "No day, or one in the past")
    @APIResponse(responseCode = "404", description = "No such charge")
    @APIResponse(responseCode = "409", description = "It is paid or cancelled")
    @APIResponse(responseCode = "503", description = "The beneficiary has no numbers left")
    public ChargeBody changeDueDate(@PathParam("id") String id, InputStream body) {
        var chargeId = known(id);
        return switch (changeDueDate.change(
                asking.caller(), chargeId, ChargeReader.dueDate(body))) {
            case ChangeDueDate.Outcome.Changed(var charge) -> body(charge);
            case ChangeDueDate.Outcome.NotFound() -> throw noSuchCharge();
            case ChangeDueDate.Outcome.Ended(var status) -> throw ended(status);
            case ChangeDueDate.Outcome.InThePast() ->
                    throw Problem.invalid("/due_date", "is in the past");
            case ChangeDueDate.Outcome.NoNumbers() -> throw noNumbers();
        };
    }

    @POST
    @Path("/{id}/credit-refund")
    @Needs(capability = Capability.BILLING, role = Role.OPERATOR)
    @Operation(
            summary = "Give a debtor's credit back by the Pix that was paid",
            description =
                    "What was paid too much, or for a charge that was paid or cancelled, goes back"
                            + " to whoever paid by Pix, within 90 days: of a charge that was paid by"
                            + " boleto and by Pix, the Pix. Where several Pix were paid, one goes"
                            + " back at a time. Idempotency-Key is required.")
    @APIResponse(
            responseCode = "201",
            description = "The refund: processing, done or failed",
            content = @Content(schema = @Schema(implementation = RefundBody.class)))
    @APIResponse(responseCode = "400", description = "The key is missing")
    @APIResponse(responseCode = "404", description = "No such charge")
    @APIResponse(
            responseCode = "409",
            description =
                    "There is no credit that came with a Pix, or a request with this key is under"
                            + " way")
    @APIResponse(
            responseCode = "422",
            description =
                    "Too late, above a limit, no such money; or the key belongs to another body")
    @APIResponse(responseCode = "503", description = "Too much is waiting; try again")
    public Response giveCreditBack(
            @PathParam("id") String id,
            @HeaderParam("Idempotency-Key") @Nullable String idempotencyKey) {
        var chargeId = known(id);
        if (readCharge.find(chargeId).isEmpty()) {
            throw noSuchCharge();
        }
        var request =
                RefundsHttp.refund(
                        asking.caller(), 0, null, CREDIT_ROUTE + chargeId, idempotencyKey, NO_BODY);
        return RefundsHttp.answer(giveCreditBack.give(chargeId, request), chargeId);
    }

    private ChargeBody body(Charge charge) {
        return answers.body(charge, null, address.base(), clock.instant());
    }

    private static Response.ResponseBuilder created(byte[] answer) {
        var id = Json.object(answer).requiredText("id", 36);
        return Response.status(201)
                .type(MediaType.APPLICATION_JSON)
                .header("Location", "/charges/" + id)
                .entity(answer);
    }

    static ChargeLookupTable.Filter filter(
            @Nullable String status,
            @Nullable String dueFrom,
            @Nullable String dueTo,
            @Nullable String debtor,
            @Nullable String debtId,
            @Nullable String fileId,
            @Nullable String after) {
        var who = Debtor.of(debtor);
        return new ChargeLookupTable.Filter(
                statuses(status),
                ChargeReader.day("?due_from", dueFrom),
                ChargeReader.day("?due_to", dueTo),
                who.documents(),
                who.email(),
                who.name(),
                storable(debtId),
                id("?file_id", fileId, "must be the id of a file"),
                id("?after", after, "is not a cursor of this list"));
    }

    /// Who is looked for.
    private record Debtor(
            @Nullable List<String> documents, @Nullable String email, @Nullable String name) {
        // Whatever somebody takes for a CPF or CNPJ: official files hold `9558`.
        private static final Pattern DOCUMENT = Pattern.compile("[0-9][0-9./-]*");

        static Debtor of(@Nullable String text) {
            var given = storable(text);
            var stripped = given == null ? "" : given.strip();
            if (stripped.isEmpty()) {
                return new Debtor(null, null, null);
            }
            if (stripped.contains("@")) {
                return new Debtor(null, stripped, null);
            }
            if (DOCUMENT.matcher(stripped).matches() || TaxId.bare(stripped).isPresent()) {
                // With its mask or without: it may have been given either way.
                return new Debtor(
                        Stream.concat(
                                        Stream.of(stripped),
                                        TaxId.parse(stripped).stream()
                                                .flatMap(
                                                        it ->
                                                                Stream.of(
                                                                        it.value(),
                                                                        it.formatted())))
                                .distinct()
                                .toList(),
                        null,
                        null);
            }
            return new Debtor(null, null, NameKey.of(stripped));
        }
    }

    private static Set<ChargeStatus> statuses(@Nullable String words) {
        var statuses = EnumSet.noneOf(ChargeStatus.class);
        if (words != null) {
            for (var word : words.split(",", -1)) {
                statuses.add(
                        ChargeStatus.of(word)
                                .orElseThrow(
                                        () ->
                                                Problem.invalid(
                                                        "?status",
                                                        "must be of open, partially_paid, paid,"
                                                                + " cancelled")));
            }
        }
        return statuses;
    }

    /// What PostgreSQL cannot hold is nowhere in it.
    private static @Nullable String storable(@Nullable String text) {
        return text == null ? null : text.replace('\0', '\uFFFD');
    }

    /// A tax id as lists have it; of what is none only the end.
    static String masked(String governmentId) {
        return TaxId.parse(governmentId)
                .map(TaxId::masked)
                .orElseGet(
                        () ->
                                "***"
                                        + governmentId.substring(
                                                Math.max(0, governmentId.length() - 2)));
    }

    private static @Nullable UUID id(String name, @Nullable String value, String reason) {
        return value == null ? null : parse(value).orElseThrow(() -> Problem.invalid(name, reason));
    }

    static Optional<UUID> parse(String id) {
        return id.matches("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
                ? Optional.of(UUID.fromString(id))
                : Optional.empty();
    }

    private static UUID known(String id) {
        return parse(id).orElseThrow(ChargesHttp::noSuchCharge);
    }

    static Problem noSuchCharge() {
        return Problem.notFound("There is no such charge.");
    }

    private static Problem ended(String status) {
        return Problem.conflict("charge-ended", "The charge is " + status + ".");
    }

    private static Problem noNumbers() {
        return Problem.of(
                503,
                "boleto-numbers-exhausted",
                "No numbers are left",
                "The beneficiary has no numbers for boletos left; configure another one.");
    }
}
