package vintem.platform;

import java.net.IDN;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Whom a mail goes to or comes from: `local@domain`, as people have it (RFC 5321's dot-string; no
/// quoted local parts, no address literals, no comments). Letters beyond ASCII are allowed before
/// the `@` (RFC 6531); a domain is kept in its ASCII form.
///
/// There is no character in it that could end a line, a command or an address, so that it can be
/// written into any of them. `toString` is masked.
public record EmailAddress(String local, String domain) {
    private static final int MOST_LOCAL_BYTES = 64;
    private static final int MOST_BYTES = 254;

    private static final String ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~\\-\\p{L}\\p{M}\\p{N}]+";
    private static final Pattern LOCAL = Pattern.compile(ATOM + "(?:\\." + ATOM + ")*");
    private static final String LABEL = "[a-z0-9](?:[a-z0-9\\-]{0,61}[a-z0-9])?";
    private static final Pattern DOMAIN =
            Pattern.compile("(?:" + LABEL + "\\.)+(?=[a-z0-9\\-]*[a-z])" + LABEL);

    /// @throws IllegalArgumentException where it is no address
    public EmailAddress {
        if (!LOCAL.matcher(local).matches()
                || !DOMAIN.matcher(domain).matches()
                || local.getBytes(StandardCharsets.UTF_8).length > MOST_LOCAL_BYTES
                || local.getBytes(StandardCharsets.UTF_8).length + 1 + domain.length()
                        > MOST_BYTES) {
            throw new IllegalArgumentException("not an e-mail address");
        }
    }

    /// Reads an address, spaces around it allowed. Empty for anything else, however long or
    /// strange.
    public static Optional<EmailAddress> parse(@Nullable String text) {
        if (text == null || text.length() > 2 * MOST_BYTES) {
            return Optional.empty();
        }
        var stripped = text.strip();
        var at = stripped.lastIndexOf('@');
        if (at < 1) {
            return Optional.empty();
        }
        try {
            var domain = IDN.toASCII(stripped.substring(at + 1), IDN.USE_STD3_ASCII_RULES);
            return Optional.of(
                    new EmailAddress(stripped.substring(0, at), domain.toLowerCase(Locale.ROOT)));
        } catch (IllegalArgumentException noAddress) {
            return Optional.empty();
        }
    }

    public String value() {
        return local + "@" + domain;
    }

    /// Equal for two addresses that reach one mailbox wherever anybody has a mailbox: `Ana@X.com`
    /// and `ana@x.com`.
    public String key() {
        return value().toLowerCase(Locale.ROOT);
    }

    /// Whether only a server that speaks SMTPUTF8 (RFC 6531) can take it.
    public boolean needsUtf8() {
        return !StandardCharsets.US_ASCII.newEncoder().canEncode(local);
    }

    /// For logs and lists: `a***@x.com`.
    public String masked() {
        return local.substring(0, local.offsetByCodePoints(0, 1)) + "***@" + domain;
    }

    @Override
    public String toString() {
        return masked();
    }
}
