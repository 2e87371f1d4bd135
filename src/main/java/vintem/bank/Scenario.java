package vintem.bank;

import java.util.Arrays;

/// What the sandbox bank does with an order, called up by its amount or its key, so that tests and
/// newcomers can see every case. `docs/sandbox.md` has the same list.
enum Scenario {
    /// R$ 666,01
    ACCOUNT_NOT_FOUND(666_01, "account-not-found"),
    /// R$ 666,02
    REFUSED_BY_BANK(666_02, "refused"),
    /// R$ 666,03: the money moves, the answer does not come; asked, the bank says so.
    SILENT_PAID(666_03, "silent-paid"),
    /// R$ 666,04: the order never arrives, and no answer comes.
    SILENT_UNPAID(666_04, "silent-unpaid"),
    /// R$ 666,05: refused, but the answer does not come.
    SILENT_REFUSED(666_05, "silent-refused"),
    /// R$ 666,06: paid, after a while.
    SLOW(666_06, "slow"),
    /// R$ 666,07: paid, and the answer comes twice.
    ANSWERED_TWICE(666_07, "answered-twice"),
    /// R$ 666,08: paid, and the payee's bank sends it back.
    RETURNED(666_08, "returned"),
    /// R$ 666,09: received, and the bank takes it back by itself (MED).
    TAKEN_BACK(666_09, "taken-back"),
    /// Any other amount and key.
    CONFIRMED(-1, "confirmed");

    private static final String DOMAIN = "@sandbox.vintem.invalid";

    private final long amountCents;
    private final String mailbox;

    Scenario(long amountCents, String mailbox) {
        this.amountCents = amountCents;
        this.mailbox = mailbox;
    }

    long amountCents() {
        return amountCents;
    }

    String key() {
        return mailbox + DOMAIN;
    }

    static Scenario of(PixRail.Order order) {
        return Arrays.stream(values())
                .filter(scenario -> scenario.isCalledBy(order))
                .findFirst()
                .orElse(CONFIRMED);
    }

    /// What happens to a charge, a receipt or a refund of this amount.
    static Scenario of(long amountCents) {
        return Arrays.stream(values())
                .filter(scenario -> scenario.amountCents == amountCents)
                .findFirst()
                .orElse(CONFIRMED);
    }

    private boolean isCalledBy(PixRail.Order order) {
        return order.amountCents() == amountCents || order.key().value().equals(key());
    }
}
