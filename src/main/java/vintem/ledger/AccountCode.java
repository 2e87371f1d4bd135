package vintem.ledger;

import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The chart of accounts. The rows of `account` are the same list, and a test compares them.
public enum AccountCode {
    /// Our money at the bank; never intended below zero.
    BANK(1, "bank", Side.DEBIT, 0L),
    /// Where money that was there before us came from.
    OPENING(2, "opening", Side.CREDIT),
    SALES(3, "sales", Side.CREDIT),
    /// Money that arrived and nobody claimed.
    UNIDENTIFIED(4, "unidentified", Side.CREDIT),
    /// Taken from `bank` for payouts and refunds whose outcome is not known yet.
    IN_TRANSIT(5, "in_transit", Side.DEBIT),
    PAYOUTS(6, "payouts", Side.DEBIT),
    REFUNDS(7, "refunds", Side.DEBIT),
    BANK_FEES(8, "bank_fees", Side.DEBIT),
    RECEIVABLE(9, "receivable", Side.DEBIT),
    BILLED(10, "billed", Side.CREDIT),
    ALREADY_RECOGNISED(11, "already_recognised", Side.CREDIT),
    REVENUE(12, "revenue", Side.CREDIT),
    OWED_TO_CREDITOR(13, "owed_to_creditor", Side.CREDIT),
    /// A Pix that pays a charge, between its confirmation and its settlement.
    CLEARING_BILLING(14, "clearing:billing", Side.CREDIT),
    LATE_INCOME(15, "late_income", Side.CREDIT),
    DEBTOR_CREDIT(16, "debtor_credit", Side.CREDIT),
    CASHBACK_EXPENSE(17, "cashback_expense", Side.DEBIT),
    CASHBACK_PENDING(18, "cashback_pending", Side.CREDIT),
    CASHBACK_AVAILABLE(19, "cashback_available", Side.CREDIT);

    enum Side {
        DEBIT,
        CREDIT
    }

    private final int id;
    private final String code;
    private final Side normalSide;
    private final @Nullable Long floorCents;

    AccountCode(int id, String code, Side normalSide) {
        this(id, code, normalSide, null);
    }

    AccountCode(int id, String code, Side normalSide, @Nullable Long floorCents) {
        this.id = id;
        this.code = code;
        this.normalSide = normalSide;
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

    public static Optional<AccountCode> of(String code) {
        return Arrays.stream(values()).filter(account -> account.code.equals(code)).findFirst();
    }

    static AccountCode ofId(int id) {
        return values()[id - 1];
    }
}
