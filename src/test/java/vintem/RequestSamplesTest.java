package vintem;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import vintem.Routes.Route;

/// The samples of JSON bodies, from which `/openapi` tells what a request may and must have, say
/// what the routes do: each is asked with a required member taken away, so that nothing is written.
@QuarkusTest
@QuarkusTestResource(World.class)
class RequestSamplesTest {
    private static final String LEAST = "least";

    // Without a key nobody can be paid: that item fails, and the batch is answered with 200.
    private static final Set<String> ANSWERED_OTHERWISE =
            Set.of("POST /payouts/batch /items/pix_key");

    /// Ids that are numbers; elsewhere they are UUIDs.
    private static final Set<String> NUMBERED = Set.of("assets", "allocations", "clients");

    private static final Pattern READ =
            Pattern.compile(
                    "(?:(?:fields|body|get\\(\\))\\.(?:text|requiredText|integer|requiredInteger"
                            + "|decimal|flag|texts|textMap|object|objects)\\("
                            + "|\\b\\w+\\(\\s*(?:fields|body),)\\s*\"(\\w+)\"");

    private static final ObjectMapper JSON = new ObjectMapper();

    @BeforeEach
    void nobody_waits() {
        Rows.forgetGuesses();
    }

    static Stream<Route> routes() {
        return Routes.all().stream()
                .filter(route -> !route.isPage())
                .filter(route -> json(route).findAny().isPresent());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("routes")
    void a_sample_without_a_required_member_is_refused_for_that_alone(Route route) {
        samples(route)
                .forEach(
                        (name, sample) -> {
                            for (var pointer : required(route, name, sample)) {
                                var what = route + " " + pointer;
                                if (!ANSWERED_OTHERWISE.contains(
                                        what.replaceAll("/[0-9]+/", "/"))) {
                                    var body = sample.deepCopy();
                                    remove(body, pointer);
                                    assertThat(refused(route, body))
                                            .as(what + " of " + name)
                                            .containsOnly(pointer);
                                }
                            }
                        });
    }

    static Stream<Route> routesThatRequireNothing() {
        return routes().filter(route -> samples(route).containsKey(LEAST))
                .filter(route -> samples(route).get(LEAST).isEmpty());
    }

    /// Nothing has such an id.
    @ParameterizedTest(name = "{0}")
    @MethodSource("routesThatRequireNothing")
    void a_body_without_members_is_taken_where_none_is_required(Route route) {
        assertThat(ask(route, JSON.createObjectNode()).status()).isEqualTo(404);
    }

    /// By the source, module by module, as members are read everywhere: `fields.text("a", …)` or
    /// `limit(fields, "a")`.
    @Test
    void every_member_that_is_read_is_in_a_sample() throws IOException {
        var shown = new HashMap<String, Set<String>>();
        routes().forEach(
                        route ->
                                samples(route)
                                        .values()
                                        .forEach(
                                                sample ->
                                                        shown.computeIfAbsent(
                                                                        module(route),
                                                                        _ -> new TreeSet<>())
                                                                .addAll(names(sample))));
        try (var files = Files.walk(Path.of("src/main/java"))) {
            for (var file : files.filter(RequestSamplesTest::reads).toList()) {
                var module = file.getParent().getFileName().toString();
                READ.matcher(Files.readString(file))
                        .results()
                        .forEach(
                                it ->
                                        assertThat(shown.get(module))
                                                .as("samples of " + file)
                                                .contains(it.group(1)));
            }
        }
    }

    private static boolean reads(Path file) {
        return file.toString().matches(".*(Http|Reader)\\.java");
    }

    private static String module(Route route) {
        var name = route.method().getDeclaringClass().getPackageName();
        return name.substring(name.lastIndexOf('.') + 1);
    }

    private static Set<String> names(JsonNode value) {
        var names = new TreeSet<String>();
        members(value, "").forEach(it -> names.add(it.substring(it.lastIndexOf('/') + 1)));
        return names;
    }

    /// All of the least, where a member may stand for another one; elsewhere what the schema says.
    private static List<String> required(Route route, String name, JsonNode sample) {
        return name.equals(LEAST) ? members(sample, "") : required(schema(route), sample, "");
    }

    private static List<String> members(JsonNode value, String pointer) {
        var found = new ArrayList<String>();
        value.properties()
                .forEach(
                        each -> {
                            found.add(pointer + "/" + each.getKey());
                            found.addAll(members(each.getValue(), pointer + "/" + each.getKey()));
                        });
        for (var i = 0; i < value.size() && value.isArray(); i++) {
            found.addAll(members(value.get(i), pointer + "/" + i));
        }
        return found;
    }

    private static List<String> required(JsonNode schema, JsonNode value, String pointer) {
        var found = new ArrayList<String>();
        schema.path("required").forEach(name -> found.add(pointer + "/" + name.textValue()));
        value.properties()
                .forEach(
                        each ->
                                found.addAll(
                                        required(
                                                schema.path("properties").path(each.getKey()),
                                                each.getValue(),
                                                pointer + "/" + each.getKey())));
        for (var i = 0; i < value.size() && value.isArray(); i++) {
            found.addAll(required(schema.path("items"), value.get(i), pointer + "/" + i));
        }
        return found;
    }

    private static void remove(JsonNode body, String pointer) {
        var slash = pointer.lastIndexOf('/');
        ((ObjectNode) body.at(pointer.substring(0, slash))).remove(pointer.substring(slash + 1));
    }

    /// The pointers of what is wrong.
    private static List<String> refused(Route route, JsonNode body) {
        var answer = ask(route, body);
        assertThat(answer.status()).as(route + " " + body + " " + answer.body()).isEqualTo(400);
        var pointers = new ArrayList<String>();
        answer.json()
                .required("violations")
                .forEach(each -> pointers.add(each.required("pointer").textValue()));
        return pointers;
    }

    private static Http.Answer ask(Route route, JsonNode body) {
        var id =
                NUMBERED.contains(route.path().split("/")[1])
                        ? "999999999999"
                        : UUID.randomUUID().toString();
        return caller(route)
                .with("Idempotency-Key", UUID.randomUUID().toString())
                .send(
                        route.verb(),
                        route.concrete(id) + "?id=" + id,
                        body.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static Http caller(Route route) {
        if (HostileBodiesTest.isBanks(route)) {
            return Http.nobody().bearer(World.BANK_SECRET);
        }
        return HostileBodiesTest.isResellers(route) ? HostileBodiesTest.reseller() : Http.admin();
    }

    private static Map<String, JsonNode> samples(Route route) {
        var samples = new LinkedHashMap<String, JsonNode>();
        json(route)
                .flatMap(content -> Stream.of(content.examples()))
                .forEach(each -> samples.put(each.name(), tree(each.value())));
        return samples;
    }

    private static JsonNode tree(String sample) {
        try {
            return JSON.readTree(sample);
        } catch (JsonProcessingException none) {
            throw new AssertionError(sample, none);
        }
    }

    private static Stream<Content> json(Route route) {
        return Stream.ofNullable(route.method().getAnnotation(RequestBody.class))
                .flatMap(body -> Stream.of(body.content()))
                .filter(content -> content.mediaType().endsWith("json"));
    }

    private static JsonNode schema(Route route) {
        return OpenApiTest.operation(route)
                .at("/requestBody/content/application~1json")
                .required("schema");
    }
}
