package vintem.cashback;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.core.http.HttpServerRequest;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import vintem.access.Capability;
import vintem.access.Needs;
import vintem.access.Open;
import vintem.access.Role;
import vintem.platform.Database;
import vintem.platform.HttpBody;
import vintem.platform.Json;
import vintem.platform.Problem;
import vintem.platform.Settings;
import vintem.platform.Settings.Mode;
import vintem.platform.TaxId;

/// The sandbox's stub of the outside cashback API: it answers as the real one does, and misbehaves
/// on request. Production knows nothing of it.
@Path(SandboxCashbackHttp.PATH)
@Tag(name = "sandbox", description = "What stands in for the outside world")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class SandboxCashbackHttp {
    static final String PATH = "/sandbox/cashback";

    private static final int LONGEST_WORD = 40;
    // Longer than anybody waits for a figure that is only shown.
    private static final Duration SLOW = Duration.ofSeconds(10);

    private static final String SAMPLE = "{\"statusCode\":200,\"body\":{\"credit\":3600}}";
    private static final String SAMPLE_REFUSED =
            "{\"statusCode\":400,\"body\":{\"message\":\"CPF do revendedor(a) inválido\"}}";
    private static final String SAMPLE_BEHAVIOUR = "{\"behaviour\":\"slow\"}";

    private static final String NO_CPF = refusal(400, "CPF do revendedor(a) inválido");
    private static final String NO_TOKEN = refusal(401, "Token inválido");

    private final Database database;
    private final SandboxCashbackTable table;

    @Inject
    SandboxCashbackHttp(Database database, SandboxCashbackTable table) {
        this.database = database;
        this.table = table;
    }

    /// Whether an address is this stub's, at whatever host.
    static boolean isMeantBy(URI address) {
        return address.getPath() != null && address.getPath().startsWith(PATH);
    }

    @GET
    @Path("/v1/cashback")
    @Open
    @Operation(
            summary = "The outside API's stand-in: what credit a CPF has accumulated",
            description = "The inner code decides; HTTP's own is 200 either way.")
    @APIResponse(
            responseCode = "200",
            description = "A credit in whole BRL, or a refusal",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            examples = {
                                @ExampleObject(name = "credit", value = SAMPLE),
                                @ExampleObject(name = "refused", value = SAMPLE_REFUSED)
                            }))
    public Response credit(
            @QueryParam("cpf") @Nullable String cpf,
            @HeaderParam("token") @Nullable String token,
            @Context HttpServerRequest request) {
        refuseInProduction();
        var expected =
                Settings.text("cashback-api-token").orElse(CashbackApiSettings.SANDBOX_TOKEN);
        if (!expected.equals(token)) {
            return json(NO_TOKEN);
        }
        var asked = TaxId.parse(cpf).filter(TaxId.Cpf.class::isInstance);
        if (asked.isEmpty()) {
            return json(NO_CPF);
        }
        return behave(asked.get(), request);
    }

    @GET
    @Path("/behaviour")
    @Needs(capability = Capability.CASHBACK, role = Role.READ)
    @Operation(summary = "How the stand-in behaves")
    @APIResponse(
            responseCode = "200",
            description = "One of the words of docs/sandbox.md",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            examples = @ExampleObject(name = "slow", value = SAMPLE_BEHAVIOUR)))
    public Response behaviour() {
        refuseInProduction();
        return json(shown(database.transaction(table::behaviour)));
    }

    @PUT
    @Path("/behaviour")
    @Needs(capability = Capability.CASHBACK, role = Role.ADMIN)
    @Operation(summary = "Make the stand-in behave, or misbehave")
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            examples = @ExampleObject(name = "slow", value = SAMPLE_BEHAVIOUR)))
    @APIResponse(
            responseCode = "200",
            description = "From now on, on every node",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            examples = @ExampleObject(name = "slow", value = SAMPLE_BEHAVIOUR)))
    public Response behave(InputStream body) {
        refuseInProduction();
        var fields = HttpBody.object(body);
        var behaviour = SandboxBehaviour.parse(fields.requiredText("behaviour", LONGEST_WORD));
        if (behaviour.isEmpty() && fields.has("behaviour")) {
            fields.wrong("behaviour", "is none of the words of docs/sandbox.md");
        }
        fields.orThrow();
        database.run(tx -> table.behave(tx, behaviour.orElseThrow()));
        return json(shown(behaviour.orElseThrow()));
    }

    private Response behave(TaxId cpf, HttpServerRequest request) {
        var behaviour =
                SandboxBehaviour.calledBy(cpf)
                        .orElseGet(() -> database.transaction(table::behaviour));
        if (behaviour == SandboxBehaviour.SLOW) {
            sleep();
        }
        if (behaviour == SandboxBehaviour.UNREACHABLE) {
            request.connection().close().toCompletionStage().toCompletableFuture().join();
        }
        if (behaviour == SandboxBehaviour.FAILING) {
            return Response.serverError()
                    .type(MediaType.TEXT_HTML)
                    .entity(behaviour.answer(cpf))
                    .build();
        }
        return json(behaviour.answer(cpf));
    }

    private static void sleep() {
        try {
            Thread.sleep(SLOW);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void refuseInProduction() {
        if (Settings.mode() == Mode.PRODUCTION) {
            throw Problem.notFound("There is no such route.");
        }
    }

    private static String shown(SandboxBehaviour behaviour) {
        return Json.text(Map.of("behaviour", behaviour.word()));
    }

    private static String refusal(int code, String message) {
        return "{\"statusCode\":%d,\"body\":{\"message\":\"%s\"}}".formatted(code, message);
    }

    private static Response json(String body) {
        return Response.ok(body, MediaType.APPLICATION_JSON).build();
    }
}
