package vintem.payments;

import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.stream.Collectors;
import vintem.bank.PixRail;
import vintem.payments.RefundTable.Refund;
import vintem.platform.Database;
import vintem.platform.Errand;

/// Asks the bank about refunds whose outcome nobody knows, until it is known. Never sends.
@Singleton
class ResolveRefunds implements Errand {
    private static final int MOST = 200;

    private final Database database;
    private final RefundTable table;
    private final SettleRefunds settle;
    private final PixRail rail;
    private final Clock clock;

    @Inject
    ResolveRefunds(
            Database database, RefundTable table, SettleRefunds settle, PixRail rail, Clock clock) {
        this.database = database;
        this.table = table;
        this.settle = settle;
        this.rail = rail;
        this.clock = clock;
    }

    @Scheduled(every = "2s", concurrentExecution = ConcurrentExecution.SKIP)
    void run() {
        while (resolve() == MOST) {
            // More are due.
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

    /// @return how many were asked about
    int resolve() {
        var now = clock.instant();
        var sentBefore = now.minus(rail.terms().visibility());
        var due = database.transaction(tx -> table.due(tx, now, sentBefore, MOST));
        if (due.isEmpty()) {
            return 0;
        }
        var asked = due.stream().map(Refund::refundId).collect(Collectors.toSet());
        var answers =
                rail
                        .findRefunds(
                                due.stream()
                                        .map(
                                                each ->
                                                        new PixRail.Refund(
                                                                each.refundId(),
                                                                each.endToEndId(),
                                                                each.amountCents()))
                                        .toList())
                        .stream()
                        .filter(answer -> asked.contains(answer.providerId()))
                        .toList();
        settle.show(database.transaction(tx -> settle.settle(tx, answers)));
        return due.size();
    }
}
