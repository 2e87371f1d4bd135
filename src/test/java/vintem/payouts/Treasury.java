package vintem.payouts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import vintem.Http;
import vintem.Http.Answer;
import vintem.platform.Ids;
import vintem.platform.Json;

/// People who send payouts and people who release them, in the words of the tests.
final class Treasury {
    static final String PASSWORD = "uma senha boa";

    private Treasury() {}

    /// Somebody of the company who pays: alone up to some amount, and releases up to another.
    record Person(String name) {
        /// Signed in anew: tests move the clock beyond what a token lasts.
        Http http() {
            return Http.nobody().signedIn(name, PASSWORD.replace(' ', '+'));
        }

        /// A key of theirs, with its own limits.
        Http key(Map<String, Object> limits) {
            var body = new LinkedHashMap<String, Object>(limits);
            body.put("name", "a program");
            body.put("roles", Map.of("payouts", "operator"));
            var made = http().post("/keys", Json.text(body));
            assertThat(made.status()).isEqualTo(201);
            return Http.nobody().bearer(made.json().required("key").textValue());
        }
    }

    static Person person(Map<String, Object> limits) {
        return person("p", limits);
    }

    static Person person(String called, Map<String, Object> limits) {
        var name = called + "." + Ids.next().toString().substring(24);
        var body = new LinkedHashMap<String, Object>(limits);
        body.put("name", name);
        body.put("password", PASSWORD);
        body.putIfAbsent("roles", Map.of("payouts", "operator", "settings", "admin"));
        var made = Http.admin().post("/users", Json.text(body));
        assertThat(made.status()).as(made.body()).isEqualTo(201);
        return new Person(name);
    }

    /// What `POST /payouts/batch` answers: `id status [reason] [was=…]` per detail.
    static List<String> details(Answer answer) {
        assertThat(answer.status()).as(answer.body()).isIn(200, 202);
        var lines = new ArrayList<String>();
        for (var each : answer.json().required("details")) {
            lines.add(
                    each.required("external_id").textValue()
                            + " "
                            + each.required("status").textValue()
                            + (each.has("reason") ? " " + each.get("reason").textValue() : "")
                            + (each.has("original_status")
                                    ? " was=" + each.get("original_status").textValue()
                                    : ""));
        }
        return lines;
    }

    /// The holds of a batch, oldest first.
    static List<JsonNode> holds(String batchId) {
        var answer = Http.admin().get("/payouts/batches/" + batchId);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        var holds = new ArrayList<JsonNode>();
        answer.json().required("holds").forEach(holds::add);
        return holds;
    }

    static JsonNode hold(String batchId) {
        var holds = holds(batchId);
        assertThat(holds).hasSize(1);
        return holds.getFirst();
    }

    static String path(JsonNode hold) {
        return "/payouts/holds/" + hold.required("id").textValue();
    }

    static Answer release(Http person, JsonNode hold) {
        return release(person, hold, hold.required("digest").textValue());
    }

    static Answer release(Http person, JsonNode hold, String digest) {
        return person.post(path(hold) + "/release", "{\"digest\":\"%s\"}".formatted(digest));
    }

    static Answer refuse(Http person, JsonNode hold) {
        return person.post(path(hold) + "/refusal", "{\"reason\":\"not this month\"}");
    }

    static Answer cancel(Http person, JsonNode hold) {
        return person.post(path(hold) + "/cancellation", "");
    }

    /// `status [reason]` of one payout.
    static String status(String externalId) {
        var payout = Http.admin().get("/payouts/" + externalId).json();
        return payout.required("status").textValue()
                + (payout.path("reason").isTextual() ? " " + payout.get("reason").textValue() : "");
    }

    static String code(Answer answer) {
        return answer.status()
                + " "
                + answer.json().required("type").textValue().replaceAll(".*/", "");
    }
}
