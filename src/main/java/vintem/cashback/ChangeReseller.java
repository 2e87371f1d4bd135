package vintem.cashback;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.access.Caller;
import vintem.access.ResellerAccounts;
import vintem.platform.Database;
import vintem.platform.EmailAddress;
import vintem.platform.ForgetEverywhere;

/// What becomes of a reseller after they registered: other details, deleted, forgotten. Purchases
/// and the ledger stay in any case: who owes what to whom is not theirs alone.
@Singleton
class ChangeReseller {
    /// What is to be another; null leaves it.
    record Change(@Nullable String fullName, @Nullable EmailAddress email, @Nullable String phone) {
        Reseller of(Reseller reseller) {
            return new Reseller(
                    reseller.id(),
                    reseller.userName(),
                    fullName == null ? reseller.fullName() : fullName,
                    reseller.cpf(),
                    email == null ? reseller.email() : email.key(),
                    phone == null ? reseller.phone() : phone,
                    reseller.createdAt(),
                    reseller.deletedAt(),
                    reseller.forgottenAt());
        }

        @Override
        public String toString() {
            return "a change";
        }
    }

    sealed interface Outcome {
        record Changed(Reseller reseller) implements Outcome {}

        record Deleted(UUID id) implements Outcome {}

        record Forgotten(UUID id) implements Outcome {}

        record Unknown() implements Outcome {}

        record EmailTaken() implements Outcome {}

        /// Somebody is being paid at this moment, by what is to be forgotten.
        record PayoutUnderWay() implements Outcome {}
    }

    private final Database database;
    private final ResellerTable table;
    private final MonthTable months;
    private final RedemptionTable redemptions;
    private final ResellerAccounts accounts;
    private final ForgetEverywhere everywhere;
    private final Clock clock;

    @Inject
    ChangeReseller(
            Database database,
            ResellerTable table,
            MonthTable months,
            RedemptionTable redemptions,
            ResellerAccounts accounts,
            ForgetEverywhere everywhere,
            Clock clock) {
        this.database = database;
        this.table = table;
        this.months = months;
        this.redemptions = redemptions;
        this.accounts = accounts;
        this.everywhere = everywhere;
        this.clock = clock;
    }

    Outcome change(UUID id, Change change) {
        try {
            return database.transaction(
                    tx ->
                            table.lock(tx, id)
                                    .<Outcome>map(
                                            it ->
                                                    new Outcome.Changed(
                                                            table.update(tx, change.of(it))))
                                    .orElseGet(Outcome.Unknown::new));
        } catch (RuntimeException failed) {
            if (Database.isTaken(failed)) {
                return new Outcome.EmailTaken();
            }
            throw failed;
        }
    }

    /// They neither sign in nor buy any more; their CPF and address are free for a new start.
    Outcome delete(Caller caller, UUID id) {
        var outcome =
                database.<Outcome>transaction(
                        tx -> {
                            if (table.lock(tx, id).isEmpty()) {
                                return new Outcome.Unknown();
                            }
                            table.delete(tx, id, clock.instant());
                            accounts.close(tx, caller, id);
                            return new Outcome.Deleted(id);
                        });
        accounts.closed();
        return outcome;
    }

    /// Everything that names the person goes, also of those who were deleted before.
    Outcome forget(Caller caller, UUID id) {
        var outcome = database.transaction(tx -> forget(tx, caller, id));
        if (outcome instanceof Outcome.Forgotten) {
            everywhere.committed();
        }
        return outcome;
    }

    private Outcome forget(Handle tx, Caller caller, UUID id) {
        // Whoever asks for a payout waits here, and finds no CPF afterwards.
        if (months.lockAccounts(tx, java.util.List.of(id)).isEmpty()) {
            return new Outcome.Unknown();
        }
        if (redemptions.isAnyUnderWay(tx, id)) {
            return new Outcome.PayoutUnderWay();
        }
        table.forget(tx, id, clock.instant());
        redemptions.forgetKeys(tx, id);
        accounts.forget(tx, caller, id);
        return new Outcome.Forgotten(id);
    }
}
