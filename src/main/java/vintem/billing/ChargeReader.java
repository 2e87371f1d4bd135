package vintem.billing;

import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import vintem.bank.BrCode;
import vintem.platform.BusinessDays;
import vintem.platform.Cents;
import vintem.platform.EmailAddress;
import vintem.platform.Fields;
import vintem.platform.HttpBody;
import vintem.platform.Ids;
import vintem.platform.Problem;
import vintem.platform.TaxId;
import vintem.platform.Words;

/// Reads what is sent to the routes of charges, strictly.
final class ChargeReader {
    private static final int LONGEST_TEXT = 255;
    private static final int LONGEST_DEBT_ID = 128;
    private static final int LONGEST_DOCUMENT = 32;
    private static final int LONGEST_TERM = 200;
    private static final int FIRST_YEAR = 1900;
    private static final int LAST_YEAR = 2199;

    // The bank's clock may be a little ahead of ours.
    private static final int MOST_AHEAD_MINUTES = 5;

    private static final Pattern ISO_DAY = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");
    private static final Pattern OUR_DAY = Pattern.compile("([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})");
    private static final Pattern TIME =
            Pattern.compile(
                    "([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\\.[0-9]{1,9})?)?)"
                            + " ?(Z|[+-][0-9]{2}(?::?[0-9]{2})?)?");

    private ChargeReader() {}

    /// What is asked for by `POST /charges`.
    ///
    /// @throws Problem `400` with every mistake
    static CreateCharge.Wish wish(byte[] bytes) {
        var body = HttpBody.object(bytes);
        var name = oneLine(text(body, "name", LONGEST_TEXT));
        var governmentId = text(body, "governmentId", LONGEST_DOCUMENT);
        var email = text(body, "email", LONGEST_TEXT);
        if (!email.isEmpty() && EmailAddress.parse(email).isEmpty()) {
            body.wrong("email", "is no e-mail address");
        }
        var cents = cents(body, "debtAmount");
        var due = day(body, "debtDueDate");
        var debtId = body.has("debtId") ? text(body, "debtId", LONGEST_DEBT_ID) : null;
        var terms = terms(body);
        if (cents > 0 && due != null) {
            terms.misfits(cents, due).forEach(body::wrong);
        }
        var billed = billed(body);
        body.orThrow();
        return new CreateCharge.Wish(
                debtId,
                name,
                governmentId,
                TaxId.parse(governmentId).isPresent(),
                email,
                cents,
                java.util.Objects.requireNonNull(due),
                terms,
                billed);
    }

    /// What the bank tells by `POST /billing/payments`.
    ///
    /// @throws Problem `400` with every mistake
    static SettleCharge.Message message(InputStream in, Instant now) {
        var body = HttpBody.object(in);
        var debtId = text(body, "debtId", LONGEST_DEBT_ID);
        var cents = cents(body, "paidAmount");
        var paidAt = paidAt(body, now);
        var paidBy = body.text("paidBy", LONGEST_TEXT);
        var paymentId = name(body, "payment_id", "paymentId");
        var endToEndId = name(body, "end_to_end_id", "endToEndId");
        body.orThrow();
        return new SettleCharge.Message(
                Ids.next(),
                debtId,
                cents,
                paidAt,
                paidBy == null || paidBy.isBlank() ? null : paidBy.strip(),
                paymentId,
                endToEndId,
                now);
    }

    /// The new due date that `POST /charges/{id}/due-date` names.
    static LocalDate dueDate(InputStream in) {
        var body = HttpBody.object(in);
        var day = day(body, "due_date");
        body.orThrow();
        return java.util.Objects.requireNonNull(day);
    }

    /// Whose the money is, as an operator says.
    static String debtId(InputStream in) {
        var body = HttpBody.object(in);
        var debtId = text(body, "debt_id", LONGEST_DEBT_ID);
        body.orThrow();
        return debtId;
    }

    /// A day of a query, null where it is not asked for.
    ///
    /// @throws Problem `400` where it is none
    static @Nullable LocalDate day(String parameter, @Nullable String value) {
        return value == null
                ? null
                : parse(value)
                        .orElseThrow(
                                () ->
                                        Problem.invalid(
                                                parameter,
                                                "must be a day like 2026-12-31 or 31/12/2026"));
    }

    /// A text that must be there, without the spaces around it.
    private static String text(Fields body, String name, int longest) {
        var text = body.requiredText(name, longest).strip();
        if (!text.chars().allMatch(ChargeReader::isPrintable)) {
            body.wrong(name, "has control characters");
        }
        return text;
    }

    private static boolean isPrintable(int it) {
        return it >= ' ' && (it < 0x7F || it >= 0xA0) && it != '\u2028' && it != '\u2029';
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s+", " ");
    }

    /// What the bank calls a payment: visible ASCII, under either spelling.
    private static @Nullable String name(Fields body, String name, String alsoNamed) {
        var used = body.has(name) || !body.has(alsoNamed) ? name : alsoNamed;
        var text = body.text(used, LONGEST_DEBT_ID);
        if (text == null) {
            return null;
        }
        if (text.isEmpty() || !text.chars().allMatch(it -> it > ' ' && it < 0x7F)) {
            body.wrong(used, "must be visible ASCII characters without spaces");
        }
        return text;
    }

    /// Reais in a decimal number, exactly.
    private static long cents(Fields body, String name) {
        var value = body.decimal(name);
        if (value == null) {
            if (!body.has(name)) {
                body.wrong(name, "is required");
            }
            return 0;
        }
        if (value.signum() <= 0) {
            body.wrong(name, "must be more than zero");
        } else if (value.stripTrailingZeros().scale() > 2) {
            body.wrong(name, "has more than two decimals");
        } else if (value.compareTo(Cents.toReais(BrCode.MAX_CENTS)) > 0) {
            body.wrong(name, "is above the limit of " + Cents.toReais(BrCode.MAX_CENTS));
        } else {
            return Cents.fromReais(value);
        }
        return 0;
    }

    private static LateTerms terms(Fields body) {
        return switch (LateTerms.read(
                body.text("fine", LONGEST_TERM),
                body.text("interest", LONGEST_TERM),
                body.text("discount", LONGEST_TERM))) {
            case LateTerms.Read(var terms) -> terms;
            case LateTerms.Wrong(var reasons) -> {
                reasons.forEach(
                        (field, it) -> body.wrong(field, it.inWords(Words.EN), it.violation()));
                yield LateTerms.NONE;
            }
        };
    }

    private static Billed billed(Fields body) {
        var word = body.text("billed", LONGEST_DOCUMENT);
        if (word == null) {
            return Billed.ALREADY_RECOGNISED;
        }
        var billed = Billed.of(word);
        if (billed.isEmpty()) {
            body.wrong("billed", "must be already_recognised, revenue or owed_to_creditor");
        }
        return billed.orElse(Billed.ALREADY_RECOGNISED);
    }

    private static @Nullable LocalDate day(Fields body, String name) {
        var text = body.requiredText(name, 20);
        if (text.isEmpty()) {
            return null;
        }
        var day = parse(text.strip());
        if (day.isEmpty()) {
            body.wrong(name, "must be a day like 2026-12-31 or 31/12/2026");
        }
        return day.orElse(null);
    }

    private static Optional<LocalDate> parse(String text) {
        try {
            var ours = OUR_DAY.matcher(text);
            if (ours.matches()) {
                return inRange(
                        LocalDate.of(
                                Integer.parseInt(ours.group(3)),
                                Integer.parseInt(ours.group(2)),
                                Integer.parseInt(ours.group(1))));
            }
            return ISO_DAY.matcher(text).matches()
                    ? inRange(LocalDate.parse(text))
                    : Optional.empty();
        } catch (DateTimeException noSuchDay) {
            return Optional.empty();
        }
    }

    private static Optional<LocalDate> inRange(LocalDate day) {
        Predicate<LocalDate> ours = it -> it.getYear() >= FIRST_YEAR && it.getYear() <= LAST_YEAR;
        return Optional.of(day).filter(ours);
    }

    /// When it was paid. Without a zone it is São Paulo's time.
    private static Instant paidAt(Fields body, Instant now) {
        var text = body.requiredText("paidAt", 40);
        if (text.isEmpty()) {
            return now;
        }
        var paidAt = instant(text.strip());
        if (paidAt.isEmpty()) {
            body.wrong("paidAt", "must be a time like 2022-06-09 10:00:00");
        } else if (paidAt.get().isAfter(now.plus(MOST_AHEAD_MINUTES, ChronoUnit.MINUTES))) {
            body.wrong("paidAt", "is in the future");
        }
        return paidAt.orElse(now);
    }

    private static Optional<Instant> instant(String text) {
        var found = TIME.matcher(text);
        if (!found.matches()) {
            return Optional.empty();
        }
        try {
            var time = LocalDateTime.parse(found.group(1) + "T" + found.group(2));
            if (inRange(time.toLocalDate()).isEmpty()) {
                return Optional.empty();
            }
            var zone =
                    found.group(3) == null ? BusinessDays.SAO_PAULO : ZoneOffset.of(found.group(3));
            // As exact as the database keeps it.
            return Optional.of(time.atZone(zone).toInstant().truncatedTo(ChronoUnit.MICROS));
        } catch (DateTimeException noSuchTime) {
            return Optional.empty();
        }
    }
}
