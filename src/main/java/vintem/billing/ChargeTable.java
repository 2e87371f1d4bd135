package vintem.billing;

import jakarta.inject.Singleton;
import java.util.List;
import org.jdbi.v3.core.Handle;
import vintem.platform.BinaryCopy;

/// The table `charge`, and the statements that write it or read it in order to write.
@Singleton
class ChargeTable {
    private static final String COPY =
            """
            copy charge (id, debt_id, file_id, line, name, government_id, document_valid, email,
                         amount_cents, due_date, late_terms, billed, page_key, status, beneficiary_id,
                         boleto_number, boleto_due, bar_code, boleto_status, boleto_reason,
                         boleto_issued_at, created_at, updated_at)
            from stdin (format binary)
            """;

    void copy(Handle tx, List<NewCharge> list) {
        BinaryCopy.copy(tx, COPY, 23, list, ChargeTable::write);
    }

    private static void write(BinaryCopy.Row row, NewCharge charge) {
        row.uuid(charge.id()).text(charge.debtId());
        if (charge.fileId() == null) {
            row.none().none();
        } else {
            row.uuid(charge.fileId()).integer(charge.line());
        }
        row.text(charge.name())
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
}
