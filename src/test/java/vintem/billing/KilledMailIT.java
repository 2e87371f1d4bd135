package vintem.billing;

import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vintem.Http;
import vintem.Node;
import vintem.Query;
import vintem.World;
import vintem.platform.EmbeddedPostgres;

/// The server is killed while it hands mails over to a real mail server. No debtor is left out, and
/// no mail comes twice but those that were in flight, one on each connection, which are listed.
/// `-Dvintem.tests=campaign` kills it ten times, `-Dvintem.seed=` repeats a run.
class KilledMailIT {
    private static final boolean IS_CAMPAIGN =
            "campaign".equals(System.getProperty("vintem.tests", "suite"));
    private static final int KILLS = IS_CAMPAIGN ? 10 : 3;
    private static final int PER_KILL = 60;
    private static final int PEOPLE = KILLS * PER_KILL;
    private static final int CONNECTIONS = 3;
    private static final int CALLERS = 8;

    @TempDir private Path temporary;

    private final GreenMail mail =
            new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));

    @BeforeEach
    void the_mail_server_is_there() {
        mail.start();
    }

    @AfterEach
    void nothing_is_left_running() {
        mail.stop();
        var data = temporary.resolve("data");
        if (EmbeddedPostgres.running(data).isPresent()) {
            EmbeddedPostgres.start(data, Map.of()).close();
        }
    }

    @Test
    void each_debtor_is_told_once_whenever_the_server_is_killed() throws Exception {
        var seed = Long.getLong("vintem.seed", System.nanoTime());
        var random = new Random(seed);
        var data = temporary.resolve("data");
        var node = Node.start(data, settings());
        charge(node);
        for (var kill = 0; kill < KILLS; kill++) {
            var enough = kill * PER_KILL + random.nextInt(PER_KILL);
            await("mails arrive, seed " + seed, () -> mail.getReceivedMessages().length >= enough);
            if (kill == 1) {
                node.killWithDatabase();
            } else {
                node.kill();
            }
            node = Node.start(data, settings());
        }
        var address = EmbeddedPostgres.running(data).orElseThrow();
        await(
                "nothing waits any more, seed " + seed,
                () ->
                        Query.all(
                                        address,
                                        "select charge_id from charge_email where status <> 'sent'")
                                .isEmpty());
        var times = new HashMap<String, Integer>();
        received().forEach(id -> times.merge(id, 1, Integer::sum));
        assertThat(times).as("seed %d", seed).hasSize(PEOPLE);
        var repeated =
                Query.all(
                        address,
                        """
                        select '<' || charge_id || '.' || reason || '@loja.example>'
                        from charge_email where repeated
                        """);
        var twice =
                times.entrySet().stream()
                        .filter(each -> each.getValue() > 1)
                        .map(Map.Entry::getKey)
                        .toList();
        assertThat(repeated)
                .as("what came twice is listed as such, seed %d", seed)
                .containsAll(twice)
                .hasSizeLessThanOrEqualTo(KILLS * CONNECTIONS);
        assertThat(times.values()).as("seed %d", seed).allMatch(count -> count <= 1 + KILLS);
        assertThat(node.stop()).isEqualTo(143);
    }

    private Map<String, String> settings() {
        var settings =
                new HashMap<>(
                        Map.of(
                                "VINTEM_ADMIN_PASSWORD", World.ADMIN_PASSWORD,
                                "VINTEM_BANK_SECRET", World.BANK_SECRET,
                                "VINTEM_BCRYPT_COST", "4",
                                "VINTEM_REQUESTS_PER_MINUTE", "0",
                                "VINTEM_SMTP_CONNECTIONS", Integer.toString(CONNECTIONS),
                                // Slow enough to be killed in the middle.
                                "VINTEM_SMTP_PER_SECOND", "50",
                                "VINTEM_SMTP_TIMEOUT_MILLIS", "3000"));
        settings.put(
                "VINTEM_SMTP_URL",
                "smtp://127.0.0.1:%d?from=Loja%%20<cobranca@loja.example>&starttls=none"
                        .formatted(mail.getSmtp().getPort()));
        return settings;
    }

    private static void charge(Node node) throws InterruptedException {
        var merchant = node.nobody().signedIn("admin", World.ADMIN_PASSWORD);
        try (var threads = Executors.newFixedThreadPool(CALLERS)) {
            for (var i = 0; i < PEOPLE; i++) {
                var body =
                        """
                        {"name":"Debtor %d","governmentId":"52998224725",
                         "email":"debtor-%d@mail.example","debtAmount":10.00,
                         "debtDueDate":"2099-01-05","debtId":"mail-%d"}
                        """
                                .formatted(i, i, i);
                threads.submit(() -> charge(merchant, body));
            }
            threads.shutdown();
            assertThat(threads.awaitTermination(5, TimeUnit.MINUTES)).isTrue();
        }
    }

    private static void charge(Http merchant, String body) {
        assertThat(merchant.post("/charges", body).status()).isEqualTo(201);
    }

    private Collection<String> received() {
        return Arrays.stream(mail.getReceivedMessages())
                .map(
                        message -> {
                            try {
                                return message.getMessageID();
                            } catch (jakarta.mail.MessagingException failed) {
                                throw new AssertionError(failed);
                            }
                        })
                .toList();
    }

    private static void await(String what, BooleanSupplier isSo) throws InterruptedException {
        var deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(5);
        while (!isSo.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            Thread.sleep(50);
        }
    }
}
