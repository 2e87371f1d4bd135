package vintem.ledger;

import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The chart of accounts. The rows of `account` are the same list, and a test compares them.
public enum AccountCode {
    /// Our money at the bank; never intended below zero.
    BANK(1, "bank", Side.DEBIT, Kept.HERE, 0L),
    /// Where money that was there before us came from.
    OPENING(2, "opening", Side.CREDIT, Kept.HERE),
    SALES(3, "sales", Side.CREDIT, Kept.HERE),
    /// Money that arrived and nobody claimed.
    UNIDENTIFIED(4, "unidentified", Side.CREDIT, Kept.ELSEWHERE_TOO),
    /// Taken from `bank` for payouts and refunds whose outcome is not known yet.
    IN_TRANSIT(5, "in_transit", Side.DEBIT, Kept.ELSEWHERE_TOO),
    PAYOUTS(6, "payouts", Side.DEBIT, Kept.ELSEWHERE_TOO),
    REFUNDS(7, "refunds", Side.DEBIT, Kept.ELSEWHERE_TOO),
    BANK_FEES(8, "bank_fees", Side.DEBIT, Kept.HERE),
    RECEIVABLE(9, "receivable", Side.DEBIT, Kept.ELSEWHERE_TOO),
    BILLED(10, "billed", Side.CREDIT, Kept.ELSEWHERE_TOO),
    ALREADY_RECOGNISED(11, "already_recognised", Side.CREDIT, Kept.HERE),
    REVENUE(12, "revenue", Side.CREDIT, Kept.HERE),
    OWED_TO_CREDITOR(13, "owed_to_creditor", Side.CREDIT, Kept.HERE),
    /// A Pix that pays a charge, between its confirmation and its settlement.
    CLEARING_BILLING(14, "clearing:billing", Side.CREDIT, Kept.ELSEWHERE_TOO),
    LATE_INCOME(15, "late_income", Side.CREDIT, Kept.HERE),
    DEBTOR_CREDIT(16, "debtor_credit", Side.CREDIT, Kept.ELSEWHERE_TOO),
    CASHBACK_EXPENSE(17, "cashback_expense", Side.DEBIT, Kept.ELSEWHERE_TOO),
    CASHBACK_PENDING(18, "cashback_pending", Side.CREDIT, Kept.ELSEWHERE_TOO),
    CASHBACK_AVAILABLE(19, "cashback_available", Side.CREDIT, Kept.ELSEWHERE_TOO),
    /// Cashback that was paid out before it was taken back.
    CASHBACK_RECOVERABLE(20, "cashback_recoverable", Side.DEBIT, Kept.ELSEWHERE_TOO);

    enum Side {
        DEBIT,
        CREDIT
    }

    private enum Kept {
        HERE,
        ELSEWHERE_TOO
    }

    private final int id;
    private final String code;
    private final Side normalSide;
    private final Kept kept;
    private final @Nullable Long floorCents;

    AccountCode(int id, String code, Side normalSide, Kept kept) {
        this(id, code, normalSide, kept, null);
    }

    AccountCode(int id, String code, Side normalSide, Kept kept, @Nullable Long floorCents) {
        this.id = id;
        this.code = code;
        this.normalSide = normalSide;
        this.kept = kept;
        this.floorCents = floorCents;
    }

    int id() {
        return id;
    }

    /// The name it has in the database and in answers.
    public String code() {
        return code;
    }

    Side normalSide() {
        return normalSide;
    }

    /// What its balance may not be *intended* below, in cents; empty where anything goes.
    Optional<Long> floorCents() {
        return Optional.ofNullable(floorCents);
    }

    /// Its balance repeats what another table says, payouts under way for example: nobody posts to
    /// it by hand.
    boolean mirrored() {
        return kept == Kept.ELSEWHERE_TOO;
    }

    public static Optional<AccountCode> of(String code) {
        return Arrays.stream(values()).filter(account -> account.code.equals(code)).findFirst();
    }

    static AccountCode ofId(int id) {
        return values()[id - 1];
    }
}
