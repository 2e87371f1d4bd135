package vintem.investments;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import vintem.platform.Database;
import vintem.platform.Idempotency;
import vintem.platform.Idempotency.Claim;
import vintem.platform.Json;

/// Creates something in one transaction, once for each `Idempotency-Key`: the answer is kept with
/// what was created.
@Singleton
class CreateOnce {
    private static final int CREATED = 201;

    private final Database database;
    private final Idempotency idempotency;

    @Inject
    CreateOnce(Database database, Idempotency idempotency) {
        this.database = database;
        this.idempotency = idempotency;
    }

    /// @param work returns what was done, or a refusal, after which nothing of it stands
    /// @param answer what is told of what was done
    <T> Outcome<T> create(
            Optional<Idempotency.Request> key,
            Function<Handle, Outcome<T>> work,
            Function<T, Object> answer) {
        return database.transaction(
                tx -> {
                    var claim = key.map(it -> idempotency.claim(tx, it));
                    if (claim.isPresent() && !(claim.get() instanceof Claim.Fresh)) {
                        return new Outcome.KeyTaken<>(claim.get());
                    }
                    var outcome = work.apply(tx);
                    if (!(outcome instanceof Outcome.Done<T>(var created))) {
                        // With the claim of the key: the request may come again, mended.
                        return Database.rollback(tx, outcome);
                    }
                    key.ifPresent(
                            it ->
                                    idempotency.finish(
                                            tx,
                                            it.identity(),
                                            CREATED,
                                            Json.write(answer.apply(created))));
                    return outcome;
                });
    }
}
