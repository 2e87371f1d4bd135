package vintem.access;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vintem.access.KeyTable.Key;
import vintem.platform.Database;
import vintem.platform.Idempotency;
import vintem.platform.Idempotency.Claim;
import vintem.platform.Json;

/// Credentials of programs.
@Singleton
class Keys {
    sealed interface Outcome {
        /// @param secret the key itself: shown now, and never again
        record Created(Key key, String secret) implements Outcome {}

        /// The request's `Idempotency-Key` was used before, or is being used.
        record KeyTaken(Claim claim) implements Outcome {}

        record Revoked() implements Outcome {}

        /// It would have a role or a limit beyond its creator's.
        record MoreThanYours() implements Outcome {}

        record Unknown() implements Outcome {}
    }

    private final Database database;
    private final KeyTable table;
    private final Credentials credentials;
    private final Idempotency idempotency;
    private final AccessLog log;
    private final Clock clock;

    @Inject
    Keys(
            Database database,
            KeyTable table,
            Credentials credentials,
            Idempotency idempotency,
            AccessLog log,
            Clock clock) {
        this.database = database;
        this.table = table;
        this.credentials = credentials;
        this.idempotency = idempotency;
        this.log = log;
        this.clock = clock;
    }

    List<Key> page(UUID after, int limit) {
        return database.transaction(tx -> table.page(tx, after, limit));
    }

    Outcome create(Caller creator, String name, Grant grant, @Nullable Instant expiresAt) {
        return create(creator, name, grant, expiresAt, Optional.empty());
    }

    /// Asked again with the same `Idempotency-Key` it answers which key was made, and not the key:
    /// that is stored nowhere.
    ///
    /// @param creator a user: keys do not make keys
    Outcome create(
            Caller creator,
            String name,
            Grant grant,
            @Nullable Instant expiresAt,
            Optional<Idempotency.Request> idempotencyKey) {
        if (!creator.grant().covers(grant)) {
            return new Outcome.MoreThanYours();
        }
        var secret = Opaque.freshKey();
        return database.transaction(
                tx -> {
                    var claim = idempotencyKey.map(it -> idempotency.claim(tx, it));
                    if (claim.isPresent() && !(claim.get() instanceof Claim.Fresh)) {
                        return new Outcome.KeyTaken(claim.get());
                    }
                    var now = clock.instant();
                    var key = table.insert(tx, name, secret, grant, creator.id(), now, expiresAt);
                    log.record(
                            tx,
                            creator,
                            "key.created",
                            key.id().toString(),
                            "…%s, roles %s".formatted(key.hint(), key.roles()));
                    idempotencyKey.ifPresent(
                            it ->
                                    idempotency.finish(
                                            tx,
                                            it.identity(),
                                            200,
                                            Json.write(KeyAnswer.of(key, null))));
                    return new Outcome.Created(key, secret);
                });
    }

    Outcome revoke(Caller caller, UUID id) {
        var outcome =
                database.<Outcome>transaction(
                        tx ->
                                table.revoke(tx, id, clock.instant())
                                        .<Outcome>map(
                                                _ -> {
                                                    log.record(
                                                            tx,
                                                            caller,
                                                            "key.revoked",
                                                            id.toString(),
                                                            "");
                                                    return new Outcome.Revoked();
                                                })
                                        .orElseGet(Outcome.Unknown::new));
        credentials.forgetAll();
        return outcome;
    }
}
