package vintem.billing;

import io.quarkus.runtime.Startup;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.List;
import java.util.UUID;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import vintem.platform.BusinessDays;
import vintem.platform.Database;
import vintem.platform.Errand;
import vintem.platform.Settings;

/// Queues the day's reminders, from 8 in the morning in São Paulo on.
///
/// Safe on every node and at any time again: what is queued stays queued once, by its key. A day
/// that nobody was awake on is caught up on the next banking day, and not later: old debts that are
/// imported bring no flood.
@Startup
@Singleton
class RemindDebtors implements Errand {
    private static final Logger LOG = Logger.getLogger(RemindDebtors.class);
    private static final LocalTime FIRST = LocalTime.of(8, 0);
    private static final int AT_ONCE = 5_000;

    private final Database database;
    private final ChargeEmailTable emails;
    private final ReminderRunTable runs;
    private final Clock clock;
    private final ReminderRules rules;
    private final boolean on;

    @Inject
    RemindDebtors(Database database, ChargeEmailTable emails, ReminderRunTable runs, Clock clock) {
        this(
                database,
                emails,
                runs,
                clock,
                ReminderRules.parse(Settings.text("billing-reminders").orElse(ReminderRules.USUAL)),
                MailSettings.configured().on());
    }

    RemindDebtors(
            Database database,
            ChargeEmailTable emails,
            ReminderRunTable runs,
            Clock clock,
            ReminderRules rules,
            boolean on) {
        this.database = database;
        this.emails = emails;
        this.runs = runs;
        this.clock = clock;
        this.rules = rules;
        this.on = on;
    }

    @Scheduled(every = "10m", delayed = "1m", concurrentExecution = ConcurrentExecution.SKIP)
    void run() {
        if (on) {
            remind();
        }
    }

    @Override
    public Turn turn() {
        return Turn.REMINDERS;
    }

    @Override
    public void catchUp() {
        run();
    }

    /// @return how many are queued now
    long remind() {
        var now = clock.instant().atZone(BusinessDays.SAO_PAULO);
        if (now.toLocalTime().isBefore(FIRST)) {
            return 0;
        }
        var today = now.toLocalDate();
        var queued = 0L;
        for (var day : List.of(BusinessDays.NATIONAL.plus(today, -1), today)) {
            for (var rule : rules.days()) {
                queued += remind(day, rule);
            }
        }
        if (queued > 0) {
            LOG.infof("%d reminders are queued", queued);
        }
        return queued;
    }

    private long remind(LocalDate day, int rule) {
        var reminding = rules.on(day, rule);
        if (reminding.isEmpty() || database.transaction(tx -> runs.isDone(tx, day, rule))) {
            return 0;
        }
        // Whoever was charged on the day itself has had a mail that says it all.
        var midnight = day.atStartOfDay(BusinessDays.SAO_PAULO).toInstant();
        var queued = 0L;
        for (var each : reminding) {
            var reason = MailReason.reminder(each.days(), each.due());
            @Nullable UUID after = null;
            while (true) {
                var last = after;
                var piece =
                        database.transaction(
                                tx ->
                                        emails.remind(
                                                tx,
                                                reason,
                                                midnight,
                                                last,
                                                clock.instant(),
                                                AT_ONCE));
                queued += piece.queued();
                after = piece.last();
                if (piece.found() < AT_ONCE) {
                    break;
                }
            }
        }
        var sum = queued;
        // Only now: a node that dies before it leaves the rest to the next.
        database.run(tx -> runs.done(tx, day, rule, sum, clock.instant()));
        return queued;
    }
}
