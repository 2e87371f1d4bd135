package vintem.console;

import io.quarkus.arc.All;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.ledger.AccountCode;
import vintem.ledger.Ledger;
import vintem.ledger.Ledger.Balance;
import vintem.ledger.Ledger.DaySum;
import vintem.ledger.QuickProof;
import vintem.platform.Attention;
import vintem.platform.Audits;
import vintem.platform.BusinessDays;

/// How the business stands: money by day, what waits for a person, and whether the books balance.
/// All of one moment, and from sums that are kept: it costs the same however much there is.
@Singleton
class Overview {
    /// One São Paulo day. What is owed is as it stood at its end.
    public record Day(
            LocalDate day, long inCents, long outCents, long owedToUsCents, long owedByUsCents) {}

    /// @param underWayCents taken from the bank account for payouts and refunds, outcome unknown
    public record Money(
            long bankCents,
            long underWayCents,
            long owedToUsCents,
            long owedByUsCents,
            List<Day> days) {
        Day today() {
            return days.getLast();
        }

        long inCents() {
            return days.stream().mapToLong(Day::inCents).sum();
        }

        long outCents() {
            return days.stream().mapToLong(Day::outCents).sum();
        }
    }

    /// @param more the count ended there
    public record Waiting(
            String section,
            String kind,
            long count,
            boolean more,
            boolean grave,
            @Nullable Instant oldest,
            String page) {}

    /// @param audit the last one that ended; null where there was none
    public record Books(QuickProof quick, Audits.@Nullable Run audit) {}

    static final int DAYS = 30;

    private static final Set<AccountCode> OWED_TO_US =
            Set.of(AccountCode.RECEIVABLE, AccountCode.CASHBACK_RECOVERABLE);
    private static final Set<AccountCode> OWED_BY_US =
            Set.of(
                    AccountCode.UNIDENTIFIED,
                    AccountCode.OWED_TO_CREDITOR,
                    AccountCode.DEBTOR_CREDIT,
                    AccountCode.CASHBACK_PENDING,
                    AccountCode.CASHBACK_AVAILABLE);

    private final Ledger ledger;
    private final Audits audits;
    private final List<Attention> attention;
    private final Clock clock;

    @Inject
    Overview(Ledger ledger, Audits audits, @All List<Attention> attention, Clock clock) {
        this.ledger = ledger;
        this.audits = audits;
        this.attention = attention;
        this.clock = clock;
    }

    Money money(Handle tx) {
        var today = BusinessDays.today(clock);
        var first = today.minusDays(DAYS - 1);
        var sums = ledger.days(tx, first);
        var balances = ledger.balances(tx);
        var toUs = sum(balances, OWED_TO_US);
        var byUs = sum(balances, OWED_BY_US);
        var days = new ArrayList<Day>();
        var owedToUs = toUs;
        var owedByUs = byUs;
        // What a bank dates ahead counts for the balance of now.
        for (var each : sums) {
            if (each.day().isAfter(today)) {
                owedToUs -= changeOfDebit(each, OWED_TO_US);
                owedByUs += changeOfDebit(each, OWED_BY_US);
            }
        }
        for (var day = today; !day.isBefore(first); day = day.minusDays(1)) {
            var in = 0L;
            var out = 0L;
            var toUsOfDay = 0L;
            var byUsOfDay = 0L;
            for (var each : sums) {
                if (each.day().equals(day)) {
                    in += inCents(each);
                    out += outCents(each);
                    toUsOfDay += changeOfDebit(each, OWED_TO_US);
                    byUsOfDay -= changeOfDebit(each, OWED_BY_US);
                }
            }
            days.addFirst(new Day(day, in, out, owedToUs, owedByUs));
            owedToUs -= toUsOfDay;
            owedByUs -= byUsOfDay;
        }
        return new Money(
                sum(balances, Set.of(AccountCode.BANK)),
                sum(balances, Set.of(AccountCode.IN_TRANSIT)),
                toUs,
                byUs,
                days);
    }

    /// What waits, the gravest and the oldest first.
    List<Waiting> attention(Handle tx) {
        var now = clock.instant();
        var waiting = new ArrayList<Waiting>();
        for (var each : attention) {
            if (each.isOpen()) {
                for (var matter : each.matters(tx, now)) {
                    if (matter.count() > 0) {
                        waiting.add(
                                new Waiting(
                                        each.section(),
                                        matter.kind(),
                                        matter.count(),
                                        matter.count() >= Attention.MOST,
                                        matter.grave(),
                                        matter.oldest(),
                                        matter.page()));
                    }
                }
            }
        }
        waiting.sort(
                Comparator.comparing((Waiting it) -> !it.grave())
                        .thenComparing(it -> Optional.ofNullable(it.oldest()).orElse(Instant.MAX))
                        .thenComparing(Waiting::kind));
        return waiting;
    }

    Books books(Handle tx) {
        return new Books(ledger.quickProof(tx), audits.last(tx).orElse(null));
    }

    /// What came to the bank account from outside: not what had only been set aside for a payout,
    /// nor the balance that was there before us.
    private static long inCents(DaySum sum) {
        return sum.debit() == AccountCode.BANK
                        && sum.credit() != AccountCode.IN_TRANSIT
                        && sum.credit() != AccountCode.OPENING
                ? sum.cents()
                : 0;
    }

    /// What left for good.
    private static long outCents(DaySum sum) {
        var settled = sum.credit() == AccountCode.IN_TRANSIT && sum.debit() != AccountCode.BANK;
        var taken =
                sum.credit() == AccountCode.BANK
                        && sum.debit() != AccountCode.IN_TRANSIT
                        && sum.debit() != AccountCode.OPENING;
        return settled || taken ? sum.cents() : 0;
    }

    /// What a day's sum debited these accounts more than it credited them.
    private static long changeOfDebit(DaySum sum, Set<AccountCode> accounts) {
        return (accounts.contains(sum.debit()) ? sum.cents() : 0)
                - (accounts.contains(sum.credit()) ? sum.cents() : 0);
    }

    private static long sum(List<Balance> balances, Set<AccountCode> accounts) {
        return balances.stream()
                .filter(each -> accounts.contains(each.account()))
                .mapToLong(Balance::balanceCents)
                .sum();
    }
}
