package vintem.billing;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import vintem.billing.LateTerms.Amount;
import vintem.billing.LateTerms.Deadline;
import vintem.billing.LateTerms.Discount;
import vintem.billing.LateTerms.Fine;
import vintem.billing.LateTerms.Interest;
import vintem.billing.LateTerms.Per;
import vintem.billing.LateTerms.Read;
import vintem.billing.LateTerms.Reading;
import vintem.billing.LateTerms.Step;
import vintem.billing.LateTerms.Wrong;

/// Reads the words of late terms; each part by itself, so that all mistakes are told at once.
final class LateTermsReader {
    private static final int LONGEST = 200;

    private static final String FINE = "a fine is an amount, 5.00, or a percentage, 2%";

    private static final String INTEREST =
            "interest is a percentage per day, month, year, business-day, business-month or"
                    + " business-year, such as 1%/month, or an amount per day or business-day, such"
                    + " as 0.10/day";

    private static final String DISCOUNT =
            "a discount is up to three amounts or percentages with their last day, such as"
                    + " 5% until 2026-12-01, 3% until 5 days before, or one per day or business-day"
                    + " ahead, such as 0.10/day";

    private static final String AMOUNT = "([0-9]{1,10})(?:[.,]([0-9]{1,6}))? ?(%|pct)?";

    private static final Pattern FINE_TEXT = Pattern.compile(AMOUNT);

    private static final Pattern RATE = Pattern.compile(AMOUNT + " ?/ ?([a-z-]{3,14})");

    private static final Pattern STEP =
            Pattern.compile(
                    AMOUNT
                            + " until (?:([0-9]{4}-[0-9]{2}-[0-9]{2})|([0-9]{1,4}) days? before)"
                            + "(?: ?, ?(?=[0-9])|$)");

    private static final Pattern SPACES = Pattern.compile("[ \\t\\u00A0]+");

    private LateTermsReader() {}

    static Reading read(
            @Nullable String fine, @Nullable String interest, @Nullable String discount) {
        var reasons = new LinkedHashMap<String, String>();
        var terms =
                new LateTerms(
                        part("fine", fine, reasons, LateTermsReader::fine),
                        part("interest", interest, reasons, LateTermsReader::interest),
                        part("discount", discount, reasons, LateTermsReader::discount));
        return reasons.isEmpty() ? new Read(terms) : new Wrong(reasons);
    }

    private static <T> @Nullable T part(
            String name,
            @Nullable String text,
            Map<String, String> reasons,
            Function<String, @Nullable T> read) {
        if (text == null) {
            return null;
        }
        if (text.length() > LONGEST) {
            reasons.put(name, "has at most %d characters".formatted(LONGEST));
            return null;
        }
        var tidy = SPACES.matcher(text.strip()).replaceAll(" ").toLowerCase(Locale.ROOT);
        if (tidy.isEmpty()) {
            return null;
        }
        try {
            return read.apply(tidy);
        } catch (IllegalArgumentException refused) {
            reasons.put(name, String.valueOf(refused.getMessage()));
            return null;
        }
    }

    private static @Nullable Fine fine(String text) {
        var matcher = FINE_TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(FINE);
        }
        var amount = amount(matcher.group(1), matcher.group(2), matcher.group(3));
        return amount == null ? null : new Fine(amount);
    }

    private static @Nullable Interest interest(String text) {
        var matcher = RATE.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(INTEREST);
        }
        Per found = null;
        for (var per : Per.values()) {
            if (per.word().equals(matcher.group(4))) {
                found = per;
            }
        }
        if (found == null) {
            throw new IllegalArgumentException(INTEREST);
        }
        var amount = amount(matcher.group(1), matcher.group(2), matcher.group(3));
        return amount == null ? null : new Interest(amount, found);
    }

    private static @Nullable Discount discount(String text) {
        var rate = RATE.matcher(text);
        if (rate.matches()) {
            var amount = amount(rate.group(1), rate.group(2), rate.group(3));
            var businessDays = rate.group(4).equals("business-day");
            if (!businessDays && !rate.group(4).equals("day")) {
                throw new IllegalArgumentException(DISCOUNT);
            }
            return amount == null ? null : new Discount.Ahead(amount, businessDays);
        }
        var steps = new ArrayList<Step>();
        var step = STEP.matcher(text);
        var end = 0;
        while (end < text.length()) {
            if (!step.find(end) || step.start() != end) {
                throw new IllegalArgumentException(DISCOUNT);
            }
            var amount = amount(step.group(1), step.group(2), step.group(3));
            if (amount == null) {
                throw new IllegalArgumentException("a discount is more than zero");
            }
            steps.add(new Step(amount, deadline(step.group(4), step.group(5))));
            end = step.end();
        }
        return new Discount.Until(steps);
    }

    private static Deadline deadline(@Nullable String day, @Nullable String days) {
        if (day == null) {
            return new Deadline.Before(Integer.parseInt(String.valueOf(days)));
        }
        try {
            return new Deadline.On(LocalDate.parse(day));
        } catch (DateTimeException noDay) {
            throw new IllegalArgumentException("there is no day " + day, noDay);
        }
    }

    /// Null for zero, which is no fine, no interest.
    private static @Nullable Amount amount(
            String whole, @Nullable String decimals, @Nullable String percent) {
        var number = new BigDecimal(decimals == null ? whole : whole + "." + decimals);
        if (number.signum() == 0) {
            return null;
        }
        if (percent == null) {
            if (number.stripTrailingZeros().scale() > 2) {
                throw new IllegalArgumentException("an amount has two decimals, such as 5.00");
            }
            return new Amount.Fixed(number.movePointRight(2).longValueExact());
        }
        if (whole.length() > 4) {
            throw new IllegalArgumentException("a percentage is below 10000%");
        }
        return new Amount.Percent(number);
    }
}
