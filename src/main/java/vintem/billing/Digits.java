package vintem.billing;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// A row of ASCII digits that grows from left to right, and the check digits that banks put behind
/// such rows. Bytes and sums alone: a file of a million debts makes a million bar codes.
final class Digits {
    /// Nobody pads a line that much, and a megabyte is not worth walking through.
    static final int LONGEST_TEXT = 200;

    private final byte[] row;
    private int length;

    /// @param length how many digits the row is going to have
    Digits(int length) {
        row = new byte[length];
    }

    Digits put(String digits) {
        return put(digits, 0, digits.length());
    }

    Digits put(String digits, int from, int to) {
        for (var i = from; i < to; i++) {
            row[length++] = (byte) digits.charAt(i);
        }
        return this;
    }

    /// A number with zeros in front.
    ///
    /// @throws IllegalArgumentException for one that has more digits than that, or is negative
    Digits put(long number, int width) {
        var rest = number;
        for (var at = length + width - 1; at >= length; at--) {
            row[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        if (rest != 0 || number < 0) {
            throw new IllegalArgumentException("%d has not %d digits".formatted(number, width));
        }
        length += width;
        return this;
    }

    /// Modulo 10 of the digits so far: from the right the weights are 2, 1, 2, 1 …, and a product
    /// of two digits counts as their sum.
    int mod10() {
        return mod10(row, 0, length);
    }

    /// Modulo 11 of the digits so far, 1 to 11: each bank has its own way to write 10 and 11. From
    /// the right the weights are 2, 3, 4 … up to `most`, and again.
    int mod11(int most) {
        return mod11(row, 0, length, most);
    }

    static int mod10(String digits, int from, int to) {
        return mod10(bytes(digits), from, to);
    }

    static int mod11(String digits, int from, int to, int most) {
        return mod11(bytes(digits), from, to, most);
    }

    private static int mod10(byte[] digits, int from, int to) {
        var sum = 0;
        for (var at = to - 1; at >= from; at--) {
            var digit = digits[at] - '0';
            var product = (to - at) % 2 == 1 ? 2 * digit : digit;
            sum += product > 9 ? product - 9 : product;
        }
        return (10 - sum % 10) % 10;
    }

    private static int mod11(byte[] digits, int from, int to, int most) {
        var sum = 0;
        var weight = 2;
        for (var at = to - 1; at >= from; at--) {
            sum += (digits[at] - '0') * weight;
            weight = weight == most ? 2 : weight + 1;
        }
        return 11 - sum % 11;
    }

    private static byte[] bytes(String digits) {
        return digits.getBytes(StandardCharsets.ISO_8859_1);
    }

    static String padded(long number, int width) {
        return new Digits(width).put(number, width).toString();
    }

    /// The digits of what people copy: points, dashes and white space are left out wherever they
    /// stand. Null where something else is among them, or where it is too long to be anything.
    static @Nullable String unmasked(String text) {
        if (text.length() > LONGEST_TEXT) {
            return null;
        }
        var digits = new StringBuilder(48);
        for (var i = 0; i < text.length(); i++) {
            var each = text.charAt(i);
            if (each >= '0' && each <= '9') {
                digits.append(each);
            } else if (each != '.' && each != '-' && !isSpace(each)) {
                return null;
            }
        }
        return digits.toString();
    }

    private static boolean isSpace(char each) {
        // What copies from a PDF or a page have between their groups is often no plain space.
        return each == ' ' || each == '\u00A0' || each == '\t' || each == '\n' || each == '\r';
    }

    @Override
    public String toString() {
        return new String(row, 0, length, StandardCharsets.ISO_8859_1);
    }
}
