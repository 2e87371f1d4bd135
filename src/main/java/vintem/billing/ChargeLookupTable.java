package vintem.billing;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jspecify.annotations.Nullable;
import vintem.platform.BinaryArray;
import vintem.platform.Columns;

/// The look-ups of charges, each by an index of its own: a page of fifty reads some fifty rows,
/// whether there are a hundred charges or a million.
@Singleton
class ChargeLookupTable {
    /// What to list; null or empty where anything goes.
    ///
    /// @param documents how a CPF or CNPJ may have been given
    /// @param name how the key of the debtor's name begins
    public record Filter(
            Set<ChargeStatus> statuses,
            @Nullable LocalDate dueFrom,
            @Nullable LocalDate dueTo,
            @Nullable List<String> documents,
            @Nullable String email,
            @Nullable String name,
            @Nullable String debtId,
            @Nullable UUID fileId,
            @Nullable UUID after) {}

    /// A boleto that another one has replaced.
    public record Former(
            int beneficiaryId,
            long number,
            LocalDate due,
            String barCode,
            BoletoStatus status,
            Instant issuedAt,
            Instant replacedAt) {
        Boleto boleto() {
            return new Boleto(barCode, due);
        }
    }

    private static final UUID LAST = new UUID(Long.MAX_VALUE, -1);
    private static final LocalDate FIRST_DAY = LocalDate.of(1, 1, 1);
    private static final LocalDate LAST_DAY = LocalDate.of(9999, 12, 31);

    private static final String FIND =
            ChargeTable.SELECT
                    + """
                    where id = :id
                    """;

    private static final String FIND_ALL =
            ChargeTable.SELECT
                    + """
                    where id = any(:ids)
                    """;

    private static final String FIND_BY_DEBT =
            ChargeTable.SELECT
                    + """
                    where debt_id = any(:debtIds)
                    """;

    // Ids are dated: newest first is the order of the key.
    private static final String NEWEST =
            ChargeTable.SELECT
                    + """
                    where id < :before order by id desc limit :most
                    """;

    // The beginning of the list of each status, and the first of all of them. Not `status =`: where
    // nearly all have one status, those of another were looked for in the order of the key, to its
    // end.
    private static final String OF_STATUSES =
            """
            select c.* from unnest(:statuses) as wanted (status)
            cross join lateral (
                select * from charge
                where (charge.status, id) < (wanted.status, :before)
                and charge.status >= wanted.status
                order by charge.status desc, id desc limit :most) c
            order by c.id desc limit :most
            """;

    private static final String OF_FILE =
            """
            select c.* from unnest(:statuses) as wanted (status)
            cross join lateral (
                select * from charge
                where file_id is not null
                and (file_id, charge.status) >= (:fileId, wanted.status)
                and (file_id, charge.status, id) < (:fileId, wanted.status, :before)
                order by file_id desc, charge.status desc, id desc limit :most) c
            order by c.id desc limit :most
            """;

    // The soonest first. The place after which it goes on is a charge's, as it stands now.
    private static final String BY_DUE_DATE =
            """
            select c.* from unnest(:statuses) as wanted (status)
            cross join lateral (
                select * from charge
                where charge.status = wanted.status
                and (due_date, id) > (
                    greatest(:from,
                             coalesce((select due_date from charge where id = :after), :from)),
                    coalesce(:after, '00000000-0000-0000-0000-000000000000'::uuid))
                and due_date between :from and :to
                and (:fileId::uuid is null or file_id = :fileId)
                order by due_date, id limit :most) c
            order by c.due_date, c.id limit :most
            """;

    // A debtor has few charges: whatever else is asked is looked for among them.
    private static final String AMONG_THEM =
            """
            and status = any(:statuses) and due_date between :from and :to
            and (:fileId::uuid is null or file_id = :fileId)
            """;

    private static final String OF_DOCUMENT =
            ChargeTable.SELECT
                    + """
                    where government_id = any(:documents) and id < :before
                    """
                    + AMONG_THEM
                    + "order by id desc limit :most";

    private static final String OF_EMAIL =
            ChargeTable.SELECT
                    + """
                    where email = :email and id < :before
                    """
                    + AMONG_THEM
                    + "order by id desc limit :most";

    // By name, since many may begin so.
    private static final String BY_NAME =
            ChargeTable.SELECT
                    + """
                    where name_key >= :name and name_key < :beyond
                    and (:after::uuid is null
                         or (name_key, id)
                            > ((select name_key from charge where id = :after), :after))
                    """
                    + AMONG_THEM
                    + """
                    order by name_key, id limit :most
                    """;

    private static final String FORMER =
            """
            select beneficiary_id, boleto_number, boleto_due, bar_code, boleto_status, issued_at,
                   replaced_at
            from former_boleto where charge_id = :chargeId order by replaced_at, boleto_number
            """;

    private static final String EMAILS =
            """
            select reason, status, queued_at from charge_email
            where charge_id = :chargeId order by queued_at, reason
            """;

    Optional<Charge> find(Handle tx, UUID id) {
        return tx.createQuery(FIND)
                .bind("id", id)
                .map((row, _) -> ChargeTable.charge(row))
                .findOne();
    }

    /// Those of them that exist, in no order.
    List<Charge> find(Handle tx, Collection<UUID> ids) {
        return tx.createQuery(FIND_ALL)
                .bind("ids", BinaryArray.uuids(ids, it -> it))
                .map((row, _) -> ChargeTable.charge(row))
                .list();
    }

    /// The charges of these debts, those that exist, in no order.
    List<Charge> findByDebt(Handle tx, Collection<String> debtIds) {
        return tx.createQuery(FIND_BY_DEBT)
                .bind("debtIds", BinaryArray.texts(debtIds, it -> it))
                .map((row, _) -> ChargeTable.charge(row))
                .list();
    }

    /// Newest first; by due date where days are asked for, by name where a name is.
    List<Charge> list(Handle tx, Filter filter, int most) {
        if (filter.debtId() != null) {
            return filter.after() == null
                    ? findByDebt(tx, List.of(filter.debtId())).stream()
                            .filter(each -> fits(each, filter))
                            .toList()
                    : List.of();
        }
        var query = tx.createQuery(statement(filter));
        // Not every list asks for all of it.
        query.getConfig(SqlStatements.class).setUnusedBindingAllowed(true);
        return query.bind("statuses", BinaryArray.texts(statuses(filter), ChargeStatus::word))
                .bind("before", filter.after() == null ? LAST : filter.after())
                .bind("after", filter.after())
                .bind("from", from(filter))
                .bind("to", to(filter))
                .bind("fileId", filter.fileId())
                .bind(
                        "documents",
                        BinaryArray.texts(
                                filter.documents() == null ? List.of() : filter.documents(),
                                it -> it))
                .bind("email", filter.email())
                .bind("name", filter.name())
                // No character is greater.
                .bind("beyond", filter.name() == null ? null : filter.name() + "\uDBFF\uDFFF")
                .bind("most", most)
                .map((row, _) -> ChargeTable.charge(row))
                .list();
    }

    private static String statement(Filter filter) {
        if (filter.documents() != null) {
            return OF_DOCUMENT;
        }
        if (filter.email() != null) {
            return OF_EMAIL;
        }
        if (filter.name() != null) {
            return BY_NAME;
        }
        if (filter.dueFrom() != null || filter.dueTo() != null) {
            return BY_DUE_DATE;
        }
        if (filter.fileId() != null) {
            return OF_FILE;
        }
        return filter.statuses().isEmpty() ? NEWEST : OF_STATUSES;
    }

    private static Set<ChargeStatus> statuses(Filter filter) {
        return filter.statuses().isEmpty() ? EnumSet.allOf(ChargeStatus.class) : filter.statuses();
    }

    private static LocalDate from(Filter filter) {
        return filter.dueFrom() == null ? FIRST_DAY : filter.dueFrom();
    }

    private static LocalDate to(Filter filter) {
        return filter.dueTo() == null ? LAST_DAY : filter.dueTo();
    }

    private static boolean fits(Charge charge, Filter filter) {
        return statuses(filter).contains(charge.status())
                && !charge.dueDate().isBefore(from(filter))
                && !charge.dueDate().isAfter(to(filter))
                && (filter.documents() == null
                        || filter.documents().contains(charge.governmentId()))
                && (filter.email() == null || filter.email().equals(charge.email()))
                && (filter.name() == null || NameKey.of(charge.name()).startsWith(filter.name()))
                && (filter.fileId() == null || filter.fileId().equals(charge.fileId()));
    }

    List<ChargesHttp.EmailLine> emails(Handle tx, UUID chargeId) {
        return tx.createQuery(EMAILS)
                .bind("chargeId", chargeId)
                .map(
                        (row, _) ->
                                new ChargesHttp.EmailLine(
                                        row.getString("reason"),
                                        row.getString("status"),
                                        Columns.instant(row, "queued_at")))
                .list();
    }

    List<Former> former(Handle tx, UUID chargeId) {
        return tx.createQuery(FORMER)
                .bind("chargeId", chargeId)
                .map(
                        (row, _) ->
                                new Former(
                                        row.getInt("beneficiary_id"),
                                        row.getLong("boleto_number"),
                                        ChargeTable.day(row, "boleto_due"),
                                        row.getString("bar_code"),
                                        BoletoStatus.of(row.getString("boleto_status")),
                                        Columns.instant(row, "issued_at"),
                                        Columns.instant(row, "replaced_at")))
                .list();
    }
}
