package vintem.privacy;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import vintem.access.Asking;
import vintem.access.Capability;
import vintem.access.Needs;
import vintem.access.ReadLog;
import vintem.access.Role;
import vintem.platform.HttpBody;
import vintem.platform.Json;
import vintem.platform.PersonalData.Found;
import vintem.platform.Problem;

/// Somebody's data, wherever it is. Who is meant stands in bodies, never in addresses.
@Path("/privacy")
@Tag(name = "privacy", description = "What is kept about people")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class PrivacyHttp {
    private static final String SAMPLE =
            """
            {"tax_id":"529.982.247-25","email":"ana@example.com","pix_key":"+5511912345678",
             "id":"0199e9a2-6b1c-7c3e-9d51-3f2a7be6a111","name":"Ana Souza"}""";

    private static final String SAMPLE_LEAST = "{\"tax_id\":\"529.982.247-25\"}";

    private static final String SAMPLE_BY_EMAIL = "{\"email\":\"ana@example.com\"}";

    private static final String SAMPLE_ERASURE =
            """
            {"tax_id":"529.982.247-25","email":"ana@example.com","pix_key":"+5511912345678",
             "id":"0199e9a2-6b1c-7c3e-9d51-3f2a7be6a111","name":"Ana Souza",
             "keep_proof":true}""";

    private static final String SAMPLE_FOUND =
            """
            {"found":{"payments":[{"type":"payment","id":"0199e9a2-6b1c-7c3e-9d51-3f2a7be6a111",
             "at":"2026-11-22T13:00:00Z","detail":"paid"}],"payouts":[]},"rows":1}""";

    private static final String SAMPLE_EXPORT =
            """
            {"payments":[{"id":"0199e9a2-6b1c-7c3e-9d51-3f2a7be6a111","payer_name":"Ana Souza"}],
             "payouts":[]}""";

    private static final String SAMPLE_FORGOTTEN =
            """
            {"pseudonym":"apagado-3f2a7be6a111","rows":{"billing":2,"payments":1}}""";

    /// @param rows how many there are, at most a hundred of each module
    public record Answer(Map<String, List<Found>> found, int rows) {}

    /// @param pseudonym what stands there instead
    public record Forgotten(String pseudonym, Map<String, Long> rows) {}

    private final People people;
    private final ReadLog reads;
    private final Asking asking;

    @Inject
    PrivacyHttp(People people, ReadLog reads, Asking asking) {
        this.people = people;
        this.reads = reads;
        this.asking = asking;
    }

    @POST
    @Path("/searches")
    @Needs(capability = Capability.SETTINGS, role = Role.ADMIN)
    @Operation(
            summary = "Find what is kept about somebody",
            description = "By tax_id, email, pix_key, id of a row, or name. Noted as a read.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = "application/json",
                            examples = {
                                @ExampleObject(name = "sample", value = SAMPLE),
                                @ExampleObject(name = "least", value = SAMPLE_LEAST),
                                @ExampleObject(name = "by e-mail", value = SAMPLE_BY_EMAIL)
                            }))
    @APIResponse(
            responseCode = "200",
            description = "The rows of each module, by their ids",
            content = @Content(examples = @ExampleObject(name = "sample", value = SAMPLE_FOUND)))
    @APIResponse(responseCode = "400", description = "Nobody is named, or something else is wrong")
    @APIResponse(responseCode = "413", description = "The body is too large")
    public Answer search(InputStream body) {
        var fields = HttpBody.object(body);
        var person = PersonReader.person(fields);
        fields.orThrow();
        PersonReader.named(person);
        reads.note(asking.caller(), "search", "", "POST /privacy/searches");
        var found = people.find(person);
        return new Answer(found, People.flat(found).size());
    }

    @POST
    @Path("/exports")
    @Needs(capability = Capability.SETTINGS, role = Role.ADMIN)
    @Operation(
            summary = "Hand out all that is kept about somebody",
            description = "LGPD, art. 18, II and V: every row as it stands, by module.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = "application/json",
                            examples = {
                                @ExampleObject(name = "sample", value = SAMPLE),
                                @ExampleObject(name = "least", value = SAMPLE_LEAST),
                                @ExampleObject(name = "by e-mail", value = SAMPLE_BY_EMAIL)
                            }))
    @APIResponse(
            responseCode = "200",
            description = "Everything",
            content = @Content(examples = @ExampleObject(name = "sample", value = SAMPLE_EXPORT)))
    @APIResponse(responseCode = "400", description = "A name alone, or something else is wrong")
    @APIResponse(responseCode = "413", description = "The body is too large")
    public Response export(InputStream body) {
        var fields = HttpBody.object(body);
        var person = PersonReader.person(fields);
        fields.orThrow();
        PersonReader.identified(person);
        reads.note(asking.caller(), "person", "", "POST /privacy/exports");
        return file(people.export(asking.caller(), person));
    }

    static Response file(String json) {
        return Response.ok(json, MediaType.APPLICATION_JSON_TYPE.withCharset("UTF-8"))
                .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"pessoa.json\"")
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .header("X-Content-Type-Options", "nosniff")
                .build();
    }

    @POST
    @Path("/erasures")
    @Needs(capability = Capability.SETTINGS, role = Role.ADMIN)
    @Operation(
            summary = "Forget somebody",
            description =
                    "Everywhere at once, or nowhere. keep_proof, true where it is left out, leaves"
                            + " what is owed and what proves payments of the last years (LGPD, art."
                            + " 16, I); a job forgets it when the law needs it no more. Amounts and"
                            + " the ledger stay in any case. It cannot be undone.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = "application/json",
                            examples = {
                                @ExampleObject(name = "sample", value = SAMPLE_ERASURE),
                                @ExampleObject(name = "least", value = SAMPLE_LEAST),
                                @ExampleObject(name = "by e-mail", value = SAMPLE_BY_EMAIL)
                            }))
    @APIResponse(
            responseCode = "200",
            description = "Forgotten; also where nothing was kept",
            content =
                    @Content(examples = @ExampleObject(name = "sample", value = SAMPLE_FORGOTTEN)))
    @APIResponse(responseCode = "400", description = "A name alone, or something else is wrong")
    @APIResponse(
            responseCode = "409",
            description = "Money is under way, a file is being imported, or it is an active user")
    @APIResponse(responseCode = "413", description = "The body is too large")
    public Response forget(InputStream body) {
        var fields = HttpBody.object(body);
        var person = PersonReader.person(fields);
        var keepProof = fields.flag("keep_proof");
        fields.orThrow();
        PersonReader.identified(person);
        return switch (people.forget(asking.caller(), person, keepProof == null || keepProof)) {
            case People.Outcome.Forgotten(var pseudonym, var rows) ->
                    Response.ok(Json.write(new Forgotten(pseudonym, rows))).build();
            case People.Outcome.NotNow(var reasons) ->
                    throw Problem.conflict("not-now", "Nothing was forgotten: " + reasons + ".")
                            .header("Retry-After", "60");
        };
    }
}
