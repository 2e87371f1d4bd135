package vintem.billing;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import vintem.access.AccessLog;
import vintem.access.Caller;
import vintem.ledger.AccountCode;
import vintem.ledger.Ledger;
import vintem.ledger.Transfer;
import vintem.platform.Broadcast;
import vintem.platform.Database;
import vintem.platform.Outbox;

/// Takes charges back: what is still owed goes out of the books, boleto and Pix are closed. What
/// was paid stays paid.
@Singleton
class CancelCharges {
    static final String KIND = "charge_cancelled";

    sealed interface Outcome {
        /// It is cancelled, now or before.
        record Cancelled(Charge charge) implements Outcome {}

        record NotFound() implements Outcome {}

        /// Nothing is owed any more.
        record Paid() implements Outcome {}
    }

    private static final int MOST = 1_000;
    private static final UUID FIRST = new UUID(0, 0);

    private final Database database;
    private final ChargeTable charges;
    private final ChargePix chargePix;
    private final Ledger ledger;
    private final Outbox outbox;
    private final AccessLog log;
    private final Broadcast broadcast;
    private final Clock clock;

    @Inject
    CancelCharges(
            Database database,
            ChargeTable charges,
            ChargePix chargePix,
            Ledger ledger,
            Outbox outbox,
            AccessLog log,
            Broadcast broadcast,
            Clock clock) {
        this.database = database;
        this.charges = charges;
        this.chargePix = chargePix;
        this.ledger = ledger;
        this.outbox = outbox;
        this.log = log;
        this.broadcast = broadcast;
        this.clock = clock;
    }

    Outcome cancel(Caller by, UUID chargeId) {
        return database.transaction(
                tx -> {
                    var charge = charges.lock(tx, List.of(chargeId)).get(chargeId);
                    if (charge == null) {
                        return new Outcome.NotFound();
                    }
                    return switch (charge.status()) {
                        case PAID -> new Outcome.Paid();
                        case CANCELLED -> new Outcome.Cancelled(charge);
                        case OPEN, PARTIALLY_PAID -> {
                            var after = cancel(tx, List.of(charge)).getFirst();
                            log.record(tx, by, "charge.cancelled", chargeId.toString(), "");
                            yield new Outcome.Cancelled(after);
                        }
                    };
                });
    }

    /// Takes back the charges of a file of which something is owed, in transactions of a thousand:
    /// a crash leaves the rest, and doing it again goes on. Nobody may be adding charges to
    /// the file.
    ///
    /// @return how many were cancelled now
    int ofFile(UUID fileId, Caller by) {
        var after = FIRST;
        var count = 0;
        while (true) {
            var start = after;
            var some =
                    database.transaction(
                            tx -> {
                                var owing = charges.lockOfFile(tx, fileId, start, MOST);
                                cancel(tx, owing);
                                if (!owing.isEmpty()) {
                                    log.record(
                                            tx,
                                            by,
                                            "file.charges_cancelled",
                                            fileId.toString(),
                                            "%d charges".formatted(owing.size()));
                                }
                                return owing;
                            });
            if (some.isEmpty()) {
                return count;
            }
            count += some.size();
            after = some.getLast().id();
        }
    }

    /// @param owing locked
    private List<Charge> cancel(Handle tx, List<Charge> owing) {
        var now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        var cancelled = owing.stream().map(each -> each.cancelled(now)).toList();
        var transfers = new ArrayList<Transfer>(cancelled.size());
        var news = new ArrayList<Outbox.News>(cancelled.size());
        for (var charge : cancelled) {
            var owed = charge.debt().openCents();
            transfers.add(
                    Transfer.of(
                            charge.billed().account(),
                            AccountCode.RECEIVABLE,
                            owed,
                            KIND,
                            charge.id(),
                            now));
            news.add(new ChargeEvent.Cancelled(charge.id(), charge.debtId(), owed).news());
        }
        var ids = cancelled.stream().map(Charge::id).toList();
        charges.change(tx, cancelled);
        chargePix.end(tx, ids);
        ledger.record(tx, transfers);
        outbox.publish(tx, news);
        tx.afterCommit(
                () ->
                        ids.forEach(
                                each ->
                                        broadcast.tell(
                                                BookSettlements.topic(each),
                                                BookSettlements.CHANGED)));
        return cancelled;
    }
}
