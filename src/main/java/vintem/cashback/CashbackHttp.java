package vintem.cashback;

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
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.List;
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
import vintem.access.Role;
import vintem.access.SignedIn;
import vintem.cashback.CloseTable.Close;
import vintem.cashback.ResellerTable.ApprovedCpf;
import vintem.platform.BusinessDays;
import vintem.platform.Cents;
import vintem.platform.Database;
import vintem.platform.HttpBody;
import vintem.platform.Idempotency;
import vintem.platform.Idempotency.Claim;
import vintem.platform.Problem;
import vintem.platform.TaxId;

/// The routes of cashback: what is there, what was earned, paying it out; and the company's: rates,
/// approved CPFs, the month's close.
@Path("/cashback")
@Tag(name = "cashback", description = "What resellers earn, and what is paid of it")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class CashbackHttp {
    private static final String REDEEM_ROUTE = "POST /cashback/resgates";
    private static final int MOST_SHOWN = 100;

    private static final String SAMPLE_STATEMENT =
            """
            {"mes":"2026-10","compras":[…],"compras_total":2,"total_aprovado":1500.01,
             "percentual":"20%","cashback":300.00,"ajustes":0.00,"estado":"fechado",
             "disponivel":300.00,"a_recuperar":0.00,"pendente":0.00}""";

    private static final String SAMPLE_REDEMPTION =
            """
            {"id":"0199e9a2-6b1c-3c3e-9d51-3f2a7be6a111","valor":100.00,
             "chave_pix":"***.982.247-**","estado":"paid","create_at":"2026-11-26T13:00:00Z"}""";

    private static final String SAMPLE_LIVE =
            """
            {"credit":3600.00,"origem":"live","desde":"2026-11-26T13:00:00Z","motivo":null,
             "disponivel":300.00,"pendente":45.00,"a_recuperar":0.00}""";

    private static final String SAMPLE_CACHED =
            """
            {"credit":3600.00,"origem":"cached","desde":"2026-11-26T12:10:00Z","motivo":null,
             "disponivel":300.00,"pendente":45.00,"a_recuperar":0.00}""";

    private static final String SAMPLE_UNAVAILABLE =
            """
            {"credit":null,"origem":"unavailable","desde":null,"motivo":"timeout",
             "disponivel":300.00,"pendente":45.00,"a_recuperar":0.00}""";

    private static final String SAMPLE_RATES =
            """
            {"vigente_desde":"2027-01","arredondamento":"half_even","faixas":[
             {"acima_de":0.00,"percentual":10.00},{"acima_de":1000.00,"percentual":15.00},
             {"acima_de":1500.00,"percentual":20.00}]}""";

    private static final String SAMPLE_LEAST_RATES =
            """
            {"vigente_desde":"2027-01","faixas":[{"acima_de":0.00,"percentual":12.50}]}""";

    private static final String SAMPLE_APPROVAL =
            """
            {"cpf":"153.509.460-56","vigente_desde":"2099-01-01","vigente_ate":"2099-12-31"}""";

    private static final String SAMPLE_APPROVAL_BY_MOMENTS =
            """
            {"cpf":"153.509.460-56","vigente_desde":"2099-01-01T00:00:00-03:00",
             "vigente_ate":"2099-12-31T12:00:00-03:00"}""";

    private static final String SAMPLE_CLOSE =
            """
            {"mes":"2026-10","estado":"fechado","iniciado":"2026-11-01T12:00:00Z",
             "terminado":"2026-11-01T12:00:02Z","revendedores":10000,"creditado":1830000.00,
             "retomado":0.00}""";

    /// The credit that the outside API tells of, where that is from, and the ledger's own figures.
    ///
    /// @param origem `live`, `cached` (known since `desde`) or `unavailable` (`motivo` says why)
    /// @param disponivel what can be asked for
    /// @param pendente what is owed and not credited yet
    public record Accumulated(
            @Nullable BigDecimal credit,
            String origem,
            @Nullable Instant desde,
            @Nullable String motivo,
            BigDecimal disponivel,
            BigDecimal pendente,
            BigDecimal aRecuperar) {}

    public record Bracket(BigDecimal acimaDe, BigDecimal percentual) {}

    /// @param vigenteDesde the first month
    public record RatesBody(
            UUID id,
            String vigenteDesde,
            String arredondamento,
            List<Bracket> faixas,
            Instant createAt) {
        static RatesBody of(Rates rates) {
            return new RatesBody(
                    rates.id(),
                    YearMonth.from(rates.validFrom()).toString(),
                    rates.rounding().word(),
                    rates.brackets().stream()
                            .map(
                                    it ->
                                            new Bracket(
                                                    Cents.toReais(it.aboveCents()),
                                                    BigDecimal.valueOf(it.rateBasisPoints(), 2)))
                            .toList(),
                    rates.createdAt());
        }
    }

    public record RatesList(List<RatesBody> items) {}

    /// @param cpf masked
    public record ApprovedBody(
            UUID id, String cpf, LocalDate vigenteDesde, @Nullable LocalDate vigenteAte) {
        static ApprovedBody of(ApprovedCpf it) {
            return new ApprovedBody(
                    it.id(), new TaxId.Cpf(it.cpf()).masked(), it.validFrom(), it.validUntil());
        }
    }

    public record ApprovedList(List<ApprovedBody> items) {}

    /// @param retomado what was taken back from what was available, or is owed since
    public record CloseBody(
            String mes,
            String estado,
            Instant iniciado,
            @Nullable Instant terminado,
            long revendedores,
            BigDecimal creditado,
            BigDecimal retomado) {
        static CloseBody of(Close close) {
            return new CloseBody(
                    YearMonth.from(close.month()).toString(),
                    close.finishedAt() == null ? "fechando" : "fechado",
                    close.startedAt(),
                    close.finishedAt(),
                    close.resellers(),
                    Cents.toReais(close.creditedCents()),
                    Cents.toReais(close.takenBackCents()));
        }
    }

    public record CloseList(List<CloseBody> items) {}

    public record RedemptionList(List<RedemptionBody> items) {}

    private final AccumulatedCredit accumulatedCredit;
    private final RedeemCashback redeemCashback;
    private final CloseMonth closeMonth;
    private final ChangeRates changeRates;
    private final ApprovedCpfs approvedCpfs;
    private final Statement statement;
    private final RedemptionTable redemptions;
    private final CloseTable closes;
    private final Database database;
    private final Asking asking;
    private final Clock clock;

    @Inject
    CashbackHttp(
            AccumulatedCredit accumulatedCredit,
            RedeemCashback redeemCashback,
            CloseMonth closeMonth,
            ChangeRates changeRates,
            ApprovedCpfs approvedCpfs,
            Statement statement,
            RedemptionTable redemptions,
            CloseTable closes,
            Database database,
            Asking asking,
            Clock clock) {
        this.accumulatedCredit = accumulatedCredit;
        this.redeemCashback = redeemCashback;
        this.closeMonth = closeMonth;
        this.changeRates = changeRates;
        this.approvedCpfs = approvedCpfs;
        this.statement = statement;
        this.redemptions = redemptions;
        this.closes = closes;
        this.database = database;
        this.asking = asking;
        this.clock = clock;
    }

    @GET
    @Needs(capability = Capability.CASHBACK, role = Role.READ)
    @SignedIn(Caller.Kind.RESELLER)
    @Operation(
            summary = "See the accumulated cashback",
            description =
                    "credit is what the outside API tells, and where that is from; only the ledger's"
                            + " own figures are payable. The company names ?revendedor_id=.")
    @APIResponse(
            responseCode = "200",
            description = "What is known, however the outside API fares",
            content =
                    @Content(
                            examples = {
                                @ExampleObject(name = "live", value = SAMPLE_LIVE),
                                @ExampleObject(name = "cached", value = SAMPLE_CACHED),
                                @ExampleObject(name = "unavailable", value = SAMPLE_UNAVAILABLE)
                            }))
    @APIResponse(responseCode = "400", description = "Nobody is named")
    @APIResponse(responseCode = "404", description = "There is none of that id, or it is not you")
    public Accumulated accumulated(@QueryParam("revendedor_id") @Nullable String resellerId) {
        var id = Whose.ofAskedOrSelf(asking.caller(), CashbackReader.queryIdOrNull(resellerId));
        var known = accumulatedCredit.of(id).orElseThrow(Whose::noReseller);
        var balance = known.balance();
        return switch (known.credit()) {
            case CashbackApi.Credit.Live(var cents, var asOf) ->
                    body(Cents.toReais(cents), "live", asOf, null, balance);
            case CashbackApi.Credit.Cached(var cents, var asOf) ->
                    body(Cents.toReais(cents), "cached", asOf, null, balance);
            case CashbackApi.Credit.Unavailable(var reason) ->
                    body(null, "unavailable", null, reason, balance);
        };
    }

    private static Accumulated body(
            @Nullable BigDecimal credit,
            String origin,
            @Nullable Instant since,
            @Nullable String reason,
            Statement.Balance balance) {
        return new Accumulated(
                credit,
                origin,
                since,
                reason,
                Cents.toReais(balance.availableCents()),
                Cents.toReais(balance.pendingCents()),
                Cents.toReais(balance.recoverableCents()));
    }

    @GET
    @Path("/extrato")
    @Needs(capability = Capability.CASHBACK, role = Role.READ)
    @SignedIn(Caller.Kind.RESELLER)
    @Operation(
            summary = "See what a month came to",
            description = "percentual is the rate of the month's total, which is what is credited.")
    @APIResponse(
            responseCode = "200",
            description = "The statement; of the current month where no ?mes= is given",
            content =
                    @Content(examples = @ExampleObject(name = "sample", value = SAMPLE_STATEMENT)))
    @APIResponse(responseCode = "400", description = "No month, or nobody is named")
    @APIResponse(responseCode = "404", description = "There is none of that id, or it is not you")
    public StatementBody statement(
            @QueryParam("mes") @Nullable String month,
            @QueryParam("revendedor_id") @Nullable String resellerId) {
        var caller = asking.caller();
        var wanted = CashbackReader.queryMonth(month);
        var id = Whose.ofAskedOrSelf(caller, CashbackReader.queryIdOrNull(resellerId));
        var of = wanted == null ? BusinessDays.today(clock).withDayOfMonth(1) : wanted;
        return database.snapshot(tx -> statement.of(tx, id, of))
                .map(it -> StatementBody.of(it, caller))
                .orElseThrow(Whose::noReseller);
    }

    @POST
    @Path("/resgates")
    @SignedIn(Caller.Kind.RESELLER)
    @Operation(
            summary = "Ask to be paid by Pix",
            description =
                    "Takes the amount from what is available at once. The key must belong to your"
                            + " CPF. Needs an Idempotency-Key.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = "application/json",
                            examples =
                                    @ExampleObject(
                                            name = "sample",
                                            value =
                                                    "{\"valor\":100.00,\"chave_pix\":\"529.982.247-25\"}")))
    @APIResponse(
            responseCode = "201",
            description = "It is asked for; estado says what became of it so far",
            content =
                    @Content(examples = @ExampleObject(name = "sample", value = SAMPLE_REDEMPTION)))
    @APIResponse(responseCode = "409", description = "A request with this key is under way")
    @APIResponse(
            responseCode = "422",
            description = "Not enough is available, the Pix key is not yours, or the key was used")
    public Response redeem(
            InputStream body, @HeaderParam("Idempotency-Key") @Nullable String idempotencyKey) {
        var caller = asking.caller();
        var identity =
                Idempotency.identity(caller.id(), REDEEM_ROUTE, idempotencyKey)
                        .orElseThrow(() -> Problem.invalid("Idempotency-Key", "is required"));
        var bytes = HttpBody.read(body, HttpBody.USUAL_BYTES);
        var wish = CashbackReader.redemption(bytes);
        var request =
                RedeemCashback.Request.of(
                        caller.id(), wish.cents(), wish.pixKey(), identity, bytes);
        return switch (redeemCashback.redeem(request)) {
            case RedeemCashback.Outcome.Asked(var redemption) ->
                    json(201, RedemptionBody.of(redemption).json()).build();
            case RedeemCashback.Outcome.NotEnough(var cents) ->
                    throw Problem.of(
                                    422,
                                    "not-enough-cashback",
                                    "That much is not available",
                                    "%s can be asked for.".formatted(Cents.format(cents)))
                            .member("disponivel", Cents.toReais(cents));
            case RedeemCashback.Outcome.NotTheirKey() ->
                    throw Problem.of(
                            422,
                            "key-of-somebody-else",
                            "That Pix key is not yours",
                            "The key must belong to the CPF that you registered with.");
            case RedeemCashback.Outcome.KeyTaken(Claim.Replay(var status, var stored)) ->
                    json(status, stored).header("Idempotency-Hit", "true").build();
            case RedeemCashback.Outcome.KeyTaken(var claim) -> throw Idempotency.refusal(claim);
        };
    }

    @GET
    @Path("/resgates")
    @Needs(capability = Capability.CASHBACK, role = Role.READ)
    @SignedIn(Caller.Kind.RESELLER)
    @Operation(summary = "List what was asked to be paid, newest first, at most 100")
    @APIResponse(
            responseCode = "200",
            description = "The newest",
            content =
                    @Content(
                            examples =
                                    @ExampleObject(
                                            name = "sample",
                                            value = "{\"items\":[" + SAMPLE_REDEMPTION + "]}")))
    @APIResponse(responseCode = "400", description = "Nobody is named")
    public RedemptionList redemptions(@QueryParam("revendedor_id") @Nullable String resellerId) {
        var id = Whose.ofAskedOrSelf(asking.caller(), CashbackReader.queryIdOrNull(resellerId));
        return new RedemptionList(
                database.transaction(tx -> redemptions.ofReseller(tx, id, MOST_SHOWN)).stream()
                        .map(RedemptionBody::of)
                        .toList());
    }

    @GET
    @Path("/faixas")
    @Needs(capability = Capability.CASHBACK, role = Role.READ)
    @SignedIn(Caller.Kind.RESELLER)
    @Operation(summary = "See all rates that were ever decided, the newest first")
    @APIResponse(
            responseCode = "200",
            description = "Rates",
            content =
                    @Content(
                            examples =
                                    @ExampleObject(
                                            name = "sample",
                                            value = "{\"items\":[" + SAMPLE_RATES + "]}")))
    public RatesList rates() {
        return new RatesList(changeRates.book().newestFirst().stream().map(RatesBody::of).toList());
    }

    @POST
    @Path("/faixas")
    @Needs(capability = Capability.CASHBACK, role = Role.ADMIN)
    @Operation(
            summary = "Decide the rates of months to come",
            description =
                    "From vigente_desde on, until others are valid. A month that has begun keeps its"
                            + " rates; of two for the same month the later decision counts.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = "application/json",
                            examples = {
                                @ExampleObject(name = "sample", value = SAMPLE_RATES),
                                @ExampleObject(name = "least", value = SAMPLE_LEAST_RATES)
                            }))
    @APIResponse(
            responseCode = "201",
            description = "The rates",
            content = @Content(examples = @ExampleObject(name = "sample", value = SAMPLE_RATES)))
    @APIResponse(responseCode = "409", description = "That month has begun")
    public Response decide(InputStream body) {
        var decision = CashbackReader.rates(HttpBody.read(body, HttpBody.USUAL_BYTES));
        var outcome =
                changeRates.decide(
                        asking.caller(),
                        decision.month(),
                        decision.rounding(),
                        decision.brackets());
        return switch (outcome) {
            case ChangeRates.Outcome.Decided(var rates) ->
                    Response.status(201).entity(RatesBody.of(rates)).build();
            case ChangeRates.Outcome.TooLate(var earliest) ->
                    throw Problem.conflict(
                            "month-has-begun",
                            "Rates can be decided for %s and later."
                                    .formatted(YearMonth.from(earliest)));
        };
    }

    @GET
    @Path("/cpfs-aprovados")
    @Needs(capability = Capability.CASHBACK, role = Role.ADMIN)
    @Operation(summary = "List whose purchases need no validation")
    @APIResponse(
            responseCode = "200",
            description = "All entries, also those that have ended",
            content =
                    @Content(
                            examples =
                                    @ExampleObject(
                                            name = "sample",
                                            value =
                                                    "{\"items\":[{\"id\":\"…\",\"cpf\":\"***.509.460-**\","
                                                            + "\"vigente_desde\":\"2026-01-01\","
                                                            + "\"vigente_ate\":null}]}")))
    public ApprovedList approved() {
        return new ApprovedList(approvedCpfs.all().stream().map(ApprovedBody::of).toList());
    }

    @POST
    @Path("/cpfs-aprovados")
    @Needs(capability = Capability.CASHBACK, role = Role.ADMIN)
    @Operation(
            summary = "Put somebody on the list whose purchases need no validation",
            description = "From today on, or from vigente_desde; what was entered before waits.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = "application/json",
                            examples = {
                                @ExampleObject(name = "sample", value = SAMPLE_APPROVAL),
                                @ExampleObject(
                                        name = "moments instead of days",
                                        value = SAMPLE_APPROVAL_BY_MOMENTS),
                                @ExampleObject(
                                        name = "least",
                                        value = "{\"cpf\":\"153.509.460-56\"}")
                            }))
    @APIResponse(
            responseCode = "201",
            description = "The entry",
            content =
                    @Content(
                            examples =
                                    @ExampleObject(
                                            name = "sample",
                                            value =
                                                    "{\"id\":\"…\",\"cpf\":\"***.509.460-**\","
                                                            + "\"vigente_desde\":\"2026-11-26\","
                                                            + "\"vigente_ate\":null}")))
    public Response approve(InputStream body) {
        var wish = CashbackReader.approval(HttpBody.read(body, HttpBody.USUAL_BYTES), clock);
        var entry = approvedCpfs.add(asking.caller(), wish.cpf(), wish.from(), wish.until());
        return Response.status(201).entity(ApprovedBody.of(entry)).build();
    }

    @DELETE
    @Path("/cpfs-aprovados/{id}")
    @Needs(capability = Capability.CASHBACK, role = Role.ADMIN)
    @Operation(summary = "End an entry of the list with today")
    @APIResponse(responseCode = "204", description = "Ended")
    @APIResponse(responseCode = "404", description = "There is no such entry")
    public Response endApproval(@PathParam("id") String id) {
        var found =
                CashbackReader.id(id)
                        .filter(it -> approvedCpfs.end(asking.caller(), it))
                        .isPresent();
        if (!found) {
            throw Problem.notFound("There is no such entry.");
        }
        return Response.noContent().build();
    }

    @GET
    @Path("/fechamentos")
    @Needs(capability = Capability.CASHBACK, role = Role.READ)
    @Operation(summary = "List the months that were closed, the newest first")
    @APIResponse(
            responseCode = "200",
            description = "Closes",
            content =
                    @Content(
                            examples =
                                    @ExampleObject(
                                            name = "sample",
                                            value = "{\"items\":[" + SAMPLE_CLOSE + "]}")))
    public CloseList closes() {
        return new CloseList(
                database.transaction(closes::all).stream().map(CloseBody::of).toList());
    }

    @POST
    @Path("/fechamentos")
    @Needs(capability = Capability.CASHBACK, role = Role.OPERATOR)
    @Operation(
            summary = "Close a month",
            description =
                    "Moves what it came to from pending to available, and what has changed of"
                            + " earlier months. Closing it again changes nothing.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = "application/json",
                            examples =
                                    @ExampleObject(
                                            name = "sample",
                                            value = "{\"mes\":\"2026-10\"}")))
    @APIResponse(
            responseCode = "200",
            description = "It is closed",
            content = @Content(examples = @ExampleObject(name = "sample", value = SAMPLE_CLOSE)))
    @APIResponse(
            responseCode = "409",
            description = "The month is not over, or a later one is closed")
    public CloseBody close(InputStream body) {
        var month = CashbackReader.month(HttpBody.read(body, HttpBody.USUAL_BYTES));
        return switch (closeMonth.close(asking.caller(), month)) {
            case CloseMonth.Outcome.Closed(var close) -> CloseBody.of(close);
            case CloseMonth.Outcome.NotOver() ->
                    throw Problem.conflict("month-not-over", "The month is not over.");
            case CloseMonth.Outcome.LaterClosed() ->
                    throw Problem.conflict(
                            "later-month-closed",
                            "A later month is closed; what changed of this one is in the next"
                                    + " close.");
        };
    }

    private static Response.ResponseBuilder json(int status, byte[] body) {
        return Response.status(status).type(MediaType.APPLICATION_JSON).entity(body);
    }
}
