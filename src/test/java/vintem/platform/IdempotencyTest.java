package vintem.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vintem.MovableClock;
import vintem.platform.Idempotency.Claim;
import vintem.platform.Idempotency.Identity;
import vintem.platform.Idempotency.Request;

/// The same request again, on a real PostgreSQL.
class IdempotencyTest {
    private static final UUID CALLER = new UUID(1, 1);
    private static final Claim FRESH = new Claim.Fresh();
    private static final Claim IN_FLIGHT = new Claim.InFlight();
    private static final Claim OTHER = new Claim.OtherRequest();
    private static final byte[] ANSWER = "{\"paid\":1}".getBytes(StandardCharsets.UTF_8);

    private static TestDatabase test;

    private final MovableClock clock = new MovableClock();
    private final Idempotency idempotency = TestDatabase.idempotency(test.database(), clock);
    private final String key = Ids.next().toString();

    @BeforeAll
    static void a_database() {
        test = TestDatabase.fresh();
    }

    @AfterAll
    static void closed() {
        test.close();
    }

    @Test
    void of_callers_at_once_with_one_key_one_goes_on_and_the_others_wait_and_hear_so() {
        var claims = Together.atOnce(8, () -> claim(request("body")));
        assertThat(claims).containsOnlyOnce(FRESH);
        assertThat(claims).filteredOn(each -> !each.equals(FRESH)).containsOnly(IN_FLIGHT);
    }

    @Test
    void whoever_comes_while_the_first_is_writing_waits_and_gets_its_answer() {
        var claimed = new CountDownLatch(1);
        var mayCommit = new CountDownLatch(1);
        var first =
                Together.beside(
                        () ->
                                test.database()
                                        .run(
                                                tx -> {
                                                    var mine = request("body");
                                                    idempotency.claim(tx, mine);
                                                    claimed.countDown();
                                                    Together.await(mayCommit);
                                                    idempotency.finish(
                                                            tx, mine.identity(), 201, ANSWER);
                                                }));
        Together.await(claimed, first);
        var second = CompletableFuture.supplyAsync(() -> claim(request("body")));
        Together.pause(Duration.ofMillis(100));
        assertThat(second).isNotDone();
        mayCommit.countDown();
        first.join();
        assertReplays(second.join());
    }

    @Test
    void the_same_request_gets_the_same_status_and_bytes_again() {
        assertThat(claim(request("body"))).isEqualTo(FRESH);
        finish();
        assertReplays(claim(request("body")));
        clock.passes(Duration.ofDays(29));
        assertReplays(claim(request("body")));
    }

    @Test
    void another_body_under_the_same_key_is_refused_before_and_after_the_answer() {
        claim(request("body"));
        assertThat(claim(request("another"))).isEqualTo(OTHER);
        finish();
        assertThat(claim(request("another"))).isEqualTo(OTHER);
        assertThat(Idempotency.refusal(OTHER).status()).isEqualTo(422);
    }

    @Test
    void while_a_request_is_under_way_the_same_one_is_told_to_come_back() {
        claim(request("body"));
        assertThat(claim(request("body"))).isEqualTo(IN_FLIGHT);
        var problem = Idempotency.refusal(IN_FLIGHT);
        assertThat(problem.status()).isEqualTo(409);
        assertThat(problem.headers()).containsEntry("Retry-After", "1");
    }

    @Test
    void the_key_of_a_node_that_died_is_taken_over_when_its_lease_is_over_and_by_one_only() {
        claim(request("body"));
        clock.passes(Duration.ofSeconds(119));
        assertThat(claim(request("body"))).isEqualTo(IN_FLIGHT);
        clock.passes(Duration.ofSeconds(2));
        assertThat(claim(request("another"))).isEqualTo(OTHER);
        assertThat(Together.atOnce(4, () -> claim(request("body")))).containsOnlyOnce(FRESH);
        assertThat(claim(request("body"))).isEqualTo(IN_FLIGHT);
    }

    @Test
    void a_list_that_is_run_again_knows_its_own_claims() {
        var mine = request("body");
        assertThat(claim(mine)).isEqualTo(FRESH);
        assertThat(claim(mine)).isEqualTo(FRESH);
        assertThat(claim(request("body"))).isEqualTo(IN_FLIGHT);
    }

    @Test
    void of_equal_keys_in_one_list_the_first_is_claimed_and_the_others_are_under_way() {
        var other = new Request(identity(key + "x"), hash("body"), Ids.next());
        var claims = claims(request("body"), other, request("body"), request("another"));
        assertThat(claims).containsExactly(FRESH, FRESH, IN_FLIGHT, OTHER);
    }

    @Test
    void of_equal_keys_in_one_list_that_were_answered_before_all_get_the_answer() {
        claim(request("body"));
        finish();
        var claims = claims(request("body"), request("body"), request("another"));
        assertReplays(claims.get(0));
        assertReplays(claims.get(1));
        assertThat(claims.get(2)).isEqualTo(OTHER);
    }

    @Test
    void lists_with_the_same_keys_in_any_order_never_wait_for_each_other_for_ever() {
        var works =
                IntStream.range(0, 6)
                        .<Callable<Integer>>mapToObj(
                                thread ->
                                        () -> {
                                            var fresh = 0;
                                            for (var round = 0; round < 10; round++) {
                                                fresh += shuffledClaims(round, thread);
                                            }
                                            return fresh;
                                        })
                        .toList();
        var fresh = Together.atOnce(works).stream().mapToInt(each -> each).sum();
        assertThat(fresh).isEqualTo(10 * 12);
    }

    @Test
    void a_claim_that_is_rolled_back_leaves_the_key_free() {
        test.database()
                .transaction(tx -> Database.rollback(tx, idempotency.claim(tx, request("body"))));
        assertThat(claim(request("another"))).isEqualTo(FRESH);
    }

    @Test
    void a_claim_that_is_given_up_leaves_the_key_free_and_an_answer_cannot_be_given_up() {
        claim(request("body"));
        test.database().run(tx -> idempotency.release(tx, List.of(identity(key))));
        assertThat(claim(request("another"))).isEqualTo(FRESH);
        finish();
        test.database().run(tx -> idempotency.release(tx, List.of(identity(key))));
        assertReplays(claim(request("another")));
    }

    @Test
    void a_key_belongs_to_its_caller_and_route() {
        claim(request("body"));
        var another = new Identity(new UUID(2, 2), "POST /x", key);
        var elsewhere = new Identity(CALLER, "POST /y", key);
        assertThat(claim(new Request(another, hash("b"), Ids.next()))).isEqualTo(FRESH);
        assertThat(claim(new Request(elsewhere, hash("b"), Ids.next()))).isEqualTo(FRESH);
    }

    @Test
    void keys_are_forgotten_after_thirty_days() {
        claim(request("body"));
        finish();
        clock.passes(Duration.ofDays(31));
        idempotency.forget();
        assertThat(claim(request("another"))).isEqualTo(FRESH);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "with blank", "tab\t", "ação", "\u0000", "\u007f"})
    void a_header_that_is_not_visible_ascii_is_a_mistake(String header) {
        assertThatThrownBy(() -> Idempotency.identity(CALLER, "POST /x", header))
                .isInstanceOf(Problem.class);
    }

    @Test
    void a_header_may_be_255_characters_long_and_not_longer() {
        assertThat(Idempotency.identity(CALLER, "POST /x", "k".repeat(255))).isPresent();
        assertThatThrownBy(() -> Idempotency.identity(CALLER, "POST /x", "k".repeat(256)))
                .isInstanceOf(Problem.class);
        assertThat(Idempotency.identity(CALLER, "POST /x", null)).isEmpty();
    }

    private int shuffledClaims(int round, int thread) {
        var keys = IntStream.range(0, 12).mapToObj(each -> "r" + round + "k" + each).toList();
        var shuffled = new java.util.ArrayList<>(keys);
        java.util.Collections.shuffle(shuffled, new java.util.Random(round * 31L + thread));
        var requests =
                shuffled.stream()
                        .map(each -> new Request(identity(key + each), hash("b"), Ids.next()))
                        .toArray(Request[]::new);
        return (int) claims(requests).stream().filter(FRESH::equals).count();
    }

    private Claim claim(Request request) {
        return claims(request).getFirst();
    }

    private List<Claim> claims(Request... requests) {
        return test.database().transaction(tx -> idempotency.claim(tx, List.of(requests)));
    }

    private void finish() {
        test.database().run(tx -> idempotency.finish(tx, identity(key), 201, ANSWER));
    }

    private static void assertReplays(Claim claim) {
        assertThat(claim).isInstanceOf(Claim.Replay.class);
        assertThat(((Claim.Replay) claim).status()).isEqualTo(201);
        assertThat(((Claim.Replay) claim).body()).isEqualTo(ANSWER);
    }

    private Request request(String body) {
        return new Request(identity(key), hash(body), Ids.next());
    }

    private static Identity identity(String key) {
        return new Identity(CALLER, "POST /x", key);
    }

    private static byte[] hash(String body) {
        return Idempotency.hash(body.getBytes(StandardCharsets.UTF_8));
    }
}
