package vintem.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class MultipartTest {
    private static final String TYPE = "multipart/form-data; boundary=b0und";

    @Property(tries = 500)
    void a_file_comes_out_as_it_went_in_however_it_is_cut(
            @ForAll("contents") String content, @ForAll @IntRange(min = 1, max = 9) int atOnce)
            throws IOException {
        var body =
                part("note", "ignored\r\n--b0un")
                        + "Content-Disposition: form-data; name=\"file\"; filename=\"a \\\"b\\\".csv\"\r\n"
                        + "Content-Type: text/csv\r\n\r\n"
                        + content
                        + "\r\n--b0und--\r\nwhatever";
        var file = Multipart.file(in("--b0und\r\n" + body, atOnce), TYPE, "file");
        assertThat(file.fileName()).isEqualTo("a \"b\".csv");
        assertThat(new String(file.content().readAllBytes(), StandardCharsets.ISO_8859_1))
                .isEqualTo(content);
        assertThat(file.content().read()).isEqualTo(-1);
    }

    @Provide
    Arbitrary<String> contents() {
        return Arbitraries.of(
                        "\r",
                        "\n",
                        "\r\n",
                        "-",
                        "--",
                        "\r\n-",
                        "\r\n--",
                        "\r\n--b",
                        "\r\n--b0un",
                        "--b0und",
                        "b0und",
                        "a",
                        "ção",
                        "\0",
                        "x".repeat(100))
                .list()
                .ofMaxSize(12)
                .map(it -> String.join("", it))
                .filter(it -> !it.contains("\r\n--b0und"));
    }

    @Example
    void short_fields_before_the_file_are_kept_and_long_ones_are_not() throws IOException {
        var body =
                "--b0und\r\n"
                        + part("csrf", "token")
                        + part("csrf", "another")
                        + part("empty", "")
                        + part("exact", "x".repeat(1_000))
                        + part("long", "x".repeat(1_001))
                        + part("file", "content")
                        + part("after", "y");
        var file = Multipart.file(in(body, 7), TYPE, "file");
        assertThat(file.before())
                .containsOnlyKeys("csrf", "empty", "exact")
                .containsEntry("csrf", "token")
                .containsEntry("empty", "");
        assertThat(file.content().readAllBytes()).hasSize(7);
    }

    @Example
    void a_large_file_passes_through() throws IOException {
        var content = "0123456789\r\n".repeat(100_000);
        var file = Multipart.file(in(whole(content), 8_192), TYPE, "file");
        assertThat(file.content().readAllBytes()).hasSize(content.length());
    }

    @Example
    void a_body_that_ends_in_the_file_fails() {
        for (var body : List.of(whole("abc").replace("--b0und--", ""), whole("abc\r\n--b0un"))) {
            var cut = body.substring(0, body.indexOf("abc") + 3);
            var file = Multipart.file(in(cut, 5), TYPE, "file");
            assertThatThrownBy(() -> file.content().readAllBytes())
                    .isInstanceOf(Multipart.CutOff.class);
        }
    }

    @Example
    void what_has_no_such_file_is_refused() {
        for (var body :
                List.of(
                        "",
                        "x",
                        "--b0und",
                        "--b0und--\r\n",
                        "--b0und\r\n" + part("other", "x").replace("--b0und\r\n", "--b0und--\r\n"),
                        "--other\r\n" + part("file", "x").replace("b0und", "other"),
                        "--b0und\r\n" + "Content-Disposition: form-data; name=\"file\"",
                        "--b0und\r\n" + "x".repeat(100_000),
                        "--b0und\r\n" + "X: y\r\n".repeat(10_000),
                        "--b0und\r\n" + part("other", "x".repeat(3_000_000)),
                        "--b0und\r\n" + part("other", "x").repeat(40) + "--",
                        whole("x").replace("name=\"file\"", "nome=\"file\""))) {
            assertThatThrownBy(() -> Multipart.file(in(body, 1_000), TYPE, "file"))
                    .isInstanceOf(Problem.class);
        }
    }

    @Example
    void a_boundary_that_cannot_be_is_refused() {
        for (var type :
                List.of(
                        "multipart/form-data",
                        "multipart/form-data; boundary=",
                        "multipart/form-data; boundary=\"\"",
                        "multipart/form-data; boundary=" + "b".repeat(71),
                        "multipart/form-data; boundary=\"a\nb\"",
                        "multipart/form-data; boundary=\"" + "\\\"".repeat(5_000) + "\"",
                        "multipart/form-data; boundary=\"ends in a space \"")) {
            assertThatThrownBy(() -> Multipart.file(in(whole("x"), 100), type, "file"))
                    .isInstanceOf(Problem.class);
        }
    }

    @Example
    void boundaries_may_be_quoted() throws IOException {
        var type = "Multipart/Form-Data ; charset=utf-8; Boundary=\"b0und\"";
        assertThat(Multipart.isOne(type)).isTrue();
        assertThat(Multipart.file(in(whole("x"), 100), type, "file").content().readAllBytes())
                .hasSize(1);
        assertThat(Multipart.isOne("text/csv")).isFalse();
    }

    private static String whole(String content) {
        return "--b0und\r\n"
                + part("file", content).replaceFirst("\r\n--b0und\r\n$", "")
                + "\r\n--b0und--\r\n";
    }

    private static String part(String name, String content) {
        return "Content-Disposition: form-data; name=\""
                + name
                + "\"\r\n\r\n"
                + content
                + "\r\n--b0und\r\n";
    }

    private static InputStream in(String body, int atOnce) {
        return new FilterInputStream(
                new ByteArrayInputStream(body.getBytes(StandardCharsets.ISO_8859_1))) {
            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                return super.read(into, offset, Math.min(length, atOnce));
            }
        };
    }
}
