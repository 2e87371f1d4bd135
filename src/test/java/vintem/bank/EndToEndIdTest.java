package vintem.bank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class EndToEndIdTest {
    private static final Instant AT = Instant.parse("2026-11-23T02:59:31Z");

    @Test
    void a_new_id_tells_the_institution_and_the_minute_in_utc() {
        var id = EndToEndId.create("12345678", AT);

        assertThat(id.value()).matches("E12345678202611230259[0-9A-Za-z]{11}");
        assertThat(id.ispb()).isEqualTo("12345678");
        assertThat(EndToEndId.parse(id.value())).contains(id);
        assertThat(id).hasToString(id.value());
    }

    @Test
    void an_institution_may_have_letters() {
        assertThat(EndToEndId.create("12ABC345", AT).ispb()).isEqualTo("12ABC345");
    }

    @Test
    void ids_of_one_minute_differ() {
        assertThat(Stream.generate(() -> EndToEndId.create("12345678", AT)).limit(100_000))
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1234567", "123456789", "12abc345", "1234 678", "١٢٣٤٥٦٧٨"})
    void a_wrong_institution_is_refused(String ispb) {
        assertThatThrownBy(() -> EndToEndId.create(ispb, AT))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_year_of_more_than_four_digits_is_refused() {
        assertThatThrownBy(
                        () ->
                                EndToEndId.create(
                                        "12345678", Instant.parse("+10000-01-01T00:00:00Z")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(
                        () -> EndToEndId.create("12345678", Instant.parse("-0001-01-01T00:00:00Z")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @NullAndEmptySource
    @ValueSource(
            strings = {
                "D12345678202611230259abcdefghijk",
                "e12345678202611230259abcdefghijk",
                "E12345678202611230259abcdefghij",
                "E12345678202611230259abcdefghijkl",
                "E12345678202611230259abcdefghij-",
                " E12345678202611230259abcdefghijk",
                "E12345678202613010259abcdefghijk",
                "E12345678202602290259abcdefghijk",
                "E12345678202611232459abcdefghijk",
                "E12345678202611230260abcdefghijk",
                "E12345678202611230259abcdefghij\0"
            })
    void anything_else_is_not_an_id(String text) {
        assertThat(EndToEndId.parse(text)).isEmpty();
    }

    @Test
    void the_case_of_the_last_characters_counts() {
        assertThat(EndToEndId.parse("E12345678202611230259abcdefghijk"))
                .isPresent()
                .isNotEqualTo(EndToEndId.parse("E12345678202611230259ABCDEFGHIJK"));
    }

    @Property
    void garbage_never_throws(@ForAll String text) {
        EndToEndId.parse(text);
        EndToEndId.parse("E12345678" + text);
    }
}
