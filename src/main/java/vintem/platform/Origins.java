package vintem.platform;

import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Optional;

/// From which sites' pages somebody may talk to us where Quarkus' own filter does not look:
/// browsers let any page open a socket to anywhere, and only tell which page it was.
///
/// @param listed `VINTEM_CORS_ORIGINS`: exact, or `*` for all
public record Origins(List<String> listed) {
    private static final Optional<String> PUBLIC_URL =
            Settings.text("public-url").map(url -> url.replaceFirst("/+$", ""));

    public static Origins fromSettings() {
        return new Origins(Settings.list("cors-origins"));
    }

    /// A program, which sends no origin; our own page; a listed one.
    public boolean admit(HttpServerRequest request) {
        var origin = request.getHeader("Origin");
        return origin == null || isOurs(origin, request) || isListed(origin);
    }

    public boolean isListed(String origin) {
        return listed.contains("*") || listed.stream().anyMatch(origin::equalsIgnoreCase);
    }

    private static boolean isOurs(String origin, HttpServerRequest request) {
        var start = origin.indexOf("://");
        var host = request.getHeader("Host");
        // Behind a proxy the host may be an inner one; how browsers reach us is a setting then.
        return start > 0
                && (origin.substring(start + 3).equalsIgnoreCase(host)
                        || PUBLIC_URL.filter(origin::equalsIgnoreCase).isPresent());
    }
}
