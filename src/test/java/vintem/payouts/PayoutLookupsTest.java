package vintem.payouts;

import static org.assertj.core.api.Assertions.assertThat;
import static vintem.payouts.Batches.batch;
import static vintem.payouts.Batches.item;
import static vintem.payouts.Batches.lines;
import static vintem.payouts.Batches.pointers;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vintem.Http;
import vintem.World;

/// Finding batches and payouts again.
@QuarkusTest
@QuarkusTestResource(World.class)
class PayoutLookupsTest {
    private static final String LONG =
            "l1234567890123456789012345678901234567890123456789012345678901234567890123456789"
                    + "l1234567890123456789012345678901234567890123456789012345678901234567890123456789"
                    + "l1234567890123456789012345678901234567890123456789012345678901234567890123456789"
                    + "123456789012345";

    private Http admin;

    @BeforeEach
    void somebody_is_there() {
        admin = Http.admin();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "odd/slash",
                "/odd-leading-slash",
                "odd-trailing-slash/",
                "odd//two",
                "odd#hash",
                "odd%percent",
                "odd%2Fencoded",
                "odd?a=b&c",
                "odd;a=b",
                "odd+plus",
                "odd space",
                "odd-ação-日本-😀",
                "odd\"quotes\"'",
                "odd\\back",
                "odd\ttab\nline",
                "odd'; drop table payout; --",
                "odd{brace}[bracket]|<>",
                "odd..dots",
                LONG
            })
    void a_batch_and_a_payout_are_found_by_any_odd_id(String id) {
        assertThat(lines(admin.post("/payouts/batch", batch(id, item(id, 10)))))
                .containsExactly(id + " paid 10");
        var batch = admin.get("/payouts/batches/" + encoded(id));
        assertThat(batch.status()).isEqualTo(200);
        assertThat(batch.json().required("batch_id").textValue()).isEqualTo(id);
        assertThat(lines(batch)).containsExactly(id + " paid 10");
        var payout = admin.get("/payouts/" + encoded(id));
        assertThat(payout.status()).isEqualTo(200);
        assertThat(payout.json().required("external_id").textValue()).isEqualTo(id);
        assertThat(ids(admin.get("/payouts?external_id=" + encoded(id)))).containsExactly(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {".", "..", "batch", "batches", "batches/inner"})
    void an_id_that_looks_like_another_route_is_found_by_the_filter(String id) {
        admin.post("/payouts/batch", batch("looks-like", item(id, 10)));
        assertThat(ids(admin.get("/payouts?external_id=" + encoded(id)))).containsExactly(id);
    }

    @Test
    void what_is_not_there_is_not_found() {
        for (var path :
                List.of(
                        "/payouts/nobody",
                        "/payouts/no%00body",
                        "/payouts/batches/nobody",
                        "/payouts/batches/no%00body",
                        "/payouts/" + "n".repeat(3_000))) {
            var answer = admin.get(path);
            assertThat(answer.status()).as(path).isEqualTo(404);
            assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
            assertThat(answer.json().required("trace_id").textValue()).hasSize(32);
        }
        assertThat(ids(admin.get("/payouts?external_id=nobody"))).isEmpty();
        assertThat(ids(admin.get("/payouts?external_id=no%00body"))).isEmpty();
        assertThat(ids(admin.get("/payouts?user_id=no%00body"))).isEmpty();
    }

    @Test
    void a_list_is_filtered_by_user_and_by_status() {
        var dora = Map.<String, Object>of("user_id", "dora");
        var eva = Map.<String, Object>of("user_id", "eva");
        admin.post(
                "/payouts/batch",
                batch(
                        "filters",
                        item("f-1", 10, dora),
                        item("f-2", 0, dora),
                        item("f-3", 10, eva),
                        item("f-4", 66603, eva)));
        assertThat(ids(admin.get("/payouts?user_id=dora"))).containsExactly("f-2", "f-1");
        assertThat(ids(admin.get("/payouts?user_id=dora&status=paid"))).containsExactly("f-1");
        assertThat(ids(admin.get("/payouts?user_id=eva&status=processing"))).containsExactly("f-4");
        assertThat(ids(admin.get("/payouts?user_id=eva&external_id=f-1"))).isEmpty();
        assertThat(ids(admin.get("/payouts?user_id=dora&status=failed"))).containsExactly("f-2");
    }

    @Test
    void a_filter_that_cannot_be_is_refused_with_its_name() {
        assertRefused("/payouts?status=PAID", "?status");
        for (var limit : List.of("0", "501", "-1", "x", "1.5", "99999999999", "%2B1")) {
            assertRefused("/payouts?limit=" + limit, "?limit");
            assertRefused("/payouts/batches?limit=" + limit, "?limit");
        }
        assertRefused("/payouts?after=x", "?after");
        assertRefused("/payouts?after=%00", "?after");
        assertRefused("/payouts/batch?dry_run=yes", "?dry_run");
        assertRefused("/payouts/batch?all_or_nothing=1", "?all_or_nothing");
    }

    @Test
    void a_list_is_read_on_page_by_page_without_gap_or_repeat() {
        var user = Map.<String, Object>of("user_id", "pager");
        var items =
                IntStream.range(0, 25)
                        .mapToObj(i -> item("page-" + i, 10, user))
                        .toArray(String[]::new);
        admin.post("/payouts/batch", batch("pages", items));
        var expected = IntStream.range(0, 25).mapToObj(i -> "page-" + (24 - i)).toList();
        assertThat(walk("/payouts?user_id=pager&limit=10", "external_id", 3)).isEqualTo(expected);
        assertThat(walk("/payouts?user_id=pager&limit=25", "external_id", 1)).isEqualTo(expected);
    }

    @Test
    void batches_are_listed_newest_first_with_their_counters() {
        for (var i = 0; i < 7; i++) {
            admin.post(
                    "/payouts/batch",
                    batch("list/é-" + i, item("list-" + i, 10), item("list-bad-" + i, 0)));
        }
        var all = walk("/payouts/batches?limit=3", "batch_id", -1);
        assertThat(all).doesNotHaveDuplicates();
        assertThat(all.subList(0, 7))
                .isEqualTo(IntStream.range(0, 7).mapToObj(i -> "list/é-" + (6 - i)).toList());
        var newest = admin.get("/payouts/batches?limit=1").json().required("items").get(0);
        assertThat(newest.required("items").intValue()).isEqualTo(2);
        assertThat(newest.required("paid").intValue()).isEqualTo(1);
        assertThat(newest.required("failed").intValue()).isEqualTo(1);
        assertThat(newest.required("processing").intValue()).isZero();
    }

    @Test
    void keys_are_masked_in_lists() {
        var user = Map.<String, Object>of("user_id", "masked", "pix_key", "52998224725");
        admin.post(
                "/payouts/batch",
                batch(
                        "masks",
                        item("mask-cpf", 10, user),
                        item("mask-bad", 10, Map.of("user_id", "masked", "pix_key", "my secret"))));
        var list = admin.get("/payouts?user_id=masked");
        assertThat(list.body())
                .contains("***.982.247-**")
                .doesNotContain("52998224725")
                .doesNotContain("secret");
    }

    private void assertRefused(String path, String pointer) {
        var answer =
                path.startsWith("/payouts/batch?")
                        ? admin.post(path, batch("refused", item("refused", 10)))
                        : admin.get(path);
        assertThat(answer.status()).as(path).isEqualTo(400);
        assertThat(pointers(answer)).as(path).containsExactly(pointer);
    }

    /// The members of all pages.
    private List<String> walk(String path, String member, int pages) {
        var found = new ArrayList<String>();
        var after = "";
        for (var page = 1; ; page++) {
            var answer = admin.get(path + after).json();
            answer.required("items").forEach(each -> found.add(each.required(member).textValue()));
            if (answer.required("next").isNull()) {
                assertThat(pages).isIn(-1, page);
                return found;
            }
            after = "&after=" + encoded(answer.required("next").textValue());
        }
    }

    private static List<String> ids(Http.Answer answer) {
        assertThat(answer.status()).isEqualTo(200);
        var ids = new ArrayList<String>();
        answer.json()
                .required("items")
                .forEach(each -> ids.add(each.required("external_id").textValue()));
        return ids;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
