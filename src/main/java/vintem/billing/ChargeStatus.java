package vintem.billing;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// What became of a charge, on one screen. Money is taken in every state: what is paid or cancelled
/// takes it as its debtor's credit, and stays what it is.
enum ChargeStatus {
    OPEN,
    PARTIALLY_PAID,
    PAID,
    CANCELLED;

    /// By what its debtor or creditor does. Where a payment goes back, a charge is open again.
    boolean mayBecome(ChargeStatus next) {
        return switch (this) {
            case OPEN, PARTIALLY_PAID -> next != OPEN;
            case PAID, CANCELLED -> false;
        };
    }

    /// Whether its debtor owes something.
    boolean owes() {
        return this == OPEN || this == PARTIALLY_PAID;
    }

    /// As JSON and the database have it.
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<ChargeStatus> of(String word) {
        return Arrays.stream(values()).filter(it -> it.word().equals(word)).findFirst();
    }
}
