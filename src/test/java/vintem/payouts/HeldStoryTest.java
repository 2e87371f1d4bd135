package vintem.payouts;

import static org.assertj.core.api.Assertions.assertThat;
import static vintem.payouts.Batches.batch;
import static vintem.payouts.Batches.item;
import static vintem.payouts.Treasury.cancel;
import static vintem.payouts.Treasury.hold;
import static vintem.payouts.Treasury.person;
import static vintem.payouts.Treasury.refuse;
import static vintem.payouts.Treasury.release;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import vintem.Http;
import vintem.MovableClock;
import vintem.World;
import vintem.platform.BusinessDays;
import vintem.platform.Cents;
import vintem.platform.Ids;
import vintem.platform.Json;

/// What was held is found by whatever a person has of it, and its story says who sent it, who
/// decided, when it was due, and what became of it.
@QuarkusTest
@QuarkusTestResource(World.class)
class HeldStoryTest {
    private static final Map<String, Object> ALONE_UP_TO_100 = Map.of("release_above_cents", 100);

    @Inject ReleaseDueHolds job;
    @Inject MovableClock clock;

    private final String run = Ids.next().toString();

    @Test
    void it_is_found_by_its_batch_a_payout_its_sender_its_sum_its_digest_and_its_id() {
        var ana = person("ana", ALONE_UP_TO_100);
        // A sum that nobody else has.
        var cents = 50_000_000_00L + Math.floorMod(Ids.next().hashCode(), 1_000_000);
        send(ana.http(), item(id(1), cents - 100), item(id(2), 100));
        var hold = hold(run);
        var id = hold.get("id").textValue();
        var digest = hold.get("digest").textValue();
        for (var text : List.of(run, id(1), id(2), ana.name(), Cents.format(cents), digest, id)) {
            assertThat(found(Http.admin(), text)).as(text).contains("hold " + run);
        }
        assertThat(search(Http.admin(), id).get("straight_to").textValue())
                .isEqualTo("/app/story/" + id);
        assertThat(search(Http.admin(), digest).get("straight_to").textValue())
                .isEqualTo("/app/story/" + id);
        var stranger = person("stranger", Map.of("roles", Map.of("payments", "read")));
        assertThat(found(stranger.http(), id)).isEmpty();
        assertThat(stranger.http().get("/console/stories/" + id).status()).isEqualTo(404);
    }

    @Test
    void its_story_is_the_same_from_each_end_and_says_who_did_what() {
        var ana = person("ana", ALONE_UP_TO_100);
        var bruno = person("bruno", Map.of());
        send(ana.http(), item(id(1), 600), item(id(2), 401));
        var id = hold(run).get("id").textValue();
        assertThat(kinds(story(id)))
                .containsExactlyInAnyOrder("hold.made", "payout.held", "payout.held");
        assertThat(release(bruno.http(), hold(run)).status()).isEqualTo(200);

        var story = story(id);
        assertThat(told(story(payoutId(1)))).isEqualTo(told(story));
        assertThat(told(story(payoutId(2)))).isEqualTo(told(story));
        assertThat(texts(story))
                .anyMatch(it -> it.contains("sent by " + ana.name()) && it.contains(run))
                .contains("Released by " + bruno.name())
                .contains("Given to the bank, batch " + run)
                .contains("Paid: 2; failed: 0; returned: 0; under way: 0");
        assertThat(kinds(story))
                .containsSubsequence("hold.made", "hold.approved", "payout.paid")
                .doesNotContain("payout.never_sent");
        assertThat(pages(story)).contains("/app/payouts/batch?id=" + run);
        var page = Http.admin().with("Accept", "text/html").get("/app/story/" + id);
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.body()).contains("Lote retido", "Liberado por " + bruno.name());
    }

    @Test
    void who_refused_it_and_why_is_told_and_that_it_was_never_sent() {
        send(person("ana", ALONE_UP_TO_100).http(), item(id(1), 700));
        var bruno = person("bruno", Map.of());
        assertThat(refuse(bruno.http(), hold(run)).status()).isEqualTo(200);
        var story = story(payoutId(1));
        assertThat(texts(story)).contains("Refused by " + bruno.name() + ": not this month");
        assertThat(kinds(story))
                .containsSubsequence("payout.held", "payout.never_sent")
                .doesNotContain("hold.approved", "hold.sent", "hold.became");
    }

    @Test
    void when_it_was_due_is_told_and_who_took_it_back() {
        schedule(Http.admin());
        var id = hold(run).get("id").textValue();
        assertThat(kinds(story(id))).contains("hold.made_for");
        assertThat(texts(story(id))).anyMatch(it -> it.contains("held until "));
        assertThat(cancel(Http.admin(), hold(run)).status()).isEqualTo(200);
        assertThat(texts(story(id))).contains("Cancelled by admin");
    }

    @Test
    void what_nobody_decided_is_told_of_by_the_clock() {
        schedule(Http.admin());
        send("late-" + run, person("ana", ALONE_UP_TO_100).http(), item(id(9), 700));
        clock.passes(Duration.ofHours(73));
        job.run();
        assertThat(kinds(story(hold(run).get("id").textValue())))
                .contains("hold.sent", "hold.became")
                .doesNotContain("hold.approved");
        assertThat(kinds(story(hold("late-" + run).get("id").textValue())))
                .contains("hold.expired");
    }

    @Test
    void of_many_payouts_each_tells_its_own_story_and_the_batch_tells_in_figures() {
        var items =
                IntStream.rangeClosed(1, 21)
                        .mapToObj(it -> item(id(it), 10))
                        .toArray(String[]::new);
        var bruno = person("bruno", Map.of());
        send(person("ana", ALONE_UP_TO_100).http(), items);
        assertThat(release(bruno.http(), hold(run)).status()).isEqualTo(200);
        var one = story(payoutId(7));
        assertThat(one.get("subjects")).hasSize(1);
        assertThat(texts(one)).contains("Released by " + bruno.name());
        assertThat(pages(one)).contains("/app/payouts/hold?id=" + hold(run).get("id").textValue());
        var all = story(hold(run).get("id").textValue());
        assertThat(all.get("subjects")).hasSize(1);
        assertThat(texts(all)).contains("Paid: 21; failed: 0; returned: 0; under way: 0");
    }

    private void send(Http who, String... items) {
        send(run, who, items);
    }

    private static void send(String batchId, Http who, String... items) {
        var answer = who.post("/payouts/batch", batch(batchId, items));
        assertThat(answer.status()).as(answer.body()).isEqualTo(202);
    }

    private void schedule(Http who) {
        var hour =
                clock.instant()
                        .plus(Duration.ofHours(1))
                        .atZone(BusinessDays.SAO_PAULO)
                        .toLocalDateTime()
                        .withNano(0);
        var answer = who.post("/payouts/batch?scheduled_for=" + hour, batch(run, item(id(1), 700)));
        assertThat(answer.status()).as(answer.body()).isEqualTo(202);
    }

    private String id(int number) {
        return run + "-" + number;
    }

    private String payoutId(int number) {
        var found = search(Http.admin(), id(number)).get("straight_to").textValue();
        return found.substring("/app/story/".length());
    }

    private static JsonNode search(Http who, String text) {
        var answer = who.post("/console/search", Json.text(Map.of("q", text)));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    /// `kind title` of each hit.
    private static TreeSet<String> found(Http who, String text) {
        var found = new TreeSet<String>();
        search(who, text)
                .get("hits")
                .forEach(
                        each ->
                                found.add(
                                        each.get("kind").textValue()
                                                + " "
                                                + each.get("title").textValue()));
        return found;
    }

    private static JsonNode story(String id) {
        var answer = Http.admin().with("Accept-Language", "en").get("/console/stories/" + id);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    private static String told(JsonNode story) {
        return story.get("subjects").toString() + story.get("moments");
    }

    private static List<String> kinds(JsonNode story) {
        return moments(story, "kind");
    }

    private static List<String> texts(JsonNode story) {
        return moments(story, "text");
    }

    private static List<String> pages(JsonNode story) {
        return moments(story, "page");
    }

    private static List<String> moments(JsonNode story, String member) {
        var found = new ArrayList<String>();
        story.get("moments").forEach(each -> found.add(each.get(member).asText()));
        return found;
    }
}
