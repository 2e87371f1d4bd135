package vintem.platform;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;

/// Says in Portuguese what a problem says in English.
///
/// The code speaks English, and contracts fix some of it to the letter; so what is said is looked
/// up by its English text in `messages/problems_en.properties`, and what stands under the same key
/// in `problems_pt.properties` is said instead, with the same numbers and names in its gaps. A
/// detail that is not there is said in general, by its code.
final class InPortuguese {
    /// What is said with something in it: `must be at most {0}`.
    private record Sentence(Pattern english, String portuguese) {}

    private static final String TITLE = "title.";
    private static final String DETAIL = "detail.";
    private static final String SAID = "said.";
    private static final Pattern GAP = Pattern.compile("\\{\\d}");

    // A number, a code or a list of them, never words of a sentence: those would be said in
    // English.
    private static final String FILLED = "((?:Em validação|, | (?=[0-9])|[^\\s])+?)";

    private final Properties portuguese;
    private final Map<String, String> plain = new HashMap<>();
    private final List<Sentence> sentences = new ArrayList<>();

    private InPortuguese(Properties english, Properties portuguese) {
        this.portuguese = portuguese;
        english.stringPropertyNames().stream()
                .filter(key -> key.startsWith(SAID))
                // Of two that fit, the one that says more: `must be 1 to 5 seconds`.
                .sorted(
                        Comparator.comparingInt((String key) -> -english.getProperty(key).length())
                                .thenComparing(key -> key))
                .forEach(key -> learn(english.getProperty(key), portuguese.getProperty(key)));
    }

    /// Read when the first problem is told in Portuguese.
    private static final class Dictionary {
        private static final InPortuguese ONLY = new InPortuguese(load("en"), load("pt"));
    }

    static String title(String code, String english) {
        return Dictionary.ONLY.portuguese.getProperty(TITLE + code, english);
    }

    static String detail(String code, String english) {
        return Dictionary.ONLY
                .said(english)
                .orElseGet(() -> Dictionary.ONLY.portuguese.getProperty(DETAIL + code, english));
    }

    static String reason(String english) {
        return Dictionary.ONLY.said(english).orElse(english);
    }

    private void learn(String english, String portuguese) {
        if (!GAP.matcher(english).find()) {
            plain.put(english, portuguese);
            return;
        }
        var pattern = new StringBuilder();
        var end = 0;
        for (var gap = GAP.matcher(english); gap.find(); end = gap.end()) {
            pattern.append(Pattern.quote(english.substring(end, gap.start()))).append(FILLED);
        }
        pattern.append(Pattern.quote(english.substring(end)));
        sentences.add(
                new Sentence(Pattern.compile(pattern.toString(), Pattern.DOTALL), portuguese));
    }

    private Optional<String> said(String english) {
        var known = plain.get(english);
        if (known != null) {
            return Optional.of(known);
        }
        for (var sentence : sentences) {
            var found = sentence.english().matcher(english);
            if (found.matches()) {
                return Optional.of(
                        GAP.matcher(sentence.portuguese())
                                .replaceAll(
                                        gap ->
                                                java.util.regex.Matcher.quoteReplacement(
                                                        found.group(
                                                                gap.group().charAt(1) - '0' + 1))));
            }
        }
        return Optional.empty();
    }

    private static Properties load(String language) {
        var name = "/messages/problems_" + language + ".properties";
        try (var in = InPortuguese.class.getResourceAsStream(name)) {
            var texts = new Properties();
            texts.load(
                    new InputStreamReader(
                            Objects.requireNonNull(in, name), StandardCharsets.UTF_8));
            return texts;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
