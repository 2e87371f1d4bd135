package vintem.bank;

import java.security.SecureRandom;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What the receiver knows one charge by (BACEN, Pix API): letters and digits whose case counts,
/// unique among all charges of a receiver.
///
/// How long it is says where it came from: 1 to 25 characters in a static code, 26 to 35 in a
/// charge that the bank registered.
public record TxId(String value) {
    /// The longest that field 62.05 of a static code has room for.
    public static final int MAX_IN_STATIC_CODE = 25;

    private static final int MAX = 35;

    private static final int IN_CHARGE = 32;

    private static final Pattern SHAPE = Pattern.compile("[0-9A-Za-z]{1," + MAX + "}");

    // Upper case alone: some banks show it to people, and some change its case on the way.
    private static final String ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    private static final int FAIR = 256 / ALPHABET.length() * ALPHABET.length();

    private static final SecureRandom RANDOM = new SecureRandom();

    /// @throws IllegalArgumentException unless `value` is 1 to 35 letters and digits
    public TxId {
        if (!SHAPE.matcher(value).matches()) {
            throw new IllegalArgumentException("not a txid");
        }
    }

    /// A new one for a code that we write ourselves. It has 129 random bits: nobody can guess it,
    /// and two are never the same.
    public static TxId forStaticCode() {
        return random(MAX_IN_STATIC_CODE);
    }

    /// A new one for a charge that the bank registers, which wants 26 to 35 characters.
    public static TxId forCharge() {
        return random(IN_CHARGE);
    }

    /// Compared as it is: nothing is trimmed and no case is changed.
    public static Optional<TxId> parse(@Nullable String text) {
        return text != null && SHAPE.matcher(text).matches()
                ? Optional.of(new TxId(text))
                : Optional.empty();
    }

    /// Whether field 62.05 of a static code has room for it.
    public boolean fitsStaticCode() {
        return value.length() <= MAX_IN_STATIC_CODE;
    }

    /// A random byte for each character; the few values that would make some characters likelier
    /// than others are thrown away.
    private static TxId random(int length) {
        var value = new StringBuilder(length);
        var random = new byte[length];
        while (value.length() < length) {
            RANDOM.nextBytes(random);
            for (var i = 0; i < length && value.length() < length; i++) {
                var number = random[i] & 0xFF;
                if (number < FAIR) {
                    value.append(ALPHABET.charAt(number % ALPHABET.length()));
                }
            }
        }
        return new TxId(value.toString());
    }

    @Override
    public String toString() {
        return value;
    }
}
