package vintem.platform;

import io.agroal.api.AgroalDataSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import vintem.platform.EmbeddedPostgres.Address;

/// A database of its own for each test class, migrated and empty, on one real and durable server
/// for the whole run.
public final class TestDatabase implements AutoCloseable {
    private static final EmbeddedPostgres SERVER = server();
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final Address owner;
    private final AgroalDataSource pool;
    private final Database database;

    private TestDatabase(Address owner) {
        this.owner = owner;
        this.pool = Pool.open(owner);
        this.database = new Database(pool);
    }

    public static TestDatabase fresh() {
        var name = "test_" + NUMBER.incrementAndGet();
        execute(in("postgres"), "create database %s template vintem".formatted(name));
        return new TestDatabase(in(name));
    }

    /// As the product works: with the rights of `vintem_app`.
    public Database database() {
        return database;
    }

    /// As migrations work.
    public Address owner() {
        return owner;
    }

    public void asOwner(String statement) {
        execute(owner, statement);
    }

    public long count(String from) {
        return database.transaction(
                tx -> tx.createQuery("select count(*) from " + from).mapTo(Long.class).one());
    }

    public static Idempotency idempotency(Database database, Clock clock) {
        return new Idempotency(database, clock);
    }

    public static OutboxRelay relay(Database database, Clock clock, Subscriber... subscribers) {
        return new OutboxRelay(database, new OutboxTable(), clock, List.of(subscribers));
    }

    @Override
    public void close() {
        pool.close();
    }

    private static Address in(String name) {
        var address = SERVER.address();
        var url = address.url().replaceFirst("/vintem\\b", "/" + name);
        return new Address(url, address.user(), address.password());
    }

    private static void execute(Address address, String statement) {
        try (var connection = address.connect();
                var running = connection.createStatement()) {
            running.execute(statement);
        } catch (SQLException failed) {
            throw new AssertionError(statement, failed);
        }
    }

    private static EmbeddedPostgres server() {
        try {
            var directory = Files.createTempDirectory("vintem-test-database-");
            var server = EmbeddedPostgres.start(directory, Map.of());
            Runtime.getRuntime()
                    .addShutdownHook(
                            new Thread(
                                    () -> {
                                        server.close();
                                        remove(directory);
                                    }));
            Migrations.run(server.address());
            return server;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static void remove(java.nio.file.Path directory) {
        try (var paths = Files.walk(directory)) {
            for (var path : paths.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
