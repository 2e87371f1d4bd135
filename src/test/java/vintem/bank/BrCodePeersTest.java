package vintem.bank;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import vintem.NodeJs;
import vintem.bank.BrCode.Receiver;

/// A program that knows nothing of ours, pix-utils, reads our codes and finds in them what we
/// meant.
class BrCodePeersTest {
    private static final Receiver RECEIVER = new Receiver("Padaria São João", "São Paulo");

    @Test
    void another_reader_finds_in_a_static_code_what_we_have_put_in() throws IOException {
        var txid = TxId.forStaticCode();
        var full =
                BrCode.staticCode(key("+5511912345678"), RECEIVER)
                        .withAmountCents(123_456_789)
                        .withTxId(txid)
                        .withDescription("Pão de açúcar, nº 7");
        var bare = BrCode.staticCode(key("sandbox@vintem.invalid"), RECEIVER);
        var company = BrCode.staticCode(key("12ABC34501DE35"), RECEIVER).withAmountCents(1);

        var found = fields(full, bare, company);

        assertThat(found.get(0).toString())
                .isEqualTo(
                        "{\"type\":\"STATIC\",\"merchantCategoryCode\":\"0000\","
                                + "\"transactionCurrency\":\"986\",\"countryCode\":\"BR\","
                                + "\"merchantName\":\"Padaria Sao Joao\","
                                + "\"merchantCity\":\"Sao Paulo\",\"pixKey\":\"+5511912345678\","
                                + "\"transactionAmount\":1234567.89,"
                                + "\"infoAdicional\":\"Pao de acucar, n 7\",\"txid\":\""
                                + txid
                                + "\"}");
        assertThat(found.get(1).required("pixKey").textValue()).isEqualTo("sandbox@vintem.invalid");
        assertThat(found.get(1).required("txid").textValue()).isEqualTo("***");
        assertThat(found.get(1).path("transactionAmount").asDouble()).isZero();
        assertThat(found.get(2).required("pixKey").textValue()).isEqualTo("12ABC34501DE35");
        assertThat(found.get(2).required("transactionAmount").decimalValue()).isEqualTo("0.01");
    }

    @Test
    void another_reader_finds_the_locations_of_dynamic_and_composite_codes() throws IOException {
        var dynamic = BrCode.dynamicCode("pix.example.com/qr/v2/1", RECEIVER);
        var composite = dynamic.withRecurrence("pix.example.com/qr/v2/rec/2");

        var found = fields(dynamic, composite);

        assertThat(found.get(0).required("type").textValue()).isEqualTo("DYNAMIC");
        assertThat(found.get(0).required("url").textValue()).isEqualTo("pix.example.com/qr/v2/1");
        assertThat(found.get(1).toString()).contains("pix.example.com/qr/v2/rec/2");
    }

    private static JsonNode fields(BrCode... codes) throws IOException {
        var texts = new String[codes.length];
        for (var i = 0; i < codes.length; i++) {
            texts[i] = codes[i].text();
        }
        return new ObjectMapper().readTree(NodeJs.run("br-code-fields.js", texts));
    }

    private static PixKey key(String text) {
        return PixKey.parse(text).orElseThrow();
    }
}
