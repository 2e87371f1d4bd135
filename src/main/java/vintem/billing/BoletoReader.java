package vintem.billing;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import vintem.billing.Boleto.Finding;
import vintem.billing.Boleto.Read;
import vintem.billing.Boleto.Reading;
import vintem.billing.Boleto.Reason;
import vintem.billing.Boleto.Wrong;
import vintem.platform.AsciiDigits;

/// One reading of one text. It goes on after what is wrong, so that all of it is told at once.
final class BoletoReader {
    private BoletoReader() {}

    static Reading read(String text, LocalDate reference) {
        var digits = Digits.unmasked(text);
        if (digits == null) {
            return wrong(
                    Reason.NOT_DIGITS,
                    "a boleto has only digits, with points, dashes and spaces between them");
        }
        if (digits.length() == UtilitySlip.LINE_LENGTH
                || digits.length() == Boleto.LENGTH && digits.startsWith("8")) {
            return wrong(
                    Reason.OTHER_KIND,
                    digits.startsWith("8")
                            ? "what begins with 8 is the slip of a utility or a tax"
                            : "a line of 47 digits is a boleto's, one of 48 that begins in 8 is"
                                    + " a utility's");
        }
        var reasons = new ArrayList<Finding>();
        String barCode;
        switch (digits.length()) {
            case Boleto.LENGTH -> barCode = digits;
            case Boleto.LINE_LENGTH -> {
                checkField(reasons, "field1", digits, 0, 9);
                checkField(reasons, "field2", digits, 10, 20);
                checkField(reasons, "field3", digits, 21, 31);
                barCode = barCode(digits);
            }
            default -> {
                return wrong(
                        Reason.WRONG_LENGTH,
                        "a line has 47 digits and a bar code 44, here are " + digits.length());
            }
        }
        checkBarCode(reasons, barCode);
        if (!reasons.isEmpty()) {
            return new Wrong(reasons);
        }
        var factor = Integer.parseInt(barCode, 5, 9, 10);
        return new Read(new Boleto(barCode, factor == 0 ? null : Boleto.due(factor, reference)));
    }

    /// The first thing that is wrong with a bar code; null for nothing.
    static @Nullable Finding firstMistake(String barCode) {
        if (barCode.length() != Boleto.LENGTH || !AsciiDigits.only(barCode)) {
            return new Finding("", Reason.WRONG_LENGTH, "a bar code has 44 digits");
        }
        var reasons = new ArrayList<Finding>(0);
        checkBarCode(reasons, barCode);
        return reasons.isEmpty() ? null : reasons.getFirst();
    }

    /// The bar code that a line says. Nothing of it is checked.
    ///
    /// @param line 47 digits
    static String barCode(String line) {
        return line.substring(0, 4)
                + line.substring(32)
                + line.substring(4, 9)
                + line.substring(10, 20)
                + line.substring(21, 31);
    }

    private static void checkField(
            List<Finding> reasons, String field, String line, int from, int to) {
        checkDigit(reasons, field, line.charAt(to), Digits.mod10(line, from, to));
    }

    private static void checkBarCode(List<Finding> reasons, String barCode) {
        if (barCode.startsWith("000")) {
            reasons.add(new Finding("bank", Reason.BANK, "no bank has the number 000"));
        }
        var currency = barCode.charAt(3);
        if (currency != '9' && currency != '0') {
            reasons.add(
                    new Finding(
                            "currency",
                            Reason.CURRENCY,
                            "the currency is %s, should be 9 (reais)".formatted(currency)));
        }
        var others = new Digits(Boleto.LENGTH - 1);
        others.put(barCode, 0, 4).put(barCode, 5, Boleto.LENGTH);
        checkDigit(reasons, "check_digit", barCode.charAt(4), Boleto.checkDigit(others.mod11(9)));
        var factor = Integer.parseInt(barCode, 5, 9, 10);
        if (factor > 0 && factor < Boleto.FIRST_FACTOR) {
            reasons.add(
                    new Finding(
                            "due_factor",
                            Reason.DUE_FACTOR,
                            "the due date is %s, should be 1000 to 9999, or 0000 for none"
                                    .formatted(barCode.substring(5, 9))));
        }
    }

    static void checkDigit(List<Finding> reasons, String field, char actual, int expected) {
        if (actual - '0' != expected) {
            reasons.add(
                    new Finding(
                            field,
                            Reason.CHECK_DIGIT,
                            "the check digit is %s, should be %d: a digit was changed or lost"
                                    .formatted(actual, expected)));
        }
    }

    private static Wrong wrong(Reason reason, String sentence) {
        return new Wrong(List.of(new Finding("", reason, sentence)));
    }
}
