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
    private final transient FileDetail detail;

    /// @param detail the name of its sentence, a `billing.detail.…`, and what fills the gaps
    UnreadableFile(Reason reason, String detail, Object... given) {
        super(detail, null, false, false);
        this.reason = reason;
        this.detail = FileDetail.of(detail, given);
    }

    Reason reason() {
        return reason;
    }

    FileDetail detail() {
        return detail;
    }
}
