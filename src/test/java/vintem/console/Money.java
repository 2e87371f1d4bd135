package vintem.console;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import vintem.Http;
import vintem.Rows;
import vintem.World;
import vintem.bank.EndToEndId;
import vintem.platform.TaxId;
import vintem.platform.Together;

/// Pieces of money for the console's tests, moved by the routes that there are.
final class Money {
    private static final AtomicInteger NUMBER = new AtomicInteger(31_000_000);

    private Money() {}

    static String unique(String prefix) {
        return prefix + "-" + UUID.randomUUID();
    }

    /// Bare and valid, and nobody's yet.
    static String newCpf() {
        var base = "7" + NUMBER.incrementAndGet();
        return base + TaxId.Cpf.checkDigits(base);
    }

    static Http bank() {
        return Http.nobody().bearer(World.BANK_SECRET);
    }

    static String endToEndId() {
        return EndToEndId.create("12345678", java.time.Instant.now()).value();
    }

    static JsonNode payment(String reais, String reference) {
        return ok(Http.admin()
                        .post(
                                "/payments/pix",
                                "{\"value\":%s,\"reference\":\"%s\"}".formatted(reais, reference)))
                .required("payment");
    }

    static void pays(String txid, String reais, String endToEndId) {
        ok(
                bank().post(
                                "/payments/pix/confirmation",
                                "{\"bank_payment_id\":\"%s\",\"value\":%s,\"end_to_end_id\":\"%s\"}"
                                        .formatted(txid, reais, endToEndId)));
    }

    /// A charge by the row of a file.
    static String chargeOfAFile(String debt, String reais, String cpf, String email) {
        var sent =
                Http.admin()
                        .with("Content-Type", "text/csv")
                        .post(
                                "/billing/files?name=console.csv",
                                """
                                name,governmentId,email,debtAmount,debtDueDate,debtId
                                Zuleica %s,%s,%s,%s,2035-01-02,%s
                                """
                                        .formatted(debt, cpf, email, reais, debt));
        if (sent.status() != 202) {
            throw new AssertionError(sent.body());
        }
        Together.until(
                "its charge is there",
                () -> Rows.number("select count(*) from charge where debt_id = ?", debt) == 1);
        return Rows.text("select id::text from charge where debt_id = ?", debt);
    }

    /// The code on the debtor's page, made when somebody looks at it.
    static String paymentOf(String charge) {
        var look = ok(Http.admin().get("/charges/" + charge)).at("/charge/page_url").asText();
        Http.nobody().get(look.substring(look.indexOf("/c/")));
        return Rows.text(
                "select payment_id::text from charge_pix where charge_id = ?::uuid", charge);
    }

    static JsonNode payout(String externalId, long cents, String key) {
        return ok(
                Http.admin()
                        .post(
                                "/payouts/batch",
                                """
                                {"batch_id":"batch-%s","items":[{"external_id":"%s",
                                "amount_cents":%d,"pix_key":"%s"}]}"""
                                        .formatted(externalId, externalId, cents, key)));
    }

    static String payoutId(String externalId) {
        return Rows.text("select id::text from payout where external_id = ?", externalId);
    }

    static JsonNode story(Http who, String id) {
        return ok(who.with("Accept-Language", "en").get("/console/stories/" + id));
    }

    /// All that happened, without what was asked for.
    static String told(String id) {
        var story = story(Http.admin(), id);
        return story.get("subjects").toString() + story.get("moments");
    }

    static JsonNode search(Http who, String q) {
        return ok(who.post("/console/search", "{\"q\":\"%s\"}".formatted(q.replace("\"", "\\\""))));
    }

    /// `kind title` of each hit.
    static TreeSet<String> found(Http who, String q) {
        var found = new TreeSet<String>();
        search(who, q)
                .get("hits")
                .forEach(
                        each ->
                                found.add(
                                        each.get("kind").asText()
                                                + " "
                                                + each.get("title").asText()));
        return found;
    }

    /// Somebody with a password and these roles.
    static Http person(String roles) {
        var name = "p" + UUID.randomUUID();
        var made =
                Http.admin()
                        .post(
                                "/users",
                                "{\"name\":\"%s\",\"password\":\"uma boa senha\",\"roles\":{%s}}"
                                        .formatted(name, roles));
        if (made.status() != 201) {
            throw new AssertionError(made.body());
        }
        return Http.nobody().signedIn(name, "uma+boa+senha");
    }

    static JsonNode ok(Http.Answer answer) {
        if (answer.status() / 100 != 2) {
            throw new AssertionError(answer.status() + " " + answer.body());
        }
        return answer.json();
    }
}
