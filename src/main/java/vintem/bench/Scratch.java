package vintem.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;

/// A temporary directory and whatever runs in it. Both are gone afterwards, also after Ctrl-C.
final class Scratch implements AutoCloseable {
    private final Path directory;
    private final Deque<AutoCloseable> running = new ArrayDeque<>();
    private final Thread atExit = new Thread(this::clean, "remove-benchmark");
    private boolean cleaned;

    private Scratch(Path directory) {
        this.directory = directory;
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    static Scratch create() {
        try {
            return new Scratch(Files.createTempDirectory("vintem-bench-"));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    Path directory() {
        return directory;
    }

    /// Closes it before the directory is removed, the last one first.
    synchronized <T extends AutoCloseable> T keep(T part) {
        running.push(part);
        return part;
    }

    @Override
    public void close() {
        clean();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException exiting) {
            // The hook runs already and finds nothing left to do.
        }
    }

    private synchronized void clean() {
        if (cleaned) {
            return;
        }
        cleaned = true;
        while (!running.isEmpty()) {
            try {
                running.pop().close();
            } catch (Exception failed) {
                System.err.println("vintem: while cleaning up: " + failed);
            }
        }
        delete(directory);
    }

    private static void delete(Path directory) {
        try (var paths = Files.walk(directory)) {
            for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (NoSuchFileException gone) {
            // Somebody was faster.
        } catch (IOException | UncheckedIOException failed) {
            System.err.println("vintem: could not remove " + directory + ": " + failed);
        }
    }
}
