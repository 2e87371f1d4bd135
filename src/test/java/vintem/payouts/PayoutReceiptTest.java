package vintem.payouts;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import vintem.Download;
import vintem.Http;
import vintem.Pdf;
import vintem.Rows;
import vintem.World;

/// The receipt of a payout, opened by somebody else's reader.
@QuarkusTest
@QuarkusTestResource(World.class)
class PayoutReceiptTest {
    @Test
    void a_paid_payout_has_a_receipt_with_its_end_to_end_id() {
        var id = "recibo-" + UUID.randomUUID();
        var item =
                Batches.item(
                        id,
                        123456,
                        Map.of("pix_key", "529.982.247-25", "description", "Diária de maio"));
        var paid = Http.admin().post("/payouts/batch", Batches.batch("lote-" + id, item));
        assertThat(Batches.lines(paid)).containsExactly(id + " paid 123456");
        var endToEndId =
                Rows.text(
                        "select a.end_to_end_id from payout_attempt a join payout p on p.id ="
                                + " a.payout_id where p.external_id = ?",
                        id);

        var pdf = Download.of(Http.admin(), "/payouts/" + id + "/receipt.pdf");

        assertThat(pdf.status()).isEqualTo(200);
        assertThat(Pdf.text(pdf.bytes()))
                .contains(
                        "Comprovante de transferência por Pix",
                        "R$ 1.234,56",
                        "um mil duzentos e trinta e quatro reais e cinquenta e seis centavos",
                        endToEndId,
                        id,
                        "Diária de maio",
                        "SANDBOX")
                .doesNotContain("529.982", "52998224725");
        assertThat(Http.admin().get("/app/payouts/one?external_id=" + id).status()).isEqualTo(200);
    }

    @Test
    void what_was_not_paid_has_none() {
        var id = "recibo-" + UUID.randomUUID();
        var item = Batches.item(id, 100, Map.of("pix_key", "nothing like a key"));
        Http.admin().post("/payouts/batch", Batches.batch("lote-" + id, item));
        assertThat(Http.admin().get("/payouts/" + id + "/receipt.pdf").status()).isEqualTo(409);
        assertThat(Http.admin().get("/payouts/nobody/receipt.pdf").status()).isEqualTo(404);
    }
}
