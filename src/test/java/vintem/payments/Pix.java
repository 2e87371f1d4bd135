package vintem.payments;

import com.fasterxml.jackson.databind.JsonNode;
import vintem.Http;
import vintem.Http.Answer;
import vintem.Rows;
import vintem.World;
import vintem.bank.EndToEndId;
import vintem.platform.Ids;

/// What tests do with payments, in a merchant's, a payer's and the bank's words.
final class Pix {
    private Pix() {}

    /// The bank, by its secret.
    static Http bank() {
        return Http.nobody().bearer(World.BANK_SECRET);
    }

    /// A payer, who has nothing but the link.
    static Http payer() {
        return Http.nobody().with("Accept", "application/json");
    }

    static JsonNode create(Http merchant, String body) {
        var answer = merchant.post("/payments/pix", body);
        if (answer.status() != 200) {
            throw new AssertionError(answer.body());
        }
        return answer.json().required("payment");
    }

    static JsonNode create(Http merchant, double value) {
        return create(merchant, "{\"value\":%s}".formatted(value));
    }

    /// In the seed's own shape.
    static Answer confirm(String txid, String value) {
        return bank().post(
                        "/payments/pix/confirmation",
                        "{\"bank_payment_id\":\"%s\",\"value\":%s}".formatted(txid, value));
    }

    static Answer confirm(String txid, String value, String endToEndId) {
        return bank().post(
                        "/payments/pix/confirmation",
                        "{\"bank_payment_id\":\"%s\",\"value\":%s,\"end_to_end_id\":\"%s\"}"
                                .formatted(txid, value, endToEndId));
    }

    static JsonNode look(String id) {
        return payer().get("/payments/pix/" + id).json();
    }

    static String status(String id) {
        return look(id).required("status").asText();
    }

    static String endToEndId() {
        return EndToEndId.create("12345678", java.time.Instant.now()).value();
    }

    static JsonNode refund(Http merchant, String id, String value) {
        return tryRefund(merchant, id, value).json();
    }

    static Answer tryRefund(Http merchant, String id, String value) {
        return merchant.with("Idempotency-Key", Ids.next().toString())
                .post("/payments/pix/%s/refunds".formatted(id), "{\"value\":%s}".formatted(value));
    }

    /// Transfers of a subject, by kind.
    static long transfers(String subjectId, String kind) {
        return Rows.number(
                "select count(*) from transfer where subject_id = ?::uuid and kind = ?",
                subjectId,
                kind);
    }

    static long news(String subjectId, String type) {
        return Rows.number(
                "select count(*) from outbox where subject = ? and type = ?", subjectId, type);
    }
}
