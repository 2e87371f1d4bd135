package vintem.billing;

import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.platform.BinaryArray;
import vintem.platform.BinaryCopy;
import vintem.platform.Columns;

/// The table `charge`, and the statements that write it or read it in order to write; and
/// `former_boleto`. [ChargeLookupTable] has the look-ups.
@Singleton
class ChargeTable {
    static final String SELECT =
            """
            select id, debt_id, file_id, line, name, government_id, document_valid, email,
                   amount_cents, due_date, late_terms, billed, page_key, status, paid_cents,
                   discount_cents, late_owed_cents, paid_at, beneficiary_id, boleto_number,
                   boleto_due, bar_code, boleto_status, boleto_reason, boleto_issued_at,
                   created_at, updated_at
            from charge
            """;

    private static final String COPY =
            """
            copy charge (id, debt_id, file_id, line, name, name_key, government_id, document_valid,
                         email, amount_cents, due_date, late_terms, billed, page_key, status, beneficiary_id,
                         boleto_number, boleto_due, bar_code, boleto_status, boleto_reason,
                         boleto_issued_at, created_at, updated_at)
            from stdin (format binary)
            """;

    // What may be null comes as text. A list that is run again finds its own rows: the ids are the
    // requests'.
    private static final String INSERT_NEW =
            """
            insert into charge
                (id, debt_id, name, name_key, government_id, document_valid, email, amount_cents,
                 due_date, late_terms, billed, page_key, status, beneficiary_id, boleto_number, boleto_due,
                 bar_code, boleto_status, boleto_reason, boleto_issued_at, created_at, updated_at)
            select id, debt_id, name, name_key, government_id, document_valid, email, amount_cents,
                   due_date, late_terms, billed, page_key, 'open', beneficiary_id, boleto_number, boleto_due,
                   bar_code, boleto_status, boleto_reason,
                   case when boleto_number is not null then created_at end, created_at, created_at
            from unnest(:ids, :debtIds, :names, :nameKeys, :documents, :valid, :emails, :amounts,
                        :dues::date[], :terms, :billed, :keys, :beneficiaries::integer[],
                        :numbers::bigint[], :boletoDues::date[], :barCodes, :boletoStatuses,
                        :reasons, :created)
                as c (id, debt_id, name, name_key, government_id, document_valid, email, amount_cents,
                      due_date, late_terms, billed, page_key, beneficiary_id, boleto_number,
                      boleto_due, bar_code, boleto_status, boleto_reason, created_at)
            order by debt_id
            on conflict (debt_id) do nothing
            returning id
            """;

    // Which charge a debt is never changes.
    private static final String IDS =
            "select debt_id, id from charge where debt_id = any(:debtIds)";

    // In one order everywhere, or two lists wait for each other.
    private static final String LOCK =
            SELECT
                    + """
                    where id = any(:ids) order by id for update
                    """;

    private static final String LOCK_OF_FILE =
            SELECT
                    + """
                    where file_id = :fileId and status in ('open', 'partially_paid') and id > :after
                    order by id limit :most for update
                    """;

    private static final String CHANGE =
            """
            update charge
            set status = c.status, paid_cents = c.paid_cents, discount_cents = c.discount_cents,
                late_owed_cents = c.late_owed_cents, paid_at = c.paid_at,
                boleto_status = c.boleto_status, updated_at = c.updated_at
            from unnest(:ids, :statuses, :paid, :discounts, :lateOwed, :paidAt, :boletoStatuses,
                        :updated)
                as c (id, status, paid_cents, discount_cents, late_owed_cents, paid_at,
                      boleto_status, updated_at)
            where charge.id = c.id
            """;

    private static final String KEEP_FORMER =
            """
            insert into former_boleto
                (beneficiary_id, boleto_number, charge_id, boleto_due, bar_code, boleto_status,
                 issued_at, replaced_at)
            values (:beneficiaryId, :number, :chargeId, :due, :barCode, :status, :at, :now)
            """;

    private static final String POSTPONE =
            """
            update charge
            set due_date = :dueDate, beneficiary_id = :beneficiaryId, boleto_number = :number,
                boleto_due = :due, bar_code = :barCode, boleto_status = :boletoStatus,
                boleto_reason = :boletoReason, boleto_issued_at = :at, updated_at = :updatedAt
            where id = :id
            """;

    void copy(Handle tx, List<NewCharge> list) {
        BinaryCopy.copy(tx, COPY, 24, list, ChargeTable::write);
    }

    private static void write(BinaryCopy.Row row, NewCharge charge) {
        row.uuid(charge.id()).text(charge.debtId());
        if (charge.fileId() == null) {
            row.none().none();
        } else {
            row.uuid(charge.fileId()).integer(charge.line());
        }
        row.text(charge.name())
                .text(NameKey.of(charge.name()))
                .text(charge.governmentId())
                .flag(charge.documentValid())
                .text(charge.email())
                .bigint(charge.amountCents())
                .date(charge.dueDate())
                .text(charge.lateTerms())
                .text(charge.billed().word())
                .uuid(charge.pageKey())
                .text("open");
        var boleto = charge.boleto();
        if (boleto == null) {
            row.none().none().none().none().text("none").none().none();
        } else {
            row.integer(boleto.beneficiaryId())
                    .bigint(boleto.number())
                    .date(boleto.due())
                    .text(boleto.barCode())
                    .text(boleto.status().word())
                    .text(boleto.reason())
                    .instant(charge.createdAt());
        }
        row.instant(charge.createdAt()).instant(charge.createdAt());
    }

    /// Writes those that nobody has been charged for yet.
    ///
    /// @return the ids of those that were written; the others' debts were charged before
    Set<UUID> insertNew(Handle tx, List<NewCharge> list) {
        return tx.createQuery(INSERT_NEW)
                .bind("ids", BinaryArray.uuids(list, NewCharge::id))
                .bind("debtIds", BinaryArray.texts(list, NewCharge::debtId))
                .bind("names", BinaryArray.texts(list, NewCharge::name))
                .bind("nameKeys", BinaryArray.texts(list, it -> NameKey.of(it.name())))
                .bind("documents", BinaryArray.texts(list, NewCharge::governmentId))
                .bind("valid", BinaryArray.flags(list, NewCharge::documentValid))
                .bind("emails", BinaryArray.texts(list, NewCharge::email))
                .bind("amounts", BinaryArray.longs(list, NewCharge::amountCents))
                .bind("dues", BinaryArray.texts(list, it -> it.dueDate().toString()))
                .bind("terms", BinaryArray.texts(list, NewCharge::lateTerms))
                .bind("billed", BinaryArray.texts(list, it -> it.billed().word()))
                .bind("keys", BinaryArray.uuids(list, NewCharge::pageKey))
                .bind("beneficiaries", boletos(list, NewBoleto::beneficiaryId))
                .bind("numbers", boletos(list, NewBoleto::number))
                .bind("boletoDues", boletos(list, NewBoleto::due))
                .bind("barCodes", boletos(list, NewBoleto::barCode))
                .bind(
                        "boletoStatuses",
                        BinaryArray.texts(
                                list,
                                it -> it.boleto() == null ? "none" : it.boleto().status().word()))
                .bind("reasons", boletos(list, NewBoleto::reason))
                .bind("created", BinaryArray.instants(list, NewCharge::createdAt))
                .mapTo(UUID.class)
                .set();
    }

    private static org.jdbi.v3.core.argument.Argument boletos(
            List<NewCharge> list, java.util.function.Function<NewBoleto, @Nullable Object> field) {
        return BinaryArray.texts(
                list,
                it -> {
                    var value = it.boleto() == null ? null : field.apply(it.boleto());
                    return value == null ? null : value.toString();
                });
    }

    /// The charges of these debts, those that exist.
    Map<String, UUID> ids(Handle tx, Set<String> debtIds) {
        var ids = new HashMap<String, UUID>(debtIds.size() * 2);
        tx.createQuery(IDS)
                .bind("debtIds", BinaryArray.texts(debtIds, it -> it))
                .map((row, _) -> Map.entry(row.getString("debt_id"), Columns.uuid(row, "id")))
                .forEach(each -> ids.put(each.getKey(), each.getValue()));
        return ids;
    }

    /// Locks these charges, those that exist.
    Map<UUID, Charge> lock(Handle tx, Collection<UUID> ids) {
        var charges = new HashMap<UUID, Charge>(ids.size() * 2);
        if (!ids.isEmpty()) {
            tx.createQuery(LOCK)
                    .bind("ids", BinaryArray.uuids(ids, it -> it))
                    .map((row, _) -> charge(row))
                    .forEach(each -> charges.put(each.id(), each));
        }
        return charges;
    }

    /// Locks charges of a file of which something is owed, in the order of their ids.
    List<Charge> lockOfFile(Handle tx, UUID fileId, UUID after, int most) {
        return tx.createQuery(LOCK_OF_FILE)
                .bind("fileId", fileId)
                .bind("after", after)
                .bind("most", most)
                .map((row, _) -> charge(row))
                .list();
    }

    /// Writes down how these charges, which are locked, stand now.
    void change(Handle tx, Collection<Charge> charges) {
        if (charges.isEmpty()) {
            return;
        }
        tx.createUpdate(CHANGE)
                .bind("ids", BinaryArray.uuids(charges, Charge::id))
                .bind("statuses", BinaryArray.texts(charges, it -> it.status().word()))
                .bind("paid", BinaryArray.longs(charges, it -> it.debt().paidCents()))
                .bind("discounts", BinaryArray.longs(charges, it -> it.debt().discountCents()))
                .bind("lateOwed", BinaryArray.longs(charges, it -> it.debt().lateOwedCents()))
                .bind("paidAt", BinaryArray.instants(charges, Charge::paidAt))
                .bind("boletoStatuses", BinaryArray.texts(charges, it -> it.boletoStatus().word()))
                .bind("updated", BinaryArray.instants(charges, Charge::updatedAt))
                .execute();
    }

    /// Gives a charge, which is locked, another due date and boleto. The number of the one before
    /// stays used.
    void postpone(Handle tx, Charge before, Charge after) {
        var former = before.boleto();
        if (former != null) {
            tx.createUpdate(KEEP_FORMER)
                    .bind("beneficiaryId", former.beneficiaryId())
                    .bind("number", former.number())
                    .bind("due", former.due())
                    .bind("barCode", former.barCode())
                    .bind("at", former.at())
                    .bind("chargeId", before.id())
                    .bind("status", before.boletoStatus().writtenOff().word())
                    .bind("now", after.updatedAt())
                    .execute();
        }
        var boleto = after.boleto();
        tx.createUpdate(POSTPONE)
                .bind("id", after.id())
                .bind("dueDate", after.dueDate())
                .bind("beneficiaryId", boleto == null ? null : boleto.beneficiaryId())
                .bind("number", boleto == null ? null : boleto.number())
                .bind("due", boleto == null ? null : boleto.due())
                .bind("barCode", boleto == null ? null : boleto.barCode())
                .bind("boletoStatus", after.boletoStatus().word())
                .bind("boletoReason", after.boletoReason())
                .bind("at", boleto == null ? null : boleto.at())
                .bind("updatedAt", after.updatedAt())
                .execute();
    }

    static Charge charge(ResultSet row) throws SQLException {
        var lateTerms = row.getString("late_terms");
        var terms = lateTerms == null ? LateTerms.NONE : LateTerms.of(lateTerms);
        var number = Columns.longOrNull(row, "boleto_number");
        return new Charge(
                Columns.uuid(row, "id"),
                row.getString("debt_id"),
                Columns.uuidOrNull(row, "file_id"),
                row.getInt("line"),
                row.getString("name"),
                row.getString("government_id"),
                row.getBoolean("document_valid"),
                row.getString("email"),
                terms,
                Billed.of(row.getString("billed")).orElseThrow(),
                Columns.uuid(row, "page_key"),
                ChargeStatus.of(row.getString("status")).orElseThrow(),
                new Debt(
                        row.getLong("amount_cents"),
                        row.getLong("paid_cents"),
                        row.getLong("discount_cents"),
                        row.getLong("late_owed_cents"),
                        day(row, "due_date"),
                        terms),
                Columns.instantOrNull(row, "paid_at"),
                number == null
                        ? null
                        : new Charge.Issued(
                                row.getInt("beneficiary_id"),
                                number,
                                day(row, "boleto_due"),
                                row.getString("bar_code"),
                                Columns.instant(row, "boleto_issued_at")),
                BoletoStatus.of(row.getString("boleto_status")),
                row.getString("boleto_reason"),
                Columns.instant(row, "created_at"),
                Columns.instant(row, "updated_at"));
    }

    static LocalDate day(ResultSet row, String name) throws SQLException {
        return Objects.requireNonNull(row.getObject(name, LocalDate.class));
    }
}
