package vintem.cashback;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;
import vintem.access.Caller;
import vintem.access.ResellerAccounts;
import vintem.platform.PersonalData;

/// What cashback keeps about resellers. Forgetting is what it is when they ask for it themselves:
/// their account goes, too, and the rows of their purchases stay.
@Singleton
class SellerTable implements PersonalData {
    private static final String MEANT =
            """
            (r.cpf = :taxId or lower(r.email) = :email or r.id = any(:ids))
            """;

    private static final String FIND =
            """
            select 'reseller' as type, r.id::text as id, r.created_at as at,
                   case when r.deleted_at is null then 'active' else 'deleted' end as detail
            from reseller r
            where r.forgotten_at is null
            and (r.cpf = :taxId or lower(r.email) = :email or r.id = any(:ids)
                 or lower(r.full_name) = lower(:name))
            order by r.id desc limit :most
            """;

    private static final String EXPORT =
            """
            select (to_jsonb(r) || jsonb_build_object(
                       'purchases', (select jsonb_agg(to_jsonb(p)) from purchase p
                                     where p.reseller_id = r.id),
                       'redemptions', (select jsonb_agg(to_jsonb(d)) from cashback_redemption d
                                       where d.reseller_id = r.id)))::text
            from reseller r where %s order by r.id
            """
                    .formatted(MEANT);

    private static final String ROWS =
            """
            select r.id, r.user_name, r.full_name, r.cpf, r.email, r.phone
            from reseller r where r.forgotten_at is null and %s order by r.id
            """
                    .formatted(MEANT);

    private static final String UNAPPROVE = "delete from approved_cpf where cpf = :taxId";

    // Why a purchase was rejected, in somebody's own words.
    private static final String REDACT_REASONS =
            """
            update purchase set reason = :pseudonym
            where reason is not null
            and exists (select from unnest(:texts) t where position(lower(t) in lower(reason)) > 0)
            """;

    private static final String RETIRED =
            """
            select id from reseller
            where id < :first and deleted_at < :before and forgotten_at is null
            order by id limit :most for update skip locked
            """;

    private static final String RETIRE_KEYS =
            """
            update cashback_redemption set pix_key = null
            where id in (
                select id from cashback_redemption
                where id < :first and pix_key is not null and ended_at < :before
                and status <> 'processing'
                order by id limit :most for update skip locked)
            """;

    public record Row(
            UUID id,
            String userName,
            @Nullable String fullName,
            @Nullable String cpf,
            @Nullable String email,
            @Nullable String phone) {}

    private final ResellerTable resellers;
    private final MonthTable months;
    private final RedemptionTable redemptions;
    private final ResellerAccounts accounts;
    private final CashbackApi api;
    private final Clock clock;

    @Inject
    SellerTable(
            ResellerTable resellers,
            MonthTable months,
            RedemptionTable redemptions,
            ResellerAccounts accounts,
            CashbackApi api,
            Clock clock) {
        this.resellers = resellers;
        this.months = months;
        this.redemptions = redemptions;
        this.accounts = accounts;
        this.api = api;
        this.clock = clock;
    }

    @Override
    public String where() {
        return "cashback";
    }

    @Override
    public List<Found> find(Handle tx, Person person, int most) {
        return bind(tx.createQuery(FIND), person)
                .bind("name", person.name())
                .bind("most", most)
                .map(ConstructorMapper.of(Found.class))
                .list();
    }

    @Override
    public List<String> export(Handle tx, Person person) {
        return bind(tx.createQuery(EXPORT), person).mapTo(String.class).list();
    }

    @Override
    public Optional<String> obstacle(Handle tx, Person person) {
        var rows = rows(tx, person);
        // Whoever asks for a payout waits here, and finds no CPF afterwards.
        months.lockAccounts(tx, rows.stream().map(Row::id).toList());
        return rows.stream().anyMatch(it -> redemptions.isAnyUnderWay(tx, it.id()))
                ? Optional.of("payout-under-way")
                : Optional.empty();
    }

    @Override
    public Erased erase(Handle tx, Erasure erasure) {
        var rows = rows(tx, erasure.person());
        var texts = new HashSet<String>();
        for (var row : rows) {
            add(texts, row.userName());
            add(texts, row.fullName());
            add(texts, row.cpf());
            add(texts, row.email());
            add(texts, row.phone());
            resellers.forget(tx, row.id(), erasure.now());
            redemptions.forgetKeys(tx, row.id());
            accounts.forget(tx, Caller.SYSTEM, row.id());
        }
        var approved = tx.createUpdate(UNAPPROVE).bind("taxId", erasure.person().taxId()).execute();
        return new Erased(rows.size() + approved, texts);
    }

    @Override
    public long redact(Handle tx, Set<String> texts, String pseudonym) {
        return tx.createUpdate(REDACT_REASONS)
                .bindArray("texts", String.class, List.copyOf(texts))
                .bind("pseudonym", pseudonym)
                .execute();
    }

    /// Keys that were paid long ago, of everybody; and those who are resellers no more for as long.
    @Override
    public int retire(Handle tx, Instant endedBefore, int most) {
        var first = new UUID(endedBefore.toEpochMilli() << 16, 0);
        var gone =
                tx.createQuery(RETIRED)
                        .bind("first", first)
                        .bind("before", endedBefore)
                        .bind("most", most)
                        .mapTo(UUID.class)
                        .list();
        for (var id : gone) {
            resellers.forget(tx, id, clock.instant());
            accounts.forget(tx, Caller.SYSTEM, id);
        }
        var keys =
                tx.createUpdate(RETIRE_KEYS)
                        .bind("first", first)
                        .bind("before", endedBefore)
                        .bind("most", most)
                        .execute();
        return gone.size() + keys;
    }

    @Override
    public void erased() {
        accounts.closed();
        api.forget();
    }

    private static List<Row> rows(Handle tx, Person person) {
        return bind(tx.createQuery(ROWS), person).map(ConstructorMapper.of(Row.class)).list();
    }

    private static void add(Set<String> texts, @Nullable String text) {
        if (text != null) {
            texts.add(text);
        }
    }

    private static <T extends SqlStatement<T>> T bind(T statement, Person person) {
        return statement
                .bind("taxId", person.taxId())
                .bind("email", person.email())
                .bind("ids", person.ids().toArray(UUID[]::new));
    }
}
