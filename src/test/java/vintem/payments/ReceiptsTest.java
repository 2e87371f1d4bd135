package vintem.payments;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import vintem.Download;
import vintem.Http;
import vintem.Pdf;
import vintem.Rows;
import vintem.World;

/// Receipts of payments and refunds, opened by somebody else's reader.
@QuarkusTest
@QuarkusTestResource(World.class)
class ReceiptsTest {
    private static final String BODY =
            """
            {"value":1200.05,"reference":"pedido 77","description":"Dois livros",
             "payer":{"name":"Ana Maria Souza","tax_id":"529.982.247-25"}}""";

    @Test
    void whoever_has_the_link_of_a_paid_payment_takes_its_receipt() throws IOException {
        var merchant = Http.admin();
        var payment = Pix.create(merchant, BODY);
        var id = payment.required("id").asText();
        var unpaid = Http.nobody().get("/payments/pix/" + id + "/receipt.pdf");
        assertThat(unpaid.status()).isEqualTo(409);
        assertThat(unpaid.body()).contains("nothing-moved");
        var endToEndId = Pix.endToEndId();
        Pix.confirm(payment.required("txid").asText(), "1200.05", endToEndId);

        var pdf = Download.of(Http.nobody(), "/payments/pix/" + id + "/receipt.pdf");

        // To be looked at.
        Files.write(
                Files.createDirectories(Path.of("target/screenshots/papers"))
                        .resolve("receipt.pdf"),
                pdf.bytes());
        assertThat(pdf.status()).isEqualTo(200);
        assertThat(pdf.type()).startsWith("application/pdf");
        assertThat(Pdf.text(pdf.bytes()))
                .contains(
                        "Comprovante de pagamento por Pix",
                        "R$ 1.200,05",
                        "um mil e duzentos reais e cinco centavos",
                        "horário de Brasília",
                        endToEndId,
                        id,
                        "***.982.247-**",
                        "A** M**** S****",
                        "Dois livros",
                        "SANDBOX")
                .doesNotContain("529.982", "Souza", "pedido 77");
        // The same paper every time.
        assertThat(Download.of(Http.nobody(), "/payments/pix/" + id + "/receipt.pdf").bytes())
                .isEqualTo(pdf.bytes());
        assertThat(Http.nobody().with("Accept", "text/html").get("/payments/pix/" + id).body())
                .contains("/payments/pix/" + id + "/receipt.pdf");
    }

    @Test
    void the_company_reads_the_payers_name_and_the_read_is_noted() {
        var merchant = Http.admin();
        var payment = Pix.create(merchant, BODY);
        var id = payment.required("id").asText();
        Pix.confirm(payment.required("txid").asText(), "1200.05", Pix.endToEndId());

        var pdf = Download.of(merchant, "/app/payments/receipt?id=" + id);

        assertThat(Pdf.text(pdf.bytes()))
                .contains("Ana Maria Souza", "***.982.247-**", "pedido 77")
                .doesNotContain("529.982");
        assertThat(
                        Rows.number(
                                "select count(*) from read_log where subject_type = 'payment'"
                                        + " and subject_id = ? and route ="
                                        + " 'GET /app/payments/receipt'",
                                id))
                .isEqualTo(1);
    }

    @Test
    void a_refund_has_a_receipt_once_the_money_has_gone_back() {
        var merchant = Http.admin();
        var payment = Pix.create(merchant, BODY);
        var id = payment.required("id").asText();
        var endToEndId = Pix.endToEndId();
        Pix.confirm(payment.required("txid").asText(), "1200.05", endToEndId);
        var refund = Pix.refund(merchant, id, "200.00").required("id").asText();
        vintem.platform.Together.until(
                "the refund is done",
                () ->
                        Rows.text("select status from pix_refund where id = ?::uuid", refund)
                                .equals("done"));
        var path = "/payments/pix/%s/refunds/%s/receipt.pdf".formatted(id, refund);

        var text = Pdf.text(Download.of(merchant, path).bytes());

        assertThat(text)
                .contains("Comprovante de devolução de Pix", "R$ 200,00", "(duzentos reais)")
                .contains(endToEndId, "Ana Maria Souza");
        assertThat(Http.nobody().get(path).status()).isEqualTo(401);
        assertThat(Pdf.text(Download.of(merchant, "/app/payments/receipt?id=" + id).bytes()))
                .contains("Deste valor foram devolvidos R$ 200,00.");
    }
}
