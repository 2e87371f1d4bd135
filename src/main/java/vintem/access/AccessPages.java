package vintem.access;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jspecify.annotations.Nullable;
import vintem.access.Caller.Kind;
import vintem.platform.Cents;
import vintem.platform.Database;
import vintem.platform.Page;
import vintem.platform.Pages;
import vintem.platform.Problem;

/// The pages of access. They show; what they change goes through the routes of [AccessHttp].
@Path("/app/access")
@RunOnVirtualThread
@Produces(MediaType.TEXT_HTML)
public class AccessPages {
    private static final String HOME = "/app/access";
    private static final int LINES = 50;
    private static final UUID BEFORE_ALL = new UUID(0, 0);

    /// Where access stands in the navigation: everybody has a password of their own.
    @Singleton
    static class Section implements Pages.Section {
        private final Asking asking;

        @Inject
        Section(Asking asking) {
            this.asking = asking;
        }

        @Override
        public int place() {
            return 90;
        }

        @Override
        public String name() {
            return "access";
        }

        @Override
        public String path() {
            return HOME;
        }

        @Override
        public boolean isOpen() {
            return asking.callerIfKnown().filter(it -> it.kind() == Kind.USER).isPresent();
        }
    }

    /// A capability and the role given in it, `none` where there is none.
    public record RoleLine(String capability, String role) {}

    public record UserLine(
            UUID id,
            String name,
            List<RoleLine> roles,
            @Nullable Long perItemLimitCents,
            @Nullable Long dailyLimitCents,
            boolean active,
            Instant createdAt) {
        /// The role where it is the same in all capabilities, else empty.
        public String everywhere() {
            var first = roles.isEmpty() ? "" : roles.getFirst().role();
            return roles.size() == Capability.values().length
                            && roles.stream().allMatch(it -> it.role().equals(first))
                    ? first
                    : "";
        }

        static UserLine of(UserTable.User user) {
            return new UserLine(
                    user.id(),
                    user.name(),
                    given(user.grant()),
                    user.perItemLimitCents(),
                    user.dailyLimitCents(),
                    user.active(),
                    user.createdAt());
        }
    }

    public record KeyLine(
            UUID id,
            String name,
            String hint,
            List<RoleLine> roles,
            @Nullable Long perItemLimitCents,
            @Nullable Long dailyLimitCents,
            Instant createdAt,
            @Nullable Instant expiresAt,
            boolean revoked,
            boolean expired) {}

    public record OwnView(
            boolean admin, UserLine user, @Nullable String perItem, @Nullable String daily) {}

    public record UsersView(boolean admin, List<UserLine> users, @Nullable String next) {}

    /// @param user null for a new one
    public record UserView(
            boolean admin,
            @Nullable UserLine user,
            boolean isNew,
            boolean self,
            List<RoleLine> roles,
            String perItem,
            String daily,
            String releaseAbove,
            String releaseLimit) {}

    public record KeysView(boolean admin, List<KeyLine> keys, @Nullable String next) {}

    public record KeyView(boolean admin, List<RoleLine> roles) {}

    /// @param subject whose reads are asked for, or null
    public record ReadsView(
            boolean admin,
            List<ReadLogTable.Line> reads,
            @Nullable String subject,
            @Nullable String next) {}

    public record LogView(boolean admin, List<AccessLogTable.Deed> deeds, @Nullable String next) {}

    private final Users users;
    private final Keys keys;
    private final AccessLogTable log;
    private final ReadLogTable reads;
    private final Database database;
    private final Pages pages;
    private final Asking asking;
    private final Clock clock;

    @Inject
    AccessPages(
            Users users,
            Keys keys,
            AccessLogTable log,
            ReadLogTable reads,
            Database database,
            Pages pages,
            Asking asking,
            Clock clock) {
        this.users = users;
        this.keys = keys;
        this.log = log;
        this.reads = reads;
        this.database = database;
        this.pages = pages;
        this.asking = asking;
        this.clock = clock;
    }

    @GET
    @SignedIn(Kind.USER)
    @Operation(hidden = true)
    public Response own() {
        var caller = asking.caller();
        var user = UserLine.of(users.find(caller.id()).orElseThrow(AccessPages::noSuchUser));
        return pages.show(
                "access/own.html",
                new OwnView(
                        caller.may(Capability.SETTINGS, Role.ADMIN),
                        user,
                        reais(user.perItemLimitCents()),
                        reais(user.dailyLimitCents())));
    }

    @GET
    @Path("users")
    @Needs(capability = Capability.SETTINGS, role = Role.ADMIN, by = Kind.USER)
    @Operation(hidden = true)
    public Response users(@QueryParam("after") @Nullable String after) {
        var page = Page.of(users.page(id(after), LINES + 1), LINES, it -> it.id().toString());
        return pages.show(
                "access/users.html",
                new UsersView(
                        true,
                        page.items().stream().map(UserLine::of).toList(),
                        next("users", page)));
    }

    @GET
    @Path("user")
    @ReadsPerson("user")
    @Needs(capability = Capability.SETTINGS, role = Role.ADMIN, by = Kind.USER)
    @Operation(hidden = true)
    public Response user(@QueryParam("id") @Nullable String id) {
        if (id == null) {
            return pages.show(
                    "access/user.html",
                    new UserView(true, null, true, false, all(Grant.NOTHING), "", "", "", ""));
        }
        var user = users.find(id(id)).orElseThrow(AccessPages::noSuchUser);
        return pages.show(
                "access/user.html",
                new UserView(
                        true,
                        UserLine.of(user),
                        false,
                        user.id().equals(asking.caller().id()),
                        all(user.grant()),
                        Optional.ofNullable(reais(user.perItemLimitCents())).orElse(""),
                        Optional.ofNullable(reais(user.dailyLimitCents())).orElse(""),
                        Optional.ofNullable(reais(user.releaseAboveCents())).orElse(""),
                        Optional.ofNullable(reais(user.releaseLimitCents())).orElse("")));
    }

    @GET
    @Path("keys")
    @Needs(capability = Capability.SETTINGS, role = Role.ADMIN, by = Kind.USER)
    @Operation(hidden = true)
    public Response keys(@QueryParam("after") @Nullable String after) {
        var page = Page.of(keys.page(id(after), LINES + 1), LINES, it -> it.id().toString());
        return pages.show(
                "access/keys.html",
                new KeysView(
                        true, page.items().stream().map(this::line).toList(), next("keys", page)));
    }

    @GET
    @Path("key")
    @Needs(capability = Capability.SETTINGS, role = Role.ADMIN, by = Kind.USER)
    @Operation(hidden = true)
    public Response key() {
        return pages.show("access/key.html", new KeyView(true, all(Grant.NOTHING)));
    }

    @GET
    @Path("log")
    @Needs(capability = Capability.SETTINGS, role = Role.ADMIN, by = Kind.USER)
    @Operation(hidden = true)
    public Response log(@QueryParam("after") @Nullable String after) {
        var before =
                after != null && after.matches("[0-9]{1,18}")
                        ? Long.parseLong(after)
                        : Long.MAX_VALUE;
        var deeds = database.transaction(tx -> log.page(tx, before, LINES + 1));
        var page = Page.of(deeds, LINES, it -> Long.toString(it.id()));
        return pages.show("access/log.html", new LogView(true, page.items(), next("log", page)));
    }

    @GET
    @Path("reads")
    @Needs(capability = Capability.SETTINGS, role = Role.ADMIN, by = Kind.USER)
    @Operation(hidden = true)
    public Response reads(
            @QueryParam("subject_id") @Nullable String subjectId,
            @QueryParam("after") @Nullable String after) {
        var subject =
                subjectId == null || subjectId.isBlank()
                        ? null
                        : subjectId.replace("\0", "\uFFFD").strip();
        var before = after == null ? null : id(after);
        var lines = database.transaction(tx -> reads.page(tx, null, subject, before, LINES + 1));
        var page = Page.of(lines, LINES, it -> it.id().toString());
        var query = new java.util.LinkedHashMap<String, String>();
        if (subject != null) {
            query.put("subject_id", subject);
        }
        if (page.next() != null) {
            query.put("after", page.next());
        }
        return pages.show(
                "access/reads.html",
                new ReadsView(
                        true,
                        page.items(),
                        subject,
                        page.next() == null ? null : Pages.link(HOME + "/reads", query)));
    }

    private KeyLine line(KeyTable.Key key) {
        var expiresAt = key.expiresAt();
        return new KeyLine(
                key.id(),
                key.name(),
                key.hint(),
                given(key.grant()),
                key.perItemLimitCents(),
                key.dailyLimitCents(),
                key.createdAt(),
                expiresAt,
                key.revokedAt() != null,
                expiresAt != null && expiresAt.isBefore(clock.instant()));
    }

    private static List<RoleLine> given(Grant grant) {
        return lines(grant).filter(it -> !it.role().equals("none")).toList();
    }

    private static List<RoleLine> all(Grant grant) {
        return lines(grant).toList();
    }

    private static java.util.stream.Stream<RoleLine> lines(Grant grant) {
        Function<Capability, String> role =
                it -> Optional.ofNullable(grant.roles().get(it)).map(Role::word).orElse("none");
        return Arrays.stream(Capability.values())
                .map(it -> new RoleLine(it.word(), role.apply(it)));
    }

    /// As the field for it has it: `1234,56`.
    private static @Nullable String reais(@Nullable Long cents) {
        return cents == null ? null : Cents.toReais(cents).toPlainString().replace('.', ',');
    }

    private static @Nullable String next(String page, Page<?> of) {
        return of.next() == null ? null : Pages.link(HOME + "/" + page, Map.of("after", of.next()));
    }

    private static UUID id(@Nullable String text) {
        try {
            return text == null ? BEFORE_ALL : UUID.fromString(text);
        } catch (IllegalArgumentException notAnId) {
            return BEFORE_ALL;
        }
    }

    private static Problem noSuchUser() {
        return Problem.notFound("There is no such user.");
    }
}
