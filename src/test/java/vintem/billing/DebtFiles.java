package vintem.billing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.UUID;
import vintem.Http;
import vintem.platform.Together;

/// Somebody who sends files of debts, and looks what becomes of them.
final class DebtFiles {
    static final String TITLES = "name,governmentId,email,debtAmount,debtDueDate,debtId";

    private static final Set<String> UNDER_WAY = Set.of("receiving", "importing");

    private final Http http;

    /// What no other test calls its debts.
    private final String run = UUID.randomUUID().toString().substring(0, 8) + "-";

    DebtFiles(Http http) {
        this.http = http;
    }

    Http http() {
        return http;
    }

    /// An id of this test alone.
    String id(Object name) {
        return run + name;
    }

    /// One row: `name,governmentId,email,amount,due date,debtId`.
    String row(Object id, String amount) {
        return "Ana Souza,52998224725,ana@example.com," + amount + ",2024-01-19," + id(id);
    }

    /// A file of these rows below the usual titles.
    static String file(String... rows) {
        return TITLES + "\n" + String.join("\n", rows) + "\n";
    }

    Http.Answer send(String text) {
        return send(text, StandardCharsets.UTF_8, "");
    }

    /// @param query with its question mark
    Http.Answer send(String text, Charset charset, String query) {
        return send(text.getBytes(charset), "text/csv", query);
    }

    Http.Answer send(byte[] bytes, String type, String query) {
        return http.with("Content-Type", type).post("/billing/files" + query, bytes);
    }

    /// Sends a file that is taken, and returns it when nothing is left to do.
    JsonNode imported(String text) {
        return imported(send(text));
    }

    JsonNode imported(Http.Answer answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(202);
        return ended(answer.json().get("id").asText());
    }

    JsonNode ended(String id) {
        Together.until("the end of a file", () -> !UNDER_WAY.contains(status(id)));
        return find(id);
    }

    JsonNode find(String id) {
        var answer = http.get("/billing/files/" + id);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    private String status(String id) {
        return find(id).get("status").asText();
    }

    String errata(JsonNode file) {
        var answer =
                http.with("Accept-Language", "en")
                        .get("/billing/files/" + file.get("id").asText() + "/errata.csv");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }
}
