package vintem.platform;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Locale;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/// PostgreSQL's programs for this platform, unpacked once per user from the archive on the class
/// path.
final class PostgresBinaries {
    private static final int OWNER_MAY_EXECUTE = 0100;

    private PostgresBinaries() {}

    /// The folder that holds `bin`, `lib` and `share`.
    static Path unpacked() {
        var archive = "postgres-%s-%s.txz".formatted(system(), architecture());
        var home = cache().resolve("postgresql-" + fingerprint(archive));
        if (Files.isDirectory(home)) {
            return home;
        }
        try {
            // Unpacked beside and renamed: a start that is killed here leaves no half server.
            Files.createDirectories(home.getParent());
            var partial = Files.createTempDirectory(home.getParent(), "unpacking-");
            unpack(archive, partial);
            moveUnlessPresent(partial, home);
            return home;
        } catch (IOException failed) {
            throw new UncheckedIOException("PostgreSQL could not be unpacked to " + home, failed);
        }
    }

    private static void moveUnlessPresent(Path partial, Path home) throws IOException {
        try {
            Files.move(partial, home, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileAlreadyExistsException other) {
            deleteTree(partial);
        } catch (FileSystemException other) {
            // Somebody else unpacked the same archive at the same time: theirs is as good.
            if (!Files.isDirectory(home)) {
                throw other;
            }
            deleteTree(partial);
        }
    }

    private static void unpack(String archive, Path target) throws IOException {
        try (var tar = new TarArchiveInputStream(new XZInputStream(open(archive)))) {
            for (TarArchiveEntry entry; (entry = tar.getNextEntry()) != null; ) {
                var path = target.resolve(entry.getName()).normalize();
                if (!path.startsWith(target)) {
                    throw new IOException("an entry outside the archive: " + entry.getName());
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(path);
                } else if (entry.isSymbolicLink()) {
                    Files.createDirectories(path.getParent());
                    Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
                } else {
                    Files.createDirectories(path.getParent());
                    Files.copy(tar, path);
                    if ((entry.getMode() & OWNER_MAY_EXECUTE) != 0) {
                        Files.setPosixFilePermissions(
                                path, EnumSet.allOf(PosixFilePermission.class));
                    }
                }
            }
        }
    }

    private static String fingerprint(String archive) {
        try (var bytes =
                new DigestInputStream(open(archive), MessageDigest.getInstance("SHA-256"))) {
            bytes.transferTo(java.io.OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(bytes.getMessageDigest().digest(), 0, 8);
        } catch (IOException | NoSuchAlgorithmException failed) {
            throw new IllegalStateException("cannot read " + archive, failed);
        }
    }

    private static InputStream open(String archive) throws IOException {
        var stream = PostgresBinaries.class.getClassLoader().getResourceAsStream(archive);
        if (stream == null) {
            throw new IOException(
                    "there is no embedded PostgreSQL for this platform (%s); set VINTEM_DB_URL"
                            .formatted(archive));
        }
        return new BufferedInputStream(stream, 1 << 16);
    }

    /// Not the shared temporary directory: what lies there, another user may have put there.
    private static Path cache() {
        var configured = System.getenv("XDG_CACHE_HOME");
        return configured == null || configured.isBlank()
                ? Path.of(System.getProperty("user.home"), ".cache", "vintem")
                : Path.of(configured, "vintem");
    }

    private static String system() {
        var name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        return name.contains("mac") ? "darwin" : name.contains("win") ? "windows" : "linux";
    }

    private static String architecture() {
        return switch (System.getProperty("os.arch")) {
            case "amd64", "x86_64" -> "x86_64";
            case "aarch64", "arm64" -> "arm_64";
            case String other -> other;
        };
    }

    static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        try (var paths = Files.walk(root)) {
            for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
