package vintem.access;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import org.jdbi.v3.core.Handle;

/// Who did what. Written in the transaction of the deed: neither stands without the other.
@Singleton
public class AccessLog {
    private final AccessLogTable table;
    private final Clock clock;

    @Inject
    AccessLog(AccessLogTable table, Clock clock) {
        this.table = table;
        this.clock = clock;
    }

    /// What somebody did.
    ///
    /// @param action noun and past participle, `key.revoked`
    /// @param subject the id of what it was done to
    /// @param detail what changed. The log is never erased, so it holds no personal data: no names,
    ///     no CPF, no Pix key, no e-mail address
    public record Deed(Caller caller, String action, String subject, String detail) {}

    /// Records a list of deeds.
    public void record(Handle tx, List<Deed> deeds) {
        if (!deeds.isEmpty()) {
            table.insert(tx, clock.instant(), deeds);
        }
    }

    public void record(Handle tx, Caller caller, String action, String subject, String detail) {
        record(tx, List.of(new Deed(caller, action, subject, detail)));
    }
}
