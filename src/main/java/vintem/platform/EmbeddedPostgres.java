package vintem.platform;

import static java.nio.file.StandardOpenOption.SYNC;
import static java.nio.file.StandardOpenOption.WRITE;
import static java.util.stream.Collectors.joining;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.postgresql.ds.PGSimpleDataSource;

/// A real PostgreSQL server of our own, its data kept in a directory between runs.
///
/// It is started durable (`fsync`, `synchronous_commit`), on a free port of the loopback address,
/// with a password. One process owns a data directory at a time; a second one is refused. A JVM
/// that is killed leaves its server running: the next start stops that orphan first, because
/// adopting it would mean adopting its settings.
public final class EmbeddedPostgres implements AutoCloseable {
    /// The directory is in use, by the process whose id is in the message.
    public static final class InUse extends RuntimeException {
        private static final long serialVersionUID = 1;

        InUse(Path directory, String process) {
            super("Vintém is already running on %s (process %s).".formatted(directory, process));
        }
    }

    /// Where a server listens and how to enter it.
    public record Address(String url, String user, String password) {
        public Connection connect() throws SQLException {
            var source = new PGSimpleDataSource();
            source.setUrl(url);
            return source.getConnection(user, password);
        }

        /// Without the password: addresses end up in logs.
        @Override
        public String toString() {
            return url + " as " + user;
        }
    }

    private static final String OWNER = "vintem_owner";
    private static final String DATABASE = "vintem";
    private static final int INITDB_SECONDS = 120;
    // Recovery after a crash replays up to max_wal_size; better to wait long than to give up on it.
    private static final int START_SECONDS = 600;
    private static final int STOP_SECONDS = 60;
    private static final int ATTEMPTS = 5;
    private static final int REMOVALS = 20;

    private final PostgresBinaries binaries;
    private final Path cluster;
    private final DirectoryLock lock;
    private final Address address;

    private EmbeddedPostgres(
            PostgresBinaries binaries, Path cluster, DirectoryLock lock, Address address) {
        this.binaries = binaries;
        this.cluster = cluster;
        this.lock = lock;
        this.address = address;
    }

    /// Starts the server of this data directory, creating its data the first time.
    ///
    /// @param settings server settings beyond the defaults, for example `shared_buffers`; they
    ///     cannot take durability away
    /// @throws InUse where this or another process holds the directory
    public static EmbeddedPostgres start(Path dataDirectory, Map<String, String> settings) {
        try {
            if (!Files.isDirectory(dataDirectory)) {
                Files.createDirectories(dataDirectory.toAbsolutePath().getParent());
                Files.createDirectory(dataDirectory, mode("rwx------"));
            }
            var directory = dataDirectory.toRealPath();
            var lock = DirectoryLock.take(directory);
            try {
                var binaries = PostgresBinaries.unpacked();
                var cluster = directory.resolve("postgres");
                removeUnfinished(directory);
                if (!Files.exists(cluster)) {
                    initialise(binaries, directory, cluster);
                }
                var address = launch(binaries, cluster, password(directory), settings);
                return new EmbeddedPostgres(binaries, cluster, lock, address);
            } catch (RuntimeException | IOException failed) {
                lock.close();
                throw failed;
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /// The address of the server that some process runs on this directory, if one does.
    public static Optional<Address> running(Path dataDirectory) {
        try {
            var directory = dataDirectory.toRealPath();
            var cluster = directory.resolve("postgres");
            if (namedBy(pidFile(cluster)).filter(it -> isServerOf(it, cluster)).isEmpty()) {
                return Optional.empty();
            }
            var port = Integer.parseInt(Files.readAllLines(pidFile(cluster)).get(3).trim());
            var address = new Address(url(port, DATABASE), OWNER, password(directory));
            address.connect().close();
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
        if (!lock.isHeld()) {
            return;
        }
        try (lock) {
            if (namedBy(pidFile(cluster)).filter(it -> isServerOf(it, cluster)).isPresent()) {
                stop(binaries, cluster);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static String password(Path directory) throws IOException {
        return Files.readString(directory.resolve("postgres.password")).trim();
    }

    private static void removeUnfinished(Path directory) throws IOException {
        try (var entries = Files.newDirectoryStream(directory, "postgres.initdb-*")) {
            for (var entry : entries) {
                removeUnfinishedCluster(entry);
            }
        }
    }

    /// An `initdb` whose JVM was killed may be writing still; it gives up when its files vanish.
    private static void removeUnfinishedCluster(Path cluster) throws IOException {
        for (var attempt = 1; Files.exists(cluster); attempt++) {
            try {
                PostgresBinaries.deleteTree(cluster);
            } catch (DirectoryNotEmptyException | UncheckedIOException growing) {
                if (attempt == REMOVALS) {
                    throw growing;
                }
                pause(attempt);
            }
        }
    }

    /// `initdb` beside the place, then a rename: killed in between, nothing half-made is taken for
    /// a database.
    private static void initialise(PostgresBinaries binaries, Path directory, Path cluster)
            throws IOException {
        var password = directory.resolve("postgres.password");
        Files.deleteIfExists(password);
        Files.createFile(password, mode("rw-------"));
        var random = new byte[24];
        new SecureRandom().nextBytes(random);
        Files.writeString(password, HexFormat.of().formatHex(random), WRITE, SYNC);

        var fresh = Files.createTempDirectory(directory, "postgres.initdb-");
        binaries.run(
                "initdb",
                INITDB_SECONDS,
                List.of(
                        "--pgdata=" + fresh,
                        "--username=" + OWNER,
                        "--pwfile=" + password,
                        "--auth=scram-sha-256",
                        // Slow for whoever guesses passwords, which nobody does with 192 bits, and
                        // slow at each new connection.
                        "--set=scram_iterations=1",
                        "--encoding=UTF8",
                        "--locale-provider=builtin",
                        "--builtin-locale=C.UTF-8",
                        "--locale=C"));
        Files.move(fresh, cluster, StandardCopyOption.ATOMIC_MOVE);
        try (var entries = FileChannel.open(directory, StandardOpenOption.READ)) {
            entries.force(true);
        }
    }

    private static Address launch(
            PostgresBinaries binaries, Path cluster, String password, Map<String, String> settings)
            throws IOException {
        for (var attempt = 1; ; attempt++) {
            clearTheWay(binaries, cluster);
            var port = freePort();
            try {
                start(binaries, cluster, port, settings);
                prepare(new Address(url(port, "postgres"), OWNER, password), cluster);
                return new Address(url(port, DATABASE), OWNER, password);
            } catch (PostgresBinaries.Failed failed) {
                // The port may be taken by now, or a killed server's last sessions still end.
                if (attempt == ATTEMPTS) {
                    throw failed;
                }
                pause(attempt);
            } catch (SQLException failed) {
                stop(binaries, cluster);
                throw new IllegalStateException("the embedded PostgreSQL does not answer", failed);
            }
        }
    }

    /// Stops the orphan of a killed JVM. Another process that has only inherited the number in the
    /// pid file, after a reboot for example, is none of our business, but PostgreSQL would take it
    /// for a running server and refuse to start. (A server that really runs on this directory is
    /// still noticed, by its shared memory.)
    private static void clearTheWay(PostgresBinaries binaries, Path cluster) throws IOException {
        var process = namedBy(pidFile(cluster));
        if (process.isPresent()) {
            if (isServerOf(process.get(), cluster)) {
                stopOrphan(binaries, cluster);
            } else {
                Files.deleteIfExists(pidFile(cluster));
            }
        }
    }

    /// A server that was killed, too, may be dying while it is asked to stop: then it ends without
    /// taking its pid file away, which `pg_ctl` calls a failure, and the next server knows what to
    /// do with.
    private static void stopOrphan(PostgresBinaries binaries, Path cluster) throws IOException {
        try {
            stop(binaries, cluster);
        } catch (PostgresBinaries.Failed notStopped) {
            if (namedBy(pidFile(cluster)).isPresent()) {
                throw notStopped;
            }
        }
    }

    private static Path pidFile(Path cluster) {
        return cluster.resolve("postmaster.pid");
    }

    /// The living process whose number is the first line of the file.
    private static Optional<ProcessHandle> namedBy(Path pidFile) throws IOException {
        if (!Files.exists(pidFile)) {
            return Optional.empty();
        }
        return Files.readAllLines(pidFile).stream()
                .limit(1)
                .map(String::trim)
                .filter(line -> line.matches("[0-9]{1,10}"))
                .flatMap(line -> ProcessHandle.of(Long.parseLong(line)).stream())
                .filter(ProcessHandle::isAlive)
                .findFirst();
    }

    /// A sixteenth of the machine's memory, or the container's. Indexes of what has no order, as
    /// txids and debtIds, are written all over: where they do not fit, every row costs a page that
    /// is written out and another one that is read.
    private static long sharedBuffersMegabytes() {
        var bytes =
                ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                        ? system.getTotalMemorySize()
                        : 0;
        return Math.clamp(bytes >> 24, 128, 1_024);
    }

    private static boolean isServerOf(ProcessHandle process, Path cluster) {
        var info = process.info();
        return info.command().map(command -> Path.of(command).endsWith("postgres")).orElse(false)
                && List.of(info.arguments().orElse(new String[0])).contains(cluster.toString());
    }

    private static void start(
            PostgresBinaries binaries, Path cluster, int port, Map<String, String> settings) {
        var all = new LinkedHashMap<String, String>();
        all.put("shared_buffers", sharedBuffersMegabytes() + "MB");
        // A million debts write 2.5 GB; past half of this a checkpoint doubles what each page
        // costs.
        all.put("max_wal_size", "6GB");
        all.put("wal_buffers", "16MB");
        // Aside, and often: whoever commits a large batch then waits for little of it.
        all.put("wal_writer_delay", "10ms");
        all.put("max_connections", "100");
        all.put("jit", "off");
        all.put("random_page_cost", "1.1");
        all.put("timezone", "UTC");
        all.put("log_timezone", "UTC");
        // Who went away must not keep locks: by default nobody looks until the statement is done.
        all.put("client_connection_check_interval", "1s");
        // The owner's password alone is stretched once (`initialise`); another's may be a person's.
        all.put("scram_iterations", "4096");
        all.putAll(settings);
        all.put("port", Integer.toString(port));
        all.put("listen_addresses", "127.0.0.1");
        all.put("unix_socket_directories", "");
        all.put("fsync", "on");
        all.put("synchronous_commit", "on");
        all.put("full_page_writes", "on");
        var options =
                all.entrySet().stream()
                        .map(entry -> "-c %s='%s'".formatted(entry.getKey(), entry.getValue()))
                        .collect(joining(" "));
        var log = cluster.resolveSibling("postgres.log");
        try {
            binaries.run(
                    "pg_ctl",
                    START_SECONDS + 10,
                    List.of(
                            "start",
                            "--wait",
                            "--timeout=" + START_SECONDS,
                            "--pgdata=" + cluster,
                            "--log=" + log,
                            "--options=" + options));
        } catch (PostgresBinaries.Failed failed) {
            throw new PostgresBinaries.Failed(failed.getMessage() + "\n" + end(log));
        }
    }

    /// Makes sure that it is our server that answers, and that our database is in it.
    private static void prepare(Address admin, Path cluster) throws IOException, SQLException {
        try (var connection = admin.connect();
                var statement = connection.createStatement()) {
            try (var row = statement.executeQuery("show data_directory")) {
                row.next();
                if (!Path.of(row.getString(1)).toRealPath().equals(cluster)) {
                    throw new SQLException("another server answers at " + admin.url());
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
        }
    }

    private static void stop(PostgresBinaries binaries, Path cluster) {
        binaries.run(
                "pg_ctl",
                STOP_SECONDS + 10,
                List.of(
                        "stop",
                        "--wait",
                        "--mode=fast",
                        "--timeout=" + STOP_SECONDS,
                        "--pgdata=" + cluster));
    }

    private static String end(Path log) {
        try (var lines = Files.lines(log)) {
            var all = lines.toList();
            return String.join("\n", all.subList(Math.max(0, all.size() - 10), all.size()));
        } catch (IOException | UncheckedIOException unreadable) {
            return "";
        }
    }

    private static String url(int port, String database) {
        return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, database);
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static FileAttribute<?> mode(String permissions) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
    }

    private static void pause(int attempt) {
        try {
            Thread.sleep(100L * attempt);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting", interrupted);
        }
    }

    /// What makes a directory ours until we close it or die.
    ///
    /// A process loses its lock on a file as soon as it closes *any* descriptor of that file. So a
    /// directory that this process holds is refused before its lock file is opened, and the number
    /// of the holder is in a file of its own.
    private record DirectoryLock(Path directory, FileChannel file) implements AutoCloseable {
        private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

        static DirectoryLock take(Path directory) throws IOException {
            if (!HELD.add(directory)) {
                throw new InUse(directory, holder(directory));
            }
            FileChannel file = null;
            try {
                file =
                        FileChannel.open(
                                directory.resolve("lock"), WRITE, StandardOpenOption.CREATE);
                if (file.tryLock() == null) {
                    throw new InUse(directory, holder(directory));
                }
                var us = Long.toString(ProcessHandle.current().pid());
                Files.writeString(directory.resolve("lock.pid"), us);
                return new DirectoryLock(directory, file);
            } catch (IOException | RuntimeException failed) {
                if (file != null) {
                    file.close();
                }
                HELD.remove(directory);
                throw failed;
            }
        }

        boolean isHeld() {
            return file.isOpen();
        }

        @Override
        public void close() throws IOException {
            file.close();
            HELD.remove(directory);
        }

        private static String holder(Path directory) throws IOException {
            var file = directory.resolve("lock.pid");
            return Files.exists(file) ? Files.readString(file).trim() : "unknown";
        }
    }
}
