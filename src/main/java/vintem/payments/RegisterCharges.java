package vintem.payments;

import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jboss.logging.Logger;
import org.jdbi.v3.core.Handle;
import vintem.bank.PixRail;
import vintem.bank.PixRail.Charge;
import vintem.bank.PixRail.Registration;
import vintem.payments.PaymentTable.Registering;
import vintem.platform.Database;

/// Has the PSP register charges, and asks again until it has answered: a txid is registered once,
/// however often it is sent.
@Singleton
class RegisterCharges {
    private static final Logger LOG = Logger.getLogger(RegisterCharges.class);
    private static final int MOST = 200;
    private static final Duration AGAIN = Duration.ofSeconds(5);

    private final Database database;
    private final PaymentTable table;
    private final PixRail rail;
    private final Screens screens;
    private final Clock clock;

    @Inject
    RegisterCharges(
            Database database, PaymentTable table, PixRail rail, Screens screens, Clock clock) {
        this.database = database;
        this.table = table;
        this.rail = rail;
        this.screens = screens;
        this.clock = clock;
    }

    @Scheduled(every = "2s", concurrentExecution = ConcurrentExecution.SKIP)
    void run() {
        var now = clock.instant();
        var due = database.transaction(tx -> table.due(tx, now, nextAsk(now, rail.terms()), MOST));
        register(due);
    }

    /// When nobody has an answer to wait for any more.
    static Instant nextAsk(Instant now, PixRail.Terms terms) {
        return now.plus(terms.timeout()).plus(AGAIN);
    }

    /// Asks once. What stays unanswered stays registering.
    void register(List<Registering> charges) {
        var now = clock.instant();
        var open = charges.stream().filter(each -> each.expiresAt().isAfter(now)).toList();
        if (open.isEmpty()) {
            return;
        }
        var answers = new ArrayList<Registration>();
        try {
            answers.addAll(
                    rail.register(
                            open.stream()
                                    .map(
                                            each ->
                                                    new Charge(
                                                            each.txid(),
                                                            each.amountCents(),
                                                            Duration.between(
                                                                    now, each.expiresAt())))
                                    .toList()));
        } catch (RuntimeException unwell) {
            LOG.warn("the PSP could not be asked to register charges", unwell);
            return;
        }
        var known =
                answers.stream()
                        .filter(answer -> !(answer instanceof Registration.Unknown))
                        .toList();
        var unwanted =
                database.transaction(
                        tx ->
                                known.stream()
                                        .filter(each -> !keep(tx, each))
                                        .map(Registration::txid)
                                        .toList());
        if (!unwanted.isEmpty()) {
            // Removed while the PSP was registering it.
            rail.withdraw(unwanted);
        }
        for (var charge : open) {
            if (known.stream().anyMatch(each -> each.txid().equals(charge.txid()))) {
                screens.changed(charge.id(), "payment-registered");
            }
        }
    }

    /// @return false where the PSP has registered what nobody is to pay any more
    private boolean keep(Handle tx, Registration answer) {
        return switch (answer) {
            case Registration.Registered(var txid, var code) -> table.registered(tx, txid, code);
            case Registration.Refused(var txid, var reason) -> {
                if (table.refused(tx, txid)) {
                    LOG.warnf("the PSP refused to register a charge: %s", reason);
                }
                yield true;
            }
            case Registration.Unknown _ -> true;
        };
    }
}
