package vintem.billing;

import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vintem.Http;
import vintem.Node;
import vintem.Query;
import vintem.World;
import vintem.platform.EmbeddedPostgres;
import vintem.platform.Together;

/// Two processes on one PostgreSQL import files and write to debtors at the same time: each debt is
/// charged once, and each debtor hears of it once.
class TwoNodesBillIT {
    private static final int FILES = 5;
    private static final int ROWS = 120;
    // So many of a file's debts are the next one's, too.
    private static final int SHARED = 30;
    private static final int MOST_FILES = 50;

    @TempDir private Path temporary;
    private final List<Node> nodes = new ArrayList<>();
    private final GreenMail mail =
            new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));

    @BeforeEach
    void the_mail_server_is_there() {
        mail.start();
    }

    @AfterEach
    void nothing_is_left_running() {
        nodes.forEach(Node::close);
        mail.stop();
    }

    @Test
    void two_nodes_charge_each_debt_once_and_write_to_each_debtor_once() throws Exception {
        try (var postgres = EmbeddedPostgres.start(temporary.resolve("external"), Map.of())) {
            var settings = settings(postgres.address());
            nodes.add(Node.launch(temporary.resolve("one"), settings));
            nodes.add(Node.launch(temporary.resolve("two"), settings));
            nodes.forEach(Node::awaitAnswer);
            var people = nodes.stream().map(Node::admin).toList();

            // Until neither has slept: which of the two comes first is chance.
            var files = 0;
            do {
                assertThat(files).as("files, and one node had none").isLessThan(MOST_FILES);
                sendToBoth(people, files, files + FILES);
                files += FILES;
                awaitImported(postgres.address(), files);
            } while (!nodes.stream().allMatch(it -> it.output().contains("is imported")));

            var debts = debtsOf(files);
            assertThat(
                            Query.one(
                                    postgres.address(),
                                    """
                                    select concat_ws(' ', sum(rows), sum(imported), sum(duplicates),
                                        sum(errors + conflicts), sum(emails_failed)) from debt_file
                                    """))
                    .isEqualTo(
                            "%d %d %d 0 0"
                                    .formatted(
                                            files * (ROWS + SHARED), debts, (files - 1) * SHARED));
            assertThat(
                            Query.one(
                                    postgres.address(),
                                    """
                                    select concat_ws(' ', count(*), count(distinct subject_id))
                                    from transfer where subject_id in (select id from charge)
                                    """))
                    .isEqualTo(debts + " " + debts);
            assertThat(received()).hasSize(debts).doesNotHaveDuplicates();
            assertThat(
                            Query.one(
                                    postgres.address(),
                                    "select count(*) from charge_email where repeated"))
                    .isEqualTo("0");
            var audit = Node.command(temporary.resolve("one"), settings, "audit");
            assertThat(audit.exit()).as(audit.output()).isZero();
            for (var node : nodes) {
                assertThat(node.stop()).isEqualTo(143);
            }
        }
    }

    private Map<String, String> settings(EmbeddedPostgres.Address postgres) {
        var settings = new HashMap<String, String>();
        settings.put("VINTEM_DB_URL", postgres.url());
        settings.put("VINTEM_DB_USER", postgres.user());
        settings.put("VINTEM_DB_PASSWORD", postgres.password());
        settings.put("VINTEM_ADMIN_PASSWORD", World.ADMIN_PASSWORD);
        settings.put("VINTEM_BANK_SECRET", World.BANK_SECRET);
        settings.put("VINTEM_SECRET", "a-secret-of-at-least-thirty-two-bytes-for-two-nodes");
        settings.put("VINTEM_BCRYPT_COST", "4");
        settings.put("VINTEM_REQUESTS_PER_MINUTE", "0");
        // Many small steps, so that the two are in each other's way.
        settings.put("VINTEM_BILLING_BATCH_ROWS", "10");
        settings.put("VINTEM_BILLING_IMPORTS", "1");
        settings.put("VINTEM_SMTP_PER_SECOND", "0");
        settings.put(
                "VINTEM_SMTP_URL",
                "smtp://127.0.0.1:%d?from=Loja%%20<cobranca@loja.example>&starttls=none"
                        .formatted(mail.getSmtp().getPort()));
        return settings;
    }

    /// Each file goes to both nodes at the same moment.
    private static void sendToBoth(List<Http> people, int first, int end) {
        var sent =
                Together.atOnce(
                        Stream.iterate(2 * first, i -> i + 1)
                                .limit(2 * (end - first))
                                .<Callable<Http.Answer>>map(
                                        i -> () -> send(people.get(i % 2), i / 2))
                                .toList());
        assertThat(sent.stream().filter(it -> it.status() == 202)).hasSize(end - first);
        assertThat(sent.stream().filter(it -> it.status() == 200)).hasSize(end - first);
    }

    private static void awaitImported(EmbeddedPostgres.Address postgres, int files) {
        Together.until(
                "all files are done and all mails sent",
                () ->
                        Query.one(
                                        postgres,
                                        """
                                        select count(*) filter (where status = 'done') || ' ' ||
                                               sum(emails_sent)
                                        from debt_file
                                        """)
                                .equals(files + " " + debtsOf(files)));
    }

    private static int debtsOf(int files) {
        return files * ROWS + SHARED;
    }

    /// Its own debts, and the first ones of the next file.
    private static Http.Answer send(Http somebody, int file) {
        var text = new StringBuilder(DebtFiles.TITLES).append('\n');
        var first = file * ROWS;
        var end = first + ROWS + SHARED;
        for (var i = first; i < end; i++) {
            text.append(
                    "Ana,9558,ana%d@mail.example,%d.50,2022-10-12,two-%d\n".formatted(i, i + 1, i));
        }
        return somebody.with("Content-Type", "text/csv")
                .post(
                        "/billing/files?name=" + file,
                        text.toString().getBytes(StandardCharsets.UTF_8));
    }

    private List<String> received() {
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
}
