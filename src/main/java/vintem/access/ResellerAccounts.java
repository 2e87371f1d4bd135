package vintem.access;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;
import vintem.access.SignInLimit.Subject;
import vintem.platform.TaxId;

/// The door for the module that keeps resellers: the accounts by which they sign in. Such an
/// account has no roles, and nothing that anybody sends can give it one.
@Singleton
public class ResellerAccounts {
    public static final int SHORTEST_NAME = 3;
    public static final int LONGEST_NAME = 64;
    public static final int LONGEST_PASSWORD = Passwords.LONGEST_TYPED;

    private static final Pattern NAME =
            Pattern.compile("[a-z0-9._-]{%d,%d}".formatted(SHORTEST_NAME, LONGEST_NAME));

    private final UserTable users;
    private final Passwords passwords;
    private final SignInLimit limit;
    private final Credentials credentials;
    private final AccessLog log;
    private final Clock clock;

    @Inject
    ResellerAccounts(
            UserTable users,
            Passwords passwords,
            SignInLimit limit,
            Credentials credentials,
            AccessLog log,
            Clock clock) {
        this.users = users;
        this.passwords = passwords;
        this.limit = limit;
        this.credentials = credentials;
        this.log = log;
        this.clock = clock;
    }

    /// The user name that somebody chose, or empty where it cannot be one: nothing that could be
    /// another person's e-mail address or CPF, by which that one signs in.
    public static Optional<String> name(String typed) {
        return Users.name(typed)
                .filter(it -> NAME.matcher(it).matches())
                .filter(it -> TaxId.bare(it).isEmpty());
    }

    /// What is wrong with a password, in words for the one who chose it.
    public static Optional<String> objection(String userName, String password) {
        return Passwords.objection(userName, password);
    }

    /// Counts a registration from an address, or gives how long to wait.
    public Optional<Duration> pauseBeforeRegistering(String address) {
        return Optional.of(limit.take(List.of(Subject.registration(address))))
                .filter(Duration::isPositive);
    }

    /// Takes a quarter of a second: never inside a transaction.
    public String hash(String password) {
        return passwords.hash(password);
    }

    /// The id of the new account, or empty where the name is taken.
    public Optional<UUID> open(Handle tx, String userName, String passwordHash) {
        var opened = users.insertReseller(tx, userName, passwordHash, clock.instant());
        opened.ifPresent(
                id ->
                        log.record(
                                tx,
                                new Caller(id, Caller.Kind.RESELLER, userName, Grant.NOTHING),
                                "reseller.registered",
                                id.toString(),
                                ""));
        return opened;
    }

    /// Nobody signs in by it any more, and who is signed in is not. Say [#closed] after the commit.
    public void close(Handle tx, Caller caller, UUID id) {
        users.deactivate(tx, id);
        log.record(tx, caller, "reseller.deleted", id.toString(), "");
    }

    /// The same, and the name goes.
    public void forget(Handle tx, Caller caller, UUID id) {
        users.forget(tx, id);
        log.record(tx, caller, "reseller.forgotten", id.toString(), "");
    }

    public void closed() {
        credentials.forgetAll();
    }
}
