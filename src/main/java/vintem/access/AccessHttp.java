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
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import vintem.access.Caller.Kind;
import vintem.platform.ClientAddress;
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
@Tag(name = "access", description = "Who is asking, and what they may do")
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

    /// What a list's answer looks like, for `/openapi`.
    record UserPage(List<UserAnswer> items, @Nullable String next) {}

    /// The same for keys.
    record KeyPage(List<KeyAnswer> items, @Nullable String next) {}

    /// The same for the log of reads.
    record ReadPage(List<ReadLogTable.Line> items, @Nullable String next) {}

    /// The same for the log.
    record DeedPage(List<AccessLogTable.Deed> items, @Nullable String next) {}

    private static final String SAMPLE_PASSWORD =
            "{\"old_password\":\"the old one\",\"new_password\":\"a better one\"}";

    private static final String SAMPLE_USER =
            """
            {"name":"ana","password":"a good one","roles":{"payouts":"operator"},
             "per_item_limit_cents":500000,"daily_limit_cents":5000000,
             "release_above_cents":100000,"release_limit_cents":0}""";

    private static final String SAMPLE_CHANGE =
            """
            {"roles":{"payouts":"read"},"active":true,
             "per_item_limit_cents":500000,"daily_limit_cents":5000000,
             "release_above_cents":100000,"release_limit_cents":0}""";

    private static final String SAMPLE_UNLIMITED =
            """
            {"per_item_limit_cents":null,"daily_limit_cents":null,
             "release_above_cents":null,"release_limit_cents":null}""";

    private static final String SAMPLE_REGISTRATION =
            "{\"username\":\"ana@example.com\",\"password\":\"a good one\",\"role\":\"read\"}";

    private static final String SAMPLE_KEY =
            """
            {"name":"payroll","roles":{"payouts":"operator"},
             "per_item_limit_cents":500000,"daily_limit_cents":5000000,
             "release_above_cents":100000,"release_limit_cents":0,
             "expires_at":"2099-12-31T00:00:00Z"}""";

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
    private final SocketTickets socketTickets;
    private final AccessLogTable log;
    private final ReadLogTable reads;
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
            SocketTickets socketTickets,
            AccessLogTable log,
            ReadLogTable reads,
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
        this.socketTickets = socketTickets;
        this.log = log;
        this.reads = reads;
        this.secrets = secrets;
        this.asking = asking;
        this.clock = clock;
    }

    @POST
    @Path("token")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    @Open
    @Operation(summary = "Get a token for an hour")
    @RequestBody(
            content =
                    @Content(
                            mediaType = "application/x-www-form-urlencoded",
                            examples =
                                    @ExampleObject(
                                            name = "sample",
                                            value = "username=admin&password=…")))
    @APIResponse(
            responseCode = "200",
            description = "The token",
            content =
                    @Content(
                            mediaType = "application/json",
                            schema = @Schema(implementation = TokenAnswer.class)))
    @APIResponse(responseCode = "401", description = "User name or password is wrong")
    @APIResponse(responseCode = "429", description = "Too many attempts")
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

    @POST
    @Path("auth/login")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    @Open
    @Operation(
            summary = "Sign in and get a token",
            description = "The same as POST /token. Resellers may type their e-mail or CPF.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = "application/x-www-form-urlencoded",
                            examples =
                                    @ExampleObject(
                                            name = "sample",
                                            value = "username=ana@example.com&password=…")))
    @APIResponse(
            responseCode = "200",
            description = "The token",
            content =
                    @Content(
                            mediaType = "application/json",
                            schema = @Schema(implementation = TokenAnswer.class)))
    @APIResponse(responseCode = "401", description = "User name or password is wrong")
    @APIResponse(responseCode = "429", description = "Too many attempts")
    public Response login(InputStream body, @Context HttpServerRequest request) {
        return token(body, request);
    }

    @POST
    @Path("auth/register")
    @Consumes(MediaType.APPLICATION_JSON)
    @Needs(capability = Capability.SETTINGS, role = Role.ADMIN, by = Kind.USER)
    @Operation(
            summary = "Add somebody to the investment office",
            description = "Of role admin, or read, who may only look. POST /users gives any role.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = "application/json",
                            examples = {
                                @ExampleObject(name = "sample", value = SAMPLE_REGISTRATION),
                                @ExampleObject(
                                        name = "least",
                                        value =
                                                "{\"username\":\"ana@example.com\",\"password\":\"a good one\"}")
                            }))
    @APIResponse(
            responseCode = "201",
            description = "The user",
            content =
                    @Content(
                            mediaType = "application/json",
                            schema = @Schema(implementation = UserAnswer.class)))
    @APIResponse(responseCode = "400", description = "A member is missing or wrong")
    @APIResponse(
            responseCode = "409",
            description = "The name is taken, or a request with this key is under way")
    @APIResponse(responseCode = "422", description = "The key belongs to another body")
    public Response register(
            InputStream body, @HeaderParam("Idempotency-Key") @Nullable String idempotencyKey) {
        var bytes = HttpBody.read(body, HttpBody.USUAL_BYTES);
        var key = idempotency("POST /auth/register", idempotencyKey, bytes);
        var fields = HttpBody.object(bytes);
        var name = Users.name(fields.requiredText("username", 64)).orElse("");
        if (name.isEmpty()) {
            fields.wrong("username", "must be 1 to 64 of a-z 0-9 . _ @ -");
        }
        var password = fields.requiredText("password", Passwords.LONGEST_TYPED);
        Passwords.objection(name, password).ifPresent(it -> fields.wrong("password", it));
        var role = fields.text("role", 20);
        if (role != null && !role.equals("read") && !role.equals("admin")) {
            fields.wrong("role", "must be admin or read");
        }
        fields.orThrow();
        var roles = Map.of(Capability.INVESTMENTS, "admin".equals(role) ? Role.ADMIN : Role.READ);
        return saved(
                users.create(asking.caller(), name, password, new Grant(roles, 0, 0), key), true);
    }

    @GET
    @Path("me")
    @SignedIn
    @Operation(summary = "See who you are")
    @APIResponse(
            responseCode = "200",
            description = "The caller",
            content =
                    @Content(
                            mediaType = "application/json",
                            schema = @Schema(implementation = CallerAnswer.class)))
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
    @SignedIn({Kind.USER, Kind.RESELLER})
    @Operation(summary = "Change your password")
    @RequestBody(
            content =
                    @Content(
                            mediaType = "application/json",
                            examples = @ExampleObject(name = "sample", value = SAMPLE_PASSWORD)))
    @APIResponse(responseCode = "204", description = "Changed; your other sessions have ended")
    @APIResponse(responseCode = "403", description = "The old password is wrong, or no user asks")
    @APIResponse(responseCode = "429", description = "Too many attempts")
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
    @Operation(summary = "Set a new password with a reset ticket")
    @RequestBody(
            content =
                    @Content(
                            mediaType = "application/json",
                            examples =
                                    @ExampleObject(
                                            name = "sample",
                                            value =
                                                    "{\"token\":\"…\",\"password\":\"a better one\"}")))
    @APIResponse(responseCode = "204", description = "Set; all sessions have ended")
    @APIResponse(responseCode = "403", description = "The ticket was used, expired or replaced")
    @APIResponse(responseCode = "429", description = "Too many attempts")
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
    @SignedIn({Kind.USER, Kind.RESELLER})
    @Operation(summary = "End this session or token")
    @APIResponse(responseCode = "204", description = "Ended")
    public Response signOut() {
        signOut.here(asking.caller(), asking.sessionId());
        return Response.noContent().cookie(SignInPages.noCookie()).build();
    }

    @POST
    @Path("auth/sign-out-everywhere")
    @SignedIn({Kind.USER, Kind.RESELLER})
    @Operation(summary = "End all your sessions and tokens")
    @APIResponse(responseCode = "204", description = "Ended")
    public Response signOutEverywhere() {
        signOut.everywhere(asking.caller());
        return Response.noContent().cookie(SignInPages.noCookie()).build();
    }

    @POST
    @Path("auth/socket-ticket")
    @SignedIn(Kind.USER)
    @Operation(
            summary = "Get a ticket for one socket",
            description =
                    "For browsers, whose sockets bring no header: ?ticket= opens one socket within"
                            + " half a minute. Programs send Authorization.")
    @APIResponse(
            responseCode = "200",
            description = "The ticket, shown once",
            content = @Content(schema = @Schema(implementation = SocketTickets.Ticket.class)))
    public SocketTickets.Ticket socketTicket() {
        return socketTickets.issue(asking.caller());
    }

    @GET
    @Path("users")
    @Needs(capability = Capability.SETTINGS, role = Role.ADMIN)
    @Operation(summary = "List users")
    @APIResponse(
            responseCode = "200",
            description = "A page of users",
            content =
                    @Content(
                            mediaType = "application/json",
                            schema = @Schema(implementation = UserPage.class)))
    @APIResponse(responseCode = "400", description = "A limit or cursor that cannot be")
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
    @Operation(summary = "Find one user")
    @APIResponse(
            responseCode = "200",
            description = "The user",
            content =
                    @Content(
                            mediaType = "application/json",
                            schema = @Schema(implementation = UserAnswer.class)))
    @APIResponse(responseCode = "404", description = "No such user")
    public Response user(@PathParam("id") UUID id) {
        return answer(UserAnswer.of(users.find(id).orElseThrow(AccessHttp::noSuchUser)));
    }

    @POST
    @Path("users")
    @Consumes(MediaType.APPLICATION_JSON)
    @Needs(capability = Capability.SETTINGS, role = Role.ADMIN, by = Kind.USER)
    @Operation(summary = "Create a user")
    @RequestBody(
            content =
                    @Content(
                            mediaType = "application/json",
                            examples = {
                                @ExampleObject(name = "sample", value = SAMPLE_USER),
                                @ExampleObject(
                                        name = "least",
                                        value = "{\"name\":\"ana\",\"password\":\"a good one\"}")
                            }))
    @APIResponse(
            responseCode = "201",
            description = "Created",
            content =
                    @Content(
                            mediaType = "application/json",
                            schema = @Schema(implementation = UserAnswer.class)))
    @APIResponse(
            responseCode = "409",
            description = "The name is taken, or a request with this key is under way")
    @APIResponse(responseCode = "422", description = "The key belongs to another body")
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
    @Operation(summary = "Change roles and limits, deactivate")
    @RequestBody(
            content =
                    @Content(
                            mediaType = "application/json",
                            examples = {
                                @ExampleObject(name = "sample", value = SAMPLE_CHANGE),
                                @ExampleObject(
                                        name = "limits taken away",
                                        value = SAMPLE_UNLIMITED),
                                @ExampleObject(name = "least", value = "{}")
                            }))
    @APIResponse(
            responseCode = "200",
            description = "As it is now",
            content =
                    @Content(
                            mediaType = "application/json",
                            schema = @Schema(implementation = UserAnswer.class)))
    @APIResponse(responseCode = "404", description = "No such user")
    @APIResponse(responseCode = "409", description = "Nobody would be left who manages users")
    public Response changeUser(@PathParam("id") UUID id, InputStream body) {
        var fields = HttpBody.object(body);
        var change =
                new Users.Change(
                        fields.has("roles") ? roles(fields) : null,
                        newLimit(fields, "per_item_limit_cents"),
                        newLimit(fields, "daily_limit_cents"),
                        newLimit(fields, "release_above_cents"),
                        newLimit(fields, "release_limit_cents"),
                        fields.flag("active"));
        fields.orThrow();
        return saved(users.change(asking.caller(), id, change), false);
    }

    @POST
    @Path("users/{id}/password-reset")
    @Needs(capability = Capability.SETTINGS, role = Role.ADMIN, by = Kind.USER)
    @Operation(summary = "Make a ticket that sets a new password")
    @APIResponse(
            responseCode = "201",
            description = "The ticket, shown once",
            content =
                    @Content(
                            mediaType = "application/json",
                            examples =
                                    @ExampleObject(
                                            name = "sample",
                                            value =
                                                    "{\"token\":\"…\",\"expires_at\":\"2026-11-22T13:00:00Z\"}")))
    @APIResponse(responseCode = "404", description = "No such user")
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
    @Operation(summary = "List API keys")
    @APIResponse(
            responseCode = "200",
            description = "A page of keys, without the keys themselves",
            content =
                    @Content(
                            mediaType = "application/json",
                            schema = @Schema(implementation = KeyPage.class)))
    @APIResponse(responseCode = "400", description = "A limit or cursor that cannot be")
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
    @Operation(summary = "Create an API key")
    @RequestBody(
            content =
                    @Content(
                            mediaType = "application/json",
                            examples = {
                                @ExampleObject(name = "sample", value = SAMPLE_KEY),
                                @ExampleObject(name = "least", value = "{\"name\":\"payroll\"}")
                            }))
    @APIResponse(
            responseCode = "200",
            description =
                    "It was made before with this Idempotency-Key; the key itself is not shown again",
            content =
                    @Content(
                            mediaType = "application/json",
                            schema = @Schema(implementation = KeyAnswer.class)))
    @APIResponse(
            responseCode = "201",
            description = "Created; the key is shown this once",
            content =
                    @Content(
                            mediaType = "application/json",
                            schema = @Schema(implementation = KeyAnswer.class)))
    @APIResponse(responseCode = "403", description = "More than your own roles or limits")
    @APIResponse(
            responseCode = "409",
            description = "A request with this Idempotency-Key is under way")
    @APIResponse(responseCode = "422", description = "The Idempotency-Key belongs to another body")
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
    @Operation(summary = "Revoke an API key")
    @APIResponse(responseCode = "204", description = "Revoked")
    @APIResponse(responseCode = "404", description = "No such key")
    public Response revokeKey(@PathParam("id") UUID id) {
        return keyAnswer(keys.revoke(asking.caller(), id));
    }

    @GET
    @Path("access-log")
    @Needs(capability = Capability.SETTINGS, role = Role.ADMIN)
    @Operation(summary = "Read who did what, newest first")
    @APIResponse(
            responseCode = "200",
            description = "A page of deeds",
            content =
                    @Content(
                            mediaType = "application/json",
                            schema = @Schema(implementation = DeedPage.class)))
    @APIResponse(responseCode = "400", description = "A limit or cursor that cannot be")
    public Response accessLog(
            @QueryParam("after") @Nullable String after,
            @QueryParam("limit") @DefaultValue("50") String limit) {
        var most = limit(limit);
        var before = after == null ? Long.MAX_VALUE : number("?after", after);
        var deeds = database.transaction(tx -> log.page(tx, before, most));
        return answer(page(deeds, most, AccessLogTable.Deed::id));
    }

    @GET
    @Path("read-log")
    @Needs(capability = Capability.SETTINGS, role = Role.ADMIN)
    @Operation(
            summary = "Read who read what about a person, newest first",
            description =
                    "?type= is payment, payout, charge, reseller, client, user, export or search;"
                            + " ?subject_id= the id of its row.")
    @APIResponse(
            responseCode = "200",
            description = "A page of reads",
            content =
                    @Content(
                            mediaType = "application/json",
                            schema = @Schema(implementation = ReadPage.class)))
    @APIResponse(responseCode = "400", description = "A limit or cursor that cannot be")
    public Response readLog(
            @QueryParam("type") @Nullable String type,
            @QueryParam("subject_id") @Nullable String subjectId,
            @QueryParam("after") @Nullable String after,
            @QueryParam("limit") @DefaultValue("50") String limit) {
        var most = limit(limit);
        var before = after == null ? null : id(after);
        var lines =
                database.transaction(
                        tx -> reads.page(tx, clean(type), clean(subjectId), before, most));
        return answer(page(lines, most, ReadLogTable.Line::id));
    }

    private static @Nullable String clean(@Nullable String text) {
        return text == null ? null : text.replace("\0", "\uFFFD");
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
                limitOrNone(fields, "daily_limit_cents"),
                limitOrNone(fields, "release_above_cents"),
                limitOrNone(fields, "release_limit_cents"));
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
