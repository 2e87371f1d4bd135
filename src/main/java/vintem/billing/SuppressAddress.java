package vintem.billing;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import vintem.access.AccessLog;
import vintem.access.Caller;
import vintem.billing.SuppressionTable.Suppression;
import vintem.platform.Database;
import vintem.platform.EmailAddress;

/// Says that an address is not written to any more, or is again.
@Singleton
class SuppressAddress {
    sealed interface Outcome {
        /// @param before it was so already
        record Suppressed(Suppression suppression, boolean before) implements Outcome {}

        record Lifted() implements Outcome {}

        /// There is none; or the debtor's link is no link of ours.
        record NotFound() implements Outcome {}
    }

    private static final int SHORT_HASH = 12;

    private final Database database;
    private final SuppressionTable table;
    private final ChargeEmailTable emails;
    private final AccessLog log;
    private final Clock clock;

    @Inject
    SuppressAddress(
            Database database,
            SuppressionTable table,
            ChargeEmailTable emails,
            AccessLog log,
            Clock clock) {
        this.database = database;
        this.table = table;
        this.emails = emails;
        this.log = log;
        this.clock = clock;
    }

    Outcome byOperator(Caller caller, EmailAddress address) {
        return database.transaction(
                tx -> {
                    var suppressed = suppress(tx, address, "manual", caller.name());
                    if (!suppressed.before()) {
                        log.record(
                                tx,
                                caller,
                                "suppression.added",
                                subject(suppressed.suppression().addressHash()),
                                "");
                    }
                    return suppressed;
                });
    }

    /// @param why a code for the log; empty where none is given
    Outcome lift(Caller caller, String hash, String why) {
        return database.transaction(
                tx -> {
                    if (!table.delete(tx, hash)) {
                        return new Outcome.NotFound();
                    }
                    log.record(tx, caller, "suppression.lifted", subject(hash), why);
                    return new Outcome.Lifted();
                });
    }

    /// Whom a debtor's link is about; empty where it is no link of ours.
    Optional<EmailAddress> addressee(String token) {
        return database.transaction(tx -> addressee(tx, token));
    }

    Outcome byDebtor(String token) {
        return database.transaction(
                tx -> {
                    var address = addressee(tx, token);
                    return address.isPresent()
                            ? suppress(tx, address.get(), "unsubscribed", "debtor")
                            : new Outcome.NotFound();
                });
    }

    private Optional<EmailAddress> addressee(Handle tx, String token) {
        return UnsubscribeToken.parse(token)
                .flatMap(
                        parsed ->
                                emails.addressee(tx, parsed.chargeId())
                                        .filter(it -> parsed.isOf(it.pageKey())))
                .flatMap(it -> EmailAddress.parse(it.email()));
    }

    private Outcome.Suppressed suppress(Handle tx, EmailAddress address, String reason, String by) {
        var wanted = SuppressionTable.of(address, reason, clock.instant(), by);
        var isNew = table.insert(tx, List.of(wanted)) == 1;
        var now = table.find(tx, wanted.addressHash()).orElse(wanted);
        return new Outcome.Suppressed(now, !isNew);
    }

    /// The log is never erased: what stands there finds nobody's address by itself.
    private static String subject(String hash) {
        return hash.substring(0, Math.min(SHORT_HASH, hash.length()));
    }
}
