package vintem.payouts;

import jakarta.inject.Singleton;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;
import vintem.platform.BinaryArray;
import vintem.platform.Idempotency;

/// The table `payout_likeness`: the last payout of each key and amount.
@Singleton
class LikenessTable {
    /// A payout, and what it has in common with another one of the same key and amount.
    public record Like(UUID likeness, UUID payoutId) {
        static Like of(String storedKey, long amountCents, UUID payoutId) {
            var text = amountCents + "\n" + storedKey;
            var hash = ByteBuffer.wrap(Idempotency.hash(text.getBytes(StandardCharsets.UTF_8)));
            return new Like(new UUID(hash.getLong(), hash.getLong()), payoutId);
        }
    }

    public record Last(UUID likeness, UUID payoutId, Instant at, @Nullable String status) {}

    // Nearly all of a list are the first of their kind: one row each, and nothing else.
    private static final String INSERT =
            """
            insert into payout_likeness (likeness, payout_id, at)
            select l.likeness, l.payout_id, :now
            from unnest(:likenesses, :payouts) as l (likeness, payout_id)
            on conflict (likeness) do nothing
            returning likeness
            """;

    private static final String LOCK =
            """
            select likeness from payout_likeness where likeness = any(:likenesses)
            order by likeness for update
            """;

    private static final String READ =
            """
            select l.likeness, l.payout_id, l.at, p.status
            from payout_likeness l left join payout p on p.id = l.payout_id
            where l.likeness = any(:likenesses)
            """;

    private static final String TAKE =
            """
            insert into payout_likeness (likeness, payout_id, at)
            select l.likeness, l.payout_id, :now
            from unnest(:likenesses, :payouts) as l (likeness, payout_id)
            on conflict (likeness) do update set payout_id = excluded.payout_id, at = excluded.at
            """;

    private static final String FORGET =
            """
            delete from payout_likeness l
            where at < :before
            and not exists (select from payout p where p.id = l.payout_id and p.status = 'held')
            """;

    /// Those of these payouts that look like another one, which was sent since then or still is to
    /// be; the others are from now on what later ones are compared with.
    ///
    /// Whoever comes second with a key and amount waits here for the first one's transaction.
    Set<UUID> lookalikes(Handle tx, List<Like> likes, Instant now, Instant since) {
        var found = new HashSet<UUID>();
        var first = new LinkedHashMap<UUID, Like>();
        for (var like : likes) {
            if (first.putIfAbsent(like.likeness(), like) != null) {
                found.add(like.payoutId());
            }
        }
        var fresh =
                bound(tx.createQuery(INSERT), first.values())
                        .bind("now", now)
                        .mapTo(UUID.class)
                        .list();
        fresh.forEach(first::remove);
        if (first.isEmpty()) {
            return found;
        }
        // The lock first; what stands is read by the next statement, with a new snapshot.
        tx.createQuery(LOCK)
                .bind("likenesses", BinaryArray.uuids(first.keySet(), each -> each))
                .mapTo(UUID.class)
                .list();
        var lasts =
                tx.createQuery(READ)
                        .bind("likenesses", BinaryArray.uuids(first.keySet(), each -> each))
                        .map(ConstructorMapper.of(Last.class))
                        .list();
        for (var last : lasts) {
            var like = first.get(last.likeness());
            if (like != null && stands(last, like, since)) {
                found.add(like.payoutId());
                first.remove(last.likeness());
            }
        }
        take(tx, first.values(), now);
        return found;
    }

    /// What is sent now is from here on what others are compared with.
    void take(Handle tx, Collection<Like> likes, Instant now) {
        if (!likes.isEmpty()) {
            var last = new LinkedHashMap<UUID, Like>();
            likes.forEach(like -> last.put(like.likeness(), like));
            tx.createUpdate(TAKE)
                    .bind("now", now)
                    .bind("likenesses", BinaryArray.uuids(sorted(last.values()), Like::likeness))
                    .bind("payouts", BinaryArray.uuids(sorted(last.values()), Like::payoutId))
                    .execute();
        }
    }

    int forget(Handle tx, Instant before) {
        return tx.createUpdate(FORGET).bind("before", before).execute();
    }

    /// Money that came back, or never left, is no reason to stop anybody; what is held will leave,
    /// however long ago it was sent.
    private static boolean stands(Last last, Like like, Instant since) {
        if (last.payoutId().equals(like.payoutId()) || last.status() == null) {
            return false;
        }
        return switch (last.status()) {
            case "held" -> true;
            case "processing", "paid" -> !last.at().isBefore(since);
            default -> false;
        };
    }

    private static org.jdbi.v3.core.statement.Query bound(
            org.jdbi.v3.core.statement.Query query, Collection<Like> likes) {
        var rows = sorted(likes);
        return query.bind("likenesses", BinaryArray.uuids(rows, Like::likeness))
                .bind("payouts", BinaryArray.uuids(rows, Like::payoutId));
    }

    // In one order, so that two lists never wait for each other.
    private static List<Like> sorted(Collection<Like> likes) {
        var rows = new ArrayList<>(likes);
        rows.sort(Comparator.comparing(Like::likeness, UUID::compareTo));
        return rows;
    }
}
