package vintem.bank;

import java.security.SecureRandom;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What the whole of Pix knows one payment by (BACEN, Pix API): `E`, the ISPB of the payer's
/// institution, the minute in UTC, and 11 letters and digits whose case counts.
///
/// Ids are compared as they are: nothing is trimmed and no case is changed.
public record EndToEndId(String value) {
    private static final Pattern SHAPE = Pattern.compile("E[0-9A-Z]{8}[0-9]{12}[0-9A-Za-z]{11}");

    private static final DateTimeFormatter MINUTE =
            DateTimeFormatter.ofPattern("uuuuMMddHHmm").withResolverStyle(ResolverStyle.STRICT);

    private static final String ALPHABET =
            "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private static final int TAIL = 11;

    private static final SecureRandom RANDOM = new SecureRandom();

    /// @throws IllegalArgumentException unless `value` has the shape and a minute that exists
    public EndToEndId {
        if (!isValid(value)) {
            throw new IllegalArgumentException("not an endToEndId");
        }
    }

    /// A new id, random in its last 11 characters.
    ///
    /// @param ispb the institution: 8 digits or, since 2026, upper-case letters
    /// @throws IllegalArgumentException for any other ISPB, or a year of more than four digits
    public static EndToEndId create(String ispb, Instant at) {
        return new EndToEndId("E" + ispb + MINUTE.format(at.atOffset(ZoneOffset.UTC)) + tail());
    }

    public static Optional<EndToEndId> parse(@Nullable String text) {
        return text != null && isValid(text) ? Optional.of(new EndToEndId(text)) : Optional.empty();
    }

    /// The institution of the payer.
    public String ispb() {
        return value.substring(1, 9);
    }

    /// Six random bits at a time; the two values beyond the alphabet are thrown away, so that all
    /// characters are equally likely.
    private static String tail() {
        var tail = new StringBuilder(TAIL);
        var random = new byte[16];
        while (tail.length() < TAIL) {
            RANDOM.nextBytes(random);
            for (var i = 0; i < random.length && tail.length() < TAIL; i++) {
                var character = random[i] & 0x3F;
                if (character < ALPHABET.length()) {
                    tail.append(ALPHABET.charAt(character));
                }
            }
        }
        return tail.toString();
    }

    /// Whether it has the shape, and a minute that exists.
    public static boolean isValid(String value) {
        if (!SHAPE.matcher(value).matches()) {
            return false;
        }
        try {
            minute(value);
            return true;
        } catch (DateTimeException _) {
            return false;
        }
    }

    private static LocalDateTime minute(String value) {
        return LocalDateTime.of(
                number(value, 9, 13),
                number(value, 13, 15),
                number(value, 15, 17),
                number(value, 17, 19),
                number(value, 19, 21));
    }

    private static int number(String value, int from, int to) {
        return Integer.parseInt(value, from, to, 10);
    }

    @Override
    public String toString() {
        return value;
    }
}
