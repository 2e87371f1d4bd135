package vintem.payouts;

import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import vintem.bank.PixRail;
import vintem.bank.PixRail.Returned;
import vintem.ledger.AccountCode;
import vintem.ledger.Ledger;
import vintem.ledger.Transfer;
import vintem.payouts.PayoutTable.BatchCount;
import vintem.platform.Database;
import vintem.platform.Errand;
import vintem.platform.Outbox;

/// Books money that came back after it had been settled. Such a payout is *returned* and is never
/// paid again under its external id.
@Singleton
class BookReturns implements Errand {
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
        while (book() >= MOST) {
            // More came back.
        }
    }

    @Override
    public Turn turn() {
        return Turn.BANK_NEWS;
    }

    @Override
    public void catchUp() {
        run();
    }

    /// Reads one page of the bank's returns.
    ///
    /// @return how many are done with
    int book() {
        var place = database.transaction(table::place);
        var returns = rail.returnsAfter(place, MOST);
        return returns.isEmpty() ? 0 : database.transaction(tx -> book(tx, returns));
    }

    private int book(Handle tx, List<Returned> page) {
        var returns = upToTheFirstUnsettled(tx, page);
        if (returns.isEmpty()) {
            return 0;
        }
        var returned = table.markReturned(tx, payoutIds(returns));
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
        var counts = new TreeMap<String, BatchCount>();
        for (var payout : returned) {
            var count = new BatchCount(payout.batchId(), 0, -1, 0, 1);
            counts.merge(payout.batchId(), count, BatchCount::plus);
        }
        payouts.count(tx, counts.values());
        table.moveTo(tx, returns.getLast().place());
        return returns.size();
    }

    /// A return can overtake our own settlement: it and what is behind it wait. What is booked and
    /// what has been read are always the same, to the cent.
    private List<Returned> upToTheFirstUnsettled(Handle tx, List<Returned> page) {
        var unsettled = table.unsettled(tx, payoutIds(page));
        var first =
                page.stream()
                        .filter(each -> payoutId(each).filter(unsettled::contains).isPresent())
                        .mapToLong(Returned::place)
                        .min();
        return first.isEmpty()
                ? page
                : page.stream().filter(each -> each.place() < first.getAsLong()).toList();
    }

    private static List<UUID> payoutIds(List<Returned> returns) {
        return returns.stream().flatMap(each -> payoutId(each).stream()).toList();
    }

    private static Optional<UUID> payoutId(Returned returned) {
        return ProviderId.parse(returned.providerId()).map(ProviderId::payoutId);
    }
}
