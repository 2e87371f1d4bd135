package vintem;

import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// The independent programs of `src/test/node`, with the npm packages that its lock file pins;
/// `-Dvintem.node=none` leaves these tests out.
public final class NodeJs {
    private static final Path SOURCES = Path.of("src/test/node");
    private static final Path HOME = Path.of("target/node");

    /// A copy of the lock file, made when all that it lists was there.
    private static final Path INSTALLED = HOME.resolve("node_modules/.installed-lock.json");

    private static final Duration MOST_FOR_INSTALLING = Duration.ofMinutes(5);
    private static final Duration MOST_FOR_A_SCRIPT = Duration.ofMinutes(1);
    private static final Duration MOST_FOR_A_LINE = Duration.ofSeconds(90);

    private NodeJs() {}

    /// Runs a script of `src/test/node` to its end.
    ///
    /// @return what it wrote to its standard output
    /// @throws AssertionError with what it wrote to its standard error, unless it ended with 0
    public static String run(String script, String... arguments) {
        install();
        var out = temporary();
        var err = temporary();
        var process =
                begin(
                        node(script, arguments)
                                .redirectOutput(out.toFile())
                                .redirectError(err.toFile()));
        var exit = exitOf(process, script, MOST_FOR_A_SCRIPT);
        if (exit != 0) {
            throw new AssertionError("%s ended with %d: %s".formatted(script, exit, read(err)));
        }
        return read(out);
    }

    /// The text of a file of one of the npm packages, to be run in a browser.
    public static String text(String file) {
        install();
        return read(HOME.resolve("node_modules").resolve(file));
    }

    /// Starts a script of `src/test/node` that goes on until it is closed.
    ///
    /// It should end with its standard input, so that it never outlives the tests.
    public static Running start(String script, String... arguments) {
        install();
        var err = temporary();
        return new Running(script, begin(node(script, arguments).redirectError(err.toFile())), err);
    }

    /// A script that is under way.
    public static final class Running implements AutoCloseable {
        private final String script;
        private final Process process;
        private final Path err;
        private final Writer input;

        // Empty where the output ended.
        private final BlockingQueue<Optional<String>> lines = new LinkedBlockingQueue<>();

        private Running(String script, Process process, Path err) {
            this.script = script;
            this.process = process;
            this.err = err;
            this.input = process.outputWriter();
            // Read as they come: a full pipe would stop the script.
            Thread.ofVirtual().start(this::readLines);
        }

        private void readLines() {
            try (BufferedReader reader = process.inputReader()) {
                reader.lines().map(Optional::of).forEach(lines::add);
            } catch (IOException | UncheckedIOException closed) {
                // It has ended.
            } finally {
                lines.add(Optional.empty());
            }
        }

        /// The next line of its standard output.
        ///
        /// @throws AssertionError where it ended instead or is silent for too long
        public String line() {
            return line(MOST_FOR_A_LINE)
                    .orElseThrow(() -> new AssertionError(script + " is silent: " + read(err)));
        }

        /// The next line, or empty where none comes within that time.
        ///
        /// @throws AssertionError where it has ended
        public Optional<String> line(Duration most) {
            try {
                var line = lines.poll(most.toNanos(), TimeUnit.NANOSECONDS);
                if (line == null) {
                    return Optional.empty();
                }
                if (line.isEmpty()) {
                    lines.add(line);
                    throw new AssertionError(script + " has ended: " + read(err));
                }
                return line;
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new AssertionError(interrupted);
            }
        }

        /// Sends a line to its standard input.
        public void say(String line) {
            try {
                input.write(line + "\n");
                input.flush();
            } catch (IOException failed) {
                throw new UncheckedIOException(script + ": " + read(err), failed);
            }
        }

        /// For signals, and to see whether it still lives.
        public Process process() {
            return process;
        }

        @Override
        public void close() {
            exitOf(process.destroyForcibly(), script, MOST_FOR_A_SCRIPT);
        }
    }

    /// Once for each lock file, whichever JVM comes first; the scripts are copied each time.
    private static void install() {
        assumeFalse(
                "none".equals(System.getProperty("vintem.node")), "left out by -Dvintem.node=none");
        // The file's lock is held by a JVM, not by a thread. And this class may be loaded more
        // than once in a JVM, by Quarkus, so its own monitor would not do.
        synchronized (Runtime.getRuntime()) {
            try {
                Files.createDirectories(HOME);
                try (var file =
                                FileChannel.open(
                                        HOME.resolve("install.lock"),
                                        StandardOpenOption.CREATE,
                                        StandardOpenOption.WRITE);
                        var _ = file.lock()) {
                    copySources();
                    if (!isInstalled()) {
                        installPackages();
                    }
                }
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
    }

    private static void copySources() throws IOException {
        try (var files = Files.list(SOURCES)) {
            for (var source : files.filter(Files::isRegularFile).toList()) {
                var copy = HOME.resolve(source.getFileName());
                // Only what has changed: another JVM may be reading it.
                if (!Files.exists(copy) || Files.mismatch(source, copy) != -1) {
                    Files.copy(source, copy, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }

    private static boolean isInstalled() throws IOException {
        return Files.exists(INSTALLED) && Files.mismatch(lockFile(), INSTALLED) == -1;
    }

    private static void installPackages() throws IOException {
        var log = HOME.resolve("install.log");
        var process =
                begin(
                        new ProcessBuilder("npm", "ci", "--ignore-scripts", "--prefer-offline")
                                .directory(HOME.toFile())
                                .redirectErrorStream(true)
                                .redirectOutput(log.toFile()));
        var exit = exitOf(process, "npm ci", MOST_FOR_INSTALLING);
        if (exit != 0) {
            throw new AssertionError("npm ci ended with %d: %s".formatted(exit, read(log)));
        }
        Files.copy(lockFile(), INSTALLED, StandardCopyOption.REPLACE_EXISTING);
    }

    private static Path lockFile() {
        return SOURCES.resolve("package-lock.json");
    }

    private static ProcessBuilder node(String script, String... arguments) {
        var command = new ArrayList<>(List.of("node", HOME.resolve(script).toString()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command);
    }

    private static Process begin(ProcessBuilder builder) {
        try {
            return builder.start();
        } catch (IOException failed) {
            throw new UncheckedIOException(
                    "is there no Node.js? apt-get install nodejs npm", failed);
        }
    }

    private static int exitOf(Process process, String what, Duration most) {
        try {
            if (!process.waitFor(most.toSeconds(), TimeUnit.SECONDS)) {
                // npm is a tree of processes.
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
                throw new AssertionError(what + " did not end within " + most);
            }
            return process.exitValue();
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    private static Path temporary() {
        try {
            var file = Files.createTempFile("vintem-nodejs-", ".log");
            file.toFile().deleteOnExit();
            return file;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
