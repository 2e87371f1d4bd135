package vintem.docs;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import vintem.platform.Problem;
import vintem.platform.Sockets;

/// The description of the API, `/openapi`, as the build has written it: YAML, or JSON where the
/// address ends in `.json`, or `?format=json` or `Accept` says so.
///
/// Quarkus' own route reads all of it into a model and writes it out twice, at every start and
/// before anybody asks: a seventh of the time until the first answer. It is left without what it
/// would read (`quarkus.package.jar.user-configured-ignored-entries`).
@Singleton
class OpenApiRoute {
    private static final int BEFORE_QUARKUS = -100;
    private static final String FILE = "/META-INF/quarkus-generated-openapi-doc.YAML";
    private static final Set<HttpMethod> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD);

    private enum Form {
        YAML("application/yaml;charset=UTF-8"),
        JSON("application/json;charset=UTF-8");

        private final String type;

        Form(String type) {
            this.type = type;
        }
    }

    private final Vertx vertx;
    private volatile @Nullable Buffer yaml;
    private volatile @Nullable Buffer json;

    @Inject
    OpenApiRoute(Vertx vertx) {
        this.vertx = vertx;
    }

    void mount(@Observes Router router) {
        // All methods: behind it stands Quarkus' own route, which has nothing to say.
        router.routeWithRegex("/openapi(\\.json|\\.ya?ml)?/?")
                .order(BEFORE_QUARKUS)
                .handler(this::answer);
    }

    private void answer(RoutingContext routing) {
        if (!READING.contains(routing.request().method())) {
            Sockets.refuse(
                    routing.request(),
                    Problem.of(
                                    405,
                                    "method-not-allowed",
                                    "Method Not Allowed",
                                    "The route exists, with another method.")
                            .header("Allow", "GET, HEAD"));
            return;
        }
        var form = form(routing);
        routing.request().resume();
        vertx.executeBlocking(() -> form == Form.JSON ? json() : yaml(), false)
                .onSuccess(
                        text ->
                                routing.response()
                                        .putHeader("Content-Type", form.type)
                                        .putHeader("Vary", "Accept")
                                        .end(text))
                .onFailure(routing::fail);
    }

    private static Form form(RoutingContext routing) {
        var path = routing.normalizedPath();
        if (path.contains(".")) {
            return path.contains(".json") ? Form.JSON : Form.YAML;
        }
        var asked = routing.queryParams().get("format");
        if ("yaml".equalsIgnoreCase(asked)) {
            return Form.YAML;
        }
        var accepted = routing.request().getHeader("Accept");
        return "json".equalsIgnoreCase(asked)
                        || accepted != null && accepted.contains("application/json")
                ? Form.JSON
                : Form.YAML;
    }

    private Buffer yaml() throws IOException {
        var known = yaml;
        if (known == null) {
            try (var in = OpenApiRoute.class.getResourceAsStream(FILE)) {
                if (in == null) {
                    throw new IOException("this build has no description of its API");
                }
                known = Buffer.buffer(in.readAllBytes());
            }
            yaml = known;
        }
        return known;
    }

    private Buffer json() throws IOException {
        var known = json;
        if (known == null) {
            var tree = new YAMLMapper().readTree(yaml().getBytes());
            known = Buffer.buffer(new JsonMapper().writeValueAsBytes(tree));
            json = known;
        }
        return known;
    }
}
