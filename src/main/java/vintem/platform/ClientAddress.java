package vintem.platform;

import io.vertx.core.http.HttpServerRequest;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;

/// The address that sign-in attempts and sockets are counted by. Behind a proxy it is the proxy's,
/// unless Quarkus is told to trust its forwarding headers.
public final class ClientAddress {
    private static final int IPV4_BYTES = 4;
    private static final int NETWORK_BYTES = 8;

    private ClientAddress() {}

    public static String of(HttpServerRequest request) {
        var address = request.remoteAddress();
        return address == null ? "unknown" : of(address.hostAddress());
    }

    /// An IPv4 address as it is; of an IPv6 address the first 64 bits, since one client has all the
    /// others to choose from.
    public static String of(String address) {
        try {
            var bytes = InetAddress.ofLiteral(address).getAddress();
            return bytes.length == IPV4_BYTES
                    ? address
                    : HexFormat.of().formatHex(Arrays.copyOf(bytes, NETWORK_BYTES)) + "/64";
        } catch (IllegalArgumentException noAddress) {
            return address;
        }
    }
}
