package vintem.access;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import vintem.access.UserTable.User;
import vintem.platform.Database;
import vintem.platform.Idempotency;
import vintem.platform.Idempotency.Claim;
import vintem.platform.Json;

/// People who sign in, and what they may do.
@Singleton
class Users {
    /// What is to be another; null leaves it.
    record Change(
            @Nullable Map<Capability, Role> roles,
            @Nullable Long perItemLimitCents,
            @Nullable Long dailyLimitCents,
            @Nullable Long releaseAboveCents,
            @Nullable Long releaseLimitCents,
            @Nullable Boolean active) {
        Change(
                @Nullable Map<Capability, Role> roles,
                @Nullable Long perItemLimitCents,
                @Nullable Long dailyLimitCents,
                @Nullable Boolean active) {
            this(roles, perItemLimitCents, dailyLimitCents, null, null, active);
        }

        Grant of(Grant grant) {
            return new Grant(
                    roles == null ? grant.roles() : roles,
                    perItemLimitCents == null ? grant.perItemLimitCents() : perItemLimitCents,
                    dailyLimitCents == null ? grant.dailyLimitCents() : dailyLimitCents,
                    releaseAboveCents == null ? grant.releaseAboveCents() : releaseAboveCents,
                    releaseLimitCents == null ? grant.releaseLimitCents() : releaseLimitCents);
        }
    }

    sealed interface Outcome {
        record Saved(User user) implements Outcome {}

        record NameTaken(String name) implements Outcome {}

        /// The request's `Idempotency-Key` was used before, or is being used.
        record KeyTaken(Claim claim) implements Outcome {}

        record Unknown() implements Outcome {}

        /// Nobody would be left who can manage users.
        record LastAdmin() implements Outcome {}
    }

    private static final Pattern NAME = Pattern.compile("[a-z0-9._@-]{1,64}");

    private final Database database;
    private final UserTable table;
    private final Passwords passwords;
    private final Credentials credentials;
    private final Idempotency idempotency;
    private final AccessLog log;
    private final Clock clock;

    @Inject
    Users(
            Database database,
            UserTable table,
            Passwords passwords,
            Credentials credentials,
            Idempotency idempotency,
            AccessLog log,
            Clock clock) {
        this.database = database;
        this.table = table;
        this.passwords = passwords;
        this.idempotency = idempotency;
        this.credentials = credentials;
        this.log = log;
        this.clock = clock;
    }

    /// The user name somebody typed, or empty where it cannot be one.
    static Optional<String> name(String typed) {
        return Optional.of(typed.toLowerCase(Locale.ROOT)).filter(it -> NAME.matcher(it).matches());
    }

    List<User> page(UUID after, int limit) {
        return database.transaction(tx -> table.page(tx, after, limit));
    }

    Optional<User> find(UUID id) {
        return database.transaction(tx -> table.byId(tx, id)).filter(it -> !it.isReseller());
    }

    Outcome create(Caller caller, String name, String password, Grant grant) {
        return create(caller, name, password, grant, Optional.empty());
    }

    /// @param name a valid one, and the password one without objection
    /// @param key where the request came with an `Idempotency-Key`
    Outcome create(
            Caller caller,
            String name,
            String password,
            Grant grant,
            Optional<Idempotency.Request> key) {
        var hash = passwords.hash(password);
        return database.transaction(
                tx -> {
                    var claim = key.map(it -> idempotency.claim(tx, it));
                    if (claim.isPresent() && !(claim.get() instanceof Claim.Fresh)) {
                        return new Outcome.KeyTaken(claim.get());
                    }
                    var inserted = table.insert(tx, name, hash, grant, clock.instant());
                    if (inserted.isEmpty()) {
                        // With the claim of the key: the request may come again with another name.
                        return Database.rollback(tx, new Outcome.NameTaken(name));
                    }
                    var user = inserted.get();
                    log.record(tx, caller, "user.created", user.id().toString(), describe(user));
                    key.ifPresent(
                            it ->
                                    idempotency.finish(
                                            tx,
                                            it.identity(),
                                            201,
                                            Json.write(UserAnswer.of(user))));
                    return new Outcome.Saved(user);
                });
    }

    Outcome change(Caller caller, UUID id, Change change) {
        var outcome =
                database.<Outcome>transaction(
                        tx -> {
                            // All admins before the one user: whoever changes anybody waits here.
                            var admins = table.lockAdmins(tx);
                            var found = table.lock(tx, id).filter(it -> !it.isReseller());
                            if (found.isEmpty()) {
                                return new Outcome.Unknown();
                            }
                            var grant = change.of(found.get().grant());
                            var active =
                                    change.active() == null
                                            ? found.get().active()
                                            : change.active();
                            var staysAdmin = active && grant.may(Capability.SETTINGS, Role.ADMIN);
                            if (!staysAdmin && admins.equals(List.of(id))) {
                                return new Outcome.LastAdmin();
                            }
                            var user = table.update(tx, id, grant, active);
                            if (!active) {
                                table.endSessions(tx, id);
                            }
                            log.record(tx, caller, "user.changed", id.toString(), describe(user));
                            return new Outcome.Saved(user);
                        });
        credentials.forgetAll();
        return outcome;
    }

    private static String describe(User user) {
        return "%s, roles %s, cents per item %s, per day %s, alone up to %s, releases up to %s"
                .formatted(
                        user.active() ? "active" : "not active",
                        user.roles(),
                        anyOr(user.perItemLimitCents()),
                        anyOr(user.dailyLimitCents()),
                        anyOr(user.releaseAboveCents()),
                        anyOr(user.releaseLimitCents()));
    }

    private static Object anyOr(@Nullable Long cents) {
        return cents == null ? "any" : cents;
    }
}
