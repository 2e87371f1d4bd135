package vintem.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import jakarta.mail.BodyPart;
import jakarta.mail.MessagingException;
import jakarta.mail.Part;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/// Mails are read back by somebody else's program (Jakarta Mail), and nothing hostile adds a header
/// or a recipient.
class MailMessageTest {
    private static final EmailAddress FROM = address("cobranca@loja.example");
    private static final EmailAddress TO = address("ana@mail.example");
    private static final Instant AT = Instant.parse("2026-11-26T15:04:05Z");
    private static final byte[] PNG = QrCode.png("00020126", 4);

    private static final List<String> HEADERS =
            List.of(
                    "From",
                    "To",
                    "Subject",
                    "Date",
                    "Message-ID",
                    "MIME-Version",
                    "Content-Language",
                    "Auto-Submitted",
                    "List-Unsubscribe",
                    "List-Unsubscribe-Post",
                    "Content-Type");

    @Example
    void it_has_a_text_and_the_same_as_html_with_its_image() throws Exception {
        var text = "Olá, Ana!\nValor: R$ 1.234,56 = tudo  \n.ponto\n\nFrom aqui\n";
        var html = "<p>Olá – <img src=\"cid:qr@vintem\"></p>" + "ção ".repeat(60);
        var read = read(message("Ana", "Sua cobrança", text, html));
        assertThat(read.getSubject()).isEqualTo("Sua cobrança");
        assertThat(read.getHeader("Date", null)).isEqualTo("Thu, 26 Nov 2026 12:04:05 -0300");
        assertThat(read.getMessageID()).isEqualTo("<charge.1@loja.example>");
        assertThat(read.getHeader("Auto-Submitted", null)).isEqualTo("auto-generated");
        assertThat(read.getHeader("List-Unsubscribe", null).strip())
                .isEqualTo("<https://loja.example/unsubscribe/abc>");
        assertThat(read.getHeader("List-Unsubscribe-Post", null))
                .isEqualTo("List-Unsubscribe=One-Click");
        var alternative = (MimeMultipart) read.getContent();
        assertThat(alternative.getContentType()).startsWith("multipart/alternative");
        assertThat(alternative.getCount()).isEqualTo(2);
        assertThat(lines(alternative.getBodyPart(0)) + "\n").isEqualTo(text);
        var related = (MimeMultipart) alternative.getBodyPart(1).getContent();
        assertThat(lines(related.getBodyPart(0))).isEqualTo(html);
        var image = related.getBodyPart(1);
        assertThat(image.getHeader("Content-ID")).containsExactly("<qr@vintem>");
        assertThat(image.getDisposition()).isEqualTo(Part.INLINE);
        assertThat(image.getInputStream().readAllBytes()).isEqualTo(PNG);
    }

    @Example
    void every_line_is_short_ascii_and_ends_as_smtp_wants_it() {
        var bytes =
                message("É".repeat(100), "ü".repeat(150), "ß=\n".repeat(50), "😀".repeat(999))
                        .bytes();
        var text = new String(bytes, StandardCharsets.ISO_8859_1);
        assertThat(text).matches("(?s)[\\r\\n -~]*").endsWith("\r\n").doesNotContain("\r\r");
        assertThat(text.replace("\r\n", "")).doesNotContain("\r", "\n");
        assertThat(text.split("\r\n"))
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(76));
    }

    @Example
    void over_plain_http_one_click_is_not_offered() throws Exception {
        var plain =
                new MailMessage(
                        new Mailbox(null, FROM),
                        new Mailbox(null, TO),
                        "x",
                        "a@b",
                        AT,
                        "en",
                        URI.create("http://localhost:8080/unsubscribe/abc"),
                        "x",
                        "<p>x",
                        List.of());
        assertThat(read(plain).getHeader("List-Unsubscribe", null).strip())
                .isEqualTo("<http://localhost:8080/unsubscribe/abc>");
        assertThat(read(plain).getHeader("List-Unsubscribe-Post", null)).isNull();
    }

    @Property(tries = 150)
    void no_name_and_no_subject_adds_a_header_or_a_recipient(
            @ForAll("hostile") String name, @ForAll("hostile") String subject) throws Exception {
        var shown = Mailbox.oneLine(name);
        var about = Mailbox.oneLine(subject);
        var read = read(message(shown, about == null ? "-" : about, "x\n", "<p>x"));
        assertThat(Collections.list(read.getAllHeaders()))
                .extracting(jakarta.mail.Header::getName)
                .containsExactlyInAnyOrderElementsOf(HEADERS);
        assertThat(read.getAllRecipients()).hasSize(1);
        var to = (InternetAddress) read.getAllRecipients()[0];
        assertThat(to.getAddress()).isEqualTo("ana@mail.example");
        assertThat(to.getPersonal()).isEqualTo(shown);
        if (about != null) {
            assertThat(read.getSubject()).isEqualTo(about);
        }
        assertThat(((MimeMultipart) read.getContent()).getCount()).isEqualTo(2);
    }

    @Property(tries = 150)
    void no_text_ends_its_part(@ForAll("hostile") String text) throws Exception {
        var read = read(message("Ana", "x", text, text));
        var alternative = (MimeMultipart) read.getContent();
        assertThat(alternative.getCount()).isEqualTo(2);
        var plain = text.replace("\r\n", "\n").replace('\r', '\n');
        var utf8 = new String(plain.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        // The last end of line is the boundary's.
        var all = utf8.endsWith("\n") ? utf8.substring(0, utf8.length() - 1) : utf8;
        assertThat(lines(alternative.getBodyPart(0))).isEqualTo(all);
    }

    @Property(tries = 500)
    void what_could_end_a_line_is_no_name_and_no_subject(@ForAll("hostile") String text) {
        if (text.codePoints().anyMatch(character -> character < ' ' || character == 0x7F)) {
            assertThatIllegalArgumentException().isThrownBy(() -> new Mailbox(text, TO));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> message("Ana", text, "x", "<p>x"));
        }
    }

    @Property(tries = 1_000)
    void an_address_is_one_address_or_none(@ForAll("addresses") String text) throws Exception {
        var parsed = EmailAddress.parse(text);
        if (parsed.isPresent()) {
            var value = parsed.get().value();
            assertThat(value)
                    .doesNotContainAnyWhitespaces()
                    .doesNotContain("<", ">", ",", ";", "\"", "(", ")", ":", "\\", "\0");
            assertThat(value.chars().filter(character -> character == '@').count()).isEqualTo(1);
            assertThat(InternetAddress.parse(value, false)).hasSize(1);
        }
    }

    @Example
    void addresses_that_people_have_are_read() {
        for (var good :
                List.of(
                        "johndoe@kanastra.com.br",
                        " janet95@example.com ",
                        "a.b+c_d-e@sub.mail.example",
                        "o'neil@example.com",
                        "joão@exemplo.com.br",
                        "x@1e100.example",
                        "a@xn--exmplo-0ta.example")) {
            assertThat(EmailAddress.parse(good)).as(good).isPresent();
        }
        assertThat(address("Ana@Café.example").value()).isEqualTo("Ana@xn--caf-dma.example");
        assertThat(address("Ana@X.example").key()).isEqualTo("ana@x.example");
        assertThat(address("Ana@X.example")).hasToString("A***@x.example");
        for (var bad :
                List.of(
                        "",
                        "@",
                        "a@",
                        "@b.example",
                        "a@b",
                        "a b@c.example",
                        "a@b..example",
                        "a@-b.example",
                        "a@b.123",
                        ".a@b.example",
                        "a..b@c.example",
                        "a@b@c.example",
                        "a@b.example>",
                        "<a@b.example>",
                        "a@b.example, c@d.example",
                        "\"a\"@b.example",
                        "a@[127.0.0.1]",
                        "a@b.example\r\nRCPT TO:<c@d.example>",
                        "a\0@b.example",
                        "a\u202E@b.example",
                        "x".repeat(65) + "@b.example",
                        "a@" + "x".repeat(64) + ".example",
                        "a".repeat(1_000_000))) {
            assertThat(EmailAddress.parse(bad)).as(bad).isEmpty();
        }
        assertThat(EmailAddress.parse(null)).isEmpty();
    }

    @Provide
    Arbitrary<String> hostile() {
        var pieces =
                Arbitraries.of(
                        "\r\n",
                        "\n",
                        "\r",
                        "\0",
                        "\t",
                        "\u2028",
                        "\u0085",
                        "\u202E",
                        "Bcc: evil@x.example",
                        "\r\nBcc: evil@x.example\r\n",
                        "\r\n.\r\nMAIL FROM:<x>",
                        "--=_alternative_vintem",
                        "\r\n--=_alternative_vintem--\r\n",
                        "=?UTF-8?B?DQo=?=",
                        "=?utf-8?q?=0D=0ABcc:_x@y.example?=",
                        "\"",
                        "\\",
                        "<evil@x.example>,",
                        ",",
                        ";",
                        ":",
                        "(",
                        ")",
                        "é",
                        "😀",
                        "\uD83D",
                        "漢字",
                        "a",
                        " ",
                        "  ",
                        "=",
                        ".",
                        "José da Silva",
                        "x".repeat(80));
        return pieces.list().ofMaxSize(12).map(list -> String.join("", list));
    }

    @Provide
    Arbitrary<String> addresses() {
        var pieces =
                Arbitraries.of(
                        "a",
                        "ana",
                        "@",
                        ".",
                        "mail",
                        ".example",
                        ",",
                        " ",
                        "<",
                        ">",
                        "\r\n",
                        "\0",
                        "\"",
                        "(",
                        ")",
                        "é",
                        "ß",
                        "ı",
                        "\u3002",
                        "\uFF20",
                        ":",
                        ";",
                        "\\",
                        "+",
                        "'",
                        "%",
                        "xn--",
                        "-",
                        "[",
                        "]",
                        "1",
                        "\u00AD",
                        "\u200B");
        return pieces.list().ofMaxSize(10).map(list -> String.join("", list));
    }

    private static MailMessage message(
            @Nullable String name, String subject, String text, String html) {
        return new MailMessage(
                new Mailbox("Loja Azul, Ltda.", FROM),
                new Mailbox(name, TO),
                subject,
                "charge.1@loja.example",
                AT,
                "pt-BR",
                URI.create("https://loja.example/unsubscribe/abc"),
                text,
                html,
                List.of(new MailMessage.Image("qr@vintem", "pix.png", PNG)));
    }

    private static MimeMessage read(MailMessage message) throws MessagingException {
        return new MimeMessage(
                Session.getInstance(new Properties()), new ByteArrayInputStream(message.bytes()));
    }

    private static String lines(BodyPart part) throws IOException, MessagingException {
        return part.getContent().toString().replace("\r\n", "\n");
    }

    private static EmailAddress address(String text) {
        return EmailAddress.parse(text).orElseThrow();
    }
}
