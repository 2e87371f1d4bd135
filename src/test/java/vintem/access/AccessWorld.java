package vintem.access;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.flywaydb.core.Flyway;
import org.postgresql.ds.PGSimpleDataSource;
import vintem.platform.Database;
import vintem.platform.EmbeddedPostgres;
import vintem.platform.Idempotency;

/// The access module on a real PostgreSQL: one server for the whole run, an empty database for
/// each world, and a clock that moves when told to.
class AccessWorld {
    static final String SECRET = "a secret of the tests, long enough for HS256";
    static final String BANK_SECRET = "what the bank says to us";
    static final String OTHER_BANK_SECRET = "what the bank said before";
    static final String PASSWORD = "correct horse battery";
    static final String ADDRESS = "192.0.2.7";

    private static final EmbeddedPostgres.Address TEMPLATE = template();
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final int CHEAPEST_BCRYPT = 4;

    static final class MovableClock extends Clock {
        private volatile Instant now = Instant.parse("2026-11-22T12:00:00Z");

        void passes(Duration time) {
            now = now.plus(time);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    final String url = copy();
    final MovableClock clock = new MovableClock();
    final Database database = new Database(pool(url));
    final Secrets secrets = new Secrets(SECRET, List.of(BANK_SECRET, OTHER_BANK_SECRET));
    final Passwords passwords = new Passwords(CHEAPEST_BCRYPT);
    final Tokens tokens = new Tokens(secrets, clock);
    final UserTable userTable = new UserTable();
    final KeyTable keyTable = new KeyTable();
    final SessionTable sessionTable = new SessionTable();
    final TicketTable ticketTable = new TicketTable();
    final AccessLogTable logTable = new AccessLogTable();
    final AccessLog log = new AccessLog(logTable, clock);
    final Sessions sessions = new Sessions(sessionTable, tokens, secrets, clock);
    final SignInLimit limit = new SignInLimit(database, new SignInFailureTable(), clock);
    final Credentials credentials = node();
    private final Idempotency idempotency = new Idempotency(database, clock);
    final Users users =
            new Users(database, userTable, passwords, credentials, idempotency, log, clock);
    final Keys keys = new Keys(database, keyTable, credentials, idempotency, log, clock);
    final SignIn signIn =
            new SignIn(
                    database,
                    userTable,
                    List.of(),
                    ticketTable,
                    sessions,
                    passwords,
                    limit,
                    log,
                    clock);
    final SignOut signOut = new SignOut(database, userTable, sessionTable, credentials, log);
    final ChangePassword changePassword =
            new ChangePassword(
                    database, userTable, sessionTable, passwords, limit, credentials, log);
    final ResetPassword resetPassword =
            new ResetPassword(
                    database, userTable, ticketTable, passwords, limit, credentials, log, clock);
    final FirstStart firstStart = new FirstStart(database, userTable, passwords, log, clock);
    final SignInLinks links = new SignInLinks(database, userTable, ticketTable, sessions, clock);
    final Spending spending = new Spending(new SpendingTable());

    /// What another node knows of the same database.
    Credentials node() {
        return new Credentials(database, userTable, keyTable, sessionTable, tokens, secrets, clock);
    }

    UserTable.User user(String name, Grant grant) {
        return switch (users.create(Caller.SYSTEM, name, PASSWORD, grant)) {
            case Users.Outcome.Saved(var user) -> user;
            case Users.Outcome other -> throw new AssertionError(other);
        };
    }

    Keys.Outcome.Created key(UserTable.User creator, Grant grant) {
        return switch (keys.create(creator.caller(), "a key", grant, null)) {
            case Keys.Outcome.Created created -> created;
            case Keys.Outcome other -> throw new AssertionError(other);
        };
    }

    String signedIn(UserTable.User user, Sessions.By by) {
        return switch (signIn.withPassword(user.name(), PASSWORD, ADDRESS, by)) {
            case SignIn.Outcome.Welcome(var session) -> session.secret();
            case SignIn.Outcome other -> throw new AssertionError(other);
        };
    }

    long count(String table) {
        return database.transaction(
                tx -> tx.createQuery("select count(*) from " + table).mapTo(Long.class).one());
    }

    /// As a migration would, with the owner's rights.
    void asOwner(String statement) throws SQLException {
        try (var connection =
                        DriverManager.getConnection(url, TEMPLATE.user(), TEMPLATE.password());
                var running = connection.createStatement()) {
            running.execute(statement);
        }
    }

    /// Runs the same thing so many times at the same moment.
    static <T> List<T> atOnce(int times, Callable<T> work) {
        try (var threads = Executors.newFixedThreadPool(times)) {
            var start = new CountDownLatch(1);
            var results = new ArrayList<Future<T>>();
            for (var i = 0; i < times; i++) {
                results.add(
                        threads.submit(
                                () -> {
                                    start.await();
                                    return work.call();
                                }));
            }
            start.countDown();
            var values = new ArrayList<T>();
            for (var result : results) {
                values.add(result.get());
            }
            return values;
        } catch (InterruptedException | ExecutionException failed) {
            throw new AssertionError(failed);
        }
    }

    static EmbeddedPostgres.Address owner() {
        return TEMPLATE;
    }

    /// As the pool does: every connection is `vintem_app`, who may not change the past.
    private static PGSimpleDataSource pool(String url) {
        var source = new PGSimpleDataSource();
        source.setUrl(url);
        source.setUser(TEMPLATE.user());
        source.setPassword(TEMPLATE.password());
        source.setOptions("-c role=vintem_app");
        return source;
    }

    static String copy() {
        var name = "world_" + NUMBER.incrementAndGet();
        execute("create database %s template vintem".formatted(name));
        return TEMPLATE.url().replace("/vintem", "/" + name);
    }

    private static void execute(String statement) {
        execute(TEMPLATE, statement);
    }

    private static void execute(EmbeddedPostgres.Address address, String statement) {
        var admin = address.url().replace("/vintem", "/postgres");
        try (var connection =
                        DriverManager.getConnection(admin, address.user(), address.password());
                var running = connection.createStatement()) {
            running.execute(statement);
        } catch (SQLException failed) {
            throw new AssertionError(failed);
        }
    }

    private static EmbeddedPostgres.Address template() {
        try {
            var server =
                    EmbeddedPostgres.start(
                            Files.createTempDirectory("vintem-access-test"), Map.of());
            Runtime.getRuntime().addShutdownHook(new Thread(server::close));
            var address = server.address();
            execute(address, "create role vintem_app");
            Flyway.configure()
                    .dataSource(address.url(), address.user(), address.password())
                    .locations("filesystem:src/main/resources/db/migration/access")
                    .load()
                    .migrate();
            return address;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
