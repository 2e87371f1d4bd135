package vintem.investments;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import vintem.platform.PersonalData;

/// What investments keep about clients, their former names included. Allocations and what has
/// become of them stay: they are nobody's then.
@Singleton
class InvestorTable implements PersonalData {
    private static final String FIND =
            """
            select 'client' as type, id::text as id, created_at as at, status as detail
            from client where email_key = :email or lower(name) = lower(:name)
            order by id desc limit :most
            """;

    private static final String EXPORT =
            """
            select (to_jsonb(c) || jsonb_build_object(
                       'history', (select jsonb_agg(to_jsonb(h)) from client_history h
                                   where h.client_id = c.id),
                       'allocations', (select jsonb_agg(to_jsonb(a)) from allocation a
                                       where a.client_id = c.id)))::text
            from client c where c.email_key = :email
            """;

    private static final String NAMES =
            """
            select c.id, c.name, c.email from client c where c.email_key = :email
            union
            select c.id, h.name, c.email from client c
            join client_history h on h.client_id = c.id where c.email_key = :email
            """;

    // Not entered anew: what stood there must not become history.
    private static final String ERASE =
            """
            update client
            set name = :pseudonym, email = :address, email_key = :address, status = 'inactive'
            where email_key = :email
            returning id
            """;

    private static final String ERASE_HISTORY =
            "update client_history set name = :pseudonym where client_id = :client";

    // Screens ask for what has changed, and shared frames are named by it.
    private static final String TELL =
            """
            update captado_client set version = version + 1, changed_xact = pg_current_xact_id()
            where client_id = :client
            """;

    // Inactive for so long, with nothing left of what they invested.
    private static final String RETIRE =
            """
            with old as (
                select id from client c
                where status = 'inactive' and recorded_at < :before
                and email_key not like '%@apagado.invalid'
                and not exists (select from allocation a
                                where a.client_id = c.id and a.is_active and a.remaining > 0)
                order by id limit :most for update skip locked
            )
            update client c
            set name = 'apagado', email = 'apagado-' || c.id || '@apagado.invalid',
                email_key = 'apagado-' || c.id || '@apagado.invalid'
            from old where c.id = old.id
            returning c.id
            """;

    public record Row(long id, String name, String email) {}

    private final SharedFrames shared;
    private final LiveFrames live;

    @Inject
    InvestorTable(SharedFrames shared, LiveFrames live) {
        this.shared = shared;
        this.live = live;
    }

    @Override
    public String where() {
        return "investments";
    }

    @Override
    public List<Found> find(Handle tx, Person person, int most) {
        return tx.createQuery(FIND)
                .bind("email", person.email())
                .bind("name", person.name())
                .bind("most", most)
                .map(ConstructorMapper.of(Found.class))
                .list();
    }

    @Override
    public List<String> export(Handle tx, Person person) {
        return tx.createQuery(EXPORT).bind("email", person.email()).mapTo(String.class).list();
    }

    @Override
    public Erased erase(Handle tx, Erasure erasure) {
        var names =
                tx.createQuery(NAMES)
                        .bind("email", erasure.person().email())
                        .map(ConstructorMapper.of(Row.class))
                        .list();
        var texts = new HashSet<String>();
        names.forEach(
                it -> {
                    texts.add(it.name());
                    texts.add(it.email());
                });
        var clients =
                tx.createQuery(ERASE)
                        .bind("email", erasure.person().email())
                        .bind("pseudonym", erasure.pseudonym())
                        .bind("address", erasure.pseudonym() + "@apagado.invalid")
                        .mapTo(Long.class)
                        .list();
        clients.forEach(it -> forgetHistory(tx, it, erasure.pseudonym()));
        return new Erased(clients.size(), texts);
    }

    private static void forgetHistory(Handle tx, long client, String pseudonym) {
        tx.createUpdate(ERASE_HISTORY)
                .bind("client", client)
                .bind("pseudonym", pseudonym)
                .execute();
        tx.createUpdate(TELL).bind("client", client).execute();
    }

    @Override
    public int retire(Handle tx, Instant endedBefore, int most) {
        var clients =
                tx.createQuery(RETIRE)
                        .bind("before", endedBefore)
                        .bind("most", most)
                        .mapTo(Long.class)
                        .list();
        clients.forEach(it -> forgetHistory(tx, it, "apagado"));
        return clients.size();
    }

    /// First what nodes share, or this one would take it from there again.
    @Override
    public void erased() {
        shared.forget();
        live.forget();
    }
}
