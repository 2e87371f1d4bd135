package vintem;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vintem.platform.RealRedis;

/// What can be known of the image and of `compose.yaml` without an engine that runs them.
/// `ops/rehearse-image.sh` runs the image's steps.
class PackagingTest {
    private static final Path DOCKERFILE = Path.of("Dockerfile");
    private static final Path COMPOSE = Path.of("compose.yaml");
    private static final Path PROXY = Path.of("ops/Caddyfile");
    private static final Path MAKEFILE = Path.of("Makefile");
    private static final Path HEALTHCHECK = Path.of("ops/healthcheck");

    private static final Pattern SECRET = Pattern.compile("(SECRET|PASSWORD|TOKEN)$");
    private static final Pattern PINNED = Pattern.compile("[a-z/-]+:v?[0-9][0-9a-z.-]*");
    private static final Pattern UPSTREAM = Pattern.compile("\\b(vintem-[0-9]+):([0-9]+)\\b");
    private static final Pattern ASKED_OF_ENVIRONMENT = Pattern.compile("\\$\\{([A-Z_]+)");

    @TempDir private Path temporary;

    /// An instruction of a Dockerfile, whole.
    private record Step(String name, String rest) {}

    @Test
    void the_image_is_built_from_named_versions_and_runs_as_nobody_special() throws IOException {
        var steps = steps();
        var stages = steps.stream().filter(it -> it.name.equals("FROM")).toList();
        assertThat(stages)
                .hasSize(2)
                .allSatisfy(it -> assertThat(it.rest).doesNotContain("latest").contains(":"));
        var last = steps.subList(steps.lastIndexOf(stages.getLast()) + 1, steps.size());
        assertThat(last)
                .extracting(Step::name)
                .contains("USER", "HEALTHCHECK", "ENTRYPOINT", "CMD", "EXPOSE", "VOLUME")
                .doesNotContain("ADD");
        assertThat(only(last, "USER")).isEqualTo("vintem");
        // As lists, so that signals reach the process itself.
        assertThat(only(last, "ENTRYPOINT")).isEqualTo("[\"/app/vintem\"]");
        assertThat(only(last, "CMD")).isEqualTo("[\"run\"]");
        assertThat(only(last, "HEALTHCHECK")).endsWith("CMD [\"/app/healthcheck\"]");
        // Neither compiler nor sources are in what runs.
        assertThat(last.stream().filter(it -> it.name.equals("COPY")))
                .noneMatch(it -> it.rest.contains("src/main "));
        assertThat(steps.stream().filter(it -> it.rest.contains("apt-get install")))
                .allMatch(it -> it.rest.contains("--no-install-recommends"))
                .allMatch(it -> it.rest.contains("rm -rf /var/lib/apt/lists"));
    }

    @Test
    void what_the_image_copies_is_there_and_is_sent_to_the_engine() throws IOException {
        var sent =
                Files.readAllLines(Path.of(".dockerignore")).stream()
                        .filter(it -> it.startsWith("!"))
                        .map(it -> it.substring(1))
                        .toList();
        var copied = new ArrayList<String>();
        for (var step : steps()) {
            if (step.name.equals("COPY") && !step.rest.startsWith("--from")) {
                var words = List.of(step.rest.split(" "));
                copied.addAll(words.subList(0, words.size() - 1));
            }
        }
        assertThat(copied)
                .allSatisfy(it -> assertThat(Path.of(it)).exists())
                .containsExactlyInAnyOrderElementsOf(sent);
        assertThat(Files.isExecutable(HEALTHCHECK)).isTrue();
    }

    @Test
    void two_equal_nodes_share_a_database_and_each_has_its_own_data() throws IOException {
        var services = Yaml.read(COMPOSE).required("services");
        var one = services.required("vintem-1");
        var two = services.required("vintem-2");
        assertThat(one.required("environment")).isEqualTo(two.required("environment"));
        assertThat(one.required("volumes")).isNotEqualTo(two.required("volumes"));
        for (var node : List.of(one, two)) {
            var settings = node.required("environment");
            assertThat(settings.required("VINTEM_DB_URL").textValue()).contains("//postgres:");
            assertThat(settings.required("VINTEM_REDIS_URL").textValue()).contains("//redis:");
            assertThat(settings.required("VINTEM_SMTP_URL").textValue()).contains("//mailpit:");
            assertThat(node.at("/depends_on/postgres/condition").textValue())
                    .isEqualTo("service_healthy");
            // Or forms of pages would be refused behind another port than 80.
            assertThat(settings.required("QUARKUS_HTTP_PROXY_ENABLE_FORWARDED_HOST").textValue())
                    .isEqualTo("true");
            // Only the proxy is reached from outside.
            assertThat(node.has("ports")).isFalse();
            assertThat(node.required("env_file").textValue()).isEqualTo(".env");
        }
        assertThat(services.required("postgres").required("image").textValue())
                .startsWith("postgres:18");
    }

    @Test
    void images_have_versions_volumes_are_declared_and_no_secret_is_written_down()
            throws IOException {
        var compose = Yaml.read(COMPOSE);
        compose.required("services")
                .properties()
                .forEach(
                        service -> {
                            var it = service.getValue();
                            if (!it.has("build")) {
                                assertThat(it.required("image").textValue()).matches(PINNED);
                            }
                            it.path("volumes")
                                    .forEach(
                                            volume ->
                                                    assertThat(isThere(compose, volume))
                                                            .as("%s", volume)
                                                            .isTrue());
                            it.path("environment").properties().stream()
                                    .filter(each -> SECRET.matcher(each.getKey()).find())
                                    .forEach(
                                            each ->
                                                    assertThat(each.getValue().textValue())
                                                            .startsWith("${"));
                        });
    }

    @Test
    void the_proxy_knows_every_node_by_its_name_and_port() throws IOException {
        var port = only(steps(), "EXPOSE");
        var nodes =
                Yaml.read(COMPOSE)
                        .required("services")
                        .propertyStream()
                        .map(Map.Entry::getKey)
                        .filter(it -> it.startsWith("vintem"))
                        .map(it -> it + ":" + port)
                        .collect(Collectors.toCollection(TreeSet::new));
        var lines = Files.readString(PROXY).lines().filter(it -> it.contains("reverse_proxy"));
        assertThat(lines)
                .hasSize(2)
                .allSatisfy(
                        line ->
                                assertThat(
                                                UPSTREAM.matcher(line)
                                                        .results()
                                                        .map(it -> it.group())
                                                        .toList())
                                        .containsExactlyElementsOf(nodes));
        assertThat(Files.readString(PROXY)).contains("/socket.io/*", "ip_hash", "/q/health");
    }

    @Test
    void make_knows_its_commands_and_makes_every_secret_that_compose_asks_for() throws Exception {
        var make = Files.readString(MAKEFILE);
        for (var target : List.of("run", "test", "up", "down", "clean")) {
            assertThat(make).containsPattern("(?m)^" + target + ":");
        }
        assertThat(make).contains("docker compose").contains("down --volumes");
        // The recipe is plain shell: run it as make would.
        var recipe =
                make.substring(make.indexOf("\n.env:\n") + 7)
                        .lines()
                        .takeWhile(it -> it.startsWith("\t"))
                        .map(it -> it.strip().replaceFirst("^@", ""))
                        .collect(Collectors.joining("\n"))
                        .replace("$(secret)", "$(od -An -N24 -tx1 /dev/urandom | tr -d ' \\n')")
                        .replace("$@", ".env");
        assertThat(run(temporary, Map.of(), "sh", "-c", recipe)).isZero();
        var env = temporary.resolve(".env");
        var made =
                Files.readAllLines(env).stream()
                        .map(it -> it.split("=", 2))
                        .collect(Collectors.toMap(it -> it[0], it -> it[1]));
        assertThat(made.values()).doesNotHaveDuplicates().allMatch(it -> it.length() >= 48);
        assertThat(Files.getPosixFilePermissions(env)).hasSize(2);
        var asked =
                ASKED_OF_ENVIRONMENT
                        .matcher(Files.readString(COMPOSE))
                        .results()
                        .map(it -> it.group(1))
                        .filter(it -> !it.equals("COMPOSE_PROFILES"))
                        .toList();
        assertThat(asked).isNotEmpty();
        assertThat(made.keySet()).containsAll(asked).contains("VINTEM_SECRET");
        var known = Files.readString(Path.of(".env.example"));
        assertThat(made.keySet()).allSatisfy(it -> assertThat(known).contains(it + "="));
    }

    @Test
    void the_health_check_says_what_the_node_says() throws Exception {
        var status = new int[] {200};
        var server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/q/health",
                call -> {
                    try (call) {
                        call.sendResponseHeaders(status[0], -1);
                    }
                });
        server.start();
        try {
            assertThat(health(server.getAddress().getPort())).isZero();
            status[0] = 503;
            assertThat(health(server.getAddress().getPort())).isNotZero();
        } finally {
            server.stop(0);
        }
        assertThat(health(RealRedis.freePort())).isNotZero();
    }

    @Test
    void the_scripts_can_be_read_by_their_shells() throws Exception {
        var here = Path.of("").toAbsolutePath();
        assertThat(run(here, Map.of(), "sh", "-n", "vintem")).isZero();
        for (var script : List.of("ops/healthcheck", "ops/rehearse-image.sh")) {
            assertThat(run(here, Map.of(), "bash", "-n", script)).as(script).isZero();
        }
    }

    private static int health(int port) throws Exception {
        return run(
                Path.of("").toAbsolutePath(),
                Map.of("VINTEM_PORT", Integer.toString(port)),
                HEALTHCHECK.toString());
    }

    private static int run(Path folder, Map<String, String> environment, String... command)
            throws IOException, InterruptedException {
        var builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().putAll(environment);
        builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
        var process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    /// A volume by its name, or a file beside the compose file.
    private static boolean isThere(JsonNode compose, JsonNode volume) {
        var from = volume.textValue().split(":")[0];
        return from.startsWith("./")
                ? Files.exists(Path.of(from))
                : compose.required("volumes").has(from);
    }

    private static String only(List<Step> steps, String name) {
        var found = steps.stream().filter(it -> it.name.equals(name)).toList();
        assertThat(found).as(name).hasSize(1);
        return found.getFirst().rest;
    }

    private static List<Step> steps() throws IOException {
        var text =
                Files.readString(DOCKERFILE)
                        .replaceAll("(?m)^#.*\n", "")
                        .replaceAll("\\\\\n\\s*", "");
        return Arrays.stream(text.split("\n"))
                .filter(it -> !it.isBlank())
                .map(it -> it.split(" ", 2))
                .map(it -> new Step(it[0], it[1]))
                .toList();
    }
}
