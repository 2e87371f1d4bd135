package vintem.ledger;

import java.lang.reflect.Constructor;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import vintem.MovableClock;
import vintem.access.AccessLog;
import vintem.platform.Database;
import vintem.platform.Ids;
import vintem.platform.TestDatabase;

/// The ledger on a real PostgreSQL, put together by hand.
final class LedgerWorld implements AutoCloseable {
    static final UUID SOMEBODY = new UUID(7, 7);

    final TestDatabase test = TestDatabase.fresh();
    final Database database = test.database();
    final MovableClock clock = new MovableClock();
    final LedgerTables tables = new LedgerTables();
    final DayTable days = new DayTable();
    final Ledger ledger = new Ledger(tables, new BalanceTable(), days);
    final CheckpointTable checkpointTable = new CheckpointTable();
    final TakeCheckpoints checkpoints = new TakeCheckpoints(database, checkpointTable, days);
    final LedgerProof proof = new LedgerProof(ledger, tables, checkpointTable, days);

    PostTransfers postTransfers(Database through) {
        var idempotency = TestDatabase.idempotency(through, clock);
        return new PostTransfers(through, ledger, idempotency, accessLog(clock));
    }

    List<Ledger.Posting> post(Transfer... transfers) {
        return database.transaction(tx -> ledger.post(tx, List.of(transfers)));
    }

    void record(Transfer... transfers) {
        database.run(tx -> ledger.record(tx, List.of(transfers)));
    }

    /// Money that is there from the start.
    void opensWith(long cents) {
        record(into(AccountCode.BANK, AccountCode.OPENING, cents));
    }

    static Transfer into(AccountCode debit, AccountCode credit, long cents) {
        return Transfer.of(debit, credit, cents, "test", SOMEBODY, Instant.EPOCH);
    }

    static Transfer leg(UUID entryId, AccountCode debit, AccountCode credit, long cents) {
        return new Transfer(
                Ids.next(), entryId, debit, credit, cents, "test", SOMEBODY, Instant.EPOCH);
    }

    static Transfer fee(long cents) {
        return into(AccountCode.BANK_FEES, AccountCode.BANK, cents);
    }

    long bank() {
        return balance(AccountCode.BANK);
    }

    long balance(AccountCode account) {
        return database.transaction(tx -> ledger.balanceCents(tx, account));
    }

    /// What the account says it may still give.
    long available() {
        return one("select available_cents from account_available", Long.class);
    }

    long transfers() {
        return test.count("transfer");
    }

    <T> T one(String query, Class<T> type) {
        return database.transaction(tx -> tx.createQuery(query).mapTo(type).one());
    }

    <T> T read(Function<Handle, T> reading) {
        return database.snapshot(reading::apply);
    }

    List<String> refuted() {
        return database.snapshot(proof::refute);
    }

    @Override
    public void close() {
        test.close();
    }

    /// The log is made by its own module only; here there is no container that could ask it.
    private static AccessLog accessLog(Clock clock) {
        try {
            Constructor<?> ofLog = AccessLog.class.getDeclaredConstructors()[0];
            Constructor<?> ofTable = ofLog.getParameterTypes()[0].getDeclaredConstructors()[0];
            ofLog.setAccessible(true);
            ofTable.setAccessible(true);
            return (AccessLog) ofLog.newInstance(ofTable.newInstance(), clock);
        } catch (ReflectiveOperationException failed) {
            throw new AssertionError(failed);
        }
    }
}
