package vintem.webhooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Which addresses may be spoken to.
class AddressRulesTest {
    private static final AddressRules USUAL = AddressRules.of(List.of());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "0.1.2.3",
                "10.0.0.1",
                "10.255.255.255",
                "100.64.0.1",
                "100.127.255.255",
                "127.0.0.1",
                "127.255.255.254",
                // Other ways to write 127.0.0.1 that the JDK reads.
                "127.1",
                "2130706433",
                // The metadata of a cloud's machine.
                "169.254.169.254",
                "172.16.0.1",
                "172.31.255.255",
                "192.0.0.1",
                "192.0.2.1",
                "192.88.99.1",
                "192.168.1.1",
                "198.18.0.1",
                "198.19.255.255",
                "198.51.100.1",
                "203.0.113.1",
                "224.0.0.1",
                "239.255.255.255",
                "240.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "::127.0.0.1",
                "::ffff:127.0.0.1",
                "::ffff:10.0.0.1",
                "::ffff:169.254.169.254",
                "64:ff9b::7f00:1",
                "64:ff9b:1::1",
                "100::1",
                "2001::1",
                "2001:10::1",
                "2001:db8::1",
                "2002:7f00:1::1",
                "3fff::1",
                "fc00::1",
                "fd12:3456:789a::1",
                "fe80::1",
                "fec0::1",
                "ff02::1",
                "4000::1",
            })
    void what_is_not_anybodys_is_refused(String address) throws UnknownHostException {
        assertThat(USUAL.allows(InetAddress.getByName(address))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1",
                "8.8.8.8",
                "9.255.255.255",
                "11.0.0.0",
                "100.63.255.255",
                "100.128.0.0",
                "126.255.255.255",
                "128.0.0.0",
                "169.253.255.255",
                "172.15.255.255",
                "172.32.0.0",
                "192.167.255.255",
                "192.169.0.0",
                "198.17.255.255",
                "198.20.0.0",
                "223.255.255.255",
                "::ffff:8.8.8.8",
                "2001:4860:4860::8888",
                "2606:4700:4700::1111",
                "2a00:1450:4001:800::200e",
            })
    void what_is_anybodys_is_allowed(String address) throws UnknownHostException {
        assertThat(USUAL.allows(InetAddress.getByName(address))).isTrue();
    }

    @Test
    void a_block_that_is_named_is_allowed_and_its_neighbours_are_not() throws Exception {
        var rules = AddressRules.of(List.of("10.1.0.0/16", "127.0.0.1", "fd00::/9"));
        assertThat(rules.allows(InetAddress.getByName("10.1.255.255"))).isTrue();
        assertThat(rules.allows(InetAddress.getByName("10.2.0.0"))).isFalse();
        assertThat(rules.allows(InetAddress.getByName("10.0.255.255"))).isFalse();
        assertThat(rules.allows(InetAddress.getByName("127.0.0.1"))).isTrue();
        assertThat(rules.allows(InetAddress.getByName("127.0.0.2"))).isFalse();
        assertThat(rules.allows(InetAddress.getByName("::ffff:10.1.2.3"))).isTrue();
        assertThat(rules.allows(InetAddress.getByName("fd7f::1"))).isTrue();
        assertThat(rules.allows(InetAddress.getByName("fd80::1"))).isFalse();
        assertThat(rules.allows(InetAddress.getByName("8.8.8.8"))).isTrue();
    }

    @Test
    void true_allows_everything() throws Exception {
        var rules = AddressRules.of(List.of("true"));
        assertThat(rules.allows(InetAddress.getByName("169.254.169.254"))).isTrue();
        assertThat(rules.allows(InetAddress.getByName("::1"))).isTrue();
        assertThat(AddressRules.of(List.of("false")).allows(InetAddress.getByName("::1")))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/x",
                "yes",
                "::/129",
                "/8"
            })
    void a_block_that_is_none_is_said_at_start(String text) {
        assertThatThrownBy(() -> AddressRules.of(List.of(text)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("VINTEM_WEBHOOKS_ALLOW_PRIVATE");
    }

    @Test
    void one_private_address_among_several_refuses_the_name() throws Exception {
        var open = InetAddress.getByName("8.8.8.8");
        var inside = InetAddress.getByName("10.0.0.1");
        var find = new FindAddress(_ -> List.of(open, inside), USUAL);
        assertThat(find.find("both.example")).isInstanceOf(FindAddress.Found.NotAllowed.class);
        find.stop();
    }

    @Test
    void a_name_that_nobody_knows_is_unknown() {
        var find =
                new FindAddress(
                        _ -> {
                            throw new UnknownHostException();
                        },
                        USUAL);
        assertThat(find.find("nobody.example")).isInstanceOf(FindAddress.Found.Unknown.class);
        find.stop();
    }
}
