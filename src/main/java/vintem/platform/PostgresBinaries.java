package vintem.platform;

import com.sun.security.auth.module.UnixSystem;
import java.io.BufferedInputStream;
import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/// PostgreSQL's programs for this platform (`initdb`, `pg_ctl`, `postgres`), unpacked once per user
/// from the archive on the class path.
///
/// @param home the folder that holds `bin`, `lib` and `share`
record PostgresBinaries(Path home) {
    /// A program ended with an error, or not at all; its output is the message.
    static final class Failed extends RuntimeException {
        private static final long serialVersionUID = 1;

        Failed(String message) {
            super(message);
        }
    }

    private static final int OWNER_MAY_EXECUTE = 0100;

    /// glibc gives memory back to the kernel where 128 KB are free at the end of the heap, and a
    /// statement about a list of rows asks for as much again; that was a tenth of all that
    /// PostgreSQL did for short lists. Now a connection that needed more keeps some 16 MB of it.
    /// Other libraries do not know these names.
    private static final Map<String, String> KEEP_MEMORY =
            Map.of(
                    "MALLOC_TOP_PAD_", Integer.toString(1 << 20),
                    "MALLOC_MMAP_THRESHOLD_", Integer.toString(16 << 20),
                    "MALLOC_TRIM_THRESHOLD_", Integer.toString(16 << 20));

    static PostgresBinaries unpacked() {
        var archive = "postgres-%s-%s.txz".formatted(system(), architecture());
        var home = cache();
        try {
            home = home.resolve("postgresql-" + fingerprint(archive));
            if (!Files.isDirectory(home)) {
                // Unpacked beside and renamed: a start that is killed here leaves no half server.
                Files.createDirectories(home.getParent());
                var partial = Files.createTempDirectory(home.getParent(), "unpacking-");
                unpack(archive, partial);
                moveUnlessPresent(partial, home);
            }
            return new PostgresBinaries(home);
        } catch (FileNotFoundException noArchive) {
            throw new UncheckedIOException(noArchive);
        } catch (IOException failed) {
            throw new UncheckedIOException(
                    "PostgreSQL could not be unpacked to %s; XDG_CACHE_HOME may name another place"
                            .formatted(home),
                    failed);
        }
    }

    /// Runs one of the programs to its end.
    void run(String program, int timeoutSeconds, List<String> arguments) {
        var command = new ArrayList<String>();
        if (isRoot()) {
            // PostgreSQL refuses to run as root; in a user namespace of its own it is nobody,
            // and still owns root's files.
            command.addAll(List.of("unshare", "-U"));
        }
        command.add(home.resolve("bin").resolve(program).toString());
        command.addAll(arguments);
        try {
            // Output goes to a file: the server inherits it, and a pipe would never end.
            var output = Files.createTempFile("vintem-" + program, ".log");
            try {
                var builder =
                        new ProcessBuilder(command)
                                .redirectErrorStream(true)
                                .redirectInput(new File("/dev/null"))
                                .redirectOutput(output.toFile());
                builder.environment().put("LC_ALL", "C");
                KEEP_MEMORY.forEach(builder.environment()::putIfAbsent);
                var process = builder.start();
                if (!process.waitFor(timeoutSeconds, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new Failed(
                            "%s did not end within %d s".formatted(program, timeoutSeconds));
                }
                if (process.exitValue() != 0) {
                    throw new Failed(explain(program, Files.readString(output).trim()));
                }
            } finally {
                Files.deleteIfExists(output);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while running " + program, interrupted);
        }
    }

    static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        try (var paths = Files.walk(root)) {
            for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    private static String explain(String program, String output) {
        return output.startsWith("unshare:")
                ? "PostgreSQL does not run as root, and this machine does not let root become"
                        + " nobody (%s): run Vintém as an ordinary user, or set VINTEM_DB_URL"
                                .formatted(output)
                : "%s failed: %s".formatted(program, output);
    }

    private static boolean isRoot() {
        return new UnixSystem().getUid() == 0;
    }

    private static void moveUnlessPresent(Path partial, Path home) throws IOException {
        try {
            Files.move(partial, home, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException failed) {
            // Somebody else unpacked the same archive at the same time: theirs is as good.
            if (!Files.isDirectory(home)) {
                throw failed;
            }
            deleteTree(partial);
        }
    }

    private static void unpack(String archive, Path target) throws IOException {
        try (var tar =
                new TarArchiveInputStream(
                        new XZInputStream(
                                new BufferedInputStream(resource(archive).openStream())))) {
            for (TarArchiveEntry entry; (entry = tar.getNextEntry()) != null; ) {
                var path = target.resolve(entry.getName()).normalize();
                if (!path.startsWith(target)) {
                    throw new IOException("an entry outside the archive: " + entry.getName());
                }
                Files.createDirectories(entry.isDirectory() ? path : path.getParent());
                if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
                } else if (entry.isFile()) {
                    Files.copy(tar, path);
                    if ((entry.getMode() & OWNER_MAY_EXECUTE) != 0) {
                        Files.setPosixFilePermissions(
                                path, PosixFilePermissions.fromString("rwxr-xr-x"));
                    }
                }
            }
        }
    }

    /// Tells one version of the archive from another, without reading its 15 MB at every start.
    private static String fingerprint(String archive) throws IOException {
        var connection = resource(archive).openConnection();
        connection.setUseCaches(false);
        try (var _ = connection.getInputStream()) {
            return connection instanceof JarURLConnection jar
                    ? Long.toHexString(jar.getJarEntry().getCrc())
                    : Long.toString(connection.getContentLengthLong());
        }
    }

    private static URL resource(String archive) throws FileNotFoundException {
        var url = PostgresBinaries.class.getClassLoader().getResource(archive);
        if (url == null) {
            throw new FileNotFoundException(
                    "there is no embedded PostgreSQL for this platform (%s); set VINTEM_DB_URL"
                            .formatted(archive));
        }
        return url;
    }

    /// Not the shared temporary directory: what lies there, another user may have put there.
    private static Path cache() {
        var configured = System.getenv("XDG_CACHE_HOME");
        return configured == null || configured.isBlank()
                ? Path.of(System.getProperty("user.home"), ".cache", "vintem")
                : Path.of(configured, "vintem");
    }

    private static String system() {
        return System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("mac")
                ? "darwin"
                : "linux";
    }

    private static String architecture() {
        return switch (System.getProperty("os.arch")) {
            case "amd64", "x86_64" -> "x86_64";
            case "aarch64", "arm64" -> "arm_64";
            case String other -> other;
        };
    }
}
