package vintem.billing;

import java.util.Locale;

/// What can be wrong with a row of a file of debts. Each is in `docs/outcomes.md`, and, as
/// `mistake.<word>`, in the messages.
enum Mistake {
    MISSING_FIELDS,
    EXTRA_FIELDS,
    BAD_QUOTES,
    UNCLOSED_QUOTE,
    EMPTY,
    TOO_LONG,
    /// A byte that is none of the file's encoding, or a control character.
    BAD_CHARACTERS,
    BAD_EMAIL,
    NOT_AN_AMOUNT,
    TOO_MANY_DECIMALS,
    NOT_POSITIVE,
    TOO_LARGE,
    NOT_A_DATE,
    /// The fine that the file's debts were to have is more than this debt.
    FINE_ABOVE_DEBT,
    /// The debt is charged already, with another amount, due date or debtor.
    OTHER_AMOUNT,
    OTHER_DUE_DATE,
    OTHER_DEBTOR;

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
