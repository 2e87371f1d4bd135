package vintem.platform;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jdbi.v3.core.statement.SqlStatement;
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
            """
            update idempotency_key k set status = :status, body = answer.body
            from unnest(:callerIds, :routes, :keys, :bodies) as answer (caller_id, route, key, body)
            where k.caller_id = answer.caller_id and k.route = answer.route and k.key = answer.key
            """;

    private static final String RELEASE =
            """
            delete from idempotency_key
            where (caller_id, route, key) in (select * from unnest(:callerIds, :routes, :keys))
            and status is null
            """;

    // All of them: nobody can say beforehand in which somebody stands.
    private static final String CONTAINING =
            """
            select caller_id, route, key, body from idempotency_key
            where body is not null
            and exists (select from unnest(:texts) t where position(t in body) > 0)
            order by caller_id, route, key for update
            """;

    private static final String REWRITE =
            """
            update idempotency_key k set body = answer.body
            from unnest(:callerIds, :routes, :keys, :bodies) as answer (caller_id, route, key, body)
            where k.caller_id = answer.caller_id and k.route = answer.route and k.key = answer.key
            """;

    private static final String FORGET = "delete from idempotency_key where claimed_at < :before";

    /// Those that were not there.
    List<Identity> insert(
            Handle tx, Collection<Request> requests, Instant now, Instant leaseUntil) {
        return bind(tx.createQuery(INSERT), requests.stream().map(Request::identity).toList())
                .bind("hashes", BinaryArray.bytes(requests, Request::hash))
                .bind("holders", BinaryArray.uuids(requests, Request::holder))
                .bind("now", now)
                .bind("leaseUntil", leaseUntil)
                .map(ConstructorMapper.of(Identity.class))
                .list();
    }

    List<Stored> lock(Handle tx, Collection<Identity> identities) {
        return identities.isEmpty()
                ? List.of()
                : bind(tx.createQuery(LOCK), identities)
                        .map(ConstructorMapper.of(Stored.class))
                        .list();
    }

    private static <S extends SqlStatement<S>> S bind(
            S statement, Collection<Identity> identities) {
        return statement
                .bind("callerIds", BinaryArray.uuids(identities, Identity::callerId))
                .bind("routes", BinaryArray.texts(identities, Identity::route))
                .bind("keys", BinaryArray.texts(identities, Identity::key));
    }

    void takeOver(Handle tx, Request request, Instant leaseUntil) {
        tx.createUpdate(TAKE_OVER)
                .bindMethods(request.identity())
                .bind("holder", request.holder())
                .bind("leaseUntil", leaseUntil)
                .execute();
    }

    void finish(Handle tx, int status, Map<Identity, byte[]> answers) {
        bind(tx.createUpdate(FINISH), answers.keySet())
                .bind("status", status)
                .bind("bodies", BinaryArray.bytes(answers.values(), body -> body))
                .execute();
    }

    void release(Handle tx, Collection<Identity> identities) {
        bind(tx.createUpdate(RELEASE), identities).execute();
    }

    /// A stored answer that holds one of some texts.
    record Answer(UUID callerId, String route, String key, byte[] body) {
        Identity identity() {
            return new Identity(callerId, route, key);
        }
    }

    List<Answer> containing(Handle tx, Collection<byte[]> texts) {
        return tx.createQuery(CONTAINING)
                .bind("texts", BinaryArray.bytes(texts, it -> it))
                .map(
                        (row, _) ->
                                new Answer(
                                        Columns.uuid(row, "caller_id"),
                                        row.getString("route"),
                                        row.getString("key"),
                                        row.getBytes("body")))
                .list();
    }

    void rewrite(Handle tx, Map<Identity, byte[]> answers) {
        bind(tx.createUpdate(REWRITE), answers.keySet())
                .bind("bodies", BinaryArray.bytes(answers.values(), body -> body))
                .execute();
    }

    int forget(Handle tx, Instant before) {
        return tx.createUpdate(FORGET).bind("before", before).execute();
    }
}
