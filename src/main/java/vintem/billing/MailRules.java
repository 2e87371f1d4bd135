package vintem.billing;

import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import vintem.billing.ChargeEmailTable.Due;
import vintem.billing.ChargeEmailTable.Ending;
import vintem.platform.EmailAddress;

/// What becomes of a mail: whether it is sent at all, when it is tried again, when it is given up.
final class MailRules {
    static final String SENT = "sent";
    static final String FAILED = "failed";

    private static final String QUEUED = "queued";
    private static final String SKIPPED = "skipped";
    private static final String SUPPRESSED = "suppressed";
    private static final Set<String> STILL_OWED = Set.of("open", "partially_paid");

    private static final int MOST_ATTEMPTS = 8;
    // 1, 3, 9, 27 minutes … at most 6 hours, and up to twice that: a server that greylists takes
    // the second try.
    private static final Duration FIRST_PAUSE = Duration.ofMinutes(1);
    private static final Duration LONGEST_PAUSE = Duration.ofHours(6);

    private final Clock clock;

    MailRules(Clock clock) {
        this.clock = clock;
    }

    /// Why a mail is not sent at all; null where it is.
    ///
    /// @param unwanted hashes of addresses that want no mail ([SuppressionTable#hash])
    @Nullable Ending hopeless(Due mail, Set<String> unwanted) {
        var address = EmailAddress.parse(mail.email());
        if (address.isEmpty()) {
            return ended(mail, FAILED, "this is no e-mail address", 0);
        }
        if (!STILL_OWED.contains(mail.status())) {
            return ended(mail, SKIPPED, "the charge is " + mail.status(), 0);
        }
        if (mail.fileCancelled()) {
            return ended(mail, SKIPPED, "the charge's file was cancelled", 0);
        }
        if (unwanted.contains(SuppressionTable.hash(address.get()))) {
            return ended(mail, SUPPRESSED, null, 0);
        }
        return mail.attempts() < MOST_ATTEMPTS ? null : givenUp(mail, mail.reply(), 0);
    }

    /// It is tried again some time later, or given up.
    Ending again(Due mail, String reply, boolean repeated, int tries) {
        var attempts = mail.attempts() + 1;
        if (attempts >= MOST_ATTEMPTS) {
            return givenUp(mail, reply, tries);
        }
        var pause = Math.min(LONGEST_PAUSE.toMillis(), FIRST_PAUSE.toMillis() * power(attempts));
        // Never all at once again.
        var due =
                clock.instant().plusMillis(ThreadLocalRandom.current().nextLong(pause, 2 * pause));
        return new Ending(mail, QUEUED, reply, due, repeated, tries, clock.instant());
    }

    /// Servers like to repeat whom a mail was for.
    static String withoutAddresses(String reply) {
        return reply.replaceAll("[^\\s<>()\"';,]+@[^\\s<>()\"';,]+", "***");
    }

    private static long power(int attempts) {
        return Math.round(Math.pow(3, attempts - 1));
    }

    private Ending givenUp(Due mail, @Nullable String reply, int tries) {
        return ended(mail, FAILED, "given up: " + reply, tries);
    }

    /// Back in the queue at once: no fault of this mail, and no attempt.
    Ending untouched(Due mail, String reply) {
        return new Ending(mail, QUEUED, reply, clock.instant(), false, -1, clock.instant());
    }

    /// It has come to its end, and nothing more happens with it.
    Ending ended(Due mail, String status, @Nullable String reply, int tries) {
        return new Ending(mail, status, reply, null, false, tries, clock.instant());
    }
}
