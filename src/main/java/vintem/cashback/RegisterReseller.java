package vintem.cashback;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.access.ResellerAccounts;
import vintem.platform.Database;
import vintem.platform.EmailAddress;
import vintem.platform.TaxId;

/// Lets somebody register themselves. What they become is a reseller, whatever they send.
@Singleton
class RegisterReseller {
    /// @param userName one that [ResellerAccounts#name] accepts
    record Request(
            String fullName,
            String userName,
            String password,
            TaxId.Cpf cpf,
            EmailAddress email,
            @Nullable String phone) {
        @Override
        public String toString() {
            return "a registration";
        }
    }

    sealed interface Outcome {
        record Registered(Reseller reseller) implements Outcome {}

        record NameTaken() implements Outcome {}

        record CpfTaken() implements Outcome {}

        record EmailTaken() implements Outcome {}

        record TooMany(Duration pause) implements Outcome {}
    }

    private final Database database;
    private final ResellerTable table;
    private final ResellerAccounts accounts;
    private final Clock clock;

    @Inject
    RegisterReseller(
            Database database, ResellerTable table, ResellerAccounts accounts, Clock clock) {
        this.database = database;
        this.table = table;
        this.accounts = accounts;
        this.clock = clock;
    }

    Outcome register(Request request, String address) {
        var pause = accounts.pauseBeforeRegistering(address);
        if (pause.isPresent()) {
            return new Outcome.TooMany(pause.get());
        }
        // No transaction is open while the password is hashed.
        var hash = accounts.hash(request.password());
        return database.transaction(tx -> register(tx, request, hash));
    }

    /// The unique indexes decide between two who register at once.
    private Outcome register(Handle tx, Request request, String hash) {
        var id = accounts.open(tx, request.userName(), hash);
        if (id.isEmpty()) {
            return new Outcome.NameTaken();
        }
        var reseller =
                new Reseller(
                        id.get(),
                        request.userName(),
                        request.fullName(),
                        request.cpf().value(),
                        request.email().key(),
                        request.phone(),
                        clock.instant(),
                        null,
                        null);
        if (table.insert(tx, reseller)) {
            return new Outcome.Registered(reseller);
        }
        var taken = table.taken(tx, reseller.cpf(), reseller.email());
        return Database.rollback(
                tx,
                taken.filter("cpf"::equals).isPresent()
                        ? new Outcome.CpfTaken()
                        : new Outcome.EmailTaken());
    }
}
