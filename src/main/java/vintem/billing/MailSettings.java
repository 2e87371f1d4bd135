package vintem.billing;

import java.time.Duration;
import java.util.Optional;
import vintem.platform.EmailAddress;
import vintem.platform.Mailbox;
import vintem.platform.Settings;
import vintem.platform.SmtpServer;

/// How debtors are written to.
///
/// @param on `VINTEM_BILLING_EMAILS`
/// @param server `VINTEM_SMTP_URL`; empty in a sandbox that keeps its mails to itself
/// @param base scheme and host under which debtors reach us, without a slash at the end:
///     `VINTEM_PUBLIC_URL`
/// @param connections how many this node opens at once, `VINTEM_SMTP_CONNECTIONS`
/// @param perSecond the most that all nodes together hand over, `VINTEM_SMTP_PER_SECOND`; 0 is no
///     limit
/// @param patience how long one message may take, `VINTEM_SMTP_TIMEOUT_MILLIS`
record MailSettings(
        boolean on,
        Optional<SmtpServer> server,
        String base,
        int connections,
        int perSecond,
        Duration patience) {
    private static final Mailbox OF_THE_SANDBOX =
            new Mailbox("Vintém", new EmailAddress("cobranca", "sandbox.invalid"));

    private static final int MOST_CONNECTIONS = 50;
    private static final int MOST_PER_SECOND = 10_000;

    MailSettings {
        if (connections < 1 || connections > MOST_CONNECTIONS) {
            throw new IllegalArgumentException(
                    "VINTEM_SMTP_CONNECTIONS is 1 to %d".formatted(MOST_CONNECTIONS));
        }
        if (perSecond < 0 || perSecond > MOST_PER_SECOND) {
            throw new IllegalArgumentException(
                    "VINTEM_SMTP_PER_SECOND is 0, for no limit, to %d".formatted(MOST_PER_SECOND));
        }
        if (patience.compareTo(Duration.ofMillis(100)) < 0) {
            throw new IllegalArgumentException("VINTEM_SMTP_TIMEOUT_MILLIS is at least 100");
        }
    }

    /// @throws IllegalArgumentException in words for the operator, where a setting is wrong, or
    ///     missing in production
    static MailSettings configured() {
        return configured(
                Settings.mode(),
                Settings.text("billing-emails").map(Boolean::parseBoolean).orElse(true),
                SmtpServer.configured(),
                Settings.text("public-url"));
    }

    static MailSettings configured(
            Settings.Mode mode,
            boolean on,
            Optional<SmtpServer> server,
            Optional<String> publicUrl) {
        if (on && mode == Settings.Mode.PRODUCTION) {
            if (server.isEmpty()) {
                throw new IllegalArgumentException(
                        "VINTEM_SMTP_URL is missing: debtors are written to by e-mail."
                                + " VINTEM_BILLING_EMAILS=false sends none.");
            }
            if (publicUrl.isEmpty()) {
                throw new IllegalArgumentException(
                        "VINTEM_PUBLIC_URL is missing: e-mails link to the debtor's page.");
            }
        }
        return new MailSettings(
                on,
                server,
                publicUrl.orElse("http://localhost:" + Settings.port()).replaceFirst("/+$", ""),
                Math.toIntExact(Settings.number("smtp-connections", 4)),
                Math.toIntExact(Settings.number("smtp-per-second", 20)),
                Settings.duration("smtp-timeout-millis", Duration.ofSeconds(60)));
    }

    Mailbox from() {
        return server.map(SmtpServer::from).orElse(OF_THE_SANDBOX);
    }

    /// For how long whoever takes mails has the right to send them: others wait that long before
    /// they take over what a dead node had.
    Duration lease() {
        return patience.multipliedBy(3);
    }
}
