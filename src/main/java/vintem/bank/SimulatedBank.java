package vintem.bank;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.platform.Database;
import vintem.platform.Ids;
import vintem.platform.Settings;
import vintem.platform.TaxId;
import vintem.platform.Writes;

/// The sandbox's bank. It keeps books of its own, in its own transactions, and answers by
/// [Scenario]. Idempotent by provider id, and an order is visible the moment it is sent.
@Singleton
public class SimulatedBank implements PixRail, BankBooks, StatementFeed {
    private static final String ISPB = "00000000";
    private static final BrCode.Receiver RECEIVER =
            new BrCode.Receiver("SANDBOX VINTEM", "SAO PAULO");
    private static final Duration TIMEOUT =
            Settings.duration("bank-timeout-millis", Duration.ofSeconds(2));
    private static final Duration SLOW =
            Settings.duration("sandbox-slow-millis", Duration.ofSeconds(1));

    private final Database database;
    private final SimulatedBankTables tables;
    private final Clock clock;

    @Inject
    public SimulatedBank(Database database, SimulatedBankTables tables, Clock clock) {
        this.database = database;
        this.tables = tables;
        this.clock = clock;
    }

    /// Puts the first money into our account there, once.
    public void open(Handle tx, long amountCents) {
        tables.book(tx, "opening", "opening", "", amountCents, clock.instant());
    }

    @Override
    public Terms terms() {
        return new Terms(true, TIMEOUT, Duration.ZERO);
    }

    @Override
    public List<Answer> send(List<Order> orders) {
        var arrived = new ArrayList<SimulatedBankTables.Payment>(orders.size());
        var scenarios = new HashMap<String, Scenario>();
        for (var order : orders) {
            var scenario = Scenario.of(order);
            scenarios.put(order.providerId(), scenario);
            if (scenario != Scenario.SILENT_UNPAID) {
                arrived.add(decide(order, scenario));
            }
        }
        var booked = database.transaction(tx -> tables.receive(tx, arrived));
        var answers = new ArrayList<Answer>(orders.size());
        for (var payment : booked) {
            var answer = new Answer(payment.providerId(), result(payment));
            switch (Objects.requireNonNull(scenarios.get(payment.providerId()))) {
                case SILENT_PAID, SILENT_REFUSED, SILENT_UNPAID -> {}
                case ANSWERED_TWICE -> {
                    answers.add(answer);
                    answers.add(answer);
                }
                case ACCOUNT_NOT_FOUND, REFUSED_BY_BANK, SLOW, RETURNED, TAKEN_BACK, CONFIRMED ->
                        answers.add(answer);
            }
        }
        takeTime(Set.copyOf(scenarios.values()));
        return answers;
    }

    @Override
    public List<Answer> find(List<String> providerIds) {
        var known = new HashMap<String, SendResult>();
        for (var payment : database.transaction(tx -> tables.find(tx, providerIds))) {
            known.put(payment.providerId(), result(payment));
        }
        return providerIds.stream()
                .map(id -> new Answer(id, known.getOrDefault(id, new SendResult.NotFound())))
                .toList();
    }

    @Override
    public List<Returned> returnsAfter(long place, int most) {
        return database.transaction(tx -> tables.returnsAfter(tx, place, most));
    }

    @Override
    public List<Registration> register(List<Charge> charges) {
        var arrived = new ArrayList<Charge>(charges.size());
        var answers = new ArrayList<Registration>(charges.size());
        var silent = new HashSet<String>();
        for (var charge : charges) {
            switch (Scenario.of(charge.amountCents())) {
                case ACCOUNT_NOT_FOUND, REFUSED_BY_BANK ->
                        answers.add(new Registration.Refused(charge.txid(), "refused_by_bank"));
                case SILENT_UNPAID, SILENT_REFUSED -> silent.add(charge.txid());
                case SILENT_PAID -> {
                    silent.add(charge.txid());
                    arrived.add(charge);
                }
                case SLOW, ANSWERED_TWICE, RETURNED, TAKEN_BACK, CONFIRMED -> arrived.add(charge);
            }
        }
        var codes =
                arrived.stream()
                        .map(
                                charge ->
                                        BrCode.dynamicCode(
                                                        "sandbox.vintem.invalid/qr/"
                                                                + charge.txid(),
                                                        RECEIVER)
                                                .text())
                        .toList();
        // A second attempt is answered, whatever became of the first one's answer.
        var before = database.transaction(tx -> tables.registered(tx, silent));
        // Registering a txid again answers with what stands there.
        var registered =
                database.transaction(tx -> tables.register(tx, arrived, codes, clock.instant()));
        silent.removeAll(before);
        registered.stream().filter(each -> !silent.contains(each.txid())).forEach(answers::add);
        takeTime(silent.isEmpty() ? Scenario.CONFIRMED : Scenario.SILENT_PAID);
        return answers;
    }

    @Override
    public void withdraw(List<String> txids) {
        database.run(tx -> tables.withdraw(tx, txids, clock.instant()));
    }

    @Override
    public List<Answer> refund(List<Refund> refunds) {
        var answers = new ArrayList<Answer>();
        for (var refund : refunds) {
            var scenario = Scenario.of(refund.amountCents());
            switch (scenario) {
                case ACCOUNT_NOT_FOUND, REFUSED_BY_BANK ->
                        answers.add(
                                new Answer(
                                        refund.refundId(),
                                        new SendResult.Refused("refused_by_bank")));
                case SILENT_UNPAID, SILENT_REFUSED -> {}
                case SILENT_PAID -> refund(refund);
                case SLOW, ANSWERED_TWICE, RETURNED, TAKEN_BACK, CONFIRMED ->
                        answers.add(new Answer(refund.refundId(), refund(refund)));
            }
            takeTime(scenario);
        }
        return answers;
    }

    @Override
    public List<Answer> findRefunds(List<Refund> refunds) {
        var ids = refunds.stream().map(Refund::refundId).toList();
        var booked = database.transaction(tx -> tables.refundTimes(tx, ids));
        return refunds.stream()
                .map(
                        refund -> {
                            var at = booked.get(refund.refundId());
                            return new Answer(
                                    refund.refundId(),
                                    at == null
                                            ? new SendResult.NotFound()
                                            : new SendResult.Paid(refund.endToEndId(), at));
                        })
                .toList();
    }

    @Override
    public List<Incoming> incomingAfter(long place, int most) {
        return database.transaction(tx -> tables.incomingAfter(tx, place, most));
    }

    /// A payer pays: what the sandbox's "simulate payment" does. The bank does not tell of it by
    /// itself.
    ///
    /// @param txid what the payer's code names
    /// @return the Pix as the bank's message would have it
    public Incoming.Received receive(@Nullable String txid, long amountCents) {
        var now = clock.instant();
        var received =
                new Incoming.Received(
                        0, EndToEndId.create(ISPB, now).value(), txid, amountCents, now);
        database.run(
                tx -> {
                    var writes = new Writes();
                    tables.bookReceipts(writes, List.of(received));
                    tables.bookTakenBack(writes, takenBack(received));
                    writes.run(tx);
                });
        return received;
    }

    /// Money that its owner puts in.
    public void deposit(long amountCents) {
        var reference = Ids.next().toString();
        database.transaction(
                tx -> tables.book(tx, "opening", reference, "", amountCents, clock.instant()));
    }

    @Override
    public Optional<String> nameless(Instant at) {
        return Optional.of(EndToEndId.create(ISPB, at).value());
    }

    @Override
    public void told(Writes writes, List<Incoming.Received> receipts) {
        if (!receipts.isEmpty()) {
            tables.bookTold(writes, receipts);
            var recalled = receipts.stream().flatMap(each -> takenBack(each).stream()).toList();
            tables.bookTakenBack(writes, recalled);
        }
    }

    @Override
    public void toldBoletos(Handle tx, List<BoletoPaid> boletos) {
        if (!boletos.isEmpty()) {
            tables.bookBoletos(tx, boletos);
        }
    }

    private static List<Incoming.TakenBack> takenBack(Incoming.Received received) {
        return Scenario.of(received.amountCents()) == Scenario.TAKEN_BACK
                ? List.of(
                        new Incoming.TakenBack(
                                0,
                                "D" + received.endToEndId().substring(1),
                                received.endToEndId(),
                                received.amountCents(),
                                received.receivedAt()))
                : List.of();
    }

    @Override
    public long balanceCents(Handle snapshot) {
        return tables.balanceCents(snapshot);
    }

    @Override
    public List<StatementFeed.Line> between(Instant from, Instant before) {
        return database.snapshot(tx -> tables.statement(tx, from, before));
    }

    @Override
    public long balanceBeforeCents(Instant before) {
        return database.snapshot(tx -> tables.balanceBefore(tx, before));
    }

    @Override
    public Set<String> paidOut(Handle snapshot, Collection<String> providerIds) {
        return tables.paidOut(snapshot, providerIds);
    }

    @Override
    public long paidMoreThanOnce(Handle snapshot) {
        return tables.paidMoreThanOnce(snapshot);
    }

    @Override
    public long receivedMoreThanOnce(Handle snapshot) {
        return tables.receivedMoreThanOnce(snapshot);
    }

    @Override
    public long returnedAfterCents(Handle snapshot, long place) {
        return tables.returnedAfterCents(snapshot, place);
    }

    @Override
    public Set<String> refunded(Handle snapshot, Collection<String> refundIds) {
        return tables.refundTimes(snapshot, refundIds).keySet();
    }

    @Override
    public Map<String, Long> incomingAfterCents(Handle snapshot, long place) {
        return tables.incomingAfterCents(snapshot, place);
    }

    private SendResult refund(Refund refund) {
        var now = clock.instant();
        return database.transaction(
                tx -> {
                    var left = tables.lockRefundable(tx, refund);
                    if (left.isEmpty()) {
                        return new SendResult.Refused("pix_not_found");
                    }
                    if (left.get() < refund.amountCents()) {
                        return new SendResult.Refused("more_than_was_paid");
                    }
                    tables.book(
                            tx,
                            "refund",
                            refund.refundId(),
                            refund.endToEndId(),
                            -refund.amountCents(),
                            now);
                    return new SendResult.Paid(refund.endToEndId(), now);
                });
    }

    private SimulatedBankTables.Payment decide(Order order, Scenario scenario) {
        var now = clock.instant();
        var reason =
                switch (scenario) {
                    case ACCOUNT_NOT_FOUND -> "account_not_found";
                    case REFUSED_BY_BANK, SILENT_REFUSED -> "refused_by_bank";
                    case SILENT_PAID,
                            SILENT_UNPAID,
                            SLOW,
                            ANSWERED_TWICE,
                            RETURNED,
                            TAKEN_BACK,
                            CONFIRMED ->
                            belongsToSomebodyElse(order) ? "tax_id_mismatch" : null;
                };
        return new SimulatedBankTables.Payment(
                order.providerId(),
                order.key().value(),
                order.amountCents(),
                reason == null ? "settled" : "refused",
                reason,
                EndToEndId.create(ISPB, now).value(),
                now,
                scenario == Scenario.RETURNED && reason == null);
    }

    /// The only owners this bank knows are those that a key names itself.
    private static boolean belongsToSomebodyElse(Order order) {
        if (order.taxId() == null) {
            return false;
        }
        return switch (order.key().kind()) {
            case CPF, CNPJ ->
                    TaxId.parse(order.taxId())
                            .map(taxId -> !taxId.value().equals(order.key().value()))
                            .orElse(true);
            case PHONE, EMAIL, EVP -> false;
        };
    }

    private static SendResult result(SimulatedBankTables.Payment payment) {
        return payment.reason() == null
                ? new SendResult.Paid(payment.endToEndId(), payment.settledAt())
                : new SendResult.Refused(payment.reason());
    }

    private static void takeTime(Scenario scenario) {
        takeTime(Set.of(scenario));
    }

    private static void takeTime(Set<Scenario> scenarios) {
        var silent =
                scenarios.contains(Scenario.SILENT_PAID)
                        || scenarios.contains(Scenario.SILENT_UNPAID)
                        || scenarios.contains(Scenario.SILENT_REFUSED);
        if (!silent && !scenarios.contains(Scenario.SLOW)) {
            return;
        }
        try {
            Thread.sleep(silent ? TIMEOUT : SLOW);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
