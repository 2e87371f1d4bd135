package vintem.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a few characters may mean.
class SoughtTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    R$ 1.234,56     | 123456
                    1.234,5         | 123450
                    1234            | 123400
                    1,234.56        | 123456
                    40000008966,00  | 4000000896600
                    R$ 40000008966  | 4000000896600
                    40000008967     | 4000000896700
                    """)
    void an_amount_is_read_as_people_write_it(String text, long cents) {
        assertThat(sought(text).cents()).isEqualTo(OptionalLong.of(cents));
    }

    @ParameterizedTest
    @ValueSource(strings = {"40000008966", "400.000.089-66", "11222333000181"})
    void the_number_of_a_person_or_a_company_is_no_amount(String text) {
        assertThat(sought(text).taxId()).isPresent();
        assertThat(sought(text).cents()).isEmpty();
    }

    @Test
    void it_does_not_say_what_somebody_looks_for() {
        assertThat(sought("40000008966").toString()).doesNotContain("4000");
    }

    private static Sought sought(String text) {
        return Sought.of(text).orElseThrow();
    }
}
