package vintem.docs;

import java.net.URI;
import java.util.Optional;

/// Leads what one file links to where it is served: another file to its page, the OpenAPI file to
/// `/openapi`. Links to files that are not served are empty: their text stays, the link goes.
final class DocLinks {
    private final Docs docs;
    private final String from;

    /// @param from the path of the file in the repository
    DocLinks(Docs docs, String from) {
        this.docs = docs;
        this.from = from;
    }

    /// For a browser.
    Optional<String> page(String link) {
        if (isElsewhere(link) || link.startsWith("#")) {
            return Optional.of(link);
        }
        return target(link, "/app/docs/", "");
    }

    /// For a program that reads Markdown.
    Optional<String> markdown(String link) {
        return isElsewhere(link) ? Optional.of(link) : target(link, "/docs-md/", ".md");
    }

    private Optional<String> target(String link, String before, String after) {
        URI uri;
        try {
            uri = URI.create(from).resolve(link).normalize();
        } catch (IllegalArgumentException noAddress) {
            return Optional.empty();
        }
        var path = uri.getPath() == null ? "" : uri.getPath();
        var fragment = uri.getRawFragment() == null ? "" : "#" + uri.getRawFragment();
        if (path.startsWith("/")) {
            // Of this server: `/docs`, `/openapi`.
            return Optional.of(path + fragment);
        }
        if (path.equals("docs/openapi.yaml")) {
            return Optional.of("/openapi");
        }
        return docs.nameOf(path).map(name -> before + name + after + fragment);
    }

    private static boolean isElsewhere(String link) {
        return link.startsWith("https://") || link.startsWith("http://");
    }
}
