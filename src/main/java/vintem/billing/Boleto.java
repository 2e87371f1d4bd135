package vintem.billing;

import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The bar code of a bank bill and the line of digits (*linha digitável*) that people type instead:
/// two ways to write the same. Whether a bank has registered it, and so takes it, does not stand in
/// it.
///
/// In the bar code are the bank (3 digits), the currency, a check digit, the due date as a number
/// of days (*fator de vencimento*, 4), the amount (10) and what the bank itself needs (25).
///
/// The days are counted from 7 October 1997 and have four digits: after 9999, which was 21 February
/// 2025, came 1000 again, and it comes again on 14 October 2049. So each factor stands for days
/// that are 9,000 days apart, and is read as the one that is near a given day.
///
/// Source: FEBRABAN's layout of the bar code of collection. Check digits, layouts and dates are
/// held to published bar codes by the tests.
///
/// @param barCode 44 digits with right check digit; the currency digit is 9, or 0 in some that
/// others made
/// @param due null where it may be paid at any time
public record Boleto(String barCode, @Nullable LocalDate due) {
    /// The highest amount that has room: R$ 99,999,999.99. Above it there is no boleto.
    public static final long MOST_CENTS = 9_999_999_999L;

    /// The first day that a factor was used for.
    public static final LocalDate FIRST_DUE = LocalDate.of(2000, 7, 3);

    static final int LENGTH = 44;

    static final int LINE_LENGTH = 47;

    static final int FIRST_FACTOR = 1_000;

    private static final int FACTORS = 9_000;

    private static final long DAY_ZERO = LocalDate.of(1997, 10, 7).toEpochDay();

    /// A factor is read as a day from so many days before the reference date …
    private static final int DAYS_BACK = 3_499;

    /// What came of reading a text.
    public sealed interface Reading {}

    /// Digits that belong together.
    public record Read(Boleto boleto) implements Reading {}

    /// A text that is no boleto, or one in which a digit is wrong.
    ///
    /// @param reasons all that are wrong, not only the first
    public record Wrong(List<Finding> reasons) implements Reading {
        public Wrong {
            reasons = List.copyOf(reasons);
        }
    }

    /// One thing about one part of it.
    ///
    /// @param field `bank`, `currency`, `check_digit`, `due_factor`, `field1` to `field3` of the
    /// line; `segment`, `value_type`, `block1` to `block4` of a utility slip; empty for the whole
    /// @param sentence what it is and what would be right, in plain English
    public record Finding(String field, Reason reason, String sentence) {
        @Override
        public String toString() {
            return field.isEmpty() ? sentence : field + ": " + sentence;
        }
    }

    /// Why a text is refused. The names stay what they are.
    public enum Reason {
        /// There is something else than digits, points, dashes and spaces.
        NOT_DIGITS,
        WRONG_LENGTH,
        /// It is a slip of the other kind.
        OTHER_KIND,
        CHECK_DIGIT,
        BANK,
        CURRENCY,
        DUE_FACTOR,
        SEGMENT,
        VALUE_TYPE
    }

    /// @throws IllegalArgumentException for a bar code that no reader takes, or another due date
    /// than stands in it
    public Boleto {
        var wrong = BoletoReader.firstMistake(barCode);
        if (wrong != null) {
            throw new IllegalArgumentException("no bar code of a boleto, " + wrong);
        }
        if (number(barCode, 5, 9) != (due == null ? 0 : factor(due))) {
            throw new IllegalArgumentException("another due date stands in the bar code");
        }
    }

    /// A new boleto.
    ///
    /// @param number the nosso número, of which each is used once
    /// @param amountCents 0 to [#MOST_CENTS]; with 0 the payer says how much
    /// @param due not before [#FIRST_DUE]; null where it may be paid at any time
    /// @throws IllegalArgumentException for a number, an amount or a day out of range
    public static Boleto write(
            Beneficiary beneficiary, long number, long amountCents, @Nullable LocalDate due) {
        if (amountCents < 0 || amountCents > MOST_CENTS) {
            throw new IllegalArgumentException(
                    "a boleto has 0 to %d cents, not %d".formatted(MOST_CENTS, amountCents));
        }
        var withoutCheckDigit =
                new Digits(LENGTH - 1)
                        .put(beneficiary.bank(), 3)
                        .put("9")
                        .put(due == null ? 0 : factor(due), 4)
                        .put(amountCents, 10)
                        .put(beneficiary.freeField(number));
        var digits = withoutCheckDigit.toString();
        var checkDigit = (char) ('0' + checkDigit(withoutCheckDigit.mod11(9)));
        return new Boleto(digits.substring(0, 4) + checkDigit + digits.substring(4), due);
    }

    /// Reads a bar code (44 digits) or a line (47), with points, dashes and spaces wherever they
    /// stand. Never throws, however long or strange the text.
    ///
    /// @param reference a factor is read as the day nearest to this one, between 3,000 days before
    /// and 5,500 after it; most often today, or the day when the boleto was made
    public static Reading read(String text, LocalDate reference) {
        return BoletoReader.read(text, reference);
    }

    /// The bank's number, as in `341`.
    public int bank() {
        return (int) number(barCode, 0, 3);
    }

    /// 9 for reais. 0 stands in boletos of *situação 2* (FEBRABAN FB-0061/2021): they are read and
    /// never written.
    public int currency() {
        return barCode.charAt(3) - '0';
    }

    /// 0 where the payer says how much.
    public long amountCents() {
        return number(barCode, 9, 19);
    }

    /// The due date as it stands there: 1000 to 9999, or 0.
    public int dueFactor() {
        return (int) number(barCode, 5, 9);
    }

    /// The 25 digits that are the bank's own.
    public String freeField() {
        return barCode.substring(19);
    }

    /// The 47 digits that people type: the bar code in another order, with three more check digits.
    public String line() {
        var line = new Digits(LINE_LENGTH);
        putField(line, barCode.substring(0, 4) + barCode.substring(19, 24));
        putField(line, barCode.substring(24, 34));
        putField(line, barCode.substring(34));
        return line.put(barCode.substring(4, 5)).put(barCode.substring(5, 19)).toString();
    }

    private static void putField(Digits line, String field) {
        line.put(field).put(Digits.mod10(field, 0, field.length()), 1);
    }

    /// The line as it is printed: `34191.75124 34567.840813 05367.890000 1 43290000000000`.
    public String printedLine() {
        var line = line();
        return line.substring(0, 5)
                + "."
                + line.substring(5, 10)
                + " "
                + line.substring(10, 15)
                + "."
                + line.substring(15, 21)
                + " "
                + line.substring(21, 26)
                + "."
                + line.substring(26, 32)
                + " "
                + line.charAt(32)
                + " "
                + line.substring(33);
    }

    /// 1000 to 9999.
    ///
    /// @throws IllegalArgumentException for a day before [#FIRST_DUE]
    static int factor(LocalDate due) {
        if (due.isBefore(FIRST_DUE)) {
            throw new IllegalArgumentException("no boleto is due before " + FIRST_DUE);
        }
        var days = due.toEpochDay() - DAY_ZERO;
        return (int) ((days - FIRST_FACTOR) % FACTORS) + FIRST_FACTOR;
    }

    /// The day that a factor means, read near another day.
    ///
    /// The window is -3000 to +5500 days. Of the 499 days that it leaves out, those in the past are
    /// nearer, so that they are taken: from -3499 days on, one day of each 9,000 fits.
    ///
    /// @param factor 1000 to 9999
    static LocalDate due(int factor, LocalDate reference) {
        var first = DAY_ZERO + factor;
        var earliest = reference.toEpochDay() - DAYS_BACK;
        var rounds = Math.max(0, Math.ceilDiv(earliest - first, FACTORS));
        return LocalDate.ofEpochDay(first + rounds * FACTORS);
    }

    /// @param mod11 1 to 11
    static int checkDigit(int mod11) {
        return mod11 > 9 ? 1 : mod11;
    }

    private static long number(String digits, int from, int to) {
        return Long.parseLong(digits, from, to, 10);
    }
}
