package vintem.billing;

import java.util.ArrayList;
import java.util.List;
import vintem.platform.Words;

/// The sentence that says why a file failed. It is kept as its name and what fills its gaps, so
/// that each reader is told in their language.
///
/// @param name of the text `billing.detail.…`
/// @param given whole numbers are shown as such; nothing of the file's contents but its titles
record FileDetail(String name, List<String> given) {
    private static final String GAP = "\t";

    FileDetail {
        given = List.copyOf(given);
    }

    static FileDetail of(String name, Object... given) {
        var texts = new ArrayList<String>();
        for (var each : given) {
            texts.add(each.toString().replace(GAP, " "));
        }
        return new FileDetail(name, texts);
    }

    static FileDetail parse(String stored) {
        var parts = List.of(stored.split(GAP, -1));
        return new FileDetail(parts.getFirst(), parts.subList(1, parts.size()));
    }

    /// As it is stored.
    String text() {
        return given.isEmpty() ? name : name + GAP + String.join(GAP, given);
    }

    String inWords(Words words) {
        var key = "billing.detail." + name;
        return words.knows(key)
                ? words.say(key, given.stream().map(it -> shown(it, words)).toArray())
                // Of a version that knew more.
                : name;
    }

    private static String shown(String given, Words words) {
        return given.matches("[0-9]{1,18}") ? words.number(Long.parseLong(given)) : given;
    }
}
