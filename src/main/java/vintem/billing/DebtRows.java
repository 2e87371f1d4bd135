package vintem.billing;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// The rows of a file of debts from some place on, one after the other.
interface DebtRows {
    /// The next row that is not blank, or null at the end.
    @Nullable DebtRow next() throws IOException, UnreadableFile;

    /// The place after the row that was given last: whoever begins there goes on with the next one.
    long position();

    /// The line that begins there.
    int line();
}
