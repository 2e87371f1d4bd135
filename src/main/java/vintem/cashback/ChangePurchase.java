package vintem.cashback;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.access.Caller;
import vintem.platform.Database;

/// Edits or deletes a purchase, which goes only while it is `Em validação`.
@Singleton
class ChangePurchase {
    /// What is to be another; null leaves it.
    record Change(@Nullable String code, @Nullable Long amountCents, @Nullable LocalDate boughtOn) {
        Purchase of(Purchase purchase) {
            return new Purchase(
                    purchase.id(),
                    code == null ? purchase.code() : code,
                    purchase.resellerId(),
                    amountCents == null ? purchase.amountCents() : amountCents,
                    boughtOn == null ? purchase.boughtOn() : boughtOn,
                    purchase.status(),
                    purchase.createdAt(),
                    purchase.judgedAt(),
                    purchase.reason());
        }
    }

    sealed interface Outcome {
        record Changed(Purchase purchase) implements Outcome {}

        record Deleted(UUID id) implements Outcome {}

        /// There is none, or it is another reseller's: nobody is told which.
        record Unknown() implements Outcome {}

        /// It was judged.
        record NotOpen(PurchaseStatus status) implements Outcome {}

        record CodeTaken(String code) implements Outcome {}
    }

    private final Database database;
    private final PurchaseTable table;
    private final Clock clock;

    @Inject
    ChangePurchase(Database database, PurchaseTable table, Clock clock) {
        this.database = database;
        this.table = table;
        this.clock = clock;
    }

    Outcome change(Caller caller, UUID id, Change change) {
        try {
            return database.transaction(
                    tx -> {
                        var found = lock(tx, caller, id);
                        if (found.isEmpty()) {
                            return new Outcome.Unknown();
                        }
                        var changed = change.of(found.get());
                        return table.update(tx, changed)
                                ? new Outcome.Changed(changed)
                                : new Outcome.NotOpen(found.get().status());
                    });
        } catch (RuntimeException failed) {
            if (change.code() != null && Database.isTaken(failed)) {
                return new Outcome.CodeTaken(change.code());
            }
            throw failed;
        }
    }

    Outcome delete(Caller caller, UUID id) {
        return database.transaction(
                tx -> {
                    var found = lock(tx, caller, id);
                    if (found.isEmpty()) {
                        return new Outcome.Unknown();
                    }
                    return table.delete(tx, id, clock.instant())
                            ? new Outcome.Deleted(id)
                            : new Outcome.NotOpen(found.get().status());
                });
    }

    /// Under its lock, so that whoever judges it at this moment comes before or after.
    private Optional<Purchase> lock(Handle tx, Caller caller, UUID id) {
        return Optional.ofNullable(table.lock(tx, List.of(id)).get(id))
                .map(PurchaseTable.Locked::purchase)
                .filter(
                        it ->
                                caller.kind() != Caller.Kind.RESELLER
                                        || it.resellerId().equals(caller.id()));
    }
}
