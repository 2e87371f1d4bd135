package vintem.payments;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import vintem.NodeJs;
import vintem.platform.Together;

/// Clients of the real `socket.io-client`, by name, in one process of Node.js.
final class SocketIoClients implements AutoCloseable {
    /// What one client heard.
    record Heard(String client, String event, String detail) {}

    private static final ObjectMapper JSON = new ObjectMapper();

    private final NodeJs.Running script = NodeJs.start("socket-io.js");
    private final List<Heard> heard = new CopyOnWriteArrayList<>();

    SocketIoClients() {
        Together.beside(this::listen);
    }

    /// Opens one with the options of `io(url, options)`.
    SocketIoClients open(String client, String url, Map<String, ?> options) {
        return tell("open", client, Map.of("url", url, "options", options));
    }

    /// Asks for an acknowledgement, which is heard as `ack`.
    SocketIoClients watch(String client, UUID paymentId) {
        return tell("watch", client, Map.of("paymentId", paymentId.toString()));
    }

    SocketIoClients emit(String client, Object... values) {
        return tell("emit", client, Map.of("values", values));
    }

    SocketIoClients connect(String client) {
        return tell("connect", client, Map.of());
    }

    SocketIoClients disconnect(String client) {
        return tell("disconnect", client, Map.of());
    }

    SocketIoClients disconnectAll() {
        return tell("disconnectAll", "", Map.of());
    }

    SocketIoClients cut(String client) {
        return tell("cut", client, Map.of());
    }

    /// Waits until the client has heard it so often.
    SocketIoClients await(String client, String event, int times) {
        try {
            Together.until(
                    "%s hears %s".formatted(client, event), () -> count(client, event) >= times);
        } catch (AssertionError never) {
            throw new AssertionError(never.getMessage() + ", but: " + heard, never);
        }
        return this;
    }

    SocketIoClients await(String client, String event) {
        return await(client, event, 1);
    }

    long count(String client, String event) {
        return heard.stream()
                .filter(each -> each.client().equals(client) && each.event().equals(event))
                .count();
    }

    /// The last detail of such an event.
    String detail(String client, String event) {
        return heard.stream()
                .filter(each -> each.client().equals(client) && each.event().equals(event))
                .reduce((_, last) -> last)
                .map(Heard::detail)
                .orElse("");
    }

    /// The process under them, for signals.
    Process process() {
        return script.process();
    }

    @Override
    public void close() {
        script.close();
    }

    private SocketIoClients tell(String what, String client, Map<String, ?> more) {
        var command = new LinkedHashMap<String, Object>();
        command.put("do", what);
        command.put("client", client);
        command.putAll(more);
        try {
            script.say(JSON.writeValueAsString(command));
        } catch (IOException ours) {
            throw new UncheckedIOException(ours);
        }
        return this;
    }

    private void listen() {
        try {
            while (true) {
                var line = JSON.readTree(script.line(Duration.ofDays(1)).orElseThrow());
                heard.add(
                        new Heard(
                                line.get("client").asText(),
                                line.get("event").asText(),
                                text(line.get("detail"))));
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (AssertionError ended) {
            // It was closed.
        }
    }

    private static String text(JsonNode detail) {
        return detail.isTextual() ? detail.asText() : detail.toString();
    }
}
