package vintem.payments;

import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.bank.BankBooks;
import vintem.bank.PixRail.Incoming;
import vintem.ledger.AccountCode;
import vintem.ledger.Ledger;
import vintem.ledger.Transfer;
import vintem.payments.PaymentTable.Offer;
import vintem.payments.PaymentTable.Paid;
import vintem.payments.PaymentTable.Stored;
import vintem.payments.PaymentTable.Taken;
import vintem.payments.ReceiptTable.Receipt;
import vintem.platform.Coalescer;
import vintem.platform.Database;
import vintem.platform.Ids;
import vintem.platform.Metrics;
import vintem.platform.Outbox;
import vintem.platform.Traces;
import vintem.platform.Writes;

/// Books what the bank says has arrived.
///
/// Safe twice: the bank's end-to-end id tells a message that comes again from money that comes
/// again. Real money is always booked, for its payment or to `unidentified`; a message without an
/// end-to-end id that fits nothing is only noted, since nobody knows whether there is money.
@Singleton
public class ConfirmPayment {
    /// What the bank tells.
    ///
    /// @param id given before the first attempt, as all ids are
    /// @param txid which payment, `bank_payment_id` in the contract; null where the payer named
    ///     none
    /// @param endToEndId which Pix; null in the seed's own shape of the message
    /// @param receivedAt when the money arrived, as far as we know
    public record Message(
            UUID id,
            @Nullable String txid,
            long amountCents,
            @Nullable String endToEndId,
            Instant receivedAt) {}

    public sealed interface Outcome {
        /// It is paid by this money, now or since an earlier message.
        record Confirmed(UUID paymentId) implements Outcome {}

        /// The money is booked, and a person must say whose it is.
        record Unidentified(UUID receiptId, String reason) implements Outcome {}

        /// There is no such payment, and no money that we know of.
        record NotFound() implements Outcome {}

        /// The payment is about another value, and there is no money that we know of.
        record OtherValue() implements Outcome {}

        /// The payment has ended otherwise: it is paid with another value, or was removed.
        record Ended() implements Outcome {}

        /// This very Pix came before, with another value.
        record Contradiction() implements Outcome {}
    }

    static final String SECOND_PAYMENT = "second_payment";
    static final String OTHER_AMOUNT = "other_amount";
    static final String UNKNOWN_TXID = "unknown_txid";
    static final String NO_TXID = "no_txid";
    static final String REMOVED = "removed";

    private static final Map<Class<? extends Outcome>, Metrics.Counter> COUNTERS =
            Map.of(
                    Outcome.Confirmed.class, counter("confirmed"),
                    Outcome.Unidentified.class, counter("unidentified"),
                    Outcome.NotFound.class, counter("not_found"),
                    Outcome.OtherValue.class, counter("other_value"),
                    Outcome.Ended.class, counter("ended"),
                    Outcome.Contradiction.class, counter("contradiction"));

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final PaymentTable payments;
    private final ReceiptTable receipts;
    private final Ledger ledger;
    private final Outbox outbox;
    private final BankBooks bank;
    private final Screens screens;
    private final Coalescer<Message, Outcome> line;

    @Inject
    ConfirmPayment(
            Database database,
            PaymentTable payments,
            ReceiptTable receipts,
            Ledger ledger,
            Outbox outbox,
            BankBooks bank,
            Screens screens) {
        this.payments = payments;
        this.receipts = receipts;
        this.ledger = ledger;
        this.outbox = outbox;
        this.bank = bank;
        this.screens = screens;
        line =
                new Coalescer<>(
                        "confirmations",
                        database,
                        Coalescer.Limits.HELPED_IN_CROWDS,
                        this::confirmAtOnce);
    }

    /// @throws Coalescer.Unavailable where too much is waiting or the database is away: the bank
    ///     tells again
    public Outcome confirm(Message message) {
        return Traces.span(
                "ConfirmPayment",
                "vintem.message.id",
                message.id(),
                () -> {
                    var outcome = line.call(message, PATIENCE);
                    COUNTERS.get(outcome.getClass()).increment();
                    show(outcome);
                    return outcome;
                });
    }

    private static Metrics.Counter counter(String outcome) {
        return Metrics.counter(
                "vintem_payments_confirmations_total",
                "What the bank told of money that came in, by what became of it",
                "outcome",
                outcome);
    }

    /// Tells whoever looks at the payment, after the commit. Also when it was confirmed before: the
    /// node that did may have died before it told.
    void show(Outcome outcome) {
        if (outcome instanceof Outcome.Confirmed(var paymentId)) {
            screens.changed(paymentId, "payment-confirmed");
        }
    }

    @PreDestroy
    void stop() {
        line.close();
    }

    /// A list of messages in one transaction, each as if the ones before it had been committed.
    ///
    /// Nearly all of them are about a payment that waits for just this money: it is paid while it
    /// is looked for, and its receipt is written. Only what is left over is locked, looked at and
    /// decided.
    List<Outcome> confirm(Handle tx, List<Message> messages) {
        return confirm(tx, messages, payments::payUnlessBooked);
    }

    /// The same for a transaction in which nothing else happens. Whether a Pix is booked already is
    /// not asked before: hardly any is, and for a payment that still waits next to none. The unique
    /// index says so in the end, and then all of it is undone and done with asking.
    private List<Outcome> confirmAtOnce(Handle tx, List<Message> messages) {
        try {
            return confirm(tx, messages, payments::payAtOnce);
        } catch (PaymentTable.BookedAlready undone) {
            Database.startAgain(tx);
            return confirm(tx, messages);
        }
    }

    private List<Outcome> confirm(
            Handle tx,
            List<Message> messages,
            BiFunction<Handle, Collection<Offer>, Map<UUID, Taken>> pay) {
        var offers = offers(messages);
        var taken = pay.apply(tx, offers.values());
        var rest = messages.stream().filter(it -> !taken.containsKey(it.id())).toList();
        var deciding =
                rest.isEmpty()
                        ? new Deciding(new HashMap<>(), new HashMap<>())
                        : new Deciding(
                                payments.lock(tx, distinct(rest, Message::txid)),
                                // Read under the locks: an earlier message of the same payment has
                                // been committed by now.
                                receipts.byEndToEndIds(tx, distinct(rest, Message::endToEndId)));
        var outcomes = new ArrayList<Outcome>(messages.size());
        for (var each : messages) {
            var payment = taken.get(each.id());
            outcomes.add(
                    payment == null
                            ? deciding.decide(each)
                            : deciding.book(each, payment, offers.get(each.id()).endToEndId()));
        }
        deciding.write(tx);
        return outcomes;
    }

    /// The first message of each payment and each Pix: by the message's id.
    private Map<UUID, Offer> offers(List<Message> messages) {
        var offers = new LinkedHashMap<UUID, Offer>();
        var txids = new HashSet<String>();
        var endToEndIds = new HashSet<String>();
        for (var each : messages) {
            var isNew = each.endToEndId() == null || endToEndIds.add(each.endToEndId());
            if (each.txid() != null && txids.add(each.txid()) && isNew) {
                offers.put(
                        each.id(),
                        new Offer(
                                each.id(),
                                each.txid(),
                                each.amountCents(),
                                each.receivedAt(),
                                each.endToEndId() == null
                                        ? bank.nameless(each.receivedAt()).orElse(null)
                                        : each.endToEndId()));
            }
        }
        return offers;
    }

    private static Set<String> distinct(
            List<Message> messages, java.util.function.Function<Message, @Nullable String> field) {
        return messages.stream()
                .map(field)
                .filter(Objects::nonNull)
                .map(Objects::requireNonNull)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /// What a list comes to, decided message by message and then written together.
    private final class Deciding {
        private final Map<String, Stored> byTxid;
        private final Map<String, Receipt> byEndToEnd;
        private final List<Receipt> arrived = new ArrayList<>();
        private final List<Receipt> notes = new ArrayList<>();
        private final List<Paid> paid = new ArrayList<>();
        private final Map<UUID, String> named = new HashMap<>();
        private final List<Incoming.Received> told = new ArrayList<>();
        private final List<Transfer> transfers = new ArrayList<>();
        private final List<Outbox.News> news = new ArrayList<>();

        Deciding(Map<String, Stored> byTxid, Map<String, Receipt> byEndToEnd) {
            this.byTxid = byTxid;
            this.byEndToEnd = byEndToEnd;
        }

        Outcome decide(Message message) {
            return message.endToEndId() == null
                    ? decideNameless(message)
                    : decideNamed(message, message.endToEndId());
        }

        private Outcome decideNamed(Message message, String endToEndId) {
            var known = byEndToEnd.get(endToEndId);
            if (known != null) {
                return again(message, known);
            }
            var reason = misfit(message);
            if (reason == null) {
                return pay(message, endToEndId);
            }
            var payment = byTxid.get(String.valueOf(message.txid()));
            if (reason.equals(SECOND_PAYMENT)
                    && payment != null
                    && payment.endToEndId() == null
                    && Objects.equals(payment.paidCents(), message.amountCents())) {
                // It was told without its id before: this is the same money, with its name.
                named.put(payment.id(), endToEndId);
                byTxid.put(
                        payment.txid(),
                        payment.paid(
                                Objects.requireNonNull(payment.paidAt()),
                                message.amountCents(),
                                endToEndId));
                return new Outcome.Confirmed(payment.id());
            }
            return keep(message, reason);
        }

        /// The seed's shape: without the id of the Pix, the payment itself has to tell a message
        /// that comes again.
        private Outcome decideNameless(Message message) {
            var reason = misfit(message);
            if (reason == null) {
                return pay(message, bank.nameless(message.receivedAt()).orElse(null));
            }
            var payment = byTxid.get(String.valueOf(message.txid()));
            if (reason.equals(SECOND_PAYMENT)
                    && payment != null
                    && isWhatPaid(payment, message.amountCents())) {
                return new Outcome.Confirmed(payment.id());
            }
            notes.add(receipt(message, null, "noted", reason, null));
            return switch (reason) {
                case UNKNOWN_TXID, NO_TXID -> new Outcome.NotFound();
                case OTHER_AMOUNT -> new Outcome.OtherValue();
                case SECOND_PAYMENT, REMOVED -> new Outcome.Ended();
                default -> throw new IllegalStateException(reason);
            };
        }

        private static boolean isWhatPaid(Stored payment, long amountCents) {
            return payment.amountCents() == amountCents
                    || Objects.equals(payment.paidCents(), amountCents);
        }

        /// Why this money is not what its payment waits for, or null where it is.
        private @Nullable String misfit(Message message) {
            var payment = message.txid() == null ? null : byTxid.get(message.txid());
            if (payment == null) {
                return message.txid() == null ? NO_TXID : UNKNOWN_TXID;
            }
            return switch (payment.status()) {
                case "paid", "refunded" -> SECOND_PAYMENT;
                case "removed" -> isSale(payment) ? REMOVED : otherAmount(payment, message);
                case "refused" -> REMOVED;
                case "registering", "active", "expired" -> otherAmount(payment, message);
                default -> throw new IllegalStateException(payment.status());
            };
        }

        /// What is for another module's purpose stays so when its code was taken back: that module
        /// knows whose it is and what to do with it.
        private static boolean isSale(Stored payment) {
            return payment.purpose().equals(AccountCode.SALES.code());
        }

        private static @Nullable String otherAmount(Stored payment, Message message) {
            return payment.amountCents() == message.amountCents() ? null : OTHER_AMOUNT;
        }

        private static Outcome again(Message message, Receipt known) {
            if (known.amountCents() != message.amountCents()) {
                return new Outcome.Contradiction();
            }
            return switch (known.status()) {
                case "confirmed", "matched" ->
                        new Outcome.Confirmed(Objects.requireNonNull(known.paymentId()));
                default -> new Outcome.Unidentified(known.id(), String.valueOf(known.reason()));
            };
        }

        /// Pays a payment that is locked.
        private Outcome pay(Message message, @Nullable String endToEndId) {
            var payment = Objects.requireNonNull(byTxid.get(message.txid()));
            var at = message.receivedAt();
            var now = payment.paid(at, message.amountCents(), endToEndId);
            paid.add(new Paid(payment.id(), at, message.amountCents(), now.late(), endToEndId));
            byTxid.put(payment.txid(), now);
            add(receipt(message, endToEndId, "confirmed", null, payment.id()));
            return book(
                    message,
                    new Taken(message.id(), payment.id(), payment.purpose(), now.late()),
                    endToEndId);
        }

        /// Books what has paid a payment, and has its receipt.
        Outcome book(Message message, Taken payment, @Nullable String endToEndId) {
            tell(endToEndId, message);
            transfers.add(
                    Transfer.of(
                            AccountCode.BANK,
                            AccountCode.of(payment.purpose()).orElseThrow(),
                            message.amountCents(),
                            "payment_confirmed",
                            payment.id(),
                            message.receivedAt()));
            news.add(
                    new PaymentEvent.Confirmed(
                                    payment.id(),
                                    String.valueOf(message.txid()),
                                    payment.purpose(),
                                    message.amountCents(),
                                    message.amountCents(),
                                    payment.late(),
                                    endToEndId)
                            .news());
            return new Outcome.Confirmed(payment.id());
        }

        private Outcome keep(Message message, String reason) {
            var receipt = receipt(message, message.endToEndId(), "unidentified", reason, null);
            add(receipt);
            tell(receipt.endToEndId(), message);
            transfers.add(
                    Transfer.of(
                            AccountCode.BANK,
                            AccountCode.UNIDENTIFIED,
                            message.amountCents(),
                            "receipt_unidentified",
                            receipt.id(),
                            message.receivedAt()));
            news.add(
                    new PaymentEvent.Unidentified(receipt.id(), message.amountCents(), reason)
                            .news());
            return new Outcome.Unidentified(receipt.id(), reason);
        }

        private void add(Receipt receipt) {
            arrived.add(receipt);
            if (receipt.endToEndId() != null) {
                byEndToEnd.put(receipt.endToEndId(), receipt);
            }
        }

        private void tell(@Nullable String endToEndId, Message message) {
            if (endToEndId != null) {
                told.add(
                        new Incoming.Received(
                                0,
                                endToEndId,
                                message.txid(),
                                message.amountCents(),
                                message.receivedAt()));
            }
        }

        private static Receipt receipt(
                Message message,
                @Nullable String endToEndId,
                String status,
                @Nullable String reason,
                @Nullable UUID paymentId) {
            return new Receipt(
                    message.id(),
                    endToEndId,
                    message.txid(),
                    message.amountCents(),
                    message.receivedAt(),
                    status,
                    reason,
                    paymentId,
                    null,
                    null);
        }

        void write(Handle tx) {
            // Money that names no payment is under nobody's lock: another list may be writing the
            // same Pix at this moment. Then all of this is undone and decided again.
            receipts.add(tx, arrived);
            receipts.note(tx, notes);
            payments.pay(tx, paid);
            if (!named.isEmpty()) {
                receipts.name(tx, named);
                payments.name(tx, named);
            }
            var writes = new Writes();
            ledger.record(tx, writes, transfers);
            bank.told(writes, told);
            outbox.publish(tx, writes, news);
            writes.run(tx);
        }
    }

    /// A message of a Pix that is booked under this id.
    static Message message(Incoming.Received received) {
        return new Message(
                Ids.next(),
                received.txid(),
                received.amountCents(),
                received.endToEndId(),
                received.receivedAt());
    }
}
