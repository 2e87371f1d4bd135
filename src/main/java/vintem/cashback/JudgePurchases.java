package vintem.cashback;

import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.access.AccessLog;
import vintem.access.Caller;
import vintem.access.Capability;
import vintem.access.Role;
import vintem.cashback.PurchaseTable.Judgement;
import vintem.cashback.PurchaseTable.Locked;
import vintem.platform.Coalescer;
import vintem.platform.Database;
import vintem.platform.Outbox;
import vintem.platform.Traces;

/// Approves, rejects and takes approvals back, and books what that changes of the cashback owed, in
/// one transaction for a list. Of many who judge one purchase at once, one does.
///
/// Locks: purchases by id, then months, then the ledger.
@Singleton
class JudgePurchases {
    /// @param id of this request: run again, it knows its own work
    /// @param reason for whoever asks why; an approval is not taken back without one
    record Request(
            UUID id,
            UUID purchaseId,
            PurchaseStatus status,
            @Nullable String reason,
            Caller caller) {}

    sealed interface Outcome {
        record Judged(Purchase purchase) implements Outcome {}

        record Unknown() implements Outcome {}

        /// There is no such move.
        record NoSuchMove(PurchaseStatus from, PurchaseStatus to) implements Outcome {}

        /// An approval is taken back by an administrator.
        record NotAllowed() implements Outcome {}

        record ReasonMissing() implements Outcome {}
    }

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Database database;
    private final PurchaseTable table;
    private final RateBook.Reader rateBook;
    private final AccrueCashback accrue;
    private final AccessLog log;
    private final Outbox outbox;
    private final Clock clock;
    private final Coalescer<Request, Outcome> line;

    @Inject
    JudgePurchases(
            Database database,
            PurchaseTable table,
            RateBook.Reader rateBook,
            AccrueCashback accrue,
            AccessLog log,
            Outbox outbox,
            Clock clock) {
        this.database = database;
        this.table = table;
        this.rateBook = rateBook;
        this.accrue = accrue;
        this.log = log;
        this.outbox = outbox;
        this.clock = clock;
        line = new Coalescer<>("judgements", database, Coalescer.Limits.USUAL, this::judge);
    }

    /// @throws Coalescer.Unavailable where too much is waiting or the database is away
    Outcome judge(Request request) {
        return Traces.span(
                "JudgePurchase",
                "vintem.purchase.id",
                request.purchaseId(),
                () -> line.call(request, PATIENCE));
    }

    /// A whole list, in one transaction; one outcome each, in order.
    List<Outcome> judgeAll(List<Request> requests) {
        return Traces.span("JudgePurchases", () -> database.transaction(tx -> judge(tx, requests)));
    }

    @PreDestroy
    void stop() {
        line.close();
    }

    private List<Outcome> judge(Handle tx, List<Request> list) {
        var locked = table.lock(tx, list.stream().map(Request::purchaseId).distinct().toList());
        var rates = rateBook.read(tx);
        var now = clock.instant();
        var booking = accrue.open();
        var standing = new HashMap<UUID, Purchase>();
        locked.forEach((id, it) -> standing.put(id, it.purchase()));
        // By purchase: a list may approve one and take it back.
        var judgements = new LinkedHashMap<UUID, Judgement>();
        var deeds = new ArrayList<AccessLog.Deed>();
        var news = new ArrayList<Outbox.News>();
        var outcomes = new ArrayList<Outcome>(list.size());
        for (var request : list) {
            var outcome = decide(request, standing, locked, now);
            outcomes.add(outcome);
            if (outcome instanceof Outcome.Judged(var after) && !isOwnWork(request, locked)) {
                var before = standing.get(after.id());
                book(booking, before, after);
                var wasApproved = before != null && before.status() == PurchaseStatus.APPROVED;
                news.add(CashbackEvent.judged(after, wasApproved).news());
                standing.put(after.id(), after);
                judgements.put(after.id(), judgement(request, now));
                deeds.add(deed(request));
            }
        }
        table.judge(tx, List.copyOf(judgements.values()));
        booking.write(tx, rates, now);
        log.record(tx, deeds);
        outbox.publish(tx, news);
        return outcomes;
    }

    private static Outcome decide(
            Request request, Map<UUID, Purchase> standing, Map<UUID, Locked> locked, Instant now) {
        var purchase = standing.get(request.purchaseId());
        if (purchase == null) {
            return new Outcome.Unknown();
        }
        if (isOwnWork(request, locked)) {
            return new Outcome.Judged(purchase);
        }
        if (!purchase.status().next().contains(request.status())) {
            return new Outcome.NoSuchMove(purchase.status(), request.status());
        }
        if (purchase.status() == PurchaseStatus.APPROVED) {
            if (!request.caller().may(Capability.CASHBACK, Role.ADMIN)) {
                return new Outcome.NotAllowed();
            }
            if (request.reason() == null) {
                return new Outcome.ReasonMissing();
            }
        }
        return new Outcome.Judged(
                new Purchase(
                        purchase.id(),
                        purchase.code(),
                        purchase.resellerId(),
                        purchase.amountCents(),
                        purchase.boughtOn(),
                        request.status(),
                        purchase.createdAt(),
                        now,
                        request.reason()));
    }

    private static boolean isOwnWork(Request request, Map<UUID, Locked> locked) {
        var found = locked.get(request.purchaseId());
        return found != null && request.id().equals(found.judgementId());
    }

    private static void book(
            AccrueCashback.Booking booking, @Nullable Purchase before, Purchase after) {
        if (after.status() == PurchaseStatus.APPROVED) {
            booking.approved(after);
        } else if (before != null && before.status() == PurchaseStatus.APPROVED) {
            booking.takenBack(after);
        }
    }

    private static Judgement judgement(Request request, Instant now) {
        return new Judgement(
                request.id(),
                request.purchaseId(),
                request.status().word(),
                now,
                request.caller().id(),
                request.reason());
    }

    private static AccessLog.Deed deed(Request request) {
        return new AccessLog.Deed(
                request.caller(),
                "purchase." + request.status().word(),
                request.purchaseId().toString(),
                "");
    }
}
