package vintem.webhooks;

import jakarta.inject.Singleton;
import java.util.List;
import org.jdbi.v3.core.Handle;

/// What the proof of webhooks asks the database, the relay's place and the news themselves among
/// it.
@Singleton
class WebhookProofTable {
    // News of transactions after the one in which the endpoint began to want them, as far as the
    // relay has come, and later than what was forgotten because of its age.
    private static final String UNTOLD =
            """
            select e.id::text || ', event ' || o.id
            from outbox_cursor c
            cross join webhook_forgotten f
            join webhook_endpoint e on e.status in ('enabled', 'failing')
            join outbox o on (o.xact_id, o.id) <= (c.xact_id, c.id) and o.xact_id > e.since_xact
            where c.subscriber = :subscriber
            and o.id > f.event_id
            and o.type = any (:known)
            and (e.types is null or o.type = any (e.types))
            and not exists (
                select from webhook_delivery d where d.endpoint_id = e.id and d.event_id = o.id)
            and not exists (
                select from outbox_parked p
                where p.subscriber = c.subscriber and p.event_id = o.id)
            order by o.id
            limit 20
            """;

    private static final String UNHEARD =
            """
            select d.id::text from webhook_delivery d
            where d.status = 'delivered'
            and not exists (
                select from webhook_attempt a
                where a.delivery_id = d.id and a.status between 200 and 299)
            limit 20
            """;

    private static final String WITHOUT_SECRET =
            """
            select e.id::text from webhook_endpoint e
            where not exists (
                select from webhook_secret s where s.endpoint_id = e.id and s.valid_until is null)
            """;

    List<String> untold(Handle snapshot, String subscriber) {
        return snapshot.createQuery(UNTOLD)
                .bind("subscriber", subscriber)
                .bindArray("known", String.class, EventTypes.ALL.toArray())
                .mapTo(String.class)
                .list();
    }

    List<String> unheard(Handle snapshot) {
        return snapshot.createQuery(UNHEARD).mapTo(String.class).list();
    }

    List<String> withoutSecret(Handle snapshot) {
        return snapshot.createQuery(WITHOUT_SECRET).mapTo(String.class).list();
    }
}
