package vintem.payouts;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vintem.Node;

/// The largest batch that is allowed, within a heap of 512 MB.
class HugeBatchIT {
    private static final int ITEMS = 100_000;

    @TempDir private Path temporary;

    @Test
    void a_batch_of_100_000_needs_no_more_than_512_mb_of_heap() throws Exception {
        var data = temporary.resolve("data");
        try (var node = Node.start(data, Map.of(), "-Xmx512m")) {
            var admin = node.admin();
            var before = System.nanoTime();
            var report = admin.post("/payouts/batch", batch());
            System.out.printf(
                    "%,d items answered in %,d ms%n",
                    ITEMS, (System.nanoTime() - before) / 1_000_000);
            assertThat(report.status()).as(node.output()).isEqualTo(200);
            assertThat(report.json().get("processed").asInt()).isEqualTo(ITEMS);
            assertThat(report.json().get("failed").asInt()).isZero();
            while (admin.get("/payouts/batches?limit=1").json().at("/items/0/processing").asInt()
                    > 0) {
                Thread.sleep(100);
            }
            var again = admin.post("/payouts/batch", batch());
            assertThat(again.json().get("duplicates").asInt()).isEqualTo(ITEMS);
            assertThat(admin.get("/payouts/batches?limit=1").json().at("/items/0/paid").asInt())
                    .isEqualTo(ITEMS);
            assertThat(node.output()).doesNotContain("OutOfMemoryError");
            assertThat(Node.command(data, Map.of(), "audit").exit()).isZero();
        }
    }

    private static String batch() {
        var json = new StringBuilder("{\"batch_id\":\"huge\",\"items\":[");
        for (var i = 0; i < ITEMS; i++) {
            json.append(i == 0 ? "" : ",")
                    .append("{\"external_id\":\"huge-")
                    .append(i)
                    .append("\",\"user_id\":\"user-")
                    .append(i)
                    .append("\",\"amount_cents\":100,\"pix_key\":\"+55 11 91234-5678\"}");
        }
        return json.append("]}").toString();
    }
}
