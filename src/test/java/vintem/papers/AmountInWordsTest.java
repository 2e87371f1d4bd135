package vintem.papers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AmountInWordsTest {
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | zero reais",
                "1 | um centavo",
                "2 | dois centavos",
                "99 | noventa e nove centavos",
                "100 | um real",
                "101 | um real e um centavo",
                "200 | dois reais",
                "1600 | dezesseis reais",
                "2100 | vinte e um reais",
                "10000 | cem reais",
                "10100 | cento e um reais",
                "12345 | cento e vinte e três reais e quarenta e cinco centavos",
                "20000 | duzentos reais",
                "99900 | novecentos e noventa e nove reais",
                "100000 | um mil reais",
                "100100 | um mil e um reais",
                "110000 | um mil e cem reais",
                "110100 | um mil cento e um reais",
                "120005 | um mil e duzentos reais e cinco centavos",
                "123400 | um mil duzentos e trinta e quatro reais",
                "200000 | dois mil reais",
                "1000000 | dez mil reais",
                "10000000 | cem mil reais",
                "10010000 | cem mil e cem reais",
                "12345678 | cento e vinte e três mil quatrocentos e cinquenta e seis reais e"
                        + " setenta e oito centavos",
                "100000000 | um milhão de reais",
                "100000001 | um milhão de reais e um centavo",
                "100000100 | um milhão e um reais",
                "110000000 | um milhão e cem mil reais",
                "120000000 | um milhão e duzentos mil reais",
                "123456789 | um milhão, duzentos e trinta e quatro mil quinhentos e sessenta e"
                        + " sete reais e oitenta e nove centavos",
                "200000000 | dois milhões de reais",
                "100000000000 | um bilhão de reais",
                "250000000000 | dois bilhões e quinhentos milhões de reais",
                "999999999999 | nove bilhões, novecentos e noventa e nove milhões, novecentos e"
                        + " noventa e nove mil novecentos e noventa e nove reais e noventa e nove"
                        + " centavos",
                "100000000000000 | um trilhão de reais"
            })
    void an_amount_is_written_out_as_on_brazilian_papers(long cents, String words) {
        assertThat(AmountInWords.of(cents)).isEqualTo(words);
    }

    @Test
    void there_are_words_for_whatever_a_long_holds() {
        assertThat(AmountInWords.of(Long.MAX_VALUE)).contains("quatrilhões");
        assertThatThrownBy(() -> AmountInWords.of(-1)).isInstanceOf(IllegalArgumentException.class);
    }
}
