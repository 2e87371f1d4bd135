package vintem.billing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vintem.Http;
import vintem.Node;
import vintem.Query;
import vintem.RawHttp;
import vintem.platform.EmbeddedPostgres;

/// A line without a break, sent to the packaged product with a heap of 256 MB: of 64 MB, and of a
/// gigabyte in the campaign (`-Dvintem.tests=campaign`). It is made up while it is sent.
class HugeLineIT {
    private static final long BYTES =
            "campaign".equals(System.getProperty("vintem.tests", "suite")) ? 1L << 30 : 64L << 20;
    private static final long MOST_HEAP = 96L << 20;
    private static final byte[] PIECE = new byte[1 << 16];
    private static final String BOUNDARY = "b0und";

    @TempDir private Path temporary;

    @AfterEach
    void nothing_is_left_running() {
        var data = temporary.resolve("data");
        if (EmbeddedPostgres.running(data).isPresent()) {
            EmbeddedPostgres.start(data, Map.of()).close();
        }
    }

    @Test
    void a_line_without_a_break_is_refused_in_little_memory_wherever_it_stands() {
        Arrays.fill(PIECE, (byte) 'x');
        var data = temporary.resolve("data");
        try (var node =
                Node.start(
                        data,
                        Map.of("VINTEM_BCRYPT_COST", "4"),
                        "-Xmx256m",
                        "-XX:+ExitOnOutOfMemoryError")) {
            var admin = node.admin();
            // Titles, rows, and then what never ends; at the very beginning; in a quoted field.
            for (var beginning :
                    new String[] {
                        DebtFiles.TITLES + "\nAna,9558,ana@example.com,10,2024-01-19,good\n",
                        "",
                        DebtFiles.TITLES + "\n\"",
                    }) {
                assertRefused(send(node, admin, "text/csv", beginning));
            }
            assertRefused(
                    send(
                            node,
                            admin,
                            "multipart/form-data; boundary=" + BOUNDARY,
                            "--"
                                    + BOUNDARY
                                    + "\r\nContent-Disposition: form-data; name=\"file\";"
                                    + " filename=\"a.csv\"\r\n\r\n"
                                    + DebtFiles.TITLES
                                    + "\n"));
            assertThat(node.heapBytes()).as("what stays in its memory").isLessThan(MOST_HEAP);
            assertThat(node.isAlive()).as(node.output()).isTrue();
            assertThat(node.output()).doesNotContain("OutOfMemoryError");
            var address = EmbeddedPostgres.running(data).orElseThrow();
            assertThat(Query.one(address, "select count(*) from charge")).isEqualTo("0");
            assertThat(Query.one(address, "select count(*) from debt_file_chunk")).isEqualTo("0");
            assertThat(Query.all(address, "select distinct status || ' ' || reason from debt_file"))
                    .containsExactly("failed line_too_long");
            // It is as good as before.
            var good =
                    new DebtFiles(admin)
                            .imported(DebtFiles.file("Ana,9558,a@b.example,10,2024-01-19,good"));
            assertThat(good.get("imported").asInt()).isEqualTo(1);
        }
    }

    private static void assertRefused(RawHttp.Answer answer) {
        assertThat(answer.status()).as(answer.toString()).isEqualTo(400);
        assertThat(answer.body())
                .contains("unreadable-file", "\"reason\":\"line_too_long\"", "is longer than");
    }

    private static RawHttp.Answer send(Node node, Http admin, String type, String beginning) {
        var first = beginning.getBytes(StandardCharsets.US_ASCII);
        return RawHttp.send(
                URI.create(node.base()).getPort(),
                out -> {
                    out.write(
                            RawHttp.head(
                                    "POST /billing/files HTTP/1.1\r\nAuthorization: "
                                            + admin.header("Authorization")
                                            + "\r\nContent-Type: "
                                            + type
                                            + "\r\nContent-Length: "
                                            + BYTES
                                            + "\r\n"));
                    out.write(first);
                    fill(out, BYTES - first.length);
                });
    }

    private static void fill(OutputStream out, long bytes) throws IOException {
        for (var left = bytes; left > 0; left -= PIECE.length) {
            out.write(PIECE, 0, (int) Math.min(PIECE.length, left));
        }
    }
}
