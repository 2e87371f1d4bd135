package vintem.billing;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import vintem.platform.BusinessDays;
import vintem.platform.Cents;
import vintem.platform.Words;

/// What a debt costs when it is paid late, and what is saved by paying it early. Nothing at all,
/// unless somebody said so.
///
/// There are as many ways as in the Pix API (`cobv`), with its codes: fine 1–2, interest 1–8,
/// discount 1–6. Interest is simple. Every component is reckoned without rounding and rounded
/// HALF_UP to the cent, once.
///
/// Written, each part is a short text, in query parameters and in JSON:
///
/// - `fine`: `2%`, or `5.00`
/// - `interest`: `1%/month`, also `/day`, `/year`, `/business-day`, `/business-month`,
///   `/business-year`; or `0.10/day`, `0.10/business-day`
/// - `discount`: `5% until 2026-12-01`, `5.00 until 10 days before`, up to three of them separated
///   by commas; or per day ahead `0.1%/day`, `0.10/business-day`
///
/// Decimals have a point or a comma; `pct` stands for `%`, which has to be escaped in an address.
///
/// Due on a day that is no business day, and paid on the next business day: neither fine nor
/// interest (law 7,089/83). Paid later than that, interest runs from the due date itself (STJ, REsp
/// 1,954,924). The last day of a discount moves to the next business day in the same way (BACEN,
/// *Manual de Padrões para Iniciação do Pix*).
public record LateTerms(
        @Nullable Fine fine, @Nullable Interest interest, @Nullable Discount discount) {
    /// Paid late or early, it is the same.
    public static final LateTerms NONE = new LateTerms(null, null, null);

    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);

    // CDC, art. 52 § 1; the accepted convention for interest.
    private static final BigDecimal USUAL_FINE = BigDecimal.valueOf(2);
    private static final BigDecimal USUAL_INTEREST = BigDecimal.ONE;

    /// R$ 10 trillion: whatever rates and dates are given, a sum of such components fits a `long`.
    private static final BigDecimal MOST = BigDecimal.valueOf(1_000_000_000_000_000L);

    /// What is wrong with a part of late terms. Its code, such as `no_fine`, goes with its sentence
    /// in both languages.
    public enum Mistake {
        AMOUNT_ZERO,
        PERCENTAGE_ZERO,
        FINE_TOO_LARGE,
        AMOUNT_PER_MONTH,
        THREE_DAYS,
        AMOUNTS_AND_PERCENTAGES,
        DAY_TWICE,
        DAYS_BEFORE,
        DISCOUNT_TOO_LARGE,
        NO_FINE,
        NO_INTEREST,
        NO_DISCOUNT,
        DISCOUNT_ZERO,
        NO_SUCH_DAY,
        DECIMALS,
        PERCENTAGE_TOO_LARGE,
        TOO_LONG;

        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }

        /// As a violation of a request names it.
        String violation() {
            return "late_terms." + code();
        }

        String inWords(Words words) {
            return words.say("js.why." + violation());
        }
    }

    /// A part that cannot be.
    static final class Refused extends IllegalArgumentException {
        private static final long serialVersionUID = 1;

        private final Mistake mistake;

        Refused(Mistake mistake) {
            super(mistake.inWords(Words.EN));
            this.mistake = mistake;
        }

        Mistake mistake() {
            return mistake;
        }
    }

    /// Money, or a part of the debt.
    public sealed interface Amount {
        /// @param cents at least 1
        record Fixed(long cents) implements Amount {
            public Fixed {
                if (cents < 1) {
                    throw new Refused(Mistake.AMOUNT_ZERO);
                }
            }
        }

        /// @param percent more than 0
        record Percent(BigDecimal percent) implements Amount {
            public Percent {
                if (percent.signum() <= 0) {
                    throw new Refused(Mistake.PERCENTAGE_ZERO);
                }
                percent = percent.stripTrailingZeros();
            }
        }

        /// Cents, with all their decimals.
        private BigDecimal of(long principalCents) {
            return switch (this) {
                case Fixed(var cents) -> BigDecimal.valueOf(cents);
                case Percent(var percent) ->
                        BigDecimal.valueOf(principalCents).multiply(percent).movePointLeft(2);
            };
        }

        private String text() {
            return switch (this) {
                case Fixed(var cents) -> Cents.toReais(cents).toPlainString();
                case Percent(var percent) -> percent.toPlainString() + "%";
            };
        }

        private String inWords(Words words) {
            return switch (this) {
                case Fixed(var cents) -> words.money(cents);
                case Percent(var percent) -> {
                    var text = percent.toPlainString();
                    yield (words == Words.PT ? text.replace('.', ',') : text) + "%";
                }
            };
        }

        private boolean isPercent() {
            return this instanceof Percent;
        }
    }

    /// Once, from the first late day on (*multa*).
    public record Fine(Amount amount) {
        /// @throws IllegalArgumentException for more than the debt itself (Civil Code, art. 412)
        public Fine {
            if (amount instanceof Amount.Percent(var percent) && percent.compareTo(HUNDRED) > 0) {
                throw new Refused(Mistake.FINE_TOO_LARGE);
            }
        }

        /// As the Pix API has it: 1 for money, 2 for a percentage.
        public int code() {
            return amount.isPercent() ? 2 : 1;
        }
    }

    /// What interest is counted in. A month has 30 days, or 21 business days; a year 365, or 252.
    public enum Per {
        DAY("day", 1, false),
        MONTH("month", 30, false),
        YEAR("year", 365, false),
        BUSINESS_DAY("business-day", 1, true),
        BUSINESS_MONTH("business-month", 21, true),
        BUSINESS_YEAR("business-year", 252, true);

        private final String word;
        private final int days;
        private final boolean business;

        Per(String word, int days, boolean business) {
            this.word = word;
            this.days = days;
            this.business = business;
        }

        String word() {
            return word;
        }
    }

    /// For each day that it is late (*juros de mora*).
    public record Interest(Amount amount, Per per) {
        /// @throws IllegalArgumentException for money per month or year
        public Interest {
            if (!amount.isPercent() && per.days > 1) {
                throw new Refused(Mistake.AMOUNT_PER_MONTH);
            }
        }

        /// As the Pix API has it, 1 to 8.
        public int code() {
            return switch (per) {
                case DAY -> amount.isPercent() ? 2 : 1;
                case MONTH -> 3;
                case YEAR -> 4;
                case BUSINESS_DAY -> amount.isPercent() ? 6 : 5;
                case BUSINESS_MONTH -> 7;
                case BUSINESS_YEAR -> 8;
            };
        }

        /// Percent of a month; null for money, which is none of nothing.
        private @Nullable BigDecimal percentPerMonth(@Nullable Long principalCents) {
            BigDecimal percent;
            switch (amount) {
                case Amount.Percent(var given) -> percent = given;
                case Amount.Fixed(var cents) -> {
                    if (principalCents == null) {
                        return null;
                    }
                    percent = percentOf(cents, principalCents);
                }
            }
            var month = BigDecimal.valueOf(per.business ? 21 : 30);
            return switch (per) {
                case DAY, BUSINESS_DAY -> percent.multiply(month);
                case MONTH, BUSINESS_MONTH -> percent;
                // Twelve months, as people read a rate per year.
                case YEAR, BUSINESS_YEAR ->
                        percent.divide(BigDecimal.valueOf(12), 10, RoundingMode.HALF_UP);
            };
        }
    }

    /// For paying early (*desconto*).
    public sealed interface Discount {
        /// As the Pix API has it, 1 to 6.
        int code();

        /// So much for paying until a day; of several, the first whose day has not passed.
        ///
        /// @param steps one to three, all money or all percentages
        record Until(List<Step> steps) implements Discount {
            /// @throws IllegalArgumentException for none or more than three, for mixed ones
            public Until {
                steps = List.copyOf(steps);
                if (steps.isEmpty() || steps.size() > 3) {
                    throw new Refused(Mistake.THREE_DAYS);
                }
                if (steps.stream().map(step -> step.amount().isPercent()).distinct().count() > 1) {
                    throw new Refused(Mistake.AMOUNTS_AND_PERCENTAGES);
                }
                if (steps.stream().map(Step::deadline).distinct().count() < steps.size()) {
                    throw new Refused(Mistake.DAY_TWICE);
                }
            }

            @Override
            public int code() {
                return steps.getFirst().amount().isPercent() ? 2 : 1;
            }
        }

        /// So much for each day that it is paid before it is due.
        record Ahead(Amount amount, boolean businessDays) implements Discount {
            public Ahead {
                requireLessThanAll(amount);
            }

            @Override
            public int code() {
                return (amount.isPercent() ? 5 : 3) + (businessDays ? 1 : 0);
            }
        }
    }

    /// One of the days of a discount.
    public record Step(Amount amount, Deadline deadline) {
        public Step {
            requireLessThanAll(amount);
        }
    }

    /// The last day on which a discount is given.
    public sealed interface Deadline {
        record On(LocalDate day) implements Deadline {}

        /// For a file, whose debts are due on many days.
        ///
        /// @param days before the due date, 0 to 9999
        record Before(int days) implements Deadline {
            public Before {
                if (days < 0 || days > 9_999) {
                    throw new Refused(Mistake.DAYS_BEFORE);
                }
            }
        }

        /// A discount never outlives the due date.
        private LocalDate day(LocalDate due) {
            return switch (this) {
                case On(var day) -> day.isBefore(due) ? day : due;
                case Before(var days) -> due.minusDays(days);
            };
        }

        private String text() {
            return switch (this) {
                case On(var day) -> day.toString();
                case Before(var days) -> days + " days before";
            };
        }
    }

    /// What is to be paid on a day. `total = principal + fine + interest - discount`.
    ///
    /// @param daysLate running days after the due date; 0 where it is paid in time
    public record Due(
            long principalCents,
            long fineCents,
            long interestCents,
            long discountCents,
            long totalCents,
            long daysLate) {}

    /// What came of reading the texts.
    public sealed interface Reading {}

    public record Read(LateTerms terms) implements Reading {}

    /// @param reasons by field: `fine`, `interest`, `discount`
    public record Wrong(Map<String, Mistake> reasons) implements Reading {
        public Wrong {
            reasons = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(reasons));
        }
    }

    /// Reads what somebody asks for; null or blank is none.
    public static Reading read(
            @Nullable String fine, @Nullable String interest, @Nullable String discount) {
        return LateTermsReader.read(fine, interest, discount);
    }

    /// Reads what [#text] has written.
    ///
    /// @throws IllegalArgumentException for anything else
    public static LateTerms of(String canonical) {
        var parts = new LinkedHashMap<String, String>();
        for (var part : canonical.split(";")) {
            var equals = part.indexOf('=');
            if (equals > 0) {
                parts.put(part.substring(0, equals), part.substring(equals + 1));
            }
        }
        var reading = read(parts.get("fine"), parts.get("interest"), parts.get("discount"));
        if (reading instanceof Read(var terms) && terms.text().equals(canonical)) {
            return terms;
        }
        throw new IllegalArgumentException("these are no late terms");
    }

    /// In one line, the same for the same terms, empty for none:
    /// `fine=2%;interest=1%/month;discount=5% until 2026-12-01, 3% until 5 days before`.
    public String text() {
        var parts = new ArrayList<String>(3);
        if (fine != null) {
            parts.add("fine=" + fine.amount().text());
        }
        if (interest != null) {
            parts.add("interest=" + interest.amount().text() + "/" + interest.per().word);
        }
        switch (discount) {
            case Discount.Until(var steps) ->
                    parts.add(
                            "discount="
                                    + String.join(
                                            ", ",
                                            steps.stream()
                                                    .map(
                                                            step ->
                                                                    step.amount().text()
                                                                            + " until "
                                                                            + step.deadline()
                                                                                    .text())
                                                    .toList()));
            case Discount.Ahead(var amount, var businessDays) ->
                    parts.add(
                            "discount="
                                    + amount.text()
                                    + (businessDays ? "/business-day" : "/day"));
            case null -> {}
        }
        return String.join(";", parts);
    }

    /// What is to be paid on a day, by the calendar of the whole country.
    public Due due(long principalCents, LocalDate due, LocalDate paidOn) {
        return due(principalCents, due, paidOn, BusinessDays.NATIONAL);
    }

    /// What is to be paid on a day.
    ///
    /// @param principalCents what is owed, 0 or more
    /// @param due the due date, on whatever day of the week
    /// @param paidOn a day in São Paulo
    public Due due(long principalCents, LocalDate due, LocalDate paidOn, BusinessDays calendar) {
        if (principalCents < 0) {
            throw new IllegalArgumentException("nobody owes less than nothing");
        }
        var isLate = paidOn.isAfter(calendar.next(due));
        var fineCents = isLate && fine != null ? cents(fine.amount().of(principalCents)) : 0;
        var interestCents =
                isLate && interest != null
                        ? interestCents(interest, principalCents, due, paidOn, calendar)
                        : 0;
        // Something is always left to pay: neither a bank nor Pix takes a bill of nothing.
        var discountCents =
                Math.min(
                        discountCents(principalCents, due, paidOn, calendar),
                        Math.max(0, principalCents - 1));
        return new Due(
                principalCents,
                fineCents,
                interestCents,
                discountCents,
                Math.addExact(principalCents, fineCents + interestCents - discountCents),
                isLate ? ChronoUnit.DAYS.between(due, paidOn) : 0);
    }

    private static long interestCents(
            Interest interest,
            long principalCents,
            LocalDate due,
            LocalDate paidOn,
            BusinessDays calendar) {
        var per = interest.per();
        var days = days(due, paidOn, per.business, calendar);
        // One division, at the end: a rate per day has decimals without end.
        return capped(
                interest.amount()
                        .of(principalCents)
                        .multiply(BigDecimal.valueOf(days))
                        .divide(BigDecimal.valueOf(per.days), 0, RoundingMode.HALF_UP));
    }

    private long discountCents(
            long principalCents, LocalDate due, LocalDate paidOn, BusinessDays calendar) {
        return switch (discount) {
            case Discount.Until(var steps) -> {
                Step first = null;
                for (var step : steps) {
                    var day = step.deadline().day(due);
                    if (!paidOn.isAfter(calendar.next(day))
                            && (first == null || day.isBefore(first.deadline().day(due)))) {
                        first = step;
                    }
                }
                yield first == null ? 0 : cents(first.amount().of(principalCents));
            }
            case Discount.Ahead(var amount, var businessDays) ->
                    paidOn.isBefore(due)
                            ? cents(
                                    amount.of(principalCents)
                                            .multiply(
                                                    BigDecimal.valueOf(
                                                            days(
                                                                    paidOn,
                                                                    due,
                                                                    businessDays,
                                                                    calendar))))
                            : 0;
            case null -> 0;
        };
    }

    private static long days(
            LocalDate from, LocalDate to, boolean business, BusinessDays calendar) {
        return business ? calendar.between(from, to) : ChronoUnit.DAYS.between(from, to);
    }

    private static long cents(BigDecimal unrounded) {
        return capped(unrounded.setScale(0, RoundingMode.HALF_UP));
    }

    private static long capped(BigDecimal cents) {
        return cents.min(MOST).longValueExact();
    }

    private static BigDecimal percentOf(long cents, long principalCents) {
        return BigDecimal.valueOf(cents)
                .multiply(HUNDRED)
                .divide(BigDecimal.valueOf(Math.max(1, principalCents)), 10, RoundingMode.HALF_UP);
    }

    private static void requireLessThanAll(Amount discount) {
        if (discount instanceof Amount.Percent(var percent) && percent.compareTo(HUNDRED) >= 0) {
            throw new Refused(Mistake.DISCOUNT_TOO_LARGE);
        }
    }

    /// What does not fit one debt, by field, in plain English; empty where all does.
    ///
    /// @param due its due date
    public Map<String, String> misfits(long principalCents, LocalDate due) {
        var misfits = new LinkedHashMap<String, String>();
        if (fine != null
                && fine.amount() instanceof Amount.Fixed(var cents)
                && cents > principalCents) {
            misfits.put("fine", "a fine is no more than the debt");
        }
        switch (discount) {
            case Discount.Until(var steps) -> {
                for (var step : steps) {
                    if (step.deadline() instanceof Deadline.On(var day) && day.isAfter(due)) {
                        misfits.put("discount", "a discount ends on the due date or before");
                    } else if (step.amount() instanceof Amount.Fixed(var cents)
                            && cents >= principalCents) {
                        misfits.put("discount", "a discount is less than the debt");
                    }
                }
            }
            case Discount.Ahead(Amount.Fixed(var cents), _) when cents >= principalCents ->
                    misfits.put("discount", "a discount is less than the debt");
            case Discount.Ahead _ -> {}
            case null -> {}
        }
        return misfits;
    }

    /// What is above the limits of the law for consumers, in plain English. Between companies it
    /// may be right, so nobody is stopped.
    public List<String> warnings() {
        return warnings(null);
    }

    /// The same for one debt, of which fixed amounts are a part.
    public List<String> warnings(long principalCents) {
        return warnings((Long) principalCents);
    }

    private List<String> warnings(@Nullable Long principalCents) {
        var warnings = new ArrayList<String>(2);
        if (fine != null) {
            var percent =
                    switch (fine.amount()) {
                        case Amount.Percent(var given) -> given;
                        case Amount.Fixed(var cents) ->
                                principalCents == null
                                        ? BigDecimal.ZERO
                                        : percentOf(cents, principalCents);
                    };
            if (percent.compareTo(USUAL_FINE) > 0) {
                warnings.add("the fine is above 2 %, the most that a consumer may be charged");
            }
        }
        if (interest != null) {
            var percent = interest.percentPerMonth(principalCents);
            if (percent != null && percent.compareTo(USUAL_INTEREST) > 0) {
                warnings.add("the interest is above 1 % a month, the accepted limit");
            }
        }
        return warnings;
    }

    /// The terms for people to read, one sentence each.
    ///
    /// @param due the due date of the debt, from which a discount may be counted back
    public List<String> sentences(Words words, LocalDate due) {
        var sentences = new ArrayList<String>();
        if (fine != null) {
            sentences.add(words.say("late-terms.fine", fine.amount().inWords(words)));
        }
        if (interest != null) {
            sentences.add(
                    words.say(
                            "late-terms.interest." + interest.per().word,
                            interest.amount().inWords(words)));
        }
        switch (discount) {
            case Discount.Until(var steps) -> {
                for (var step : steps) {
                    sentences.add(
                            words.say(
                                    "late-terms.discount.until",
                                    step.amount().inWords(words),
                                    words.day(step.deadline().day(due))));
                }
            }
            case Discount.Ahead(var amount, var businessDays) ->
                    sentences.add(
                            words.say(
                                    "late-terms.discount."
                                            + (businessDays ? "business-day" : "day"),
                                    amount.inWords(words)));
            case null -> {}
        }
        return sentences;
    }
}
