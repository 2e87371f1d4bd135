package vintem.access;

import java.util.Locale;

/// How much may be done in one capability; each role includes those before it.
public enum Role {
    READ,
    OPERATOR,
    ADMIN;

    public boolean includes(Role other) {
        return compareTo(other) >= 0;
    }

    /// As JSON and the database have it.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
