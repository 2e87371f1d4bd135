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
import vintem.billing.LateTerms.Mistake;
import vintem.billing.LateTerms.Per;
import vintem.billing.LateTerms.Read;
import vintem.billing.LateTerms.Reading;
import vintem.billing.LateTerms.Refused;
import vintem.billing.LateTerms.Step;
import vintem.billing.LateTerms.Wrong;

/// Reads the words of late terms; each part by itself, so that all mistakes are told at once.
final class LateTermsReader {
    private static final int LONGEST = 200;

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
        var reasons = new LinkedHashMap<String, Mistake>();
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
            Map<String, Mistake> reasons,
            Function<String, @Nullable T> read) {
        if (text == null) {
            return null;
        }
        if (text.length() > LONGEST) {
            reasons.put(name, Mistake.TOO_LONG);
            return null;
        }
        var tidy = SPACES.matcher(text.strip()).replaceAll(" ").toLowerCase(Locale.ROOT);
        if (tidy.isEmpty()) {
            return null;
        }
        try {
            return read.apply(tidy);
        } catch (Refused refused) {
            reasons.put(name, refused.mistake());
            return null;
        }
    }

    private static @Nullable Fine fine(String text) {
        var matcher = FINE_TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new Refused(Mistake.NO_FINE);
        }
        var amount = amount(matcher.group(1), matcher.group(2), matcher.group(3));
        return amount == null ? null : new Fine(amount);
    }

    private static @Nullable Interest interest(String text) {
        var matcher = RATE.matcher(text);
        if (!matcher.matches()) {
            throw new Refused(Mistake.NO_INTEREST);
        }
        Per found = null;
        for (var per : Per.values()) {
            if (per.word().equals(matcher.group(4))) {
                found = per;
            }
        }
        if (found == null) {
            throw new Refused(Mistake.NO_INTEREST);
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
                throw new Refused(Mistake.NO_DISCOUNT);
            }
            return amount == null ? null : new Discount.Ahead(amount, businessDays);
        }
        var steps = new ArrayList<Step>();
        var step = STEP.matcher(text);
        var end = 0;
        while (end < text.length()) {
            if (!step.find(end) || step.start() != end) {
                throw new Refused(Mistake.NO_DISCOUNT);
            }
            var amount = amount(step.group(1), step.group(2), step.group(3));
            if (amount == null) {
                throw new Refused(Mistake.DISCOUNT_ZERO);
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
            throw new Refused(Mistake.NO_SUCH_DAY);
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
                throw new Refused(Mistake.DECIMALS);
            }
            return new Amount.Fixed(number.movePointRight(2).longValueExact());
        }
        if (whole.length() > 4) {
            throw new Refused(Mistake.PERCENTAGE_TOO_LARGE);
        }
        return new Amount.Percent(number);
    }
}
