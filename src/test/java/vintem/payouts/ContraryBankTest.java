package vintem.payouts;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import vintem.MovableClock;
import vintem.World;
import vintem.access.Caller;
import vintem.app.Audit;
import vintem.bank.PixKey;
import vintem.bank.PixRail.Answer;
import vintem.bank.PixRail.Order;
import vintem.bank.SendResult;
import vintem.bank.SimulatedBank;
import vintem.ledger.AccountCode;
import vintem.ledger.Ledger;
import vintem.payouts.PayBatch.Request;
import vintem.payouts.PayBatch.Result.Reported;
import vintem.platform.Database;
import vintem.platform.Idempotency;
import vintem.platform.Ids;
import vintem.platform.OutboxRelay;

/// A bank that loses answers, contradicts itself, speaks of what it was not asked, or takes too
/// long; and a node that stops in the middle.
@QuarkusTest
@QuarkusTestResource(World.class)
class ContraryBankTest {
    private static final String OF_STATUS =
            "select external_id from payout where batch_id = :batch and status = :status";

    private static final String UNFINISHED =
            "select id from payout_submission where batch_id = :batch and finished_at is null";

    private static final String ALARMS =
            """
            select count(*) from payout_alarm a join payout p on p.id = a.payout_id
            where p.external_id = any(:ids)
            """;

    private static final String NO_NEWS =
            """
            select not exists (
                select from outbox where (xact_id, id) > (
                    select xact_id, id from outbox_cursor where subscriber = 'payouts.alarms'))
            """;

    private static final Executor THREADS = Thread::startVirtualThread;

    @Inject SimulatedBank honest;
    @Inject Database database;
    @Inject ClaimPayouts claim;
    @Inject SettlePayouts settle;
    @Inject PayoutTable table;
    @Inject PayoutReturnTable returns;
    @Inject PayoutLookupTable lookups;
    @Inject Idempotency idempotency;
    @Inject Ledger ledger;
    @Inject vintem.platform.Outbox outbox;
    @Inject OutboxRelay relay;
    @Inject MovableClock clock;
    @Inject BankStatement statement;
    @Inject Audit audit;

    private final String run = Ids.next().toString();
    private ContraryBank bank;
    private PayBatch payBatch;
    private ResolveUnknownPayouts resolver;
    private BookReturns bookReturns;

    @BeforeEach
    void meet_the_bank() {
        bank = new ContraryBank(honest);
        payBatch = payBatch();
        resolver = new ResolveUnknownPayouts(database, table, settle, bank, clock);
        bookReturns = new BookReturns(database, returns, table, ledger, outbox, bank);
    }

    @AfterEach
    void every_cent_is_there() {
        payBatch.stop();
        bank.onFind = honest::find;
        timePasses();
        assertEverythingIsInOrder();
        assertThat(statusesOf("processing")).isEmpty();
        assertThat(unfinished()).isEmpty();
    }

    @Test
    void a_bank_that_throws_may_have_paid() {
        bank.onSend =
                orders -> {
                    bank.pays(orders);
                    throw new IllegalStateException("the line broke");
                };
        assertThat(pay(ids(3))).containsOnly("processing");
        assertEverythingIsInOrder();
        timePasses();
        assertThat(statuses(ids(3))).containsOnly("paid");
    }

    @Test
    void a_bank_that_throws_may_have_heard_nothing() {
        bank.onSend =
                _ -> {
                    throw new IllegalStateException("no line");
                };
        assertThat(pay(ids(3))).containsOnly("processing");
        timePasses();
        assertThat(statuses(ids(3))).containsOnly("failed");
        bank.onSend = bank::pays;
        assertThat(pay(ids(3))).containsOnly("paid");
        assertThat(providerIds(bank.sent.get(1))).isEqualTo(providerIds(bank.sent.get(0)));
    }

    @Test
    void an_answer_that_is_missing_leaves_its_order_open_and_no_other() {
        bank.onSend = orders -> bank.pays(orders).subList(0, 2);
        assertThat(pay(ids(3))).containsExactlyInAnyOrder("paid", "paid", "processing");
        timePasses();
        assertThat(statuses(ids(3))).containsOnly("paid");
    }

    @Test
    void not_found_in_answer_to_a_send_says_nothing() {
        bank.onSend =
                orders -> {
                    bank.pays(orders);
                    return orders.stream()
                            .map(it -> new Answer(it.providerId(), new SendResult.NotFound()))
                            .toList();
                };
        assertThat(pay(ids(2))).containsOnly("processing");
        timePasses();
        assertThat(statuses(ids(2))).containsOnly("paid");
    }

    @Test
    void an_answer_for_an_order_that_nobody_sent_changes_nothing() {
        bank.onSend = _ -> List.of();
        assertThat(pay(ids(1))).containsOnly("processing");
        var open = bank.sent.getFirst().getFirst().providerId();
        bank.onSend =
                orders -> {
                    var answers = new ArrayList<>(bank.pays(orders));
                    answers.add(new Answer(open, new SendResult.Refused("not_asked")));
                    answers.add(new Answer("nonsense", paid()));
                    answers.add(new Answer(new ProviderId(Ids.next(), 0).text(), paid()));
                    return answers;
                };
        assertThat(pay(ids(3))).containsExactly("duplicate", "paid", "paid");
        assertThat(statuses(ids(1))).containsExactly("processing");
    }

    @Test
    void the_resolver_minds_only_what_it_asked_for() throws Exception {
        bank.onSend = _ -> List.of();
        pay(List.of(run + "-old"));
        clock.passes(Duration.ofMinutes(1));
        // Somebody is sending this one at this moment.
        pay(List.of(run + "-young"));
        var young = bank.sent.get(1).getFirst().providerId();
        bank.onFind =
                asked -> {
                    var answers = new ArrayList<>(honest.find(asked));
                    answers.add(new Answer(young, new SendResult.NotFound()));
                    return answers;
                };
        resolver.resolve();
        assertThat(statuses(List.of(run + "-old", run + "-young")))
                .containsExactly("failed", "processing");
    }

    @Test
    void refused_and_paid_of_one_order_is_paid_in_whatever_order_it_comes() {
        bank.onSend =
                orders -> {
                    var answers = new ArrayList<>(bank.pays(orders));
                    orders.forEach(it -> answers.add(new Answer(it.providerId(), refused())));
                    Collections.reverse(answers);
                    return answers;
                };
        assertThat(pay(ids(2))).containsOnly("paid");
    }

    @Test
    void unknown_and_not_found_of_one_order_is_unknown() {
        bank.onSend = _ -> List.of();
        pay(ids(1));
        bank.onFind =
                asked ->
                        asked.stream()
                                .flatMap(
                                        id ->
                                                List.of(
                                                        new Answer(id, new SendResult.NotFound()),
                                                        new Answer(id, new SendResult.Unknown()))
                                                        .stream())
                                .toList();
        timePasses();
        assertThat(statuses(ids(1))).containsExactly("processing");
    }

    @Test
    void a_bank_that_does_not_know_is_asked_again_at_growing_distances() {
        bank.onSend = _ -> List.of();
        pay(ids(1));
        bank.onFind = _ -> List.of();
        clock.passes(Duration.ofSeconds(10));
        for (var second = 0; second < 60; second++) {
            clock.passes(Duration.ofSeconds(1));
            resolver.resolve();
        }
        var asked = bank.asked.stream().filter(it -> !it.isEmpty()).count();
        assertThat(asked).isBetween(4L, 7L);
    }

    @Test
    void a_resolver_whose_bank_is_away_asks_again() {
        bank.onSend =
                orders -> {
                    bank.pays(orders);
                    return List.of();
                };
        pay(ids(2));
        bank.onFind =
                _ -> {
                    throw new IllegalStateException("no line");
                };
        clock.passes(Duration.ofMinutes(1));
        org.assertj.core.api.Assertions.assertThatThrownBy(resolver::resolve).hasMessage("no line");
        assertThat(statuses(ids(2))).containsOnly("processing");
        bank.onFind = honest::find;
        timePasses();
        assertThat(statuses(ids(2))).containsOnly("paid");
    }

    @Test
    void a_call_that_outlives_the_right_to_send_is_its_senders_last_and_pays_nobody_twice()
            throws Exception {
        var called = new CountDownLatch(2);
        var released = new CountDownLatch(1);
        bank.onSend =
                orders -> {
                    called.countDown();
                    await(released);
                    return bank.pays(orders);
                };
        var ids = ids(2_500);
        var answer = CompletableFuture.supplyAsync(() -> pay(ids), THREADS);
        await(called);
        // Nothing has arrived yet: the resolver gives up 2,500 payouts and returns their money.
        clock.passes(Duration.ofMinutes(1));
        resolver.run();
        assertThat(statuses(ids)).containsOnly("failed");
        assertEverythingIsInOrder();
        released.countDown();
        answer.get(1, TimeUnit.MINUTES);

        // One call in each of the two lanes, and none after them.
        assertThat(bank.sent).hasSize(2);
        assertThat(statuses(ids)).filteredOn("paid"::equals).hasSize(2_000);
        assertThat(statuses(ids)).filteredOn("failed"::equals).hasSize(500);
        assertEverythingIsInOrder();
        relayNews();
        assertThat(alarms(ids)).isEqualTo(2_000);

        bank.onSend = bank::pays;
        var again = pay(ids);
        assertThat(again).filteredOn("duplicate"::equals).hasSize(2_000);
        assertThat(again).filteredOn("paid"::equals).hasSize(500);
        assertThat(statement.payments(ids).values()).hasSize(2_500).containsOnly(1);
    }

    @Test
    void a_payment_of_an_attempt_that_was_closed_is_booked_once_and_raises_one_alarm() {
        bank.onSend = _ -> List.of();
        pay(ids(1));
        timePasses();
        assertThat(statuses(ids(1))).containsExactly("failed");

        var late = bank.pays(bank.sent.getFirst());
        database.transaction(tx -> settle.settle(tx, late));
        database.transaction(tx -> settle.settle(tx, late));
        relayNews();
        relayNews();
        assertThat(statuses(ids(1))).containsExactly("paid");
        assertThat(alarms(ids(1))).isEqualTo(1);
        assertThat(pay(ids(1))).containsExactly("duplicate");
        assertThat(bank.sent).hasSize(1);
    }

    @Test
    void a_late_payment_of_an_order_that_was_sent_again_under_the_same_id_is_one_payment() {
        bank.onSend = _ -> List.of();
        pay(ids(1));
        timePasses();
        // The same order goes out again, and both come through.
        var first = bank.sent.getFirst();
        bank.onSend =
                orders -> {
                    bank.pays(first);
                    return bank.pays(orders);
                };
        assertThat(pay(ids(1))).containsExactly("paid");
        assertThat(statement.payments(ids(1)).values()).containsExactly(1);
    }

    @Test
    void what_is_not_settled_when_the_answer_is_due_is_processing_and_goes_on() throws Exception {
        System.setProperty("vintem.payouts-answer-millis", "200");
        payBatch = payBatch();
        System.clearProperty("vintem.payouts-answer-millis");
        var released = new CountDownLatch(1);
        bank.onSend =
                orders -> {
                    if (bank.sent.size() > 1) {
                        await(released);
                    }
                    return bank.pays(orders);
                };
        var ids = ids(2_500);
        var statuses = pay(ids);
        assertThat(statuses).contains("processing").doesNotContain("failed", "duplicate");
        released.countDown();
        awaitUntil(() -> statuses(ids).stream().allMatch("paid"::equals));
        assertThat(bank.sent).hasSize(3);
    }

    @Test
    void a_node_that_stops_in_the_middle_sends_nothing_more_and_loses_nothing() throws Exception {
        var called = new CountDownLatch(2);
        var released = new CountDownLatch(1);
        bank.onSend =
                orders -> {
                    called.countDown();
                    await(released);
                    return bank.pays(orders);
                };
        var ids = ids(2_500);
        var answer = CompletableFuture.supplyAsync(() -> pay(ids), THREADS);
        await(called);
        var stopping = CompletableFuture.runAsync(payBatch::stop, THREADS);
        // So long that it has closed its doors and waits for the call.
        Thread.sleep(1_000);
        released.countDown();
        stopping.get(1, TimeUnit.MINUTES);
        assertThat(answer.get(1, TimeUnit.MINUTES)).filteredOn("paid"::equals).hasSize(2_000);
        assertThat(bank.sent).hasSize(2);

        clock.passes(Duration.ofMinutes(1));
        resolver.run();
        assertThat(statuses(ids)).filteredOn("failed"::equals).hasSize(500);
        bank.onSend = bank::pays;
        payBatch = payBatch();
        assertThat(pay(ids)).filteredOn("paid"::equals).hasSize(500);
        assertThat(statement.payments(ids).values()).hasSize(2_500).containsOnly(1);
    }

    @Test
    void a_renewal_after_somebody_took_over_is_refused() {
        bank.onSend = _ -> List.of();
        var submission = submission(ids(1));
        payBatch.pay(new Request(submission, Optional.empty()));
        clock.passes(Duration.ofMinutes(1));
        bank.onFind = _ -> List.of();
        resolver.resolve();
        var renewed =
                database.transaction(
                        tx -> table.renew(tx, submission.id(), clock.instant().plusSeconds(60)));
        assertThat(renewed).isFalse();
    }

    @Test
    void a_database_that_is_slow_to_settle_costs_a_living_node_nothing() throws Exception {
        var ids = ids(3_000);
        var held = new CountDownLatch(1);
        var released = new CountDownLatch(1);
        bank.onSend =
                orders -> {
                    if (held.getCount() > 0) {
                        // One payout of each chunk that is under way: neither can be settled.
                        THREADS.execute(
                                () -> hold(List.of(ids.get(0), ids.get(1_000)), held, released));
                        await(held);
                    }
                    return bank.pays(orders);
                };
        var answer = CompletableFuture.supplyAsync(() -> pay(ids), THREADS);
        await(held);
        // Longer than a right to send that nobody renews, while the resolver looks on.
        var end = System.nanoTime() + Duration.ofSeconds(7).toNanos();
        while (System.nanoTime() < end) {
            resolver.run();
            Thread.sleep(200);
        }
        released.countDown();
        assertThat(answer.get(1, TimeUnit.MINUTES)).containsOnly("paid");
        assertThat(bank.asked).isEmpty();
    }

    private void hold(List<String> externalIds, CountDownLatch held, CountDownLatch released) {
        database.run(
                tx -> {
                    tx.createQuery("select 1 from payout where external_id in (<ids>) for update")
                            .bindList("ids", externalIds)
                            .mapTo(Integer.class)
                            .list();
                    held.countDown();
                    await(released);
                });
    }

    @Test
    void money_that_comes_back_before_we_heard_that_it_left_waits_for_its_turn() {
        bank.onSend =
                orders -> {
                    bank.pays(orders);
                    return List.of();
                };
        var early = List.of(run + "-early");
        pay(early, "returned@sandbox.vintem.invalid");
        bank.onSend = bank::pays;
        var later = List.of(run + "-later-1", run + "-later-2");
        pay(later, "returned@sandbox.vintem.invalid");
        bookReturns.run();
        assertThat(statuses(early)).containsExactly("processing");
        assertEverythingIsInOrder();
        timePasses();
        assertThat(statuses(early)).containsExactly("paid");
        bookReturns.run();
        bookReturns.run();
        assertThat(statuses(early)).containsExactly("returned");
        assertThat(statuses(later)).containsOnly("returned");
        assertThat(pay(early)).containsExactly("duplicate");
        assertThat(statement.payments(early).values()).containsExactly(1);
    }

    private PayBatch payBatch() {
        return new PayBatch(database, claim, settle, table, idempotency, bank, clock);
    }

    private void timePasses() {
        clock.passes(Duration.ofMinutes(2));
        resolver.run();
    }

    /// The relay reads below the oldest running transaction; another one may just be running.
    private void relayNews() {
        awaitUntil(
                () -> {
                    relay.relay();
                    return database.<Boolean>transaction(
                            tx -> tx.createQuery(NO_NEWS).mapTo(Boolean.class).one());
                });
    }

    private List<String> pay(List<String> ids) {
        return pay(ids, "payee@example.com");
    }

    private List<String> pay(List<String> ids, String key) {
        var result = payBatch.pay(new Request(submission(ids, key), Optional.empty()));
        return ((Reported) result)
                .report().outcomes().stream().map(ContraryBankTest::word).toList();
    }

    private Submission submission(List<String> ids) {
        return submission(ids, "payee@example.com");
    }

    private Submission submission(List<String> ids, String key) {
        var items =
                ids.stream()
                        .map(
                                id ->
                                        new Submission.Item(
                                                Ids.next(),
                                                id,
                                                null,
                                                key,
                                                PixKey.parse(key).orElseThrow(),
                                                100,
                                                null,
                                                null))
                        .toList();
        return new Submission(
                Ids.next(), run, Caller.SYSTEM, AccountCode.PAYOUTS, clock.instant(), items);
    }

    private List<String> ids(int count) {
        return IntStream.range(0, count).mapToObj(i -> "%s-%05d".formatted(run, i)).toList();
    }

    private List<String> statuses(List<String> ids) {
        return database.snapshot(
                tx -> table.read(tx, ids).stream().map(PayoutTable.Stored::status).toList());
    }

    private List<String> statusesOf(String status) {
        return database.snapshot(
                tx ->
                        tx.createQuery(OF_STATUS)
                                .bind("batch", run)
                                .bind("status", status)
                                .mapTo(String.class)
                                .list());
    }

    private List<String> unfinished() {
        return database.snapshot(
                tx -> tx.createQuery(UNFINISHED).bind("batch", run).mapTo(String.class).list());
    }

    private int alarms(List<String> ids) {
        return database.snapshot(
                tx ->
                        tx.createQuery(ALARMS)
                                .bindArray("ids", String.class, ids)
                                .mapTo(Integer.class)
                                .one());
    }

    private void assertEverythingIsInOrder() {
        assertThat(audit.findings()).allSatisfy(each -> assertThat(each.wrong()).isEmpty());
    }

    private static List<String> providerIds(List<Order> orders) {
        return orders.stream().map(Order::providerId).sorted().toList();
    }

    private static SendResult paid() {
        return new SendResult.Paid("E0000000020261122090000000000000", java.time.Instant.EPOCH);
    }

    private static SendResult refused() {
        return new SendResult.Refused("refused_by_bank");
    }

    private static String word(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Paid _ -> "paid";
            case Outcome.Failed _ -> "failed";
            case Outcome.Duplicate _ -> "duplicate";
            case Outcome.Processing _ -> "processing";
            case Outcome.Held _ -> "held";
            case Outcome.WouldPay _ -> "would_pay";
        };
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    private static void awaitUntil(java.util.function.BooleanSupplier condition) {
        var until = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(until);
            try {
                Thread.sleep(20);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(interrupted);
            }
        }
    }
}
