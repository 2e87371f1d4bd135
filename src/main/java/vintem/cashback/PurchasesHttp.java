package vintem.cashback;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.access.Asking;
import vintem.access.Caller;
import vintem.access.Capability;
import vintem.access.Needs;
import vintem.access.Role;
import vintem.access.SignedIn;
import vintem.platform.Database;
import vintem.platform.HttpBody;
import vintem.platform.Idempotency;
import vintem.platform.Idempotency.Claim;
import vintem.platform.Ids;
import vintem.platform.Problem;

/// The routes of purchases. Names and bodies are the contract's.
@Path("/compra")
@Tag(name = "purchases", description = "What resellers bought")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class PurchasesHttp {
    private static final String CREATE_ROUTE = "POST /compra";

    private static final String SAMPLE =
            """
            {"codigo":"NF-1001","valor":1500.00,"data":"2026-11-20","cpf":"529.982.247-25"}""";

    private static final String SAMPLE_BY_ID =
            """
            {"codigo":"NF-1002","valor":80.00,"data":"2026-11-20T15:00:00-03:00",
             "revendedor_id":"0199e9a2-6b1c-7c3e-9d51-3f2a7be6a222"}""";

    private static final String SAMPLE_CHANGE =
            "{\"codigo\":\"NF-1001\",\"valor\":1400.00,\"data\":\"2026-11-20\"}";

    private static final String SAMPLE_LATER = "{\"data\":\"2026-11-21T10:00:00-03:00\"}";

    private static final String SAMPLE_PURCHASE =
            """
            {"codigo":"NF-1001","valor":1500.00,"data":"2026-11-20","status":"Em validação",
             "cashback":"15%","cashback_valor":225.00,"id":"0199e9a2-6b1c-7c3e-9d51-3f2a7be6a111",
             "revendedor":{"id":"0199e9a2-6b1c-7c3e-9d51-3f2a7be6a222","full_name":"Ana Souza",
             "username":"ana.souza","cpf":"52998224725"},"create_at":"2026-11-26T13:00:00Z"}""";

    private static final String SAMPLE_LIST =
            """
            {"compras":[{"codigo":"NF-1001","valor":1500.00,"data":"2026-11-20",
             "cpf":"529.982.247-25"},
             {"codigo":"NF-1002","valor":80.00,"data":"2026-11-20T15:00:00-03:00",
             "revendedor_id":"0199e9a2-6b1c-7c3e-9d51-3f2a7be6a222"}]}""";

    private static final String SAMPLE_LIST_ANSWER =
            """
            {"processadas":1,"criadas":1,"recusadas":0,"detalhes":[{"codigo":"NF-1001",
             "resultado":"criada","id":"0199e9a2-6b1c-7c3e-9d51-3f2a7be6a111",
             "status":"Em validação","motivo":null}]}""";

    private static final String SAMPLE_VERDICT =
            """
            {"status":"Reprovado","motivo":"sent back",
             "ids":["0199e9a2-6b1c-7c3e-9d51-3f2a7be6a111"]}""";

    private static final String SAMPLE_LEAST_VERDICT =
            """
            {"status":"Aprovado",
             "ids":["0199e9a2-6b1c-7c3e-9d51-3f2a7be6a111"]}""";

    private static final String SAMPLE_JUDGED =
            """
            {"processadas":1,"mudadas":1,"recusadas":0,"detalhes":[
             {"id":"0199e9a2-6b1c-7c3e-9d51-3f2a7be6a111","resultado":"mudada",
             "status":"Aprovado","motivo":null}]}""";

    private static final String SAMPLE_DELETED =
            """
            {"id":"0199e9a2-6b1c-7c3e-9d51-3f2a7be6a111","detail":"successfully deleted"}""";

    /// What became of one purchase of a list.
    ///
    /// @param motivo `code-taken`, `unknown-reseller`, `not-theirs`
    public record Entered(
            String codigo,
            String resultado,
            @Nullable UUID id,
            @Nullable String status,
            @Nullable String motivo) {}

    public record EnteredList(
            long processadas, long criadas, long recusadas, List<Entered> detalhes) {}

    /// What became of one of many that were judged.
    ///
    /// @param motivo `not-found`, `no-such-move`, `forbidden`, `reason-missing`
    public record Judged(
            UUID id, String resultado, @Nullable String status, @Nullable String motivo) {}

    public record JudgedList(
            long processadas, long mudadas, long recusadas, List<Judged> detalhes) {}

    private final CreatePurchases createPurchases;
    private final ChangePurchase changePurchase;
    private final JudgePurchases judgePurchases;
    private final PurchaseTable table;
    private final ResellerTable resellers;
    private final RateBook.Reader rateBook;
    private final Database database;
    private final Asking asking;
    private final Clock clock;

    @Inject
    PurchasesHttp(
            CreatePurchases createPurchases,
            ChangePurchase changePurchase,
            JudgePurchases judgePurchases,
            PurchaseTable table,
            ResellerTable resellers,
            RateBook.Reader rateBook,
            Database database,
            Asking asking,
            Clock clock) {
        this.createPurchases = createPurchases;
        this.changePurchase = changePurchase;
        this.judgePurchases = judgePurchases;
        this.table = table;
        this.resellers = resellers;
        this.rateBook = rateBook;
        this.database = database;
        this.asking = asking;
        this.clock = clock;
    }

    @POST
    @Needs(capability = Capability.CASHBACK, role = Role.OPERATOR)
    @SignedIn(Caller.Kind.RESELLER)
    @Operation(
            summary = "Enter a purchase",
            description =
                    "It waits for validation, except for CPFs on the list of approved ones. cashback"
                            + " is the rate of this purchase alone; what is credited goes by the"
                            + " month's total.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = "application/json",
                            examples = {
                                @ExampleObject(name = "sample", value = SAMPLE),
                                @ExampleObject(name = "by the reseller's id", value = SAMPLE_BY_ID)
                            }))
    @APIResponse(
            responseCode = "201",
            description = "The purchase",
            content = @Content(examples = @ExampleObject(name = "sample", value = SAMPLE_PURCHASE)))
    @APIResponse(responseCode = "403", description = "A reseller enters their own alone")
    @APIResponse(responseCode = "409", description = "Another purchase has this code")
    @APIResponse(responseCode = "422", description = "Nobody of that CPF or id is registered")
    public Response create(
            InputStream body, @HeaderParam("Idempotency-Key") @Nullable String idempotencyKey) {
        var caller = asking.caller();
        var identity = Idempotency.identity(caller.id(), CREATE_ROUTE, idempotencyKey);
        var bytes = HttpBody.read(body, HttpBody.USUAL_BYTES);
        var id = Ids.next();
        var request =
                new CreatePurchases.Request(
                        id,
                        CashbackReader.purchase(bytes, clock),
                        caller,
                        identity.map(
                                it -> new Idempotency.Request(it, Idempotency.hash(bytes), id)));
        return switch (createPurchases.create(request)) {
            case CreatePurchases.Outcome.Created(_, var answer) -> json(201, answer).build();
            case CreatePurchases.Outcome.CodeTaken _ -> throw codeTaken();
            case CreatePurchases.Outcome.UnknownReseller() ->
                    throw Problem.of(
                            422,
                            "unknown-reseller",
                            "Nobody of that name",
                            "Nobody of that CPF or id is registered.");
            case CreatePurchases.Outcome.NotTheirs() ->
                    throw Problem.forbidden("You can enter your own purchases alone.");
            case CreatePurchases.Outcome.KeyTaken(Claim.Replay(var status, var stored)) ->
                    json(status, stored).header("Idempotency-Hit", "true").build();
            case CreatePurchases.Outcome.KeyTaken(var claim) -> throw Idempotency.refusal(claim);
        };
    }

    @POST
    @Path("/lote")
    @Needs(capability = Capability.CASHBACK, role = Role.OPERATOR)
    @SignedIn(Caller.Kind.RESELLER)
    @Operation(
            summary = "Enter a list of purchases",
            description =
                    "Up to 10,000 at once, in one transaction. Each is entered or refused by itself;"
                            + " sent again, what is there is refused as code-taken.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = "application/json",
                            examples = @ExampleObject(name = "sample", value = SAMPLE_LIST)))
    @APIResponse(
            responseCode = "200",
            description = "What became of each, in order",
            content =
                    @Content(
                            examples = @ExampleObject(name = "sample", value = SAMPLE_LIST_ANSWER)))
    public EnteredList createAll(InputStream body) {
        var caller = asking.caller();
        var bytes = HttpBody.read(body, HttpBody.USUAL_BYTES);
        var requests =
                CashbackReader.purchases(bytes, clock).stream()
                        .map(
                                it ->
                                        new CreatePurchases.Request(
                                                Ids.next(), it, caller, Optional.empty()))
                        .toList();
        var outcomes = createPurchases.createAll(requests);
        var details = new ArrayList<Entered>(outcomes.size());
        for (var i = 0; i < outcomes.size(); i++) {
            details.add(entered(requests.get(i).wish().code(), outcomes.get(i)));
        }
        var created = details.stream().filter(it -> it.id() != null).count();
        return new EnteredList(details.size(), created, details.size() - created, details);
    }

    @GET
    @Needs(capability = Capability.CASHBACK, role = Role.READ)
    @SignedIn(Caller.Kind.RESELLER)
    @Operation(
            summary = "List purchases, newest first",
            description =
                    "A reseller sees their own, by day; the company sees all, as they were entered."
                            + " ?mes=2026-10, ?status=Aprovado.")
    @APIResponse(
            responseCode = "200",
            description = "A page of purchases",
            content =
                    @Content(
                            examples =
                                    @ExampleObject(
                                            name = "sample",
                                            value =
                                                    "{\"items\":[…],\"total\":1,\"page\":1,"
                                                            + "\"size\":50,\"pages\":1}")))
    @APIResponse(responseCode = "400", description = "A filter that cannot be")
    public PageOf<PurchaseBody> list(
            @QueryParam("page") @Nullable String page,
            @QueryParam("size") @Nullable String size,
            @QueryParam("mes") @Nullable String month,
            @QueryParam("status") @Nullable String status) {
        var caller = asking.caller();
        var place = PageOf.place(page, size);
        var from = CashbackReader.queryMonth(month);
        var filter =
                new PurchaseTable.Filter(
                        Whose.of(caller).orElse(null),
                        from,
                        from == null ? null : from.plusMonths(1),
                        CashbackReader.queryStatus(status),
                        null);
        return database.snapshot(
                tx ->
                        PageOf.of(
                                bodies(tx, table.page(tx, filter, place), caller),
                                table.count(tx, filter),
                                place));
    }

    @PATCH
    @Needs(capability = Capability.CASHBACK, role = Role.OPERATOR)
    @SignedIn(Caller.Kind.RESELLER)
    @Operation(
            summary = "Edit a purchase",
            description = "Only while it is Em validação: codigo, valor, data.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = "application/json",
                            examples = {
                                @ExampleObject(name = "sample", value = SAMPLE_CHANGE),
                                @ExampleObject(
                                        name = "a moment instead of a day",
                                        value = SAMPLE_LATER),
                                @ExampleObject(name = "least", value = "{}")
                            }))
    @APIResponse(
            responseCode = "200",
            description = "The purchase",
            content = @Content(examples = @ExampleObject(name = "sample", value = SAMPLE_PURCHASE)))
    @APIResponse(responseCode = "404", description = "There is none of that id, or not of yours")
    @APIResponse(responseCode = "409", description = "It was judged, or the code is taken")
    public Response change(InputStream body, @QueryParam("id") @Nullable String id) {
        var bytes = HttpBody.read(body, HttpBody.USUAL_BYTES);
        var change = CashbackReader.purchaseChange(bytes, clock);
        return answer(changePurchase.change(asking.caller(), CashbackReader.queryId(id), change));
    }

    @DELETE
    @Needs(capability = Capability.CASHBACK, role = Role.OPERATOR)
    @SignedIn(Caller.Kind.RESELLER)
    @Operation(
            summary = "Delete a purchase",
            description = "Only while it is Em validação. Its code is free again.")
    @APIResponse(
            responseCode = "200",
            description = "Deleted",
            content = @Content(examples = @ExampleObject(name = "sample", value = SAMPLE_DELETED)))
    @APIResponse(responseCode = "404", description = "There is none of that id, or not of yours")
    @APIResponse(responseCode = "409", description = "It was judged")
    public Response delete(@QueryParam("id") @Nullable String id) {
        return answer(changePurchase.delete(asking.caller(), CashbackReader.queryId(id)));
    }

    @POST
    @Path("/{id}/status")
    @Needs(capability = Capability.CASHBACK, role = Role.OPERATOR)
    @Operation(
            summary = "Judge a purchase",
            description =
                    "Em validação becomes Aprovado or Reprovado. Aprovado becomes Reprovado by an"
                            + " administrator, with a motivo.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = "application/json",
                            examples = {
                                @ExampleObject(
                                        name = "sample",
                                        value = "{\"status\":\"Aprovado\",\"motivo\":\"seen\"}"),
                                @ExampleObject(name = "least", value = "{\"status\":\"Aprovado\"}")
                            }))
    @APIResponse(
            responseCode = "200",
            description = "The purchase",
            content = @Content(examples = @ExampleObject(name = "sample", value = SAMPLE_PURCHASE)))
    @APIResponse(responseCode = "404", description = "There is none of that id")
    @APIResponse(responseCode = "409", description = "There is no such move")
    public Response judge(InputStream body, @PathParam("id") String id) {
        var bytes = HttpBody.read(body, HttpBody.USUAL_BYTES);
        var verdict = CashbackReader.verdict(bytes, false);
        var purchaseId = CashbackReader.id(id).orElseThrow(PurchasesHttp::noPurchase);
        return switch (judgePurchases.judge(request(purchaseId, verdict))) {
            case JudgePurchases.Outcome.Judged(var purchase) -> shown(purchase);
            case JudgePurchases.Outcome.Unknown() -> throw noPurchase();
            case JudgePurchases.Outcome.NoSuchMove(var from, var to) ->
                    throw Problem.conflict(
                            "no-such-move",
                            "A purchase that is %s does not become %s."
                                    .formatted(from.label(), to.label()));
            case JudgePurchases.Outcome.NotAllowed() ->
                    throw Problem.forbidden("An approval is taken back by an administrator.");
            case JudgePurchases.Outcome.ReasonMissing() ->
                    throw Problem.invalid("/motivo", "is required to take an approval back");
        };
    }

    @POST
    @Path("/status")
    @Needs(capability = Capability.CASHBACK, role = Role.OPERATOR)
    @Operation(
            summary = "Judge many purchases at once",
            description = "Up to 1,000, in one transaction; each is judged or refused by itself.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = "application/json",
                            examples = {
                                @ExampleObject(name = "sample", value = SAMPLE_VERDICT),
                                @ExampleObject(name = "least", value = SAMPLE_LEAST_VERDICT)
                            }))
    @APIResponse(
            responseCode = "200",
            description = "What became of each, in order",
            content = @Content(examples = @ExampleObject(name = "sample", value = SAMPLE_JUDGED)))
    public JudgedList judgeAll(InputStream body) {
        var bytes = HttpBody.read(body, HttpBody.USUAL_BYTES);
        var verdict = CashbackReader.verdict(bytes, true);
        var outcomes =
                judgePurchases.judgeAll(
                        verdict.ids().stream().map(it -> request(it, verdict)).toList());
        var details = new ArrayList<Judged>(outcomes.size());
        for (var i = 0; i < outcomes.size(); i++) {
            details.add(judged(verdict.ids().get(i), outcomes.get(i)));
        }
        var changed = details.stream().filter(it -> it.motivo() == null).count();
        return new JudgedList(details.size(), changed, details.size() - changed, details);
    }

    private JudgePurchases.Request request(UUID purchaseId, CashbackReader.Verdict verdict) {
        return new JudgePurchases.Request(
                Ids.next(), purchaseId, verdict.status(), verdict.reason(), asking.caller());
    }

    private Response answer(ChangePurchase.Outcome outcome) {
        return switch (outcome) {
            case ChangePurchase.Outcome.Changed(var purchase) -> shown(purchase);
            case ChangePurchase.Outcome.Deleted(var id) ->
                    Response.ok(new ResellersHttp.Gone(id, "successfully deleted")).build();
            case ChangePurchase.Outcome.Unknown() -> throw noPurchase();
            case ChangePurchase.Outcome.NotOpen(var status) ->
                    throw Problem.conflict(
                            "purchase-judged",
                            "It is %s: only what is Em validação can be edited or deleted."
                                    .formatted(status.label()));
            case ChangePurchase.Outcome.CodeTaken _ -> throw codeTaken();
        };
    }

    private Response shown(Purchase purchase) {
        var body =
                database.snapshot(tx -> bodies(tx, List.of(purchase), asking.caller()).getFirst());
        return json(200, body.json()).build();
    }

    private List<PurchaseBody> bodies(Handle tx, List<Purchase> purchases, Caller caller) {
        var book = rateBook.read(tx);
        var people =
                resellers.byIds(
                        tx, purchases.stream().map(Purchase::resellerId).distinct().toList());
        return purchases.stream()
                .map(
                        it ->
                                PurchaseBody.of(
                                        it,
                                        Objects.requireNonNull(people.get(it.resellerId())),
                                        book,
                                        caller))
                .toList();
    }

    private static Entered entered(String code, CreatePurchases.Outcome outcome) {
        return switch (outcome) {
            case CreatePurchases.Outcome.Created(var purchase, _) ->
                    new Entered(code, "criada", purchase.id(), purchase.status().label(), null);
            case CreatePurchases.Outcome.CodeTaken _ -> refused(code, "code-taken");
            case CreatePurchases.Outcome.UnknownReseller() -> refused(code, "unknown-reseller");
            case CreatePurchases.Outcome.NotTheirs() -> refused(code, "not-theirs");
            case CreatePurchases.Outcome.KeyTaken _ ->
                    throw new IllegalStateException("a list has no keys");
        };
    }

    private static Entered refused(String code, String why) {
        return new Entered(code, "recusada", null, null, why);
    }

    private static Judged judged(UUID id, JudgePurchases.Outcome outcome) {
        return switch (outcome) {
            case JudgePurchases.Outcome.Judged(var purchase) ->
                    new Judged(id, "mudada", purchase.status().label(), null);
            case JudgePurchases.Outcome.Unknown() -> refused(id, null, "not-found");
            case JudgePurchases.Outcome.NoSuchMove(var from, _) ->
                    refused(id, from.label(), "no-such-move");
            case JudgePurchases.Outcome.NotAllowed() ->
                    refused(id, PurchaseStatus.APPROVED.label(), "forbidden");
            case JudgePurchases.Outcome.ReasonMissing() ->
                    refused(id, PurchaseStatus.APPROVED.label(), "reason-missing");
        };
    }

    private static Judged refused(UUID id, @Nullable String status, String why) {
        return new Judged(id, "recusada", status, why);
    }

    private static Problem noPurchase() {
        return Problem.notFound("There is no such purchase.");
    }

    private static Problem codeTaken() {
        return Problem.conflict("code-taken", "Another purchase has this codigo.");
    }

    private static Response.ResponseBuilder json(int status, byte[] body) {
        return Response.status(status).type(MediaType.APPLICATION_JSON).entity(body);
    }
}
