package vintem.webhooks;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/// Where an endpoint listens, as far as its text tells; whether its address may be spoken to,
/// [FindAddress] decides.
///
/// @param host a name, or an address without brackets
/// @param port never 0
/// @param path with its query, for the request's first line
record TargetUrl(String text, boolean secure, String host, int port, String path) {
    sealed interface Read {
        record Good(TargetUrl url) implements Read {}

        /// @param code by which pages find the reason in their language
        record Bad(String reason, String code) implements Read {}
    }

    static final int LONGEST = 1_000;
    private static final int HTTPS = 443;
    private static final int HTTP = 80;
    // Below it are the ports of mail, names, shells: none of them answers to HTTP on purpose.
    private static final int FIRST_FREE_PORT = 1_024;
    private static final int LAST_PORT = 65_535;

    private static final Read.Bad NO_URL =
            new Read.Bad("must be an address such as https://example.com/hooks", "webhook.no_url");

    /// @param onlySecure whether `http` is refused: production
    static Read read(String text, boolean onlySecure) {
        if (text.length() > LONGEST || !text.chars().allMatch(each -> each > ' ' && each < 0x7f)) {
            return NO_URL;
        }
        URI uri;
        try {
            uri = new URI(text).parseServerAuthority();
        } catch (URISyntaxException noUri) {
            return NO_URL;
        }
        var scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        var host = uri.getHost();
        if (host == null || (!scheme.equals("https") && !scheme.equals("http"))) {
            return NO_URL;
        }
        if (onlySecure && !scheme.equals("https")) {
            return new Read.Bad("must begin with https://", "webhook.not_secure");
        }
        if (uri.getRawUserInfo() != null || uri.getRawFragment() != null) {
            return new Read.Bad(
                    "must not hold a user, a password or a #fragment", "webhook.with_user");
        }
        var secure = scheme.equals("https");
        var port = uri.getPort() == -1 ? (secure ? HTTPS : HTTP) : uri.getPort();
        if (port != HTTPS && port != HTTP && (port < FIRST_FREE_PORT || port > LAST_PORT)) {
            return new Read.Bad("must have port 80, 443, or one above 1023", "webhook.port");
        }
        if (host.contains("%")) {
            // A network interface of this machine.
            return NO_URL;
        }
        var path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        return new Read.Good(
                new TargetUrl(
                        text,
                        secure,
                        host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
                        port,
                        uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery()));
    }
}
