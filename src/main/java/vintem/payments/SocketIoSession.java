package vintem.payments;

import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import vintem.payments.PaymentStates.State;
import vintem.payments.SocketIo.Refusal;
import vintem.platform.Broadcast;
import vintem.platform.Line;
import vintem.platform.Sockets;

/// One client of [SocketIo], whatever carries it: requests that wait for an answer, or a WebSocket.
///
/// Everything in here runs on one event loop, that of the connection which began it, wherever it
/// comes from: so there are no locks, and things happen in the order in which they came.
final class SocketIoSession implements Line.Receiver, Sockets.Living {
    private static final Logger LOG = Logger.getLogger(SocketIoSession.class);

    /// Stands between packets in one request or answer.
    private static final char SEPARATOR = '\u001e';

    private static final String CLOSE = "1";
    private static final String PING = "2";
    private static final String NOTHING = "6";
    private static final String PROBE = "2probe";
    private static final String PROBE_ANSWER = "3probe";
    private static final String UPGRADE = "5";

    // The answers to `watch`.
    private static final String WATCHING = "{\"watching\":true}";
    private static final String NO_SUCH_PAYMENT =
            "{\"watching\":false,\"reason\":\"no such payment\"}";
    private static final String NOT_AN_ID = "{\"watching\":false,\"reason\":\"not an id\"}";
    private static final String TOO_MANY = "{\"watching\":false,\"reason\":\"too many\"}";

    private static final int MOST_QUEUED = 64;
    static final int MOST_WATCHED = 50;
    private static final int MOST_PACKETS_A_SECOND = 100;
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final long NEVER = Long.MAX_VALUE;

    /// A payment that this client watches.
    private final class Watch implements Broadcast.Listener {
        private final UUID paymentId;
        private final @Nullable String ackId;
        private final Broadcast.Listening listening;
        private boolean answered;
        private boolean unknown;
        private boolean told;

        Watch(UUID paymentId, @Nullable String ackId) {
            this.paymentId = paymentId;
            this.ackId = ackId;
            // Before the state is read: what happens in between is told.
            listening = server.listen(paymentId, this);
            readAgain();
        }

        @Override
        public void told(String topic, String event) {
            if (event.equals(WatchedPayment.CONFIRMED)) {
                readAgain();
            }
        }

        @Override
        public void readAgain() {
            server.read(paymentId).whenComplete((state, _) -> run(() -> found(state)));
        }

        /// @param state null where it could not be read
        private void found(@Nullable Optional<State> state) {
            if (state == null) {
                // The client connects again by itself, and then hears what it missed.
                end(Line.OUR_MISTAKE);
            } else if (state.isEmpty()) {
                unknown = true;
                listening.close();
                acknowledge(NO_SUCH_PAYMENT);
            } else {
                acknowledge(WATCHING);
                if (SocketIo.isConfirmed(state.get())) {
                    confirmed(SocketIo.confirmed(paymentId));
                }
            }
        }

        private void acknowledge(String answer) {
            if (!answered) {
                answered = true;
                SocketIoSession.this.acknowledge(ackId, answer);
            }
        }

        /// Once for each client and payment.
        private void confirmed(String packet) {
            if (!told) {
                told = true;
                listening.close();
                send(packet);
            }
        }
    }

    private final String id = SocketIo.newId();
    private final SocketIo server;
    private final Sockets.Limits limits;
    private final Sockets.Place place;
    private final Executor loop;
    private final Set<UUID> named;
    private final Map<UUID, Watch> watched = new HashMap<>(2);
    private final Queue<String> queued = new ArrayDeque<>(2);
    private @Nullable HttpServerRequest poll;
    private @Nullable Line line;
    private @Nullable Line probe;
    private boolean upgrading;
    private boolean connected;
    private boolean closed;
    private long second = System.nanoTime();
    private int packets;

    // When something is due, as System.nanoTime() has it; NEVER where nothing is.
    private long connectUntil;
    private long upgradeUntil = NEVER;
    private long pongUntil = NEVER;
    private long pingAt;
    private volatile long dueAt;

    /// @param named the payments that it watches once it is connected
    SocketIoSession(
            SocketIo server,
            Sockets.Limits limits,
            Sockets.Place place,
            Executor loop,
            Set<UUID> named) {
        this.server = server;
        this.limits = limits;
        this.place = place;
        this.loop = loop;
        this.named = named;
        var now = System.nanoTime();
        connectUntil = now + limits.patience().toNanos();
        pingAt = now + limits.ping().toNanos();
        schedule();
    }

    String id() {
        return id;
    }

    /// It has begun as a WebSocket.
    void begin(Line opened, String handshake) {
        run(
                () -> {
                    line = opened;
                    send(handshake);
                });
    }

    /// It began by polling, and tries whether a WebSocket gets through.
    void probe(Line opened) {
        loop.execute(
                () -> {
                    if (closed || line != null || probe != null) {
                        opened.close(Line.REFUSED);
                    } else {
                        probe = opened;
                        upgradeUntil = System.nanoTime() + limits.patience().toNanos();
                        schedule();
                    }
                });
    }

    /// A request that waits until there is something to send.
    void poll(HttpServerRequest request) {
        loop.execute(
                () -> {
                    if (closed) {
                        SocketIo.refuse(request, Refusal.SESSION_UNKNOWN);
                    } else if (line != null || poll != null || isTooMuch()) {
                        // Two at once would get the packets in no order.
                        SocketIo.refuse(request, Refusal.BAD_REQUEST);
                        end(Line.REFUSED);
                    } else {
                        poll = request;
                        request.response().closeHandler(_ -> run(() -> pollEnded(request)));
                        flush();
                    }
                });
    }

    /// A request with packets.
    void posted(HttpServerRequest request, String body) {
        loop.execute(
                () -> {
                    if (closed) {
                        SocketIo.refuse(request, Refusal.SESSION_UNKNOWN);
                    } else if (line == null && receiveAll(body)) {
                        SocketIo.answer(request.response(), "ok");
                    } else {
                        SocketIo.refuse(request, Refusal.BAD_REQUEST);
                    }
                });
    }

    @Override
    public void received(Line from, String text) {
        run(
                () -> {
                    if (from == line) {
                        receive(text);
                    } else if (from == probe) {
                        probed(from, text);
                    }
                });
    }

    @Override
    public void ended(Line which) {
        run(
                () -> {
                    if (which == line) {
                        end(Line.DONE);
                    } else if (which == probe) {
                        forgetProbe();
                    }
                });
    }

    /// The packet of a payment that everybody hears of.
    void hear(UUID paymentId, String packet) {
        run(
                () -> {
                    var watch = watched.get(paymentId);
                    if (watch != null) {
                        watch.confirmed(packet);
                    } else if (connected) {
                        send(packet);
                    }
                });
    }

    void close() {
        run(() -> end(Line.DONE));
    }

    @Override
    public void beat(long nowNanos) {
        if (nowNanos - dueAt >= 0) {
            run(this::due);
        }
    }

    /// On the loop, unless it is over; a mistake of ours ends this client alone.
    private void run(Runnable step) {
        loop.execute(
                () -> {
                    if (closed) {
                        return;
                    }
                    try {
                        step.run();
                    } catch (RuntimeException failed) {
                        LOG.error("a client of Socket.IO failed", failed);
                        end(Line.OUR_MISTAKE);
                    }
                });
    }

    private void due() {
        var now = System.nanoTime();
        if (isOver(upgradeUntil, now) && probe != null) {
            probe.cut();
            forgetProbe();
        }
        if (isOver(connectUntil, now) || isOver(pongUntil, now)) {
            end(Line.REFUSED);
        } else if (isOver(pingAt, now)) {
            pingAt = NEVER;
            pongUntil = now + limits.patience().toNanos();
            send(PING);
        }
        schedule();
    }

    private static boolean isOver(long at, long now) {
        return at != NEVER && now - at >= 0;
    }

    private void schedule() {
        var now = System.nanoTime();
        var wait = NEVER >> 1;
        for (var at : new long[] {connectUntil, upgradeUntil, pongUntil, pingAt}) {
            wait = at == NEVER ? wait : Math.min(wait, at - now);
        }
        dueAt = now + wait;
    }

    private void pollEnded(HttpServerRequest request) {
        // Whoever stops waiting is gone, or had its answer before.
        if (poll == request) {
            poll = null;
            end(Line.DONE);
        }
    }

    /// To the client, by what carries it at this moment.
    private void send(String packet) {
        if (line != null) {
            line.send(packet);
        } else if (queued.size() == MOST_QUEUED) {
            end(Line.REFUSED);
        } else {
            queued.add(packet);
            flush();
        }
    }

    private void flush() {
        if (poll == null || queued.isEmpty() && !upgrading) {
            return;
        }
        // While it upgrades, no poll is kept: the client waits for its end.
        answerPoll(queued.isEmpty() ? NOTHING : String.join(String.valueOf(SEPARATOR), queued));
        queued.clear();
    }

    private void answerPoll(String payload) {
        var request = poll;
        poll = null;
        if (request != null) {
            SocketIo.answer(request.response(), payload);
        }
    }

    /// The probe's own little protocol: a ping, a pong, and then the client moves over.
    private void probed(Line from, String text) {
        if (text.equals(PROBE)) {
            upgrading = true;
            from.send(PROBE_ANSWER);
            flush();
        } else if (text.equals(UPGRADE) && upgrading) {
            line = from;
            forgetProbe();
            if (poll != null) {
                answerPoll(NOTHING);
            }
            queued.forEach(from::send);
            queued.clear();
        } else {
            from.close(Line.REFUSED);
            forgetProbe();
        }
    }

    private void forgetProbe() {
        probe = null;
        upgrading = false;
        upgradeUntil = NEVER;
        schedule();
    }

    /// @return whether all was as it should be
    private boolean receiveAll(String body) {
        for (var packet : body.split(String.valueOf(SEPARATOR), -1)) {
            if (closed) {
                // It said goodbye, and something else after it.
                return true;
            }
            if (!receive(packet)) {
                return false;
            }
        }
        return true;
    }

    /// An Engine.IO packet.
    private boolean receive(String packet) {
        var isGood = !isTooMuch() && !packet.isEmpty() && understand(packet);
        if (!isGood) {
            end(Line.REFUSED);
        }
        return isGood;
    }

    private boolean understand(String packet) {
        return switch (packet.charAt(0)) {
            case '1' -> {
                end(Line.DONE);
                yield true;
            }
            case '3' -> {
                pongUntil = NEVER;
                pingAt = System.nanoTime() + limits.ping().toNanos();
                schedule();
                yield true;
            }
            case '4' ->
                    SocketIoPacket.parse(packet.substring(1)).map(this::understand).orElse(false);
            case '6' -> true;
            // Its ping is for probing, `b` is binary, and the rest is nothing that a client says.
            default -> false;
        };
    }

    private boolean isTooMuch() {
        var now = System.nanoTime();
        if (now - second > SECOND) {
            second = now;
            packets = 0;
        }
        packets++;
        return packets > MOST_PACKETS_A_SECOND;
    }

    /// A Socket.IO packet.
    private boolean understand(SocketIoPacket packet) {
        if (!packet.namespace().equals(SocketIoPacket.MAIN)) {
            if (packet.type() == SocketIoPacket.Type.CONNECT) {
                send("44" + packet.namespace() + ",{\"message\":\"Invalid namespace\"}");
                return true;
            }
            // Nobody could join it, so nothing can come from it but the end.
            return packet.type() == SocketIoPacket.Type.DISCONNECT;
        }
        return switch (packet.type()) {
            case CONNECT -> {
                connect();
                yield true;
            }
            case DISCONNECT -> {
                disconnect();
                yield true;
            }
            case EVENT -> connected && heard(packet);
            case ACK -> connected;
            case CONNECT_ERROR -> false;
        };
    }

    private void connect() {
        if (connected) {
            return;
        }
        connected = true;
        connectUntil = NEVER;
        schedule();
        send("40{\"sid\":\"" + SocketIo.newId() + "\"}");
        named.stream().limit(MOST_WATCHED).forEach(each -> watch(each, null));
    }

    private void disconnect() {
        connected = false;
        forgetWatched();
        connectUntil = System.nanoTime() + limits.patience().toNanos();
        schedule();
    }

    private boolean heard(SocketIoPacket packet) {
        if (packet.event().isEmpty()) {
            return false;
        }
        if (packet.event().equals("watch")) {
            var paymentId = packet.argument().flatMap(WatchedPayment::id);
            if (paymentId.isEmpty()) {
                acknowledge(packet.ackId(), NOT_AN_ID);
            } else {
                watch(paymentId.get(), packet.ackId());
            }
        }
        return true;
    }

    private void watch(UUID paymentId, @Nullable String ackId) {
        var earlier = watched.get(paymentId);
        if (earlier != null) {
            acknowledge(ackId, earlier.unknown ? NO_SUCH_PAYMENT : WATCHING);
        } else if (watched.size() == MOST_WATCHED) {
            acknowledge(ackId, TOO_MANY);
        } else {
            watched.put(paymentId, new Watch(paymentId, ackId));
        }
    }

    private void acknowledge(@Nullable String ackId, String answer) {
        if (ackId != null) {
            send("43" + ackId + "[" + answer + "]");
        }
    }

    private void forgetWatched() {
        watched.values().forEach(watch -> watch.listening.close());
        watched.clear();
    }

    private void end(short code) {
        if (closed) {
            return;
        }
        closed = true;
        server.forget(this);
        forgetWatched();
        place.close();
        answerPoll(CLOSE);
        for (var each : new Line[] {line, probe}) {
            if (each != null) {
                each.close(code);
            }
        }
    }
}
