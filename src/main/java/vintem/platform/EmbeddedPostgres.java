package vintem.platform;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A real PostgreSQL server of our own, its data kept in a directory between runs.
///
/// It is started durable (`fsync`, `synchronous_commit`), on a free port of the loopback address,
/// with a password. One process owns a data directory at a time; a second one is refused. A JVM
/// that is killed leaves its server running: the next start stops that orphan first, because
/// adopting it would mean adopting its settings.
public final class EmbeddedPostgres implements AutoCloseable {
    /// The directory is in use by another process, whose id is in the message.
    public static final class InUse extends RuntimeException {
        private static final long serialVersionUID = 1;

        InUse(String message) {
            super(message);
        }
    }

    /// Where a server listens and how to enter as the owner of its data.
    public record Address(String url, String user, String password) {}

    private static final String OWNER = "vintem_owner";
    private static final String DATABASE = "vintem";
    // Recovery after a crash replays up to max_wal_size; better to wait long than to give up on it.
    private static final int START_SECONDS = 600;
    private static final int STOP_SECONDS = 60;

    private final Path home;
    private final Path cluster;
    private final FileChannel lockFile;
    private final FileLock lock;
    private final Address address;

    private EmbeddedPostgres(
            Path home, Path cluster, FileChannel lockFile, FileLock lock, Address address) {
        this.home = home;
        this.cluster = cluster;
        this.lockFile = lockFile;
        this.lock = lock;
        this.address = address;
    }

    /// Starts the server of this data directory, creating its data the first time.
    ///
    /// @param settings server settings beyond the durable defaults, for example `shared_buffers`
    /// @throws InUse where another process holds the directory
    public static EmbeddedPostgres start(Path dataDirectory, Map<String, String> settings) {
        try {
            Files.createDirectories(dataDirectory);
            var lockFile =
                    FileChannel.open(
                            dataDirectory.resolve("lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE);
            var lock = lock(dataDirectory, lockFile);
            try {
                var home = PostgresBinaries.unpacked();
                var cluster = dataDirectory.resolve("postgres");
                var password = password(dataDirectory);
                removeUnfinished(dataDirectory);
                if (!Files.exists(cluster.resolve("PG_VERSION"))) {
                    initialise(home, dataDirectory, cluster);
                }
                stopOrphan(home, cluster);
                var address = start(home, cluster, password, settings);
                return new EmbeddedPostgres(home, cluster, lockFile, lock, address);
            } catch (RuntimeException | IOException failed) {
                lock.release();
                lockFile.close();
                throw failed;
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /// The address of a server that another process runs on this directory, if it does.
    public static Optional<Address> running(Path dataDirectory) {
        var pidFile = dataDirectory.resolve("postgres").resolve("postmaster.pid");
        try {
            if (postmaster(pidFile).isEmpty()) {
                return Optional.empty();
            }
            var port = Integer.parseInt(Files.readAllLines(pidFile).get(3).trim());
            var address = new Address(url(port), OWNER, password(dataDirectory));
            DriverManager.getConnection(address.url(), address.user(), address.password()).close();
            return Optional.of(address);
        } catch (IOException | SQLException | RuntimeException notThere) {
            return Optional.empty();
        }
    }

    public Address address() {
        return address;
    }

    /// Stops the server, ending open sessions, and leaves the directory to the next process.
    @Override
    public void close() {
        try {
            if (postmaster(cluster.resolve("postmaster.pid")).isPresent()) {
                stop(home, cluster);
            }
            lock.release();
            lockFile.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static FileLock lock(Path dataDirectory, FileChannel lockFile) throws IOException {
        FileLock lock;
        try {
            lock = lockFile.tryLock();
        } catch (OverlappingFileLockException heldByThisProcess) {
            lock = null;
        }
        if (lock == null) {
            lockFile.close();
            var holder = Files.readString(dataDirectory.resolve("lock.pid")).trim();
            throw new InUse(
                    "Vintém is already running on %s (process %s)."
                            .formatted(dataDirectory, holder));
        }
        Files.writeString(
                dataDirectory.resolve("lock.pid"), Long.toString(ProcessHandle.current().pid()));
        return lock;
    }

    private static String password(Path dataDirectory) throws IOException {
        var file = dataDirectory.resolve("postgres.password");
        if (!Files.exists(file)) {
            var bytes = new byte[24];
            new SecureRandom().nextBytes(bytes);
            // Written beside and renamed, or a crash in between would leave an empty password.
            var partial = dataDirectory.resolve("postgres.password.partial");
            Files.deleteIfExists(partial);
            Files.createFile(
                    partial,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
            Files.writeString(partial, HexFormat.of().formatHex(bytes));
            Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
        }
        return Files.readString(file).trim();
    }

    private static void removeUnfinished(Path dataDirectory) throws IOException {
        try (var entries = Files.newDirectoryStream(dataDirectory, "postgres.initdb-*")) {
            for (var entry : entries) {
                PostgresBinaries.deleteTree(entry);
            }
        }
    }

    /// `initdb` beside the place, then a rename: killed in between, nothing half-made is taken for
    /// a database.
    private static void initialise(Path home, Path dataDirectory, Path cluster) throws IOException {
        var fresh = Files.createTempDirectory(dataDirectory, "postgres.initdb-");
        run(
                home,
                "initdb",
                List.of(
                        "-D",
                        fresh.toString(),
                        "-U",
                        OWNER,
                        "--pwfile=" + dataDirectory.resolve("postgres.password"),
                        "--auth=scram-sha-256",
                        "--encoding=UTF8",
                        "--locale-provider=builtin",
                        "--builtin-locale=C.UTF-8",
                        "--locale=C"),
                60);
        Files.move(fresh, cluster, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void stopOrphan(Path home, Path cluster) throws IOException {
        if (postmaster(cluster.resolve("postmaster.pid")).isPresent()) {
            stop(home, cluster);
        }
    }

    /// The server process named by the pid file. A process that is not a PostgreSQL server has only
    /// inherited the number, after a reboot for example, and is none of our business.
    private static Optional<ProcessHandle> postmaster(Path pidFile) throws IOException {
        if (!Files.exists(pidFile)) {
            return Optional.empty();
        }
        var firstLine = Files.readAllLines(pidFile).stream().findFirst().orElse("").trim();
        if (!firstLine.matches("[0-9]{1,10}")) {
            return Optional.empty();
        }
        return ProcessHandle.of(Long.parseLong(firstLine))
                .filter(ProcessHandle::isAlive)
                .filter(
                        process ->
                                process.info()
                                        .command()
                                        .map(command -> Path.of(command).endsWith("postgres"))
                                        .orElse(false));
    }

    private static Address start(
            Path home, Path cluster, String password, Map<String, String> settings)
            throws IOException {
        for (var attempt = 1; ; attempt++) {
            var port = freePort();
            try {
                launch(home, cluster, port, settings);
                var address = new Address(url(port), OWNER, password);
                checkIsOurs(address, cluster);
                return address;
            } catch (CommandFailed failed) {
                // The free port may have been taken between looking and listening.
                if (attempt == 3) {
                    throw failed;
                }
            }
        }
    }

    private static void launch(Path home, Path cluster, int port, Map<String, String> settings) {
        var options = new StringBuilder();
        var all = new java.util.LinkedHashMap<String, String>();
        all.put("port", Integer.toString(port));
        all.put("listen_addresses", "127.0.0.1");
        all.put("unix_socket_directories", "");
        all.put("shared_buffers", "256MB");
        all.put("max_wal_size", "4GB");
        all.put("wal_buffers", "16MB");
        all.put("max_connections", "100");
        all.put("jit", "off");
        all.put("random_page_cost", "1.1");
        all.put("timezone", "UTC");
        all.put("log_timezone", "UTC");
        all.put("client_connection_check_interval", "1s");
        all.putAll(settings);
        // Last, so that nothing above can take durability away: a later -c wins.
        all.put("fsync", "on");
        all.put("synchronous_commit", "on");
        all.put("full_page_writes", "on");
        all.forEach(
                (name, value) ->
                        options.append(" -c ")
                                .append(name)
                                .append("='")
                                .append(value)
                                .append('\''));
        run(
                home,
                "pg_ctl",
                List.of(
                        "start",
                        "-D",
                        cluster.toString(),
                        "-w",
                        "-t",
                        Integer.toString(START_SECONDS),
                        "-l",
                        cluster.resolveSibling("postgres.log").toString(),
                        "-o",
                        options.toString().trim()),
                START_SECONDS);
    }

    /// A foreign server may have taken the port a moment before ours; its data is not ours to
    /// touch.
    private static void checkIsOurs(Address address, Path cluster) throws IOException {
        var admin = address.url().replace("/" + DATABASE, "/postgres");
        try (var connection =
                        DriverManager.getConnection(admin, address.user(), address.password());
                var statement = connection.createStatement()) {
            try (var row = statement.executeQuery("show data_directory")) {
                row.next();
                if (!Path.of(row.getString(1)).toRealPath().equals(cluster.toRealPath())) {
                    throw new IllegalStateException(
                            "another PostgreSQL answers at " + address.url());
                }
            }
            try (var row =
                    statement.executeQuery(
                            "select from pg_database where datname = '" + DATABASE + "'")) {
                if (row.next()) {
                    return;
                }
            }
            statement.execute("create database " + DATABASE);
        } catch (SQLException failed) {
            throw new IllegalStateException("the embedded PostgreSQL does not answer", failed);
        }
    }

    private static void stop(Path home, Path cluster) {
        run(
                home,
                "pg_ctl",
                List.of(
                        "stop",
                        "-D",
                        cluster.toString(),
                        "-m",
                        "fast",
                        "-w",
                        "-t",
                        Integer.toString(STOP_SECONDS)),
                STOP_SECONDS);
    }

    private static String url(int port) {
        return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, DATABASE);
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static final class CommandFailed extends RuntimeException {
        private static final long serialVersionUID = 1;

        CommandFailed(String message) {
            super(message);
        }
    }

    private static void run(Path home, String program, List<String> arguments, int seconds) {
        var command = new ArrayList<String>();
        if (isRoot()) {
            // PostgreSQL refuses to run as root; in a user namespace of its own it is nobody.
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
                                .redirectInput(
                                        ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
                                .redirectOutput(output.toFile());
                builder.environment().put("LC_ALL", "C");
                var process = builder.start();
                if (!process.waitFor(seconds + 10L, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new CommandFailed(program + " did not end in " + seconds + " s");
                }
                if (process.exitValue() != 0) {
                    throw new CommandFailed(
                            "%s failed:%n%s".formatted(program, Files.readString(output)));
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

    private static boolean isRoot() {
        try {
            return Files.exists(Path.of("/proc/self"))
                    && (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
        } catch (IOException | RuntimeException unknown) {
            return "root".equals(System.getProperty("user.name"));
        }
    }
}
