package vintem.platform;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.argument.Argument;

/// Statements that are sent to PostgreSQL together: as many as they are, the answer to the last one
/// is all that is waited for. For short lists that wait costs more than the rows.
///
/// They run in the order in which they were added, in their caller's transaction; where one of them
/// fails, those behind it do not run, and the transaction has failed.
public final class Writes {
    private final List<String> statements = new ArrayList<>();
    private final List<Argument> arguments = new ArrayList<>();

    /// @param statement an `insert`, an `update` or a `delete`, with `?` for each argument
    public void add(String statement, Argument... itsArguments) {
        statements.add(statement);
        Collections.addAll(arguments, itsArguments);
    }

    public void run(Handle tx) {
        if (statements.isEmpty()) {
            return;
        }
        try (var update = tx.createUpdate(String.join(";\n", statements))) {
            for (var i = 0; i < arguments.size(); i++) {
                update.bind(i, arguments.get(i));
            }
            update.execute();
        }
        statements.clear();
        arguments.clear();
    }
}
