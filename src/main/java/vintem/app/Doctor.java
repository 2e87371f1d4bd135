package vintem.app;

import static java.util.stream.Collectors.joining;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import vintem.platform.Broadcast;
import vintem.platform.EmbeddedPostgres;
import vintem.platform.EmbeddedPostgres.Address;
import vintem.platform.Migrations;
import vintem.platform.Settings;
import vintem.platform.SmtpClient;
import vintem.platform.SmtpServer;

/// Looks at everything Vintém stands on and says what to mend. It mends nothing itself.
final class Doctor {
    enum Status {
        OK,
        WARNING,
        WRONG
    }

    /// @param mend what to do about it; every finding that is not OK has it
    record Check(String name, Status status, String found, @Nullable String mend) {}

    private static final int OLDEST_JAVA = 25;
    private static final int OLDEST_POSTGRES = 15;
    private static final int TESTED_POSTGRES = 18;
    private static final long LITTLE_SPACE_MEBIBYTES = 2_048;
    private static final long LITTLE_TEMPORARY_MEBIBYTES = 512;
    // Three quarters.
    private static final long MOST_OF_MEMORY_FACTOR = 3;
    private static final long MOST_OF_MEMORY_DIVISOR = 4;
    private static final int MOST_SECRETS = 2;
    private static final int SHORTEST_SECRET = 32;
    private static final int SHORTEST_BANK_SECRET = 16;
    private static final Duration TOLERATED_CLOCK_OFFSET = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    // Some mail servers greet late, to see whether a program waits.
    private static final Duration PATIENCE_WITH_MAIL = Duration.ofSeconds(10);

    private final Path dataDirectory;
    private final Optional<Address> external;
    private final List<Check> checks = new ArrayList<>();

    /// @param external the database that `VINTEM_DB_URL` names, instead of the embedded one
    Doctor(Path dataDirectory, Optional<Address> external) {
        this.dataDirectory = dataDirectory;
        this.external = external;
    }

    List<Check> examine() {
        checks.clear();
        java();
        memory();
        mode();
        secrets();
        kept();
        dataDirectory();
        temporaryDirectory();
        port();
        database();
        redis();
        mailServer();
        checks.addAll(Neighbour.examine());
        return List.copyOf(checks);
    }

    static boolean isWell(List<Check> checks) {
        return checks.stream().noneMatch(check -> check.status() == Status.WRONG);
    }

    /// One line a check, and below it what to do.
    static String render(List<Check> checks) {
        var widest = checks.stream().mapToInt(check -> check.name().length()).max().orElse(1);
        var line = "%-7s  %-" + widest + "s  %s";
        return checks.stream()
                .map(
                        check -> {
                            var text = line.formatted(check.status(), check.name(), check.found());
                            return check.mend() == null
                                    ? text
                                    : text + "\n" + line.formatted("", "", "→ " + check.mend());
                        })
                .collect(joining("\n", "", "\n"));
    }

    private void ok(String name, String found) {
        checks.add(new Check(name, Status.OK, found, null));
    }

    private void warning(String name, String found, String mend) {
        checks.add(new Check(name, Status.WARNING, found, mend));
    }

    private void wrong(String name, String found, String mend) {
        checks.add(new Check(name, Status.WRONG, found, mend));
    }

    private void java() {
        var version = Runtime.version();
        if (version.feature() >= OLDEST_JAVA) {
            ok("java", version.toString());
        } else {
            wrong("java", version.toString(), "Install JDK " + OLDEST_JAVA + " or newer.");
        }
    }

    /// PostgreSQL and the rest of the machine need some of it, too.
    private void memory() {
        var heap = Runtime.getRuntime().maxMemory() >> 20;
        if (!(ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean os)) {
            ok("memory", "heap up to %d MiB".formatted(heap));
            return;
        }
        var total = os.getTotalMemorySize() >> 20;
        var found = "heap up to %d MiB of %d MiB".formatted(heap, total);
        if (heap * MOST_OF_MEMORY_DIVISOR > total * MOST_OF_MEMORY_FACTOR) {
            warning(
                    "memory",
                    found,
                    "Leave a quarter to the database and the system: set a smaller -Xmx in"
                            + " JAVA_OPTS, or use a machine with more.");
        } else {
            ok("memory", found);
        }
    }

    private void mode() {
        var set = Settings.text("mode").orElse("sandbox");
        try {
            Settings.mode();
        } catch (IllegalArgumentException unknown) {
            wrong("mode", set, "Set VINTEM_MODE to `sandbox` or `production`.");
            return;
        }
        var fixed = read(dataDirectory.resolve("mode"));
        if (fixed.isPresent() && !fixed.get().equals(set)) {
            wrong(
                    "mode",
                    "%s, but the data is of %s".formatted(set, fixed.get()),
                    "Set VINTEM_MODE=%s, or name another data directory in VINTEM_DATA_DIR."
                            .formatted(fixed.get()));
        } else {
            ok("mode", set);
        }
    }

    private void secrets() {
        secret("secret", "VINTEM_SECRET", SHORTEST_SECRET);
        secret("bank-secret", "VINTEM_BANK_SECRET", SHORTEST_BANK_SECRET);
        if (!isProduction() || Settings.text("admin-password").isPresent()) {
            return;
        }
        warning(
                "VINTEM_ADMIN_PASSWORD",
                "not set",
                "The first start makes one up and prints it once; set it if nobody reads that.");
    }

    private void secret(String name, String variable, int shortest) {
        var values = Settings.list(name);
        if (values.isEmpty()) {
            if (isProduction()) {
                wrong(variable, "not set", "Set it; `openssl rand -hex 32` makes one.");
            } else {
                ok(variable, "not set; the sandbox makes one up and keeps it");
            }
        } else if (values.stream().anyMatch(value -> value.length() < shortest)) {
            wrong(
                    variable,
                    "shorter than %d characters".formatted(shortest),
                    "Set a longer one; `openssl rand -hex 32` makes one.");
        } else if (values.size() > MOST_SECRETS) {
            warning(
                    variable,
                    "%d values".formatted(values.size()),
                    "Two are enough for a rotation: the new one first, then the old one until"
                            + " everybody has the new one. Take the others away.");
        } else if (name.equals("bank-secret")
                && values.stream().anyMatch(Settings.list("secret")::contains)) {
            wrong(
                    variable,
                    "the same as VINTEM_SECRET",
                    "Set another one: the bank must not be able to sign tokens.");
        } else if (values.size() == MOST_SECRETS) {
            ok(variable, "set; a rotation is under way: both values are taken");
        } else {
            ok(variable, "set");
        }
    }

    /// What the first start has written down is for its owner alone.
    private void kept() {
        for (var name : List.of("", "secret", "bank-secret")) {
            var file = name.isEmpty() ? dataDirectory : dataDirectory.resolve(name);
            try {
                if (Files.exists(file)
                        && Files.getFileStore(file).supportsFileAttributeView("posix")
                        && Files.getPosixFilePermissions(file).stream()
                                .anyMatch(it -> !it.name().startsWith("OWNER"))) {
                    wrong(
                            "permissions",
                            "others may read or write " + file,
                            "chmod go= "
                                    + file
                                    + (name.isEmpty() ? "" : ", and change the secret")
                                    + ".");
                }
            } catch (IOException unreadable) {
                warning(
                        "permissions",
                        file + " cannot be looked at",
                        "Give it to the user that runs Vintém.");
            }
        }
    }

    /// Uploads are put aside there, and PostgreSQL is unpacked.
    private void temporaryDirectory() {
        var directory = Path.of(System.getProperty("java.io.tmpdir"));
        if (!Files.isDirectory(directory) || !Files.isWritable(directory)) {
            wrong(
                    "temporary directory",
                    "%s cannot be written to".formatted(directory),
                    "Make it, or name another one: JAVA_OPTS=-Djava.io.tmpdir=/path");
            return;
        }
        try {
            var free = Files.getFileStore(directory).getUsableSpace() >> 20;
            if (free < LITTLE_TEMPORARY_MEBIBYTES) {
                warning(
                        "temporary directory",
                        "%s has %d MiB left".formatted(directory, free),
                        "Make room: large files of debts are put aside there.");
            } else {
                ok("temporary directory", directory.toString());
            }
        } catch (IOException unknown) {
            ok("temporary directory", directory.toString());
        }
    }

    private void dataDirectory() {
        var existing = dataDirectory;
        while (!Files.exists(existing) && existing.getParent() != null) {
            existing = existing.getParent();
        }
        if (!Files.isDirectory(existing) || !Files.isWritable(existing)) {
            wrong(
                    "data directory",
                    "%s cannot be written to".formatted(existing),
                    "Give the user that runs Vintém write permission, or set VINTEM_DATA_DIR.");
            return;
        }
        ok(
                "data directory",
                dataDirectory
                        + (existing.equals(dataDirectory) ? "" : ", made at the first start"));
        try {
            var free = Files.getFileStore(existing).getUsableSpace() >> 20;
            if (free < LITTLE_SPACE_MEBIBYTES) {
                warning(
                        "free space",
                        free + " MiB",
                        "Make room: a database that cannot write stops.");
            } else {
                ok("free space", "%d GiB".formatted(free >> 10));
            }
        } catch (IOException unknown) {
            warning("free space", "unknown: " + unknown.getMessage(), "Look at it yourself.");
        }
    }

    private void port() {
        int port;
        try {
            port = Settings.port();
        } catch (IllegalArgumentException | ArithmeticException notANumber) {
            wrong("port", String.valueOf(notANumber.getMessage()), "Set VINTEM_PORT to a number.");
            return;
        }
        var host = Settings.text("host").orElse("127.0.0.1");
        try (var _ = new ServerSocket(port, 1, InetAddress.getByName(host))) {
            ok("port", "%d is free".formatted(port));
        } catch (IOException | IllegalArgumentException failed) {
            if (isVintem(port)) {
                ok("port", "%d answers as Vintém".formatted(port));
            } else {
                wrong(
                        "port",
                        "%s:%d cannot be used: %s".formatted(host, port, failed.getMessage()),
                        "Stop what uses it, or set VINTEM_PORT (VINTEM_HOST for the address).");
            }
        }
    }

    /// Another program may be listening on our port; only ours answers `/q/health` with its checks.
    private static boolean isVintem(int port) {
        try (var http = HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
            var health = URI.create("http://127.0.0.1:%d/q/health".formatted(port));
            var request = HttpRequest.newBuilder(health).timeout(PATIENCE).build();
            var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            return answer.body().contains("\"checks\"");
        } catch (IOException | IllegalArgumentException silent) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void database() {
        if (external.isPresent()) {
            connect(
                    external.get(),
                    "external",
                    "Check VINTEM_DB_URL, VINTEM_DB_USER, VINTEM_DB_PASSWORD, and that it runs.");
        } else if (!Files.exists(dataDirectory.resolve("postgres"))) {
            ok("database", "embedded, made at the first start");
        } else {
            embedded();
        }
    }

    private void embedded() {
        var running = EmbeddedPostgres.running(dataDirectory);
        var mend = "Read %s.".formatted(dataDirectory.resolve("postgres.log"));
        if (running.isPresent()) {
            connect(running.get(), "embedded, running", mend);
            return;
        }
        try (var server = EmbeddedPostgres.start(dataDirectory, Map.of())) {
            connect(server.address(), "embedded, started for this", mend);
        } catch (EmbeddedPostgres.InUse starting) {
            warning("database", "just starting or stopping", "Ask again in a moment.");
        } catch (RuntimeException failed) {
            wrong("database", "embedded, does not start: " + failed.getMessage(), mend);
        }
    }

    private void connect(Address address, String kind, String mend) {
        try (var connection = address.connect()) {
            version(connection, kind);
            role(connection);
            migrations(connection, address);
            clock(connection);
        } catch (SQLException | RuntimeException failed) {
            wrong("database", "%s, does not answer: %s".formatted(kind, failed.getMessage()), mend);
        }
    }

    private void version(Connection connection, String kind) throws SQLException {
        var version = connection.getMetaData().getDatabaseMajorVersion();
        var found = "%s, PostgreSQL %s".formatted(kind, text(connection, "show server_version"));
        if (version < OLDEST_POSTGRES) {
            wrong("database", found, "Use PostgreSQL %d.".formatted(TESTED_POSTGRES));
        } else if (version != TESTED_POSTGRES) {
            warning("database", found, "Vintém is tested with %d.".formatted(TESTED_POSTGRES));
        } else {
            ok("database", found);
        }
    }

    private void role(Connection connection) throws SQLException {
        var found =
                text(
                        connection,
                        """
                        select case
                            when not exists (select from pg_roles where rolname = 'vintem_app')
                                then case when rolcreaterole or rolsuper then 'can' else 'no' end
                            when pg_has_role('vintem_app', 'member') then 'is' else 'not ours' end
                        from pg_roles where rolname = current_user
                        """);
        var user = text(connection, "select current_user");
        switch (found) {
            case "is" -> ok("role", "vintem_app is there");
            case "can" -> ok("role", "vintem_app is made at the first start");
            case "no" ->
                    wrong(
                            "role",
                            "%s may not make the role vintem_app".formatted(user),
                            "As a superuser: create role vintem_app; grant vintem_app to %s;"
                                    .formatted(user));
            default ->
                    wrong(
                            "role",
                            "%s is not a member of vintem_app".formatted(user),
                            "As a superuser: grant vintem_app to %s;".formatted(user));
        }
    }

    private void migrations(Connection connection, Address address) throws SQLException {
        var table = text(connection, "select to_regclass('flyway_schema_history')::text");
        if (table.isEmpty()) {
            ok("migrations", "none yet; the first start runs them");
            return;
        }
        var failed =
                text(
                        connection,
                        "select string_agg(script, ', ') from flyway_schema_history"
                                + " where not success");
        if (!failed.isEmpty()) {
            wrong(
                    "migrations",
                    "failed: " + failed,
                    "Start Vintém again and read why; if that is no help, restore a backup.");
            return;
        }
        var state = Migrations.look(address);
        if (!state.changed().isEmpty()) {
            wrong(
                    "migrations",
                    "not as they ran: " + String.join(", ", state.changed()),
                    "This build differs from the one that made the database, or is older: use the"
                            + " newest release. Migrations are never edited after they have run.");
        } else if (!state.pending().isEmpty()) {
            warning(
                    "migrations",
                    "%d to run: %s"
                            .formatted(state.pending().size(), String.join(", ", state.pending())),
                    "The next start runs them. Back up before: ./vintem backup <file>.");
        } else {
            ok("migrations", state.done() + " done");
        }
    }

    private void clock(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            var asked = Instant.now();
            try (var row = statement.executeQuery("select clock_timestamp()")) {
                row.next();
                var theirs = row.getObject(1, OffsetDateTime.class).toInstant();
                var answered = Instant.now();
                // Measured from the middle of the question, which may have taken long.
                var middle = asked.plus(Duration.between(asked, answered).dividedBy(2));
                var offset = Duration.between(middle, theirs);
                var found = "%d ms from the database's".formatted(offset.toMillis());
                if (offset.abs().compareTo(TOLERATED_CLOCK_OFFSET) > 0) {
                    warning("clock", found, "Synchronise both machines (NTP).");
                } else {
                    ok("clock", found);
                }
            }
        }
    }

    private void redis() {
        var url = Settings.text("redis-url");
        if (url.isEmpty()) {
            return;
        }
        try {
            ok("redis", "Redis " + Broadcast.ask(url.get(), PATIENCE));
        } catch (IllegalArgumentException noAddress) {
            wrong("redis", "no address", String.valueOf(noAddress.getMessage()) + ".");
        } catch (IllegalStateException away) {
            wrong(
                    "redis",
                    "does not answer: " + away.getMessage(),
                    "Check VINTEM_REDIS_URL, and that it runs. Without it everything works on one"
                            + " node; payers on the others see a confirmation when they ask again.");
        }
    }

    /// Connects, secures the line and signs in as a mail would, and sends none.
    private void mailServer() {
        if (Settings.text("billing-emails").filter("false"::equals).isPresent()) {
            ok("mail server", "not needed: VINTEM_BILLING_EMAILS=false, debtors get no e-mails");
            return;
        }
        try {
            var server = SmtpServer.configured();
            if (server.isPresent()) {
                ask(server.get());
            } else if (isProduction()) {
                wrong(
                        "mail server",
                        "not set; debtors are written to by e-mail",
                        "Set VINTEM_SMTP_URL, or VINTEM_BILLING_EMAILS=false to write to nobody.");
            } else {
                ok(
                        "mail server",
                        "not set; the sandbox sends nothing and keeps its mails in the console");
            }
        } catch (IllegalArgumentException noAddress) {
            wrong(
                    "mail server",
                    "no address",
                    noAddress.getMessage() + ": smtps://user:password@host:465?from=address");
        }
    }

    private void ask(SmtpServer server) {
        var tls = (SSLSocketFactory) SSLSocketFactory.getDefault();
        try (var _ = SmtpClient.open(server, tls, PATIENCE_WITH_MAIL)) {
            ok(
                    "mail server",
                    "%s answers, %s%s"
                            .formatted(
                                    server,
                                    switch (server.tls()) {
                                        case IMPLICIT -> "with TLS";
                                        case STARTTLS -> "with STARTTLS";
                                        case NONE -> "in the clear";
                                    },
                                    server.user() == null ? "" : ", and takes the password"));
        } catch (SmtpClient.Unavailable away) {
            wrong(
                    "mail server",
                    String.valueOf(away.getMessage()),
                    "Check host, port, user and password in VINTEM_SMTP_URL: smtps:// where the"
                            + " server has TLS from the first byte (465), smtp:// where it offers"
                            + " STARTTLS (587), starttls=none only for one on this machine. Until"
                            + " then mails wait; none is lost.");
        }
    }

    private static boolean isProduction() {
        return Settings.text("mode").orElse("").equals("production");
    }

    private static Optional<String> read(Path file) {
        try {
            return Files.exists(file)
                    ? Optional.of(Files.readString(file).trim())
                    : Optional.empty();
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    /// The first column of the first row, empty where that is null.
    private static String text(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            row.next();
            return Optional.ofNullable(row.getString(1)).orElse("");
        }
    }
}
