package vintem;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// The packaged product in a process of its own, to be used, stopped and killed from outside.
public final class Node implements AutoCloseable {
    /// A command that ran to its end.
    public record Ended(int exit, String output) {}

    private static final Duration MOST = Duration.ofMinutes(5);

    private final Process process;
    private final Path output;
    private final int port;
    private final Path data;

    private Node(Process process, Path output, int port, Path data) {
        this.process = process;
        this.output = output;
        this.port = port;
        this.data = data;
    }

    /// Starts `run` on a data directory and returns when it answers.
    public static Node start(Path data, Map<String, String> settings, String... javaOptions) {
        var node = launch(data, settings, javaOptions);
        node.awaitAnswer();
        return node;
    }

    /// Starts `run --demo` and returns when its history is written.
    public static Node demo(Path data, Map<String, String> settings) {
        var node = launch(data, settings, List.of(), "run", "--demo");
        node.awaitAnswer();
        return node;
    }

    /// The same, without waiting for anything.
    public static Node launch(Path data, Map<String, String> settings, String... javaOptions) {
        return launch(data, settings, List.of(javaOptions), "run");
    }

    private static Node launch(
            Path data, Map<String, String> settings, List<String> javaOptions, String... command) {
        var port = freePort();
        var all = new HashMap<>(settings);
        all.put("VINTEM_PORT", Integer.toString(port));
        var output = temporary();
        var process = process(data, all, javaOptions, output, command);
        return new Node(process, output, port, data);
    }

    /// The same of another version of the product.
    public static Node launchOther(Path jar, Path data, Map<String, String> settings) {
        var port = freePort();
        var all = new HashMap<>(settings);
        all.put("VINTEM_PORT", Integer.toString(port));
        var output = temporary();
        return new Node(process(jar, List.of(), data, all, output, "run"), output, port, data);
    }

    /// Runs a command to its end.
    public static Ended command(Path data, Map<String, String> settings, String... arguments) {
        var output = temporary();
        var process = process(data, settings, List.of(), output, arguments);
        return new Ended(exitOf(process), read(output));
    }

    public String base() {
        return "http://127.0.0.1:" + port;
    }

    public Http nobody() {
        return Http.at(base());
    }

    public Http admin() {
        return nobody().signedIn("admin", World.ADMIN_PASSWORD);
    }

    /// `kill -9` of the JVM alone: its PostgreSQL lives on.
    public void kill() {
        exitOf(process.destroyForcibly());
    }

    /// `kill -9` of the JVM and of the PostgreSQL that it runs.
    public void killWithDatabase() {
        var server = server();
        process.destroyForcibly();
        server.ifPresent(ProcessHandle::destroyForcibly);
        exitOf(process);
    }

    /// A signal to end, as Ctrl-C and `docker stop` send it.
    ///
    /// @return the exit code
    public int stop() {
        process.destroy();
        return exitOf(process);
    }

    /// What a node that ended by itself has ended with.
    public Ended end() {
        return new Ended(exitOf(process), output());
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public String output() {
        return read(output);
    }

    /// What lives in its heap, found out by collecting the rest.
    public long heapBytes() {
        var output = temporary();
        try {
            var jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
            var pid = Long.toString(process.pid());
            exitOf(
                    new ProcessBuilder(jcmd, pid, "GC.class_histogram")
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile())
                            .start());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        // "Total   instances   bytes", at the end.
        return read(output)
                .lines()
                .filter(line -> line.startsWith("Total"))
                .map(line -> Long.parseLong(line.strip().split("\\s+")[2]))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(read(output)));
    }

    /// The PostgreSQL of this node's data directory.
    public Optional<ProcessHandle> server() {
        try {
            var pid = Files.readAllLines(data.resolve("postgres/postmaster.pid")).getFirst();
            return ProcessHandle.of(Long.parseLong(pid.trim()));
        } catch (IOException none) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            stop();
        }
    }

    public void awaitAnswer() {
        var until = System.nanoTime() + MOST.toNanos();
        var asking = HttpRequest.newBuilder(URI.create(base() + "/q/health/live")).build();
        try (var client = HttpClient.newHttpClient()) {
            while (true) {
                try {
                    if (client.send(asking, BodyHandlers.discarding()).statusCode() == 200) {
                        return;
                    }
                } catch (ConnectException notYet) {
                    // It is starting.
                }
                if (!process.isAlive() || System.nanoTime() > until) {
                    throw new IllegalStateException("no answer; it said: " + output());
                }
                Thread.sleep(10);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    /// One start whose loaded classes all others begin with, as `./vintem` does it.
    private static final class Rehearsal {
        private static final Path JAR = Path.of(System.getProperty("vintem.jar"));
        private static final Path CACHE = JAR.resolveSibling("node.aot");
        private static boolean tried;

        static synchronized boolean isDone() {
            if (!tried) {
                tried = true;
                rehearse();
            }
            return Files.exists(CACHE);
        }

        private static void rehearse() {
            try {
                Files.deleteIfExists(CACHE);
                var data = Files.createTempDirectory("vintem-rehearsal-");
                var settings = Map.of("VINTEM_REHEARSAL", "true", "VINTEM_PORT", "0");
                exitOf(process(data, settings, List.of(), temporary(), "run"));
                try (var files = Files.walk(data)) {
                    for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                        Files.delete(file);
                    }
                }
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
    }

    private static Process process(
            Path data,
            Map<String, String> settings,
            List<String> javaOptions,
            Path output,
            String... arguments) {
        var options = new ArrayList<String>();
        if (settings.containsKey("VINTEM_REHEARSAL")) {
            options.add("-XX:AOTCacheOutput=" + Rehearsal.CACHE);
        } else if (Rehearsal.isDone()) {
            options.addAll(List.of("-XX:AOTCache=" + Rehearsal.CACHE, "-Xlog:aot*=off"));
        }
        options.addAll(javaOptions);
        return process(Rehearsal.JAR, options, data, settings, output, arguments);
    }

    private static Process process(
            Path jar,
            List<String> options,
            Path data,
            Map<String, String> settings,
            Path output,
            String... arguments) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // These processes live for seconds: time spent on compiling well is lost.
        command.add("-XX:TieredStopAtLevel=1");
        command.add("-XX:+UseSerialGC");
        command.addAll(options);
        command.addAll(List.of("-jar", jar.toString()));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.redirectOutput(output.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("VINTEM_"));
        builder.environment().put("VINTEM_DATA_DIR", data.toString());
        builder.environment().put("VINTEM_ADMIN_PASSWORD", World.ADMIN_PASSWORD);
        builder.environment().putAll(settings);
        try {
            return builder.start();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static int exitOf(Process process) {
        try {
            if (!process.waitFor(MOST.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("a process did not end within " + MOST);
            }
            return process.exitValue();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    private static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static Path temporary() {
        try {
            // Kept: what nodes say is looked through for personal data afterwards.
            var logs = Files.createDirectories(Path.of("target/scan"));
            return Files.createTempFile(logs, "node-", ".log");
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static String read(Path output) {
        try {
            return Files.readString(output);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
