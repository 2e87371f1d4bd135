package vintem.payouts;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/// The name under which the bank knows an attempt: the payout's id without dashes, and a generation
/// from the second one on. At most 35 letters and digits, as Pix providers want it; it leads back
/// to its payout without a look-up.
record ProviderId(UUID payoutId, int generation) {
    private static final int LAST_GENERATION = 36 * 36 * 36 - 1;
    private static final Pattern TEXT = Pattern.compile("([0-9a-f]{32})([0-9a-z]{0,3})");

    ProviderId {
        if (generation < 0 || generation > LAST_GENERATION) {
            throw new IllegalArgumentException("no such generation: " + generation);
        }
    }

    String text() {
        var id = payoutId.toString().replace("-", "");
        return generation == 0 ? id : id + Integer.toString(generation, 36);
    }

    ProviderId next() {
        return new ProviderId(payoutId, generation + 1);
    }

    static Optional<ProviderId> parse(String text) {
        var matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        var hex = matcher.group(1);
        var payoutId =
                new UUID(
                        Long.parseUnsignedLong(hex, 0, 16, 16),
                        Long.parseUnsignedLong(hex, 16, 32, 16));
        var generation = matcher.group(2);
        return Optional.of(
                new ProviderId(
                        payoutId, generation.isEmpty() ? 0 : Integer.parseInt(generation, 36)));
    }
}
