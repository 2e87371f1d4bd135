package vintem.cashback;

import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.platform.BinaryArray;
import vintem.platform.Columns;

/// The table `purchase`, and every statement that touches it.
@Singleton
class PurchaseTable {
    /// Which purchases; null for all.
    public record Filter(
            @Nullable UUID resellerId,
            @Nullable LocalDate from,
            @Nullable LocalDate until,
            @Nullable String status,
            @Nullable String code) {
        static Filter of(UUID resellerId) {
            return new Filter(resellerId, null, null, null, null);
        }
    }

    /// How a purchase was judged.
    public record Judgement(
            UUID id,
            UUID purchaseId,
            String status,
            Instant at,
            UUID by,
            @Nullable String reason) {}

    /// A purchase under its lock.
    ///
    /// @param judgementId the request that judged it last
    public record Locked(Purchase purchase, @Nullable UUID judgementId) {}

    /// A row of a list that stands.
    ///
    /// @param fresh this very transaction wrote it; where not, an earlier run of the same list did
    public record Standing(UUID id, boolean fresh) {}

    private static final String COLUMNS =
            """
            id, code, reseller_id, amount_cents, bought_on, status, created_at, judged_at, reason
            """;

    // The unique index on the code decides who was first. A list that is run again finds its own
    // rows. Sorted, so that two lists with the same codes wait for each other in one direction
    // only.
    private static final String INSERT =
            """
            insert into purchase
                (id, code, reseller_id, amount_cents, bought_on, status, created_at, judged_at)
            select id, code, reseller_id, amount_cents, date '1970-01-01' + bought_on, status,
                   created_at, judged_at
            from unnest(:ids, :codes, :resellers, :amounts, :days, :statuses, :created, :judged)
                as p (id, code, reseller_id, amount_cents, bought_on, status, created_at,
                      judged_at)
            order by code
            on conflict do nothing
            """;

    // Asked only where not all of a list were new: to hand every id back costs each of them.
    private static final String STANDING =
            """
            select id, xmin = pg_current_xact_id()::xid as fresh from purchase
            where id = any(:ids) and deleted_at is null
            """;

    private static final String OF_IDS =
            "select " + COLUMNS + " from purchase where id = any(:ids) and deleted_at is null";

    // In one order everywhere, or two lists wait for each other.
    private static final String LOCK =
            "select id from purchase where id = any(:ids) order by id for update";

    private static final String LOCKED =
            "select judgement_id, "
                    + COLUMNS
                    + " from purchase where id = any(:ids) and deleted_at is null";

    private static final String JUDGE =
            """
            update purchase
            set status = j.status, judgement_id = j.id, judged_at = j.at, judged_by = j.by,
                reason = j.reason
            from unnest(:ids, :purchases, :statuses, :ats, :bys, :reasons)
                as j (id, purchase_id, status, at, by, reason)
            where purchase.id = j.purchase_id
            """;

    private static final String UPDATE =
            """
            update purchase set code = :code, amount_cents = :amountCents, bought_on = :boughtOn
            where id = :id and status = 'validating' and deleted_at is null
            """;

    private static final String DELETE =
            """
            update purchase set deleted_at = :now
            where id = :id and status = 'validating' and deleted_at is null
            """;

    private static final String WHICH =
            """
            from purchase
            where deleted_at is null
            and (:from::date is null or bought_on >= :from)
            and (:until::date is null or bought_on < :until)
            and (:status::text is null or status = :status)
            and (:code::text is null or code = :code)
            """;

    // Not by a condition that may be about nobody: this one can be planned once and for all.
    private static final String WHICH_OF_RESELLER =
            """
            from purchase
            where reseller_id = :resellerId and deleted_at is null
            and bought_on >= coalesce(:from::date, date '0001-01-01')
            and bought_on < coalesce(:until::date, date '9999-12-31')
            and (:status::text is null or status = :status)
            and (:code::text is null or code = :code)
            """;

    private static final String COUNT = "select count(*) " + WHICH;

    private static final String COUNT_OF_RESELLER = "select count(*) " + WHICH_OF_RESELLER;

    // Ids follow each other in time.
    private static final String PAGE =
            "select " + COLUMNS + WHICH + " order by id desc limit :size offset :skipped";

    private static final String PAGE_OF_RESELLER =
            "select "
                    + COLUMNS
                    + WHICH_OF_RESELLER
                    + " order by bought_on desc, id desc limit :size offset :skipped";

    // By the key of the order: a skipped row is read all the same.
    private static final String AFTER =
            "select "
                    + COLUMNS
                    + WHICH
                    + """
                    and (:lastId::uuid is null or id < :lastId)
                    order by id desc limit :most
                    """;

    private static final String AFTER_OF_RESELLER =
            "select "
                    + COLUMNS
                    + WHICH_OF_RESELLER
                    + """
                    and (:lastDay::date is null or (bought_on, id) < (:lastDay, :lastId))
                    order by bought_on desc, id desc limit :most
                    """;

    private static final String WAITING =
            """
            select count(*) from purchase where status = 'validating' and deleted_at is null
            """;

    private static final String OF_RESELLER =
            "select "
                    + COLUMNS
                    + """
                    from purchase where reseller_id = :resellerId and deleted_at is null
                    order by bought_on desc, id desc limit :most
                    """;

    /// Writes those whose codes are free and whose ids no earlier run of the same list has written.
    ///
    /// @return how many that were; where not all, [#standing] says which
    int insert(Handle tx, List<Purchase> purchases) {
        return tx.createUpdate(INSERT)
                .bind("ids", BinaryArray.uuids(purchases, Purchase::id))
                .bind("codes", BinaryArray.texts(purchases, Purchase::code))
                .bind("resellers", BinaryArray.uuids(purchases, Purchase::resellerId))
                .bind("amounts", BinaryArray.longs(purchases, Purchase::amountCents))
                .bind("days", BinaryArray.ints(purchases, it -> (int) it.boughtOn().toEpochDay()))
                .bind("statuses", BinaryArray.texts(purchases, it -> it.status().word()))
                .bind("created", BinaryArray.instants(purchases, Purchase::createdAt))
                .bind("judged", BinaryArray.instants(purchases, Purchase::judgedAt))
                .execute();
    }

    Map<UUID, Standing> standing(Handle tx, List<Purchase> purchases) {
        var standing = new HashMap<UUID, Standing>();
        tx.createQuery(STANDING)
                .bind("ids", BinaryArray.uuids(purchases, Purchase::id))
                .map((row, _) -> new Standing(Columns.uuid(row, "id"), row.getBoolean("fresh")))
                .forEach(it -> standing.put(it.id(), it));
        return standing;
    }

    /// Those of them that exist and are not deleted.
    Map<UUID, Purchase> find(Handle tx, Collection<UUID> ids) {
        var found = new HashMap<UUID, Purchase>();
        tx.createQuery(OF_IDS)
                .bind("ids", BinaryArray.uuids(ids, it -> it))
                .map((row, _) -> purchase(row))
                .forEach(it -> found.put(it.id(), it));
        return found;
    }

    Optional<Purchase> find(Handle tx, UUID id) {
        return Optional.ofNullable(find(tx, List.of(id)).get(id));
    }

    /// Locks them and reads what they are under the lock.
    Map<UUID, Locked> lock(Handle tx, Collection<UUID> ids) {
        tx.createQuery(LOCK).bind("ids", BinaryArray.uuids(ids, it -> it)).mapTo(UUID.class).list();
        var locked = new HashMap<UUID, Locked>();
        tx.createQuery(LOCKED)
                .bind("ids", BinaryArray.uuids(ids, it -> it))
                .map((row, _) -> new Locked(purchase(row), Columns.uuidOrNull(row, "judgement_id")))
                .forEach(it -> locked.put(it.purchase().id(), it));
        return locked;
    }

    void judge(Handle tx, List<Judgement> judgements) {
        tx.createUpdate(JUDGE)
                .bind("ids", BinaryArray.uuids(judgements, Judgement::id))
                .bind("purchases", BinaryArray.uuids(judgements, Judgement::purchaseId))
                .bind("statuses", BinaryArray.texts(judgements, Judgement::status))
                .bind("ats", BinaryArray.instants(judgements, Judgement::at))
                .bind("bys", BinaryArray.uuids(judgements, Judgement::by))
                .bind("reasons", BinaryArray.texts(judgements, Judgement::reason))
                .execute();
    }

    /// @return false where it is not open any more
    boolean update(Handle tx, Purchase purchase) {
        return tx.createUpdate(UPDATE)
                        .bind("id", purchase.id())
                        .bind("code", purchase.code())
                        .bind("amountCents", purchase.amountCents())
                        .bind("boughtOn", purchase.boughtOn())
                        .execute()
                == 1;
    }

    /// @return false where it is not open any more
    boolean delete(Handle tx, UUID id, Instant now) {
        return tx.createUpdate(DELETE).bind("id", id).bind("now", now).execute() == 1;
    }

    long count(Handle tx, Filter filter) {
        return tx.createQuery(filter.resellerId() == null ? COUNT : COUNT_OF_RESELLER)
                .bindMethods(filter)
                .mapTo(Long.class)
                .one();
    }

    /// One reseller's by day, everybody's as they were entered; the newest first.
    List<Purchase> page(Handle tx, Filter filter, PageOf.Place place) {
        return tx.createQuery(filter.resellerId() == null ? PAGE : PAGE_OF_RESELLER)
                .bindMethods(filter)
                .bindMethods(place)
                .map((row, _) -> purchase(row))
                .list();
    }

    /// Those that come after one in the same order; all where that one is null.
    List<Purchase> after(Handle tx, Filter filter, @Nullable Purchase last, int most) {
        var query = tx.createQuery(filter.resellerId() == null ? AFTER : AFTER_OF_RESELLER);
        if (filter.resellerId() != null) {
            query.bind("lastDay", last == null ? null : last.boughtOn());
        }
        return query.bindMethods(filter)
                .bind("lastId", last == null ? null : last.id())
                .bind("most", most)
                .map((row, _) -> purchase(row))
                .list();
    }

    /// How many wait for the company.
    long waiting(Handle tx) {
        return tx.createQuery(WAITING).mapTo(Long.class).one();
    }

    /// The newest of one reseller.
    List<Purchase> ofReseller(Handle tx, UUID resellerId, int most) {
        return tx.createQuery(OF_RESELLER)
                .bind("resellerId", resellerId)
                .bind("most", most)
                .map((row, _) -> purchase(row))
                .list();
    }

    private static Purchase purchase(ResultSet row) throws SQLException {
        return new Purchase(
                Columns.uuid(row, "id"),
                row.getString("code"),
                Columns.uuid(row, "reseller_id"),
                row.getLong("amount_cents"),
                row.getObject("bought_on", LocalDate.class),
                PurchaseStatus.ofWord(row.getString("status")),
                Columns.instant(row, "created_at"),
                Columns.instantOrNull(row, "judged_at"),
                row.getString("reason"));
    }
}
