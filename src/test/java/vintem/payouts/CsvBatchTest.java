package vintem.payouts;

import static org.assertj.core.api.Assertions.assertThat;
import static vintem.payouts.Batches.lines;
import static vintem.payouts.Batches.mistakes;
import static vintem.payouts.Batches.pointers;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import vintem.Http;
import vintem.Rows;
import vintem.World;

/// A batch as a file: the same rules as JSON, the very same report.
@QuarkusTest
@QuarkusTestResource(World.class)
class CsvBatchTest {
    private static final String HEAD = "external_id,user_id,amount_cents,pix_key\n";

    private static final String ROWS =
            """
            csv-1,u1,35000,u1@email.com
            csv-2,,120000,+55 11 91234-5678
            csv-3,u3,0,u3@email.com
            csv-4,u4,100,nobody
            csv-1,u1,35000,u1@email.com
            ,u5,500,u5@email.com
            """;

    private static final String AS_JSON =
            """
            {"batch_id":"csv","items":[
            {"external_id":"csv-1","user_id":"u1","amount_cents":35000,"pix_key":"u1@email.com"},
            {"external_id":"csv-2","amount_cents":120000,"pix_key":"+55 11 91234-5678"},
            {"external_id":"csv-3","user_id":"u3","amount_cents":0,"pix_key":"u3@email.com"},
            {"external_id":"csv-4","user_id":"u4","amount_cents":100,"pix_key":"nobody"},
            {"external_id":"csv-1","user_id":"u1","amount_cents":35000,"pix_key":"u1@email.com"},
            {"user_id":"u5","amount_cents":500,"pix_key":"u5@email.com"}]}
            """;

    private Http admin;
    private Http file;

    @BeforeEach
    void somebody_is_there() {
        admin = Http.admin();
        file = admin.with("Content-Type", "text/csv");
    }

    static Stream<Arguments> spellings() {
        var plain = HEAD + ROWS;
        return Stream.of(
                Arguments.of("commas", plain),
                Arguments.of("semicolons", plain.replace(',', ';')),
                Arguments.of("byte order mark", "\uFEFF" + plain),
                Arguments.of("CRLF", plain.replace("\n", "\r\n")),
                Arguments.of("no last line end", plain.stripTrailing()),
                Arguments.of("quotes", plain.replaceAll("([^,\n]+)", "\"$1\"")),
                Arguments.of(
                        "other columns, other order",
                        """
                        pix_key,note,amount_cents,user_id,external_id
                        u1@email.com,"a, note",35000,u1,csv-1
                        +55 11 91234-5678,"two
                        lines",120000,,csv-2
                        u3@email.com,,0,u3,csv-3
                        nobody,"""
                                + "\"said \"\"no\"\"\",100,u4,csv-4\n"
                                + "u1@email.com,,35000,u1,csv-1\n"
                                + "u5@email.com,,500,u5,\n"),
                Arguments.of("spaces", HEAD + ROWS.replace(",", " , ")),
                Arguments.of("empty lines", plain.replace("\ncsv-4", "\n\ncsv-4")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("spellings")
    void a_file_gets_the_very_same_report_as_json(String name, String csv) {
        var json = admin.post("/payouts/batch?dry_run=true", AS_JSON);
        var report = file.post("/payouts/batch?dry_run=true&batch_id=csv", csv);
        assertThat(report.status()).isEqualTo(200);
        assertThat(report.body()).isEqualTo(json.body());
    }

    @Test
    void a_file_is_paid_and_a_second_time_all_are_duplicates() {
        var csv = HEAD + "csv-pay-1,u1,10,ana@mail.com\ncsv-pay-2,u2,20,bia@mail.com\n";
        var type = admin.with("Content-Type", "Text/CSV; charset=utf-8");
        assertThat(lines(type.post("/payouts/batch?batch_id=csv-pay", csv)))
                .containsExactly("csv-pay-1 paid 10", "csv-pay-2 paid 20");
        assertThat(lines(type.post("/payouts/batch?batch_id=csv-pay", csv)))
                .containsExactly("csv-pay-1 duplicate 10", "csv-pay-2 duplicate 20");
        assertThat(admin.get("/payouts/batches/csv-pay").status()).isEqualTo(200);
    }

    @Test
    void a_file_without_batch_id_needs_external_ids() {
        var named = HEAD + "csv-n,u1,10,ana@mail.com\n";
        assertThat(lines(file.post("/payouts/batch", named))).containsExactly("csv-n paid 10");
        var nameless = HEAD + ",u1,10,ana@mail.com\n";
        assertThat(pointers(file.post("/payouts/batch", nameless)))
                .containsExactly("/items/0/external_id");
        assertThat(lines(file.with("Idempotency-Key", "csv-k").post("/payouts/batch", nameless)))
                .hasSize(1);
    }

    @Test
    void tax_id_and_description_may_be_columns() {
        var csv =
                "external_id,amount_cents,pix_key,tax_id,description\n"
                        + "csv-t1,10,52998224725,529.982.247-25,mine\n"
                        + "csv-t2,10,52998224725,11222333000181,not mine\n";
        assertThat(lines(file.post("/payouts/batch?batch_id=csv-t", csv)))
                .containsExactly("csv-t1 paid 10", "csv-t2 failed 10 tax_id_mismatch");
        assertThat(admin.get("/payouts/csv-t1").json().required("description").textValue())
                .isEqualTo("mine");
    }

    static Stream<Arguments> no_batches() {
        var row = "x1,u1,10,ana@mail.com\n";
        return Stream.of(
                Arguments.of("empty", "", List.of("/items")),
                Arguments.of("a head alone", HEAD, List.of("/items")),
                Arguments.of("no head", row + row, List.of("/0")),
                Arguments.of("missing column", "external_id,amount_cents\nx1,10\n", List.of("/0")),
                Arguments.of(
                        "a column twice",
                        "external_id,amount_cents,pix_key,pix_key\nx1,10,a@b.c,d@e.f\n",
                        List.of("")),
                Arguments.of("short row", HEAD + row + "x2,u1\n", List.of("")),
                Arguments.of("long row", HEAD + row + "x2,u1,10,ana@mail.com,more\n", List.of("")),
                Arguments.of("words", HEAD + "x1,u1,ten,a@b.c\n", List.of("/items/0/amount_cents")),
                Arguments.of(
                        "reais", HEAD + "x1,u1,10.90,a@b.c\n", List.of("/items/0/amount_cents")),
                Arguments.of(
                        "quoted reais",
                        HEAD + "x1,u1,\"10,90\",a@b.c\n",
                        List.of("/items/0/amount_cents")),
                Arguments.of(
                        "exponent", HEAD + "x1,u1,1e3,a@b.c\n", List.of("/items/0/amount_cents")),
                Arguments.of("plus", HEAD + "x1,u1,+10,a@b.c\n", List.of("/items/0/amount_cents")),
                Arguments.of(
                        "other digits",
                        HEAD + "x1,u1,١٠,a@b.c\n",
                        List.of("/items/0/amount_cents")),
                Arguments.of(
                        "beyond 64 bits",
                        HEAD + row + "x2,u1,9223372036854775808,a@b.c\n",
                        List.of("/items/1/amount_cents")),
                Arguments.of(
                        "no amount", HEAD + "x1,u1,,a@b.c\n", List.of("/items/0/amount_cents")),
                Arguments.of(
                        "long id",
                        HEAD + "x".repeat(256) + ",u1,1,a@b.c\n",
                        List.of("/items/0/external_id")),
                Arguments.of("U+0000", HEAD + "x\0,u1,1,a@b.c\n", List.of("")),
                Arguments.of(
                        "open quote", HEAD + "\"x1,u1,1,a@b.c\n", List.of("/items/0/amount_cents")),
                Arguments.of(
                        "huge field",
                        HEAD + "x".repeat(2_000_000) + ",u,1,a@b.c\n",
                        List.of("/items/0/external_id")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("no_batches")
    void what_is_no_batch_is_refused_with_a_pointer_and_pays_nothing(
            String name, String csv, List<String> pointers) {
        var before = Rows.ofAllTables();
        var answer = file.post("/payouts/batch?batch_id=csv-no", csv);
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(pointers(answer)).as(answer.body()).isEqualTo(pointers);
        assertThat(Rows.ofAllTables()).isEqualTo(before);
    }

    @Test
    void a_file_in_another_encoding_is_refused() {
        for (Charset charset : List.of(StandardCharsets.ISO_8859_1, StandardCharsets.UTF_16)) {
            var csv = (HEAD + "ação,u1,10,ana@mail.com\n").getBytes(charset);
            var answer = file.post("/payouts/batch?batch_id=csv-enc", csv);
            assertThat(answer.status()).isEqualTo(400);
            assertThat(mistakes(answer)).containsExactly(": is not UTF-8");
        }
    }
}
