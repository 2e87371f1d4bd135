package vintem.payouts;

import static org.assertj.core.api.Assertions.assertThat;
import static vintem.payouts.Batches.batch;
import static vintem.payouts.Batches.item;
import static vintem.payouts.Treasury.cancel;
import static vintem.payouts.Treasury.code;
import static vintem.payouts.Treasury.details;
import static vintem.payouts.Treasury.hold;
import static vintem.payouts.Treasury.person;
import static vintem.payouts.Treasury.refuse;
import static vintem.payouts.Treasury.release;
import static vintem.payouts.Treasury.status;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import vintem.Books;
import vintem.Http;
import vintem.MovableClock;
import vintem.Rows;
import vintem.World;
import vintem.ledger.AccountCode;
import vintem.ledger.Ledger;
import vintem.ledger.Transfer;
import vintem.payouts.Treasury.Person;
import vintem.platform.Database;
import vintem.platform.Ids;
import vintem.platform.Together;

/// Above what its sender may send alone, a batch waits for another person, who releases exactly
/// what they saw.
@QuarkusTest
@QuarkusTestResource(World.class)
class TwoPeopleTest {
    private static final Map<String, Object> ALONE_UP_TO_1_000 =
            Map.of("release_above_cents", 1_000);

    @Inject BankStatement statement;
    @Inject ReleaseDueHolds job;
    @Inject MovableClock clock;
    @Inject Database database;
    @Inject Ledger ledger;

    private final String run = Ids.next().toString();

    @AfterEach
    void nothing_was_sent_twice() {
        assertThat(statement.sentAgain(run)).isEmpty();
    }

    @AfterAll
    static void every_cent_is_there() {
        Books.assertInOrder();
    }

    @Test
    void up_to_its_threshold_a_batch_is_paid_in_its_request_to_the_letter_of_the_contract() {
        var ana = person(ALONE_UP_TO_1_000);
        var answer =
                ana.http().post("/payouts/batch", batch(run, item(id(1), 600), item(id(2), 400)));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body())
                .isEqualTo(
                        """
                        {"batch_id":"%s","processed":2,"successful":2,"failed":0,"duplicates":0,\
                        "details":[{"external_id":"%s","status":"paid","amount_cents":600},\
                        {"external_id":"%s","status":"paid","amount_cents":400}]}"""
                                .formatted(run, id(1), id(2)));
    }

    @Test
    void above_it_the_batch_waits_and_another_person_releases_it() {
        var ana = person(ALONE_UP_TO_1_000);
        var bruno = person(Map.of());
        var before = bank();
        var answer = send(ana);
        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.header("Location")).isEqualTo("/payouts/batches/" + run);
        assertThat(answer.body())
                .isEqualTo(
                        """
                        {"batch_id":"%s","processed":2,"successful":0,"failed":0,"duplicates":0,\
                        "processing":2,"details":[{"external_id":"%s","status":"processing",\
                        "amount_cents":600,"reason":"awaiting_release"},{"external_id":"%s",\
                        "status":"processing","amount_cents":401,"reason":"awaiting_release"}]}"""
                                .formatted(run, id(1), id(2)));
        assertThat(bank()).as("no money moves while it waits").isEqualTo(before);
        assertThat(paid()).isZero();
        assertThat(status(id(1))).isEqualTo("held awaiting_release");

        var hold = hold(run);
        assertThat(hold.get("state").textValue()).isEqualTo("waiting");
        assertThat(hold.get("amount_cents").longValue()).isEqualTo(1_001);
        var released = release(bruno.http(), hold);
        assertThat(released.status()).as(released.body()).isEqualTo(200);
        assertThat(released.json().get("state").textValue()).isEqualTo("released");
        assertThat(released.json().get("decided_by").textValue()).isEqualTo(bruno.name());
        assertThat(paid()).isEqualTo(2);
        assertThat(status(id(1))).isEqualTo("paid");
        assertThat(bank()).isEqualTo(before - 1_001);

        // Asked again, by the same person, it is the same, and nothing is sent.
        assertThat(release(bruno.http(), hold).status()).isEqualTo(200);
        assertThat(code(release(person(Map.of()).http(), hold))).isEqualTo("409 decided-otherwise");
        assertThat(paid()).isEqualTo(2);
        var log = Http.admin().get("/access-log?limit=20").body();
        assertThat(log).contains("batch.released", hold.get("id").textValue());
    }

    @Test
    void in_two_pieces_a_batch_is_no_smaller() {
        var ana = person(ALONE_UP_TO_1_000);
        assertThat(details(ana.http().post("/payouts/batch", batch(run, item(id(1), 600)))))
                .containsExactly(id(1) + " paid");
        assertThat(details(ana.http().post("/payouts/batch", batch(run, item(id(2), 400)))))
                .containsExactly(id(2) + " paid");
        var carla = person(ALONE_UP_TO_1_000);
        assertThat(details(carla.http().post("/payouts/batch", batch(run, item(id(3), 1)))))
                .containsExactly(id(3) + " processing awaiting_release");
        // Another batch begins anew, and what a second person has looked at does not count.
        var other = run + "-other";
        assertThat(details(ana.http().post("/payouts/batch", batch(other, item(id(4), 1_001)))))
                .containsExactly(id(4) + " processing awaiting_release");
        assertThat(release(carla.http(), hold(other)).status()).isEqualTo(200);
        assertThat(details(ana.http().post("/payouts/batch", batch(other, item(id(5), 1_000)))))
                .containsExactly(id(5) + " paid");
    }

    @Test
    void of_two_pieces_at_once_one_waits() {
        var ana = person(ALONE_UP_TO_1_000).http();
        var answers =
                Together.<Http.Answer>atOnce(
                        List.of(
                                () -> ana.post("/payouts/batch", batch(run, item(id(1), 700))),
                                () -> ana.post("/payouts/batch", batch(run, item(id(2), 700)))));
        assertThat(answers.stream().flatMap(it -> details(it).stream()))
                .hasSize(2)
                .filteredOn(it -> it.endsWith(" processing awaiting_release"))
                .hasSize(1);
        assertThat(paid()).isEqualTo(1);
    }

    @Test
    void what_waits_is_a_duplicate_for_whoever_sends_it_again() {
        var ana = person(ALONE_UP_TO_1_000);
        send(ana);
        assertThat(details(Http.admin().post("/payouts/batch", batch(run + "b", item(id(1), 600)))))
                .containsExactly(id(1) + " duplicate was=held");
        release(person(Map.of()).http(), hold(run));
        assertThat(details(Http.admin().post("/payouts/batch", batch(run + "b", item(id(1), 600)))))
                .containsExactly(id(1) + " duplicate");
    }

    @Test
    void the_same_request_with_its_key_is_answered_with_the_same_bytes() {
        var keyed = person(ALONE_UP_TO_1_000).http().with("Idempotency-Key", run);
        var body = batch(run, item(id(1), 600), item(id(2), 401));
        var first = keyed.post("/payouts/batch", body);
        var again = keyed.post("/payouts/batch", body);
        assertThat(again.status()).isEqualTo(202);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(again.header("Idempotency-Hit")).isEqualTo("true");
        assertThat(again.header("Location")).isEqualTo("/payouts/batches/" + run);
        assertThat(Treasury.holds(run)).hasSize(1);
        cancel(keyed, hold(run));
    }

    @Test
    void a_preflight_says_that_it_would_wait_and_writes_nothing() {
        var ana = person(ALONE_UP_TO_1_000);
        var body = batch(run, item(id(1), 2_000));
        var answer = ana.http().post("/payouts/batch?dry_run=true", body);
        assertThat(details(answer)).containsExactly(id(1) + " would_pay awaiting_release");
        assertThat(Http.admin().get("/payouts/" + id(1)).status()).isEqualTo(404);
    }

    @Test
    void two_who_race_to_release_it_send_it_once() {
        send(person(ALONE_UP_TO_1_000));
        var hold = hold(run);
        var people = List.of(person(Map.of()), person(Map.of()), person(Map.of()));
        var answers =
                Together.<Http.Answer>atOnce(
                        people.stream()
                                .<java.util.concurrent.Callable<Http.Answer>>map(
                                        each -> () -> release(each.http(), hold))
                                .toList());
        assertThat(answers).extracting(Http.Answer::status).containsOnlyOnce(200).contains(409);
        assertThat(paid()).isEqualTo(2);
    }

    @Test
    void one_who_releases_and_one_who_refuses_at_once_leave_one_outcome() {
        send(person(ALONE_UP_TO_1_000));
        var hold = hold(run);
        var bruno = person(Map.of());
        var carla = person(Map.of());
        var answers =
                Together.<Http.Answer>atOnce(
                        List.of(
                                () -> release(bruno.http(), hold),
                                () -> refuse(carla.http(), hold)));
        assertThat(answers).extracting(Http.Answer::status).containsOnlyOnce(200).contains(409);
        var released = answers.getFirst().status() == 200;
        assertThat(status(id(1))).isEqualTo(released ? "paid" : "failed release_refused");
        assertThat(paid()).isEqualTo(released ? 2 : 0);
    }

    @Test
    void whoever_sent_it_may_not_release_it_by_session_or_by_key() {
        var ana = person(ALONE_UP_TO_1_000);
        send(ana);
        assertThat(code(release(ana.http(), hold(run)))).isEqualTo("403 same-person");
        assertThat(code(release(ana.key(Map.of()), hold(run)))).isEqualTo("403 forbidden");
        assertThat(paid()).isZero();
        assertThat(status(id(1))).isEqualTo("held awaiting_release");
        assertThat(cancel(ana.http(), hold(run)).status()).isEqualTo(200);
    }

    @Test
    void whoever_made_the_key_that_sent_it_may_not_release_it() {
        var ana = person(Map.of());
        var key = ana.key(ALONE_UP_TO_1_000);
        assertThat(key.post("/payouts/batch", two()).status()).isEqualTo(202);
        assertThat(code(release(ana.http(), hold(run)))).isEqualTo("403 same-person");
        assertThat(release(person(Map.of()).http(), hold(run)).status()).isEqualTo(200);
        assertThat(paid()).isEqualTo(2);
    }

    @Test
    void a_release_that_names_something_else_is_refused() {
        send(person(ALONE_UP_TO_1_000));
        var bruno = person(Map.of());
        assertThat(code(release(bruno.http(), hold(run), "0".repeat(64))))
                .isEqualTo("409 changed-since-seen");
        assertThat(paid()).isZero();
        assertThat(release(bruno.http(), hold(run)).status()).isEqualTo(200);
    }

    @Test
    void a_batch_that_was_changed_after_it_was_seen_is_not_released() {
        send(person(ALONE_UP_TO_1_000));
        var bruno = person(Map.of());
        var seen = hold(run);
        Rows.change(
                "update payout set pix_key = 'mallory@mail.com' where external_id = '%s'"
                        .formatted(id(2)));
        assertThat(code(release(bruno.http(), seen))).isEqualTo("409 changed-since-seen");
        var look = bruno.http().get(Treasury.path(seen)).json();
        assertThat(look.get("changed").booleanValue()).isTrue();
        assertThat(paid()).isZero();
        assertThat(refuse(bruno.http(), seen).status()).isEqualTo(200);
        assertThat(status(id(2))).isEqualTo("failed release_refused");
        assertThat(paid()).isZero();
    }

    @Test
    void what_was_refused_may_be_sent_again_and_waits_again() {
        var ana = person(ALONE_UP_TO_1_000);
        send(ana);
        var refused = hold(run);
        assertThat(refuse(person(Map.of()).http(), refused).status()).isEqualTo(200);
        assertThat(status(id(1))).isEqualTo("failed release_refused");
        assertThat(details(send(ana)))
                .containsExactly(
                        id(1) + " processing awaiting_release",
                        id(2) + " processing awaiting_release");
        var holds = Treasury.holds(run);
        assertThat(holds).hasSize(2);
        assertThat(release(person(Map.of()).http(), holds.getLast()).status()).isEqualTo(200);
        assertThat(paid()).isEqualTo(2);
        assertThat(code(release(person(Map.of()).http(), refused)))
                .isEqualTo("409 decided-otherwise");
    }

    @Test
    void nobody_releases_more_than_they_may() {
        send(person(ALONE_UP_TO_1_000));
        var small = person(Map.of("release_limit_cents", 1_000));
        assertThat(code(release(small.http(), hold(run)))).isEqualTo("422 over-limit");
        var enough = person(Map.of("release_limit_cents", 1_001));
        assertThat(release(enough.http(), hold(run)).status()).isEqualTo(200);
    }

    @Test
    void whoever_may_only_read_releases_nothing() {
        send(person(ALONE_UP_TO_1_000));
        var reader = person(Map.of("roles", Map.of("payouts", "read")));
        assertThat(release(reader.http(), hold(run)).status()).isEqualTo(403);
        var seen = reader.http().get(Treasury.path(hold(run)));
        assertThat(seen.status()).isEqualTo(200);
        assertThat(seen.body()).doesNotContain(Batches.KEY);
        assertThat(refuse(Http.admin(), hold(run)).status()).isEqualTo(200);
    }

    @Test
    void nobody_releases_what_a_revoked_key_has_sent() {
        var ana = person(Map.of());
        var made =
                ana.http()
                        .post(
                                "/keys",
                                """
                                {"name":"k","roles":{"payouts":"operator"},
                                "release_above_cents":1000}""")
                        .json();
        var key = Http.nobody().bearer(made.get("key").textValue());
        assertThat(key.post("/payouts/batch", two()).status()).isEqualTo(202);
        ana.http().send("DELETE", "/keys/" + made.get("id").textValue(), new byte[0]);
        var bruno = person(Map.of());
        assertThat(code(release(bruno.http(), hold(run)))).isEqualTo("409 sender-gone");
        assertThat(refuse(bruno.http(), hold(run)).status()).isEqualTo(200);
        assertThat(paid()).isZero();
    }

    @Test
    void what_nobody_releases_in_time_is_given_up() {
        send(person(ALONE_UP_TO_1_000));
        var hold = hold(run);
        clock.passes(Duration.ofHours(73));
        assertThat(code(release(person(Map.of()).http(), hold))).isEqualTo("409 decided-otherwise");
        job.run();
        assertThat(status(id(1))).isEqualTo("failed release_expired");
        assertThat(hold(run).get("state").textValue()).isEqualTo("expired");
        assertThat(paid()).isZero();
    }

    @Test
    void the_senders_limit_of_the_day_counts_when_it_is_released() {
        var ana = person(Map.of("release_above_cents", 500, "daily_limit_cents", 1_000));
        assertThat(ana.http().post("/payouts/batch", batch(run, item(id(1), 900))).status())
                .isEqualTo(202);
        // Nothing is used while it waits: what she pays meanwhile counts first.
        assertThat(details(ana.http().post("/payouts/batch", batch(run + "b", item(id(2), 400)))))
                .containsExactly(id(2) + " paid");
        assertThat(release(person(Map.of()).http(), hold(run)).status()).isEqualTo(200);
        assertThat(status(id(1))).isEqualTo("failed daily_limit_exceeded");
    }

    @Test
    void all_or_nothing_is_kept_when_it_is_released() {
        var ana = person(Map.of("release_above_cents", 500, "daily_limit_cents", 1_000));
        var body = batch(run, item(id(1), 600), item(id(2), 400));
        assertThat(ana.http().post("/payouts/batch?all_or_nothing=true", body).status())
                .isEqualTo(202);
        assertThat(details(ana.http().post("/payouts/batch", batch(run + "b", item(id(3), 400)))))
                .containsExactly(id(3) + " paid");
        var bruno = person(Map.of());
        assertThat(code(release(bruno.http(), hold(run)))).isEqualTo("422 not-all-payable");
        assertThat(hold(run).get("state").textValue()).isEqualTo("waiting");
        assertThat(paid()).isZero();
        assertThat(refuse(bruno.http(), hold(run)).status()).isEqualTo(200);
    }

    @Test
    void what_there_is_no_money_for_fails_when_it_is_released_and_is_told_as_news() {
        send(person(ALONE_UP_TO_1_000));
        var parked = park(700);
        try {
            assertThat(release(person(Map.of()).http(), hold(run)).status()).isEqualTo(200);
        } finally {
            unpark(parked);
        }
        assertThat(status(id(1))).isEqualTo("paid");
        assertThat(status(id(2))).isEqualTo("failed insufficient_funds");
        assertThat(
                        Rows.number(
                                "select count(*) from outbox where type = 'payout.failed'"
                                        + " and body::text like '%' || ? || '%'",
                                id(2)))
                .isEqualTo(1);
    }

    private Http.Answer send(Person person) {
        return person.http().post("/payouts/batch", two());
    }

    private String two() {
        return batch(run, item(id(1), 600), item(id(2), 401));
    }

    private String id(int number) {
        return run + "-" + number;
    }

    private long paid() {
        return statement.payments(List.of(id(1), id(2))).values().stream()
                .mapToInt(Integer::intValue)
                .sum();
    }

    private long bank() {
        return database.snapshot(tx -> ledger.balanceCents(tx, AccountCode.BANK));
    }

    /// Leaves so much in `bank`.
    private long park(long leave) {
        return database.transaction(
                tx -> {
                    var rest = ledger.balanceCents(tx, AccountCode.BANK) - leave;
                    ledger.record(tx, List.of(move(AccountCode.BANK_FEES, AccountCode.BANK, rest)));
                    return rest;
                });
    }

    private void unpark(long cents) {
        database.run(
                tx ->
                        ledger.record(
                                tx, List.of(move(AccountCode.BANK, AccountCode.BANK_FEES, cents))));
    }

    private Transfer move(AccountCode debit, AccountCode credit, long cents) {
        return Transfer.of(debit, credit, cents, "parked", Ids.next(), clock.instant());
    }
}
