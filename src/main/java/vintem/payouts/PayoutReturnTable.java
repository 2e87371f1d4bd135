package vintem.payouts;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;

/// The table `payout_return_cursor`, and what returns and alarms change.
@Singleton
class PayoutReturnTable {
    public record Row(
            UUID id,
            String externalId,
            String batchId,
            long amountCents,
            String purpose,
            Instant updatedAt) {}

    private static final String PLACE = "select place from payout_return_cursor";

    private static final String MOVE =
            "update payout_return_cursor set place = greatest(place, :place)";

    private static final String MARK =
            """
            update payout set status = 'returned', updated_at = now()
            where id in (select id from payout where id = any(:ids) and status = 'paid'
                         order by external_id for update)
            and status = 'paid'
            returning id, external_id, batch_id, amount_cents, purpose, updated_at
            """;

    private static final String UNSETTLED =
            "select id from payout where id = any(:ids) and status = 'processing'";

    private static final String RAISE =
            """
            insert into payout_alarm (payout_id, kind, detail, raised_at)
            values (:payoutId, :kind, :detail, now())
            on conflict do nothing
            """;

    long place(Handle tx) {
        return tx.createQuery(PLACE).mapTo(Long.class).one();
    }

    void moveTo(Handle tx, long place) {
        tx.createUpdate(MOVE).bind("place", place).execute();
    }

    List<Row> markReturned(Handle tx, List<UUID> ids) {
        return tx.createQuery(MARK)
                .bindArray("ids", UUID.class, ids)
                .map(ConstructorMapper.of(Row.class))
                .list();
    }

    Set<UUID> unsettled(Handle tx, List<UUID> ids) {
        return tx.createQuery(UNSETTLED)
                .bindArray("ids", UUID.class, ids)
                .mapTo(UUID.class)
                .collect(Collectors.toSet());
    }

    void raise(Handle tx, UUID payoutId, String kind, String detail) {
        tx.createUpdate(RAISE)
                .bind("payoutId", payoutId)
                .bind("kind", kind)
                .bind("detail", detail)
                .execute();
    }
}
