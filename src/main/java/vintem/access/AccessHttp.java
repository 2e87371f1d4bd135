package vintem.access;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.core.http.HttpServerRequest;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import vintem.access.Caller.Kind;
import vintem.platform.Database;
import vintem.platform.Fields;
import vintem.platform.Form;
import vintem.platform.HttpBody;
import vintem.platform.Idempotency;
import vintem.platform.Idempotency.Claim;
import vintem.platform.Ids;
import vintem.platform.Json;
import vintem.platform.Problem;

/// The routes of credentials: getting one, giving it up, and managing those of others.
@Path("/")
@Produces(MediaType.APPLICATION_JSON)
@RunOnVirtualThread
public class AccessHttp {
    record TokenAnswer(String accessToken, String tokenType, long expiresIn, String tokenExpire) {}

    record CallerAnswer(
            UUID id,
            String kind,
            String name,
            Map<String, String> roles,
            @Nullable Long perItemLimitCents,
            @Nullable Long dailyLimitCents) {}

    record Page<T>(List<T> items, @Nullable String next) {}

    private static final int LONGEST_KEY_NAME = 100;
    private static final int LONGEST_PAGE = 200;
    private static final UUID BEFORE_ALL = new UUID(0, 0);
    private static final DateTimeFormatter SAO_PAULO_MINUTE =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm")
                    .withZone(ZoneId.of("America/Sao_Paulo"));

    private final Database database;
    private final SignIn signIn;
    private final SignOut signOut;
    private final Users users;
    private final Keys keys;
    private final ChangePassword changePassword;
    private final ResetPassword resetPassword;
    private final AccessLogTable log;
    private final Secrets secrets;
    private final Asking asking;
    private final Clock clock;

    @Inject
    AccessHttp(
            Database database,
            SignIn signIn,
            SignOut signOut,
            Users users,
            Keys keys,
            ChangePassword changePassword,
            ResetPassword resetPassword,
            AccessLogTable log,
            Secrets secrets,
            Asking asking,
            Clock clock) {
        this.database = database;
        this.signIn = signIn;
        this.signOut = signOut;
        this.users = users;
        this.keys = keys;
        this.changePassword = changePassword;
        this.resetPassword = resetPassword;
        this.log = log;
        this.secrets = secrets;
        this.asking = asking;
        this.clock = clock;
    }

    @POST
    @Path("token")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    @Open
    public Response token(InputStream body, @Context HttpServerRequest request) {
        var form = Form.read(body);
        var address = ClientAddress.of(request);
        var outcome =
                signIn.withPassword(
                        form.text("username"), form.text("password"), address, Sessions.By.TOKEN);
        return switch (outcome) {
            case SignIn.Outcome.Welcome(var session) ->
                    secret(
                            Response.ok(),
                            new TokenAnswer(
                                    session.secret(),
                                    "bearer",
                                    Sessions.TOKEN_LIFETIME.toSeconds(),
                                    SAO_PAULO_MINUTE.format(session.expiresAt())));
            case SignIn.Outcome.Wrong() ->
                    throw Problem.unauthenticated("User name or password is not right.");
            case SignIn.Outcome.TooManyAttempts(var pause) -> throw tooMany(pause);
        };
    }

    @GET
    @Path("me")
    @SignedIn
    public Response me() {
        var caller = asking.caller();
        return answer(
                new CallerAnswer(
                        caller.id(),
                        caller.kind().name().toLowerCase(Locale.ROOT),
                        caller.name(),
                        caller.grant().roleWords(),
                        caller.grant().perItemLimitColumn(),
                        caller.grant().dailyLimitColumn()));
    }

    @POST
    @Path("auth/password")
    @Consumes(MediaType.APPLICATION_JSON)
    @SignedIn(Kind.USER)
    public Response changePassword(InputStream body, @Context HttpServerRequest request) {
        var fields = HttpBody.object(body);
        var oldPassword = fields.requiredText("old_password", Passwords.LONGEST_TYPED);
        var newPassword = fields.requiredText("new_password", Passwords.LONGEST_TYPED);
        fields.orThrow();
        var outcome =
                changePassword.handle(
                        asking.caller(),
                        asking.sessionId(),
                        oldPassword,
                        newPassword,
                        ClientAddress.of(request));
        return switch (outcome) {
            case ChangePassword.Outcome.Changed() -> Response.noContent().build();
            case ChangePassword.Outcome.WrongPassword() ->
                    throw Problem.of(
                            403,
                            "wrong-password",
                            "That is not your password",
                            "The old password is not right.");
            case ChangePassword.Outcome.TooWeak(var objection) ->
                    throw Problem.invalid("/new_password", objection);
            case ChangePassword.Outcome.TooManyAttempts(var pause) -> throw tooMany(pause);
        };
    }

    @POST
    @Path("auth/password-reset")
    @Consumes(MediaType.APPLICATION_JSON)
    @Open
    public Response resetPassword(InputStream body, @Context HttpServerRequest request) {
        var fields = HttpBody.object(body);
        var token = fields.requiredText("token", 100);
        var password = fields.requiredText("password", Passwords.LONGEST_TYPED);
        fields.orThrow();
        return switch (resetPassword.use(token, password, ClientAddress.of(request))) {
            case ResetPassword.Outcome.Reset() -> Response.noContent().build();
            case ResetPassword.Outcome.NoSuchTicket() ->
                    throw Problem.of(
                            403,
                            "no-such-ticket",
                            "This link does not work any more",
                            "It was used, it expired, or a newer one was made.");
            case ResetPassword.Outcome.TooWeak(var objection) ->
                    throw Problem.invalid("/password", objection);
            case ResetPassword.Outcome.TooManyAttempts(var pause) -> throw tooMany(pause);
        };
    }

    @POST
    @Path("auth/sign-out")
    @SignedIn(Kind.USER)
    public Response signOut() {
        signOut.here(asking.caller(), asking.sessionId());
        return Response.noContent().cookie(SignInPages.noCookie()).build();
    }

    @POST
    @Path("auth/sign-out-everywhere")
    @SignedIn(Kind.USER)
    public Response signOutEverywhere() {
        signOut.everywhere(asking.caller());
        return Response.noContent().cookie(SignInPages.noCookie()).build();
    }

    @GET
    @Path("users")
    @Needs(capability = Capability.SETTINGS, role = Role.ADMIN)
    public Response users(
            @QueryParam("after") @Nullable String after,
            @QueryParam("limit") @DefaultValue("50") String limit) {
        var most = limit(limit);
        var page = users.page(id(after), most);
        return answer(page(page.stream().map(UserAnswer::of).toList(), most, UserAnswer::id));
    }

    @GET
    @Path("users/{id}")
    @Needs(capability = Capability.SETTINGS, role = Role.ADMIN)
    public Response user(@PathParam("id") UUID id) {
        return answer(UserAnswer.of(users.find(id).orElseThrow(AccessHttp::noSuchUser)));
    }

    @POST
    @Path("users")
    @Consumes(MediaType.APPLICATION_JSON)
    @Needs(capability = Capability.SETTINGS, role = Role.ADMIN, by = Kind.USER)
    public Response createUser(
            InputStream body, @HeaderParam("Idempotency-Key") @Nullable String idempotencyKey) {
        var bytes = HttpBody.read(body, HttpBody.USUAL_BYTES);
        var key = idempotency("POST /users", idempotencyKey, bytes);
        var fields = HttpBody.object(bytes);
        var name = Users.name(fields.requiredText("name", 64)).orElse("");
        if (name.isEmpty()) {
            fields.wrong("name", "must be 1 to 64 of a-z 0-9 . _ @ -");
        }
        var password = fields.requiredText("password", Passwords.LONGEST_TYPED);
        Passwords.objection(name, password).ifPresent(it -> fields.wrong("password", it));
        var grant = grant(fields);
        fields.orThrow();
        return saved(users.create(asking.caller(), name, password, grant, key), true);
    }

    @PATCH
    @Path("users/{id}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Needs(capability = Capability.SETTINGS, role = Role.ADMIN, by = Kind.USER)
    public Response changeUser(@PathParam("id") UUID id, InputStream body) {
        var fields = HttpBody.object(body);
        var change =
                new Users.Change(
                        fields.has("roles") ? roles(fields) : null,
                        newLimit(fields, "per_item_limit_cents"),
                        newLimit(fields, "daily_limit_cents"),
                        fields.flag("active"));
        fields.orThrow();
        return saved(users.change(asking.caller(), id, change), false);
    }

    @POST
    @Path("users/{id}/password-reset")
    @Needs(capability = Capability.SETTINGS, role = Role.ADMIN, by = Kind.USER)
    public Response offerPasswordReset(@PathParam("id") UUID id) {
        return resetPassword
                .offer(asking.caller(), id)
                .map(
                        ticket ->
                                secret(
                                        Response.status(Response.Status.CREATED),
                                        Map.of(
                                                "token",
                                                ticket.ticket(),
                                                "expires_at",
                                                ticket.expiresAt())))
                .orElseThrow(AccessHttp::noSuchUser);
    }

    @GET
    @Path("keys")
    @Needs(capability = Capability.SETTINGS, role = Role.ADMIN)
    public Response keys(
            @QueryParam("after") @Nullable String after,
            @QueryParam("limit") @DefaultValue("50") String limit) {
        var most = limit(limit);
        var page = keys.page(id(after), most).stream().map(it -> KeyAnswer.of(it, null)).toList();
        return answer(page(page, most, KeyAnswer::id));
    }

    @POST
    @Path("keys")
    @Consumes(MediaType.APPLICATION_JSON)
    @Needs(capability = Capability.SETTINGS, role = Role.ADMIN, by = Kind.USER)
    public Response createKey(
            InputStream body, @HeaderParam("Idempotency-Key") @Nullable String idempotencyKey) {
        var bytes = HttpBody.read(body, HttpBody.USUAL_BYTES);
        var key = idempotency("POST /keys", idempotencyKey, bytes);
        var fields = HttpBody.object(bytes);
        var name = fields.requiredText("name", LONGEST_KEY_NAME);
        var grant = grant(fields);
        var expiresAt = expiry(fields);
        fields.orThrow();
        return keyAnswer(keys.create(asking.caller(), name, grant, expiresAt, key));
    }

    @DELETE
    @Path("keys/{id}")
    @Needs(capability = Capability.SETTINGS, role = Role.ADMIN, by = Kind.USER)
    public Response revokeKey(@PathParam("id") UUID id) {
        return keyAnswer(keys.revoke(asking.caller(), id));
    }

    @GET
    @Path("access-log")
    @Needs(capability = Capability.SETTINGS, role = Role.ADMIN)
    public Response accessLog(
            @QueryParam("after") @Nullable String after,
            @QueryParam("limit") @DefaultValue("50") String limit) {
        var most = limit(limit);
        var before = after == null ? Long.MAX_VALUE : number("?after", after);
        var deeds = database.transaction(tx -> log.page(tx, before, most));
        return answer(page(deeds, most, AccessLogTable.Deed::id));
    }

    private static Response saved(Users.Outcome outcome, boolean isNew) {
        return switch (outcome) {
            case Users.Outcome.Saved(var user) ->
                    (isNew
                                    ? Response.status(Response.Status.CREATED)
                                            .header(HttpHeaders.LOCATION, "/users/" + user.id())
                                    : Response.ok())
                            .entity(Json.write(UserAnswer.of(user)))
                            .build();
            case Users.Outcome.NameTaken(var name) ->
                    throw Problem.conflict(
                            "name-taken", "There is already a user `%s`.".formatted(name));
            case Users.Outcome.KeyTaken(var claim) -> replay(claim, "/users/");
            case Users.Outcome.Unknown() -> throw noSuchUser();
            case Users.Outcome.LastAdmin() ->
                    throw Problem.conflict(
                            "last-admin", "Nobody would be left who can manage users.");
        };
    }

    private static Response keyAnswer(Keys.Outcome outcome) {
        return switch (outcome) {
            case Keys.Outcome.Created(var key, var secret) ->
                    secret(
                            Response.status(Response.Status.CREATED)
                                    .header(HttpHeaders.LOCATION, "/keys/" + key.id()),
                            KeyAnswer.of(key, secret));
            case Keys.Outcome.KeyTaken(var claim) -> replay(claim, "/keys/");
            case Keys.Outcome.Revoked() -> Response.noContent().build();
            case Keys.Outcome.MoreThanYours() ->
                    throw Problem.forbidden("A key cannot have a role or a limit beyond yours.");
            case Keys.Outcome.Unknown() -> throw Problem.notFound("There is no such key.");
        };
    }

    /// A body that holds a password must not be kept as a plain hash: whoever reads the table could
    /// try passwords as fast as SHA-256 goes.
    private Optional<Idempotency.Request> idempotency(
            String route, @Nullable String header, byte[] body) {
        return Idempotency.identity(asking.caller().id(), route, header)
                .map(it -> new Idempotency.Request(it, secrets.mac(body), Ids.next()));
    }

    private static Response replay(Claim claim, String place) {
        if (!(claim instanceof Claim.Replay(var status, var body))) {
            throw Idempotency.refusal(claim);
        }
        return Response.status(status)
                .header("Idempotency-Hit", "true")
                .header(HttpHeaders.LOCATION, place + HttpBody.object(body).text("id", 36))
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .entity(body)
                .build();
    }

    private static Grant grant(Fields fields) {
        return new Grant(
                roles(fields),
                limitOrNone(fields, "per_item_limit_cents"),
                limitOrNone(fields, "daily_limit_cents"));
    }

    private static Map<Capability, Role> roles(Fields fields) {
        var roles = new EnumMap<Capability, Role>(Capability.class);
        fields.textMap("roles", Capability.values().length, 20)
                .forEach(
                        (capabilityWord, roleWord) -> {
                            var capability =
                                    find(Capability.values(), Capability::word, capabilityWord);
                            var role = find(Role.values(), Role::word, roleWord);
                            if (capability == null || role == null) {
                                fields.wrong(
                                        "roles/" + Json.escaped(capabilityWord),
                                        "must be a capability and one of read, operator, admin");
                            } else {
                                roles.put(capability, role);
                            }
                        });
        return roles;
    }

    private static <E> @Nullable E find(E[] values, Function<E, String> word, String text) {
        return Arrays.stream(values)
                .filter(it -> word.apply(it).equals(text))
                .findFirst()
                .orElse(null);
    }

    private static long limitOrNone(Fields fields, String name) {
        var limit = limit(fields, name);
        return limit == null ? Grant.NO_LIMIT : limit;
    }

    /// In a `PATCH`, `null` takes the limit away and a missing member leaves it.
    private static @Nullable Long newLimit(Fields fields, String name) {
        return fields.cleared(name) ? Long.valueOf(Grant.NO_LIMIT) : limit(fields, name);
    }

    private static @Nullable Long limit(Fields fields, String name) {
        var cents = fields.integer(name);
        if (cents != null && cents < 0) {
            fields.wrong(name, "must not be negative");
        }
        return cents;
    }

    private @Nullable Instant expiry(Fields fields) {
        var text = fields.text("expires_at", 40);
        if (text == null) {
            return null;
        }
        try {
            var expiresAt = OffsetDateTime.parse(text).toInstant();
            if (!expiresAt.isAfter(clock.instant())) {
                fields.wrong("expires_at", "must be in the future");
            }
            return expiresAt;
        } catch (DateTimeParseException notATime) {
            fields.wrong("expires_at", "must be an RFC 3339 time");
            return null;
        }
    }

    private static UUID id(@Nullable String after) {
        try {
            return after == null ? BEFORE_ALL : UUID.fromString(after);
        } catch (IllegalArgumentException notACursor) {
            throw Problem.invalid("?after", "must be the `next` of another page");
        }
    }

    private static int limit(String limit) {
        var number = number("?limit", limit);
        if (number < 1 || number > LONGEST_PAGE) {
            throw Problem.invalid("?limit", "must be 1 to %d".formatted(LONGEST_PAGE));
        }
        return Math.toIntExact(number);
    }

    private static long number(String parameter, String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException notANumber) {
            throw Problem.invalid(parameter, "must be a whole number");
        }
    }

    private static <T> Page<T> page(List<T> items, int limit, Function<T, Object> cursor) {
        return new Page<>(
                items, items.size() < limit ? null : cursor.apply(items.getLast()).toString());
    }

    private static Problem noSuchUser() {
        return Problem.notFound("There is no such user.");
    }

    static Problem tooMany(Duration pause) {
        return Problem.tooManyRequests(
                "Too many attempts: wait a little.",
                Math.max(1, pause.plusMillis(999).toSeconds()));
    }

    private static Response answer(Object entity) {
        return Response.ok(Json.write(entity)).build();
    }

    /// An answer that nobody on the way may keep.
    private static Response secret(Response.ResponseBuilder response, Object entity) {
        return response.header(HttpHeaders.CACHE_CONTROL, "no-store")
                .entity(Json.write(entity))
                .build();
    }
}
