package vintem.payments;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jboss.logging.Logger;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.access.AccessLog;
import vintem.access.Caller;
import vintem.access.Grant;
import vintem.access.Spending;
import vintem.bank.PixRail;
import vintem.bank.PixRail.Answer;
import vintem.bank.SendResult;
import vintem.ledger.AccountCode;
import vintem.ledger.Ledger;
import vintem.ledger.Transfer;
import vintem.payments.PaymentTable.Stored;
import vintem.payments.ReceiptTable.Receipt;
import vintem.payments.RefundTable.Refund;
import vintem.platform.Cents;
import vintem.platform.Database;
import vintem.platform.Idempotency;
import vintem.platform.Idempotency.Claim;
import vintem.platform.Traces;
import vintem.platform.Words;

/// Gives money back to who paid it: of a payment, whole or in parts, or a receipt that nobody
/// claims.
///
/// The intent is committed with its money in `in_transit`; then the bank is asked; what it does not
/// answer is asked about by [ResolveRefunds], never sent again.
@Singleton
public class RefundPayment {
    /// BACEN, Pix API: a Pix is given back within 90 days.
    static final Duration WITHIN = Duration.ofDays(90);

    /// @param id made of the key ([#idOf]): whoever takes a key over from a node that died finds
    ///     the refund that this one had begun
    public record Request(
            UUID id,
            Caller caller,
            long amountCents,
            @Nullable String description,
            Optional<Idempotency.Request> key) {}

    /// So much of one payment.
    public record Part(UUID paymentId, long amountCents) {}

    public sealed interface Outcome {
        /// As it stands now: *processing*, *done* or *failed*.
        record Taken(Refund refund) implements Outcome {}

        record KeyTaken(Claim claim) implements Outcome {}

        record NotFound() implements Outcome {}

        /// Nothing was paid, or nobody waits for this receipt any more.
        record NothingToRefund() implements Outcome {}

        record TooMuch(long leftCents) implements Outcome {}

        record TooLate(Instant until) implements Outcome {}

        /// The bank never said which Pix it was.
        record NoEndToEndId() implements Outcome {}

        record InsufficientFunds() implements Outcome {}

        record OverLimit(String which) implements Outcome {}
    }

    /// What is to go back, and from where.
    private record Source(
            UUID receiptId,
            @Nullable UUID paymentId,
            @Nullable String endToEndId,
            Instant receivedAt,
            long leftCents,
            AccountCode purpose,
            UUID subjectId) {}

    private static final Logger LOG = Logger.getLogger(RefundPayment.class);
    private static final int CREATED = 201;

    private final Database database;
    private final PaymentTable payments;
    private final ReceiptTable receipts;
    private final RefundTable refunds;
    private final SettleRefunds settle;
    private final Ledger ledger;
    private final Spending spending;
    private final Idempotency idempotency;
    private final AccessLog log;
    private final PixRail rail;
    private final Clock clock;

    @Inject
    RefundPayment(
            Database database,
            PaymentTable payments,
            ReceiptTable receipts,
            RefundTable refunds,
            SettleRefunds settle,
            Ledger ledger,
            Spending spending,
            Idempotency idempotency,
            AccessLog log,
            PixRail rail,
            Clock clock) {
        this.database = database;
        this.payments = payments;
        this.receipts = receipts;
        this.refunds = refunds;
        this.settle = settle;
        this.ledger = ledger;
        this.spending = spending;
        this.idempotency = idempotency;
        this.log = log;
        this.rail = rail;
        this.clock = clock;
    }

    /// Refunds a payment, whole or in part.
    public Outcome payment(UUID paymentId, Request request) {
        return Traces.span(
                "RefundPayment",
                "vintem.payment.id",
                paymentId,
                () -> carryOut(request, tx -> ofPayment(tx, paymentId)));
    }

    /// Gives all of a receipt back that nobody claims; the request's amount does not count.
    public Outcome receipt(UUID receiptId, Request request) {
        return Traces.span(
                "RefundReceipt",
                "vintem.receipt.id",
                receiptId,
                () -> carryOut(request, tx -> ofReceipt(tx, receiptId)));
    }

    /// Gives back what the caller chooses in the refund's own transaction, under locks of their
    /// own: at most what is left of that payment; the request's amount does not count. They may
    /// choose nothing.
    public Outcome chosen(Request request, Function<Handle, Optional<Part>> choose) {
        return carryOut(
                request,
                tx ->
                        choose.apply(tx)
                                .map(part -> ofPayment(tx, part.paymentId()).atMost(part))
                                .orElse(new Search.Refused(new Outcome.NothingToRefund())));
    }

    /// The account that a refund is taken from in the end. What was paid for another module's
    /// purpose goes out of that account: the module hears of it and says what it means.
    static AccountCode purpose(String purposeOfPayment) {
        return purposeOfPayment.equals(AccountCode.SALES.code())
                ? AccountCode.REFUNDS
                : AccountCode.of(purposeOfPayment).orElseThrow();
    }

    /// @param toSend whether this very request wrote it: nobody else hands it to the bank
    private record Intent(Outcome outcome, boolean toSend) {}

    /// What a look at the books found.
    private sealed interface Search {
        /// @param cents what is to go back, where the caller of the refund does not say it
        record Found(Source source, Optional<Long> cents) implements Search {
            Found(Source source) {
                this(source, Optional.empty());
            }
        }

        record Refused(Outcome outcome) implements Search {}

        default Search atMost(Part part) {
            return switch (this) {
                case Found(var source, _) ->
                        new Found(
                                source,
                                Optional.of(Math.min(part.amountCents(), source.leftCents())));
                case Refused refused -> refused;
            };
        }
    }

    /// The id of the refund that a key asks for, for ever the same.
    static UUID idOf(Idempotency.Identity identity) {
        var hash =
                ByteBuffer.wrap(
                        Idempotency.hash(
                                identity.callerId().toString().getBytes(StandardCharsets.UTF_8),
                                identity.route().getBytes(StandardCharsets.UTF_8),
                                identity.key().getBytes(StandardCharsets.UTF_8)));
        // RFC 9562, version 8: bits of our own making.
        return new UUID(
                hash.getLong() & 0xFFFF_FFFF_FFFF_0FFFL | 0x8000L,
                hash.getLong() & 0x3FFF_FFFF_FFFF_FFFFL | 0x8000_0000_0000_0000L);
    }

    private Outcome carryOut(Request request, Function<Handle, Search> search) {
        var intent = database.transaction(tx -> intend(tx, request, search));
        if (!(intent.outcome() instanceof Outcome.Taken(var refund))) {
            return intent.outcome();
        }
        var answers = intent.toSend() ? ask(refund) : List.<Answer>of();
        var settled =
                database.transaction(
                        tx -> {
                            settle.settle(tx, answers);
                            var now = refunds.lock(tx, List.of(refund.refundId())).getFirst();
                            request.key()
                                    .ifPresent(
                                            key ->
                                                    idempotency.finish(
                                                            tx,
                                                            key.identity(),
                                                            CREATED,
                                                            RefundBody.of(now).json()));
                            return now;
                        });
        settle.show(List.of(settled));
        return new Outcome.Taken(settled);
    }

    private Intent intend(Handle tx, Request request, Function<Handle, Search> search) {
        if (request.key().isPresent()) {
            var claim = idempotency.claim(tx, request.key().get());
            if (!(claim instanceof Claim.Fresh)) {
                return new Intent(new Outcome.KeyTaken(claim), false);
            }
        }
        // Begun by a node that died: it is asked about, never sent again.
        var begun = refunds.lock(tx, List.of(refundId(request)));
        if (!begun.isEmpty()) {
            return new Intent(new Outcome.Taken(begun.getFirst()), false);
        }
        return switch (search.apply(tx)) {
            case Search.Found(var source, var cents) ->
                    new Intent(
                            intend(tx, request, source, cents.orElse(request.amountCents())), true);
            case Search.Refused(var refusal) -> new Intent(Database.rollback(tx, refusal), false);
        };
    }

    private Outcome intend(Handle tx, Request request, Source source, long cents) {
        var now = clock.instant();
        var refused = refusal(request, source, cents, now);
        if (refused != null) {
            return Database.rollback(tx, refused);
        }
        var today = LocalDate.ofInstant(now, Words.SAO_PAULO);
        if (!spending.reserve(tx, request.caller(), today, new long[] {cents})[0]) {
            return Database.rollback(tx, new Outcome.OverLimit("daily_limit_exceeded"));
        }
        var intended =
                Transfer.of(
                        AccountCode.IN_TRANSIT,
                        AccountCode.BANK,
                        cents,
                        "refund_intended",
                        source.subjectId(),
                        now);
        if (!(ledger.post(tx, List.of(intended)).getFirst() instanceof Ledger.Posting.Posted)) {
            return Database.rollback(tx, new Outcome.InsufficientFunds());
        }
        // An answer that comes at the last moment is still written by whoever asked.
        var sendBy = now.plus(rail.terms().timeout().multipliedBy(2)).plusSeconds(1);
        var refund =
                new Refund(
                        request.id(),
                        refundId(request),
                        source.receiptId(),
                        source.paymentId(),
                        Objects.requireNonNull(source.endToEndId()),
                        cents,
                        source.purpose().code(),
                        "processing",
                        null,
                        request.description(),
                        false,
                        request.caller().id(),
                        today,
                        request.caller().name(),
                        now,
                        sendBy,
                        sendBy,
                        0,
                        null);
        refunds.insert(tx, List.of(refund));
        if (source.paymentId() == null) {
            receipts.decide(
                    tx, source.receiptId(), "refunding", null, request.caller().name(), now);
        } else {
            payments.refund(tx, Map.of(source.paymentId(), cents));
        }
        log.record(
                tx,
                request.caller(),
                "refund.requested",
                source.subjectId().toString(),
                Cents.format(cents));
        return new Outcome.Taken(refund);
    }

    private static String refundId(Request request) {
        return "R" + request.id().toString().replace("-", "");
    }

    private @Nullable Outcome refusal(Request request, Source source, long cents, Instant now) {
        if (source.leftCents() <= 0) {
            return new Outcome.NothingToRefund();
        }
        if (cents > source.leftCents()) {
            return new Outcome.TooMuch(source.leftCents());
        }
        if (source.receivedAt().plus(WITHIN).isBefore(now)) {
            return new Outcome.TooLate(source.receivedAt().plus(WITHIN));
        }
        if (source.endToEndId() == null) {
            return new Outcome.NoEndToEndId();
        }
        var most = request.caller().perItemLimitCents();
        return most != Grant.NO_LIMIT && cents > most
                ? new Outcome.OverLimit("amount_over_limit")
                : null;
    }

    /// The payment's row stays locked: two refunds never both see the whole amount.
    private Search ofPayment(Handle tx, UUID paymentId) {
        var payment = payments.lock(tx, paymentId);
        if (payment.isEmpty()) {
            return new Search.Refused(new Outcome.NotFound());
        }
        var receipt =
                receipts.ofPayment(tx, paymentId).stream()
                        .filter(each -> List.of("confirmed", "matched").contains(each.status()))
                        .findFirst();
        if (receipt.isEmpty()) {
            return new Search.Refused(new Outcome.NothingToRefund());
        }
        return new Search.Found(source(payment.get(), receipt.get()));
    }

    private static Source source(Stored payment, Receipt receipt) {
        var paid = payment.paidCents() == null ? 0 : payment.paidCents();
        return new Source(
                receipt.id(),
                payment.id(),
                receipt.endToEndId(),
                receipt.receivedAt(),
                paid - payment.refundedCents(),
                purpose(payment.purpose()),
                payment.id());
    }

    private Search ofReceipt(Handle tx, UUID receiptId) {
        var receipt = receipts.lock(tx, receiptId);
        if (receipt.isEmpty()) {
            return new Search.Refused(new Outcome.NotFound());
        }
        var it = receipt.get();
        if (!it.status().equals("unidentified")) {
            return new Search.Refused(new Outcome.NothingToRefund());
        }
        var back = RefundTable.sum(refunds.ofReceipt(tx, receiptId), "processing", "done");
        var left = it.amountCents() - back;
        return new Search.Found(
                new Source(
                        it.id(),
                        null,
                        it.endToEndId(),
                        it.receivedAt(),
                        left,
                        AccountCode.UNIDENTIFIED,
                        it.id()),
                Optional.of(left));
    }

    /// With the intent committed and nothing locked.
    private List<Answer> ask(Refund refund) {
        // Late means that the resolver may be asking already: then it is its business.
        if (!clock.instant().plus(rail.terms().timeout()).isBefore(refund.sendBy())) {
            return List.of();
        }
        try {
            return rail
                    .refund(
                            List.of(
                                    new PixRail.Refund(
                                            refund.refundId(),
                                            refund.endToEndId(),
                                            refund.amountCents())))
                    .stream()
                    .filter(answer -> answer.providerId().equals(refund.refundId()))
                    .filter(answer -> !(answer.result() instanceof SendResult.NotFound))
                    .toList();
        } catch (RuntimeException unanswered) {
            LOG.warn("the bank did not answer for a refund", unanswered);
            return List.of();
        }
    }
}
