package vintem.access;

import java.util.Locale;

/// What a role is given for.
public enum Capability {
    PAYMENTS,
    PAYOUTS,
    BILLING,
    CASHBACK,
    INVESTMENTS,
    LEDGER,
    CONSOLE,
    /// Users, keys, settings and the log of who did what: all of it takes [Role#ADMIN].
    SETTINGS;

    /// As JSON and the database have it.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
