package vintem.billing;

import java.util.Locale;

/// The bytes are no file of debts, and why. Nothing of such a file is imported.
final class UnreadableFile extends Exception {
    private static final long serialVersionUID = 1;

    /// Each is in `docs/outcomes.md`.
    enum Reason {
        EMPTY,
        NOT_TEXT,
        NO_HEADER,
        NO_ROWS,
        LINE_TOO_LONG,
        TOO_MANY_COLUMNS,
        BAD_QUOTES,
        AMBIGUOUS_AMOUNTS,
        AMBIGUOUS_DATES,
        NOT_A_SPREADSHEET,
        SPREADSHEET_TOO_LARGE;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Reason reason;

    UnreadableFile(Reason reason, String detail) {
        super(detail, null, false, false);
        this.reason = reason;
    }

    Reason reason() {
        return reason;
    }

    /// A sentence without anything of the file's contents but its titles.
    String detail() {
        return String.valueOf(getMessage());
    }
}
