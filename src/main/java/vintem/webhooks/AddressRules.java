package vintem.webhooks;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import vintem.platform.Settings;

/// Which addresses may be spoken to: those that anybody on the Internet may, and what
/// `VINTEM_WEBHOOKS_ALLOW_PRIVATE` names besides.
///
/// Whoever may enter an endpoint's address must not read by it what only this machine can reach:
/// the cloud's metadata, the database, a neighbour's console. Sources: the IANA special-purpose
/// address registries for IPv4 (RFC 6890 and what updated it) and IPv6.
final class AddressRules {
    /// One block of addresses.
    record Block(byte[] start, int bits) {
        /// @throws IllegalArgumentException in words for the operator
        static Block parse(String text) {
            var slash = text.indexOf('/');
            var address = slash < 0 ? text : text.substring(0, slash);
            if (!address.matches("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")) {
                throw wrong(text);
            }
            try {
                var start = InetAddress.getByName(address).getAddress();
                var most = start.length * Byte.SIZE;
                var bits = slash < 0 ? most : Integer.parseInt(text.substring(slash + 1));
                if (bits < 0 || bits > most) {
                    throw wrong(text);
                }
                return new Block(start, bits);
            } catch (UnknownHostException | NumberFormatException noBlock) {
                throw wrong(text);
            }
        }

        boolean holds(byte[] address) {
            if (address.length != start.length) {
                return false;
            }
            for (var bit = 0; bit < bits; bit += Byte.SIZE) {
                var mask = 0xff << Math.max(0, Byte.SIZE - (bits - bit)) & 0xff;
                if (((address[bit / Byte.SIZE] ^ start[bit / Byte.SIZE]) & mask) != 0) {
                    return false;
                }
            }
            return true;
        }

        private static IllegalArgumentException wrong(String text) {
            return new IllegalArgumentException(
                    "VINTEM_WEBHOOKS_ALLOW_PRIVATE is `true`, or blocks such as 10.0.0.0/8, not `"
                            + text
                            + "`");
        }
    }

    /// Nobody's, one's own, one link's, documentation's, many's at once. IPv6 is the other way
    /// round: only 2000::/3 is anybody's, so all else is refused, what carries an IPv4 address
    /// inside (mapped, NAT64, Teredo, 6to4) too.
    private static final List<Block> NOT_PUBLIC =
            blocks(
                    "0.0.0.0/8",
                    "10.0.0.0/8",
                    "100.64.0.0/10",
                    "127.0.0.0/8",
                    "169.254.0.0/16",
                    "172.16.0.0/12",
                    "192.0.0.0/24",
                    "192.0.2.0/24",
                    "192.31.196.0/24",
                    "192.52.193.0/24",
                    "192.88.99.0/24",
                    "192.168.0.0/16",
                    "192.175.48.0/24",
                    "198.18.0.0/15",
                    "198.51.100.0/24",
                    "203.0.113.0/24",
                    "224.0.0.0/4",
                    "240.0.0.0/4",
                    "2001::/23",
                    "2001:db8::/32",
                    "2002::/16",
                    "3fff::/20");

    private static final Block PUBLIC_IPV6 = Block.parse("2000::/3");
    private static final int IPV4_BYTES = 4;

    private final boolean anything;
    private final List<Block> allowed;

    private AddressRules(boolean anything, List<Block> allowed) {
        this.anything = anything;
        this.allowed = allowed;
    }

    /// @throws IllegalArgumentException in words for the operator
    static AddressRules fromSettings() {
        return of(Settings.list("webhooks-allow-private"));
    }

    static AddressRules of(List<String> allowed) {
        var words = allowed.stream().map(each -> each.toLowerCase(Locale.ROOT)).toList();
        if (words.equals(List.of("true"))) {
            return new AddressRules(true, List.of());
        }
        return new AddressRules(false, words.equals(List.of("false")) ? List.of() : blocks(words));
    }

    boolean allows(InetAddress address) {
        var bytes = address.getAddress();
        if (anything || allowed.stream().anyMatch(each -> each.holds(bytes))) {
            return true;
        }
        return (bytes.length == IPV4_BYTES || PUBLIC_IPV6.holds(bytes))
                && NOT_PUBLIC.stream().noneMatch(each -> each.holds(bytes));
    }

    private static List<Block> blocks(String... texts) {
        return blocks(List.of(texts));
    }

    private static List<Block> blocks(List<String> texts) {
        var blocks = new ArrayList<Block>();
        texts.forEach(each -> blocks.add(Block.parse(each)));
        return List.copyOf(blocks);
    }
}
