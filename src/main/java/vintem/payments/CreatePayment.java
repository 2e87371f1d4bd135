package vintem.payments;

import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.bank.PixRail;
import vintem.bank.TxId;
import vintem.ledger.AccountCode;
import vintem.platform.Coalescer;
import vintem.platform.Database;
import vintem.platform.Idempotency;
import vintem.platform.Idempotency.Claim;
import vintem.platform.Idempotency.Identity;
import vintem.platform.Ids;
import vintem.platform.Metrics;
import vintem.platform.Traces;

/// Asks somebody to pay by Pix.
///
/// A static code is made here and the payment is active at once. A PSP's is committed as
/// *registering* first; then the PSP is asked, and where it does not answer [RegisterCharges] asks
/// again.
@Singleton
public class CreatePayment {
    /// What is asked for.
    ///
    /// @param purpose the account that the money is for
    public record Wish(
            long amountCents,
            AccountCode purpose,
            NewPayment.Mode mode,
            Duration expiresIn,
            @Nullable String reference,
            @Nullable String description,
            @Nullable String payerName,
            @Nullable String payerTaxId) {
        /// A code that we make and any bank pays.
        public static Wish ofStaticCode(
                long amountCents, AccountCode purpose, Duration expiresIn, String reference) {
            return new Wish(
                    amountCents,
                    purpose,
                    NewPayment.Mode.STATIC,
                    expiresIn,
                    reference,
                    null,
                    null,
                    null);
        }
    }

    /// @param base scheme and host under which the payer reaches us
    public record Request(
            UUID id, Wish wish, String base, Optional<Idempotency.Request> key, Instant at) {
        /// The id is unguessable: whoever has the link may see the payment.
        public static Request of(Wish wish, String base, Instant at) {
            return new Request(Ids.next(), wish, base, Optional.empty(), at);
        }
    }

    public sealed interface Outcome {
        /// @param body the answer, as the key keeps it
        record Created(Payment payment, byte[] body) implements Outcome {}

        /// The key was used before, or is being used.
        record KeyTaken(Claim claim) implements Outcome {}
    }

    private record Ready(Request request, NewPayment payment) {}

    private static final Metrics.Counter CREATED =
            Metrics.counter("vintem_payments_created_total", "Payments that were asked for");

    private static final int OK = 200;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Database database;
    private final PaymentTable table;
    private final PaymentLookupTable lookups;
    private final Idempotency idempotency;
    private final RegisterCharges registerCharges;
    private final PixRail rail;
    private final Clock clock;
    private final Receiver receiver;
    private final Coalescer<Ready, Outcome> line;

    @Inject
    CreatePayment(
            Database database,
            PaymentTable table,
            PaymentLookupTable lookups,
            Idempotency idempotency,
            RegisterCharges registerCharges,
            PixRail rail,
            Clock clock) {
        this.database = database;
        this.table = table;
        this.lookups = lookups;
        this.idempotency = idempotency;
        this.registerCharges = registerCharges;
        this.rail = rail;
        this.clock = clock;
        this.receiver = Receiver.configured();
        line =
                new Coalescer<>(
                        "payments", database, Coalescer.Limits.HELPED_IN_CROWDS, this::create);
    }

    /// @throws Coalescer.Unavailable where too much is waiting or the database is away
    public Outcome create(Request request) {
        return Traces.span(
                "CreatePayment", "vintem.payment.id", request.id(), () -> createAndCount(request));
    }

    private Outcome createAndCount(Request request) {
        var outcome = line.call(new Ready(request, payment(request)), PATIENCE);
        if (!(outcome instanceof Outcome.Created(var payment, _))) {
            return outcome;
        }
        CREATED.increment();
        return payment.copyAndPaste() == null ? register(request, payment) : outcome;
    }

    /// Asks for all of these by static codes, inside the caller's transaction.
    List<Payment> createAll(Handle tx, List<Request> requests) {
        var created = requests.stream().map(this::payment).toList();
        if (created.stream().anyMatch(each -> each.copyAndPaste() == null)) {
            throw new IllegalArgumentException("a PSP is never asked inside a transaction");
        }
        table.insert(tx, created);
        return created.stream().map(Payment::of).toList();
    }

    @PreDestroy
    void stop() {
        line.close();
    }

    private List<Outcome> create(Handle tx, List<Ready> list) {
        var taken = new LinkedHashMap<UUID, Claim>();
        var keyed = list.stream().filter(each -> each.request.key().isPresent()).toList();
        var claims =
                idempotency.claim(
                        tx, keyed.stream().flatMap(each -> each.request.key().stream()).toList());
        for (var i = 0; i < keyed.size(); i++) {
            if (!(claims.get(i) instanceof Claim.Fresh)) {
                taken.put(keyed.get(i).request.id(), claims.get(i));
            }
        }
        var created = new ArrayList<NewPayment>(list.size());
        var answers = new LinkedHashMap<Identity, byte[]>();
        var outcomes = new ArrayList<Outcome>(list.size());
        for (var each : list) {
            var claim = taken.get(each.request.id());
            if (claim != null) {
                outcomes.add(new Outcome.KeyTaken(claim));
                continue;
            }
            created.add(each.payment);
            var outcome = outcome(Payment.of(each.payment), each.request, each.request.at());
            outcomes.add(outcome);
            // What the PSP will say belongs into the answer; its key stays claimed until then.
            if (each.payment.copyAndPaste() != null) {
                each.request.key().ifPresent(key -> answers.put(key.identity(), outcome.body()));
            }
        }
        table.insert(tx, created);
        idempotency.finish(tx, OK, answers);
        return outcomes;
    }

    /// Asks the PSP, with the intent committed and nothing locked. A crash before the answer is
    /// kept leaves a charge that nobody was shown: it expires.
    private Outcome register(Request request, Payment payment) {
        registerCharges.register(
                List.of(
                        new PaymentTable.Registering(
                                payment.id(),
                                payment.txid(),
                                payment.amountCents(),
                                payment.expiresAt())));
        return database.transaction(
                tx -> {
                    var now = lookups.find(tx, payment.id()).orElse(payment);
                    var outcome = outcome(now, request, clock.instant());
                    request.key()
                            .ifPresent(
                                    key ->
                                            idempotency.finish(
                                                    tx, key.identity(), OK, outcome.body()));
                    return outcome;
                });
    }

    private static Outcome.Created outcome(Payment payment, Request request, Instant now) {
        return new Outcome.Created(payment, PaymentBody.of(payment, request.base(), now).created());
    }

    private NewPayment payment(Request request) {
        var wish = request.wish();
        var txid =
                switch (wish.mode()) {
                    case STATIC -> TxId.forStaticCode();
                    case PSP -> TxId.forCharge();
                };
        var ours = wish.mode() == NewPayment.Mode.STATIC;
        return new NewPayment(
                request.id(),
                txid.value(),
                wish.mode(),
                wish.amountCents(),
                wish.purpose(),
                ours ? receiver.code(txid, wish.amountCents(), wish.description()) : null,
                wish.reference(),
                wish.description(),
                wish.payerName(),
                wish.payerTaxId(),
                request.at(),
                request.at().plus(wish.expiresIn()),
                ours ? null : RegisterCharges.nextAsk(request.at(), rail.terms()));
    }
}
