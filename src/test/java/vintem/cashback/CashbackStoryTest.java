package vintem.cashback;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import vintem.Http;
import vintem.Rows;
import vintem.World;

/// What is bought becomes a Pix, and each end of that tells the same story.
@QuarkusTest
@QuarkusTestResource(World.class)
class CashbackStoryTest {
    private final Http admin = Http.admin().with("Accept-Language", "en");

    @Test
    void from_a_purchase_to_the_pix_that_it_became_and_back() {
        var seller = Sellers.register();
        var month = Sellers.nextMonth();
        var purchase = seller.approved("1000.00", month.atDay(1).toString());
        Sellers.close(month);
        var asked = seller.redeems("70.00", seller.cpf());
        assertThat(asked.status()).as(asked.body()).isEqualTo(201);
        var redemption =
                Rows.text(
                        "select id::text from cashback_redemption where reseller_id = ?::uuid",
                        seller.id());
        var story = story(purchase);
        assertThat(texts(story, "subjects", "kind"))
                .containsExactlyInAnyOrder("cashback", "payout");
        assertThat(texts(story, "moments", "kind"))
                .containsSubsequence(
                        "purchase.made",
                        "purchase.approved",
                        "cashback.credited",
                        "cashback.asked_for",
                        "payout.paid");
        var accrued =
                Rows.text(
                        "select id::text from transfer where subject_id = ?::uuid"
                                + " order by recorded_at limit 1",
                        seller.id());
        for (var end : List.of(redemption, seller.id(), accrued)) {
            assertThat(told(story(end))).as(end).isEqualTo(told(story));
        }
        assertThat(story.toString()).doesNotContain(seller.cpf());
    }

    @Test
    void whoever_may_see_payouts_alone_hears_that_there_is_more() {
        var seller = Sellers.register();
        var month = Sellers.nextMonth();
        var purchase = seller.approved("1000.00", month.atDay(1).toString());
        Sellers.close(month);
        assertThat(seller.redeems("11.00", seller.cpf()).status()).isEqualTo(201);
        var made =
                Http.admin()
                        .post(
                                "/users",
                                """
                                {"name":"caixa.%s","password":"uma boa senha",
                                "roles":{"cashback":"read"}}"""
                                        .formatted(seller.userName()));
        assertThat(made.status()).isEqualTo(201);
        var reader = Http.nobody().signedIn("caixa." + seller.userName(), "uma+boa+senha");
        var story = reader.get("/console/stories/" + purchase).json();
        assertThat(texts(story, "subjects", "kind")).containsExactly("cashback");
        assertThat(story.get("hidden").asBoolean()).isTrue();
        // A reseller has pages of their own, and no search over everybody's.
        assertThat(seller.http().get("/console/stories/" + purchase).status()).isEqualTo(403);
        assertThat(seller.http().post("/console/search", "{\"q\":\"10\"}").status()).isEqualTo(403);
    }

    private JsonNode story(String id) {
        var answer = admin.get("/console/stories/" + id);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    private static String told(JsonNode story) {
        return story.get("subjects").toString() + story.get("moments");
    }

    private static List<String> texts(JsonNode of, String list, String member) {
        var texts = new ArrayList<String>();
        of.get(list).forEach(each -> texts.add(each.get(member).asText()));
        return texts;
    }
}
