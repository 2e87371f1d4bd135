package vintem.billing;

import vintem.billing.Dialect.DecimalMark;

/// Amounts as files of debts have them: `7811`, `1000000.00`, `1.234,56`, `R$ 1.234,56`.
final class AmountText {
    /// Not an amount at all.
    static final long NO_NUMBER = Long.MIN_VALUE;

    static final long TOO_MANY_DECIMALS = Long.MIN_VALUE + 1;

    /// Beyond [#MOST_CENTS].
    static final long TOO_LARGE = Long.MIN_VALUE + 2;

    /// R$ 10 billion: beyond any debt, and millions of them still add up to a `long`.
    static final long MOST_CENTS = 1_000_000_000_000L;

    /// What an amount tells of how all of them are written.
    enum Evidence {
        /// Whole reais, or no amount.
        NONE,
        DOT,
        COMMA,
        /// `1.234`: more than a thousand, or a little more than one.
        ONE_DOT,
        /// `1,234`: the same.
        ONE_COMMA
    }

    private static final int GROUP = 3;
    private static final int DECIMALS = 2;

    private AmountText() {}

    /// Cents, less than zero where there is a minus, or one of the constants above.
    static long cents(String text, DecimalMark mark) {
        var bytes = new byte[text.length()];
        for (var i = 0; i < bytes.length; i++) {
            var it = text.charAt(i);
            bytes[i] = it == '\u00A0' ? (byte) ' ' : it < 128 ? (byte) it : (byte) '?';
        }
        return cents(bytes, 0, bytes.length, mark);
    }

    static long cents(byte[] bytes, int from, int to, DecimalMark mark) {
        var start = skipCurrency(bytes, skipSpace(bytes, from, to), to);
        var end = to;
        while (end > start && RecordScanner.isSpace(bytes[end - 1])) {
            end--;
        }
        var negative = start < end && bytes[start] == '-';
        if (negative) {
            start = skipCurrency(bytes, skipSpace(bytes, start + 1, end), end);
        }
        var whole = whole(bytes, start, end, mark);
        return negative && whole >= 0 ? -whole : whole;
    }

    static Evidence evidence(byte[] bytes, int from, int to) {
        var dot = cents(bytes, from, to, DecimalMark.DOT);
        var comma = cents(bytes, from, to, DecimalMark.COMMA);
        if (dot == comma) {
            return Evidence.NONE;
        }
        if (dot == TOO_MANY_DECIMALS && isAmount(comma)) {
            return Evidence.ONE_DOT;
        }
        if (comma == TOO_MANY_DECIMALS && isAmount(dot)) {
            return Evidence.ONE_COMMA;
        }
        if (isAmount(dot)) {
            return Evidence.DOT;
        }
        return isAmount(comma) ? Evidence.COMMA : Evidence.NONE;
    }

    static boolean isAmount(long cents) {
        return cents >= -MOST_CENTS;
    }

    private static long whole(byte[] bytes, int from, int to, DecimalMark mark) {
        var reais = 0L;
        var digits = 0;
        var inGroup = 0;
        var grouped = false;
        var at = from;
        for (; at < to && bytes[at] != mark.mark(); at++) {
            var it = bytes[at];
            if (it >= '0' && it <= '9') {
                reais = Math.min(reais * 10 + (it - '0'), MOST_CENTS);
                digits++;
                inGroup++;
            } else if (it == mark.group()) {
                if (inGroup == 0 || (grouped ? inGroup != GROUP : inGroup > GROUP)) {
                    return NO_NUMBER;
                }
                grouped = true;
                inGroup = 0;
            } else {
                return NO_NUMBER;
            }
        }
        if (digits == 0 || grouped && inGroup != GROUP) {
            return NO_NUMBER;
        }
        return at == to ? inRange(reais * 100, reais) : decimals(bytes, at + 1, to, reais);
    }

    private static long decimals(byte[] bytes, int from, int to, long reais) {
        var cents = 0L;
        var digits = to - from;
        if (digits == 0) {
            return NO_NUMBER;
        }
        for (var at = from; at < to; at++) {
            var it = bytes[at];
            if (it < '0' || it > '9') {
                return NO_NUMBER;
            }
            if (at - from < DECIMALS) {
                cents = cents * 10 + (it - '0');
            }
        }
        if (digits > DECIMALS) {
            return TOO_MANY_DECIMALS;
        }
        return inRange(reais * 100 + (digits == 1 ? cents * 10 : cents), reais);
    }

    private static long inRange(long cents, long reais) {
        return reais > MOST_CENTS / 100 || cents > MOST_CENTS ? TOO_LARGE : cents;
    }

    private static int skipSpace(byte[] bytes, int from, int to) {
        var at = from;
        while (at < to && RecordScanner.isSpace(bytes[at])) {
            at++;
        }
        return at;
    }

    private static int skipCurrency(byte[] bytes, int from, int to) {
        var isCurrency =
                to - from > 2
                        && (bytes[from] == 'R' || bytes[from] == 'r')
                        && bytes[from + 1] == '$';
        return isCurrency ? skipSpace(bytes, from + 2, to) : from;
    }
}
