package vintem.billing;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import vintem.Http;
import vintem.MovableClock;
import vintem.Rows;
import vintem.World;
import vintem.platform.Database;

/// Whatever is broken past the product is named.
@QuarkusTest
@QuarkusTestResource(World.class)
class BillingProofTest {
    private static final String THEN = "2026-01-05 10:00:00";

    @Inject BillingProof proof;
    @Inject Database database;
    @Inject MovableClock clock;

    private final Http creditor = Http.admin();

    @AfterEach
    void the_books_are_whole_again() {
        assertThat(wrong()).isEmpty();
    }

    @Test
    void more_settled_than_was_paid_is_named() {
        var id = paidInPart();
        broken(
                "update charge set paid_cents = paid_cents + 1 where id = '%s'".formatted(id),
                "update charge set paid_cents = paid_cents - 1 where id = '%s'".formatted(id),
                "charge " + id + ": its settlements do not tell what was paid",
                "account receivable and what is owed of the charges differ");
    }

    @Test
    void another_amount_than_its_receivable_is_named() {
        var id = charge();
        broken(
                "update charge set amount_cents = amount_cents + 1 where id = '%s'".formatted(id),
                "update charge set amount_cents = amount_cents - 1 where id = '%s'".formatted(id),
                "charge " + id + ": it has not one receivable of its amount",
                "account receivable and what is owed of the charges differ");
    }

    @Test
    void another_account_than_it_was_billed_to_is_named() {
        var id = charge();
        broken(
                "update charge set billed = 'revenue' where id = '%s'".formatted(id),
                "update charge set billed = 'already_recognised' where id = '%s'".formatted(id),
                "charge " + id + ": it has not one receivable of its amount");
    }

    @Test
    void a_charge_cancelled_past_the_books_is_named() {
        var id = charge();
        broken(
                "update charge set status = 'cancelled' where id = '%s'".formatted(id),
                "update charge set status = 'open' where id = '%s'".formatted(id),
                "charge " + id + ": its transfers do not tell whether it is cancelled",
                "account receivable and what is owed of the charges differ");
    }

    @Test
    void a_settlement_divided_otherwise_than_it_was_booked_is_named() {
        var id = paidInPart();
        var settlement =
                Rows.text("select id from charge_settlement where charge_id = '%s'".formatted(id));
        broken(
                ("update charge_settlement set principal_cents = principal_cents - 1,"
                                + " credit_cents = 1, reason = 'overpaid' where id = '%s'")
                        .formatted(settlement),
                ("update charge_settlement set principal_cents = principal_cents + 1,"
                                + " credit_cents = 0, reason = null where id = '%s'")
                        .formatted(settlement),
                "settlement " + settlement + ": its transfers do not tell how it was divided",
                "charge " + id + ": its settlements do not tell what was paid",
                "account debtor_credit and what was paid too much differ");
    }

    @Test
    void a_number_of_a_boleto_that_is_used_twice_is_named() {
        var id = charge();
        broken(
                ("insert into former_boleto select beneficiary_id, boleto_number, id, boleto_due,"
                                + " bar_code, 'written_off', created_at, created_at from charge"
                                + " where id = '%s'")
                        .formatted(id),
                "delete from former_boleto where charge_id = '%s'".formatted(id),
                "1 numbers of boletos are used twice");
    }

    @Test
    void a_number_that_was_never_taken_is_named() {
        var id = charge();
        broken(
                "update charge set boleto_number = boleto_number + 1000000 where id = '%s'"
                        .formatted(id),
                "update charge set boleto_number = boleto_number - 1000000 where id = '%s'"
                        .formatted(id),
                "1 numbers of boletos were never taken");
    }

    @Test
    void rows_that_belong_to_no_charge_are_counted() {
        broken(
                "insert into charge_email values (gen_random_uuid(), 'issued', 'queued', now())",
                "delete from charge_email e where not exists"
                        + " (select from charge where id = e.charge_id)",
                "1 transfers or rows belong to no charge");
    }

    @Test
    void a_pix_that_was_paid_for_no_charge_is_named() {
        broken(
                "insert into payment (id, txid, mode, status, amount_cents, purpose,"
                        + " copy_and_paste, created_at, expires_at, paid_at, paid_cents) values"
                        + " ('00000000-0000-7000-8000-000000000001', 'broken', 'static', 'paid',"
                        + " 5, 'clearing:billing', 'x', now(), now(), now(), 5)",
                "delete from payment where txid = 'broken'",
                "account clearing:billing and the Pix payments and refunds that await their"
                        + " charges differ");
    }

    /// Breaks the books, looks, and mends them.
    private void broken(String breaking, String mending, String... expected) {
        Rows.change(breaking);
        List<String> found;
        try {
            found = wrong();
        } finally {
            Rows.change(mending);
        }
        assertThat(found).hasSize(expected.length);
        for (var sentence : expected) {
            assertThat(found).anyMatch(it -> it.startsWith(sentence));
        }
    }

    private List<String> wrong() {
        return database.snapshot(proof::refute);
    }

    private String charge() {
        return charge(Debts.newDebt());
    }

    private String charge(String debt) {
        return Debts.charge(creditor, Debts.wish(debt, "100", Debts.today(clock).plusDays(30)))
                .get("id")
                .asText();
    }

    private String paidInPart() {
        var debt = Debts.newDebt();
        var id = charge(debt);
        assertThat(Debts.tell(Debts.told(debt, "40", THEN)).status()).isEqualTo(200);
        return id;
    }
}
