package vintem.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vintem.platform.SmtpClient.Answer;
import vintem.platform.SmtpServer.Tls;

/// Our side of SMTP against a real server, and against servers that do what they should not.
class SmtpTest {
    private static final EmailAddress FROM = address("cobranca@loja.example");
    private static final EmailAddress TO = address("ana@mail.example");
    private static final byte[] MESSAGE =
            "Subject: x\r\n\r\n.um ponto\r\n..dois\r\n.\r\nfim\r\n"
                    .getBytes(StandardCharsets.US_ASCII);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration LITTLE = Duration.ofMillis(300);

    @TempDir private static Path directory;
    private static SSLContext localhost;
    private static SSLContext other;

    private ScriptedSmtp server = new ScriptedSmtp();

    @BeforeAll
    static void there_are_certificates() {
        localhost = Certificates.of(directory, "localhost");
        other = Certificates.of(directory, "other.example");
    }

    @AfterEach
    void the_server_stops() {
        server.close();
    }

    @Test
    void a_real_server_takes_many_messages_on_one_connection() throws Exception {
        var mail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        mail.setUser("loja", "loja", "p@ss:w%rd");
        mail.start();
        try {
            var url =
                    "smtp://loja:p%40ss%3Aw%25rd@127.0.0.1:"
                            + mail.getSmtp().getPort()
                            + "?from=a@b.example&starttls=none";
            try (var client = SmtpClient.open(SmtpServer.parse(url), trusting(), PATIENCE)) {
                for (var i = 0; i < 20; i++) {
                    assertThat(send(client)).isInstanceOf(Answer.Accepted.class);
                }
            }
            assertThat(mail.getReceivedMessages()).hasSize(20);
            assertThat(mail.getReceivedMessages()[0].getContent())
                    .isEqualTo(".um ponto\r\n..dois\r\n.\r\nfim");
        } finally {
            mail.stop();
        }
    }

    @Test
    void dots_at_the_start_of_lines_arrive_as_they_were() {
        try (var client = open(server.start())) {
            assertThat(send(client)).isEqualTo(new Answer.Accepted("250 2.0.0 taken"));
        }
        assertThat(server.taken.getFirst().data())
                .isEqualTo(new String(MESSAGE, StandardCharsets.US_ASCII));
        assertThat(server.commands)
                .contains("MAIL FROM:<cobranca@loja.example> SIZE=" + MESSAGE.length)
                .endsWith("QUIT");
    }

    @Test
    void a_refused_recipient_is_told_apart_and_the_connection_goes_on() {
        server.answering(
                        "RCPT",
                        "550-5.1.1 no such\r\n550 5.1.1 user",
                        "450 4.2.0 greylisted",
                        "250 ok")
                .start();
        try (var client = open(server)) {
            assertThat(send(client))
                    .isEqualTo(new Answer.Refused("550 5.1.1 no such 5.1.1 user", true));
            assertThat(send(client)).isEqualTo(new Answer.Later("450 4.2.0 greylisted"));
            assertThat(send(client)).isInstanceOf(Answer.Accepted.class);
        }
        assertThat(server.connections()).isEqualTo(1);
        assertThat(server.commands).filteredOn(each -> each.equals("RSET")).hasSize(2);
    }

    @Test
    void a_refusal_of_relaying_blames_no_mailbox() {
        server.answering("RCPT", "554 5.7.1 relay access denied").start();
        try (var client = open(server)) {
            assertThat(send(client))
                    .isEqualTo(new Answer.Refused("554 5.7.1 relay access denied", false));
        }
    }

    @Test
    void what_the_server_says_after_the_data_counts() {
        server.answering(ScriptedSmtp.DOT, "554 5.7.1 spam", "451 4.3.0 try again", "250 ok")
                .start();
        try (var client = open(server)) {
            assertThat(send(client)).isEqualTo(new Answer.Refused("554 5.7.1 spam", false));
            assertThat(send(client)).isEqualTo(new Answer.Later("451 4.3.0 try again"));
            assertThat(send(client)).isInstanceOf(Answer.Accepted.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"MAIL", "RCPT", "DATA", ScriptedSmtp.DOT})
    void a_421_closes_the_connection_and_blames_no_message(String command) {
        server.answering(command, "421 4.7.0 too many, come back").start();
        try (var client = open(server)) {
            assertThat(send(client))
                    .isEqualTo(new Answer.Unwilling("421 4.7.0 too many, come back"));
            assertThat(client.isOpen()).isFalse();
            assertThat(send(client)).isInstanceOf(Answer.NotSent.class);
        }
    }

    @Test
    void a_sender_that_is_not_liked_fails_no_message() {
        server.answering("MAIL", "550 5.7.1 this sender may not").start();
        try (var client = open(server)) {
            assertThat(send(client)).isInstanceOf(Answer.Unwilling.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"MAIL", "RCPT", "DATA"})
    void a_line_that_breaks_before_the_last_dot_has_sent_nothing(String command) {
        server.answering(command, ScriptedSmtp.DROP).start();
        try (var client = open(server)) {
            assertThat(send(client)).isInstanceOf(Answer.NotSent.class);
            assertThat(client.isOpen()).isFalse();
        }
        assertThat(server.given).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ScriptedSmtp.DROP,
                "354 again",
                "hello",
                "999 x",
                "250-first\r\n550 second",
                ""
            })
    void after_the_last_dot_only_a_clear_answer_tells(String answer) {
        server.answering(ScriptedSmtp.DOT, answer).start();
        try (var client = open(server)) {
            assertThat(send(client)).isInstanceOf(Answer.Unknown.class);
            assertThat(client.isOpen()).isFalse();
        }
        assertThat(server.given).hasSize(1);
    }

    @Test
    void whoever_never_answers_is_left_at_the_deadline() {
        server.answering("RCPT", ScriptedSmtp.HANG).start();
        try (var client = SmtpClient.open(plain(server), trusting(), LITTLE)) {
            assertThat(send(client)).isEqualTo(new Answer.NotSent("no answer within 0.3 s"));
        }
        server.answering("RCPT", "250 ok").answering(ScriptedSmtp.DOT, ScriptedSmtp.HANG);
        try (var client = SmtpClient.open(plain(server), trusting(), LITTLE)) {
            assertThat(send(client)).isEqualTo(new Answer.Unknown("no answer within 0.3 s"));
        }
        server.answering(ScriptedSmtp.GREETING, ScriptedSmtp.HANG);
        assertThatThrownBy(() -> SmtpClient.open(plain(server), trusting(), LITTLE))
                .isInstanceOf(SmtpClient.Unavailable.class)
                .hasMessageContaining("no answer within 0.3 s");
    }

    @Test
    void whoever_never_reads_is_left_at_the_deadline() {
        server.deaf().start();
        try (var client = SmtpClient.open(plain(server), trusting(), LITTLE)) {
            var large = "x".repeat(70).concat("\r\n").repeat(500_000).getBytes();
            assertThat(client.send(FROM, TO, large, () -> true))
                    .isEqualTo(new Answer.NotSent("no answer within 0.3 s"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "250", "2500 x", "HTTP/1.1 400 Bad Request"})
    void what_is_no_smtp_ends_the_connection(String answer) {
        server.answering("RCPT", answer).start();
        try (var client = open(server)) {
            if (answer.equals("250")) {
                // A code alone is an answer (RFC 5321, 4.2).
                assertThat(send(client)).isInstanceOf(Answer.Accepted.class);
            } else {
                assertThat(send(client)).isInstanceOf(Answer.NotSent.class);
                assertThat(client.isOpen()).isFalse();
            }
        }
    }

    @Test
    void an_answer_without_end_is_cut() {
        server.answering("RCPT", "250 " + "x".repeat(5_000_000)).start();
        try (var client = open(server)) {
            assertThat(send(client)).isEqualTo(new Answer.NotSent("its answer has no end"));
        }
        server.answering("RCPT", "250-x\r\n".repeat(100_000));
        try (var client = open(server)) {
            assertThat(send(client)).isEqualTo(new Answer.NotSent("its answer has no end, or two"));
        }
    }

    @Test
    void an_answer_is_kept_as_one_short_line() {
        server.answering("RCPT", "550 5.1.1 \u001b[31mred\u0007 " + "x".repeat(1_500)).start();
        try (var client = open(server)) {
            var refused = (Answer.Refused) send(client);
            assertThat(refused.reply()).startsWith("550 5.1.1  [31mred  xxx").hasSize(300);
        }
    }

    @Test
    void the_right_to_hand_over_is_asked_for_before_the_last_dot() {
        server.start();
        try (var client = open(server)) {
            assertThat(client.send(FROM, TO, MESSAGE, () -> false))
                    .isInstanceOf(Answer.NotSent.class);
            assertThat(client.isOpen()).isFalse();
        }
        assertThat(server.given).isEmpty();
    }

    @Test
    void tls_from_the_first_byte_is_spoken_and_the_certificate_looked_at() {
        server.secured(localhost, true).start();
        var url = "smtps://localhost:%d?from=a@b.example".formatted(server.port());
        try (var client =
                SmtpClient.open(SmtpServer.parse(url), localhost.getSocketFactory(), PATIENCE)) {
            assertThat(send(client)).isInstanceOf(Answer.Accepted.class);
        }
        assertRefused(
                url, (SSLSocketFactory) SSLSocketFactory.getDefault(), "no secure connection");
    }

    @Test
    void a_certificate_of_somebody_else_is_refused() {
        server.secured(other, true).start();
        var url = "smtps://localhost:%d?from=a@b.example".formatted(server.port());
        assertRefused(url, other.getSocketFactory(), "no secure connection");
        assertThat(server.commands).isEmpty();
    }

    @Test
    void starttls_is_used_before_the_password_is_said() {
        server.secured(localhost, false)
                .answering(
                        "EHLO",
                        "250-here\r\n250 STARTTLS",
                        "250-here\r\n250-AUTH LOGIN PLAIN\r\n250 8BITMIME")
                .answering("STARTTLS", "220 go")
                .answering("AUTH", "235 2.7.0 welcome")
                .start();
        var url = "smtp://ana:secret@localhost:%d?from=a@b.example".formatted(server.port());
        try (var client =
                SmtpClient.open(SmtpServer.parse(url), localhost.getSocketFactory(), PATIENCE)) {
            assertThat(send(client)).isInstanceOf(Answer.Accepted.class);
        }
        assertThat(server.commands.subList(1, 4))
                .satisfiesExactly(
                        each -> assertThat(each).isEqualTo("STARTTLS"),
                        each -> assertThat(each).startsWith("EHLO ["),
                        each -> assertThat(each).isEqualTo("AUTH PLAIN AGFuYQBzZWNyZXQ="));
    }

    @Test
    void a_server_without_starttls_is_not_talked_to_any_further() {
        server.start();
        assertRefused(
                "smtp://ana:secret@localhost:%d?from=a@b.example".formatted(server.port()),
                trusting(),
                "does not offer STARTTLS");
        assertThat(server.commands).hasSize(1).first().asString().startsWith("EHLO");
    }

    @Test
    void what_was_slipped_in_before_the_secret_is_noticed() {
        server.secured(localhost, false)
                .answering("EHLO", "250-here\r\n250 STARTTLS")
                .answering("STARTTLS", "220 go\r\n250-here\r\n250 AUTH PLAIN")
                .start();
        assertRefused(
                "smtp://ana:secret@localhost:%d?from=a@b.example".formatted(server.port()),
                localhost.getSocketFactory(),
                "in the clear");
    }

    @Test
    void login_is_said_where_plain_is_not_offered_and_a_wrong_password_is_no_secret() {
        server.answering("EHLO", "250-here\r\n250 AUTH LOGIN")
                .answering("AUTH", "334 VXNlcm5hbWU6")
                // The server of the test knows lines by their first word, in capitals.
                .answering("YW5H", "334 UGFzc3dvcmQ6")
                .answering("C2VJCMV0", "535 5.7.8 wrong")
                .start();
        assertThatThrownBy(
                        () ->
                                SmtpClient.open(
                                        SmtpServer.parse(
                                                "smtp://ana:secret@localhost:%d?from=a@b.example&starttls=none"
                                                        .formatted(server.port())),
                                        trusting(),
                                        PATIENCE))
                .isInstanceOf(SmtpClient.Unavailable.class)
                .hasMessageContaining("535 5.7.8 wrong")
                .hasMessageNotContaining("secret");
        assertThat(server.commands).contains("AUTH LOGIN", "YW5h", "c2VjcmV0");
    }

    @Test
    void letters_beyond_ascii_need_a_server_that_takes_them() {
        var joao = address("joão@exemplo.example");
        server.answering("EHLO", "250 here", "250-here\r\n250-8BITMIME\r\n250 SMTPUTF8").start();
        try (var client = open(server)) {
            assertThat(client.send(FROM, joao, MESSAGE, () -> true))
                    .isInstanceOf(Answer.Refused.class);
            assertThat(send(client)).isInstanceOf(Answer.Accepted.class);
        }
        try (var client = open(server)) {
            assertThat(client.send(FROM, joao, MESSAGE, () -> true))
                    .isInstanceOf(Answer.Accepted.class);
        }
        assertThat(server.commands)
                .contains(
                        "MAIL FROM:<cobranca@loja.example> SMTPUTF8 BODY=8BITMIME",
                        "RCPT TO:<joão@exemplo.example>");
    }

    @Test
    void nobody_there_is_said_so() {
        server.close();
        assertRefused(
                "smtp://127.0.0.1:%d?from=a@b.example&starttls=none".formatted(server.port()),
                trusting(),
                "cannot be used: Connection refused");
        server = new ScriptedSmtp();
    }

    @Test
    void the_address_of_the_server_is_one_setting() {
        var full =
                SmtpServer.parse(
                        "smtps://us%40er:p%3Ass@mail.example?from=Loja%20Azul%20<c+x@loja.example>");
        assertThat(full.port()).isEqualTo(465);
        assertThat(full.tls()).isEqualTo(Tls.IMPLICIT);
        assertThat(full.user()).isEqualTo("us@er");
        assertThat(full.password()).isEqualTo("p:ss");
        assertThat(full.from()).isEqualTo(new Mailbox("Loja Azul", address("c+x@loja.example")));
        assertThat(full.toString()).isEqualTo("mail.example:465");
        var small = SmtpServer.parse("smtp://[::1]?from=a@b.example");
        assertThat(small.port()).isEqualTo(587);
        assertThat(small.tls()).isEqualTo(Tls.STARTTLS);
        assertThat(small.host()).isEqualTo("::1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mail.example",
                "https://mail.example?from=a@b.example",
                "smtp://mail.example",
                "smtp://mail.example?from=nobody",
                "smtp://mail.example?from=a@b.example&from=c@d.example",
                "smtp://mail.example?from=a@b.example&tls=no",
                "smtp://mail.example?from=a@b.example&starttls=maybe",
                "smtps://mail.example?from=a@b.example&starttls=none",
                "smtp://u:sesame@mail.example?from=a@b.example&starttls=none",
                "smtp://mail.example:0?from=a@b.example",
                "smtp://mail.example:99999?from=a@b.example",
                "smtp://u:%zz@mail.example?from=a@b.example",
                "smtp://u:sesame%0D@mail.example?from=a@b.example",
                "smtp://u@mail.example?from=a@b.example",
                "smtp://mail.example?from=a%0D%0AX:y@b.example"
            })
    void a_setting_that_cannot_be_is_refused_without_its_secret(String url) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SmtpServer.parse(url))
                .withMessageStartingWith("VINTEM_SMTP_URL ")
                .satisfies(refused -> assertThat(refused.getMessage()).doesNotContain("sesame"));
    }

    private static void assertRefused(String url, SSLSocketFactory tls, String because) {
        assertThatThrownBy(() -> SmtpClient.open(SmtpServer.parse(url), tls, PATIENCE))
                .isInstanceOf(SmtpClient.Unavailable.class)
                .hasMessageContaining(because);
    }

    private static Answer send(SmtpClient client) {
        return client.send(FROM, TO, MESSAGE, () -> true);
    }

    private static SmtpClient open(ScriptedSmtp server) {
        return SmtpClient.open(plain(server), trusting(), PATIENCE);
    }

    private static SmtpServer plain(ScriptedSmtp server) {
        return SmtpServer.parse(
                "smtp://127.0.0.1:%d?from=a@b.example&starttls=none".formatted(server.port()));
    }

    private static SSLSocketFactory trusting() {
        return localhost.getSocketFactory();
    }

    private static EmailAddress address(String text) {
        return EmailAddress.parse(text).orElseThrow();
    }
}
