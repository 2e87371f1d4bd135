package vintem.billing;

import io.quarkus.runtime.Startup;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocketFactory;
import org.jboss.logging.Logger;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.billing.ChargeEmailTable.Due;
import vintem.billing.ChargeEmailTable.Ending;
import vintem.billing.DebtorMail.Letter;
import vintem.platform.Database;
import vintem.platform.EmailAddress;
import vintem.platform.Errand;
import vintem.platform.Ids;
import vintem.platform.SmtpClient;
import vintem.platform.SmtpClient.Answer;

/// Hands the queued mails over to the mail server, each once.
///
/// Mails are taken in small lists with a lease. On each connection one message at a time is
/// *sending*: that is committed before the server is given the message, and its outcome right
/// after the server's answer, together with the start of the next. So a crash leaves at most one
/// message on each open connection of which nobody knows; it is sent again, under the same
/// Message-ID, and marked as repeated. Nothing else is ever sent twice: a node that was away for
/// too long finds that somebody else has its mails now.
@Startup
@Singleton
class NotifyDebtors implements Errand {
    private static final Logger LOG = Logger.getLogger(NotifyDebtors.class);

    static final String BOUNCED = "bounced";

    private static final int LONGEST_LIST = 50;
    // So many in a row are no bounces: the server refuses us, and a million debtors must not pay
    // for it.
    private static final int MOST_FRUITLESS = 20;
    private static final long SECOND = 1_000_000_000;
    private static final Duration SOON = Duration.ofMillis(20);
    private static final Duration SHORT_PAUSE = Duration.ofMillis(500);
    private static final int COUNTED_AT_ONCE = 1_000;
    private static final int KEPT_IN_SANDBOX = 2_000;

    private final Database database;
    private final ChargeEmailTable emails;
    private final MailPaceTable pace;
    private final SuppressionTable suppressions;
    private final SandboxMailTable sandbox;
    private final DebtFileTable files;
    private final DebtorMail debtorMail;
    private final ChargePix pix;
    private final Clock clock;
    private final MailRules rules;
    private final MailSettings settings;
    private final SSLSocketFactory tls;
    private final Semaphore idle;
    private volatile boolean stopping;

    @Inject
    NotifyDebtors(
            Database database,
            ChargeEmailTable emails,
            MailPaceTable pace,
            SuppressionTable suppressions,
            SandboxMailTable sandbox,
            DebtFileTable files,
            DebtorMail debtorMail,
            ChargePix pix,
            Clock clock) {
        this(
                database,
                emails,
                pace,
                suppressions,
                sandbox,
                files,
                debtorMail,
                pix,
                clock,
                MailSettings.configured());
    }

    NotifyDebtors(
            Database database,
            ChargeEmailTable emails,
            MailPaceTable pace,
            SuppressionTable suppressions,
            SandboxMailTable sandbox,
            DebtFileTable files,
            DebtorMail debtorMail,
            ChargePix pix,
            Clock clock,
            MailSettings settings) {
        this.database = database;
        this.emails = emails;
        this.pace = pace;
        this.suppressions = suppressions;
        this.sandbox = sandbox;
        this.files = files;
        this.debtorMail = debtorMail;
        this.pix = pix;
        this.clock = clock;
        this.settings = settings;
        rules = new MailRules(clock);
        tls = (SSLSocketFactory) SSLSocketFactory.getDefault();
        idle = new Semaphore(settings.connections());
    }

    /// Starts as many senders as there are connections to spare; each ends when nothing is due.
    @Scheduled(every = "2s", concurrentExecution = ConcurrentExecution.SKIP)
    void run() {
        if (!settings.on()) {
            return;
        }
        // Also what a node that died had no time to count.
        count();
        var due =
                database.transaction(tx -> !pace.isPaused(tx) && emails.isDue(tx, clock.instant()));
        while (due && !stopping && idle.tryAcquire()) {
            Thread.ofVirtual().name("mails").start(this::sendAside);
        }
    }

    @Override
    public Turn turn() {
        return Turn.MAILS;
    }

    @Override
    public void catchUp() {
        if (settings.on()) {
            send();
            count();
        }
    }

    private void sendAside() {
        try {
            send();
        } catch (RuntimeException failed) {
            LOG.warn("mails could not be sent", failed);
        } finally {
            idle.release();
        }
    }

    /// What is in flight comes to its end; the rest is left to whoever comes next.
    @PreDestroy
    void stop() throws InterruptedException {
        stopping = true;
        var most = settings.patience().toMillis();
        if (!idle.tryAcquire(settings.connections(), most, TimeUnit.MILLISECONDS)) {
            LOG.warn("a mail server does not answer; what it was given will be sent again");
        }
    }

    /// Sends on one connection until nothing is due.
    ///
    /// @return how many were handed over
    int send() {
        try (var sender = new Sender()) {
            while (!stopping && sender.sendList()) {
                // More may be due.
            }
            return sender.accepted;
        }
    }

    /// Has the files' counters know how their mails ended.
    private void count() {
        database.run(tx -> files.countEmails(tx, emails.count(tx, COUNTED_AT_ONCE)));
    }

    private int listLength() {
        // About a second's share of one connection: whoever dies has reserved no more than that.
        return settings.perSecond() == 0
                ? LONGEST_LIST
                : Math.clamp(
                        Math.ceilDiv(settings.perSecond(), settings.connections()),
                        1,
                        LONGEST_LIST);
    }

    /// @param any whether something was due
    /// @param mails what is to be sent
    /// @param delay until the turn of the first
    private record Taken(boolean any, UUID claim, List<Due> mails, Duration delay) {}

    /// One connection, and what is sent on it.
    private final class Sender implements AutoCloseable {
        private @Nullable SmtpClient connection;
        private int acceptedHere;
        private int accepted;
        private int fruitless;
        private boolean well = true;

        // What the message before came to. It is written down with the start of the next: one
        // commit a message.
        private @Nullable Ending ended;

        /// @return false where nothing is due, or the server is to be left alone
        boolean sendList() {
            var taken = database.transaction(this::take);
            if (!taken.any()) {
                return false;
            }
            var letters = write(taken);
            if (settings.server().isEmpty()) {
                keep(taken.claim(), letters);
            } else {
                handOver(taken, letters);
            }
            count();
            return well;
        }

        private Taken take(Handle tx) {
            var now = clock.instant();
            var claim = Ids.next();
            if (pace.isPaused(tx)) {
                return new Taken(false, claim, List.of(), Duration.ZERO);
            }
            var due = emails.claim(tx, claim, now, now.plus(settings.lease()), listLength());
            var unwanted = unwanted(tx, due);
            var endings = new ArrayList<Ending>();
            var mails = new ArrayList<Due>();
            for (var mail : due) {
                var hopeless = rules.hopeless(mail, unwanted);
                if (hopeless == null) {
                    mails.add(mail);
                } else {
                    endings.add(hopeless);
                }
            }
            emails.end(tx, endings);
            // Last: it locks the one row that all senders wait for.
            var wait =
                    settings.perSecond() == 0 || mails.isEmpty()
                            ? Duration.ZERO
                            : pace.reserve(tx, mails.size(), settings.perSecond());
            return new Taken(!due.isEmpty(), claim, mails, wait);
        }

        private Set<String> unwanted(Handle tx, List<Due> mails) {
            return suppressions.among(
                    tx,
                    mails.stream()
                            .flatMap(mail -> EmailAddress.parse(mail.email()).stream())
                            .map(SuppressionTable::hash)
                            .toList());
        }

        private List<Letter> write(Taken taken) {
            var now = clock.instant();
            var codes = pix.codes(taken.mails().stream().map(Due::chargeId).toList());
            var letters = new ArrayList<Letter>();
            var failures = new ArrayList<Ending>();
            for (var mail : taken.mails()) {
                try {
                    debtorMail
                            .write(
                                    mail,
                                    codes.get(mail.chargeId()),
                                    settings.from(),
                                    settings.base(),
                                    now)
                            .ifPresent(letters::add);
                } catch (RuntimeException failed) {
                    // Our mistake. The others go on, and this one is tried again after it is
                    // mended.
                    LOG.errorf(failed, "the mail of charge %s cannot be written", mail.chargeId());
                    failures.add(rules.again(mail, "it could not be written", false, 1));
                }
            }
            database.run(tx -> emails.end(tx, failures));
            return letters;
        }

        /// All in one transaction: nothing leaves the database, so nothing can be repeated.
        private void keep(UUID claim, List<Letter> letters) {
            accepted +=
                    database.transaction(
                            tx -> {
                                var now = clock.instant();
                                var sent = Set.copyOf(emails.sent(tx, claim, mails(letters), now));
                                var kept =
                                        letters.stream()
                                                .filter(it -> sent.contains(it.mail().key()))
                                                .toList();
                                sandbox.insert(tx, kept);
                                sandbox.forget(tx, KEPT_IN_SANDBOX);
                                // Whose charge was paid meanwhile is looked at again.
                                emails.giveBack(tx, claim, mails(letters));
                                return kept.size();
                            });
        }

        private void handOver(Taken taken, List<Letter> letters) {
            var turn = System.nanoTime() + taken.delay().toNanos();
            var step = settings.perSecond() == 0 ? 0 : SECOND / settings.perSecond();
            for (var letter : letters) {
                await(turn);
                turn += step;
                if (stopping || !well || !connect()) {
                    break;
                }
                var until = clock.instant().plus(settings.lease());
                if (start(letter.mail(), until)) {
                    send(letter, until);
                }
            }
            writeDown();
            // What was not tried, and what has another amount or is paid since it was written.
            database.run(tx -> emails.giveBack(tx, taken.claim(), mails(letters)));
        }

        private void await(long turn) {
            var wait = Duration.ofNanos(turn - System.nanoTime());
            if (wait.compareTo(SOON) > 0) {
                // A crash while nothing happens must not make the last one doubtful.
                writeDown();
                pause(wait);
            }
        }

        private boolean connect() {
            if (connection != null) {
                return true;
            }
            writeDown();
            try {
                connection =
                        SmtpClient.open(settings.server().orElseThrow(), tls, settings.patience());
                acceptedHere = 0;
            } catch (SmtpClient.Unavailable unavailable) {
                leaveAlone(unavailable.getMessage());
            }
            return connection != null;
        }

        private boolean start(Due mail, Instant until) {
            var before = ended;
            boolean started =
                    persist(
                            tx -> {
                                if (before != null) {
                                    emails.end(tx, List.of(before));
                                }
                                return emails.start(tx, mail, until);
                            });
            ended = null;
            return started;
        }

        private void writeDown() {
            var before = ended;
            if (before != null) {
                persist(
                        tx -> {
                            emails.end(tx, List.of(before));
                            return true;
                        });
                ended = null;
            }
        }

        /// What a server has said must not get lost because the database is away for a moment: it
        /// would be sent again.
        private <T> T persist(Database.Work<T> work) {
            var until = System.nanoTime() + settings.patience().toNanos();
            while (true) {
                try {
                    return database.transaction(work);
                } catch (RuntimeException failed) {
                    if (ended == null || System.nanoTime() > until) {
                        throw failed;
                    }
                    pause(SHORT_PAUSE);
                }
            }
        }

        private void send(Letter letter, Instant until) {
            var line = Objects.requireNonNull(connection);
            // Later than this somebody else may send it: whoever slept does not hand it over.
            var latest = until.minus(settings.patience());
            var answer =
                    line.send(
                            letter.message().from().address(),
                            letter.message().to().address(),
                            letter.message().bytes(),
                            () -> clock.instant().isBefore(latest));
            ended = decide(letter, answer);
            if (!line.isOpen()) {
                connection = null;
            }
            if (fruitless == MOST_FRUITLESS) {
                leaveAlone(
                        "it took none of %d mails in a row; of the last it said: %s"
                                .formatted(fruitless, ended.reply()));
            }
        }

        private Ending decide(Letter letter, Answer answer) {
            var mail = letter.mail();
            fruitless++;
            return switch (answer) {
                case Answer.Accepted(var reply) -> {
                    fruitless = 0;
                    accepted++;
                    if (acceptedHere++ == 0) {
                        database.run(pace::recover);
                    }
                    yield rules.ended(mail, MailRules.SENT, reply, 0);
                }
                case Answer.Refused(var reply, var noSuchMailbox) -> {
                    if (noSuchMailbox) {
                        suppress(letter.message().to().address());
                    }
                    yield rules.ended(mail, MailRules.FAILED, reply, 0);
                }
                case Answer.Later(var reply) -> rules.again(mail, reply, false, 0);
                case Answer.NotSent(var why) -> rules.again(mail, why, false, 0);
                case Answer.Unknown(var why) -> rules.again(mail, why, true, 0);
                case Answer.Unwilling(var reply) -> {
                    fruitless--;
                    if (acceptedHere == 0) {
                        leaveAlone(reply);
                    }
                    // It has had enough of us or of this connection: no fault of this mail.
                    yield rules.untouched(mail, reply);
                }
            };
        }

        private void suppress(EmailAddress address) {
            database.run(
                    tx ->
                            suppressions.insert(
                                    tx,
                                    List.of(
                                            SuppressionTable.of(
                                                    address,
                                                    BOUNCED,
                                                    clock.instant(),
                                                    "mail server"))));
        }

        private void leaveAlone(String problem) {
            well = false;
            LOG.warnf(
                    "the mail server is left alone for a while: %s",
                    MailRules.withoutAddresses(problem));
            database.run(tx -> pace.pause(tx, problem, clock.instant()));
        }

        @Override
        public void close() {
            if (connection != null) {
                connection.close();
            }
        }
    }

    private static List<Due> mails(List<Letter> letters) {
        return letters.stream().map(Letter::mail).toList();
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted between two mails", interrupted);
        }
    }
}
