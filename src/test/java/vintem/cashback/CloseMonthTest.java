package vintem.cashback;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import vintem.access.AccessLog;
import vintem.access.Caller;
import vintem.access.Logs;
import vintem.ledger.AccountCode;
import vintem.ledger.Ledger;
import vintem.platform.Database;
import vintem.platform.TestDatabase;
import vintem.platform.Together;

/// A month's close that is interrupted, repeated and run by two at once, on a database of its own.
class CloseMonthTest {
    private static final LocalDate MONTH = LocalDate.of(2026, 10, 1);
    private static final LocalDate DAY = LocalDate.of(2026, 10, 31);
    private static final int RESELLERS = 37;
    // R$ 100.00 for the first, R$ 3,700.00 for the last: all brackets.
    private static final int STEP_CENTS = 10_000;

    /// The very moment at which November begins in São Paulo.
    private final Clock clock = Clock.fixed(Instant.parse("2026-11-01T03:00:00Z"), ZoneOffset.UTC);

    private final TestDatabase world = TestDatabase.fresh();
    private final Database database = world.database();
    private final Ledger ledger = Ledger.standalone();
    private final MonthTable months = new MonthTable();
    private final CloseTable table = new CloseTable();
    private final PurchaseTable purchases = new PurchaseTable();
    private final RateBook.Reader rates = new RateBook.Reader(new RateTable());
    private final AccrueCashback accrue = new AccrueCashback(months, ledger);
    private final CashbackProofTable proof = new CashbackProofTable();
    private final List<UUID> people = new ArrayList<>();

    @BeforeEach
    void resellers_have_bought() {
        for (var i = 0; i < RESELLERS; i++) {
            people.add(reseller(i));
            approve(purchase(people.get(i), (i + 1L) * STEP_CENTS, DAY));
        }
    }

    @AfterEach
    void every_cent_is_there() {
        database.snapshot(
                tx -> {
                    assertThat(proof.wrongMonths(tx)).isEmpty();
                    assertThat(proof.wrongResellers(tx)).isEmpty();
                    assertThat(proof.orphans(tx)).isZero();
                    return true;
                });
        world.close();
    }

    @Test
    void every_chunk_by_another_node_comes_to_the_same_as_one_run() {
        var expected = pending();
        assertThat(expected).isPositive();
        database.run(tx -> table.start(tx, MONTH, clock.instant(), Caller.SYSTEM.id()));
        var chunks = 0;
        // Each step is a node that dies right after its commit.
        while (closer().step(MONTH, 5)) {
            chunks++;
            proofHolds();
        }
        assertThat(chunks).isEqualTo((RESELLERS + 4) / 5);
        assertThat(pending()).isZero();
        assertThat(balance(AccountCode.CASHBACK_AVAILABLE)).isEqualTo(expected);
        var close = database.transaction(tx -> table.find(tx, MONTH)).orElseThrow();
        assertThat(close.finishedAt()).isNotNull();
        assertThat(close.resellers()).isEqualTo(RESELLERS);
        assertThat(close.creditedCents()).isEqualTo(expected);
        assertThat(closer().step(MONTH, 5)).as("again").isFalse();
        assertThat(balance(AccountCode.CASHBACK_AVAILABLE)).isEqualTo(expected);
    }

    @Test
    void a_node_that_dies_inside_a_chunk_leaves_nothing_of_it() {
        var expected = pending();
        database.run(tx -> table.start(tx, MONTH, clock.instant(), Caller.SYSTEM.id()));
        closer().step(MONTH, 10);
        var before = fingerprint();
        database.transaction(
                tx -> {
                    var resellers = table.due(tx, MONTH, place(tx), 10);
                    var last = resellers.getLast();
                    var credits = table.credits(tx, MONTH, place(tx), last);
                    table.write(tx, MONTH, place(tx), last, credits);
                    return Database.rollback(tx, "killed");
                });
        assertThat(fingerprint()).isEqualTo(before);
        closer().run();
        assertThat(balance(AccountCode.CASHBACK_AVAILABLE)).isEqualTo(expected);
    }

    @Test
    void many_closers_at_once_credit_everybody_once() {
        var expected = pending();
        var works = new ArrayList<Callable<Object>>();
        for (var i = 0; i < 8; i++) {
            works.add(() -> closer().close(Caller.SYSTEM, MONTH));
        }
        assertThat(Together.atOnce(works))
                .allSatisfy(it -> assertThat(it).isInstanceOf(CloseMonth.Outcome.Closed.class));
        assertThat(balance(AccountCode.CASHBACK_AVAILABLE)).isEqualTo(expected);
        assertThat(world.count("cashback_credit")).isEqualTo(RESELLERS);
        assertThat(world.count("transfer where kind = 'cashback_credited'")).isEqualTo(RESELLERS);
    }

    @Test
    void what_is_approved_while_it_runs_is_in_its_chunk_or_in_the_next_close() {
        database.run(tx -> table.start(tx, MONTH, clock.instant(), Caller.SYSTEM.id()));
        closer().step(MONTH, 10);
        people.forEach(it -> approve(purchase(it, 1_000, DAY)));
        closer().run();
        proofHolds();
        // The first ten were done before.
        var waiting = pending();
        assertThat(waiting).isPositive();
        var later =
                new CloseMonth(
                        database,
                        table,
                        months,
                        ledger,
                        log(),
                        new vintem.platform.Outbox(),
                        inDecember());
        assertThat(later.close(Caller.SYSTEM, MONTH.plusMonths(1)))
                .isInstanceOf(CloseMonth.Outcome.Closed.class);
        assertThat(pending()).isZero();
        assertThat(adjustments()).isEqualTo(waiting);
    }

    /// The change is in force by the time: what is approved late of a month before it goes by the
    /// rates with which that month began.
    @Test
    void rates_that_have_changed_leave_earlier_months_as_they_were() {
        var october = Clock.fixed(Instant.parse("2026-10-15T12:00:00Z"), ZoneOffset.UTC);
        var decide = new ChangeRates(database, new RateTable(), rates, Logs.of(october), october);
        var half = List.of(new Rates.Bracket(0, 5_000));
        var november = MONTH.plusMonths(1);
        assertThat(decide.decide(Caller.SYSTEM, november, Rounding.DOWN, half))
                .isInstanceOf(ChangeRates.Outcome.Decided.class);
        var bought = people.getFirst();
        approve(purchase(bought, 100_001, november));
        assertThat(accrued(bought, november)).isEqualTo(50_000);
        // Late, and together with what was there 1,000.01.
        approve(purchase(bought, 100_001 - STEP_CENTS, DAY));
        assertThat(accrued(bought, MONTH)).isEqualTo(15_000);
        assertThat(decide.decide(Caller.SYSTEM, MONTH, Rounding.DOWN, half))
                .as("October has begun")
                .isInstanceOf(ChangeRates.Outcome.TooLate.class);
        proofHolds();
    }

    @Test
    void a_month_ends_in_sao_paulo_and_not_before() {
        var early = Clock.fixed(Instant.parse("2026-11-01T02:59:59Z"), ZoneOffset.UTC);
        var hasty =
                new CloseMonth(
                        database,
                        table,
                        months,
                        ledger,
                        log(),
                        new vintem.platform.Outbox(),
                        early);
        assertThat(hasty.close(Caller.SYSTEM, MONTH))
                .isInstanceOf(CloseMonth.Outcome.NotOver.class);
        assertThat(closer().close(Caller.SYSTEM, MONTH))
                .isInstanceOf(CloseMonth.Outcome.Closed.class);
        assertThat(closer().close(Caller.SYSTEM, MONTH.minusMonths(1)))
                .isInstanceOf(CloseMonth.Outcome.LaterClosed.class);
    }

    private CloseMonth closer() {
        return new CloseMonth(
                database, table, months, ledger, log(), new vintem.platform.Outbox(), clock);
    }

    private AccessLog log() {
        return Logs.of(clock);
    }

    private static Clock inDecember() {
        return Clock.fixed(Instant.parse("2026-12-01T12:00:00Z"), ZoneOffset.UTC);
    }

    private UUID place(Handle tx) {
        return table.find(tx, MONTH).orElseThrow().place();
    }

    private UUID reseller(int number) {
        var id = UUID.randomUUID();
        var reseller =
                new Reseller(
                        id,
                        "r" + number,
                        "R",
                        "%011d".formatted(number),
                        "r" + number,
                        null,
                        clock.instant(),
                        null,
                        null);
        database.run(tx -> new ResellerTable().insert(tx, reseller));
        return id;
    }

    private Purchase purchase(UUID reseller, long cents, LocalDate day) {
        var id = UUID.randomUUID();
        return new Purchase(
                id,
                id.toString(),
                reseller,
                cents,
                day,
                PurchaseStatus.APPROVED,
                clock.instant(),
                clock.instant(),
                null);
    }

    private void approve(Purchase purchase) {
        database.run(
                tx -> {
                    purchases.insert(tx, List.of(purchase));
                    var booking = accrue.open();
                    booking.approved(purchase);
                    booking.write(tx, rates.read(tx), clock.instant());
                });
    }

    private void proofHolds() {
        database.snapshot(
                tx -> {
                    assertThat(proof.wrongResellers(tx)).isEmpty();
                    return true;
                });
    }

    private long accrued(UUID reseller, LocalDate month) {
        return database.transaction(tx -> months.month(tx, reseller, month).accruedCents());
    }

    private long pending() {
        return balance(AccountCode.CASHBACK_PENDING);
    }

    private long balance(AccountCode account) {
        return database.transaction(tx -> ledger.balanceCents(tx, account));
    }

    private long adjustments() {
        return database.transaction(
                tx ->
                        tx.createQuery("select sum(adjustment_cents)::bigint from cashback_credit")
                                .mapTo(Long.class)
                                .one());
    }

    private String fingerprint() {
        return database.transaction(
                tx ->
                        tx.createQuery(
                                        """
                                        select (select sum(hashtextextended(m::text, 0))
                                                from cashback_month m)
                                            || ' ' || (select sum(hashtextextended(a::text, 0))
                                                       from cashback_account a)
                                            || ' ' || (select count(*) from transfer)
                                            || ' ' || (select c::text from cashback_close c)
                                        """)
                                .mapTo(String.class)
                                .one());
    }
}
