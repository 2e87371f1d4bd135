package vintem.cashback;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.core.http.HttpServerRequest;
import jakarta.inject.Inject;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.Locale;
import java.util.Map;
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
import vintem.access.Open;
import vintem.access.ReadsPerson;
import vintem.access.Role;
import vintem.access.SignedIn;
import vintem.platform.ClientAddress;
import vintem.platform.Database;
import vintem.platform.HttpBody;
import vintem.platform.Json;
import vintem.platform.Problem;

/// The routes of resellers. Names and bodies are the contract's.
@Path("/")
@Tag(name = "resellers", description = "Who buys to sell again")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class ResellersHttp {
    private static final String SAMPLE =
            """
            {"full_name":"Ana Souza","username":"ana.souza","password":"a good one",
             "cpf":"529.982.247-25","email":"ana@example.com","phone":"+55 11 98765-4321"}""";

    private static final String SAMPLE_LEAST =
            """
            {"full_name":"Ana Souza","username":"ana.souza","password":"a good one",
             "cpf":"529.982.247-25","email":"ana@example.com"}""";

    private static final String SAMPLE_CHANGE =
            """
            {"full_name":"Ana Souza","email":"ana.souza@example.com",
             "phone":"+55 11 98765-4321"}""";

    private static final String SAMPLE_RESELLER =
            """
            {"id":"0199e9a2-6b1c-7c3e-9d51-3f2a7be6a111","full_name":"Ana Souza",
             "username":"ana.souza","cpf":"52998224725","email":"ana@example.com",
             "phone":"+5511987654321","create_at":"2026-11-26T13:00:00Z"}""";

    private static final String SAMPLE_PAGE =
            """
            {"items":[{"id":"0199e9a2-6b1c-7c3e-9d51-3f2a7be6a111","full_name":"Ana Souza",
             "username":"ana.souza","cpf":"***.982.247-**","email":null,"phone":null,
             "create_at":"2026-11-26T13:00:00Z"}],"total":1,"page":1,"size":50,"pages":1}""";

    private static final String SAMPLE_ME =
            """
            {"id":"0199e9a2-6b1c-7c3e-9d51-3f2a7be6a111","kind":"reseller","name":"ana.souza",
             "roles":{},"revendedor":{"id":"0199e9a2-6b1c-7c3e-9d51-3f2a7be6a111",
             "full_name":"Ana Souza","username":"ana.souza","cpf":"52998224725",
             "email":"ana@example.com","phone":null,"create_at":"2026-11-26T13:00:00Z"}}""";

    private static final String SAMPLE_DELETED =
            """
            {"id":"0199e9a2-6b1c-7c3e-9d51-3f2a7be6a111","detail":"successfully deleted"}""";

    private static final String SAMPLE_EXPORT =
            "{\"revendedor\":{…},\"compras\":[…],\"meses\":[…],\"resgates\":[…],\"lancamentos\":[…]}";

    /// Whose credential it is.
    ///
    /// @param revendedor null where the caller is no reseller
    public record Me(
            UUID id,
            String kind,
            String name,
            Map<String, String> roles,
            @Nullable ResellerBody revendedor) {}

    /// What is gone.
    public record Gone(UUID id, String detail) {}

    private final RegisterReseller registerReseller;
    private final ChangeReseller changeReseller;
    private final PersonalData personalData;
    private final ResellerTable table;
    private final Database database;
    private final Asking asking;

    @Inject
    ResellersHttp(
            RegisterReseller registerReseller,
            ChangeReseller changeReseller,
            PersonalData personalData,
            ResellerTable table,
            Database database,
            Asking asking) {
        this.registerReseller = registerReseller;
        this.changeReseller = changeReseller;
        this.personalData = personalData;
        this.table = table;
        this.database = database;
        this.asking = asking;
    }

    @GET
    @Path("auth/me")
    @SignedIn
    @Operation(summary = "See who you are, with your data as a reseller")
    @APIResponse(
            responseCode = "200",
            description = "The caller",
            content = @Content(examples = @ExampleObject(name = "sample", value = SAMPLE_ME)))
    public Me me() {
        var caller = asking.caller();
        var reseller =
                caller.kind() == Caller.Kind.RESELLER
                        ? database.transaction(tx -> table.byId(tx, caller.id()))
                                .map(it -> ResellerBody.of(it, caller))
                                .orElse(null)
                        : null;
        return new Me(
                caller.id(),
                caller.kind().name().toLowerCase(Locale.ROOT),
                caller.name(),
                caller.grant().roleWords(),
                reseller);
    }

    @POST
    @Path("revendedor")
    @Open
    @Operation(
            summary = "Register as a reseller",
            description =
                    "Takes no credential; so many from one address, then ever slower. Whatever else"
                            + " is sent, a reseller has no role. The CPF may come with its mask.")
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
            description = "The reseller",
            content = @Content(examples = @ExampleObject(name = "sample", value = SAMPLE_RESELLER)))
    @APIResponse(responseCode = "409", description = "The CPF, e-mail or user name is taken")
    @APIResponse(responseCode = "429", description = "Too many from this address")
    public Response register(InputStream body, @Context HttpServerRequest request) {
        var bytes = HttpBody.read(body, HttpBody.USUAL_BYTES);
        var registration = CashbackReader.registration(bytes);
        return switch (registerReseller.register(registration, ClientAddress.of(request))) {
            case RegisterReseller.Outcome.Registered(var reseller) ->
                    json(201, Json.write(own(reseller)));
            case RegisterReseller.Outcome.NameTaken() ->
                    throw Problem.conflict("username-taken", "There is a user of that name.");
            case RegisterReseller.Outcome.CpfTaken() ->
                    throw Problem.conflict("cpf-taken", "Somebody is registered with this CPF.");
            case RegisterReseller.Outcome.EmailTaken() -> throw emailTaken();
            case RegisterReseller.Outcome.TooMany(var pause) ->
                    throw Problem.tooManyRequests(
                            "Too many have registered from this address: wait a little.",
                            pause.plusMillis(999).toSeconds());
        };
    }

    @GET
    @Path("revendedor")
    @Needs(capability = Capability.CASHBACK, role = Role.READ)
    @SignedIn(Caller.Kind.RESELLER)
    @Operation(
            summary = "List resellers",
            description = "A reseller sees themselves. CPFs are masked for all but administrators.")
    @APIResponse(
            responseCode = "200",
            description = "A page of resellers",
            content = @Content(examples = @ExampleObject(name = "sample", value = SAMPLE_PAGE)))
    @APIResponse(responseCode = "400", description = "A filter that cannot be")
    public PageOf<ResellerBody> list(
            @QueryParam("id") @Nullable String id,
            @QueryParam("cpf") @Nullable String cpf,
            @QueryParam("username") @Nullable String userName,
            @QueryParam("page") @Nullable String page,
            @QueryParam("size") @Nullable String size) {
        var caller = asking.caller();
        var place = PageOf.place(page, size);
        var wanted = CashbackReader.queryIdOrNull(id);
        var person = CashbackReader.cpf(cpf);
        if (cpf != null && person.isEmpty()) {
            throw Problem.invalid("?cpf", "is not a valid CPF");
        }
        var filter =
                new ResellerTable.Filter(
                        Whose.of(caller).orElse(wanted),
                        person.map(it -> it.value()).orElse(null),
                        userName == null ? null : userName.replace("\0", "\uFFFD"));
        if (Whose.of(caller).isPresent() && wanted != null && !wanted.equals(caller.id())) {
            return PageOf.of(java.util.List.of(), 0, place);
        }
        return database.snapshot(
                tx ->
                        PageOf.of(table.page(tx, filter, place), table.count(tx, filter), place)
                                .map(it -> ResellerBody.of(it, caller)));
    }

    @PATCH
    @Path("revendedor")
    @Needs(capability = Capability.CASHBACK, role = Role.ADMIN)
    @SignedIn(Caller.Kind.RESELLER)
    @Operation(summary = "Change a reseller's name, e-mail or phone")
    @RequestBody(
            content =
                    @Content(
                            mediaType = "application/json",
                            examples = {
                                @ExampleObject(name = "sample", value = SAMPLE_CHANGE),
                                @ExampleObject(name = "least", value = "{}")
                            }))
    @APIResponse(
            responseCode = "200",
            description = "The reseller",
            content = @Content(examples = @ExampleObject(name = "sample", value = SAMPLE_RESELLER)))
    @APIResponse(responseCode = "404", description = "There is none of that id, or it is not you")
    @APIResponse(responseCode = "409", description = "The e-mail is taken")
    public Response change(InputStream body, @QueryParam("id") @Nullable String id) {
        var bytes = HttpBody.read(body, HttpBody.USUAL_BYTES);
        var change = CashbackReader.resellerChange(bytes);
        return answer(changeReseller.change(theirs(id), change));
    }

    @DELETE
    @Path("revendedor")
    @Needs(capability = Capability.CASHBACK, role = Role.ADMIN)
    @SignedIn(Caller.Kind.RESELLER)
    @Operation(
            summary = "Delete a reseller",
            description =
                    "They neither sign in nor buy any more; what they bought and what is owed to"
                            + " them stays.")
    @APIResponse(
            responseCode = "200",
            description = "Deleted",
            content = @Content(examples = @ExampleObject(name = "sample", value = SAMPLE_DELETED)))
    @APIResponse(responseCode = "404", description = "There is none of that id, or it is not you")
    public Response delete(@QueryParam("id") @Nullable String id) {
        return answer(changeReseller.delete(asking.caller(), theirs(id)));
    }

    @GET
    @Path("revendedor/dados")
    @ReadsPerson("reseller")
    @Needs(capability = Capability.CASHBACK, role = Role.ADMIN)
    @SignedIn(Caller.Kind.RESELLER)
    @Operation(summary = "Hand out all that is kept about a reseller")
    @APIResponse(
            responseCode = "200",
            description = "All of it",
            content = @Content(examples = @ExampleObject(name = "sample", value = SAMPLE_EXPORT)))
    @APIResponse(responseCode = "404", description = "There is none of that id, or it is not you")
    public Response export(@QueryParam("id") @Nullable String id) {
        var export =
                personalData.export(asking.caller(), theirs(id)).orElseThrow(Whose::noReseller);
        return Response.ok(export)
                .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"vintem.json\"")
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .build();
    }

    @DELETE
    @Path("revendedor/dados")
    @Needs(capability = Capability.CASHBACK, role = Role.ADMIN)
    @SignedIn(Caller.Kind.RESELLER)
    @Operation(
            summary = "Forget a reseller",
            description =
                    "Deletes the reseller and everything that names the person: name, CPF, e-mail,"
                            + " phone, user name, Pix keys. Purchases and the ledger stay.")
    @APIResponse(
            responseCode = "200",
            description = "Forgotten",
            content = @Content(examples = @ExampleObject(name = "sample", value = SAMPLE_DELETED)))
    @APIResponse(responseCode = "404", description = "There is none of that id, or it is not you")
    @APIResponse(responseCode = "409", description = "They are being paid at this moment")
    public Response forget(@QueryParam("id") @Nullable String id) {
        return answer(changeReseller.forget(asking.caller(), theirs(id)));
    }

    private UUID theirs(@Nullable String id) {
        var caller = asking.caller();
        return Whose.ofAsked(caller, CashbackReader.queryId(id));
    }

    private Response answer(ChangeReseller.Outcome outcome) {
        return switch (outcome) {
            case ChangeReseller.Outcome.Changed(var reseller) ->
                    json(200, Json.write(ResellerBody.of(reseller, asking.caller())));
            case ChangeReseller.Outcome.Deleted(var id) ->
                    json(200, Json.write(new Gone(id, "successfully deleted")));
            case ChangeReseller.Outcome.Forgotten(var id) ->
                    json(200, Json.write(new Gone(id, "successfully deleted")));
            case ChangeReseller.Outcome.Unknown() -> throw Whose.noReseller();
            case ChangeReseller.Outcome.EmailTaken() -> throw emailTaken();
            case ChangeReseller.Outcome.PayoutUnderWay() ->
                    throw Problem.conflict(
                            "payout-under-way",
                            "A payout to them is under way: try again when it is done.");
        };
    }

    /// As the one who has just registered sees it.
    private static ResellerBody own(Reseller reseller) {
        return new ResellerBody(
                reseller.id(),
                reseller.fullName(),
                reseller.userName(),
                reseller.cpf(),
                reseller.email(),
                reseller.phone(),
                reseller.createdAt());
    }

    private static Problem emailTaken() {
        return Problem.conflict("email-taken", "Somebody is registered with this e-mail address.");
    }

    private static Response json(int status, byte[] body) {
        return Response.status(status)
                .type(MediaType.APPLICATION_JSON)
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .entity(body)
                .build();
    }
}
