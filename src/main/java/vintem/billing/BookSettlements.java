package vintem.billing;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.bank.BankBooks;
import vintem.ledger.AccountCode;
import vintem.ledger.Ledger;
import vintem.ledger.Transfer;
import vintem.platform.Broadcast;
import vintem.platform.Database;
import vintem.platform.Ids;
import vintem.platform.Outbox;

/// Books money for charges, wherever it came from: a list is decided one by one under the charges'
/// row locks, each as if the ones before it had been committed, and written in a few statements.
///
/// Locks, everywhere: charges by id, then settlements by id, then Pix payments by id, then files.
@Singleton
class BookSettlements {
    static final String SETTLED = "charge_settled";
    static final String LATE_PAID = "charge_late_paid";
    static final String OVERPAID = "charge_overpaid";
    static final String DISCOUNTED = "charge_discounted";

    private static final String TOPICS = "charge:";
    static final String CHANGED = "charge-changed";

    private final ChargeTable charges;
    private final SettlementTable settlements;
    private final ChargePix chargePix;
    private final DebtFileTable files;
    private final Ledger ledger;
    private final Outbox outbox;
    private final BankBooks bank;
    private final Broadcast broadcast;
    private final Clock clock;

    @Inject
    BookSettlements(
            ChargeTable charges,
            SettlementTable settlements,
            ChargePix chargePix,
            DebtFileTable files,
            Ledger ledger,
            Outbox outbox,
            BankBooks bank,
            Broadcast broadcast,
            Clock clock) {
        this.charges = charges;
        this.settlements = settlements;
        this.chargePix = chargePix;
        this.files = files;
        this.ledger = ledger;
        this.outbox = outbox;
        this.bank = bank;
        this.broadcast = broadcast;
        this.clock = clock;
    }

    /// Locks these charges and begins with nothing booked.
    Booking open(Handle tx, Collection<UUID> chargeIds) {
        return new Booking(charges.lock(tx, chargeIds));
    }

    /// What hints about a charge go by.
    static String topic(UUID chargeId) {
        return TOPICS + chargeId;
    }

    /// What a list of money comes to.
    final class Booking {
        private final Map<UUID, Charge> byId;
        private final Map<String, UUID> byDebt = new HashMap<>();
        private final Map<UUID, Charge> changed = new LinkedHashMap<>();
        private final List<Settlement> arrived = new ArrayList<>();
        private final List<Settlement> decided = new ArrayList<>();
        private final Map<UUID, Settlement> named = new LinkedHashMap<>();
        private final List<Transfer> transfers = new ArrayList<>();
        private final List<BankBooks.BoletoPaid> boletos = new ArrayList<>();
        private final List<Outbox.News> news = new ArrayList<>();
        private final Map<UUID, Integer> paidOfFiles = new TreeMap<>();
        private final Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);

        private Booking(Map<UUID, Charge> byId) {
            this.byId = byId;
            byId.values().forEach(each -> byDebt.put(each.debtId(), each.id()));
        }

        /// The charge as it stands by now, where it is one of those that are locked.
        Optional<Charge> charge(UUID id) {
            return Optional.ofNullable(byId.get(id));
        }

        Optional<Charge> charge(String debtId) {
            return Optional.ofNullable(byDebt.get(debtId)).map(byId::get);
        }

        /// Books money that nobody had told of.
        ///
        /// @param from the account where it is
        Settlement bookNew(Settlement money, Charge charge, AccountCode from) {
            var settled = book(money, charge, from);
            arrived.add(settled);
            return settled;
        }

        /// Books money that waited for somebody to say whose it is. Its row is locked.
        Settlement bookWaiting(Settlement money, Charge charge, String decidedBy) {
            var settled =
                    book(
                            money.decided(Settlement.Status.SETTLED, decidedBy, now),
                            charge,
                            AccountCode.BANK);
            decided.add(settled);
            return settled;
        }

        /// Learns what the bank calls money that it told of under fewer names. Its row is locked.
        Settlement name(Settlement known, @Nullable String paymentId, @Nullable String endToEndId) {
            var all = known.named(paymentId, endToEndId);
            if (!all.equals(known)) {
                named.put(all.id(), all);
            }
            return all;
        }

        /// Keeps a message about a debt that nobody has.
        Settlement keep(Settlement unknown) {
            arrived.add(unknown);
            news.add(new ChargeEvent.UnknownSettlement(unknown.id(), unknown.amountCents()).news());
            return unknown;
        }

        private Settlement book(Settlement money, Charge charge, AccountCode from) {
            var split =
                    charge.status().owes()
                            ? charge.debt().pay(money.amountCents(), Charge.day(money.paidAt()))
                            : Debt.Split.allCredit(money.amountCents());
            var settled = money.settled(charge.id(), split, reason(charge, split));
            move(settled, from, AccountCode.RECEIVABLE, split.principalCents(), SETTLED);
            move(settled, from, AccountCode.LATE_INCOME, split.lateCents(), LATE_PAID);
            move(settled, from, AccountCode.DEBTOR_CREDIT, split.creditCents(), OVERPAID);
            move(
                    settled,
                    charge.billed().account(),
                    AccountCode.RECEIVABLE,
                    split.discountCents(),
                    DISCOUNTED);
            if (money.channel() == Settlement.Channel.BOLETO) {
                boletos.add(
                        new BankBooks.BoletoPaid(
                                money.id().toString(), money.amountCents(), money.paidAt()));
            }
            var after = charge.settled(split, money.channel(), money.paidAt(), now);
            byId.put(after.id(), after);
            if (charge.status().owes()) {
                changed.put(after.id(), after);
            }
            tell(charge, after, settled);
            return settled;
        }

        private static Settlement.@Nullable Reason reason(Charge charge, Debt.Split split) {
            if (split.creditCents() == 0) {
                return null;
            }
            return switch (charge.status()) {
                case OPEN, PARTIALLY_PAID -> Settlement.Reason.OVERPAID;
                case PAID -> Settlement.Reason.PAID_BEFORE;
                case CANCELLED -> Settlement.Reason.CANCELLED;
            };
        }

        /// One leg; all legs of one settlement are one entry, which has its id.
        private void move(
                Settlement settled,
                AccountCode debit,
                AccountCode credit,
                long cents,
                String kind) {
            if (cents > 0) {
                transfers.add(
                        new Transfer(
                                Ids.next(),
                                settled.id(),
                                debit,
                                credit,
                                cents,
                                kind,
                                Objects.requireNonNull(settled.chargeId()),
                                settled.paidAt()));
            }
        }

        private void tell(Charge before, Charge after, Settlement settled) {
            if (before.status().owes()) {
                if (after.status() == ChargeStatus.PAID && after.fileId() != null) {
                    paidOfFiles.merge(after.fileId(), 1, Integer::sum);
                }
                news.add(
                        (after.status() == ChargeStatus.PAID
                                        ? new ChargeEvent.Paid(
                                                after.id(),
                                                after.debtId(),
                                                settled.id(),
                                                settled.channel().word(),
                                                settled.amountCents(),
                                                settled.discountCents(),
                                                settled.lateCents(),
                                                settled.waivedCents())
                                        : new ChargeEvent.PartiallyPaid(
                                                after.id(),
                                                after.debtId(),
                                                settled.id(),
                                                settled.channel().word(),
                                                settled.amountCents(),
                                                after.debt().openCents()))
                                .news());
            }
            if (settled.reason() != null) {
                news.add(
                        new ChargeEvent.Overpaid(
                                        after.id(),
                                        after.debtId(),
                                        settled.id(),
                                        settled.creditCents(),
                                        settled.reason().word())
                                .news());
            }
        }

        /// Writes all of it, and tells whoever looks, after the commit.
        void write(Handle tx) {
            // Unknown debts are under nobody's lock: another list may have written the same money
            // at this moment.
            if (settlements.insert(tx, arrived) < arrived.size()) {
                throw new Database.TryAgain("somebody else was told of one of these payments");
            }
            settlements.decide(tx, decided);
            settlements.name(tx, named.values());
            charges.change(tx, changed.values());
            // Paid, or of another amount from now on: the code that is shown is for the old one.
            chargePix.end(tx, changed.keySet());
            ledger.record(tx, transfers);
            bank.toldBoletos(tx, boletos);
            outbox.publish(tx, news);
            files.countPaid(tx, paidOfFiles);
            var those = List.copyOf(changed.keySet());
            tx.afterCommit(() -> those.forEach(each -> broadcast.tell(topic(each), CHANGED)));
        }
    }
}
