package vintem.payments;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vintem.payments.SocketIoPacket.Type;

class SocketIoPacketTest {
    @Test
    void a_packet_has_a_type_a_namespace_a_number_and_data() {
        var packet = SocketIoPacket.parse("2/admin,12[\"watch\",\"x\"]").orElseThrow();
        assertThat(packet.type()).isEqualTo(Type.EVENT);
        assertThat(packet.namespace()).isEqualTo("/admin");
        assertThat(packet.ackId()).isEqualTo("12");
        assertThat(packet.event()).isEqualTo("watch");
        assertThat(packet.argument()).contains("x");

        var connect = SocketIoPacket.parse("0").orElseThrow();
        assertThat(connect.type()).isEqualTo(Type.CONNECT);
        assertThat(connect.namespace()).isEqualTo("/");
        assertThat(connect.ackId()).isNull();
        assertThat(connect.event()).isEmpty();
        assertThat(connect.argument()).isEmpty();
        assertThat(SocketIoPacket.parse("0/admin").orElseThrow().namespace()).isEqualTo("/admin");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "51-[]", "6", "9", "x", "2[", "2[]]", "2[1", "2{", "2x", "0,"})
    void what_is_malformed_or_binary_is_none(String text) {
        assertThat(SocketIoPacket.parse(text)).isEmpty();
    }

    @Property(tries = 2_000)
    void whatever_comes_is_a_packet_or_none(
            @ForAll
                    @Chars({'"', '[', ']', '{', '}', ',', '/', ':', '\\', '\u0000', '\ud800'})
                    @CharRange(from = '0', to = 'z')
                    String text) {
        SocketIoPacket.parse(text)
                .ifPresent(
                        packet -> {
                            assertThat(packet.event()).isNotNull();
                            assertThat(packet.argument()).isNotNull();
                        });
    }
}
