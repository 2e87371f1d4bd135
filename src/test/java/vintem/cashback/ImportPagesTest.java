package vintem.cashback;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vintem.Books;
import vintem.Http;
import vintem.Rows;
import vintem.World;
import vintem.cashback.Sellers.Seller;

/// The page that enters a spreadsheet's purchases, as programs and the hostile may speak to it.
@QuarkusTest
@QuarkusTestResource(World.class)
class ImportPagesTest {
    private static final String PATH = "/app/purchases/import";
    private static final String DAY = "31/10/2026";

    @AfterAll
    static void every_cent_is_there() {
        Books.assertInOrder();
    }

    @Test
    void what_is_good_is_entered_once_and_for_those_on_the_list_approved_and_owed_at_once() {
        var seller = Sellers.register();
        var listed = Sellers.register();
        var entry = "{\"cpf\":\"%s\"}".formatted(listed.cpf());
        assertThat(Http.admin().post("/cashback/cpfs-aprovados", entry).status()).isEqualTo(201);
        var lines = line(seller, "10,00") + line(listed, "1.000,01");
        var first = send(lines);
        assertThat(first.status()).as(first.body()).isEqualTo(200);
        assertThat(first.body()).contains("1.010,01", "Aprovadas na hora");
        assertThat(purchases(seller)).isEqualTo(1);
        assertThat(owed(listed)).isEqualTo(15_000);
        var again = send(lines);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.body()).contains("já há uma compra com este código");
        assertThat(purchases(seller)).isEqualTo(1);
        assertThat(owed(listed)).isEqualTo(15_000);
    }

    @Test
    void it_speaks_english_too() {
        var lines = line(Sellers.register(), "one real");
        var answer =
                form().with("Accept-Language", "en")
                        .post(PATH, body("linhas", lines, "arquivo", ""));
        assertThat(answer.body()).contains("Not entered", "the value must be more than zero");
    }

    /// A refusal is a page in words, enters nothing and gives nothing back unescaped.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "<script>alert(1)</script>;1;31/10/2026;529.982.247-25",
                "</textarea><script>;x;y;z",
                "\u0000",
                "\"",
                ";;;",
                "=cmd|' /C calc'!A0;1;31/10/2026;x",
                "codigo;valor\nNF-1;1",
                "{view.problem};{#each};{t:say('x')};%00"
            })
    void hostile_lines_are_refused_in_words(String lines) {
        var before = Rows.number("select count(*) from purchase");
        var answer = send(lines);
        assertThat(answer.status()).isIn(200, 400);
        assertThat(answer.header("Content-Type")).startsWith("text/html");
        assertThat(answer.body()).doesNotContain("<script>").contains("<html lang=\"pt-BR\">");
        assertThat(Rows.number("select count(*) from purchase")).isEqualTo(before);
    }

    @Test
    void what_is_no_form_or_too_large_is_refused_in_words_and_enters_nothing() {
        var before = Rows.number("select count(*) from purchase");
        var large = send(line(Sellers.register(), "1,00").repeat(30_000));
        assertThat(large.status()).isEqualTo(413);
        assertThat(large.body()).contains("É grande demais");
        for (var type :
                new String[] {
                    "application/json",
                    "multipart/form-data",
                    "multipart/form-data; boundary=\"\"",
                    "multipart/form-data; boundary=another",
                    "application/x-www-form-urlencoded"
                }) {
            var answer =
                    browser()
                            .with("Content-Type", type)
                            .post(PATH, body("linhas", "a;1;b;c", "arquivo", ""));
            assertThat(answer.status()).as(type).isEqualTo(400);
            assertThat(answer.body()).contains("O envio chegou incompleto");
        }
        assertThat(Rows.number("select count(*) from purchase")).isEqualTo(before);
    }

    @Test
    void a_file_counts_and_not_what_was_pasted_beside_it() {
        var seller = Sellers.register();
        var answer =
                form().post(
                                PATH,
                                body(
                                        "linhas",
                                        line(seller, "1,00"),
                                        "arquivo\"; filename=\"a.csv",
                                        line(seller, "2,00") + line(seller, "3,00")));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).contains("5,00");
        assertThat(purchases(seller)).isEqualTo(2);
    }

    private static Http.Answer send(String lines) {
        return form().post(PATH, body("linhas", lines, "arquivo", ""));
    }

    private static Http form() {
        return browser().with("Content-Type", "multipart/form-data; boundary=part");
    }

    private static Http browser() {
        return Http.admin().with("Accept-Language", "pt-BR").with("Accept", "text/html");
    }

    private static byte[] body(String one, String first, String two, String second) {
        var part = "--part\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n";
        return (part.formatted(one, first) + part.formatted(two, second) + "--part--\r\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static String line(Seller seller, String value) {
        return "%s;%s;%s;%s\n".formatted(Sellers.newCode(), value, DAY, seller.cpf());
    }

    private static long purchases(Seller seller) {
        return seller.http().get("/compra").json().required("total").asLong();
    }

    private static long owed(Seller seller) {
        return Rows.number(
                "select sum(accrued_cents) from cashback_month where reseller_id = ?::uuid",
                seller.id());
    }
}
