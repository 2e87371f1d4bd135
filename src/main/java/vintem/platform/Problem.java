package vintem.platform;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What was wrong with a request, as RFC 9457 `application/problem+json`.
///
/// Thrown where a request cannot be understood or may not be made; business refusals are outcomes,
/// and a route turns them into a problem itself.
public final class Problem extends RuntimeException {
    private static final long serialVersionUID = 1;

    /// One mistake, and where it stands: an RFC 6901 pointer into the body, or `?name` for a query
    /// parameter, or a header's name.
    ///
    /// @param code of the reason, by which pages find it in their language; null where it has none
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Violation(String pointer, String reason, @Nullable String code) {
        public Violation(String pointer, String reason) {
            this(pointer, reason, null);
        }

        private Violation inPortuguese() {
            return new Violation(pointer, InPortuguese.reason(reason), code);
        }
    }

    private final transient int status;
    private final transient String code;
    private final transient String title;
    private final transient String detail;
    private final transient List<Violation> violations;
    private final transient long violationCount;
    private final transient Map<String, Object> members = new LinkedHashMap<>();
    private final transient Map<String, String> headers = new LinkedHashMap<>();

    private Problem(
            int status,
            String code,
            String title,
            String detail,
            List<Violation> violations,
            long violationCount) {
        super("%d %s: %s".formatted(status, code, detail), null, false, false);
        this.status = status;
        this.code = code;
        this.title = title;
        this.detail = detail;
        this.violations = List.copyOf(violations);
        this.violationCount = violationCount;
    }

    /// @param code stable and for machines, the last part of `type`; each is in `docs/outcomes.md`
    public static Problem of(int status, String code, String title, String detail) {
        return new Problem(status, code, title, detail, List.of(), 0);
    }

    public static Problem invalid(String detail) {
        return of(400, "invalid-request", "The request is not valid", detail);
    }

    public static Problem invalid(List<Violation> first, long count) {
        var detail =
                count == 1
                        ? "There is one mistake in it."
                        : "There are %d mistakes in it.".formatted(count);
        return new Problem(
                400, "invalid-request", "The request is not valid", detail, first, count);
    }

    /// A refusal that names what stands in the way.
    public static Problem refused(
            int status,
            String code,
            String title,
            String detail,
            List<Violation> first,
            long count) {
        return new Problem(status, code, title, detail, first, count);
    }

    public static Problem invalid(String pointer, String reason) {
        return invalid(List.of(new Violation(pointer, reason)), 1);
    }

    public static Problem notFound(String what) {
        return of(404, "not-found", "Not found", what);
    }

    public static Problem unauthenticated(String detail) {
        return of(401, "unauthenticated", "Who are you?", detail)
                .header("WWW-Authenticate", "Bearer realm=\"vintem\"");
    }

    public static Problem forbidden(String detail) {
        return of(403, "forbidden", "You may not do this", detail);
    }

    public static Problem conflict(String code, String detail) {
        return of(409, code, "It conflicts with what is there", detail);
    }

    public static Problem tooLarge(long mostBytes) {
        return of(
                413,
                "too-large",
                "The body is too large",
                "This route takes at most %d bytes.".formatted(mostBytes));
    }

    public static Problem unavailable(String detail, int retryAfterSeconds) {
        return of(503, "unavailable", "Not now", detail)
                .header("Retry-After", Integer.toString(retryAfterSeconds));
    }

    public static Problem tooManyRequests(String detail, long retryAfterSeconds) {
        return of(429, "too-many-requests", "Too many requests", detail)
                .header("Retry-After", Long.toString(retryAfterSeconds));
    }

    public Problem header(String name, String value) {
        headers.put(name, value);
        return this;
    }

    /// Adds a member of its own, where a contract has one.
    public Problem member(String name, Object value) {
        members.put(name, value);
        return this;
    }

    public int status() {
        return status;
    }

    public String code() {
        return code;
    }

    public String detail() {
        return detail;
    }

    public List<Violation> violations() {
        return violations;
    }

    public Map<String, String> headers() {
        return headers;
    }

    /// The members of the body in the order in which they are written, in English.
    public Map<String, Object> body(String traceId) {
        return body(traceId, Words.EN);
    }

    /// The same in a language. `type`, pointers, codes and what a contract adds are the same in
    /// each.
    Map<String, Object> body(String traceId, Words words) {
        var portuguese = words == Words.PT;
        var body = new LinkedHashMap<String, Object>();
        body.put("type", "https://vintem.dev/problems/" + code);
        body.put("title", portuguese ? InPortuguese.title(code, title) : title);
        body.put("status", status);
        body.put("detail", portuguese ? InPortuguese.detail(code, detail) : detail);
        if (!violations.isEmpty()) {
            body.put(
                    "violations",
                    portuguese
                            ? violations.stream().map(Violation::inPortuguese).toList()
                            : violations);
            body.put("violation_count", violationCount);
        }
        body.putAll(members);
        body.put("trace_id", traceId);
        return body;
    }
}
