package vintem.investments;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import vintem.access.AccessLog;
import vintem.access.Caller;
import vintem.investments.ClientTable.Client;
import vintem.investments.Outcome.Refusal;
import vintem.platform.Database;
import vintem.platform.EmailAddress;
import vintem.platform.Idempotency;

/// Clients come, change, and become inactive; none is ever gone.
@Singleton
class KeepClients {
    record NewClient(String name, EmailAddress email, @Nullable String advisor) {}

    /// What is to be another; null leaves it. An advisor of no letters is none.
    record Change(
            @Nullable String name,
            @Nullable EmailAddress email,
            @Nullable String status,
            @Nullable String advisor) {
        Client of(Client it) {
            return new Client(
                    it.id(),
                    name == null ? it.name() : name,
                    email == null ? it.email() : email.value(),
                    status == null ? it.status() : status,
                    advisor == null ? it.advisor() : advisor.isEmpty() ? null : advisor,
                    it.createdAt());
        }
    }

    private final Database database;
    private final CreateOnce once;
    private final ClientTable table;
    private final KeepCaptado captado;
    private final AccessLog log;
    private final Clock clock;

    @Inject
    KeepClients(
            Database database,
            CreateOnce once,
            ClientTable table,
            KeepCaptado captado,
            AccessLog log,
            Clock clock) {
        this.database = database;
        this.once = once;
        this.table = table;
        this.captado = captado;
        this.log = log;
        this.clock = clock;
    }

    Outcome<Client> create(NewClient it, Optional<Idempotency.Request> key) {
        try {
            return told(
                    once.create(
                            key,
                            tx -> {
                                var client =
                                        table.insert(
                                                tx,
                                                it.name(),
                                                it.email().value(),
                                                it.advisor(),
                                                clock.instant());
                                captado.clientChanged(tx, client.id());
                                return new Outcome.Done<>(client);
                            },
                            client -> client));
        } catch (RuntimeException failed) {
            return ifTaken(failed);
        }
    }

    Outcome<Client> change(Caller caller, long id, Change change) {
        try {
            return told(
                    database.transaction(
                            tx -> {
                                var found = table.find(tx, id);
                                if (found.isEmpty()) {
                                    return new Outcome.Missing<Client>();
                                }
                                var changed =
                                        table.update(tx, change.of(found.get()), clock.instant());
                                captado.clientChanged(tx, id);
                                if (!found.get().status().equals(changed.orElseThrow().status())) {
                                    log.record(
                                            tx,
                                            caller,
                                            "client." + changed.get().status(),
                                            Long.toString(id),
                                            "");
                                }
                                return new Outcome.Done<>(changed.get());
                            }));
        } catch (RuntimeException failed) {
            return ifTaken(failed);
        }
    }

    Outcome<Client> deactivate(Caller caller, long id) {
        return change(caller, id, new Change(null, null, ClientTable.INACTIVE, null));
    }

    private Outcome<Client> told(Outcome<Client> outcome) {
        if (outcome instanceof Outcome.Done<Client>) {
            captado.tell();
        }
        return outcome;
    }

    private static Outcome<Client> ifTaken(RuntimeException failed) {
        if (Database.isTaken(failed)) {
            return new Outcome.Refused<>(Refusal.EMAIL_TAKEN);
        }
        throw failed;
    }
}
