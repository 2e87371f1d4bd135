package vintem.platform;

import java.net.InetAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The server that takes our mail, by one address:
/// `smtps://user:password@host:465?from=Loja%20Azul%20<cobranca@loja.example>` with TLS from the
/// first byte, `smtp://…:587` with STARTTLS, which must succeed. `starttls=none` sends in the
/// clear, to a server on this machine or without a password. `user`, `password` and `from` are
/// percent-encoded. `toString` has no secret.
///
/// @param from whom the mail is from
public record SmtpServer(
        String host,
        int port,
        Tls tls,
        @Nullable String user,
        @Nullable String password,
        Mailbox from) {
    public enum Tls {
        /// From the first byte (RFC 8314).
        IMPLICIT,
        /// The server must offer it.
        STARTTLS,
        NONE
    }

    private static final Pattern URL =
            Pattern.compile(
                    "(?<scheme>smtps?)://(?:(?<user>[^:@/?#]+):(?<password>[^:@/?#]+)@)?"
                            + "(?<host>[A-Za-z0-9._-]+|\\[[0-9a-fA-F:.]+])(?::(?<port>[0-9]{1,5}))?"
                            + "/?\\?(?<query>[^#]+)");
    private static final Pattern ENCODED = Pattern.compile("(?:[^%]|%[0-9A-Fa-f]{2})*");
    private static final Pattern NAMED = Pattern.compile("(?<name>[^<>]*)<(?<address>[^<>]+)>");

    /// `VINTEM_SMTP_URL`, empty where it is not set.
    ///
    /// @throws IllegalArgumentException in words for the operator, without what was set
    public static Optional<SmtpServer> configured() {
        return Settings.text("smtp-url").map(url -> parse(url.strip()));
    }

    /// @throws IllegalArgumentException in words for the operator, without what was given: it holds
    ///     a password
    public static SmtpServer parse(String url) {
        var found = URL.matcher(url);
        if (!found.matches()) {
            throw wrong("is not smtp[s]://user:password@host:port?from=address");
        }
        var query = new HashMap<String, String>();
        for (var each : found.group("query").split("&")) {
            var parts = each.split("=", 2);
            if (parts.length != 2 || query.put(parts[0], decoded(parts[1])) != null) {
                throw wrong("has something after the ? that is not name=value");
            }
        }
        var from = query.remove("from");
        var starttls = query.remove("starttls");
        if (!query.isEmpty()) {
            throw wrong("knows from and starttls after the ?, and nothing else");
        }
        if (from == null) {
            throw wrong("does not say from=address: whom the mail is from");
        }
        var implicit = found.group("scheme").equals("smtps");
        var host = found.group("host").replaceAll("[\\[\\]]", "").toLowerCase(Locale.ROOT);
        var user = found.group("user");
        var tls = tls(implicit, starttls);
        if (tls == Tls.NONE && user != null && !isHere(host)) {
            throw wrong("would send the password in the clear: take starttls=none away");
        }
        var port = found.group("port");
        var number = port == null ? (implicit ? 465 : 587) : Integer.parseInt(port);
        if (number < 1 || number > 65_535) {
            throw wrong("names a port that cannot be");
        }
        return new SmtpServer(
                host,
                number,
                tls,
                user == null ? null : decoded(user),
                user == null ? null : decoded(found.group("password")),
                from(from));
    }

    private static Tls tls(boolean implicit, @Nullable String starttls) {
        if (implicit) {
            if (starttls != null) {
                throw wrong("is smtps://, which has TLS from the first byte: drop starttls");
            }
            return Tls.IMPLICIT;
        }
        if (starttls == null || starttls.equals("required")) {
            return Tls.STARTTLS;
        }
        if (starttls.equals("none")) {
            return Tls.NONE;
        }
        throw wrong("has a starttls that is neither required nor none");
    }

    private static Mailbox from(String text) {
        var named = NAMED.matcher(text.strip());
        var name = named.matches() ? named.group("name").strip() : "";
        return EmailAddress.parse(named.matches() ? named.group("address") : text)
                .map(address -> new Mailbox(Mailbox.oneLine(name), address))
                .orElseThrow(() -> wrong("has a from that is no e-mail address"));
    }

    private static boolean isHere(String host) {
        try {
            return host.equals("localhost") || InetAddress.ofLiteral(host).isLoopbackAddress();
        } catch (IllegalArgumentException name) {
            return false;
        }
    }

    /// A plus is a plus: addresses have them.
    private static String decoded(String text) {
        if (!ENCODED.matcher(text).matches()) {
            throw wrong("has a % that is not followed by two hexadecimal digits");
        }
        var decoded = URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        if (decoded.chars().anyMatch(Character::isISOControl)) {
            throw wrong("holds a character that cannot be written");
        }
        return decoded;
    }

    private static IllegalArgumentException wrong(String how) {
        return new IllegalArgumentException("VINTEM_SMTP_URL " + how);
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
