package vintem.investments;

import com.fasterxml.jackson.annotation.JsonInclude;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import vintem.access.Caller;
import vintem.platform.HttpBody;
import vintem.platform.Idempotency;
import vintem.platform.Idempotency.Claim;
import vintem.platform.Ids;
import vintem.platform.Json;
import vintem.platform.Page;
import vintem.platform.Problem;

/// From outcomes to status codes, and what the routes of this module read and write alike.
final class Answers {
    private static final long MOST_SKIPPED = 100_000_000;

    /// Rows of a list, which may be read on by `?skip=` or by `?page=`.
    ///
    /// @param next goes into `?skip=`; null at the end
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record Rows<T>(List<T> items, long total, long skip, int limit, @Nullable Long next) {
        static <T> Rows<T> of(List<T> items, long total, Place place) {
            var end = place.skip() + items.size();
            return new Rows<>(
                    items, total, place.skip(), place.limit(), end < total ? (Long) end : null);
        }
    }

    /// Which rows of a list are wanted.
    record Place(long skip, int limit) {
        /// @throws Problem `400` for what cannot be
        static Place of(@Nullable String skip, @Nullable String page, @Nullable String limit) {
            var size = Page.size(limit);
            if (page != null) {
                var number = number("page", page, 1, MOST_SKIPPED / size);
                return new Place((number - 1) * size, size);
            }
            return new Place(skip == null ? 0 : number("skip", skip, 0, MOST_SKIPPED), size);
        }
    }

    private Answers() {}

    /// A whole number of a query.
    ///
    /// @throws Problem `400` where it is none, or beyond its bounds
    static long number(String name, String text, long least, long most) {
        if (text.matches("[0-9]{1,12}")) {
            var number = Long.parseLong(text);
            if (number >= least && number <= most) {
                return number;
            }
        }
        throw Problem.invalid("?" + name, "must be %d to %d".formatted(least, most));
    }

    static @Nullable Long idOrNull(String name, @Nullable String text) {
        return text == null || text.isEmpty() ? null : number(name, text, 1, 999_999_999_999L);
    }

    /// An id in a path: what cannot be one names nothing.
    static long id(String text, String what) {
        if (!text.matches("[0-9]{1,12}")) {
            throw Problem.notFound("There is no such " + what + ".");
        }
        return Long.parseLong(text);
    }

    /// `?as_of=`, null where it is missing.
    ///
    /// @throws Problem `400` where it is no time, or ahead of now
    static @Nullable Instant asOf(@Nullable String text, Instant now) {
        if (text == null || text.isEmpty()) {
            return null;
        }
        try {
            // A `+` of a query is a space.
            var at = OffsetDateTime.parse(text.replace(' ', '+')).toInstant();
            if (!at.isAfter(now) && at.isAfter(Instant.parse("1990-01-01T00:00:00Z"))) {
                return at;
            }
        } catch (DateTimeParseException noTime) {
            // Answered below.
        }
        throw Problem.invalid("?as_of", "must be a time of the past such as 2026-01-31T12:00:00Z");
    }

    static Optional<Idempotency.Request> key(
            Caller caller, String route, @Nullable String header, byte[] body) {
        return Idempotency.identity(caller.id(), route, header)
                .map(it -> new Idempotency.Request(it, Idempotency.hash(body), Ids.next()));
    }

    /// What was done.
    ///
    /// @throws Problem for everything else
    static <T> T done(Outcome<T> outcome, String what) {
        return switch (outcome) {
            case Outcome.Done<T>(var value) -> value;
            case Outcome.Missing<T>() -> throw Problem.notFound("There is no such " + what + ".");
            case Outcome.Refused<T>(var why) -> throw problem(why);
            case Outcome.KeyTaken<T>(var claim) -> throw Idempotency.refusal(claim);
        };
    }

    /// `201` with what was created, now or when this key came first.
    ///
    /// @param place where it is, after which its id follows
    static <T> Response created(
            Outcome<T> outcome, String what, String place, Function<T, Object> answer) {
        if (outcome instanceof Outcome.KeyTaken<T>(Claim.Replay(var status, var body))) {
            return created(status, body, place).header("Idempotency-Hit", "true").build();
        }
        return created(201, Json.write(answer.apply(done(outcome, what))), place).build();
    }

    private static Response.ResponseBuilder created(int status, byte[] body, String place) {
        var response = Response.status(status).type(MediaType.APPLICATION_JSON_TYPE).entity(body);
        var id = HttpBody.object(body);
        return id.has("id")
                ? response.header(HttpHeaders.LOCATION, place + id.integer("id"))
                : response;
    }

    private static Problem problem(Outcome.Refusal why) {
        return switch (why) {
            case EMAIL_TAKEN ->
                    Problem.conflict("email-taken", "There is a client with this e-mail address.");
            case TICKER_TAKEN ->
                    Problem.conflict("ticker-taken", "There is an asset of this ticker.");
            case SPLIT_TAKEN ->
                    Problem.conflict("split-taken", "The asset has a split of that day.");
            case CLIENT_INACTIVE ->
                    Problem.conflict("client-inactive", "The client is not active.");
            case REMOVED_BEFORE ->
                    Problem.conflict("allocation-removed", "The allocation was removed.");
            case NO_SUCH_CLIENT ->
                    Problem.of(
                            422, "no-such-client", "No such client", "There is none of that id.");
            case NO_SUCH_ASSET ->
                    Problem.of(422, "no-such-asset", "No such asset", "There is none of that id.");
            case UNKNOWN_SYMBOL ->
                    Problem.of(
                            422,
                            "unknown-symbol",
                            "No such symbol",
                            "It is no asset, and the price provider does not know it.");
            case NO_PRICE ->
                    Problem.unavailable(
                            "There is no price: say buy_price, or ask again when the provider"
                                    + " answers.",
                            30);
            case MORE_THAN_IS_LEFT ->
                    Problem.of(
                            422,
                            "more-than-is-left",
                            "More than is left",
                            "That many units are not there.");
            case BEFORE_IT_WAS_BOUGHT ->
                    Problem.of(
                            422,
                            "before-it-was-bought",
                            "Before it was bought",
                            "Something is sold before the day on which it was bought.");
        };
    }
}
