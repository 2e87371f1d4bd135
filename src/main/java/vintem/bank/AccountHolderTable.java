package vintem.bank;

import jakarta.inject.Singleton;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import vintem.platform.PersonalData;

/// Whom the sandbox's bank has paid. A real bank forgets by its own rules; this one is a game, and
/// keeps nothing as a proof.
@Singleton
class AccountHolderTable implements PersonalData {
    private static final String FIND =
            """
            select 'bank_payment' as type, provider_id as id, settled_at as at, status as detail
            from simulated_bank.payment where pix_key = any(:keys)
            order by settled_at desc limit :most
            """;

    private static final String EXPORT =
            """
            select to_jsonb(p)::text from simulated_bank.payment p where pix_key = any(:keys)
            """;

    private static final String ERASE =
            "update simulated_bank.payment set pix_key = :pseudonym where pix_key = any(:keys)";

    @Override
    public String where() {
        return "bank";
    }

    @Override
    public List<Found> find(Handle tx, Person person, int most) {
        return tx.createQuery(FIND)
                .bindArray("keys", String.class, person.keys())
                .bind("most", most)
                .map(ConstructorMapper.of(Found.class))
                .list();
    }

    @Override
    public List<String> export(Handle tx, Person person) {
        return tx.createQuery(EXPORT)
                .bindArray("keys", String.class, person.keys())
                .mapTo(String.class)
                .list();
    }

    @Override
    public Erased erase(Handle tx, Erasure erasure) {
        var rows =
                tx.createUpdate(ERASE)
                        .bindArray("keys", String.class, erasure.person().keys())
                        .bind("pseudonym", erasure.pseudonym())
                        .execute();
        return new Erased(rows, Set.of());
    }
}
