package vintem.billing;

import java.util.Arrays;
import java.util.Optional;
import vintem.ledger.AccountCode;

/// What is credited when a debtor is charged.
enum Billed {
    /// Imported debts: whoever sends them has booked their revenue elsewhere.
    ALREADY_RECOGNISED(AccountCode.ALREADY_RECOGNISED),
    REVENUE(AccountCode.REVENUE),
    /// Collected for somebody else.
    OWED_TO_CREDITOR(AccountCode.OWED_TO_CREDITOR);

    private final AccountCode account;

    Billed(AccountCode account) {
        this.account = account;
    }

    AccountCode account() {
        return account;
    }

    /// As routes and the database have it: the account's name.
    String word() {
        return account.code();
    }

    static Optional<Billed> of(String word) {
        return Arrays.stream(values()).filter(it -> it.word().equals(word)).findFirst();
    }
}
