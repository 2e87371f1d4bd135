package vintem.platform;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.array.SqlArrayArgumentStrategy;
import org.jdbi.v3.core.statement.StatementExceptions;
import org.jdbi.v3.postgres.PostgresPlugin;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/// The one way to PostgreSQL: a transaction is a function of its handle.
///
/// What the function returns is committed; what it throws is rolled back. A *refusal* is a returned
/// value and would commit, so a use-case that refuses after it has written says
/// `return Database.rollback(tx, refusal)`.
@Singleton
public class Database {
    /// What happens inside one transaction. It may be run more than once: a deadlock or a
    /// serialisation failure undoes it and starts it again.
    @FunctionalInterface
    public interface Work<T> {
        T run(Handle tx);
    }

    /// The commit was sent and its answer never came: it may have happened or not.
    public static final class CommitUnknown extends RuntimeException {
        private static final long serialVersionUID = 1;

        CommitUnknown(Throwable cause) {
            super("the answer to COMMIT never came", cause);
        }
    }

    /// Somebody else wrote what this transaction had just found missing. Thrown out of the work, it
    /// undoes it and starts it again; by then it is there.
    public static final class TryAgain extends RuntimeException {
        private static final long serialVersionUID = 1;

        public TryAgain(String message) {
            super(message, null, false, false);
        }
    }

    private static final int ATTEMPTS = 10;
    private static final String UNIQUE_VIOLATION = "23505";

    private final Jdbi jdbi;

    @Inject
    public Database(DataSource dataSource) {
        jdbi = jdbi(dataSource);
    }

    public static Jdbi jdbi(DataSource dataSource) {
        var jdbi = Jdbi.create(dataSource).installPlugin(new PostgresPlugin());
        // What was bound is often personal, and an exception's message ends in the log.
        jdbi.getConfig(StatementExceptions.class)
                .setMessageRendering(StatementExceptions.MessageRendering.SHORT_STATEMENT);
        jdbi.setSqlArrayArgumentStrategy(SqlArrayArgumentStrategy.SQL_ARRAY);
        jdbi.registerArrayType(Instant.class, "timestamptz", at -> at.toString());
        jdbi.registerArrayType(LocalDate.class, "date", day -> day.toString());
        return jdbi;
    }

    /// Runs the work in one transaction and returns what it returned.
    ///
    /// @throws CommitUnknown where the connection broke during the commit
    public <T> T transaction(Work<T> work) {
        for (var attempt = 1; ; attempt++) {
            try {
                return once(work);
            } catch (RuntimeException failed) {
                if (attempt == ATTEMPTS || Failure.of(failed) != Failure.TRY_AGAIN) {
                    throw failed;
                }
                pause(attempt);
            }
        }
    }

    /// The same for work that has nothing to say.
    public void run(Consumer<Handle> work) {
        transaction(
                tx -> {
                    work.accept(tx);
                    return Boolean.TRUE;
                });
    }

    /// The same without retries: the coalescer decides by itself what to run again.
    <T> T once(Work<T> work) {
        try (var tx = jdbi.open()) {
            tx.begin();
            T result;
            try {
                result = work.run(tx);
            } catch (Throwable failed) {
                rollbackQuietly(tx, failed);
                throw failed;
            }
            if (tx.isInTransaction()) {
                commit(tx);
            }
            return result;
        }
    }

    /// Undoes what this transaction wrote and gives the refusal back, to be returned.
    public static <T> T rollback(Handle tx, T refusal) {
        tx.rollback();
        return refusal;
    }

    /// Undoes what this transaction wrote, also where a statement of it has failed, and begins
    /// another one in its place.
    public static void startAgain(Handle tx) {
        tx.rollback();
        tx.begin();
    }

    /// Whether work failed because a unique index had the last word: what it would have written is
    /// there already.
    public static boolean isTaken(Throwable failed) {
        for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                return UNIQUE_VIOLATION.equals(sql.getSQLState());
            }
        }
        return false;
    }

    /// From here on this transaction reads no table from its beginning to its end where an index
    /// can tell. What is looked for may be rarer than the average that plans are made from.
    public static void byIndex(Handle tx) {
        tx.execute("set local enable_seqscan = off");
    }

    /// One repeatable-read, read-only snapshot: everything read in it is of one moment.
    public <T> T snapshot(Work<T> work) {
        return transaction(
                tx -> {
                    tx.execute("set transaction isolation level repeatable read, read only");
                    return work.run(tx);
                });
    }

    private static void commit(Handle tx) {
        refuseIfFailed(tx);
        try {
            tx.commit();
        } catch (RuntimeException failed) {
            // What the server says (40, 23 for deferred constraints, 25 for a transaction that had
            // failed before) is an answer: it did not happen. A broken line is none.
            throw switch (Failure.of(failed)) {
                case TRY_AGAIN, POISONED, BUG -> failed;
                case UNAVAILABLE -> new CommitUnknown(failed);
            };
        }
    }

    /// After a statement failed PostgreSQL answers COMMIT with a rollback, and the driver may keep
    /// that to itself: work that swallowed the failure would be told that it stands.
    private static void refuseIfFailed(Handle tx) {
        try {
            var connection = tx.getConnection().unwrap(BaseConnection.class);
            if (connection.getTransactionState() == TransactionState.FAILED) {
                tx.rollback();
                throw new IllegalStateException(
                        "a statement failed, its failure was swallowed, and nothing can stand");
            }
        } catch (SQLException notPostgres) {
            throw new IllegalStateException(notPostgres);
        }
    }

    private static void rollbackQuietly(Handle tx, Throwable failed) {
        try {
            if (tx.isInTransaction()) {
                tx.rollback();
            }
        } catch (RuntimeException alsoFailed) {
            failed.addSuppressed(alsoFailed);
        }
    }

    private static void pause(int attempt) {
        try {
            var most = Math.min(200, 5 << attempt);
            Thread.sleep(Duration.ofMillis(ThreadLocalRandom.current().nextLong(1, most + 1L)));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted between two attempts", interrupted);
        }
    }

    /// What a failure of the database means for the one who asked.
    enum Failure {
        /// Deadlock, serialisation, or our own [TryAgain]: nothing happened, the same may be run
        /// again (SQLState 40).
        TRY_AGAIN,
        /// A value or a constraint: the same will fail again (SQLState 22, 23).
        POISONED,
        /// The line or the server is down, or the pool is empty (SQLState 08, 53, 57; or none).
        UNAVAILABLE,
        /// Anything else is our mistake.
        BUG;

        static Failure of(Throwable failed) {
            if (failed instanceof CommitUnknown) {
                return UNAVAILABLE;
            }
            if (failed instanceof TryAgain) {
                return TRY_AGAIN;
            }
            for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
                if (cause instanceof SQLException sql) {
                    return ofState(sql);
                }
            }
            return BUG;
        }

        private static Failure ofState(SQLException sql) {
            var state = sql.getSQLState();
            if (state == null || state.length() < 2) {
                // Agroal reports an exhausted pool without a state.
                return UNAVAILABLE;
            }
            return switch (state.substring(0, 2)) {
                case "40" -> TRY_AGAIN;
                case "22", "23" -> POISONED;
                case "08", "53", "57" -> UNAVAILABLE;
                default -> BUG;
            };
        }
    }
}
