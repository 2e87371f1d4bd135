package vintem.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import vintem.Http;
import vintem.World;
import vintem.platform.Json;

/// `POST /tools/inspect` and `vintem inspect`: the same answer twice.
@QuarkusTest
@QuarkusTestResource(World.class)
class InspectHttpTest {
    private Http admin;

    @BeforeEach
    void somebody_is_there() {
        admin = Http.admin();
    }

    @ParameterizedTest
    @CsvSource({
        "+55 11 91234-5678, phone, true, +5511912345678",
        "ANA@Mail.com, email, true, ana@mail.com",
        "529.982.247-25, cpf, true, 52998224725",
        "529.982.247-26, cpf, false,",
        "11.222.333/0001-81, cnpj, true, 11222333000181",
        "123E4567-E89B-12D3-A456-426614174000, evp, true, 123e4567-e89b-12d3-a456-426614174000",
        "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-4266554400005204000053039865802BR"
                + "5913Fulano de Tal6008BRASILIA62070503***63041D3D, br_code, true,"
                + " 00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-42665544000052040000530"
                + "39865802BR5913Fulano de Tal6008BRASILIA62070503***63041D3D",
        "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-4266554400005204000053039865802BR"
                + "5913Fulano de Tal6008BRASILIA62070503***6304170E, br_code, false,",
        "34191.10006 00012.360053 71234.570001 1 16810000012345, boleto, true,"
                + " 34191100060001236005371234570001116810000012345",
        "34191168100000123451100000012360057123457000, boleto, true,"
                + " 34191168100000123451100000012360057123457000",
        "34191.10006 00012.360053 71234.570001 2 16810000012345, boleto, false,",
        "84610000000-5 24610029110-2 00546033900-4 69589506108-0, utility_slip, true,"
                + " 846100000005246100291102005460339004695895061080",
        "84610000000-6 24610029110-2 00546033900-4 69589506108-0, utility_slip, false,",
        "Vintém, unknown, false,"
    })
    void a_text_is_explained_and_not_valid_is_an_answer_too(
            String text, String kind, boolean valid, String normalized) {
        var answer = admin.post("/tools/inspect", "{\"text\":" + Json.text(text) + "}");
        assertThat(answer.status()).isEqualTo(200);
        var json = answer.json();
        assertThat(json.required("kind").textValue()).isEqualTo(kind);
        assertThat(json.required("valid").booleanValue()).isEqualTo(valid);
        assertThat(json.required("normalized").textValue()).isEqualTo(normalized);
        assertThat(json.required("problems").isEmpty()).isEqualTo(valid);
        assertThat(answer.body()).startsWith("{\"kind\":");
        assertThat(inspect(text)).isEqualTo((valid ? 0 : 1) + " " + answer.body());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "@",
                "a@",
                "@@@@@@",
                "+",
                "+55",
                "+5511",
                "--",
                "((((",
                "%s %d %n",
                "${jndi:ldap://x}",
                "<script>",
                "'; drop table payout; --",
                "\u202e529.982.247-25",
                "\u0661\u0661\u0661.\u0662\u0662\u0662",
                "Ｖ５２９９８２２４７２５",
                "😀",
                "\u001b[31m",
                "00000000000000",
                "99999999999",
                "0014br.gov.bcb.pix",
                "000201269999999999999999999999999999999x",
                "00020126580014br.gov.bcb.pix6304😀😀"
            })
    void a_hostile_text_is_an_answer_that_says_no(String text) {
        var answer = admin.post("/tools/inspect", "{\"text\":" + Json.text(text) + "}");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().required("valid").booleanValue()).isFalse();
        assertThat(answer.json().required("problems")).isNotEmpty();
        assertThat(answer.json().required("normalized").isNull()).isTrue();
    }

    @Test
    void a_long_text_is_answered_at_once() {
        for (var text :
                List.of(
                        "9".repeat(100_000),
                        "a@" + "b.".repeat(40_000),
                        "+55" + "(".repeat(90_000),
                        "000201" + "2604".repeat(20_000))) {
            var began = System.nanoTime();
            var answer = admin.post("/tools/inspect", "{\"text\":" + Json.text(text) + "}");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.json().required("valid").booleanValue()).isFalse();
            assertThat(System.nanoTime() - began).isLessThan(3_000_000_000L);
        }
        var tooLong = admin.post("/tools/inspect", "{\"text\":\"" + "9".repeat(100_001) + "\"}");
        assertThat(tooLong.status()).isEqualTo(400);
    }

    @Test
    void a_missing_text_is_a_mistake_with_a_pointer() {
        for (var body : List.of("{}", "{\"text\":null}", "{\"text\":1}", "{\"Text\":\"x\"}")) {
            var answer = admin.post("/tools/inspect", body);
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.json().at("/violations/0/pointer").textValue()).isEqualTo("/text");
        }
    }

    /// Exit code and output of the command.
    private static String inspect(String text) {
        var out = new StringWriter();
        var code =
                new CommandLine(new Main())
                        .setOut(new PrintWriter(out, true))
                        .execute("inspect", "--", text);
        return code + " " + out.toString().strip();
    }
}
