package vintem.platform;

/// Work that a node does by itself now and then, from its schedule.
///
/// Whoever holds the clock has it done at that moment instead: a demo writes months of history in
/// seconds, and a reminder of a March morning has to be sent on that morning.
public interface Errand {
    /// The order of a moment's errands. What one makes for a later one is done at the same moment.
    enum Turn {
        BANK_NEWS,
        FILES,
        REGISTRATIONS,
        REMINDERS,
        MAILS,
        EXPIRIES,
        EVENTS
    }

    Turn turn();

    /// Does all that is due now, and returns when it is done. Safe to call again at once.
    void catchUp();
}
