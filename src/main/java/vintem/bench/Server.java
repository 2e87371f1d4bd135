package vintem.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import vintem.platform.EmbeddedPostgres;
import vintem.platform.EmbeddedPostgres.Address;

/// The product as a process of its own, from the very jar that runs this, with a data directory of
/// its own and a heap as small as the bars ask for.
final class Server implements AutoCloseable {
    /// What the server answered.
    record Answer(int status, String body) {}

    private static final Duration START = Duration.ofMinutes(3);
    private static final int BETWEEN_LOOKS_MILLIS = 5;
    private static final int MOST_COMPLAINTS = 10;
    private static final Duration STOP = Duration.ofMinutes(1);

    private final Process process;
    private final Path directory;
    private final Map<String, String> settings;
    private final Path log;
    private final Path garbage;
    private final int port;
    private final String base;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private String token = "";

    private Server(
            Process process,
            Path directory,
            Map<String, String> settings,
            Path log,
            Path garbage,
            int port) {
        this.process = process;
        this.directory = directory;
        this.settings = settings;
        this.log = log;
        this.garbage = garbage;
        this.port = port;
        this.base = "http://127.0.0.1:" + port;
    }

    /// Starts it and waits until it is healthy.
    ///
    /// @param heap for example `512m`
    static Server start(Scratch scratch, String heap) throws IOException, InterruptedException {
        return start(scratch, heap, Map.of());
    }

    /// @param settings more variables of its environment
    static Server start(Scratch scratch, String heap, Map<String, String> settings)
            throws IOException, InterruptedException {
        var password = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        var all = new HashMap<>(settings);
        all.put("VINTEM_ADMIN_PASSWORD", password);
        var server = launch(scratch, "data", heap, List.of(), all);
        server.awaitAnswer("/q/health");
        server.signIn(password);
        return server;
    }

    /// Starts it on this data directory, whether there is one yet or not, and waits for nothing.
    ///
    /// @param options of Java, beyond the usual ones
    static Server launch(
            Scratch scratch,
            String name,
            String heap,
            List<String> options,
            Map<String, String> settings)
            throws IOException {
        var data = scratch.directory().resolve(name);
        var log = scratch.directory().resolve(name + ".log");
        var port = freePort();
        var garbage = scratch.directory().resolve(name + "-garbage.log");
        var all = new ArrayList<>(List.of("-Xmx" + heap, "-Xlog:gc:file=" + garbage));
        all.addAll(options);
        var builder = builder(data, all, "run");
        builder.environment().put("VINTEM_PORT", Integer.toString(port));
        builder.environment().put("VINTEM_REQUESTS_PER_MINUTE", "0");
        builder.environment().putAll(settings);
        builder.redirectErrorStream(true).redirectOutput(log.toFile());
        return scratch.keep(new Server(builder.start(), data, settings, log, garbage, port));
    }

    /// Where its database listens.
    Address database() {
        return EmbeddedPostgres.running(directory)
                .orElseThrow(() -> new IllegalStateException("the database is gone\n" + log()));
    }

    /// Where it listens itself.
    InetSocketAddress address() {
        return new InetSocketAddress("127.0.0.1", port);
    }

    /// What the administrator signs in with, for whoever speaks to it by other means than this.
    String token() {
        return token;
    }

    Answer post(String path, byte[] json) throws IOException, InterruptedException {
        return send(path, "application/json", json);
    }

    Answer get(String path) throws IOException, InterruptedException {
        return send(path, HttpRequest.newBuilder().GET());
    }

    /// What a page's form sends.
    Answer form(String path, String fields) throws IOException, InterruptedException {
        return send(
                path, "application/x-www-form-urlencoded", fields.getBytes(StandardCharsets.UTF_8));
    }

    /// Sends a file as the body, from the disk.
    Answer upload(String path, String type, Path file) throws IOException, InterruptedException {
        return send(
                path,
                HttpRequest.newBuilder()
                        .header("Content-Type", type)
                        .POST(BodyPublishers.ofFile(file)));
    }

    /// The most that its heap had in use when it was tidied up, in megabytes: it is then that it is
    /// fullest.
    long heapMegabytes() throws IOException {
        var before = Pattern.compile(" ([0-9]+)M->");
        try (var lines = Files.lines(garbage)) {
            return lines.flatMap(line -> before.matcher(line).results())
                    .mapToLong(found -> Long.parseLong(found.group(1)))
                    .max()
                    .orElse(0);
        }
    }

    /// How long processors have worked for it.
    Duration cpu() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /// The most memory the process has ever held, in megabytes; 0 where the system does not say.
    long residentMegabytes() {
        return megabytes("VmHWM:");
    }

    /// What it holds at this moment.
    long residentNowMegabytes() {
        return megabytes("VmRSS:");
    }

    private long megabytes(String name) {
        try (var lines = Files.lines(Path.of("/proc/" + process.pid() + "/status"))) {
            return lines.filter(line -> line.startsWith(name))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024)
                    .findFirst()
                    .orElse(0);
        } catch (IOException notLinux) {
            return 0;
        }
    }

    /// What its log complains about, a few lines at most.
    List<String> complaints() {
        return log().lines()
                .filter(line -> line.contains(" WARN ") || line.contains(" ERROR "))
                .limit(MOST_COMPLAINTS)
                .toList();
    }

    /// Runs `audit` beside it.
    ///
    /// @return what it printed, in lines, where the books are in order; otherwise throws
    List<String> audit() throws IOException, InterruptedException {
        var builder = builder(directory, List.of("-Xmx256m"), "audit").redirectErrorStream(true);
        builder.environment().putAll(settings);
        var audit = builder.start();
        try (var output = audit.inputReader(StandardCharsets.UTF_8)) {
            var lines = output.readAllLines();
            if (audit.waitFor() != 0) {
                throw new NotConserved(String.join("\n", lines));
            }
            return lines;
        } finally {
            audit.destroy();
        }
    }

    /// Money is missing, or there is too much.
    static final class NotConserved extends RuntimeException {
        private static final long serialVersionUID = 1;

        NotConserved(String message) {
            super(message);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private Answer send(String path, String type, byte[] body)
            throws IOException, InterruptedException {
        return send(
                path,
                HttpRequest.newBuilder()
                        .header("Content-Type", type)
                        .POST(BodyPublishers.ofByteArray(body)));
    }

    private Answer send(String path, HttpRequest.Builder request)
            throws IOException, InterruptedException {
        request.uri(URI.create(base + path)).timeout(Duration.ofMinutes(5));
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        var response = client.send(request.build(), BodyHandlers.ofString());
        return new Answer(response.statusCode(), response.body());
    }

    void signIn(String password) throws IOException, InterruptedException {
        var form = "username=admin&password=" + password;
        var answer =
                send(
                        "/token",
                        "application/x-www-form-urlencoded",
                        form.getBytes(StandardCharsets.US_ASCII));
        if (answer.status() != 200) {
            throw new IllegalStateException("POST /token answered " + answer.body());
        }
        token = new ObjectMapper().readTree(answer.body()).required("access_token").asText();
    }

    /// Waits until it answers this with 200.
    void awaitAnswer(String path) throws InterruptedException {
        var request =
                HttpRequest.newBuilder(URI.create(base + path))
                        .timeout(Duration.ofSeconds(5))
                        .build();
        var deadline = System.nanoTime() + START.toNanos();
        while (System.nanoTime() < deadline && process.isAlive()) {
            try {
                if (client.send(request, BodyHandlers.discarding()).statusCode() == 200) {
                    return;
                }
            } catch (IOException notYet) {
                // It does not listen yet.
            }
            Thread.sleep(BETWEEN_LOOKS_MILLIS);
        }
        throw new IllegalStateException("the server did not start\n" + log());
    }

    private String log() {
        try {
            return Files.readString(log);
        } catch (IOException unreadable) {
            return "(it left no log)";
        }
    }

    /// The same jar and options as `./vintem`; of the environment nothing that would lead it to
    /// somebody's real data.
    private static ProcessBuilder builder(Path data, List<String> options, String command) {
        var jar = jar();
        var line = new ArrayList<String>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.add("-XX:+UseSerialGC");
        line.add("-XX:NewRatio=1");
        line.add("--enable-native-access=ALL-UNNAMED");
        line.add("--sun-misc-unsafe-memory-access=allow");
        line.add("-Djava.util.logging.manager=org.jboss.logmanager.LogManager");
        line.addAll(options);
        if (command.equals("run")) {
            var given = System.getenv().getOrDefault("VINTEM_BENCH_SERVER_OPTS", "").strip();
            if (!given.isEmpty()) {
                line.addAll(List.of(given.split("\\s+")));
            }
        }
        line.addAll(List.of("-jar", jar.toString(), command));
        var builder = new ProcessBuilder(line).redirectInput(new File("/dev/null"));
        builder.environment().keySet().removeIf(name -> name.startsWith("VINTEM_"));
        builder.environment().put("VINTEM_DATA_DIR", data.toString());
        return builder;
    }

    /// The packaged product that this is.
    static Path jar() {
        var jar = Path.of(System.getProperty("java.class.path")).toAbsolutePath();
        if (!jar.toString().endsWith(".jar") || !Files.isRegularFile(jar)) {
            throw new IllegalArgumentException(
                    "this benchmark starts the packaged product: run it by ./vintem bench");
        }
        return jar;
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
