package vintem.papers;

import io.quarkus.arc.All;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLSocketFactory;
import org.jboss.logging.Logger;
import vintem.platform.ClosingLines;
import vintem.platform.Database;
import vintem.platform.EmailAddress;
import vintem.platform.MailMessage;
import vintem.platform.Mailbox;
import vintem.platform.Pages;
import vintem.platform.Settings;
import vintem.platform.SmtpClient;
import vintem.platform.SmtpServer;
import vintem.platform.Words;

/// Writes the closing of yesterday to whoever `VINTEM_CLOSING_EMAIL_TO` names: once for a day and
/// an address, on whichever node comes first. A day that was missed is not caught up: its figures
/// stand on the pages.
///
/// The row is committed before the mail server hears of it. A node that dies in between leaves a
/// lease; whoever takes over sends it again under the same Message-ID.
@Singleton
class SendClosing {
    /// How it is written.
    ///
    /// @param recipients nobody where the setting is empty
    /// @param server empty where mails are kept and not sent
    /// @param hour of São Paulo's day from which it is written
    record How(
            List<EmailAddress> recipients,
            Optional<SmtpServer> server,
            Words words,
            int hour,
            Duration patience) {
        /// @throws IllegalArgumentException in words for the operator
        static How configured() {
            return new How(
                    Settings.list("closing-email-to").stream().map(How::address).toList(),
                    SmtpServer.configured(),
                    Settings.text("closing-email-language").orElse("pt").equals("en")
                            ? Words.EN
                            : Words.PT,
                    Math.toIntExact(Settings.number("closing-email-hour", 7)),
                    Settings.duration("smtp-timeout-millis", Duration.ofSeconds(60)));
        }

        private static EmailAddress address(String text) {
            return EmailAddress.parse(text)
                    .orElseThrow(
                            () ->
                                    new IllegalArgumentException(
                                            "VINTEM_CLOSING_EMAIL_TO is e-mail addresses with"
                                                    + " commas between them"));
        }

        Mailbox from() {
            return server.map(SmtpServer::from)
                    .orElse(
                            new Mailbox(
                                    "Vintém", new EmailAddress("fechamento", "sandbox.invalid")));
        }
    }

    public record Group(String title, List<ClosingLines.Line> lines) {}

    /// @param attention lines that wait for a person, once more at the top
    public record View(
            String title,
            String day,
            boolean sandbox,
            List<ClosingLines.Line> attention,
            List<Group> groups) {}

    private static final Logger LOG = Logger.getLogger(SendClosing.class);
    private static final int MOST_ATTEMPTS = 6;
    private static final Duration KEPT = Duration.ofDays(400);

    private final Database database;
    private final ClosingMailTable table;
    private final List<ClosingLines> sources;
    private final Pages pages;
    private final Clock clock;
    private final How how;

    @Inject
    SendClosing(
            Database database,
            ClosingMailTable table,
            @All List<ClosingLines> sources,
            Pages pages,
            Clock clock) {
        this(database, table, sources, pages, clock, How.configured());
    }

    SendClosing(
            Database database,
            ClosingMailTable table,
            List<ClosingLines> sources,
            Pages pages,
            Clock clock,
            How how) {
        this.database = database;
        this.table = table;
        this.sources =
                sources.stream().sorted(Comparator.comparingInt(ClosingLines::place)).toList();
        this.pages = pages;
        this.clock = clock;
        this.how = how;
    }

    @Scheduled(every = "10m", delayed = "2m", concurrentExecution = ConcurrentExecution.SKIP)
    void run() {
        var now = clock.instant().atZone(Words.SAO_PAULO);
        if (how.recipients().isEmpty() || now.getHour() < how.hour()) {
            return;
        }
        var day = now.toLocalDate().minusDays(1);
        for (var recipient : how.recipients()) {
            close(day, recipient);
        }
        database.run(tx -> table.forget(tx, day.minusDays(KEPT.toDays())));
    }

    private void close(LocalDate day, EmailAddress recipient) {
        var hash = hash(recipient);
        var now = clock.instant();
        var until = now.plus(how.patience().multipliedBy(3));
        var attempt =
                database.transaction(tx -> table.claim(tx, day, hash, now, until, MOST_ATTEMPTS));
        if (attempt.isEmpty()) {
            return;
        }
        var view = view(day);
        var text = pages.write("papers/closing.txt", how.words(), view);
        if (how.server().isEmpty()) {
            database.run(tx -> table.end(tx, day, hash, "kept", text, clock.instant()));
            return;
        }
        var answer = send(how.server().get(), message(day, recipient, hash, view, text), until);
        switch (answer) {
            case SmtpClient.Answer.Accepted _ ->
                    database.run(tx -> table.end(tx, day, hash, "sent", null, clock.instant()));
            case SmtpClient.Answer.Refused _ -> fail(day, hash, text);
            case SmtpClient.Answer.Later _,
                    SmtpClient.Answer.Unwilling _,
                    SmtpClient.Answer.NotSent _,
                    SmtpClient.Answer.Unknown _ -> {
                if (attempt.get() == MOST_ATTEMPTS) {
                    fail(day, hash, text);
                } else {
                    // The next run of the job is ten minutes ahead: that is pause enough.
                    database.run(tx -> table.again(tx, day, hash, clock.instant()));
                }
            }
        }
    }

    private void fail(LocalDate day, String hash, String text) {
        LOG.warnf("the closing of %s was not taken by the mail server", day);
        database.run(tx -> table.end(tx, day, hash, "failed", text, clock.instant()));
    }

    private SmtpClient.Answer send(
            SmtpServer server, MailMessage message, java.time.Instant until) {
        var latest = until.minus(how.patience());
        try (var line =
                SmtpClient.open(
                        server, (SSLSocketFactory) SSLSocketFactory.getDefault(), how.patience())) {
            return line.send(
                    message.from().address(),
                    message.to().address(),
                    message.bytes(),
                    () -> clock.instant().isBefore(latest));
        } catch (SmtpClient.Unavailable unavailable) {
            return new SmtpClient.Answer.NotSent("the mail server does not answer");
        }
    }

    View view(LocalDate day) {
        var from = day.atStartOfDay(Words.SAO_PAULO).toInstant();
        var until = day.plusDays(1).atStartOfDay(Words.SAO_PAULO).toInstant();
        var lines =
                database.snapshot(
                        tx -> {
                            var all = new ArrayList<ClosingLines.Line>();
                            for (var source : sources) {
                                all.addAll(source.lines(tx, how.words(), from, until));
                            }
                            return all;
                        });
        var groups = new LinkedHashMap<String, List<ClosingLines.Line>>();
        for (var line : lines) {
            groups.computeIfAbsent(line.group(), _ -> new ArrayList<>()).add(line);
        }
        return new View(
                how.words().say("closing.title", how.words().day(day)),
                day.toString(),
                Settings.mode() == Settings.Mode.SANDBOX,
                lines.stream().filter(ClosingLines.Line::attention).toList(),
                groups.entrySet().stream()
                        .map(
                                it ->
                                        new Group(
                                                how.words().say("closing." + it.getKey()),
                                                it.getValue()))
                        .toList());
    }

    private MailMessage message(
            LocalDate day, EmailAddress recipient, String hash, View view, String text) {
        var from = how.from();
        return new MailMessage(
                from,
                new Mailbox(null, recipient),
                view.sandbox() ? "[SANDBOX] " + view.title() : view.title(),
                "closing.%s.%s@%s".formatted(day, hash.substring(0, 16), from.address().domain()),
                clock.instant(),
                how.words().tag(),
                null,
                text,
                pages.write("papers/closing.html", how.words(), view),
                List.of());
    }

    static String hash(EmailAddress address) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(address.key().getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }
}
