package vintem.cashback;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import vintem.Rows;
import vintem.World;
import vintem.cashback.Sellers.Seller;
import vintem.platform.Database;

/// Whatever is broken past the product is named, down to one cent.
@QuarkusTest
@QuarkusTestResource(World.class)
class CashbackProofTest {
    @Inject CashbackProof proof;
    @Inject Database database;

    @AfterEach
    void the_books_are_whole_again() {
        assertThat(wrong()).isEmpty();
    }

    @Test
    void a_cent_more_in_a_purchase_is_named() {
        var seller = rich();
        broken(
                "update purchase set amount_cents = amount_cents + %d where reseller_id = '"
                        + seller.id()
                        + "'",
                "the month does not owe what it should");
    }

    @Test
    void a_cent_more_owed_for_a_month_is_named() {
        var seller = rich();
        broken(
                "update cashback_month set accrued_cents = accrued_cents + %d where reseller_id = '"
                        + seller.id()
                        + "'",
                "the month does not owe what it should",
                "the transfers do not tell what is owed",
                "account cashback_expense and what the months came to differ",
                "account cashback_pending and what is not credited yet differ");
    }

    @Test
    void a_cent_more_in_an_account_is_named() {
        var seller = rich();
        broken(
                "update cashback_account set available_cents = available_cents + %d"
                        + " where reseller_id = '"
                        + seller.id()
                        + "'",
                "the transfers do not tell what is owed",
                "account cashback_available with its payouts, and what resellers have or asked for"
                        + " differ");
    }

    @Test
    void a_cent_more_that_was_paid_out_is_named() {
        var seller = rich();
        assertThat(seller.redeems("10.00", seller.cpf()).status()).isEqualTo(201);
        broken(
                "update cashback_redemption set amount_cents = amount_cents + %d"
                        + " where reseller_id = '"
                        + seller.id()
                        + "'",
                "the transfers do not tell what is owed",
                "account cashback_available with its payouts, and what resellers have or asked for"
                        + " differ");
    }

    @Test
    void a_purchase_of_nobody_is_named() {
        var seller = rich();
        var id = seller.buys("1.00", "2026-10-31").required("id").asText();
        Rows.change(
                "update purchase set reseller_id = '00000000-0000-0000-0000-000000000009'"
                        + " where id = '%s'".formatted(id));
        assertThat(wrong()).contains("1 purchases or months belong to no reseller");
        Rows.change(
                "update purchase set reseller_id = '%s' where id = '%s'"
                        .formatted(seller.id(), id));
    }

    private void broken(String change, String... named) {
        Rows.change(change.formatted(1));
        var wrong = wrong();
        for (var each : named) {
            assertThat(wrong).as(each).anyMatch(it -> it.contains(each));
        }
        Rows.change(change.formatted(-1));
    }

    private List<String> wrong() {
        return database.snapshot(proof::refute);
    }

    private static Seller rich() {
        var seller = Sellers.register();
        var month = Sellers.nextMonth();
        seller.approved("1000.00", month.atDay(1).toString());
        assertThat(Sellers.close(month).status()).isEqualTo(200);
        return seller;
    }
}
