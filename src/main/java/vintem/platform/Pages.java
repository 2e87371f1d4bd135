package vintem.platform;

import io.quarkus.arc.All;
import io.quarkus.qute.Engine;
import io.quarkus.qute.EngineBuilder;
import io.quarkus.qute.EvalContext;
import io.quarkus.qute.EvaluatedParams;
import io.quarkus.qute.NamespaceResolver;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.YearMonth;
import java.time.temporal.TemporalAccessor;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32C;
import org.jboss.logging.Logger;

/// The frame of all pages: language, navigation, security headers, and how money and times look.
/// What stands in the frame is each module's own.
///
/// Templates say `{t:say('key')}`, `{t:count('key', number)}`, `{t:money(cents)}`, `{t:minute(at)}`
/// …, and `{view.…}` for what their module hands over.
@Singleton
public class Pages {
    /// A module's place in the navigation. Its label is the text `section.<name>`, its icon the
    /// symbol of that name in `icons.svg`.
    public interface Section {
        /// The smallest comes first.
        int place();

        String name();

        /// Where it starts; everything below belongs to it.
        String path();

        /// Whether the one who is asking may go there.
        boolean isOpen();
    }

    /// Whom the page of this request is for.
    public interface Viewer {
        /// Empty where nobody is signed in.
        Optional<String> name();

        /// For forms and scripts; empty where nobody is signed in.
        String csrfToken();
    }

    /// One line of the navigation.
    ///
    /// @param key what leads there after `g`, empty where nothing does
    public record Entry(String name, String path, boolean current, String key) {}

    /// What the frame shows.
    ///
    /// @param current the section that the page belongs to, empty where it belongs to none
    /// @param search whether there is anything that may be searched
    public record Frame(
            String language,
            boolean sandbox,
            String viewer,
            String csrf,
            List<Entry> entries,
            String current,
            boolean search) {}

    private record ProblemView(int status, String title, String detail, String traceId) {}

    /// Nothing from elsewhere, nothing inline, in nobody's frame.
    private static final Map<String, String> HEADERS =
            Map.of(
                    "Content-Security-Policy",
                    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none';"
                            + " object-src 'none'",
                    "X-Content-Type-Options",
                    "nosniff",
                    "X-Frame-Options",
                    "DENY",
                    "Referrer-Policy",
                    "same-origin",
                    "Cross-Origin-Opener-Policy",
                    "same-origin",
                    "Permissions-Policy",
                    "camera=(), geolocation=(), microphone=()",
                    "Cache-Control",
                    "no-store",
                    "Vary",
                    "Accept-Language, Cookie");

    private static final Logger LOG = Logger.getLogger(Pages.class);
    private static final String WORDS = "words";

    private final Engine engine;
    private final List<Section> sections;
    private final List<Finder> finders;
    private final Viewer viewer;
    private final HttpHeaders headers;
    private final UriInfo uri;
    private final TraceId traceId;

    @Inject
    Pages(
            Engine engine,
            @All List<Section> sections,
            @All List<Finder> finders,
            Viewer viewer,
            HttpHeaders headers,
            UriInfo uri,
            TraceId traceId) {
        this.engine = engine;
        this.sections = sections.stream().sorted(Comparator.comparingInt(Section::place)).toList();
        this.finders = finders;
        this.viewer = viewer;
        this.headers = headers;
        this.uri = uri;
        this.traceId = traceId;
    }

    /// What templates may say beyond their view.
    static void speak(@Observes EngineBuilder engine) {
        engine.addNamespaceResolver(
                NamespaceResolver.builder("t").resolveAsync(Pages::say).build());
    }

    /// The language of this request.
    public Words words() {
        return Words.of(headers.getAcceptableLanguages());
    }

    /// The language in which a program that is no browser hears of a problem.
    Words wordsOfProgram() {
        try {
            return Words.ofProgram(headers.getAcceptableLanguages());
        } catch (RuntimeException noLanguage) {
            // A header that is none: what is wrong with the request is worth telling all the same.
            return Words.EN;
        }
    }

    /// A page by a template of the caller's module, such as `payouts/batch.html`.
    public Response show(String template, Object view) {
        return show(200, template, view).build();
    }

    public Response.ResponseBuilder show(int status, String template, Object view) {
        var words = words();
        var html =
                engine.getTemplate(template)
                        .instance()
                        .setAttribute(WORDS, words)
                        .data("frame", frame(words))
                        .data("view", view)
                        .render();
        var response =
                Response.status(status)
                        .type(MediaType.TEXT_HTML_TYPE.withCharset("UTF-8"))
                        .header(HttpHeaders.CONTENT_LANGUAGE, words.tag())
                        .entity(html);
        HEADERS.forEach(response::header);
        return response;
    }

    /// What is no page, such as a mail: it has no frame, and a language of its own.
    public String write(String template, Words words, Object view) {
        return engine.getTemplate(template)
                .instance()
                .setAttribute(WORDS, words)
                .data("view", view)
                .render();
    }

    /// To another page.
    public static Response seeOther(String path) {
        // The address stays relative: behind a proxy only the browser knows the whole one.
        return Response.status(Response.Status.SEE_OTHER)
                .header(HttpHeaders.LOCATION, path)
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .build();
    }

    /// The first section that the one who is asking may see.
    public Optional<String> home() {
        return open().stream().findFirst().map(Section::path);
    }

    /// The path and query of a link; each value is encoded.
    public static String link(String path, Map<String, String> query) {
        var link = new StringBuilder(path);
        var separator = '?';
        for (var each : query.entrySet()) {
            link.append(separator).append(each.getKey()).append('=');
            link.append(Words.url(each.getValue()));
            separator = '&';
        }
        return link.toString();
    }

    /// What went wrong, as a page, where a page was asked for.
    Optional<Response> problem(Problem problem) {
        try {
            if (!wantsPage()) {
                return Optional.empty();
            }
            var words = words();
            var key = "problem." + problem.status();
            var known = words.knows(key) ? key : "problem.other";
            var view =
                    new ProblemView(
                            problem.status(),
                            words.say(known),
                            words.say(known + ".detail"),
                            traceId.value());
            var response = show(problem.status(), "platform/problem.html", view);
            problem.headers().forEach(response::header);
            return Optional.of(response.build());
        } catch (RuntimeException unwell) {
            LOG.warn("a problem could not be shown as a page", unwell);
            return Optional.empty();
        }
    }

    private boolean wantsPage() {
        var path = uri.getPath();
        return (path.equals("/app") || path.startsWith("/app/"))
                && headers.getAcceptableMediaTypes().stream()
                        .anyMatch(type -> type.toString().startsWith(MediaType.TEXT_HTML));
    }

    private Frame frame(Words words) {
        var name = viewer.name();
        var open = name.isEmpty() ? List.<Section>of() : open();
        var current = current(open, uri.getPath());
        return new Frame(
                words.tag(),
                Settings.mode() == Settings.Mode.SANDBOX,
                name.orElse(""),
                viewer.csrfToken(),
                open.stream()
                        .map(
                                each ->
                                        new Entry(
                                                each.name(),
                                                each.path(),
                                                each.name().equals(current),
                                                key(words, each)))
                        .toList(),
                current,
                name.isPresent() && finders.stream().anyMatch(Finder::isOpen));
    }

    private List<Section> open() {
        return sections.stream().filter(Section::isOpen).toList();
    }

    /// The one whose path is the longest that this path begins with: everything is below the first.
    private static String current(List<Section> open, String path) {
        return open.stream()
                .filter(each -> path.equals(each.path()) || path.startsWith(each.path() + "/"))
                .max(Comparator.comparingInt(each -> each.path().length()))
                .map(Section::name)
                .orElse("");
    }

    private static String key(Words words, Section section) {
        var key = "frame.key." + section.name();
        return words.knows(key) ? words.say(key) : "";
    }

    private static CompletionStage<Object> say(EvalContext call) {
        var words = (Words) Objects.requireNonNull(call.getAttribute(WORDS));
        var given = EvaluatedParams.evaluate(call);
        return given.stage.thenApply(
                _ -> {
                    var arguments = new Object[call.getParams().size()];
                    for (var i = 0; i < arguments.length; i++) {
                        try {
                            arguments[i] = given.getResult(i);
                        } catch (InterruptedException
                                | java.util.concurrent.ExecutionException failed) {
                            throw new IllegalStateException(failed);
                        }
                    }
                    return say(words, call.getName(), arguments);
                });
    }

    private static Object say(Words words, String what, Object... given) {
        return switch (what) {
            case "say" ->
                    words.say(
                            (String) given[0],
                            java.util.Arrays.copyOfRange(given, 1, given.length));
            case "name" -> words.name((String) given[0], (String) given[1]);
            case "count" -> words.count((String) given[0], number(given[1]));
            case "number" -> words.number(number(given[0]));
            case "money" -> words.money(number(given[0]));
            case "day" -> words.day((TemporalAccessor) given[0]);
            case "month" -> words.month(YearMonth.parse((String) given[0]));
            case "minute" -> words.minute((Instant) given[0]);
            case "second" -> words.second((Instant) given[0]);
            case "words" -> Json.text(words.all((String) given[0]));
            case "url" -> Words.url((String) given[0]);
            // Names and values; what is not there or empty is left out.
            case "query" -> query(given);
            // In a path a blank is no plus.
            case "path" -> Words.url((String) given[0]).replace("+", "%20");
            case "asset" -> Asset.link((String) given[0]);
            default -> throw new IllegalArgumentException("pages cannot say " + what);
        };
    }

    private static String query(Object... given) {
        var query = new java.util.LinkedHashMap<String, String>();
        for (var i = 0; i + 1 < given.length; i += 2) {
            var value = Objects.toString(given[i + 1], "");
            if (!value.isBlank()) {
                query.put((String) given[i], value);
            }
        }
        return link("", query);
    }

    private static long number(Object value) {
        return ((Number) value).longValue();
    }

    /// Files under `/web/` may be kept for ever: another content has another address.
    private static final class Asset {
        private static final Map<String, String> LINKS = new ConcurrentHashMap<>();

        static String link(String name) {
            return LINKS.computeIfAbsent(name, Asset::read);
        }

        private static String read(String name) {
            var path = "/META-INF/resources/web/" + name;
            try (var in = Pages.class.getResourceAsStream(path)) {
                var sum = new CRC32C();
                sum.update(Objects.requireNonNull(in, path).readAllBytes());
                return "/web/" + name + "?v=" + Long.toHexString(sum.getValue());
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
    }
}
