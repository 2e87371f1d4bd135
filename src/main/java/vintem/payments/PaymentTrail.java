package vintem.payments;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import vintem.access.Asking;
import vintem.access.Capability;
import vintem.access.Role;
import vintem.payments.PaymentTrailTable.Waiting;
import vintem.payments.ReceiptTable.Receipt;
import vintem.payments.RefundTable.Refund;
import vintem.platform.Attention;
import vintem.platform.Finder;
import vintem.platform.Pages;
import vintem.platform.Sought;
import vintem.platform.Storyteller;
import vintem.platform.TaxId;

/// What the console hears of payments: what waits for a person, what is found, and the story of a
/// payment, a receipt or a refund.
@Singleton
class PaymentTrail implements Attention, Finder, Storyteller {
    private static final String PAYMENT = "payment";
    private static final String RECEIPT = "receipt";
    private static final String REFUND = "refund";
    private static final String ONE = "/app/payments/one";
    private static final String UNMATCHED = "/app/payments/unmatched";
    private static final String STORY = "/app/story/";
    private static final int ASKED_OFTEN = 3;
    private static final Duration TOO_LONG = Duration.ofMinutes(5);

    private final PaymentTrailTable table;
    private final PaymentLookupTable lookups;
    private final Asking asking;
    private final Clock clock;

    @Inject
    PaymentTrail(PaymentTrailTable table, PaymentLookupTable lookups, Asking asking, Clock clock) {
        this.table = table;
        this.lookups = lookups;
        this.asking = asking;
        this.clock = clock;
    }

    @Override
    public String section() {
        return "payments";
    }

    @Override
    public boolean isOpen() {
        return asking.callerIfKnown()
                .filter(caller -> caller.may(Capability.PAYMENTS, Role.READ))
                .isPresent();
    }

    @Override
    public List<Matter> matters(Handle tx, Instant now) {
        return List.of(
                matter("receipts_unmatched", table.unmatched(tx, "unidentified", MOST), true),
                matter("receipts_noted", table.unmatched(tx, "noted", MOST), false),
                story("refunds_unknown", table.unknownRefunds(tx, ASKED_OFTEN, MOST)),
                story(
                        "payments_registering",
                        table.registering(tx, now.minus(TOO_LONG), now, MOST)));
    }

    private static Matter matter(String kind, Waiting waiting, boolean grave) {
        return new Matter(kind, waiting.count(), grave, waiting.oldest(), UNMATCHED);
    }

    /// There is no list of these: the first one's story is where to begin.
    private static Matter story(String kind, Waiting waiting) {
        return new Matter(
                kind,
                waiting.count(),
                true,
                waiting.oldest(),
                waiting.first() == null ? "/app/payments" : STORY + waiting.first());
    }

    @Override
    public List<Hit> find(Handle tx, Sought sought, int most) {
        var hits = new ArrayList<Hit>();
        var text = sought.text();
        var ids = new LinkedHashSet<UUID>();
        sought.id().ifPresent(ids::add);
        ids.addAll(table.byName(tx, text, sought.taxId().map(TaxId::value).orElse(null), most));
        for (var each : newest(lookups.find(tx, List.copyOf(ids)))) {
            var exact =
                    each.txid().equals(text)
                            || text.equals(each.reference())
                            || sought.id().filter(each.id()::equals).isPresent();
            hits.add(hit(each, exact));
        }
        var receipts = new ArrayList<>(table.receiptsByName(tx, text, most));
        sought.id().ifPresent(id -> receipts.addAll(table.receipts(tx, List.of(id))));
        receipts.forEach(each -> hits.add(hit(each, true)));
        if (sought.id().isPresent()) {
            table.refunds(tx, List.of(sought.id().get())).forEach(each -> hits.add(hit(each)));
        }
        sought.cents()
                .ifPresent(
                        cents -> {
                            newest(lookups.find(tx, table.byAmount(tx, cents, most)))
                                    .forEach(each -> hits.add(hit(each, false)));
                            table.receiptsByAmount(tx, cents, most)
                                    .forEach(each -> hits.add(hit(each, false)));
                        });
        return hits.stream().limit(most).toList();
    }

    private static List<Payment> newest(List<Payment> payments) {
        return payments.stream()
                .sorted(Comparator.comparing(Payment::createdAt).reversed())
                .toList();
    }

    private Hit hit(Payment payment, boolean exact) {
        var payer = PaymentsHttp.masked(payment.payerTaxId());
        return new Hit(
                PAYMENT,
                payment.reference() == null ? payment.txid() : payment.reference(),
                payer == null ? payment.description() : payer,
                payment.amountCents(),
                new Word("pix.status", payment.statusAt(clock.instant())),
                payment.createdAt(),
                payment.id(),
                page(payment.id()),
                exact);
    }

    private static Hit hit(Receipt receipt, boolean exact) {
        return new Hit(
                RECEIPT,
                receipt.endToEndId() == null ? receipt.id().toString() : receipt.endToEndId(),
                receipt.txid(),
                receipt.amountCents(),
                new Word("receipt.status", receipt.status()),
                receipt.receivedAt(),
                receipt.id(),
                receipt.paymentId() == null ? UNMATCHED : page(receipt.paymentId()),
                exact);
    }

    private static Hit hit(Refund refund) {
        return new Hit(
                REFUND,
                refund.refundId(),
                null,
                refund.amountCents(),
                new Word("refund.status", refund.status()),
                refund.createdAt(),
                refund.id(),
                refund.paymentId() == null ? UNMATCHED : page(refund.paymentId()),
                true);
    }

    @Override
    public List<Subject> recognise(Handle tx, UUID id) {
        var found = new ArrayList<Subject>();
        lookups.find(tx, id).ifPresent(_ -> found.add(new Subject(PAYMENT, id)));
        table.receipts(tx, List.of(id)).forEach(_ -> found.add(new Subject(RECEIPT, id)));
        table.refunds(tx, List.of(id)).forEach(_ -> found.add(new Subject(REFUND, id)));
        return found;
    }

    @Override
    public List<Passage> tell(Handle tx, Collection<Subject> subjects) {
        var paymentIds = Storyteller.ids(subjects, PAYMENT);
        var receiptIds = Storyteller.ids(subjects, RECEIPT);
        var refundIds = Storyteller.ids(subjects, REFUND);
        if (paymentIds.isEmpty() && receiptIds.isEmpty() && refundIds.isEmpty()) {
            return List.of();
        }
        var ofPayments = table.receiptsOfPayments(tx, paymentIds);
        var refunds = table.refundsOf(tx, receiptIds, paymentIds);
        var told = new ArrayList<Passage>();
        lookups.find(tx, paymentIds).forEach(each -> told.add(passage(each, ofPayments, refunds)));
        table.receipts(tx, receiptIds).forEach(each -> told.add(passage(each, refunds)));
        table.refunds(tx, refundIds).forEach(each -> told.add(passage(each)));
        return told;
    }

    private Passage passage(Payment payment, List<Receipt> receipts, List<Refund> refunds) {
        var chapters = new ArrayList<Chapter>();
        var status = payment.statusAt(clock.instant());
        chapters.add(
                Chapter.of(
                                payment.createdAt(),
                                "payment.created",
                                payment.amountCents(),
                                "plain",
                                payment.txid())
                        .on(page(payment.id())));
        if (payment.late() || status.equals("expired")) {
            chapters.add(Chapter.of(payment.expiresAt(), "payment.expired", null, "plain"));
        }
        var links = new HashSet<Subject>();
        receipts.stream()
                .filter(each -> payment.id().equals(each.paymentId()))
                .forEach(each -> links.add(new Subject(RECEIPT, each.id())));
        refunds.stream()
                .filter(each -> payment.id().equals(each.paymentId()))
                .forEach(each -> links.add(new Subject(REFUND, each.id())));
        return new Passage(
                new Subject(PAYMENT, payment.id()),
                payment.reference() == null ? payment.txid() : payment.reference(),
                payment.amountCents(),
                new Word("pix.status", status),
                page(payment.id()),
                chapters,
                links);
    }

    private static Passage passage(Receipt receipt, List<Refund> refunds) {
        var page = receipt.paymentId() == null ? UNMATCHED : page(receipt.paymentId());
        var links = new HashSet<Subject>();
        var chapters = new ArrayList<Chapter>();
        var name = receipt.endToEndId() == null ? "—" : receipt.endToEndId();
        if (receipt.reason() == null && receipt.paymentId() != null) {
            chapters.add(
                    Chapter.of(
                                    receipt.receivedAt(),
                                    "receipt.confirmed",
                                    receipt.amountCents(),
                                    "good",
                                    name)
                            .on(page)
                            .bookedOf(receipt.paymentId(), "payment_confirmed"));
        } else {
            chapters.add(
                    Chapter.of(
                                    receipt.receivedAt(),
                                    receipt.status().equals("noted")
                                            ? "receipt.noted"
                                            : "receipt.unidentified",
                                    receipt.amountCents(),
                                    "wait",
                                    name)
                            .on(page)
                            .booked("receipt_unidentified"));
        }
        if (receipt.decidedAt() != null) {
            switch (receipt.status()) {
                case "matched" ->
                        chapters.add(
                                Chapter.of(
                                                receipt.decidedAt(),
                                                "receipt.matched",
                                                receipt.amountCents(),
                                                "good")
                                        .on(page)
                                        .bookedOf(
                                                receipt.paymentId() == null
                                                        ? receipt.id()
                                                        : receipt.paymentId(),
                                                "receipt_matched"));
                case "dismissed" ->
                        chapters.add(
                                Chapter.of(
                                        receipt.decidedAt(), "receipt.dismissed", null, "plain"));
                default -> {}
            }
        }
        if (receipt.paymentId() != null) {
            links.add(new Subject(PAYMENT, receipt.paymentId()));
        }
        refunds.stream()
                .filter(each -> each.receiptId().equals(receipt.id()))
                .forEach(each -> links.add(new Subject(REFUND, each.id())));
        return new Passage(
                new Subject(RECEIPT, receipt.id()),
                receipt.endToEndId() == null ? receipt.id().toString() : receipt.endToEndId(),
                receipt.amountCents(),
                new Word("receipt.status", receipt.status()),
                page,
                chapters,
                links);
    }

    private static Passage passage(Refund refund) {
        var page = refund.paymentId() == null ? UNMATCHED : page(refund.paymentId());
        var whose = refund.paymentId() == null ? refund.receiptId() : refund.paymentId();
        var chapters = new ArrayList<Chapter>();
        if (!refund.byBank()) {
            chapters.add(
                    Chapter.of(
                                    refund.createdAt(),
                                    "refund.intended",
                                    refund.amountCents(),
                                    "plain",
                                    refund.requestedBy())
                            .on(page)
                            .bookedOf(whose, "refund_intended"));
        }
        if (refund.endedAt() != null) {
            var done = refund.status().equals("done");
            var kind = refund.byBank() ? "refund.by_bank" : done ? "refund.done" : "refund.failed";
            chapters.add(
                    Chapter.of(
                                    refund.endedAt(),
                                    kind,
                                    refund.amountCents(),
                                    done ? "plain" : "bad",
                                    new Word(
                                            "reason",
                                            refund.reason() == null ? "" : refund.reason()))
                            .on(page)
                            .bookedOf(
                                    whose,
                                    "refund_settled",
                                    "refund_reversed",
                                    "refund_by_bank",
                                    "refund_paid_after_closed"));
        }
        var links = new HashSet<Subject>(Set.of(new Subject(RECEIPT, refund.receiptId())));
        if (refund.paymentId() != null) {
            links.add(new Subject(PAYMENT, refund.paymentId()));
        }
        return new Passage(
                new Subject(REFUND, refund.id()),
                refund.refundId(),
                refund.amountCents(),
                new Word("refund.status", refund.status()),
                page,
                chapters,
                links);
    }

    private static String page(UUID paymentId) {
        return Pages.link(ONE, Map.of("id", paymentId.toString()));
    }
}
