package vintem;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import vintem.Routes.Route;
import vintem.access.Open;

/// `/openapi` describes the routes that there are, and `docs/openapi.yaml` is the same description.
@QuarkusTest
@QuarkusTestResource(World.class)
class OpenApiTest {
    private static final Path PAGE = Path.of("docs/openapi.yaml");

    private static final ObjectMapper YAML =
            new ObjectMapper(
                            new YAMLFactory()
                                    .disable(YAMLGenerator.Feature.SPLIT_LINES)
                                    .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                                    // A text of digits is a text.
                                    .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS))
                    .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

    static Stream<Route> routes() {
        return Routes.all().stream().filter(route -> !route.isPage());
    }

    @Test
    void it_has_every_route_and_no_other() {
        var documented = new TreeSet<String>();
        described()
                .required("paths")
                .properties()
                .forEach(
                        path ->
                                path.getValue()
                                        .fieldNames()
                                        .forEachRemaining(
                                                verb ->
                                                        documented.add(
                                                                verb.toUpperCase(Locale.ROOT)
                                                                        + " "
                                                                        + path.getKey())));
        var routes = new TreeSet<String>();
        routes().forEach(route -> routes.add(route.toString()));
        assertThat(documented).isEqualTo(routes);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("routes")
    void each_route_says_what_it_does_and_what_it_answers(Route route) {
        var operation = operation(route);
        // Without one the name of the method stands there, in capitals.
        assertThat(operation.path("summary").textValue()).matches("[A-Z][^A-Z]+.*");
        assertThat(operation.path("tags")).isNotEmpty();
        var responses = operation.required("responses");
        assertThat(responses.fieldNames()).toIterable().anyMatch(status -> status.startsWith("2"));
        assertThat(responses.has("401") || isOpen(route)).as("401").isTrue();
        assertThat(operation.has("security")).isEqualTo(!isOpen(route));
        if (route.path().endsWith("}") && !route.verb().equals("PUT")) {
            assertThat(responses.has("404")).as("404").isTrue();
        }
        responses
                .properties()
                .forEach(
                        each -> {
                            var what = each.getKey() + " " + each.getValue();
                            assertThat(each.getValue().required("description").textValue())
                                    .isNotBlank();
                            if (each.getKey().startsWith("4") || each.getKey().startsWith("5")) {
                                assertThat(each.getValue().at("/content").fieldNames())
                                        .toIterable()
                                        .as(what)
                                        .containsExactly("application/problem+json");
                            } else if (!List.of("204", "303").contains(each.getKey())) {
                                assertShown(what, each.getValue());
                            }
                        });
        if (operation.has("requestBody")) {
            assertThat(operation.at("/requestBody/content").toString()).contains("\"examples\"");
            assertThat(responses.has("400")).as("400").isTrue();
        }
    }

    /// By a sample or by a schema that says something.
    private static void assertShown(String what, JsonNode response) {
        assertThat(response.path("content")).as(what).isNotEmpty();
        response.path("content")
                .forEach(
                        media ->
                                assertThat(
                                                media.has("examples")
                                                        || media.at("/schema").has("$ref")
                                                        || media.at("/schema").has("type"))
                                        .as(what)
                                        .isTrue());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("routes")
    void each_body_that_is_asked_for_is_typed_and_its_samples_fit(Route route) {
        for (var media : operation(route).at("/requestBody/content").properties()) {
            var schema = media.getValue().required("schema");
            if (media.getKey().endsWith("json")) {
                assertThat(schema.required("type").textValue()).isEqualTo("object");
                assertThat(schema.required("properties")).isNotEmpty();
                for (var sample : media.getValue().required("examples")) {
                    assertFits(schema, sample.required("value"), route + " " + sample);
                }
            } else if (media.getKey().endsWith("urlencoded")) {
                assertThat(schema.required("properties")).isNotEmpty();
            } else if (media.getKey().startsWith("multipart/")) {
                assertThat(schema.at("/properties/file/format").textValue()).isEqualTo("binary");
            }
        }
    }

    private static void assertFits(JsonNode schema, JsonNode value, String what) {
        var types = new TreeSet<String>();
        schema.path("type").forEach(each -> types.add(each.textValue()));
        if (schema.path("type").isTextual()) {
            types.add(schema.path("type").textValue());
        }
        var type =
                switch (value.getNodeType()) {
                    case NUMBER -> value.isIntegralNumber() ? "integer" : "number";
                    default -> value.getNodeType().name().toLowerCase(Locale.ROOT);
                };
        assertThat(types).as(what).containsAnyOf(type, type.equals("integer") ? "number" : type);
        schema.path("required")
                .forEach(each -> assertThat(value.has(each.textValue())).as(what).isTrue());
        for (var member : value.properties()) {
            var known = schema.path("properties").path(member.getKey());
            assertFits(
                    known.isMissingNode() ? schema.required("additionalProperties") : known,
                    member.getValue(),
                    what);
        }
        for (var i = 0; i < value.size() && value.isArray(); i++) {
            assertFits(schema.required("items"), value.get(i), what);
        }
    }

    @Test
    void members_are_named_as_they_are_sent() {
        described()
                .required("components")
                .required("schemas")
                .forEach(
                        schema ->
                                assertThat(schema.path("properties").fieldNames())
                                        .toIterable()
                                        .allMatch(name -> name.matches("[a-z0-9_]+")));
    }

    @Test
    void it_comes_as_yaml_or_json_as_asked() throws IOException {
        var yaml = Http.nobody().get("/openapi");
        assertThat(yaml.header("Content-Type")).startsWith("application/yaml");
        assertThat(YAML.readTree(yaml.body()).at("/info/title").textValue()).isEqualTo("Vintém");
        assertThat(Http.nobody().get("/openapi.yaml").body()).isEqualTo(yaml.body());
        var json = Http.nobody().get("/openapi.json");
        assertThat(json.header("Content-Type")).startsWith("application/json");
        assertThat(json.json()).isEqualTo(YAML.readTree(yaml.body()));
        assertThat(Http.nobody().with("Accept", "application/json").get("/openapi").body())
                .isEqualTo(json.body());
        assertThat(Http.nobody().get("/openapi?format=YAML").body()).isEqualTo(yaml.body());
        var either = "application/openapi+json, application/json;q=0.9";
        assertThat(Http.nobody().with("Accept", either).get("/openapi").body())
                .isEqualTo(json.body());
        assertThat(Http.nobody().get("/openapi/").body()).isEqualTo(yaml.body());
        var refused = Http.nobody().post("/openapi", "{}");
        assertThat(refused.status()).isEqualTo(405);
        assertThat(refused.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(refused.json().get("type").textValue()).endsWith("/method-not-allowed");
        assertThat(Http.nobody().get("/openapi.xml").status()).isEqualTo(404);
    }

    /// Where it has changed on purpose: copy `target/openapi.yaml` to `docs/`.
    @Test
    void the_committed_description_is_the_true_one() throws IOException {
        var now = YAML.writeValueAsString(YAML.treeToValue(described(), TreeMap.class));
        Files.writeString(Path.of("target/openapi.yaml"), now);
        assertThat(Files.exists(PAGE)).isTrue();
        assertThat(Files.readString(PAGE)).isEqualTo(now);
    }

    static JsonNode operation(Route route) {
        return described()
                .required("paths")
                .required(route.path())
                .required(route.verb().toLowerCase(Locale.ROOT));
    }

    private static boolean isOpen(Route route) {
        return route.method().isAnnotationPresent(Open.class);
    }

    /// Without the routes that other tests add.
    private static JsonNode described() {
        var answer = Http.nobody().with("Accept", "application/json").get("/openapi?format=json");
        var json = answer.json();
        var paths = (com.fasterxml.jackson.databind.node.ObjectNode) json.required("paths");
        paths.propertyStream()
                .map(java.util.Map.Entry::getKey)
                .filter(path -> path.startsWith("/test-routes"))
                .toList()
                .forEach(paths::remove);
        return json;
    }
}
