package vintem.cashback;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.cashback.MonthTable.Account;
import vintem.cashback.RedemptionTable.Redemption;
import vintem.ledger.AccountCode;
import vintem.ledger.Ledger;
import vintem.ledger.Transfer;
import vintem.payouts.PayoutEvent;
import vintem.payouts.Payouts;
import vintem.platform.Outbox;
import vintem.platform.Subscriber;

/// Takes in what became of the payouts of cashback: what was not paid, or came back, is available
/// again. Safe twice: a redemption moves only from where it stands.
///
/// Locks: redemptions by id, then accounts by reseller, then the ledger.
@Singleton
class SettleRedemptions implements Subscriber {
    /// What the payout of a redemption came to.
    ///
    /// @param status `paid`, `failed` or `returned`
    record News(UUID id, String status, @Nullable String reason) {
        /// Nothing while the bank has not said.
        static Optional<News> of(UUID id, Payouts.Answer answer) {
            return switch (answer) {
                case Payouts.Answer.Paid() -> Optional.of(new News(id, "paid", null));
                case Payouts.Answer.Failed(var reason) ->
                        Optional.of(new News(id, "failed", reason));
                case Payouts.Answer.Processing() -> Optional.empty();
            };
        }

        private static News of(Outbox.Event event) {
            return switch (event.type()) {
                case PayoutEvent.PAID ->
                        new News(event.as(PayoutEvent.Paid.class).payoutId(), "paid", null);
                case PayoutEvent.FAILED -> {
                    var failed = event.as(PayoutEvent.Failed.class);
                    yield new News(failed.payoutId(), "failed", failed.reason());
                }
                case PayoutEvent.RETURNED ->
                        new News(event.as(PayoutEvent.Returned.class).payoutId(), "returned", null);
                case PayoutEvent.PAID_AFTER_CLOSED ->
                        new News(
                                event.as(PayoutEvent.PaidAfterClosed.class).payoutId(),
                                "paid",
                                null);
                default -> throw new IllegalArgumentException("no news of ours: " + event.type());
            };
        }
    }

    private final RedemptionTable table;
    private final MonthTable months;
    private final Ledger ledger;
    private final Outbox outbox;
    private final Clock clock;

    @Inject
    SettleRedemptions(
            RedemptionTable table, MonthTable months, Ledger ledger, Outbox outbox, Clock clock) {
        this.table = table;
        this.months = months;
        this.ledger = ledger;
        this.outbox = outbox;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "cashback.payouts";
    }

    @Override
    public Set<String> types() {
        return Set.of(
                PayoutEvent.PAID,
                PayoutEvent.FAILED,
                PayoutEvent.RETURNED,
                PayoutEvent.PAID_AFTER_CLOSED);
    }

    @Override
    public void apply(Handle tx, List<Outbox.Event> events) {
        settle(tx, events.stream().map(News::of).toList());
    }

    /// News of payouts, in order; those of other payouts pass by.
    void settle(Handle tx, List<News> news) {
        var redemptions = table.lock(tx, news.stream().map(News::id).distinct().toList());
        if (redemptions.isEmpty()) {
            return;
        }
        var settling =
                new Settling(
                        months.lockAccounts(
                                tx,
                                redemptions.values().stream()
                                        .map(Redemption::resellerId)
                                        .distinct()
                                        .toList()),
                        redemptions,
                        clock.instant());
        news.forEach(settling::hear);
        table.end(tx, settling.ended.values());
        months.save(tx, settling.changed.values());
        ledger.record(tx, settling.transfers);
        outbox.publish(
                tx,
                settling.ended.values().stream()
                        .map(it -> CashbackEvent.ended(it).news())
                        .toList());
    }

    /// A list of news while it is walked.
    private static final class Settling {
        private final Map<UUID, Account> accounts;
        private final Map<UUID, Redemption> redemptions;
        private final Instant now;
        private final Map<UUID, Redemption> ended = new LinkedHashMap<>();
        private final Map<UUID, Account> changed = new LinkedHashMap<>();
        private final List<Transfer> transfers = new ArrayList<>();

        Settling(Map<UUID, Account> accounts, Map<UUID, Redemption> redemptions, Instant now) {
            this.accounts = new HashMap<>(accounts);
            this.redemptions = new HashMap<>(redemptions);
            this.now = now;
        }

        void hear(News news) {
            var redemption = redemptions.get(news.id());
            if (redemption == null || !moves(redemption.status(), news.status())) {
                return;
            }
            var wasReserved = !redemption.status().equals("failed");
            var after = redemption.ended(news.status(), news.reason(), now);
            redemptions.put(after.id(), after);
            ended.put(after.id(), after);
            if (!news.status().equals("paid")) {
                giveBack(after);
            } else if (!wasReserved) {
                takeAgain(after);
            }
        }

        /// *Failed* is not the end: a bank may pay what we had given up, and an operator may send a
        /// refused payout again.
        private static boolean moves(String from, String to) {
            return switch (from) {
                case "processing" -> true;
                case "failed" -> to.equals("paid");
                case "paid" -> to.equals("returned");
                default -> false;
            };
        }

        /// What the reseller owes is set off first.
        private void giveBack(Redemption redemption) {
            var account = account(redemption);
            var off = Math.min(account.recoverableCents(), redemption.amountCents());
            move(
                    AccountCode.CASHBACK_AVAILABLE,
                    AccountCode.CASHBACK_RECOVERABLE,
                    off,
                    "cashback_set_off",
                    redemption);
            keep(
                    new Account(
                            account.resellerId(),
                            Math.addExact(account.availableCents(), redemption.amountCents() - off),
                            account.recoverableCents() - off));
        }

        /// It was given back and paid all the same; the payout took it from what is available to
        /// all, so what this reseller has not is owed by them.
        private void takeAgain(Redemption redemption) {
            var account = account(redemption);
            var there = Math.min(account.availableCents(), redemption.amountCents());
            var lacking = redemption.amountCents() - there;
            move(
                    AccountCode.CASHBACK_RECOVERABLE,
                    AccountCode.CASHBACK_AVAILABLE,
                    lacking,
                    "cashback_to_recover",
                    redemption);
            keep(
                    new Account(
                            account.resellerId(),
                            account.availableCents() - there,
                            Math.addExact(account.recoverableCents(), lacking)));
        }

        private Account account(Redemption redemption) {
            return Objects.requireNonNull(accounts.get(redemption.resellerId()));
        }

        private void keep(Account account) {
            accounts.put(account.resellerId(), account);
            changed.put(account.resellerId(), account);
        }

        private void move(
                AccountCode debit,
                AccountCode credit,
                long cents,
                String kind,
                Redemption redemption) {
            if (cents > 0) {
                transfers.add(
                        Transfer.of(debit, credit, cents, kind, redemption.resellerId(), now));
            }
        }
    }
}
