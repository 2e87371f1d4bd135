package vintem.platform;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jdbi.v3.core.Handle;

/// Statements that are sent to PostgreSQL together: as many as they are, the answer to the last one
/// is all that is waited for. For short lists that wait costs more than the rows.
///
/// They run in the order in which they were added, in their caller's transaction; where one of them
/// fails, those behind it do not run, and the transaction has failed.
public final class Writes {
    /// One of the statements failed; its cause says how.
    public static final class WriteFailed extends RuntimeException {
        private static final long serialVersionUID = 1;

        WriteFailed(SQLException cause) {
            // The cause's own message may quote a row.
            super("a write failed, SQLState %s".formatted(cause.getSQLState()), cause);
        }
    }

    private final List<String> statements = new ArrayList<>();
    private final List<BinaryArray> arguments = new ArrayList<>();

    /// @param statement an `insert`, an `update` or a `delete`, with `?` for each argument
    public void add(String statement, BinaryArray... itsArguments) {
        statements.add(statement);
        Collections.addAll(arguments, itsArguments);
    }

    public void run(Handle tx) {
        if (statements.isEmpty()) {
            return;
        }
        // Past Jdbi, which looks up for each argument how arguments of its type are bound.
        try (var together = tx.getConnection().prepareStatement(String.join(";\n", statements))) {
            for (var i = 0; i < arguments.size(); i++) {
                arguments.get(i).bind(together, i + 1);
            }
            together.execute();
        } catch (SQLException failed) {
            throw new WriteFailed(failed);
        }
        statements.clear();
        arguments.clear();
    }
}
