package vintem.cashback;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;
import vintem.platform.BinaryArray;
import vintem.platform.Columns;

/// The tables `reseller` and `approved_cpf`, and every statement that touches them.
@Singleton
class ResellerTable {
    /// Purchases of this person need no validation.
    public record ApprovedCpf(
            UUID id, String cpf, LocalDate validFrom, @Nullable LocalDate validUntil) {}

    /// What an entered purchase needs to know of a reseller.
    ///
    /// @param approved their purchases need no validation on the day that was asked about
    /// @param rates how many rates were ever decided, which names the [RateBook]
    record Buyer(
            UUID id,
            String userName,
            @Nullable String fullName,
            String cpf,
            boolean approved,
            int rates) {}

    /// What to look for; null for anything.
    public record Filter(@Nullable UUID id, @Nullable String cpf, @Nullable String userName) {}

    // Of two with the same CPF or address the second one writes nothing, and is told which.
    private static final String INSERT =
            """
            insert into reseller (id, user_name, full_name, cpf, email, phone, created_at)
            values (:id, :userName, :fullName, :cpf, :email, :phone, :createdAt)
            on conflict do nothing
            """;

    private static final String OPEN_ACCOUNT =
            "insert into cashback_account (reseller_id) values (:id)";

    private static final String TAKEN =
            """
            select case when cpf = :cpf then 'cpf' else 'email' end from reseller
            where deleted_at is null and (cpf = :cpf or email = :email)
            order by 1 limit 1
            """;

    private static final String BY_ID = "select * from reseller where id = :id";

    private static final String BY_IDS = "select * from reseller where id = any(:ids)";

    private static final String BY_CPF =
            "select * from reseller where cpf = :cpf and deleted_at is null";

    private static final String BY_EMAIL =
            "select * from reseller where email = :email and deleted_at is null";

    // In one statement: it is asked for each list of purchases.
    private static final String BUYER =
            """
            select r.id, r.user_name, r.full_name, r.cpf, exists (
                       select from approved_cpf a
                       where a.cpf = r.cpf and a.valid_from <= :day
                       and (a.valid_until is null or a.valid_until >= :day)) as approved,
                   (select count(*) from cashback_rates) as rates
            from reseller r
            where r.deleted_at is null
            """;

    private static final String BUYERS = BUYER + "and (r.id = any(:ids) or r.cpf = any(:cpfs))";

    // The usual list names everybody by CPF: one index and nothing to put together.
    private static final String BUYERS_BY_CPF = BUYER + "and r.cpf = any(:cpfs)";

    private static final String WHICH =
            """
            from reseller
            where deleted_at is null
            and (:id::uuid is null or id = :id)
            and (:cpf::text is null or cpf = :cpf)
            and (:userName::text is null or user_name = :userName)
            """;

    private static final String COUNT = "select count(*) " + WHICH;

    private static final String PAGE =
            "select * " + WHICH + " order by id limit :size offset :skipped";

    private static final String AFTER =
            "select * " + WHICH + " and id > :last order by id limit :most";

    private static final String LOCK =
            "select * from reseller where id = :id and deleted_at is null for update";

    private static final String UPDATE =
            """
            update reseller set full_name = :fullName, email = :email, phone = :phone
            where id = :id returning *
            """;

    private static final String DELETE = "update reseller set deleted_at = :now where id = :id";

    private static final String FORGET =
            """
            update reseller
            set user_name = 'forgotten-' || id, full_name = null, cpf = null, email = null,
                phone = null, deleted_at = coalesce(deleted_at, :now), forgotten_at = :now
            where id = :id
            """;

    private static final String ALL_APPROVED =
            "select * from approved_cpf order by valid_from desc, id desc";

    private static final String APPROVE =
            """
            insert into approved_cpf (id, cpf, valid_from, valid_until)
            values (:id, :cpf, :validFrom, :validUntil)
            on conflict (id) do nothing
            """;

    private static final String END_APPROVAL =
            """
            update approved_cpf set valid_until = greatest(:day, valid_from)
            where id = :id and (valid_until is null or valid_until > :day)
            """;

    private static final String APPROVAL_EXISTS =
            "select exists (select from approved_cpf where id = :id)";

    /// Writes the reseller and an empty account for their cashback.
    ///
    /// @return false where somebody else has the CPF or the address
    boolean insert(Handle tx, Reseller reseller) {
        var written = tx.createUpdate(INSERT).bindMethods(reseller).execute() == 1;
        if (written) {
            tx.createUpdate(OPEN_ACCOUNT).bind("id", reseller.id()).execute();
        }
        return written;
    }

    /// `cpf` or `email`.
    Optional<String> taken(Handle tx, @Nullable String cpf, @Nullable String email) {
        return tx.createQuery(TAKEN)
                .bind("cpf", cpf)
                .bind("email", email)
                .mapTo(String.class)
                .findOne();
    }

    Optional<Reseller> byId(Handle tx, UUID id) {
        return one(tx, BY_ID, "id", id);
    }

    Map<UUID, Reseller> byIds(Handle tx, Collection<UUID> ids) {
        if (ids.isEmpty()) {
            return Map.of();
        }
        return tx.createQuery(BY_IDS)
                .bind("ids", BinaryArray.uuids(ids, it -> it))
                .map(ConstructorMapper.of(Reseller.class))
                .collect(Collectors.toMap(Reseller::id, it -> it));
    }

    Optional<Reseller> byCpf(Handle tx, String cpf) {
        return one(tx, BY_CPF, "cpf", cpf);
    }

    Optional<Reseller> byEmail(Handle tx, String email) {
        return one(tx, BY_EMAIL, "email", email);
    }

    /// Those of them who are there and not deleted.
    List<Buyer> buyers(Handle tx, Collection<UUID> ids, Collection<String> cpfs, LocalDate day) {
        var query = tx.createQuery(ids.isEmpty() ? BUYERS_BY_CPF : BUYERS);
        if (!ids.isEmpty()) {
            query.bind("ids", BinaryArray.uuids(ids, it -> it));
        }
        return query.bind("cpfs", BinaryArray.texts(cpfs, it -> it))
                .bind("day", day)
                .map(
                        (row, _) ->
                                new Buyer(
                                        Columns.uuid(row, "id"),
                                        row.getString("user_name"),
                                        row.getString("full_name"),
                                        row.getString("cpf"),
                                        row.getBoolean("approved"),
                                        row.getInt("rates")))
                .list();
    }

    long count(Handle tx, Filter filter) {
        return tx.createQuery(COUNT).bindMethods(filter).mapTo(Long.class).one();
    }

    List<Reseller> page(Handle tx, Filter filter, PageOf.Place place) {
        return tx.createQuery(PAGE)
                .bindMethods(filter)
                .bindMethods(place)
                .map(ConstructorMapper.of(Reseller.class))
                .list();
    }

    /// In the order of their ids.
    List<Reseller> after(Handle tx, Filter filter, UUID last, int most) {
        return tx.createQuery(AFTER)
                .bindMethods(filter)
                .bind("last", last)
                .bind("most", most)
                .map(ConstructorMapper.of(Reseller.class))
                .list();
    }

    Optional<Reseller> lock(Handle tx, UUID id) {
        return one(tx, LOCK, "id", id);
    }

    Reseller update(Handle tx, Reseller reseller) {
        return tx.createQuery(UPDATE)
                .bindMethods(reseller)
                .map(ConstructorMapper.of(Reseller.class))
                .one();
    }

    void delete(Handle tx, UUID id, Instant now) {
        tx.createUpdate(DELETE).bind("id", id).bind("now", now).execute();
    }

    void forget(Handle tx, UUID id, Instant now) {
        tx.createUpdate(FORGET).bind("id", id).bind("now", now).execute();
    }

    List<ApprovedCpf> allApproved(Handle tx) {
        return tx.createQuery(ALL_APPROVED).map(ConstructorMapper.of(ApprovedCpf.class)).list();
    }

    void approve(Handle tx, ApprovedCpf approved) {
        tx.createUpdate(APPROVE).bindMethods(approved).execute();
    }

    /// The day is the last one.
    ///
    /// @return false where there is no such entry
    boolean endApproval(Handle tx, UUID id, LocalDate day) {
        tx.createUpdate(END_APPROVAL).bind("id", id).bind("day", day).execute();
        return tx.createQuery(APPROVAL_EXISTS).bind("id", id).mapTo(Boolean.class).one();
    }

    private static Optional<Reseller> one(Handle tx, String query, String name, Object value) {
        return tx.createQuery(query)
                .bind(name, value)
                .map(ConstructorMapper.of(Reseller.class))
                .findOne();
    }
}
