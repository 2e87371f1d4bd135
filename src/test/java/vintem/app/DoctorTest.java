package vintem.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vintem.app.Doctor.Check;
import vintem.app.Doctor.Status;
import vintem.platform.EmbeddedPostgres;
import vintem.platform.EmbeddedPostgres.Address;
import vintem.platform.Migrations;
import vintem.platform.RealRedis;
import vintem.platform.ScriptedSmtp;

class DoctorTest {
    @TempDir private Path temporary;

    @AfterEach
    void settings_are_forgotten() {
        for (var name :
                List.of(
                        "mode",
                        "secret",
                        "bank-secret",
                        "port",
                        "redis-url",
                        "smtp-url",
                        "prices-url",
                        "prices-token",
                        "cashback-api-url",
                        "cashback-api-token",
                        "otlp-endpoint",
                        "billing-emails")) {
            System.clearProperty("vintem." + name);
        }
    }

    @Test
    void a_fresh_machine_is_well() {
        System.setProperty("vintem.port", "0");
        var checks = examine(Optional.empty());
        assertThat(Doctor.isWell(checks)).isTrue();
        assertThat(find(checks, "database").found()).isEqualTo("embedded, made at the first start");
        assertThat(temporary.resolve("data")).doesNotExist();
    }

    @Test
    void production_without_secrets_is_wrong_and_says_how_to_mend_it() {
        System.setProperty("vintem.mode", "production");
        System.setProperty("vintem.bank-secret", "too-short");
        var checks = examine(Optional.empty());
        assertThat(Doctor.isWell(checks)).isFalse();
        assertThat(find(checks, "VINTEM_SECRET").found()).isEqualTo("not set");
        assertThat(find(checks, "VINTEM_BANK_SECRET").found()).contains("shorter than 16");
        assertThat(checks)
                .filteredOn(check -> check.status() != Status.OK)
                .allSatisfy(check -> assertThat(check.mend()).isNotBlank());
    }

    @Test
    void an_unknown_mode_and_the_mode_of_other_data_are_wrong() throws Exception {
        System.setProperty("vintem.mode", "staging");
        assertThat(find(examine(Optional.empty()), "mode").status()).isEqualTo(Status.WRONG);

        Files.createDirectories(temporary.resolve("data"));
        Files.writeString(temporary.resolve("data/mode"), "production");
        System.setProperty("vintem.mode", "sandbox");
        assertThat(find(examine(Optional.empty()), "mode").mend())
                .startsWith("Set VINTEM_MODE=production");
    }

    @Test
    void a_port_that_a_stranger_holds_is_wrong() throws Exception {
        try (var stranger = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            System.setProperty("vintem.port", Integer.toString(stranger.getLocalPort()));
            assertThat(find(examine(Optional.empty()), "port").status()).isEqualTo(Status.WRONG);
        }
    }

    @Test
    void redis_is_asked_where_it_is_configured() {
        assertThat(examine(Optional.empty()).stream().map(Check::name)).doesNotContain("redis");
        try (var redis = RealRedis.start()) {
            System.setProperty("vintem.redis-url", redis.url());
            var check = find(examine(Optional.empty()), "redis");
            assertThat(check.status()).isEqualTo(Status.OK);
            assertThat(check.found()).matches("Redis \\d+\\..*");
            redis.stop();
            var away = find(examine(Optional.empty()), "redis");
            assertThat(away.status()).isEqualTo(Status.WRONG);
            assertThat(away.mend()).contains("VINTEM_REDIS_URL");
        }
        System.setProperty("vintem.redis-url", "user:secret@somewhere");
        var check = find(examine(Optional.empty()), "redis");
        assertThat(check.status()).isEqualTo(Status.WRONG);
        assertThat(check.found() + check.mend()).doesNotContain("secret@");
    }

    @Test
    void the_mail_server_is_asked_and_gets_no_mail() {
        try (var server = new ScriptedSmtp().start()) {
            System.setProperty("vintem.smtp-url", smtp(server, "none"));
            var check = find(examine(Optional.empty()), "mail server");
            assertThat(check.status()).as(check.toString()).isEqualTo(Status.OK);
            assertThat(check.found()).contains("answers, in the clear");
            assertThat(server.commands).anyMatch(it -> it.startsWith("EHLO"));
            assertThat(server.commands).noneMatch(it -> it.startsWith("MAIL"));

            // It offers no STARTTLS, which is required unless said otherwise.
            System.setProperty("vintem.smtp-url", smtp(server, "required"));
            var insecure = find(examine(Optional.empty()), "mail server");
            assertThat(insecure.status()).isEqualTo(Status.WRONG);
            assertThat(insecure.found()).contains("STARTTLS");
            assertThat(insecure.mend()).contains("VINTEM_SMTP_URL", "smtps://", "none is lost");
        }
        System.setProperty(
                "vintem.smtp-url", "smtp://127.0.0.1:1?from=a@shop.example&starttls=none");
        assertThat(find(examine(Optional.empty()), "mail server").status()).isEqualTo(Status.WRONG);
        System.setProperty("vintem.smtp-url", "smtp://ana:secret@somewhere");
        var unreadable = find(examine(Optional.empty()), "mail server");
        assertThat(unreadable.status()).isEqualTo(Status.WRONG);
        assertThat(unreadable.found() + unreadable.mend())
                .contains("VINTEM_SMTP_URL")
                .doesNotContain("secret@");
    }

    @Test
    void without_a_mail_server_it_says_what_that_means() {
        var sandbox = find(examine(Optional.empty()), "mail server");
        assertThat(sandbox.status()).isEqualTo(Status.OK);
        assertThat(sandbox.found()).contains("keeps its mails in the console");
        System.setProperty("vintem.mode", "production");
        var production = find(examine(Optional.empty()), "mail server");
        assertThat(production.status()).isEqualTo(Status.WRONG);
        assertThat(production.mend()).contains("VINTEM_BILLING_EMAILS=false");
        System.setProperty("vintem.billing-emails", "false");
        assertThat(find(examine(Optional.empty()), "mail server").status()).isEqualTo(Status.OK);
    }

    @Test
    void a_database_that_does_not_answer_is_wrong() {
        var nowhere = new Address("jdbc:postgresql://127.0.0.1:1/vintem", "vintem", "");
        var check = find(examine(Optional.of(nowhere)), "database");
        assertThat(check.status()).isEqualTo(Status.WRONG);
        assertThat(check.mend()).contains("VINTEM_DB_URL");
    }

    @Test
    void the_database_is_asked_for_its_version_role_migrations_and_clock() throws Exception {
        var data = temporary.resolve("data");
        try (var server = EmbeddedPostgres.start(data, Map.of("shared_buffers", "16MB"))) {
            var owner = server.address();
            var checks = examine(Optional.empty());
            assertThat(find(checks, "database").found()).startsWith("embedded, running, Postgre");
            assertThat(find(checks, "role").status()).isEqualTo(Status.OK);
            assertThat(find(checks, "migrations").found()).startsWith("none yet");
            assertThat(find(checks, "clock").status()).isEqualTo(Status.OK);

            execute(
                    owner,
                    """
                    create role guest login password 'guest';
                    create table flyway_schema_history (script text, success boolean);
                    grant select on flyway_schema_history to guest;
                    insert into flyway_schema_history values ('V1__first.sql', false)
                    """);
            var guest = new Address(owner.url(), "guest", "guest");
            checks = examine(Optional.of(guest));
            assertThat(find(checks, "role").found()).contains("may not make");
            assertThat(find(checks, "migrations").found()).isEqualTo("failed: V1__first.sql");

            execute(owner, "create role vintem_app");
            checks = examine(Optional.of(guest));
            assertThat(find(checks, "role").mend()).contains("grant vintem_app to guest");
            execute(owner, "grant vintem_app to guest");
            assertThat(find(examine(Optional.of(guest)), "role").status()).isEqualTo(Status.OK);
        }
    }

    @Test
    void migrations_that_wait_and_those_that_were_changed_are_told_apart() throws Exception {
        var data = temporary.resolve("data");
        try (var server = EmbeddedPostgres.start(data, Map.of("shared_buffers", "16MB"))) {
            var owner = server.address();
            Migrations.run(owner);
            assertThat(find(examine(Optional.empty()), "migrations").found()).matches("\\d+ done");

            execute(
                    owner,
                    "delete from flyway_schema_history where installed_rank ="
                            + " (select max(installed_rank) from flyway_schema_history)");
            var waiting = find(examine(Optional.empty()), "migrations");
            assertThat(waiting.status()).isEqualTo(Status.WARNING);
            assertThat(waiting.found()).startsWith("1 to run: ").endsWith(".sql");
            assertThat(waiting.mend()).contains("./vintem backup");

            execute(
                    owner,
                    "update flyway_schema_history set checksum = 1 where installed_rank = 1");
            var changed = find(examine(Optional.empty()), "migrations");
            assertThat(changed.status()).isEqualTo(Status.WRONG);
            assertThat(changed.found()).startsWith("not as they ran: ");
        }
    }

    @Test
    void secrets_that_are_shared_left_over_or_readable_by_others_are_found() throws Exception {
        System.setProperty("vintem.secret", "a".repeat(40));
        System.setProperty("vintem.bank-secret", "a".repeat(40));
        var shared = find(examine(Optional.empty()), "VINTEM_BANK_SECRET");
        assertThat(shared.status()).isEqualTo(Status.WRONG);
        assertThat(shared.found()).isEqualTo("the same as VINTEM_SECRET");

        System.setProperty("vintem.bank-secret", "b".repeat(20) + "," + "c".repeat(20));
        assertThat(find(examine(Optional.empty()), "VINTEM_BANK_SECRET").found())
                .contains("a rotation is under way");
        System.setProperty(
                "vintem.bank-secret", "b".repeat(20) + ",d23456789012345678,e234567890123456");
        assertThat(find(examine(Optional.empty()), "VINTEM_BANK_SECRET").status())
                .isEqualTo(Status.WARNING);

        var data = Files.createDirectories(temporary.resolve("data"));
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
        var kept = Files.writeString(data.resolve("bank-secret"), "f".repeat(64));
        Files.setPosixFilePermissions(kept, PosixFilePermissions.fromString("rw-------"));
        assertThat(examine(Optional.empty()).stream().map(Check::name))
                .doesNotContain("permissions");
        Files.setPosixFilePermissions(kept, PosixFilePermissions.fromString("rw-r--r--"));
        var open = find(examine(Optional.empty()), "permissions");
        assertThat(open.status()).isEqualTo(Status.WRONG);
        assertThat(open.mend()).startsWith("chmod go= " + kept);
    }

    @Test
    void programs_elsewhere_are_asked_where_they_are_configured() throws Exception {
        assertThat(find(examine(Optional.empty()), "prices provider").found())
                .contains("the sandbox has its own");
        assertThat(find(examine(Optional.empty()), "cashback API").status()).isEqualTo(Status.OK);
        assertThat(examine(Optional.empty()).stream().map(Check::name))
                .doesNotContain("OTLP collector");

        var status = new AtomicInteger(200);
        var asked = new CopyOnWriteArrayList<String>();
        var server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    asked.add(
                            exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath());
                    exchange.sendResponseHeaders(status.get(), -1);
                    exchange.close();
                });
        server.start();
        try {
            var url = "http://127.0.0.1:" + server.getAddress().getPort();
            System.setProperty("vintem.prices-url", url + "/api/");
            System.setProperty("vintem.prices-token", "top-secret");
            System.setProperty("vintem.cashback-api-url", url);
            System.setProperty("vintem.otlp-endpoint", url);
            for (var name : List.of("prices provider", "cashback API", "OTLP collector")) {
                var check = find(examine(Optional.empty()), name);
                assertThat(check.status()).as(check.toString()).isEqualTo(Status.OK);
            }
            assertThat(asked)
                    .contains("GET /api/quote/list", "GET /v1/cashback", "POST /v1/traces");

            status.set(401);
            var refused = find(examine(Optional.empty()), "prices provider");
            assertThat(refused.status()).isEqualTo(Status.WRONG);
            assertThat(refused.found()).contains("refuses us: 401");
            assertThat(refused.found() + refused.mend()).doesNotContain("top-secret");

            status.set(500);
            assertThat(find(examine(Optional.empty()), "OTLP collector").found())
                    .contains("is unwell: 500");
        } finally {
            server.stop(0);
        }
        var away = find(examine(Optional.empty()), "cashback API");
        assertThat(away.status()).isEqualTo(Status.WRONG);
        assertThat(away.mend()).contains("VINTEM_CASHBACK_API_URL", "nothing is ever paid by it");
        System.setProperty("vintem.otlp-endpoint", "no address at all");
        assertThat(find(examine(Optional.empty()), "OTLP collector").found())
                .isEqualTo("no address");
    }

    @Test
    void production_is_told_what_it_has_no_stub_for() {
        System.setProperty("vintem.mode", "production");
        assertThat(find(examine(Optional.empty()), "prices provider").status())
                .isEqualTo(Status.WARNING);
        System.setProperty("vintem.cashback-api-url", "https://api.example");
        var check = find(examine(Optional.empty()), "cashback API");
        assertThat(check.status()).isEqualTo(Status.WRONG);
        assertThat(check.found()).contains("VINTEM_CASHBACK_API_TOKEN is not set");
    }

    @Test
    void memory_and_the_temporary_directory_are_looked_at() {
        var checks = examine(Optional.empty());
        assertThat(find(checks, "memory").found()).matches("heap up to \\d+ MiB of \\d+ MiB");
        assertThat(find(checks, "temporary directory").found()).isNotBlank();
        var before = System.getProperty("java.io.tmpdir");
        System.setProperty("java.io.tmpdir", temporary.resolve("nowhere").toString());
        try {
            var check = find(examine(Optional.empty()), "temporary directory");
            assertThat(check.status()).isEqualTo(Status.WRONG);
            assertThat(check.mend()).contains("java.io.tmpdir");
        } finally {
            System.setProperty("java.io.tmpdir", before);
        }
    }

    @Test
    void the_table_is_aligned_and_shows_what_to_mend() {
        var checks =
                List.of(
                        new Check("java", Status.OK, "25", null),
                        new Check("free space", Status.WARNING, "3 MiB", "Make room."));
        assertThat(Doctor.render(checks))
                .isEqualTo(
                        """
                        OK       java        25
                        WARNING  free space  3 MiB
                                             → Make room.
                        """);
    }

    private static String smtp(ScriptedSmtp server, String starttls) {
        return "smtp://127.0.0.1:%d?from=a@shop.example&starttls=%s"
                .formatted(server.port(), starttls);
    }

    private List<Check> examine(Optional<Address> external) {
        return new Doctor(temporary.resolve("data"), external).examine();
    }

    private static Check find(List<Check> checks, String name) {
        return checks.stream().filter(check -> check.name().equals(name)).findAny().orElseThrow();
    }

    private static void execute(Address address, String sql) throws SQLException {
        try (var connection = address.connect();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
