package vintem.payouts;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import vintem.Http;

/// Batches in the words of the tests.
final class Batches {
    static final String KEY = "ana@mail.com";

    private static final ObjectMapper JSON = new ObjectMapper();

    private Batches() {}

    static String batch(String batchId, String... items) {
        return "{\"batch_id\":%s,\"items\":[%s]}"
                .formatted(quoted(batchId), String.join(",", items));
    }

    static String nameless(String... items) {
        return "{\"items\":[%s]}".formatted(String.join(",", items));
    }

    static String item(String externalId, long cents) {
        return item(externalId, cents, KEY);
    }

    static String item(String externalId, long cents, String key) {
        return "{\"external_id\":%s,\"user_id\":\"u1\",\"amount_cents\":%d,\"pix_key\":%s}"
                .formatted(quoted(externalId), cents, quoted(key));
    }

    /// An item with these members as well or instead; null takes one away.
    static String item(String externalId, long cents, Map<String, Object> members) {
        try {
            var item =
                    (com.fasterxml.jackson.databind.node.ObjectNode)
                            JSON.readTree(item(externalId, cents));
            members.forEach(
                    (name, value) -> {
                        if (value.equals("")) {
                            item.remove(name);
                        } else {
                            item.set(name, JSON.valueToTree(value));
                        }
                    });
            return item.toString();
        } catch (com.fasterxml.jackson.core.JsonProcessingException ours) {
            throw new AssertionError(ours);
        }
    }

    /// One line per detail: `id status cents [reason] [was=status] [differs=a,b]`.
    static List<String> lines(Http.Answer answer) {
        if (answer.status() != 200) {
            throw new AssertionError(answer.status() + " " + answer.body());
        }
        var lines = new ArrayList<String>();
        for (var detail : answer.json().required("details")) {
            var line = new StringBuilder();
            line.append(detail.required("external_id").textValue());
            line.append(' ').append(detail.required("status").textValue());
            line.append(' ').append(detail.required("amount_cents").longValue());
            if (detail.has("reason")) {
                line.append(' ').append(detail.get("reason").textValue());
            }
            if (detail.has("original_status")) {
                line.append(" was=").append(detail.get("original_status").textValue());
            }
            if (detail.has("mismatch")) {
                var names = new ArrayList<String>();
                detail.get("mismatch").forEach(name -> names.add(name.textValue()));
                line.append(" differs=").append(String.join(",", names));
            }
            lines.add(line.toString());
        }
        return lines;
    }

    /// `processed successful failed duplicates [processing]`.
    static String counts(Http.Answer answer) {
        var json = answer.json();
        var counts = new StringBuilder();
        for (var name : List.of("processed", "successful", "failed", "duplicates", "processing")) {
            if (json.has(name)) {
                counts.append(counts.isEmpty() ? "" : " ").append(json.get(name).longValue());
            }
        }
        return counts.toString();
    }

    /// `pointer: reason` of each mistake.
    static List<String> mistakes(Http.Answer answer) {
        var mistakes = new ArrayList<String>();
        answer.json()
                .path("violations")
                .forEach(
                        each ->
                                mistakes.add(
                                        each.required("pointer").textValue()
                                                + ": "
                                                + each.required("reason").textValue()));
        return mistakes;
    }

    static List<String> pointers(Http.Answer answer) {
        return mistakes(answer).stream().map(each -> each.split(":", 2)[0]).toList();
    }

    static String quoted(String text) {
        return JsonNodeFactory.instance.textNode(text).toString();
    }
}
