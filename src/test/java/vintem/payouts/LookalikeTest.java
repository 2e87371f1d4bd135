package vintem.payouts;

import static org.assertj.core.api.Assertions.assertThat;
import static vintem.payouts.Batches.batch;
import static vintem.payouts.Batches.item;
import static vintem.payouts.Treasury.cancel;
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
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import vintem.Books;
import vintem.Http;
import vintem.MovableClock;
import vintem.Rows;
import vintem.World;
import vintem.platform.Ids;
import vintem.platform.Together;

/// The same key and amount under a new id, soon after: held, and paid by nobody's mistake.
@QuarkusTest
@QuarkusTestResource(World.class)
class LookalikeTest {
    @Inject MovableRules rules;
    @Inject BankStatement statement;
    @Inject ReleaseDueHolds job;
    @Inject MovableClock clock;

    private final String run = Ids.next().toString();
    private final String key = run.replace("-", "") + "@mail.com";

    @BeforeEach
    void somebody_looks() {
        rules.looksForLookalikes(Duration.ofMinutes(10));
    }

    @AfterEach
    void nobody_looks_any_more() {
        rules.looksForLookalikes(Duration.ZERO);
    }

    @AfterAll
    static void every_cent_is_there() {
        Books.assertInOrder();
    }

    @Test
    void a_lookalike_is_held_and_paid_when_a_person_releases_it() {
        assertThat(pay("a", 700)).containsExactly(id("a") + " paid");
        assertThat(pay("b", 700)).containsExactly(id("b") + " processing lookalike");
        assertThat(statement.payments(id("b"))).isZero();
        var hold = hold(id("b"));
        assertThat(hold.get("kind").textValue()).isEqualTo("lookalike");
        // Whoever sent it may say that it is meant.
        assertThat(release(Http.admin(), hold).status()).isEqualTo(200);
        assertThat(status(id("b"))).isEqualTo("paid");
        assertThat(statement.payments(id("b"))).isEqualTo(1);
    }

    @Test
    void a_lookalike_that_a_person_refuses_is_never_paid() {
        pay("a", 700);
        pay("b", 700);
        assertThat(refuse(Http.admin(), hold(id("b"))).status()).isEqualTo(200);
        assertThat(status(id("b"))).isEqualTo("failed release_refused");
        assertThat(statement.payments(id("b"))).isZero();
    }

    @Test
    void another_amount_another_key_or_a_later_hour_is_no_lookalike() {
        pay("a", 700);
        assertThat(pay("b", 701)).containsExactly(id("b") + " paid");
        var other = batch(id("c"), item(id("c"), 700, "other-" + key));
        assertThat(details(Http.admin().post("/payouts/batch", other)))
                .containsExactly(id("c") + " paid");
        clock.passes(Duration.ofMinutes(11));
        assertThat(pay("d", 700)).containsExactly(id("d") + " paid");
    }

    @Test
    void what_failed_keeps_nobody_waiting() {
        var refused = "refused-" + run + "@mail.com";
        var scenario = batch(id("a"), item(id("a"), 700, refused));
        var first = details(Http.admin().post("/payouts/batch", scenario)).getFirst();
        var second =
                details(
                                Http.admin()
                                        .post(
                                                "/payouts/batch",
                                                batch(id("b"), item(id("b"), 700, refused))))
                        .getFirst();
        var asFirst = first.contains("failed") ? "failed" : "lookalike";
        assertThat(second).contains(asFirst);
    }

    @Test
    void the_others_of_its_batch_are_paid() {
        pay("a", 700);
        var mixed = batch(id("m"), item(id("m1"), 700, key), item(id("m2"), 900, key));
        var answer = Http.admin().post("/payouts/batch", mixed);
        assertThat(answer.status()).isEqualTo(202);
        assertThat(details(answer))
                .containsExactly(id("m1") + " processing lookalike", id("m2") + " paid");
        assertThat(cancel(Http.admin(), hold(id("m"))).status()).isEqualTo(200);
    }

    @Test
    void all_or_nothing_holds_all_of_it() {
        pay("a", 700);
        var mixed = batch(id("m"), item(id("m1"), 700, key), item(id("m2"), 900, key));
        assertThat(details(Http.admin().post("/payouts/batch?all_or_nothing=true", mixed)))
                .containsExactly(
                        id("m1") + " processing lookalike", id("m2") + " processing lookalike");
        assertThat(release(Http.admin(), hold(id("m"))).status()).isEqualTo(200);
        assertThat(status(id("m2"))).isEqualTo("paid");
    }

    @Test
    void twice_in_one_batch_the_second_is_held() {
        var twice = batch(id("t"), item(id("t1"), 700, key), item(id("t2"), 700, key));
        assertThat(details(Http.admin().post("/payouts/batch", twice)))
                .containsExactly(id("t1") + " paid", id("t2") + " processing lookalike");
        assertThat(refuse(Http.admin(), hold(id("t"))).status()).isEqualTo(200);
    }

    @Test
    void of_many_at_once_one_is_paid_without_a_person() {
        // Signed in before: so many at once by one name look like guessing.
        var admin = Http.admin();
        var answers =
                Together.atOnce(
                        IntStream.range(0, 8)
                                .<java.util.concurrent.Callable<List<String>>>mapToObj(
                                        each -> () -> pay(admin, "x" + each, 700))
                                .toList());
        assertThat(answers)
                .flatExtracting(each -> each)
                .filteredOn(each -> each.endsWith(" paid"))
                .hasSize(1);
        var ids = IntStream.range(0, 8).mapToObj(each -> id("x" + each)).toList();
        assertThat(statement.payments(ids).values().stream().mapToInt(each -> each).sum())
                .isEqualTo(1);
    }

    @Test
    void what_is_scheduled_makes_a_lookalike_however_long_ago_it_was_sent() {
        var body =
                "{\"batch_id\":\"%s\",\"scheduled_for\":\"%s\",\"items\":[%s]}"
                        .formatted(
                                id("s"),
                                clock.instant()
                                        .plus(Duration.ofHours(2))
                                        .truncatedTo(java.time.temporal.ChronoUnit.SECONDS),
                                item(id("s"), 700, key));
        assertThat(Http.admin().post("/payouts/batch", body).status()).isEqualTo(202);
        clock.passes(Duration.ofHours(1));
        assertThat(pay("b", 700)).containsExactly(id("b") + " processing lookalike");
        assertThat(refuse(Http.admin(), hold(id("b"))).status()).isEqualTo(200);
        clock.passes(Duration.ofHours(1));
        job.run();
        assertThat(status(id("s"))).isEqualTo("paid");
        // From when it was sent, not from when it was asked for.
        assertThat(pay("c", 700)).containsExactly(id("c") + " processing lookalike");
    }

    @Test
    void above_the_threshold_lookalikes_wait_with_their_batch_and_are_marked() {
        pay("a", 700);
        var ana = person(Map.of("release_above_cents", 1_000));
        var mixed = batch(id("m"), item(id("m1"), 700, key), item(id("m2"), 900, key));
        assertThat(ana.http().post("/payouts/batch", mixed).status()).isEqualTo(202);
        var hold = hold(id("m"));
        assertThat(hold.get("kind").textValue()).isEqualTo("approval");
        assertThat(hold.get("lookalikes").longValue()).isEqualTo(1);
        var look = Http.admin().get(Treasury.path(hold)).json();
        assertThat(look.at("/details/0/lookalike").booleanValue()).isTrue();
        assertThat(look.at("/details/1/lookalike").booleanValue()).isFalse();
        assertThat(release(Http.admin(), hold).status()).isEqualTo(200);
        assertThat(status(id("m1"))).isEqualTo("paid");
    }

    @Test
    void while_nobody_looks_nothing_is_held_and_nothing_is_written() {
        rules.looksForLookalikes(Duration.ZERO);
        var before = Rows.number("select count(*) from payout_likeness");
        assertThat(pay("a", 700)).containsExactly(id("a") + " paid");
        assertThat(pay("b", 700)).containsExactly(id("b") + " paid");
        assertThat(Rows.number("select count(*) from payout_likeness")).isEqualTo(before);
    }

    private List<String> pay(String name, long cents) {
        return pay(Http.admin(), name, cents);
    }

    private List<String> pay(Http sender, String name, long cents) {
        return details(sender.post("/payouts/batch", batch(id(name), item(id(name), cents, key))));
    }

    private String id(String name) {
        return run + "-" + name;
    }
}
