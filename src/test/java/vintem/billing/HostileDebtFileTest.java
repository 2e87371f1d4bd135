package vintem.billing;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import vintem.Http;
import vintem.RawHttp;
import vintem.Rows;
import vintem.World;
import vintem.platform.Together;

/// Files that nobody sends in good faith: a clear answer, bounded memory, nothing half-done.
@QuarkusTest
@QuarkusTestResource(World.class)
class HostileDebtFileTest {
    private static final boolean CAMPAIGN =
            System.getProperty("vintem.tests", "suite").equals("campaign");

    @Inject ImportNodes nodes;

    private final Http admin = Http.admin();
    private final DebtFiles files = new DebtFiles(admin);
    private long charges;

    @BeforeEach
    void count() {
        charges = Rows.number("select count(*) from charge");
    }

    @AfterEach
    void nothing_is_half_done() {
        Together.until(
                "nothing is being received",
                () ->
                        Rows.number("select count(*) from debt_file where status = 'receiving'")
                                == 0);
        assertThat(
                        Rows.number(
                                """
                                select count(*) from debt_file_chunk c
                                join debt_file f on f.id = c.file_id
                                where f.status = 'failed' and f.sha256 is null
                                """))
                .isZero();
    }

    @Test
    void a_line_without_a_break_is_refused_at_its_beginning_however_long_it_is() {
        // A gigabyte in the campaign; what comes after the answer is thrown away.
        var pieces = CAMPAIGN ? 1 << 14 : 1 << 10;
        var piece = "x".repeat(1 << 16).getBytes(StandardCharsets.US_ASCII);
        var before = heap();
        var answer = sendChunked("text/csv", out -> repeat(out, piece, pieces));
        assertThat(answer.status()).as(answer.toString()).isEqualTo(400);
        assertThat(answer.body()).contains("unreadable-file", "\"reason\":\"line_too_long\"");
        assertThat(answer.head()).containsIgnoringCase("connection: close");
        assertThat(heap() - before).isLessThan(32L << 20);
        noneCharged();
    }

    @Test
    void a_line_without_a_break_below_good_titles_is_refused_too() {
        var piece = "x".repeat(1 << 16).getBytes(StandardCharsets.US_ASCII);
        var answer =
                sendChunked(
                        "text/csv",
                        out -> {
                            chunk(out, (DebtFiles.TITLES + "\n").getBytes(StandardCharsets.UTF_8));
                            repeat(out, piece, 100);
                        });
        assertThat(answer.status()).as(answer.toString()).isEqualTo(400);
        assertThat(answer.body()).contains("\"reason\":\"line_too_long\"");
        noneCharged();
    }

    @Test
    void a_million_columns_are_refused_in_the_titles_and_a_mistake_in_a_row() {
        assertRefused(",".repeat(1_000_000), "line_too_long");
        assertRefused(",".repeat(50_000) + "\nx\n", "too_many_columns");
        var done = files.imported(DebtFiles.file(files.row(1, "10"), ",".repeat(50_000)));
        assertThat(done.get("imported").asInt()).isEqualTo(1);
        // Of commas alone there is nothing to complain about but the place they take.
        assertThat(done.get("errors").asInt()).isEqualTo(1);
    }

    @Test
    void more_bytes_than_a_file_may_have_are_refused_when_they_are_promised_or_come() {
        var row = "Ana,1,ana@example.com,10,2024-01-19,x\n".repeat(1_000);
        var bytes = row.getBytes(StandardCharsets.US_ASCII);
        var answer =
                sendChunked(
                        "text/csv",
                        out -> {
                            chunk(out, (DebtFiles.TITLES + "\n").getBytes(StandardCharsets.UTF_8));
                            repeat(out, bytes, 300);
                        });
        assertThat(answer.status()).as(answer.toString()).isEqualTo(413);
        assertThat(answer.body()).contains("too-large");
        var promised =
                RawHttp.send(
                        out ->
                                out.write(
                                        RawHttp.head(
                                                head("text/csv")
                                                        + "Content-Length: 999999999\r\n")));
        assertThat(promised.status()).isEqualTo(413);
        noneCharged();
    }

    @Test
    void bytes_that_are_no_text_are_refused() {
        var rows = DebtFiles.file(files.row(1, "10"));
        assertRefused(rows + "a\0b", "not_text");
        assertRefused("\0".repeat(100_000), "not_text");
        for (var beginning :
                List.of("1f8b0800", "504b0304140000", "25504446", "d0cf11e0a1b11ae1", "fffe6100")) {
            var bytes = java.util.HexFormat.of().parseHex(beginning + "00".repeat(50));
            assertThat(files.send(bytes, "text/csv", "").status()).as(beginning).isEqualTo(400);
        }
        noneCharged();
    }

    @Test
    void an_upload_that_is_cut_off_is_on_record_and_nothing_else_of_it() throws IOException {
        var whole = DebtFiles.file(files.row(1, "10"), files.row(2, "20"));
        var head =
                RawHttp.head(
                        head("text/csv").replace("/billing/files", "/billing/files?name=cut.csv")
                                + "Content-Length: "
                                + whole.length()
                                + "\r\n");
        var cut = "select count(*) from debt_file where name = 'cut.csv' and status = ";
        var before = Rows.number(cut + "'failed'");
        try (var socket = new Socket("localhost", port())) {
            socket.getOutputStream().write(head);
            socket.getOutputStream()
                    .write(whole.substring(0, whole.length() - 5).getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().flush();
            Together.until("it is being received", () -> Rows.number(cut + "'receiving'") == 1);
        }
        Together.until("it failed", () -> Rows.number(cut + "'failed'") == before + 1);
        assertThat(
                        Rows.text(
                                "select reason from debt_file where name = 'cut.csv'"
                                        + " order by id desc limit 1"))
                .isEqualTo("broken_upload");
        noneCharged();
        // All of it, later, is as good as new.
        assertThat(files.imported(whole).get("imported").asInt()).isEqualTo(2);
    }

    @Test
    void a_form_that_is_cut_off_or_has_no_file_is_refused() {
        var type = "multipart/form-data; boundary=b";
        var begun =
                "--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n"
                        + DebtFiles.file(files.row(1, "10"));
        for (var body :
                List.of(
                        begun,
                        begun + "\r\n--",
                        "--b--",
                        "",
                        "x".repeat(200_000),
                        begun.replace("\"file\"", "\"other\"") + "\r\n--b--")) {
            var answer = files.send(body.getBytes(StandardCharsets.UTF_8), type, "");
            assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        }
        for (var odd :
                List.of(
                        "multipart/form-data",
                        "multipart/form-data; boundary=" + "b".repeat(500),
                        "multipart/form-data; boundary=\"\\\"\"")) {
            assertThat(files.send(begun.getBytes(StandardCharsets.UTF_8), odd, "").status())
                    .as(odd)
                    .isEqualTo(400);
        }
        noneCharged();
    }

    @Test
    void who_gives_a_byte_now_and_then_is_sent_away() {
        var limits =
                new ReceiveDebtFile.Limits(1 << 20, 1, Duration.ofMillis(50), Long.MAX_VALUE / 9);
        var text = DebtFiles.file(files.row(1, "10")).repeat(50);
        var slow =
                new InputStream() {
                    private final InputStream all =
                            new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));

                    @Override
                    public int read() {
                        throw new IllegalStateException("by the byte");
                    }

                    @Override
                    public int read(byte[] into, int offset, int length) throws IOException {
                        Together.pause(Duration.ofMillis(20));
                        return all.read(into, offset, Math.min(1, length));
                    }
                };
        // Seconds are whole: the first that is over is the one that counts.
        assertThat(nodes.receive(limits, slow)).isInstanceOf(ReceiveDebtFile.Outcome.TooSlow.class);
        noneCharged();
    }

    @Test
    void a_hundred_uploads_at_once_are_all_answered_and_imported() {
        var answers =
                Together.atOnce(
                        IntStream.range(0, 100)
                                .<Callable<Http.Answer>>mapToObj(
                                        i ->
                                                () ->
                                                        files.send(
                                                                DebtFiles.file(
                                                                        files.row(i, "10"),
                                                                        files.row(i + "b", "20"))))
                                .toList());
        assertThat(answers).allSatisfy(it -> assertThat(it.status()).isIn(202, 503));
        var taken = answers.stream().filter(it -> it.status() == 202).toList();
        assertThat(taken).hasSizeGreaterThan(30);
        taken.forEach(it -> assertThat(files.imported(it).get("imported").asInt()).isEqualTo(2));
        assertThat(Rows.number("select count(*) from charge") - charges)
                .isEqualTo(2L * taken.size());
    }

    @Test
    void odd_names_of_files_are_only_names() {
        for (var name :
                List.of(
                        "..%2f..%2fetc%2fpasswd",
                        "%00",
                        "a%0d%0aSet-Cookie:%20x",
                        "%E2%80%AEgpj.csv",
                        "x".repeat(2_000),
                        "%ED%A0%80",
                        "%3Cscript%3E")) {
            var answer =
                    files.send(
                            DebtFiles.file(files.row(name, "10")),
                            StandardCharsets.UTF_8,
                            "?name=" + name);
            var done = files.imported(answer);
            assertThat(done.get("name").asText())
                    .doesNotContain("/", "\r", "\n", "\0", "\u202E")
                    .hasSizeBetween(1, 200);
            var errata = admin.get("/billing/files/" + done.get("id").asText() + "/errata.csv");
            assertThat(errata.status()).isEqualTo(200);
            assertThat(errata.raw().headers().map()).doesNotContainKey("set-cookie");
        }
    }

    private void assertRefused(String text, String reason) {
        var answer = files.send(text);
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.json().get("reason").asText()).isEqualTo(reason);
    }

    private void noneCharged() {
        assertThat(Rows.number("select count(*) from charge")).isEqualTo(charges);
    }

    private static long heap() {
        System.gc();
        var runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private RawHttp.Answer sendChunked(String type, RawHttp.Request body) {
        return RawHttp.send(
                out -> {
                    out.write(RawHttp.head(head(type) + "Transfer-Encoding: chunked\r\n"));
                    body.write(out);
                    out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                });
    }

    private String head(String type) {
        return "POST /billing/files HTTP/1.1\r\nAuthorization: "
                + admin.header("Authorization")
                + "\r\nContent-Type: "
                + type
                + "\r\n";
    }

    private static void repeat(OutputStream out, byte[] piece, int times) throws IOException {
        for (var i = 0; i < times; i++) {
            chunk(out, piece);
        }
    }

    private static void chunk(OutputStream out, byte[] bytes) throws IOException {
        out.write((Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        out.write(bytes);
        out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    private static int port() {
        return ConfigProvider.getConfig().getValue("quarkus.http.test-port", Integer.class);
    }
}
