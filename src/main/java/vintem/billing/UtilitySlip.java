package vintem.billing;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import vintem.billing.Boleto.Finding;
import vintem.billing.Boleto.Reason;
import vintem.platform.AsciiDigits;

/// The slip of a utility or a tax (*arrecadação*): a bar code of 44 digits that begins with 8, or a
/// line of 48, four blocks of 11 with a check digit each. It is another standard than a boleto's:
/// there is no due date that all agree on, and companies have the digits behind their own number
/// for themselves. Slips are read, never made.
///
/// In the bar code are an 8, the segment, the kind of value, a check digit, the value (11 digits)
/// and the company: four digits of FEBRABAN's, or eight of its CNPJ in segment 6.
///
/// Source: FEBRABAN, standard layout of collection with bar code.
///
/// @param barCode 44 digits with right check digit
public record UtilitySlip(String barCode) {
    static final int LINE_LENGTH = 48;

    private static final int LENGTH = 44;
    private static final int BLOCK = 11;

    /// Who collects.
    public enum Segment {
        CITY(1),
        WATER(2),
        POWER_AND_GAS(3),
        TELECOM(4),
        GOVERNMENT(5),
        /// Any other company, told by its CNPJ.
        COMPANY(6),
        TRAFFIC_FINE(7),
        /// For use within one bank.
        BANK(9);

        private final int digit;

        Segment(int digit) {
            this.digit = digit;
        }

        private static @Nullable Segment of(char digit) {
            for (var segment : values()) {
                if (segment.digit == digit - '0') {
                    return segment;
                }
            }
            return null;
        }
    }

    /// What came of reading a text.
    public sealed interface Reading {}

    /// Digits that belong together.
    public record Read(UtilitySlip slip) implements Reading {}

    /// A text that is no slip, or one in which a digit is wrong.
    ///
    /// @param reasons all that are wrong, not only the first
    public record Wrong(List<Finding> reasons) implements Reading {
        public Wrong {
            reasons = List.copyOf(reasons);
        }
    }

    /// @throws IllegalArgumentException for a bar code that no reader takes
    public UtilitySlip {
        if (barCode.length() != LENGTH || !AsciiDigits.only(barCode)) {
            throw new IllegalArgumentException("a bar code has 44 digits");
        }
        var reasons = new ArrayList<Finding>(0);
        check(reasons, barCode);
        if (!reasons.isEmpty()) {
            throw new IllegalArgumentException("no bar code of a slip, " + reasons.getFirst());
        }
    }

    /// Reads a bar code (44 digits) or a line (48), with points, dashes and spaces wherever they
    /// stand. Never throws, however long or strange the text.
    public static Reading read(String text) {
        var digits = Digits.unmasked(text);
        if (digits == null) {
            return wrong(
                    Reason.NOT_DIGITS,
                    "a slip has only digits, with points, dashes and spaces between them");
        }
        if (digits.length() != LENGTH && digits.length() != LINE_LENGTH) {
            return wrong(
                    Reason.WRONG_LENGTH,
                    "the line of a slip has 48 digits and its bar code 44, here are "
                            + digits.length());
        }
        if (!digits.startsWith("8")) {
            return wrong(Reason.OTHER_KIND, "the slip of a utility or a tax begins with 8");
        }
        var reasons = new ArrayList<Finding>();
        var barCode = digits;
        if (digits.length() == LINE_LENGTH) {
            barCode = barCode(digits);
            checkBlocks(reasons, digits);
        }
        check(reasons, barCode);
        return reasons.isEmpty() ? new Read(new UtilitySlip(barCode)) : new Wrong(reasons);
    }

    /// The bar code that a line says. Nothing of it is checked.
    ///
    /// @param line 48 digits
    private static String barCode(String line) {
        return line.substring(0, 11)
                + line.substring(12, 23)
                + line.substring(24, 35)
                + line.substring(36, 47);
    }

    private static void checkBlocks(List<Finding> reasons, String line) {
        var kind = line.charAt(2);
        if (!isValueType(kind)) {
            return;
        }
        for (var block = 0; block < 4; block++) {
            var from = block * (BLOCK + 1);
            BoletoReader.checkDigit(
                    reasons,
                    "block" + (block + 1),
                    line.charAt(from + BLOCK),
                    checkDigit(kind, line.substring(from, from + BLOCK)));
        }
    }

    private static void check(List<Finding> reasons, String barCode) {
        if (barCode.charAt(0) != '8') {
            reasons.add(new Finding("", Reason.OTHER_KIND, "a slip begins with 8"));
        }
        if (Segment.of(barCode.charAt(1)) == null) {
            reasons.add(
                    new Finding(
                            "segment",
                            Reason.SEGMENT,
                            "the segment is %s, should be 1 to 7 or 9"
                                    .formatted(barCode.charAt(1))));
        }
        var kind = barCode.charAt(2);
        if (!isValueType(kind)) {
            // It decides how check digits are made, so that there is nothing to hold them to.
            reasons.add(
                    new Finding(
                            "value_type",
                            Reason.VALUE_TYPE,
                            "the kind of value is %s, should be 6 to 9".formatted(kind)));
            return;
        }
        BoletoReader.checkDigit(
                reasons,
                "check_digit",
                barCode.charAt(3),
                checkDigit(kind, barCode.substring(0, 3) + barCode.substring(4)));
    }

    private static boolean isValueType(char kind) {
        return kind >= '6' && kind <= '9';
    }

    /// Modulo 10 for the kinds 6 and 7, modulo 11 for 8 and 9.
    private static int checkDigit(char kind, String digits) {
        if (kind <= '7') {
            return Digits.mod10(digits, 0, digits.length());
        }
        var mod11 = Digits.mod11(digits, 0, digits.length(), 9);
        return mod11 > 9 ? 0 : mod11;
    }

    public Segment segment() {
        var segment = Segment.of(barCode.charAt(1));
        if (segment == null) {
            throw new IllegalStateException("checked above");
        }
        return segment;
    }

    /// 6 and 8 for reais; 7 and 9 for an amount of something else, which only the company knows how
    /// to turn into reais. With 6 and 7 check digits are of modulo 10, with 8 and 9 of modulo 11.
    public int valueType() {
        return barCode.charAt(2) - '0';
    }

    /// What is to be paid; null where the value is not in reais.
    public @Nullable Long amountCents() {
        return valueType() % 2 == 0 ? (Long) Long.parseLong(barCode, 4, 15, 10) : null;
    }

    /// FEBRABAN's number of the company (4 digits), or the root of its CNPJ (8) in segment 6.
    public String company() {
        return barCode.substring(15, segment() == Segment.COMPANY ? 23 : 19);
    }

    /// What the company has for itself: 25 digits, 21 in segment 6.
    public String freeField() {
        return barCode.substring(segment() == Segment.COMPANY ? 23 : 19);
    }

    /// The 48 digits that people type.
    public String line() {
        return blocks("", "");
    }

    /// The line as it is printed: `84610000000-5 24610029110-2 00546033900-4 69589506108-0`.
    public String printedLine() {
        return blocks("-", " ");
    }

    private String blocks(String beforeCheckDigit, String between) {
        var line = new StringBuilder(LINE_LENGTH + 8);
        for (var from = 0; from < LENGTH; from += BLOCK) {
            var block = barCode.substring(from, from + BLOCK);
            line.append(from == 0 ? "" : between)
                    .append(block)
                    .append(beforeCheckDigit)
                    .append(checkDigit(barCode.charAt(2), block));
        }
        return line.toString();
    }

    private static Wrong wrong(Reason reason, String sentence) {
        return new Wrong(List.of(new Finding("", reason, sentence)));
    }
}
