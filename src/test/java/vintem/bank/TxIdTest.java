package vintem.bank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class TxIdTest {
    @Test
    void a_static_code_gets_25_characters_that_no_bank_changes() {
        var txid = TxId.forStaticCode();

        assertThat(txid.value()).matches("[0-9A-Z]{25}");
        assertThat(txid.fitsStaticCode()).isTrue();
        assertThat(TxId.parse(txid.value())).contains(txid);
        assertThat(txid).hasToString(txid.value());
    }

    @Test
    void a_charge_gets_as_many_as_the_pix_api_wants() {
        var txid = TxId.forCharge();

        // BACEN, openapi.yaml 2.9.0: the txid of cob and cobv.
        assertThat(txid.value()).matches("[a-zA-Z0-9]{26,35}").hasSize(32);
        assertThat(txid.fitsStaticCode()).isFalse();
    }

    @Test
    void no_two_are_the_same_and_every_character_comes_up() {
        var txids = Stream.generate(TxId::forStaticCode).limit(20_000).toList();

        assertThat(txids).doesNotHaveDuplicates();
        assertThat(txids.stream().flatMapToInt(txid -> txid.value().chars()).distinct().count())
                .isEqualTo(36);
    }

    @Test
    void the_case_counts() {
        assertThat(TxId.parse("abc")).isNotEqualTo(TxId.parse("ABC"));
    }

    @Test
    void it_has_1_to_35_characters() {
        assertThat(TxId.parse("7")).isPresent();
        assertThat(TxId.parse("7".repeat(35))).isPresent();
        assertThat(TxId.parse("7".repeat(36))).isEmpty();
        assertThat(TxId.parse("7".repeat(1_000_000))).isEmpty();
    }

    @ParameterizedTest
    @NullAndEmptySource
    @ValueSource(strings = {" ", "***", "a b", " ab", "ab\n", "a-b", "é", "٣", "😀", "a\0"})
    void anything_else_is_not_a_txid(String text) {
        assertThat(TxId.parse(text)).isEmpty();
        if (text != null) {
            assertThatThrownBy(() -> new TxId(text)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Property
    void garbage_never_throws(@ForAll String text) {
        TxId.parse(text);
    }
}
