package vintem.payouts;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vintem.platform.Idempotency;

/// One number for all that a person looks at before they release it: SHA-256, in hexadecimal, over
/// the hold and its items in their order. Each text is written with its length in front, so that no
/// two contents are the same bytes.
final class SeenDigest {
    /// What one payout would do.
    record Seen(
            String externalId,
            @Nullable String userId,
            String pixKey,
            long amountCents,
            @Nullable String taxId,
            @Nullable String description) {}

    private SeenDigest() {}

    static String of(
            UUID holdId,
            String batchId,
            String purpose,
            @Nullable Instant scheduledFor,
            List<Seen> items) {
        var bytes = new ByteArrayOutputStream(128 * (1 + items.size()));
        try (var out = new DataOutputStream(bytes)) {
            write(out, "vintem payouts 1");
            write(out, holdId.toString());
            write(out, batchId);
            write(out, purpose);
            write(out, scheduledFor == null ? null : scheduledFor.toString());
            out.writeInt(items.size());
            for (var item : items) {
                write(out, item.externalId());
                write(out, item.userId());
                write(out, item.pixKey());
                out.writeLong(item.amountCents());
                write(out, item.taxId());
                write(out, item.description());
            }
        } catch (IOException inMemory) {
            throw new UncheckedIOException(inMemory);
        }
        return HexFormat.of().formatHex(Idempotency.hash(bytes.toByteArray()));
    }

    private static void write(DataOutputStream out, @Nullable String text) throws IOException {
        if (text == null) {
            out.writeInt(-1);
        } else {
            var utf8 = text.getBytes(StandardCharsets.UTF_8);
            out.writeInt(utf8.length);
            out.write(utf8);
        }
    }
}
