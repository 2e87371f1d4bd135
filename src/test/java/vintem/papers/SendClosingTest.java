package vintem.papers;

import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.GreenMailUtil;
import com.icegreen.greenmail.util.ServerSetup;
import io.quarkus.arc.All;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import vintem.Rows;
import vintem.World;
import vintem.platform.ClosingLines;
import vintem.platform.Database;
import vintem.platform.EmailAddress;
import vintem.platform.Pages;
import vintem.platform.SmtpServer;
import vintem.platform.Words;

@QuarkusTest
@QuarkusTestResource(World.class)
class SendClosingTest {
    @Inject Database database;
    @Inject ClosingMailTable table;
    @Inject Pages pages;

    @Inject @All List<ClosingLines> sources;

    private final EmailAddress recipient =
            EmailAddress.parse("dona-%s@example.com".formatted(UUID.randomUUID())).orElseThrow();

    /// Eight in the morning of a day.
    private static Clock at(String day) {
        return Clock.fixed(
                LocalDate.parse(day).atTime(8, 0).atZone(Words.SAO_PAULO).toInstant(),
                Words.SAO_PAULO);
    }

    private SendClosing node(Clock clock, Optional<SmtpServer> server) {
        var how =
                new SendClosing.How(
                        List.of(recipient), server, Words.PT, 7, Duration.ofSeconds(20));
        return new SendClosing(database, table, sources, pages, clock, how);
    }

    private String status(String day) {
        return Rows.text(
                "select status from closing_mail where day = ?::date and recipient_hash = ?",
                day,
                SendClosing.hash(recipient));
    }

    @Test
    void two_nodes_write_the_closing_of_a_day_once() throws Exception {
        var mail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        mail.start();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var server =
                    SmtpServer.parse(
                            "smtp://127.0.0.1:%d?from=Loja<loja@example.com>&starttls=none"
                                    .formatted(mail.getSmtp().getPort()));
            var clock = at("2026-03-10");
            var nodes = List.of(node(clock, Optional.of(server)), node(clock, Optional.of(server)));
            var runs = nodes.stream().map(it -> threads.submit(it::run)).toList();
            for (var run : runs) {
                run.get();
            }
            nodes.getFirst().run();
            var received = mail.getReceivedMessages();
            assertThat(received).hasSize(1);
            assertThat(received[0].getSubject()).contains("Fechamento de 09/03/2026", "SANDBOX");
            var body = GreenMailUtil.getWholeMessage(received[0]);
            assertThat(body).contains("Trabalho", "Pix sem dono");
            assertThat(status("2026-03-09")).isEqualTo("sent");
        } finally {
            mail.stop();
        }
    }

    @Test
    void without_a_server_it_is_kept_and_a_day_that_was_missed_stays_so() {
        node(at("2026-03-12"), Optional.empty()).run();
        assertThat(status("2026-03-11")).isEqualTo("kept");
        assertThat(
                        Rows.text(
                                "select body from closing_mail where day = '2026-03-11'"
                                        + " and recipient_hash = ?",
                                SendClosing.hash(recipient)))
                .contains("Fechamento de 11/03/2026");
        node(at("2026-03-15"), Optional.empty()).run();
        assertThat(
                        Rows.number(
                                "select count(*) from closing_mail where recipient_hash = ?",
                                SendClosing.hash(recipient)))
                .isEqualTo(2);
    }

    @Test
    void a_server_that_is_away_is_asked_again_by_the_next_run() {
        var nowhere =
                SmtpServer.parse("smtp://127.0.0.1:1?from=Loja<loja@example.com>&starttls=none");
        node(at("2026-03-20"), Optional.of(nowhere)).run();
        assertThat(status("2026-03-19")).isEqualTo("sending");
        node(at("2026-03-20"), Optional.empty()).run();
        assertThat(status("2026-03-19")).isEqualTo("kept");
    }

    @Test
    void nobody_is_written_to_before_the_hour() {
        var early =
                Clock.fixed(
                        LocalDate.parse("2026-03-25")
                                .atTime(6, 59)
                                .atZone(Words.SAO_PAULO)
                                .toInstant(),
                        Words.SAO_PAULO);
        node(early, Optional.empty()).run();
        assertThat(
                        Rows.number(
                                "select count(*) from closing_mail where recipient_hash = ?",
                                SendClosing.hash(recipient)))
                .isZero();
    }
}
