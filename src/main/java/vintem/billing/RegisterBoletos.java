package vintem.billing;

import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jboss.logging.Logger;
import org.jdbi.v3.core.Handle;
import vintem.bank.BoletoRegistry;
import vintem.bank.BoletoRegistry.Answer;
import vintem.bank.BoletoRegistry.Answered;
import vintem.billing.RegistrationTable.Ending;
import vintem.billing.RegistrationTable.Taken;
import vintem.platform.Broadcast;
import vintem.platform.Database;
import vintem.platform.Errand;
import vintem.platform.Outbox;

/// Has the bank register boletos that are drafts: until then nobody can pay one.
///
/// They are marked as *registering*, committed, before the bank hears of them. What it does not
/// answer stays so and is asked again after a while, by whichever node: registering the same boleto
/// again is safe. A boleto that was cancelled, paid by Pix or replaced meanwhile stays what it is.
@Singleton
class RegisterBoletos implements Errand {
    private static final Logger LOG = Logger.getLogger(RegisterBoletos.class);
    private static final int AT_ONCE = 200;

    private final Database database;
    private final RegistrationTable table;
    private final BoletoRegistry registry;
    private final Outbox outbox;
    private final Broadcast broadcast;
    private final Clock clock;

    @Inject
    RegisterBoletos(
            Database database,
            RegistrationTable table,
            BoletoRegistry registry,
            Outbox outbox,
            Broadcast broadcast,
            Clock clock) {
        this.database = database;
        this.table = table;
        this.registry = registry;
        this.outbox = outbox;
        this.broadcast = broadcast;
        this.clock = clock;
    }

    @Scheduled(every = "5s", concurrentExecution = ConcurrentExecution.SKIP)
    void run() {
        while (registerSome()) {
            // More may be waiting.
        }
    }

    @Override
    public Turn turn() {
        return Turn.REGISTRATIONS;
    }

    @Override
    public void catchUp() {
        run();
    }

    /// @return whether the bank said something: otherwise it is left alone for a while
    boolean registerSome() {
        var now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        var before = now.minus(registry.timeout().multipliedBy(2));
        var taken = database.transaction(tx -> table.take(tx, now, before, AT_ONCE));
        if (taken.isEmpty()) {
            return false;
        }
        var answers = ask(taken);
        var endings = new ArrayList<Ending>();
        for (var each : taken) {
            switch (answers.getOrDefault(each.id(), new Answer.Unknown())) {
                case Answer.Registered() ->
                        endings.add(new Ending(each, BoletoStatus.REGISTERED, null));
                case Answer.Rejected(var reason) ->
                        endings.add(new Ending(each, BoletoStatus.REJECTED, reason));
                case Answer.Unknown() -> {}
            }
        }
        if (!endings.isEmpty()) {
            database.run(tx -> write(tx, endings));
        }
        return !endings.isEmpty();
    }

    private Map<UUID, Answer> ask(List<Taken> taken) {
        var answers = new HashMap<UUID, Answer>();
        try {
            for (Answered each : registry.register(taken.stream().map(Taken::slip).toList())) {
                answers.put(each.id(), each.answer());
            }
        } catch (RuntimeException unanswered) {
            LOG.warnf("the bank does not register boletos now: %s", unanswered.toString());
        }
        return answers;
    }

    private void write(Handle tx, List<Ending> endings) {
        var ended = table.end(tx, endings, clock.instant().truncatedTo(ChronoUnit.MICROS));
        outbox.publish(
                tx,
                endings.stream()
                        .filter(it -> ended.contains(it.boleto().id()))
                        .filter(it -> it.reason() != null)
                        .map(
                                it ->
                                        new ChargeEvent.BoletoRejected(
                                                        it.boleto().id(),
                                                        it.boleto().debtId(),
                                                        it.reason())
                                                .news())
                        .toList());
        tx.afterCommit(
                () ->
                        ended.forEach(
                                each ->
                                        broadcast.tell(
                                                BookSettlements.topic(each),
                                                BookSettlements.CHANGED)));
    }
}
