package vintem.payouts;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static vintem.payouts.Batches.batch;
import static vintem.payouts.Batches.counts;
import static vintem.payouts.Batches.item;
import static vintem.payouts.Batches.lines;
import static vintem.payouts.Batches.mistakes;
import static vintem.payouts.Batches.nameless;
import static vintem.payouts.Batches.pointers;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import vintem.Books;
import vintem.Http;
import vintem.MovableClock;
import vintem.Rows;
import vintem.World;
import vintem.ledger.AccountCode;
import vintem.ledger.Ledger;
import vintem.ledger.Transfer;
import vintem.platform.Database;
import vintem.platform.Idempotency;

/// The rules of `contracts/payouts.md`, each by its name.
@QuarkusTest
@QuarkusTestResource(World.class)
class PayoutRulesTest {
    private static final long MOST = 10_000_000_000L;
    private static final String SANDBOX = "@sandbox.vintem.invalid";

    @Inject MovableClock clock;
    @Inject Clock now;
    @Inject Database database;
    @Inject Ledger ledger;
    @Inject Idempotency idempotency;
    @Inject ResolveUnknownPayouts resolver;
    @Inject BookReturns returns;

    private Http admin;

    @BeforeEach
    void somebody_is_there() {
        admin = Http.admin();
    }

    @AfterAll
    static void every_cent_is_there() {
        Books.assertInOrder();
    }

    // Rule 1: at most one settled payment per external_id.

    @Test
    void however_many_send_one_id_at_once_it_is_paid_once_and_nobody_sees_an_error()
            throws Exception {
        var answers = atOnce(40, i -> pay(batch("r1-at-once-" + i, item("r1-one", 1_000))));
        assertThat(answers).allSatisfy(each -> assertThat(each.status()).isEqualTo(200));
        assertThat(answers.stream().filter(each -> counts(each).equals("1 1 0 0"))).hasSize(1);
        assertThat(answers.stream().map(each -> lines(each).getFirst()).distinct())
                .contains("r1-one paid 1000")
                .allMatch(line -> line.equals("r1-one paid 1000") || line.contains("duplicate"));
        assertThat(Rows.paymentsAtTheBank("r1-one")).isEqualTo(1);
    }

    @Test
    void the_loser_of_a_race_is_a_duplicate_and_never_paid() throws Exception {
        var answers =
                atOnce(
                        16,
                        i -> pay(batch("r1-race", item("r1-race-a", 500), item("r1-race-b", 600))));
        var paid =
                answers.stream()
                        .flatMap(each -> lines(each).stream())
                        .filter(line -> line.contains(" paid "));
        assertThat(paid).containsExactlyInAnyOrder("r1-race-a paid 500", "r1-race-b paid 600");
        assertThat(answers.stream().map(Http.Answer::status)).containsOnly(200);
    }

    @Test
    void an_id_is_the_same_for_all_callers_and_all_batches() {
        var key = key(Map.of());
        assertThat(lines(pay(batch("r1-mine", item("r1-shared", 700)))))
                .containsExactly("r1-shared paid 700");
        assertThat(lines(key.post("/payouts/batch", batch("r1-yours", item("r1-shared", 700)))))
                .containsExactly("r1-shared duplicate 700");
        assertThat(Rows.paymentsAtTheBank("r1-shared")).isEqualTo(1);
    }

    @Test
    void ids_differ_by_case_and_by_spaces() {
        assertThat(lines(pay(batch("r1-c", item("r1-Case", 1), item("r1-case", 1)))))
                .containsExactly("r1-Case paid 1", "r1-case paid 1");
    }

    // Rule 2: details and counts.

    @Test
    void details_come_in_request_order_one_per_item() {
        var items =
                IntStream.range(0, 200)
                        .mapToObj(i -> item("r2-" + (i * 7919 % 200), i % 3 == 0 ? 0 : i))
                        .toArray(String[]::new);
        var ids = lines(pay(batch("r2", items))).stream().map(line -> line.split(" ")[0]).toList();
        assertThat(ids)
                .isEqualTo(
                        IntStream.range(0, 200).mapToObj(i -> "r2-" + (i * 7919 % 200)).toList());
    }

    @Test
    void processed_counts_every_item_and_is_the_sum_of_the_other_counts() {
        pay(batch("r2-before", item("r2-old", 10)));
        var answer =
                pay(
                        batch(
                                "r2-sum",
                                item("r2-old", 10),
                                item("r2-new", 20),
                                item("r2-bad", -1),
                                item("r2-silent", 66603),
                                item("r2-new", 20)));
        assertThat(counts(answer)).isEqualTo("5 1 1 2 1");
        assertThat(lines(answer))
                .containsExactly(
                        "r2-old duplicate 10",
                        "r2-new paid 20",
                        "r2-bad failed -1 invalid_amount",
                        "r2-silent processing 66603",
                        "r2-new duplicate 20");
    }

    // Rule 3: statuses.

    @Test
    void the_count_processing_appears_only_where_something_is() {
        var answer = pay(batch("r3-sure", item("r3-sure", 10)));
        assertThat(answer.json().has("processing")).isFalse();
    }

    @Test
    void a_payout_that_the_bank_did_not_answer_is_asked_about_until_known() {
        assertThat(
                        lines(
                                pay(
                                        batch(
                                                "r3-silent",
                                                item("r3-paid", 10, "silent-paid" + SANDBOX),
                                                item("r3-lost", 11, "silent-unpaid" + SANDBOX),
                                                item("r3-no", 12, "silent-refused" + SANDBOX)))))
                .containsExactly(
                        "r3-paid processing 10", "r3-lost processing 11", "r3-no processing 12");
        theBankIsAsked();
        assertThat(standing("r3-paid")).isEqualTo("paid");
        assertThat(standing("r3-lost")).isEqualTo("failed not_received");
        assertThat(standing("r3-no")).isEqualTo("failed refused_by_bank");
        assertThat(Rows.paymentsAtTheBank("r3-paid")).isEqualTo(1);
    }

    @Test
    void a_payout_that_came_back_is_returned_and_never_paid_again() {
        var one = batch("r3-back", item("r3-back", 10, "returned" + SANDBOX));
        assertThat(lines(pay(one))).containsExactly("r3-back paid 10");
        returns.run();
        assertThat(standing("r3-back")).isEqualTo("returned");
        assertThat(lines(pay(one))).containsExactly("r3-back duplicate 10 was=returned");
        assertThat(lines(pay(batch("r3-back-2", item("r3-back", 10)))))
                .containsExactly("r3-back duplicate 10 mismatch was=returned differs=pix_key");
        assertThat(Rows.paymentsAtTheBank("r3-back")).isEqualTo(1);
    }

    // Rule 4: duplicates.

    @Test
    void an_id_that_is_under_way_is_a_duplicate_that_says_so() {
        pay(batch("r4-under-way", item("r4-under-way", 66603)));
        assertThat(lines(pay(batch("r4-again", item("r4-under-way", 66603)))))
                .containsExactly("r4-under-way duplicate 66603 was=processing");
    }

    @Test
    void an_id_that_stands_earlier_in_the_batch_is_a_duplicate_and_paid_once() {
        assertThat(
                        lines(
                                pay(
                                        batch(
                                                "r4-twice",
                                                item("r4-twice", 30),
                                                item("r4-other", 31),
                                                item("r4-twice", 30),
                                                item("r4-twice", 99)))))
                .containsExactly(
                        "r4-twice paid 30",
                        "r4-other paid 31",
                        "r4-twice duplicate 30",
                        "r4-twice duplicate 30 mismatch differs=amount_cents");
        assertThat(Rows.paymentsAtTheBank("r4-twice")).isEqualTo(1);
    }

    @Test
    void an_id_whose_first_mention_failed_is_a_duplicate_of_a_failure() {
        assertThat(
                        lines(
                                pay(
                                        batch(
                                                "r4-bad-first",
                                                item("r4-bad-first", 0),
                                                item("r4-bad-first", 10)))))
                .containsExactly(
                        "r4-bad-first failed 0 invalid_amount",
                        "r4-bad-first duplicate 0 mismatch was=failed differs=amount_cents");
        assertThat(Rows.paymentsAtTheBank("r4-bad-first")).isZero();
    }

    // Rule 5: what a duplicate says.

    @Test
    void a_duplicate_echoes_the_stored_amount_and_names_what_differs() {
        pay(batch("r5", item("r5", 1_000, "+55 11 91234-5678")));
        assertThat(lines(pay(batch("r5", item("r5", 2_000, "+5511912345678")))))
                .containsExactly("r5 duplicate 1000 mismatch differs=amount_cents");
        assertThat(lines(pay(batch("r5", item("r5", 1_000, "(+55) 11 91234 5678")))))
                .containsExactly("r5 duplicate 1000");
        var another = Map.<String, Object>of("pix_key", "bia@mail.com", "user_id", "u2");
        assertThat(lines(pay(batch("r5", item("r5", 3, another)))))
                .containsExactly("r5 duplicate 1000 mismatch differs=amount_cents,pix_key,user_id");
        assertThat(lines(pay(batch("r5", item("r5", 1_000, Map.of("user_id", ""))))))
                .containsExactly("r5 duplicate 1000 mismatch differs=pix_key,user_id");
    }

    @Test
    void a_duplicate_of_a_paid_payout_has_no_original_status() {
        pay(batch("r5-paid", item("r5-paid", 5)));
        assertThat(pay(batch("r5-paid", item("r5-paid", 5))).body())
                .doesNotContain("original_status")
                .doesNotContain("reason");
    }

    // Rule 6: refused for certain may be sent again.

    @Test
    void a_refused_payout_may_be_sent_again_with_another_key_but_not_another_amount() {
        var wrong = "account-not-found" + SANDBOX;
        assertThat(lines(pay(batch("r6", item("r6", 900, wrong)))))
                .containsExactly("r6 failed 900 account_not_found");
        assertThat(lines(pay(batch("r6", item("r6", 901, "bia@mail.com")))))
                .containsExactly("r6 failed 900 mismatch differs=amount_cents");
        var other = Map.<String, Object>of("user_id", "u2");
        assertThat(lines(pay(batch("r6", item("r6", 900, other)))))
                .containsExactly("r6 failed 900 mismatch differs=user_id");
        assertThat(standing("r6")).isEqualTo("failed account_not_found");
        assertThat(lines(pay(batch("r6", item("r6", 900, "bia@mail.com")))))
                .containsExactly("r6 paid 900");
        assertThat(lines(pay(batch("r6", item("r6", 900, "bia@mail.com")))))
                .containsExactly("r6 duplicate 900");
        var attempts = find("r6").required("attempts");
        assertThat(attempts).hasSize(2);
        assertThat(attempts.get(0).required("outcome").textValue()).isEqualTo("refused");
        assertThat(attempts.get(0).required("pix_key").textValue()).isEqualTo(wrong);
        assertThat(attempts.get(1).required("outcome").textValue()).isEqualTo("paid");
        assertThat(attempts.get(1).required("provider_id"))
                .isNotEqualTo(attempts.get(0).required("provider_id"));
        assertThat(Rows.paymentsAtTheBank("r6")).isEqualTo(1);
    }

    @Test
    void a_refused_payout_sent_again_by_many_at_once_is_paid_once() throws Exception {
        pay(batch("r6-many", item("r6-many", 66602)));
        // The amount itself is what the bank refuses, so the key cannot help: an honest failure.
        assertThat(lines(pay(batch("r6-many", item("r6-many", 66602)))))
                .containsExactly("r6-many failed 66602 refused_by_bank");
        pay(batch("r6-race", item("r6-race", 50, "refused" + SANDBOX)));
        var answers = atOnce(16, i -> pay(batch("r6-race", item("r6-race", 50))));
        assertThat(answers.stream().flatMap(each -> lines(each).stream()))
                .contains("r6-race paid 50")
                .allMatch(line -> line.equals("r6-race paid 50") || line.contains("duplicate"));
        assertThat(answers.stream().filter(each -> counts(each).equals("1 1 0 0"))).hasSize(1);
        assertThat(Rows.paymentsAtTheBank("r6-race")).isEqualTo(1);
    }

    @Test
    void a_payout_that_never_arrived_may_be_sent_again_under_the_same_provider_id() {
        pay(batch("r6-lost", item("r6-lost", 40, "silent-unpaid" + SANDBOX)));
        theBankIsAsked();
        assertThat(lines(pay(batch("r6-lost", item("r6-lost", 40)))))
                .containsExactly("r6-lost paid 40");
        var attempts = find("r6-lost").required("attempts");
        assertThat(attempts).hasSize(2);
        assertThat(attempts.get(0).required("outcome").textValue()).isEqualTo("not_received");
        assertThat(attempts.get(1).required("provider_id"))
                .isEqualTo(attempts.get(0).required("provider_id"));
    }

    @Test
    void an_unknown_payout_is_never_sent_again() {
        pay(batch("r6-unknown", item("r6-unknown", 66603)));
        pay(batch("r6-unknown", item("r6-unknown", 66603)));
        var times =
                Rows.number(
                        """
                        select max(times_received) from simulated_bank.payment b
                        join payout_attempt a using (provider_id)
                        join payout p on p.id = a.payout_id where p.external_id = ?
                        """,
                        "r6-unknown");
        assertThat(times).isEqualTo(1);
        assertThat(find("r6-unknown").required("attempts")).hasSize(1);
    }

    @Test
    void an_invalid_item_may_be_corrected_in_its_key_but_not_in_its_amount() {
        pay(batch("r6-typo", item("r6-typo", 70, "nobody")));
        assertThat(standing("r6-typo")).isEqualTo("failed invalid_pix_key");
        assertThat(lines(pay(batch("r6-typo", item("r6-typo", 71)))))
                .containsExactly("r6-typo failed 70 mismatch differs=amount_cents");
        assertThat(lines(pay(batch("r6-typo", item("r6-typo", 70, "still nobody")))))
                .containsExactly("r6-typo failed 70 invalid_pix_key");
        assertThat(lines(pay(batch("r6-typo", item("r6-typo", 70)))))
                .containsExactly("r6-typo paid 70");
    }

    // Rule 7: mistakes of value.

    static Stream<Arguments> mistakes_of_value() {
        return Stream.of(
                Arguments.of("no-key", Map.of("pix_key", ""), "invalid_pix_key"),
                Arguments.of("empty-key", Map.of("pix_key", " "), "invalid_pix_key"),
                Arguments.of("no-such-key", Map.of("pix_key", "nobody"), "invalid_pix_key"),
                Arguments.of("bad-cpf", Map.of("pix_key", "529.982.247-26"), "invalid_pix_key"),
                Arguments.of("bare-phone", Map.of("pix_key", "11912345678"), "invalid_pix_key"),
                Arguments.of("zero", Map.of("amount_cents", 0), "invalid_amount"),
                Arguments.of("negative", Map.of("amount_cents", -100), "invalid_amount"),
                Arguments.of(
                        "most-negative", Map.of("amount_cents", Long.MIN_VALUE), "invalid_amount"),
                Arguments.of("too-much", Map.of("amount_cents", MOST + 1), "amount_over_limit"),
                Arguments.of(
                        "far-too-much",
                        Map.of("amount_cents", Long.MAX_VALUE),
                        "amount_over_limit"),
                Arguments.of("bad-tax-id", Map.of("tax_id", "123"), "invalid_tax_id"),
                Arguments.of(
                        "other-owner",
                        Map.of("pix_key", "529.982.247-25", "tax_id", "11.222.333/0001-81"),
                        "tax_id_mismatch"),
                Arguments.of("no-account", Map.of("amount_cents", 66601), "account_not_found"),
                Arguments.of("refused", Map.of("amount_cents", 66602), "refused_by_bank"));
    }

    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource("mistakes_of_value")
    void a_mistake_of_value_fails_its_item_alone_and_leaves_a_row(
            String id, Map<String, Object> members, String reason) {
        var bad = "r7-" + id;
        var good = "r7-beside-" + id;
        var lines = lines(pay(batch("r7", item(bad, 100, members), item(good, 100))));
        var cents = members.getOrDefault("amount_cents", 100);
        assertThat(lines)
                .containsExactly(
                        "%s failed %s %s".formatted(bad, cents, reason), good + " paid 100");
        assertThat(standing(bad)).isEqualTo("failed " + reason);
        assertThat(find(bad).required("amount_cents").asText()).isEqualTo(cents.toString());
        assertThat(Rows.paymentsAtTheBank(bad)).isZero();
        assertThat(net(bad)).isZero();
    }

    @Test
    void the_owners_tax_id_is_accepted_in_any_spelling() {
        var owner = Map.<String, Object>of("pix_key", "52998224725", "tax_id", "529.982.247-25");
        assertThat(lines(pay(batch("r7-owner", item("r7-owner", 10, owner)))))
                .containsExactly("r7-owner paid 10");
    }

    @Test
    void every_answer_that_the_bank_can_give_at_once_is_reported() {
        assertThat(
                        lines(
                                pay(
                                        batch(
                                                "r7-all",
                                                item("r7-1", 66601),
                                                item("r7-2", 66602),
                                                item("r7-6", 66606),
                                                item("r7-7", 66607),
                                                item("r7-8", 66608),
                                                item("r7-0", 66600)))))
                .containsExactly(
                        "r7-1 failed 66601 account_not_found",
                        "r7-2 failed 66602 refused_by_bank",
                        "r7-6 paid 66606",
                        "r7-7 paid 66607",
                        "r7-8 paid 66608",
                        "r7-0 paid 66600");
        for (var id : List.of("r7-6", "r7-7", "r7-8", "r7-0")) {
            assertThat(Rows.paymentsAtTheBank(id)).isEqualTo(1);
        }
        returns.run();
        assertThat(standing("r7-8")).isEqualTo("returned");
    }

    @Test
    void a_phone_key_with_spaces_and_a_dash_is_normalised() {
        pay(batch("r7-phone", item("r7-phone", 10, " +55 11 91234-5678 ")));
        assertThat(find("r7-phone").required("pix_key").textValue()).isEqualTo("+5511912345678");
        assertThat(standing("r7-phone")).isEqualTo("paid");
    }

    // Rule 8: mistakes of shape.

    static Stream<Arguments> mistakes_of_shape() {
        var good = item("r8-good", 100);
        return Stream.of(
                Arguments.of("", List.of("")),
                Arguments.of("[]", List.of("")),
                Arguments.of("null", List.of("")),
                Arguments.of("{}", List.of("/items")),
                Arguments.of("{\"items\":[]}", List.of("/items")),
                Arguments.of("{\"items\":null}", List.of("/items")),
                Arguments.of("{\"items\":{}}", List.of("/items")),
                Arguments.of("{\"items\":\"x\"}", List.of("/items")),
                Arguments.of(batch("x", good, "1"), List.of("/items/1")),
                Arguments.of(batch("x", good, "null"), List.of("/items/1")),
                Arguments.of(batch("x", good, "[]"), List.of("/items/1")),
                Arguments.of(batch("x", good) + "x", List.of("")),
                Arguments.of(batch("x", good) + batch("x", good), List.of("")),
                Arguments.of("{\"batch_id\":1,\"items\":[" + good + "]}", List.of("/batch_id")),
                Arguments.of("{\"batch_id\":\"\",\"items\":[" + good + "]}", List.of("/batch_id")),
                Arguments.of(batch("b".repeat(256), good), List.of("/batch_id")),
                amount("10.9"),
                amount("1e3"),
                amount("100.0"),
                amount("\"77\""),
                amount("true"),
                amount("null"),
                amount("[1]"),
                amount("9223372036854775808"),
                amount("-9223372036854775809"),
                amount("1e400"),
                amount("9".repeat(90)),
                Arguments.of(
                        "{\"batch_id\":\"x\",\"items\":[{\"external_id\":\"r8-none\"}]}",
                        List.of("/items/0/amount_cents")),
                Arguments.of(batch("x", item("e".repeat(256), 1)), List.of("/items/0/external_id")),
                Arguments.of(batch("x", item(" ", 1)), List.of("/items/0/external_id")),
                Arguments.of(
                        batch("x", item("r8-u", 1, Map.of("user_id", 7))),
                        List.of("/items/0/user_id")),
                Arguments.of(
                        batch("x", item("r8-k", 1, Map.of("pix_key", 7))),
                        List.of("/items/0/pix_key")),
                Arguments.of(
                        batch("x", item("r8-d", 1, Map.of("description", "d".repeat(141)))),
                        List.of("/items/0/description")),
                Arguments.of(
                        batch(
                                "x",
                                item("r8-m", 1, Map.of("amount_cents", "1", "user_id", 1)),
                                good,
                                item("r8-n", 1, Map.of("amount_cents", 1.5))),
                        List.of(
                                "/items/0/user_id",
                                "/items/0/amount_cents",
                                "/items/2/amount_cents")));
    }

    private static Arguments amount(String token) {
        var body = batch("x", item("r8-good", 100), item("r8-bad", 12345)).replace("12345", token);
        return Arguments.of(body, List.of("/items/1/amount_cents"));
    }

    @ParameterizedTest
    @MethodSource("mistakes_of_shape")
    void a_mistake_of_shape_refuses_the_whole_batch_with_a_pointer_and_pays_nothing(
            String body, List<String> pointers) {
        var before = Rows.ofAllTables();
        var answer = pay(body);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
        assertThat(pointers(answer)).containsExactlyInAnyOrderElementsOf(pointers);
        assertThat(Rows.ofAllTables()).isEqualTo(before);
    }

    @Test
    void unknown_members_are_ignored() {
        var odd = Map.<String, Object>of("colour", "green", "nested", Map.of("a", List.of(1)));
        var body = batch("r8-odd", item("r8-odd", 10, odd)).replaceFirst("\\{", "{\"x\":[{}],");
        assertThat(lines(pay(body))).containsExactly("r8-odd paid 10");
    }

    @Test
    void the_first_hundred_mistakes_are_shown_and_all_are_counted() {
        var items =
                IntStream.range(0, 150)
                        .mapToObj(i -> "{\"amount_cents\":0.5}")
                        .collect(joining(","));
        var answer = pay("{\"batch_id\":\"r8-many\",\"items\":[" + items + "]}");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().required("violations")).hasSize(100);
        assertThat(answer.json().required("violation_count").intValue()).isEqualTo(150);
    }

    @Test
    void more_items_than_the_limit_are_refused_and_none_is_paid() {
        var before = Rows.ofAllTables();
        var items = "{\"amount_cents\":1},".repeat(100_000) + "{\"amount_cents\":1}";
        var answer = pay("{\"batch_id\":\"r8-over\",\"items\":[" + items + "]}");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(mistakes(answer)).containsExactly("/items: has more than 100000 items");
        assertThat(Rows.ofAllTables()).isEqualTo(before);
    }

    @Test
    void an_id_of_255_characters_is_taken() {
        var id = "r8-" + "e".repeat(252);
        assertThat(lines(pay(batch(id, item(id, 10))))).containsExactly(id + " paid 10");
    }

    // Rule 9: limits.

    @Test
    void an_amount_over_32_bits_is_paid_up_to_the_limit() {
        assertThat(lines(pay(batch("r9", item("r9-33-bits", 1L << 32), item("r9-over", MOST + 1)))))
                .containsExactly(
                        "r9-33-bits paid 4294967296",
                        "r9-over failed 10000000001 amount_over_limit");
    }

    @Test
    void a_key_pays_no_item_above_its_own_limit() {
        var key = key(Map.of("per_item_limit_cents", 1_000));
        assertThat(
                        lines(
                                key.post(
                                        "/payouts/batch",
                                        batch(
                                                "r9-item",
                                                item("r9-at", 1_000),
                                                item("r9-above", 1_001)))))
                .containsExactly("r9-at paid 1000", "r9-above failed 1001 amount_over_limit");
    }

    @Test
    void a_key_pays_up_to_its_daily_limit_and_a_smaller_item_may_still_fit() {
        var key = key(Map.of("daily_limit_cents", 1_000));
        assertThat(
                        lines(
                                key.post(
                                        "/payouts/batch",
                                        batch(
                                                "r9-day",
                                                item("r9-day-1", 700),
                                                item("r9-day-2", 400),
                                                item("r9-day-3", 300),
                                                item("r9-day-4", 1)))))
                .containsExactly(
                        "r9-day-1 paid 700",
                        "r9-day-2 failed 400 daily_limit_exceeded",
                        "r9-day-3 paid 300",
                        "r9-day-4 failed 1 daily_limit_exceeded");
        assertThat(lines(pay(batch("r9-day", item("r9-day-2", 400)))))
                .containsExactly("r9-day-2 paid 400");
        assertThat(lines(key.post("/payouts/batch", batch("r9-day", item("r9-day-1", 700)))))
                .as("a duplicate costs nothing")
                .containsExactly("r9-day-1 duplicate 700");
    }

    @Test
    void what_was_refused_is_given_back_to_the_daily_limit() {
        var key = key(Map.of("daily_limit_cents", 100_000));
        var refused = batch("r9-back", item("r9-back-1", 66601), item("r9-back-2", 33399));
        assertThat(lines(key.post("/payouts/batch", refused)))
                .containsExactly(
                        "r9-back-1 failed 66601 account_not_found", "r9-back-2 paid 33399");
        assertThat(
                        lines(
                                key.post(
                                        "/payouts/batch",
                                        batch("r9-back", item("r9-back-3", 66601 - 1)))))
                .containsExactly("r9-back-3 paid 66600");
        assertThat(lines(key.post("/payouts/batch", batch("r9-back", item("r9-back-4", 2)))))
                .containsExactly("r9-back-4 failed 2 daily_limit_exceeded");
    }

    @Test
    void what_lacked_funds_is_given_back_to_the_daily_limit() {
        var key = key(Map.of("daily_limit_cents", 1_000));
        withFunds(
                500,
                () ->
                        assertThat(
                                        lines(
                                                key.post(
                                                        "/payouts/batch",
                                                        batch("r9-poor", item("r9-poor-1", 900)))))
                                .containsExactly("r9-poor-1 failed 900 insufficient_funds"));
        assertThat(lines(key.post("/payouts/batch", batch("r9-poor", item("r9-poor-2", 1_000)))))
                .containsExactly("r9-poor-2 paid 1000");
    }

    @Test
    void the_daily_limit_is_new_each_day() {
        var key = key(Map.of("daily_limit_cents", 1_000));
        key.post("/payouts/batch", batch("r9-today", item("r9-today", 1_000)));
        clock.passes(Duration.ofDays(1));
        assertThat(lines(key.post("/payouts/batch", batch("r9-morrow", item("r9-morrow", 1_000)))))
                .containsExactly("r9-morrow paid 1000");
    }

    @Test
    void many_at_once_do_not_pass_a_daily_limit() throws Exception {
        var key = key(Map.of("daily_limit_cents", 1_000));
        var answers =
                atOnce(
                        20,
                        i ->
                                key.post(
                                        "/payouts/batch",
                                        batch("r9-rush", item("r9-rush-" + i, 100))));
        var lines = answers.stream().flatMap(each -> lines(each).stream()).toList();
        assertThat(lines.stream().filter(line -> line.contains(" paid "))).hasSize(10);
        assertThat(lines.stream().filter(line -> line.endsWith(" daily_limit_exceeded")))
                .hasSize(10);
    }

    // Rule 10: what may be missing.

    @Test
    void a_missing_batch_id_is_generated() {
        var answer = pay(nameless(item("r10-nameless", 10)));
        var batchId = answer.json().required("batch_id").textValue();
        assertThat(batchId).isNotBlank();
        assertThat(lines(answer)).containsExactly("r10-nameless paid 10");
        assertThat(admin.get("/payouts/batches/" + batchId).status()).isEqualTo(200);
    }

    @Test
    void a_missing_external_id_becomes_the_batch_id_and_the_place() {
        var noId = item("", 10, Map.of("external_id", ""));
        var body = batch("r10-b", noId, item("r10-named", 11), noId);
        assertThat(lines(pay(body)))
                .containsExactly("r10-b#0 paid 10", "r10-named paid 11", "r10-b#2 paid 10");
        assertThat(counts(pay(body))).isEqualTo("3 0 0 3");
    }

    @Test
    void a_missing_external_id_derives_from_the_idempotency_key_where_there_is_no_batch_id() {
        var body = nameless(item("", 10, Map.of("external_id", "")));
        var first = admin.with("Idempotency-Key", "r10-key").post("/payouts/batch", body);
        var again = admin.with("Idempotency-Key", "r10-key").post("/payouts/batch", body);
        assertThat(counts(first)).isEqualTo("1 1 0 0");
        assertThat(again.body()).isEqualTo(first.body());
        var others = key(Map.of()).with("Idempotency-Key", "r10-key").post("/payouts/batch", body);
        assertThat(counts(others)).as("somebody else's key is another one").isEqualTo("1 1 0 0");
        var id = first.json().required("details").get(0).required("external_id").textValue();
        assertThat(Rows.paymentsAtTheBank(id)).isEqualTo(1);
    }

    @Test
    void an_id_derived_from_a_key_is_the_same_after_the_key_is_forgotten() {
        var body = nameless(item("", 10, Map.of("external_id", "")));
        var first = admin.with("Idempotency-Key", "r10-old").post("/payouts/batch", body);
        clock.passes(Duration.ofDays(31));
        idempotency.forget();
        admin = Http.admin();
        var again = admin.with("Idempotency-Key", "r10-old").post("/payouts/batch", body);
        assertThat(again.header("Idempotency-Hit")).isEmpty();
        assertThat(counts(first) + ", " + counts(again)).isEqualTo("1 1 0 0, 1 0 0 1");
    }

    @Test
    void without_external_id_batch_id_and_key_nothing_is_paid() {
        var before = Rows.ofAllTables();
        var answer = pay(nameless(item("r10-x", 10), item("", 10, Map.of("external_id", ""))));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(pointers(answer)).containsExactly("/items/1/external_id");
        assertThat(Rows.ofAllTables()).isEqualTo(before);
    }

    @Test
    void the_user_is_optional() {
        assertThat(lines(pay(batch("r10-u", item("r10-u", 10, Map.of("user_id", ""))))))
                .containsExactly("r10-u paid 10");
        assertThat(find("r10-u").required("user_id").isNull()).isTrue();
    }

    // Rule 11: a batch sent again.

    @Test
    void a_batch_sent_again_is_another_submission_of_it() {
        pay(batch("r11", item("r11-1", 10), item("r11-2", 20)));
        pay(batch("r11", item("r11-2", 20), item("r11-3", 0)));
        var batch = admin.get("/payouts/batches/r11");
        assertThat(lines(batch))
                .containsExactlyInAnyOrder(
                        "r11-1 paid 10", "r11-2 paid 20", "r11-3 failed 0 invalid_amount");
        assertThat(counts(batch)).isEqualTo("3 2 1 0 0");
        var submissions = batch.json().required("submissions");
        assertThat(submissions).hasSize(2);
        assertThat(submissions.get(0).required("successful").intValue()).isEqualTo(2);
        assertThat(submissions.get(1).required("duplicates").intValue()).isEqualTo(1);
        assertThat(submissions.get(1).required("sent_by").textValue()).isEqualTo("admin");
    }

    // Rule 12: funds.

    @Test
    void funds_are_taken_in_request_order_and_a_smaller_item_may_still_fit() {
        withFunds(
                1_000,
                () ->
                        assertThat(
                                        lines(
                                                pay(
                                                        batch(
                                                                "r12",
                                                                item("r12-1", 600),
                                                                item("r12-2", 500),
                                                                item("r12-3", 400),
                                                                item("r12-4", 1)))))
                                .containsExactly(
                                        "r12-1 paid 600",
                                        "r12-2 failed 500 insufficient_funds",
                                        "r12-3 paid 400",
                                        "r12-4 failed 1 insufficient_funds"));
        assertThat(lines(pay(batch("r12", item("r12-2", 500)))))
                .as("with money it may be sent again")
                .containsExactly("r12-2 paid 500");
    }

    @Test
    void many_at_once_do_not_spend_the_same_money() throws Exception {
        withFunds(
                1_000,
                () -> {
                    var answers =
                            atOnce(20, i -> pay(batch("r12-rush", item("r12-rush-" + i, 100))));
                    var lines = answers.stream().flatMap(each -> lines(each).stream()).toList();
                    assertThat(lines.stream().filter(line -> line.contains(" paid "))).hasSize(10);
                });
    }

    @Test
    void all_or_nothing_refuses_the_whole_batch_and_writes_nothing() {
        var before = Rows.ofAllTables();
        var answer =
                admin.with("Idempotency-Key", "r12-all")
                        .post(
                                "/payouts/batch?all_or_nothing=true",
                                batch("r12-all", item("r12-all-1", 10), item("r12-all-2", 0)));
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().required("type").textValue()).endsWith("/not-all-payable");
        assertThat(mistakes(answer)).containsExactly("/items/1: invalid_amount");
        assertThat(Rows.ofAllTables()).isEqualTo(before);
        assertThat(admin.get("/payouts/r12-all-1").status()).isEqualTo(404);
    }

    @Test
    void all_or_nothing_for_want_of_funds_pays_nothing() {
        withFunds(
                1_000,
                () -> {
                    var answer =
                            admin.post(
                                    "/payouts/batch?all_or_nothing=true",
                                    batch("r12-poor", item("r12-p1", 600), item("r12-p2", 600)));
                    assertThat(answer.status()).isEqualTo(422);
                    assertThat(mistakes(answer)).containsExactly("/items/1: insufficient_funds");
                });
        assertThat(Rows.paymentsAtTheBank("r12-p1")).isZero();
    }

    @Test
    void all_or_nothing_pays_all_where_all_can_be_paid() {
        var answer =
                admin.post(
                        "/payouts/batch?all_or_nothing=true",
                        batch("r12-ok", item("r12-ok-1", 10), item("r12-ok-2", 20)));
        assertThat(lines(answer)).containsExactly("r12-ok-1 paid 10", "r12-ok-2 paid 20");
    }

    // Preflight.

    @Test
    void a_preflight_writes_nothing() {
        pay(batch("pre-old", item("pre-old", 10)));
        var before = Rows.ofAllTables();
        var answer =
                admin.with("Idempotency-Key", "pre")
                        .post(
                                "/payouts/batch?dry_run=true",
                                batch(
                                        "pre",
                                        item("pre-1", 10),
                                        item("pre-2", 0),
                                        item("pre-old", 11),
                                        item("pre-1", 10),
                                        item("pre-3", 10, "nobody")));
        assertThat(lines(answer))
                .containsExactly(
                        "pre-1 would_pay 10",
                        "pre-2 would_fail 0 invalid_amount",
                        "pre-old duplicate 10 mismatch differs=amount_cents",
                        "pre-1 duplicate 10",
                        "pre-3 would_fail 10 invalid_pix_key");
        assertThat(counts(answer)).isEqualTo("5 1 2 2");
        assertThat(Rows.ofAllTables()).isEqualTo(before);
        assertThat(lines(pay(batch("pre", item("pre-1", 10))))).containsExactly("pre-1 paid 10");
    }

    @Test
    void a_preflight_knows_the_funds_and_the_limits() {
        var key = key(Map.of("daily_limit_cents", 800));
        withFunds(
                1_000,
                () -> {
                    var body = batch("pre-f", item("pre-f1", 700), item("pre-f2", 500));
                    assertThat(lines(admin.post("/payouts/batch?dry_run=true", body)))
                            .containsExactly(
                                    "pre-f1 would_pay 700",
                                    "pre-f2 would_fail 500 insufficient_funds");
                    assertThat(lines(key.post("/payouts/batch?dry_run=true", body)))
                            .containsExactly(
                                    "pre-f1 would_pay 700",
                                    "pre-f2 would_fail 500 daily_limit_exceeded");
                });
    }

    // Idempotency-Key.

    @Test
    void the_same_key_and_body_get_the_same_bytes_again() {
        var keyed = admin.with("Idempotency-Key", "idem-1");
        var body = batch("idem", item("idem-1", 10), item("idem-2", 0));
        var first = keyed.post("/payouts/batch", body);
        assertThat(first.header("Idempotency-Hit")).isEmpty();
        var again = keyed.post("/payouts/batch", body);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(again.header("Idempotency-Hit")).isEqualTo("true");
        assertThat(again.header("Content-Type")).isEqualTo(first.header("Content-Type"));
        assertThat(admin.get("/payouts/batches/idem").json().required("submissions")).hasSize(1);
    }

    @Test
    void the_same_key_with_another_body_is_refused() {
        var keyed = admin.with("Idempotency-Key", "idem-other");
        keyed.post("/payouts/batch", batch("idem-o", item("idem-o", 10)));
        var before = Rows.ofAllTables();
        var other = keyed.post("/payouts/batch", batch("idem-o", item("idem-o2", 10)));
        assertThat(other.status()).isEqualTo(422);
        assertThat(other.json().required("type").textValue()).endsWith("/idempotency-key-reused");
        assertThat(Rows.ofAllTables()).isEqualTo(before);
    }

    @Test
    void the_same_key_and_file_under_another_batch_id_is_another_request() {
        var keyed = admin.with("Idempotency-Key", "idem-csv").with("Content-Type", "text/csv");
        var file = "external_id,amount_cents,pix_key\n,10,ana@mail.com\n";
        assertThat(lines(keyed.post("/payouts/batch?batch_id=idem-c1", file)))
                .containsExactly("idem-c1#0 paid 10");
        assertThat(keyed.post("/payouts/batch?batch_id=idem-c2", file).status()).isEqualTo(422);
    }

    @Test
    void a_key_whose_request_is_under_way_has_to_wait() {
        var body = batch("idem-w", item("idem-w", 10));
        var me = UUID.fromString(admin.get("/me").json().required("id").textValue());
        var identity = Idempotency.identity(me, "POST /payouts/batch", "idem-wait").orElseThrow();
        var keyed = admin.with("Idempotency-Key", "idem-wait");
        var probe = keyed.post("/payouts/batch", body);
        assertThat(probe.status()).isEqualTo(200);
        // The very same row as while the first one is still on its way.
        database.run(
                tx ->
                        tx.execute(
                                "update idempotency_key set status = null, body = null,"
                                        + " lease_until = now() + interval '9 years' where key = ?",
                                identity.key()));
        var answer = keyed.post("/payouts/batch", body);
        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.header("Retry-After")).isEqualTo("1");
        assertThat(answer.json().required("type").textValue()).endsWith("/request-in-flight");
    }

    @Test
    void equal_keys_at_once_give_one_answer_and_no_error() throws Exception {
        var body = batch("idem-r", item("idem-r", 10));
        var answers =
                atOnce(
                        16,
                        i ->
                                admin.with("Idempotency-Key", "idem-rush")
                                        .post("/payouts/batch", body));
        assertThat(answers.stream().map(Http.Answer::status))
                .containsAnyOf(200)
                .isSubsetOf(200, 409);
        assertThat(
                        answers.stream()
                                .filter(each -> each.status() == 200)
                                .map(Http.Answer::body)
                                .distinct())
                .hasSize(1);
        assertThat(Rows.paymentsAtTheBank("idem-r")).isEqualTo(1);
    }

    @Test
    void a_key_is_kept_for_its_caller_alone() {
        var mine = admin.with("Idempotency-Key", "idem-mine");
        var yours = key(Map.of()).with("Idempotency-Key", "idem-mine");
        mine.post("/payouts/batch", batch("idem-m", item("idem-m", 10)));
        assertThat(lines(yours.post("/payouts/batch", batch("idem-y", item("idem-y", 10)))))
                .containsExactly("idem-y paid 10");
    }

    // Around it.

    @Test
    void a_paid_payout_shows_its_attempt_and_its_two_transfers() {
        pay(batch("around", item("around", 1_234)));
        var found = find("around");
        assertThat(found.required("attempts")).hasSize(1);
        assertThat(found.required("attempts").get(0).required("end_to_end_id").textValue())
                .matches("E[0-9]{20}.{11}");
        var transfers = new ArrayList<String>();
        found.required("transfers")
                .forEach(
                        each ->
                                transfers.add(
                                        "%s: %s -> %s %d"
                                                .formatted(
                                                        each.required("kind").textValue(),
                                                        each.required("credit").textValue(),
                                                        each.required("debit").textValue(),
                                                        each.required("amount_cents")
                                                                .longValue())));
        assertThat(transfers)
                .containsExactly(
                        "payout_intended: bank -> in_transit 1234",
                        "payout_settled: in_transit -> payouts 1234");
    }

    @Test
    void a_refused_payout_shows_its_money_coming_back() {
        pay(batch("around-no", item("around-no", 66601)));
        assertThat(find("around-no").required("transfers").get(1).required("kind").textValue())
                .isEqualTo("payout_reversed");
        assertThat(net("around-no")).isZero();
    }

    @Test
    void a_description_is_kept() {
        var described = Map.<String, Object>of("description", "Férias — março", "tax_id", "");
        pay(batch("around-d", item("around-d", 10, described)));
        assertThat(find("around-d").required("description").textValue())
                .isEqualTo("Férias — março");
    }

    @Test
    void a_batch_of_a_thousand_takes_few_statements_and_answers_every_item() {
        var items =
                IntStream.range(0, 1_000)
                        .mapToObj(i -> item("around-k-" + i, 1 + i % 50))
                        .toArray(String[]::new);
        var began = System.nanoTime();
        assertThat(counts(pay(batch("around-k", items)))).isEqualTo("1000 1000 0 0");
        // Two round trips per item would take longer than this on any machine.
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(30));
    }

    private Http.Answer pay(String body) {
        return admin.post("/payouts/batch", body);
    }

    private com.fasterxml.jackson.databind.JsonNode find(String externalId) {
        var answer = admin.get("/payouts/" + externalId);
        assertThat(answer.status()).isEqualTo(200);
        return answer.json();
    }

    /// `status [reason]` of a payout.
    private String standing(String externalId) {
        var found = find(externalId);
        var reason = found.required("reason");
        return found.required("status").textValue()
                + (reason.isNull() ? "" : " " + reason.textValue());
    }

    /// What a payout has taken from `bank` in our books, on the whole.
    private static long net(String externalId) {
        return Rows.number(
                """
                select coalesce(sum(case when t.credit_account = 1 then amount else -amount end), 0)
                from (select t.credit_account, t.amount_cents as amount
                      from transfer t join payout p on p.id = t.subject_id
                      where p.external_id = ? and 1 in (t.credit_account, t.debit_account)) t
                """,
                externalId);
    }

    private void theBankIsAsked() {
        clock.passes(Duration.ofSeconds(90));
        resolver.run();
    }

    /// An API key that may pay out, with these limits.
    private Http key(Map<String, Object> limits) {
        var body = new java.util.LinkedHashMap<String, Object>(limits);
        body.put("name", "a program");
        body.put("roles", Map.of("payouts", "operator"));
        var json = vintem.platform.Json.text(body);
        var made = admin.post("/keys", json.getBytes(StandardCharsets.UTF_8));
        return Http.nobody().bearer(made.json().required("key").textValue());
    }

    private interface Story {
        void run() throws Exception;
    }

    /// Leaves so much in `bank`, and puts the rest back afterwards.
    private void withFunds(long cents, Story story) {
        var parked =
                database.transaction(
                        tx -> {
                            var rest = ledger.balanceCents(tx, AccountCode.BANK) - cents;
                            move(tx, AccountCode.OPENING, AccountCode.BANK, rest);
                            return rest;
                        });
        try {
            story.run();
        } catch (Exception failed) {
            throw new AssertionError(failed);
        } finally {
            database.run(tx -> move(tx, AccountCode.BANK, AccountCode.OPENING, parked));
        }
    }

    private void move(
            org.jdbi.v3.core.Handle tx, AccountCode debit, AccountCode credit, long cents) {
        ledger.record(
                tx,
                List.of(
                        Transfer.of(
                                debit, credit, cents, "parked", new UUID(7, 7), now.instant())));
    }

    private interface Call {
        Http.Answer call(int number);
    }

    /// Many callers who start at the same moment.
    private static List<Http.Answer> atOnce(int callers, Call call) throws Exception {
        var ready = new CountDownLatch(callers);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var tasks = new ArrayList<Callable<Http.Answer>>();
            for (var i = 0; i < callers; i++) {
                var number = i;
                tasks.add(
                        () -> {
                            ready.countDown();
                            ready.await();
                            return call.call(number);
                        });
            }
            var answers = new ArrayList<Http.Answer>();
            for (var each : threads.invokeAll(tasks)) {
                answers.add(each.get());
            }
            return answers;
        }
    }
}
