package vintem.payments;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import vintem.platform.Json;
import vintem.platform.Problem;

/// One packet of the Socket.IO protocol, version 5
/// (<https://socket.io/docs/v4/socket-io-protocol/>): a type, a namespace unless it is `/`, the
/// number under which an answer is wanted, and JSON.
///
/// @param ackId digits, or null where no answer is wanted
/// @param data null where there is none
record SocketIoPacket(
        Type type, String namespace, @Nullable String ackId, @Nullable JsonNode data) {
    /// In the protocol's order: the type is its number. Binary packets are not here: nothing that a
    /// payer's page sends is binary.
    enum Type {
        CONNECT,
        DISCONNECT,
        EVENT,
        ACK,
        CONNECT_ERROR
    }

    static final String MAIN = "/";

    private static final int LONGEST_ACK_ID = 15;
    private static final int LONGEST_NAMESPACE = 100;

    /// Empty where it is malformed or binary.
    static Optional<SocketIoPacket> parse(String text) {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        var number = text.charAt(0) - '0';
        if (number < 0 || number >= Type.values().length) {
            return Optional.empty();
        }
        var at = 1;
        var namespace = MAIN;
        if (text.startsWith(MAIN, at)) {
            var comma = text.indexOf(',', at);
            var end = comma < 0 ? text.length() : comma;
            namespace = text.substring(at, end);
            at = comma < 0 ? end : end + 1;
        }
        var digits = at;
        while (digits < text.length() && isDigit(text.charAt(digits))) {
            digits++;
        }
        var ackId = digits == at ? null : text.substring(at, digits);
        if (namespace.length() > LONGEST_NAMESPACE
                || ackId != null && ackId.length() > LONGEST_ACK_ID) {
            return Optional.empty();
        }
        var type = Type.values()[number];
        try {
            var data = digits == text.length() ? null : json(text.substring(digits));
            return Optional.of(new SocketIoPacket(type, namespace, ackId, data));
        } catch (IOException | Problem notJson) {
            return Optional.empty();
        }
    }

    /// The name of an event, empty where this is none.
    String event() {
        return type == Type.EVENT ? text(0).orElse("") : "";
    }

    /// The event's first argument where it is a text.
    Optional<String> argument() {
        return text(1);
    }

    private Optional<String> text(int index) {
        return Optional.ofNullable(data).map(array -> array.path(index).textValue());
    }

    private static JsonNode json(String text) throws IOException {
        var bytes = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
        try (var parser = Json.parser(bytes)) {
            parser.nextToken();
            var value = Json.value(parser);
            Json.end(parser);
            return value;
        }
    }

    private static boolean isDigit(char character) {
        return character >= '0' && character <= '9';
    }
}
