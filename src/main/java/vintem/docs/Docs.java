package vintem.docs;

import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/// The files of the documentation, by their names without `.md` in lower case: `tour`, `readme`,
/// `architecture`. The index is `index`.
@Singleton
class Docs {
    static final String INDEX = "index";

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{0,60}");

    /// Files that lie beside `docs/`, or are called in capitals.
    private static final Map<String, String> FILES =
            Map.of(
                    INDEX,
                    "docs/README.md",
                    "readme",
                    "README.md",
                    "readme.pt-br",
                    "README.pt-BR.md",
                    "architecture",
                    "ARCHITECTURE.md",
                    "contributing",
                    "CONTRIBUTING.md",
                    "security",
                    "SECURITY.md",
                    "changelog",
                    "CHANGELOG.md");

    // They cannot change while we run, and are few.
    private final Map<String, Optional<String>> texts = new ConcurrentHashMap<>();
    private final Map<String, Rendered> pages = new ConcurrentHashMap<>();

    /// The Markdown of a file; empty where there is none of that name.
    Optional<String> text(String name) {
        // Only what could be a name is looked for and kept: callers send anything.
        if (!NAME.matcher(name).matches()) {
            return Optional.empty();
        }
        var known = texts.get(name);
        if (known == null) {
            known = read("/manual/" + file(name));
            known.ifPresent(it -> texts.put(name, Optional.of(it)));
        }
        return known;
    }

    Optional<Rendered> page(String name) {
        return text(name).map(text -> pages.computeIfAbsent(name, _ -> render(name, text)));
    }

    /// The name under which a file of the repository is served, from its path: `docs/tour.md` is
    /// `tour`. Empty where it is none of ours.
    Optional<String> nameOf(String path) {
        var name =
                FILES.entrySet().stream()
                        .filter(it -> it.getValue().equals(path))
                        .map(Map.Entry::getKey)
                        .findFirst()
                        .orElseGet(
                                () ->
                                        path.startsWith("docs/") && path.endsWith(".md")
                                                ? path.substring(5, path.length() - 3)
                                                        .toLowerCase(Locale.ROOT)
                                                : "");
        return Optional.of(name).filter(it -> text(it).isPresent());
    }

    /// Where a file lies in the repository.
    static String file(String name) {
        return FILES.getOrDefault(name, "docs/" + name + ".md");
    }

    private Rendered render(String name, String text) {
        return Rendered.of(text, new DocLinks(this, file(name)));
    }

    private static Optional<String> read(String resource) {
        try (var in = Docs.class.getResourceAsStream(resource)) {
            return in == null
                    ? Optional.empty()
                    : Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
