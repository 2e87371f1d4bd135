package vintem.billing;

import java.time.LocalDate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Why a debtor is written to. Each charge is written about once for each reason.
///
/// A reminder belongs to a due date: after a new one it may come again.
///
/// @param days between the due date and the day that the reminder is for, less than zero before it
/// @param due null of the first mail
record MailReason(Kind kind, int days, @Nullable LocalDate due) {
    enum Kind {
        /// The first mail, with the charge.
        ISSUED,
        /// There is another boleto, with another due date.
        REISSUED,
        REMINDER
    }

    static final MailReason ISSUED = new MailReason(Kind.ISSUED, 0, null);

    private static final Pattern WORD =
            Pattern.compile(
                    "(?:reissued|reminder(?<days>[+-][0-9]{1,3}))"
                            + "_(?<due>[0-9]{4}-[0-9]{2}-[0-9]{2})");

    static MailReason reissued(LocalDate due) {
        return new MailReason(Kind.REISSUED, 0, due);
    }

    static MailReason reminder(int days, LocalDate due) {
        return new MailReason(Kind.REMINDER, days, due);
    }

    /// As the database has it: `issued`, `reissued_2026-12-10`, `reminder-3_2026-12-10`.
    String word() {
        return switch (kind) {
            case ISSUED -> "issued";
            case REISSUED -> "reissued_" + due;
            case REMINDER -> "reminder%+d_%s".formatted(days, due);
        };
    }

    /// @throws IllegalArgumentException for what [#word] never says
    static MailReason of(String word) {
        if (word.equals(ISSUED.word())) {
            return ISSUED;
        }
        var found = WORD.matcher(word);
        if (!found.matches()) {
            throw new IllegalArgumentException("no reason for a mail: " + word);
        }
        var due = LocalDate.parse(found.group("due"));
        return found.group("days") == null
                ? reissued(due)
                : reminder(Integer.parseInt(found.group("days")), due);
    }
}
