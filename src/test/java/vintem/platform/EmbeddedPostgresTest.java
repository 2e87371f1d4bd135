package vintem.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.security.auth.module.UnixSystem;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A real server, real processes, real kills.
class EmbeddedPostgresTest {
    private static final int NOBODY = 65_534;

    @TempDir private Path temporary;

    private final List<Process> children = new ArrayList<>();

    @AfterEach
    void nothing_is_left_running() throws Exception {
        for (var child : children) {
            child.destroyForcibly().waitFor();
        }
        var data = temporary.resolve("data");
        if (EmbeddedPostgres.running(data).isPresent()) {
            // A killed child's server is stopped as an orphan.
            start(data).close();
        }
    }

    @Test
    void it_is_durable_guarded_by_a_password_and_keeps_its_data() throws Exception {
        var data = temporary.resolve("data");
        try (var postgres = EmbeddedPostgres.start(data, Map.of("fsync", "off"))) {
            var address = postgres.address();
            assertThat(ask(address, "show fsync")).isEqualTo("on");
            assertThat(ask(address, "show synchronous_commit")).isEqualTo("on");
            assertThat(ask(address, "show full_page_writes")).isEqualTo("on");
            assertThat(ask(address, "show client_connection_check_interval")).isEqualTo("1s");
            assertThat(ask(address, "show listen_addresses")).isEqualTo("127.0.0.1");
            assertThat(ask(address, "show server_encoding")).isEqualTo("UTF8");
            assertThat(ask(address, "show data_directory"))
                    .isEqualTo(data.toRealPath().resolve("postgres").toString());

            var stranger = new EmbeddedPostgres.Address(address.url(), address.user(), "guess");
            assertThatThrownBy(stranger::connect)
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            refused -> assertThat(refused.getSQLState()).isEqualTo("28P01"));
            assertThat(address.toString()).doesNotContain(address.password());

            execute(address, "create table kept as select 42 as answer");
            assertThat(EmbeddedPostgres.running(data)).contains(address);
        }
        assertThat(EmbeddedPostgres.running(data)).isEmpty();
        assertThat(permissions(data)).isEqualTo("rwx------");
        assertThat(permissions(data.resolve("postgres.password"))).isEqualTo("rw-------");

        try (var again = start(data)) {
            assertThat(ask(again.address(), "select answer from kept")).isEqualTo("42");
        }
    }

    @Test
    void a_second_start_on_the_same_directory_is_refused_and_harms_nothing() throws Exception {
        var data = temporary.resolve("data");
        try (var postgres = start(data)) {
            assertThatThrownBy(() -> start(data)).isInstanceOf(EmbeddedPostgres.InUse.class);
            // After the refusal above as well: closing a file must not have dropped the lock.
            var second = child("start", data);
            assertThat(second.inputReader().readLine())
                    .isEqualTo(
                            "Vintém is already running on %s (process %d)."
                                    .formatted(data.toRealPath(), ProcessHandle.current().pid()));
            assertThat(second.waitFor()).isEqualTo(1);
            assertThat(ask(postgres.address(), "select 'alive'")).isEqualTo("alive");
        }
    }

    @Test
    void what_was_committed_survives_kill_9_of_the_jvm_and_of_the_server() throws Exception {
        var data = temporary.resolve("data");
        var first = child("insert", data);
        var orphan = server(first);
        first.destroyForcibly().waitFor();
        assertThat(isRunning(orphan)).isTrue();
        try (var postgres = start(data)) {
            assertThat(isRunning(orphan)).isFalse();
            assertThat(ask(postgres.address(), "select count(*) from kept")).isEqualTo("1000");
        }

        var second = child("insert", data);
        var killed = server(second);
        second.destroyForcibly().waitFor();
        killed.destroyForcibly();
        try (var postgres = start(data)) {
            assertThat(ask(postgres.address(), "select count(*) from kept")).isEqualTo("2000");
        }
    }

    @Test
    void killed_during_initdb_it_starts_afresh_and_leaves_nothing_behind() throws Exception {
        var data = temporary.resolve("data");
        var child = child("start", data);
        while (unfinished(data).noneMatch(it -> Files.exists(it.resolve("base/1/PG_VERSION")))) {
            Thread.sleep(2);
        }
        child.destroyForcibly().waitFor();
        assertThat(data.resolve("postgres")).doesNotExist();
        try (var postgres = start(data)) {
            assertThat(ask(postgres.address(), "select 1")).isEqualTo("1");
            assertThat(unfinished(data)).isEmpty();
        }
    }

    @Test
    void a_stranger_that_inherited_the_number_in_the_pid_file_lives_on() throws Exception {
        var data = temporary.resolve("data");
        start(data).close();
        var pidFile = data.resolve("postgres/postmaster.pid");

        var sleep = new ProcessBuilder("sleep", "60").start();
        children.add(sleep);
        Files.writeString(pidFile, sleep.pid() + "\n" + data.resolve("postgres") + "\n");
        assertThat(EmbeddedPostgres.running(data)).isEmpty();
        start(data).close();
        assertThat(sleep.isAlive()).isTrue();

        // The worst stranger is another directory's server.
        copy(data, temporary.resolve("other"));
        try (var other = start(temporary.resolve("other"))) {
            var lines = Files.readAllLines(temporary.resolve("other/postgres/postmaster.pid"));
            Files.write(pidFile, lines);
            assertThat(EmbeddedPostgres.running(data)).isEmpty();
            start(data).close();
            assertThat(ask(other.address(), "select 'alive'")).isEqualTo("alive");
        }
    }

    /// Where the suite does not run as root, every other test has shown this already.
    @Test
    void root_may_also_run_it_as_an_ordinary_user() throws Exception {
        if (new UnixSystem().getUid() != 0) {
            return;
        }
        var home = Files.createDirectory(temporary.resolve("nobody"));
        var classes = copyOfClassPath(Files.createDirectory(home.resolve("classes")));
        var programs = PostgresBinaries.unpacked().home();
        var cache = Files.createDirectories(home.resolve(".cache/vintem"));
        copy(programs, cache.resolve(programs.getFileName()));
        run("chown", "-R", Integer.toString(NOBODY), home.toString());
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxr-xr-x"));

        var command = new ArrayList<>(List.of("setpriv", "--clear-groups"));
        command.addAll(List.of("--reuid=" + NOBODY, "--regid=" + NOBODY));
        command.addAll(java(classes, "insert", home.resolve("data")));
        command.add(command.indexOf("-cp"), "-Duser.home=" + home);
        var child = launch(command);
        var server = server(child);
        assertThat(Files.getAttribute(Path.of("/proc/" + server.pid()), "unix:uid"))
                .isEqualTo(NOBODY);
        child.outputWriter().close();
        assertThat(child.waitFor()).isZero();
        assertThat(isRunning(server)).isFalse();
    }

    /// What a child process does: it starts the server, perhaps inserts, says the server's number,
    /// and stops the server when its input ends.
    public static final class Child {
        private Child() {}

        public static void main(String... arguments) throws Exception {
            try (var postgres = start(Path.of(arguments[1]))) {
                if (arguments[0].equals("insert")) {
                    execute(postgres.address(), "create table if not exists kept (number int)");
                    execute(
                            postgres.address(),
                            "insert into kept select * from generate_series(1, 1000)");
                }
                var pidFile = Path.of(arguments[1], "postgres", "postmaster.pid");
                IO.println(Files.readAllLines(pidFile).getFirst());
                while (System.in.read() >= 0) {}
            } catch (EmbeddedPostgres.InUse refused) {
                IO.println(refused.getMessage());
                System.exit(1);
            }
        }
    }

    private static EmbeddedPostgres start(Path data) {
        return EmbeddedPostgres.start(data, Map.of("shared_buffers", "16MB"));
    }

    private Process child(String task, Path data) throws IOException {
        return launch(java(System.getProperty("java.class.path"), task, data));
    }

    private Process launch(List<String> command) throws IOException {
        var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        var child = builder.start();
        children.add(child);
        return child;
    }

    private static List<String> java(String classPath, String task, Path data) {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return List.of(
                java,
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath,
                Child.class.getName(),
                task,
                data.toString());
    }

    private static ProcessHandle server(Process child) throws IOException {
        return ProcessHandle.of(Long.parseLong(child.inputReader().readLine())).orElseThrow();
    }

    /// A zombie, dead but not yet buried by its parent, has a number and no command.
    private static boolean isRunning(ProcessHandle process) {
        return process.isAlive() && process.info().command().isPresent();
    }

    /// The part of the class path that a server needs, out of root's home.
    private static String copyOfClassPath(Path target) throws Exception {
        var needed = List.of("classes", "postgres", "commons-", "xz-", "jspecify", "out-");
        var copies = new ArrayList<String>();
        for (var entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            var name = fileName(Path.of(entry));
            if (needed.stream().anyMatch(name::contains)) {
                var copy = target.resolve(copies.size() + "-" + name);
                copy(Path.of(entry), copy);
                copies.add(copy.toString());
            }
        }
        return String.join(File.pathSeparator, copies);
    }

    private static void copy(Path from, Path to) throws Exception {
        run("cp", "-r", from.toString(), to.toString());
    }

    private static void run(String... command) throws Exception {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }

    private static String fileName(Path path) {
        return path.getFileName().toString();
    }

    private static Stream<Path> unfinished(Path data) {
        if (!Files.exists(data)) {
            return Stream.empty();
        }
        try (var entries = Files.list(data)) {
            return entries
                    .filter(entry -> fileName(entry).startsWith("postgres.initdb-"))
                    .toList()
                    .stream();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static void execute(EmbeddedPostgres.Address address, String sql) throws SQLException {
        try (var connection = address.connect();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String ask(EmbeddedPostgres.Address address, String sql) throws SQLException {
        try (var connection = address.connect();
                var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }
}
