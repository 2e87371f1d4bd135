package vintem.access;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/// Who a credential is now: for money that goes out some time after it was asked for.
@Singleton
public class Senders {
    private final UserTable users;
    private final KeyTable keys;
    private final Clock clock;

    @Inject
    Senders(UserTable users, KeyTable keys, Clock clock) {
        this.users = users;
        this.keys = keys;
        this.clock = clock;
    }

    /// With the roles and limits of this moment; empty where a key was revoked or has expired, or
    /// its person is not active any more.
    public Optional<Caller> find(Handle tx, UUID credentialId) {
        var user = users.byId(tx, credentialId).filter(UserTable.User::active);
        if (user.isPresent()) {
            return user.map(UserTable.User::caller);
        }
        return keys.alive(tx, credentialId, clock.instant())
                .flatMap(
                        key ->
                                users.byId(tx, key.createdBy())
                                        .filter(UserTable.User::active)
                                        .map(key::caller));
    }
}
