package vintem.platform;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;
import vintem.platform.Idempotency.Identity;
import vintem.platform.Idempotency.Request;

/// The table `idempotency_key`.
class IdempotencyTable {
    public record Stored(
            UUID callerId,
            String route,
            String key,
            byte[] requestHash,
            UUID holder,
            Instant leaseUntil,
            @Nullable Integer status,
            byte @Nullable [] body) {
        Identity identity() {
            return new Identity(callerId, route, key);
        }
    }

    private static final String IS =
            " where caller_id = :callerId and route = :route and key = :key";

    // The primary key decides who was first; the loser waits for the winner's transaction. Sorted,
    // so
    // that two lists never wait for each other.
    private static final String INSERT =
            """
            insert into idempotency_key
                (caller_id, route, key, request_hash, holder, claimed_at, lease_until)
            select caller_id, route, key, hash, holder, :now, :leaseUntil
            from unnest(:callerIds, :routes, :keys, :hashes, :holders)
                as k (caller_id, route, key, hash, holder)
            order by caller_id, route, key
            on conflict do nothing
            returning caller_id, route, key
            """;

    private static final String LOCK =
            """
            select caller_id, route, key, request_hash, holder, lease_until, status, body
            from idempotency_key
            where (caller_id, route, key) in (select * from unnest(:callerIds, :routes, :keys))
            order by caller_id, route, key
            for update
            """;

    private static final String TAKE_OVER =
            "update idempotency_key set lease_until = :leaseUntil, holder = :holder" + IS;

    private static final String FINISH =
            "update idempotency_key set status = :status, body = :body" + IS;

    private static final String RELEASE =
            "delete from idempotency_key" + IS + " and status is null";

    private static final String FORGET = "delete from idempotency_key where claimed_at < :before";

    /// Those that were not there.
    List<Identity> insert(
            Handle tx, Collection<Request> requests, Instant now, Instant leaseUntil) {
        return bindIdentities(
                        tx.createQuery(INSERT), requests.stream().map(Request::identity).toList())
                .bindArray("hashes", byte[].class, requests.stream().map(Request::hash).toList())
                .bindArray("holders", UUID.class, requests.stream().map(Request::holder).toList())
                .bind("now", now)
                .bind("leaseUntil", leaseUntil)
                .map(ConstructorMapper.of(Identity.class))
                .list();
    }

    List<Stored> lock(Handle tx, Collection<Identity> identities) {
        return identities.isEmpty()
                ? List.of()
                : bindIdentities(tx.createQuery(LOCK), List.copyOf(identities))
                        .map(ConstructorMapper.of(Stored.class))
                        .list();
    }

    private static Query bindIdentities(Query query, List<Identity> identities) {
        return query.bindArray(
                        "callerIds",
                        UUID.class,
                        identities.stream().map(Identity::callerId).toList())
                .bindArray(
                        "routes", String.class, identities.stream().map(Identity::route).toList())
                .bindArray("keys", String.class, identities.stream().map(Identity::key).toList());
    }

    void takeOver(Handle tx, Request request, Instant leaseUntil) {
        tx.createUpdate(TAKE_OVER)
                .bindMethods(request.identity())
                .bind("holder", request.holder())
                .bind("leaseUntil", leaseUntil)
                .execute();
    }

    void finish(Handle tx, Identity identity, int status, byte[] body) {
        tx.createUpdate(FINISH)
                .bindMethods(identity)
                .bind("status", status)
                .bind("body", body)
                .execute();
    }

    void release(Handle tx, Identity identity) {
        tx.createUpdate(RELEASE).bindMethods(identity).execute();
    }

    int forget(Handle tx, Instant before) {
        return tx.createUpdate(FORGET).bind("before", before).execute();
    }
}
