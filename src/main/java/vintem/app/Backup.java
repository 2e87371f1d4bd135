package vintem.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;
import org.jspecify.annotations.Nullable;
import vintem.platform.EmbeddedPostgres;
import vintem.platform.EmbeddedPostgres.Address;

/// A copy of the whole data directory in one `.tar.gz`, taken while money moves.
///
/// The embedded PostgreSQL comes without `pg_dump` and `pg_basebackup`, so this is a base backup by
/// PostgreSQL's own protocol (*Continuous Archiving*, "Making a Base Backup Using the Low Level
/// API"): the files as they happen to be, and the write-ahead log of the meantime, from which the
/// restored server makes them consistent when it first starts. The copy is of the moment the backup
/// ends.
///
/// A backup that nobody has restored is a hope. So each one is restored beside, started, read and
/// audited before it gets its name.
final class Backup {
    sealed interface Outcome {}

    /// @param rows how many rows of how many tables were read back from it
    record Written(Path file, long bytes, int tables, long rows, Duration took)
            implements Outcome {}

    record Restored(Path dataDirectory) implements Outcome {}

    /// Nothing was written; the reason is a sentence for the operator.
    record Refused(String reason) implements Outcome {}

    /// A file beside the data that says that they are older than they seem: numbers of boletos
    /// were taken since.
    static final String RESTORED = "restored";

    private static final String CLUSTER = "postgres";
    private static final String MARK = "vintem-backup";
    private static final String FORMAT = "1\n";

    // Files of the running process, not of the data.
    private static final Pattern NOT_OURS =
            Pattern.compile(
                    "lock|lock\\.pid|restored|postgres\\.log|[^/]*\\.partial|postgres\\.initdb-.*"
                            + "|postgres/(postmaster\\.(pid|opts)|backup_label.*|tablespace_map.*)"
                            + "|(.*/)?(pgsql_tmp[^/]*|pg_internal\\.init[^/]*)");
    // The server empties these itself when it starts; the log of the backup is added at the end.
    private static final Set<String> KEPT_EMPTY =
            Set.of(
                    "pg_wal",
                    "pg_replslot",
                    "pg_dynshmem",
                    "pg_notify",
                    "pg_serial",
                    "pg_snapshots",
                    "pg_stat_tmp",
                    "pg_subtrans");
    // Says up to where the data files are complete, so it must not be older than they are.
    private static final String CONTROL = "postgres/global/pg_control";

    // Keeps the log that the backup needs from being recycled, however long the copying takes; as a
    // temporary slot it goes with this session, however that ends.
    private static final String KEEP_LOG =
            "select pg_create_physical_replication_slot('vintem_backup_' || pg_backend_pid(), true,"
                    + " true)";
    private static final String START = "select pg_backup_start('vintem', fast => true)";
    private static final String STOP =
            """
            select labelfile, spcmapfile, pg_walfile_name(lsn) as last_log_file
            from pg_backup_stop(wait_for_archive => true)
            """;
    private static final Pattern FIRST_LOG_FILE = Pattern.compile("\\(file ([0-9A-F]{24})\\)");
    private static final String COUNTS =
            """
            select format('select count(*) from %I.%I', schemaname, tablename)
            from pg_tables
            where schemaname not in ('pg_catalog', 'information_schema')
            """;

    private Backup() {}

    /// Writes a backup of the embedded database and of the secrets beside it, and restores it once
    /// to see that it can be. Works beside a running server and without one.
    ///
    /// @param audit asked about the restored copy; what it rejects is not kept
    /// @throws EmbeddedPostgres.InUse where a server is just starting or stopping
    static Outcome backup(Path dataDirectory, Path target, Predicate<Address> audit) {
        try {
            var data = dataDirectory.toAbsolutePath().normalize();
            var file = target.toAbsolutePath().normalize();
            if (!Files.isDirectory(data.resolve(CLUSTER))) {
                return new Refused("There is no embedded database in %s.".formatted(data));
            }
            if (Files.exists(file)) {
                return new Refused("%s exists; a backup never replaces a file.".formatted(file));
            }
            if (file.startsWith(data)) {
                return new Refused(
                        "%s lies in the data directory and would be lost with it; name a file"
                                        .formatted(file)
                                + " somewhere else.");
            }
            var running = EmbeddedPostgres.running(data);
            if (running.isPresent()) {
                return write(running.get(), data, file, audit);
            }
            try (var server = EmbeddedPostgres.start(data, Map.of())) {
                return write(server.address(), data, file, audit);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (SQLException failed) {
            throw new IllegalStateException("the database failed during the backup", failed);
        }
    }

    /// Makes the data directory what it was at the end of the backup.
    static Outcome restore(Path archive, Path dataDirectory) {
        try {
            var data = dataDirectory.toAbsolutePath().normalize();
            if (!isEmpty(data)) {
                return new Refused(
                        "%s is not empty; a backup is restored into an empty directory only."
                                .formatted(data));
            }
            if (!Files.isRegularFile(archive)) {
                return new Refused("There is no file %s.".formatted(archive));
            }
            var fault = fault(archive);
            if (fault.isPresent()) {
                return new Refused(
                        "%s is damaged or no backup of Vintém: %s."
                                .formatted(archive, fault.get()));
            }
            Files.createDirectories(data.getParent());
            var fresh =
                    Files.createTempDirectory(data.getParent(), data.getFileName() + ".partial-");
            try {
                extract(archive, fresh);
                Files.createFile(fresh.resolve(RESTORED), mode("rw-------"));
                Files.deleteIfExists(data);
                Files.move(fresh, data, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                deleteTree(fresh);
            }
            return new Restored(data);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static Outcome write(Address server, Path data, Path file, Predicate<Address> audit)
            throws IOException, SQLException {
        var began = System.nanoTime();
        Files.createDirectories(file.getParent());
        var partial = file.resolveSibling(file.getFileName() + ".partial");
        var copy = Files.createTempDirectory(file.getParent(), file.getFileName() + ".verify-");
        try {
            Files.deleteIfExists(partial);
            Files.createFile(partial, mode("rw-------"));
            copy(server, data, partial);
            extract(partial, copy);
            try (var restored = EmbeddedPostgres.start(copy, Map.of("shared_buffers", "64MB"))) {
                var read = readAll(restored.address());
                if (!audit.test(restored.address())) {
                    return new Refused(
                            "What was restored from the backup did not pass the audit, so it was"
                                    + " not kept.");
                }
                Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
                return new Written(
                        file,
                        Files.size(file),
                        read.tables(),
                        read.rows(),
                        Duration.ofNanos(System.nanoTime() - began));
            }
        } finally {
            Files.deleteIfExists(partial);
            deleteTree(copy);
        }
    }

    private static void copy(Address server, Path data, Path file)
            throws IOException, SQLException {
        try (var connection = server.connect();
                var statement = connection.createStatement();
                var archive = new Archive(file)) {
            archive.text(MARK, FORMAT);
            statement.execute(KEEP_LOG);
            statement.execute(START);
            copyTree(data, archive);
            archive.file(CONTROL, data.resolve(CONTROL));
            stop(statement, data, archive);
        }
        try (var written = FileChannel.open(file, StandardOpenOption.WRITE)) {
            written.force(true);
        }
    }

    private static void copyTree(Path data, Archive archive) throws IOException {
        var cluster = data.resolve(CLUSTER);
        Files.walkFileTree(
                data,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes is)
                            throws IOException {
                        var name = data.relativize(path).toString();
                        if (NOT_OURS.matcher(name).matches()) {
                            return FileVisitResult.SKIP_SUBTREE;
                        }
                        if (!name.isEmpty()) {
                            archive.directory(name);
                        }
                        return cluster.equals(path.getParent())
                                        && KEPT_EMPTY.contains(path.getFileName().toString())
                                ? FileVisitResult.SKIP_SUBTREE
                                : FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path path, BasicFileAttributes is)
                            throws IOException {
                        var name = data.relativize(path).toString();
                        if (is.isRegularFile()
                                && !NOT_OURS.matcher(name).matches()
                                && !name.equals(CONTROL)) {
                            archive.file(name, path);
                        }
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFileFailed(Path path, IOException failed)
                            throws IOException {
                        return ignoreIfGone(failed);
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(
                            Path path, @Nullable IOException failed) throws IOException {
                        return failed == null ? FileVisitResult.CONTINUE : ignoreIfGone(failed);
                    }
                });
    }

    /// What a transaction drops meanwhile, the log drops again.
    private static FileVisitResult ignoreIfGone(IOException failed) throws IOException {
        if (failed instanceof NoSuchFileException) {
            return FileVisitResult.CONTINUE;
        }
        throw failed;
    }

    /// Ends the backup and adds what makes the copied files consistent: the label that says where
    /// to begin, and the log from there to here.
    private static void stop(Statement statement, Path data, Archive archive)
            throws IOException, SQLException {
        try (var row = statement.executeQuery(STOP)) {
            row.next();
            var label = row.getString("labelfile");
            var first = FIRST_LOG_FILE.matcher(label);
            if (!first.find() || !row.getString("spcmapfile").isBlank()) {
                throw new IllegalStateException("not a backup that can be restored:\n" + label);
            }
            archive.text("postgres/backup_label", label);
            var last = row.getString("last_log_file");
            try (var files = Files.list(data.resolve("postgres/pg_wal"))) {
                for (var file : files.sorted().toList()) {
                    var name = file.getFileName().toString();
                    if (name.length() == last.length()
                            && name.compareTo(first.group(1)) >= 0
                            && name.compareTo(last) <= 0) {
                        archive.file("postgres/pg_wal/" + name, file);
                    }
                }
            }
        }
    }

    private record Read(int tables, long rows) {}

    private static Read readAll(Address server) throws SQLException {
        try (var connection = server.connect();
                var statement = connection.createStatement()) {
            var counts = new ArrayList<String>();
            try (var row = statement.executeQuery(COUNTS)) {
                while (row.next()) {
                    counts.add(row.getString(1));
                }
            }
            var rows = 0L;
            for (var count : counts) {
                try (var row = statement.executeQuery(count)) {
                    row.next();
                    rows += row.getLong(1);
                }
            }
            return new Read(counts.size(), rows);
        }
    }

    /// Reads the archive to its end, because gzip's checksum comes last.
    private static Optional<String> fault(Path archive) {
        try (var tar = open(archive)) {
            var mark = tar.getNextEntry();
            if (mark == null || !mark.getName().equals(MARK)) {
                return Optional.of("it does not begin like one");
            }
            if (!new String(tar.readNBytes(FORMAT.length() + 1), UTF_8).equals(FORMAT)) {
                return Optional.of("it is of another version of Vintém");
            }
            for (TarArchiveEntry entry; (entry = tar.getNextEntry()) != null; ) {
                var name = Path.of(entry.getName());
                if (!(entry.isFile() || entry.isDirectory())
                        || name.isAbsolute()
                        || name.startsWith("..")
                        || !name.normalize().equals(name)) {
                    return Optional.of("it has an entry that no backup has, " + name);
                }
            }
            return Optional.empty();
        } catch (IOException | RuntimeException unreadable) {
            return Optional.of(String.valueOf(unreadable.getMessage()));
        }
    }

    private static void extract(Path archive, Path directory) throws IOException {
        try (var tar = open(archive)) {
            for (TarArchiveEntry entry; (entry = tar.getNextEntry()) != null; ) {
                var path = directory.resolve(entry.getName());
                if (entry.isDirectory()) {
                    Files.createDirectory(path, mode("rwx------"));
                } else if (!entry.getName().equals(MARK)) {
                    Files.createFile(path, mode("rw-------"));
                    try (var file = Files.newOutputStream(path)) {
                        tar.transferTo(file);
                    }
                }
            }
        }
    }

    /// A tar stream that, at its last entry, also reads what gzip has to say about the whole.
    private static TarArchiveInputStream open(Path archive) throws IOException {
        var bytes = new BufferedInputStream(Files.newInputStream(archive), 1 << 16);
        try {
            var gzip = new GZIPInputStream(bytes, 1 << 16);
            return new TarArchiveInputStream(gzip) {
                @Override
                public @Nullable TarArchiveEntry getNextEntry() throws IOException {
                    var entry = super.getNextEntry();
                    if (entry == null) {
                        gzip.transferTo(OutputStream.nullOutputStream());
                    }
                    return entry;
                }
            };
        } catch (IOException failed) {
            bytes.close();
            throw failed;
        }
    }

    private static boolean isEmpty(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return true;
        }
        try (var entries = Files.list(directory)) {
            return entries.findAny().isEmpty();
        }
    }

    private static void deleteTree(Path root) throws IOException {
        if (Files.exists(root)) {
            try (var paths = Files.walk(root)) {
                for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    private static FileAttribute<?> mode(String permissions) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
    }

    /// The archive while it is written.
    private static final class Archive implements Closeable {
        private final TarArchiveOutputStream tar;

        Archive(Path file) throws IOException {
            var fast = new GzipParameters();
            fast.setCompressionLevel(Deflater.BEST_SPEED);
            var bytes = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
            tar = new TarArchiveOutputStream(new GzipCompressorOutputStream(bytes, fast));
            tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        }

        void text(String name, String text) throws IOException {
            var bytes = text.getBytes(UTF_8);
            begin(name, bytes.length);
            tar.write(bytes);
            tar.closeArchiveEntry();
        }

        void directory(String name) throws IOException {
            tar.putArchiveEntry(new TarArchiveEntry(name + "/"));
            tar.closeArchiveEntry();
        }

        /// A file may vanish, grow or shrink while it is read. The log repeats whatever was done to
        /// it since the backup began, so its length of one moment is enough, missing bytes as 0.
        void file(String name, Path path) throws IOException {
            try (var file = FileChannel.open(path)) {
                var left = file.size();
                begin(name, left);
                var buffer = ByteBuffer.allocate(1 << 16);
                while (left > 0) {
                    buffer.clear().limit((int) Math.min(left, buffer.capacity()));
                    var read = file.read(buffer);
                    if (read < 0) {
                        read = buffer.limit();
                        buffer = ByteBuffer.allocate(buffer.capacity());
                    }
                    tar.write(buffer.array(), 0, read);
                    left -= read;
                }
                tar.closeArchiveEntry();
            } catch (NoSuchFileException gone) {
                ignoreIfGone(gone);
            }
        }

        private void begin(String name, long size) throws IOException {
            var entry = new TarArchiveEntry(name);
            entry.setSize(size);
            tar.putArchiveEntry(entry);
        }

        @Override
        public void close() throws IOException {
            tar.close();
        }
    }
}
