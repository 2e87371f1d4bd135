package vintem.payouts;

import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Objects;
import org.jdbi.v3.core.Handle;
import vintem.bank.PixRail;
import vintem.bank.PixRail.Returned;
import vintem.ledger.AccountCode;
import vintem.ledger.Ledger;
import vintem.ledger.Transfer;
import vintem.payouts.PayoutTable.BatchCount;
import vintem.platform.Database;
import vintem.platform.Outbox;

/// Books money that came back after it had been settled. Such a payout is *returned* and is never
/// paid again under its external id.
@Singleton
class BookReturns {
    private static final int MOST = 500;

    private final Database database;
    private final PayoutReturnTable table;
    private final PayoutTable payouts;
    private final Ledger ledger;
    private final Outbox outbox;
    private final PixRail rail;

    @Inject
    BookReturns(
            Database database,
            PayoutReturnTable table,
            PayoutTable payouts,
            Ledger ledger,
            Outbox outbox,
            PixRail rail) {
        this.database = database;
        this.table = table;
        this.payouts = payouts;
        this.ledger = ledger;
        this.outbox = outbox;
        this.rail = rail;
    }

    @Scheduled(every = "2s", concurrentExecution = ConcurrentExecution.SKIP)
    void run() {
        while (book() == MOST) {
            // More came back.
        }
    }

    /// Reads one page of the bank's returns.
    ///
    /// @return how many were read
    int book() {
        var place = database.transaction(table::place);
        var returns = rail.returnsAfter(place, MOST);
        if (!returns.isEmpty()) {
            database.transaction(tx -> book(tx, returns));
        }
        return returns.size();
    }

    private int book(Handle tx, List<Returned> returns) {
        var ids =
                returns.stream()
                        .flatMap(each -> ProviderId.parse(each.providerId()).stream())
                        .map(ProviderId::payoutId)
                        .toList();
        var returned = table.markReturned(tx, ids);
        for (var payout : returned) {
            payouts.count(tx, List.of(new BatchCount(payout.batchId(), 0, -1, 0, 1)));
        }
        ledger.record(
                tx,
                returned.stream()
                        .map(
                                payout ->
                                        Transfer.of(
                                                AccountCode.BANK,
                                                AccountCode.of(payout.purpose()).orElseThrow(),
                                                payout.amountCents(),
                                                "payout_returned",
                                                payout.id(),
                                                Objects.requireNonNull(payout.updatedAt())))
                        .toList());
        outbox.publish(
                tx,
                returned.stream()
                        .map(
                                payout ->
                                        new PayoutEvent.Returned(
                                                        payout.id(),
                                                        payout.externalId(),
                                                        payout.batchId(),
                                                        payout.amountCents())
                                                .news())
                        .toList());
        // A return can overtake our own settlement: then the page is read again later, which is
        // safe
        // because a payout is returned once.
        if (table.allSettled(tx, ids)) {
            table.moveTo(tx, returns.getLast().place());
        }
        return returned.size();
    }
}
