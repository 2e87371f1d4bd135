package vintem.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// What is sealed is read again by whoever has the secret, where it lay, and by nobody else.
class SealingTest {
    private static final byte[] OPEN = "abre-te, sésamo".getBytes(StandardCharsets.UTF_8);

    private final Sealing sealing = Sealings.of("a secret of at least thirty-two bytes");

    @Test
    void what_was_sealed_is_opened_where_it_lay() {
        var sealed = sealing.seal("row 1", OPEN);
        assertThat(sealing.open("row 1", sealed)).hasValue(OPEN);
        assertThat(new String(sealed, StandardCharsets.ISO_8859_1)).doesNotContain("abre-te");
    }

    @Test
    void the_same_is_never_sealed_alike() {
        assertThat(sealing.seal("row 1", OPEN)).isNotEqualTo(sealing.seal("row 1", OPEN));
    }

    @Test
    void another_row_another_secret_and_a_changed_bit_do_not_open_it() {
        var sealed = sealing.seal("row 1", OPEN);
        assertThat(sealing.open("row 2", sealed)).isEmpty();
        var other = Sealings.of("another secret of thirty-two bytes and more");
        assertThat(other.open("row 1", sealed)).isEmpty();
        for (var i = 0; i < sealed.length; i++) {
            var changed = sealed.clone();
            changed[i] ^= 1;
            assertThat(sealing.open("row 1", changed)).as("byte %d", i).isEmpty();
        }
        assertThat(sealing.open("row 1", new byte[0])).isEmpty();
        assertThat(sealing.open("row 1", new byte[12])).isEmpty();
    }
}
