package vintem.platform;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class InPortugueseTest {
    @Test
    void what_stands_in_a_gap_is_said_again() {
        assertThat(InPortuguese.detail("conflict", "It is Aprovado.")).isEqualTo("Está Aprovado.");
        assertThat(InPortuguese.reason("must be at most 10,000"))
                .isEqualTo("deve ser no máximo 10,000");
    }

    @Test
    void a_sentence_that_nobody_translated_is_told_by_its_code_and_never_by_half() {
        var said = "It is not what you named: look at it again. Nothing was sent.";
        assertThat(InPortuguese.detail("changed-since-seen", said))
                .startsWith("O que está retido não é o que foi visto");
    }
}
