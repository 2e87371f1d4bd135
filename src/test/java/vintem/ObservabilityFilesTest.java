package vintem;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// The page about figures, the dashboard and `compose.yaml` speak of what there is.
class ObservabilityFilesTest {
    private static final Path PAGE = Path.of("docs/observability.md");
    private static final Path DASHBOARD = Path.of("ops/grafana-vintem.json");
    private static final Path COMPOSE = Path.of("compose.yaml");

    private static final Pattern IN_SOURCE = Pattern.compile("\"(vintem_[a-z_]+)\"");
    private static final Pattern NAMED = Pattern.compile("\\bvintem_[a-z_]+\\b");
    private static final Pattern VARIABLE = Pattern.compile("\\bVINTEM_[A-Z_]+\\b");
    // A cookie and a role of the database: no figures.
    private static final Set<String> OTHERS = Set.of("vintem_session", "vintem_owner");

    @Test
    void every_figure_is_on_the_page_and_the_page_names_no_other() throws IOException {
        assertThat(figures()).hasSizeGreaterThan(15);
        assertThat(named(PAGE)).isEqualTo(figures());
    }

    @Test
    void the_dashboard_shows_every_figure_and_asks_for_no_other() throws IOException {
        assertThat(new ObjectMapper().readTree(DASHBOARD.toFile()).required("panels")).isNotEmpty();
        var left = new TreeSet<>(figures());
        left.removeAll(named(DASHBOARD));
        assertThat(left).containsOnly("vintem_process_uptime_seconds");
        assertThat(figures()).containsAll(named(DASHBOARD));
    }

    @Test
    void the_profile_of_compose_brings_what_it_promises_and_the_nodes_send_to_it()
            throws IOException {
        var compose = Yaml.read(COMPOSE);
        var services = compose.required("services");
        assertThat(of(services, "observability"))
                .containsExactlyInAnyOrder("elasticsearch", "kibana", "apm-server");
        for (var node : Set.of("vintem-1", "vintem-2")) {
            var settings = services.required(node).required("environment");
            // One variable turns the profile on and tells the nodes.
            assertThat(settings.required("VINTEM_OTLP_ENDPOINT").textValue())
                    .isEqualTo("${COMPOSE_PROFILES:+http://apm-server:8200}");
            assertThat(settings.required("VINTEM_LOG_FORMAT").textValue())
                    .isEqualTo("${COMPOSE_PROFILES:+ecs}");
        }
        assertThat(services.required("apm-server").required("ports").toString()).contains(":8200");
        // What waits for another one waits for one that is there whenever it is itself.
        services.properties()
                .forEach(
                        service ->
                                service.getValue()
                                        .path("depends_on")
                                        .fieldNames()
                                        .forEachRemaining(
                                                other ->
                                                        assertThat(
                                                                        services.required(other)
                                                                                .path("profiles"))
                                                                .isIn(
                                                                        service.getValue()
                                                                                .path("profiles"),
                                                                        MissingNode
                                                                                .getInstance())));
        // Nothing of it is reached from other machines.
        compose.findValues("ports")
                .forEach(
                        ports ->
                                ports.forEach(
                                        port ->
                                                assertThat(port.textValue())
                                                        .startsWith("127.0.0.1:")));
    }

    @Test
    void every_variable_of_compose_and_of_the_page_is_a_setting() throws IOException {
        var known = variables(Path.of(".env.example"));
        assertThat(variables(COMPOSE)).isNotEmpty().isSubsetOf(known);
        assertThat(variables(PAGE)).isNotEmpty().isSubsetOf(known);
    }

    private static Set<String> of(JsonNode services, String profile) {
        return services.propertyStream()
                .filter(it -> it.getValue().path("profiles").toString().contains(profile))
                .map(java.util.Map.Entry::getKey)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> variables(Path file) throws IOException {
        return all(VARIABLE, Files.readString(file));
    }

    private static Set<String> figures() throws IOException {
        var figures = new TreeSet<String>();
        try (var files = Files.walk(Path.of("src/main/java"))) {
            for (var file : files.filter(it -> it.toString().endsWith(".java")).toList()) {
                IN_SOURCE
                        .matcher(Files.readString(file))
                        .results()
                        .forEach(it -> figures.add(it.group(1)));
            }
        }
        figures.removeAll(OTHERS);
        return figures;
    }

    /// Histograms without what Prometheus adds to their names.
    private static Set<String> named(Path file) throws IOException {
        return all(NAMED, Files.readString(file)).stream()
                .map(it -> it.replaceAll("(_seconds|_size)_(bucket|count|sum)$", "$1"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> all(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map(it -> it.group())
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
