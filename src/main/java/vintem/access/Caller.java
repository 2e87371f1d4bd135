package vintem.access;

import java.util.UUID;

/// Who is asking.
///
/// @param id names the credential in idempotency, limits and logs: the user's id, whatever session
///     or token they came with, or the API key's
/// @param personId who answers for it: the user, or whoever made the API key
public record Caller(UUID id, Kind kind, String name, Grant grant, UUID personId) {
    public enum Kind {
        /// A person, by token or session.
        USER,
        /// A program, by API key.
        KEY,
        /// The bank's webhooks, by the bank secret: goes nowhere else.
        BANK,
        /// A reseller, who sees only their own rows.
        RESELLER,
        /// Vintém itself: its jobs and its first start. Never comes over HTTP.
        SYSTEM
    }

    /// Somebody who answers for themselves.
    public Caller(UUID id, Kind kind, String name, Grant grant) {
        this(id, kind, name, grant, id);
    }

    public static final Caller BANK = new Caller(new UUID(0, 1), Kind.BANK, "bank", Grant.NOTHING);

    public static final Caller SYSTEM =
            new Caller(new UUID(0, 0), Kind.SYSTEM, "vintem", Grant.EVERYTHING);

    public boolean may(Capability capability, Role role) {
        return grant.may(capability, role);
    }

    /// The most that one item may take out, [Grant#NO_LIMIT] where there is no limit.
    public long perItemLimitCents() {
        return grant.perItemLimitCents();
    }

    /// The most that may go out in one day, [Grant#NO_LIMIT] where there is no limit.
    public long dailyLimitCents() {
        return grant.dailyLimitCents();
    }
}
