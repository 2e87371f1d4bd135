package vintem.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import vintem.Rows;
import vintem.World;

/// No English word stands inside a Portuguese sentence.
@QuarkusTest
@QuarkusTestResource(World.class)
class InPortugueseTest {
    private static final Pattern QUOTED = Pattern.compile("'([a-z_]+)'");
    private static final String NOBODY_TRANSLATED = "decided-otherwise";

    @Test
    void what_stands_in_a_gap_is_said_again() {
        assertThat(InPortuguese.reason("must be at most 10,000"))
                .isEqualTo("deve ser no máximo 10,000");
        assertThat(InPortuguese.detail("over-limit", "You may release batches of at most R$ 5,00."))
                .isEqualTo("Você pode liberar lotes de no máximo R$ 5,00.");
        assertThat(InPortuguese.reason("must be one of paid, failed"))
                .isEqualTo("deve ser um de paid, failed");
        assertThat(InPortuguese.reason("must be a time like 2022-06-09 10:00:00"))
                .isEqualTo("deve ser uma hora como 2022-06-09 10:00:00");
        assertThat(
                        InPortuguese.detail(
                                "no-such-move",
                                "A purchase that is Em validação does not become Aprovado."))
                .isEqualTo("Uma compra Em validação não passa a Aprovado.");
    }

    @Test
    void a_sentence_that_nobody_translated_is_told_by_its_code_and_never_by_half() {
        var said = "It is not what anybody named. Nothing was sent.";
        assertThat(InPortuguese.detail("changed-since-seen", said))
                .startsWith("O que está retido não é o que foi visto");
    }

    @ParameterizedTest
    @CsvSource({
        "payout_hold, state, It is %s.",
        "pix_receipt, status, It is %s.",
        "charge_settlement, status, It is %s.",
        "payment, status, The payment is %s.",
        "charge, status, The charge is %s."
    })
    void every_state_that_a_refusal_names_has_words_of_its_own(
            String table, String column, String sentence) {
        var states = states(table, column);
        assertThat(states).hasSizeGreaterThan(2);
        for (var state : states) {
            var said = InPortuguese.detail(NOBODY_TRANSLATED, sentence.formatted(state));
            assertThat(said)
                    .as(state)
                    .doesNotContain(state)
                    .doesNotStartWith("Alguém já decidiu de outro modo");
        }
    }

    /// What the database allows there.
    private static List<String> states(String table, String column) {
        var checks =
                Rows.text(
                        """
                        select string_agg(pg_get_constraintdef(oid), ' ') from pg_constraint
                        where conrelid = ?::regclass and contype = 'c'
                        and pg_get_constraintdef(oid) like 'CHECK ((' || ? || ' = ANY (%'
                        """,
                        table, column);
        return QUOTED.matcher(checks).results().map(it -> it.group(1)).toList();
    }

    @Test
    void words_of_a_sentence_never_fill_a_gap() throws IOException {
        var english = new Properties();
        try (var in = InPortuguese.class.getResourceAsStream("/messages/problems_en.properties")) {
            english.load(new InputStreamReader(Objects.requireNonNull(in), StandardCharsets.UTF_8));
        }
        for (var key : english.stringPropertyNames()) {
            var text = english.getProperty(key);
            if (key.startsWith("said.") && text.contains("{0}")) {
                var filled = text.replaceAll("\\{\\d}", "released by somebody");
                assertThat(InPortuguese.reason(filled)).as(key).isEqualTo(filled);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "is required: a part of that name, with the file",
                "is required: four digits",
                "is more than a year ahead",
                "must be a date and time, 2026-11-27T09:00 in São Paulo or with its offset",
                "is neither OFX nor CSV near line 7",
                "is beyond a limit of JSON: nested too deeply, or a name, a number or a text too"
                        + " long",
                "Its limit stands in the way: daily_limit_exceeded.",
                "Its time is over."
            })
    void what_was_said_by_half_before_is_said_whole(String english) {
        assertThat(InPortuguese.reason(english))
                .isNotEqualTo(english)
                .doesNotContainPattern(
                        "\\b(the|of|with|four|ahead|digits|near|nor|its|is|daily_limit)\\b");
    }
}
