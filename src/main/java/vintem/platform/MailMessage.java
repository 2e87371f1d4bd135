package vintem.platform;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A mail that a machine writes to one person: a text, the same as HTML, and images that the HTML
/// shows.
///
/// Its headers are these and no others. Each is written from a type that cannot hold the end of a
/// line, so that nothing that came from outside can add a header or a recipient. The same message
/// always gives the same bytes, all of them ASCII but for an address that is not.
///
/// @param id of the message, `left@right`: a mail that is sent twice is known by it
/// @param language `pt-BR`
/// @param unsubscribe where the reader may say that they want no more (RFC 2369 and, over https,
///     the one click of RFC 8058)
/// @param text with `\n` or `\r\n` between lines
public record MailMessage(
        Mailbox from,
        Mailbox to,
        String subject,
        String id,
        Instant at,
        String language,
        @Nullable URI unsubscribe,
        String text,
        String html,
        List<Image> images) {
    /// @param cid by what the HTML names it: `<img src="cid:…">`
    public record Image(String cid, String name, byte[] png) {
        private static final Pattern CID = Pattern.compile("[a-z0-9.-]{1,40}@[a-z0-9.-]{1,100}");
        private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,40}\\.png");

        public Image {
            if (!CID.matcher(cid).matches() || !NAME.matcher(name).matches()) {
                throw new IllegalArgumentException("an image's cid or name cannot be written");
            }
        }
    }

    private static final int LONGEST_SUBJECT = 200;
    private static final Pattern ID =
            Pattern.compile("[A-Za-z0-9+._-]{1,120}@[A-Za-z0-9.-]{1,255}");
    private static final Pattern LANGUAGE = Pattern.compile("[A-Za-z0-9-]{1,20}");
    private static final Pattern LINK = Pattern.compile("https?://[A-Za-z0-9._~:/?&=%@+-]{1,800}");

    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("EEE, d MMM uuuu HH:mm:ss xx", Locale.ENGLISH);

    // Neither encoding ever writes "=_": what stands in a part cannot end it.
    private static final String ALTERNATIVE = "=_alternative_vintem";
    private static final String RELATED = "=_related_vintem";

    private static final int LINE = 76;
    // "Subject: " and one word of so many bytes are below 76 characters.
    private static final int WORD_BYTES = 39;
    private static final int PLAIN_LENGTH = 60;

    /// @throws IllegalArgumentException where something could end a header
    public MailMessage {
        Mailbox.requireOneLine(subject, LONGEST_SUBJECT);
        if (!ID.matcher(id).matches()
                || !LANGUAGE.matcher(language).matches()
                || unsubscribe != null && !LINK.matcher(unsubscribe.toString()).matches()) {
            throw new IllegalArgumentException("a header cannot be written");
        }
        images = List.copyOf(images);
    }

    /// As it goes over the wire, but for the dots that SMTP doubles: every line ends with CR LF,
    /// none is longer than 998 bytes.
    public byte[] bytes() {
        var out = new StringBuilder(8_000);
        header(out, "From", mailbox("From", from));
        header(out, "To", mailbox("To", to));
        header(out, "Subject", unstructured(subject));
        header(out, "Date", DATE.format(at.atZone(BusinessDays.SAO_PAULO)));
        header(out, "Message-ID", "\r\n <" + id + ">");
        header(out, "MIME-Version", "1.0");
        header(out, "Content-Language", language);
        // Answering machines keep still (RFC 3834).
        header(out, "Auto-Submitted", "auto-generated");
        if (unsubscribe != null) {
            header(out, "List-Unsubscribe", "\r\n <" + unsubscribe + ">");
            if (unsubscribe.getScheme().equals("https")) {
                header(out, "List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
            }
        }
        header(out, "Content-Type", "multipart/alternative;\r\n boundary=\"" + ALTERNATIVE + "\"");
        out.append("\r\n--").append(ALTERNATIVE).append("\r\n");
        words(out, "plain", text);
        out.append("--").append(ALTERNATIVE).append("\r\n");
        if (images.isEmpty()) {
            words(out, "html", html);
        } else {
            related(out);
        }
        out.append("--").append(ALTERNATIVE).append("--\r\n");
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    private void related(StringBuilder out) {
        header(
                out,
                "Content-Type",
                "multipart/related; type=\"text/html\";\r\n boundary=\"" + RELATED + "\"");
        out.append("\r\n--").append(RELATED).append("\r\n");
        words(out, "html", html);
        for (var image : images) {
            out.append("--").append(RELATED).append("\r\n");
            header(out, "Content-Type", "image/png; name=\"" + image.name() + "\"");
            header(out, "Content-Disposition", "inline; filename=\"" + image.name() + "\"");
            header(out, "Content-ID", "<" + image.cid() + ">");
            header(out, "Content-Transfer-Encoding", "base64");
            out.append("\r\n")
                    .append(Base64.getMimeEncoder().encodeToString(image.png()))
                    .append("\r\n");
        }
        out.append("--").append(RELATED).append("--\r\n");
    }

    private static void header(StringBuilder out, String name, String value) {
        out.append(name).append(": ").append(value).append("\r\n");
    }

    private static void words(StringBuilder out, String subtype, String words) {
        header(out, "Content-Type", "text/" + subtype + "; charset=utf-8");
        header(out, "Content-Transfer-Encoding", "quoted-printable");
        out.append("\r\n");
        quoted(out, words);
    }

    private static String mailbox(String header, Mailbox mailbox) {
        var address = "<" + mailbox.address().value() + ">";
        var name = mailbox.name();
        if (name == null) {
            return address;
        }
        var shown =
                isPlain(name)
                        ? "\"" + name.replaceAll("([\"\\\\])", "\\\\$1") + "\""
                        : encoded(name);
        var fits =
                shown.indexOf('\r') < 0
                        && header.length() + 3 + shown.length() + address.length() <= LINE;
        return shown + (fits ? " " : "\r\n ") + address;
    }

    private static String unstructured(String text) {
        return isPlain(text) ? text : encoded(text);
    }

    /// What looks like an encoded word is decoded by some who read it, also between quotes.
    private static boolean isPlain(String text) {
        return text.length() <= PLAIN_LENGTH
                && !text.contains("=?")
                && text.chars().allMatch(character -> character >= ' ' && character < 0x7F);
    }

    /// Encoded words of RFC 2047, each on a line of its own, none with half a character.
    private static String encoded(String text) {
        var words = new StringBuilder();
        var word = new ByteArrayOutputStream();
        for (var at = 0; at < text.length(); ) {
            var next = text.offsetByCodePoints(at, 1);
            var character = text.substring(at, next).getBytes(StandardCharsets.UTF_8);
            if (word.size() + character.length > WORD_BYTES) {
                word(words, word);
            }
            word.writeBytes(character);
            at = next;
        }
        word(words, word);
        return words.toString();
    }

    private static void word(StringBuilder words, ByteArrayOutputStream word) {
        words.append(words.isEmpty() ? "" : "\r\n ")
                .append("=?UTF-8?B?")
                .append(Base64.getEncoder().encodeToString(word.toByteArray()))
                .append("?=");
        word.reset();
    }

    /// Quoted-printable (RFC 2045, 6.7), ending with a line's end.
    private static void quoted(StringBuilder out, String words) {
        var lines = words.replace("\r\n", "\n").replace('\r', '\n').split("\n", -1);
        var last = lines[lines.length - 1].isEmpty() ? lines.length - 1 : lines.length;
        for (var i = 0; i < last; i++) {
            quotedLine(out, lines[i].getBytes(StandardCharsets.UTF_8));
            out.append("\r\n");
        }
    }

    private static void quotedLine(StringBuilder out, byte[] line) {
        var column = 0;
        for (var i = 0; i < line.length; i++) {
            var plain = isPlain(line, i);
            // One column is kept for the "=" that says: the line goes on.
            if (column + (plain ? 1 : 3) > LINE - 1) {
                out.append("=\r\n");
                column = 0;
            }
            if (plain) {
                out.append((char) line[i]);
                column++;
            } else {
                var value = line[i] & 0xFF;
                out.append('=')
                        .append(Character.toUpperCase(Character.forDigit(value >> 4, 16)))
                        .append(Character.toUpperCase(Character.forDigit(value & 15, 16)));
                column += 3;
            }
        }
    }

    private static boolean isPlain(byte[] line, int at) {
        var value = line[at];
        // Spaces at the end of a line get lost under way.
        return value > ' ' && value < 0x7F && value != '=' || value == ' ' && at + 1 < line.length;
    }
}
