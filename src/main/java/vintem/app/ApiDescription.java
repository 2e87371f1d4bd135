package vintem.app;

import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.examples.Example;
import org.eclipse.microprofile.openapi.models.media.Content;
import org.eclipse.microprofile.openapi.models.media.MediaType;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;
import org.eclipse.microprofile.openapi.models.security.SecurityScheme;
import org.jboss.jandex.IndexView;
import vintem.access.Open;

/// Adds to `/openapi` what holds for all routes and no annotation should have to repeat: who is
/// asked for a credential, and what a refusal looks like. Pages are for browsers and left out.
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public class ApiDescription implements OASFilter {
    private static final String BEARER = "bearer";
    private static final String PROBLEM = "Problem";
    private static final String PROBLEM_JSON = "application/problem+json";

    /// Operation ids, `Class_method`, of routes that ask nobody.
    private final Set<String> open;

    private final ProblemSamples samples = new ProblemSamples();

    public ApiDescription(IndexView index) {
        open =
                index.getAnnotations(Open.class).stream()
                        .map(each -> each.target().asMethod())
                        .map(method -> method.declaringClass().simpleName() + "_" + method.name())
                        .collect(Collectors.toSet());
    }

    @Override
    public void filterOpenAPI(OpenAPI api) {
        List.copyOf(api.getPaths().getPathItems().keySet()).stream()
                .filter(path -> path.equals("/app") || path.startsWith("/app/"))
                .forEach(api.getPaths()::removePathItem);
        if (api.getComponents() == null) {
            api.setComponents(OASFactory.createComponents());
        }
        api.getComponents().addSecurityScheme(BEARER, bearer()).addSchema(PROBLEM, problem());
        api.getPaths()
                .getPathItems()
                .values()
                .forEach(path -> path.getOperations().values().forEach(this::complete));
        samples.all().forEach(api.getComponents()::addExample);
    }

    private void complete(Operation operation) {
        if (!open.contains(operation.getOperationId())) {
            operation.addSecurityRequirement(
                    OASFactory.createSecurityRequirement().addScheme(BEARER));
            describe(operation, "401", "No credential, or not a valid one");
            describe(operation, "403", "This credential may not do that");
        }
        if (operation.getRequestBody() != null) {
            describe(operation, "400", "The body is not what this route takes");
            describe(operation, "413", "The body is too large");
            // Bodies are read as streams, of which no annotation tells the shape.
            operation
                    .getRequestBody()
                    .getContent()
                    .getMediaTypes()
                    .forEach((type, media) -> media.setSchema(RequestShape.of(type, media)));
        }
        describe(operation, "503", "Too much at once, or the database is away");
        operation
                .getResponses()
                .getAPIResponses()
                .forEach(
                        (status, response) -> {
                            if (status.compareTo("400") >= 0) {
                                response.setContent(problemContent(status, response));
                            } else if (response.getContent() != null) {
                                response.getContent()
                                        .getMediaTypes()
                                        .forEach(ApiDescription::giveShape);
                            }
                        });
    }

    private static void describe(Operation operation, String status, String what) {
        var responses = operation.getResponses();
        if (!responses.hasAPIResponse(status)) {
            responses.addAPIResponse(status, OASFactory.createAPIResponse().description(what));
        }
    }

    /// A route that writes its answer by hand has only a sample.
    private static void giveShape(String type, MediaType media) {
        if (media.getSchema() != null || media.getExamples() == null) {
            return;
        }
        if (type.endsWith("json") || type.equals("*/*")) {
            media.getExamples().values().stream()
                    .map(Example::getValue)
                    .filter(Objects::nonNull)
                    .findFirst()
                    .flatMap(SampleSchema::of)
                    .ifPresent(media::setSchema);
        }
    }

    /// With the samples that its annotation has, or those of what it says.
    private Content problemContent(String status, APIResponse response) {
        var media =
                OASFactory.createMediaType()
                        .schema(OASFactory.createSchema().ref("#/components/schemas/" + PROBLEM));
        var annotated = response.getContent();
        if (annotated != null) {
            annotated.getMediaTypes().values().stream()
                    .filter(it -> it.getExamples() != null)
                    .forEach(it -> it.getExamples().forEach(media::addExample));
        }
        if (media.getExamples() == null || media.getExamples().isEmpty()) {
            samples.of(status, response.getDescription()).forEach(media::addExample);
        }
        return OASFactory.createContent().addMediaType(PROBLEM_JSON, media);
    }

    private static SecurityScheme bearer() {
        return OASFactory.createSecurityScheme()
                .type(SecurityScheme.Type.HTTP)
                .scheme("bearer")
                .description("An API key (`vtm_…`) or a token from `POST /token`");
    }

    private static Schema problem() {
        var violation =
                schema(SchemaType.OBJECT)
                        .addProperty("pointer", schema(SchemaType.STRING))
                        .addProperty("reason", schema(SchemaType.STRING));
        return schema(SchemaType.OBJECT)
                .description("RFC 9457; every code is in docs/outcomes.md")
                .addProperty(
                        "type",
                        schema(SchemaType.STRING)
                                .addExample("https://vintem.dev/problems/invalid-request"))
                .addProperty("title", schema(SchemaType.STRING))
                .addProperty("status", schema(SchemaType.INTEGER))
                .addProperty("detail", schema(SchemaType.STRING))
                .addProperty("violations", schema(SchemaType.ARRAY).items(violation))
                .addProperty("violation_count", schema(SchemaType.INTEGER))
                .addProperty("trace_id", schema(SchemaType.STRING))
                .required(
                        new ArrayList<>(List.of("type", "title", "status", "detail", "trace_id")));
    }

    private static Schema schema(SchemaType type) {
        return OASFactory.createSchema().type(new ArrayList<>(List.of(type)));
    }
}
