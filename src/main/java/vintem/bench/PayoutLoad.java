package vintem.bench;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

/// Batches as a customer would send them: every item new, keys of three kinds, all payable.
final class PayoutLoad {
    private static final int LEAST_CENTS = 1_000;
    private static final int CENTS = 9_000;

    private PayoutLoad() {}

    static long amountCents(int position) {
        return LEAST_CENTS + position % CENTS;
    }

    static long totalCents(int items) {
        var total = 0L;
        for (var i = 0; i < items; i++) {
            total += amountCents(i);
        }
        return total;
    }

    static String externalId(String batchId, int position) {
        return batchId + "-" + position;
    }

    static String userId(int position) {
        return "user-" + position % 2_000;
    }

    static String pixKey(String batchId, int position) {
        return switch (position % 3) {
            case 0 -> "user" + position + "@email.com";
            case 1 -> "+5511" + (900_000_000 + position);
            default ->
                    UUID.nameUUIDFromBytes(
                                    externalId(batchId, position)
                                            .getBytes(StandardCharsets.US_ASCII))
                            .toString();
        };
    }

    /// The body of `POST /payouts/batch`.
    static byte[] json(String batchId, int items) {
        var json = new StringBuilder(64 + 150 * items);
        json.append("{\"batch_id\":\"").append(batchId).append("\",\"items\":[");
        for (var i = 0; i < items; i++) {
            json.append(i == 0 ? "" : ",")
                    .append("{\"external_id\":\"")
                    .append(externalId(batchId, i))
                    .append("\",\"user_id\":\"")
                    .append(userId(i))
                    .append("\",\"amount_cents\":")
                    .append(amountCents(i))
                    .append(",\"pix_key\":\"")
                    .append(pixKey(batchId, i))
                    .append("\"}");
        }
        return json.append("]}").toString().getBytes(StandardCharsets.US_ASCII);
    }
}
