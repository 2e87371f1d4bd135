package vintem.webhooks;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vintem.MovableClock;
import vintem.access.Caller;
import vintem.access.Logs;
import vintem.access.Sealings;
import vintem.platform.Database;
import vintem.platform.Outbox;
import vintem.platform.Outbox.News;
import vintem.platform.OutboxRelay;
import vintem.platform.TestDatabase;
import vintem.platform.Together;

/// Outbound webhooks on a database of their own, with a clock that moves when told to.
final class Hooks implements AutoCloseable {
    static final String TYPE = "charge.overpaid";

    /// An endpoint and the secret that it was given.
    record Known(UUID id, String secret) {}

    final TestDatabase test = TestDatabase.fresh();
    final MovableClock clock = new MovableClock();
    final EndpointTable endpoints = new EndpointTable();
    final DeliveryTable deliveries = new DeliveryTable();
    final KeepEndpoints keep;
    final ReplayDeliveries replay;
    final WebhookProof proof = new WebhookProof(new WebhookProofTable());

    /// What names mean; addresses mean themselves.
    volatile FindAddress.Names names = host -> List.of(InetAddress.getAllByName(host));

    private final Vertx vertx = Vertx.vertx();
    private final Outbox outbox = new Outbox();
    private final QueueDeliveries queue = new QueueDeliveries(endpoints, deliveries, clock);
    private final OutboxRelay relay;
    private final List<SendWebhook> senders = new ArrayList<>();
    private final List<FindAddress> finders = new ArrayList<>();

    Hooks() {
        var log = Logs.of(clock);
        keep =
                new KeepEndpoints(
                        test.database(),
                        endpoints,
                        deliveries,
                        find(),
                        Sealings.of(SECRET),
                        TestDatabase.idempotency(test.database(), clock),
                        log,
                        clock);
        replay = new ReplayDeliveries(test.database(), endpoints, deliveries, log, clock);
        relay = TestDatabase.relay(test.database(), clock, queue);
    }

    static final String SECRET = "a secret of at least thirty-two bytes";

    /// A node that sends.
    DeliverWebhooks node() {
        return node(test.database(), SECRET, Duration.ofSeconds(20));
    }

    DeliverWebhooks node(Database database) {
        return node(database, SECRET, Duration.ofSeconds(20));
    }

    DeliverWebhooks node(Database database, String secret, Duration patience) {
        var send =
                new SendWebhook(
                        vertx,
                        clock,
                        new SendWebhook.Patience(patience, patience),
                        new HttpClientOptions());
        senders.add(send);
        return new DeliverWebhooks(
                database, endpoints, deliveries, find(), send, Sealings.of(secret), clock);
    }

    private FindAddress find() {
        var find =
                new FindAddress(
                        host -> names.lookUp(host), AddressRules.of(List.of("127.0.0.1/32")));
        finders.add(find);
        return find;
    }

    Known endpoint(Receiver receiver) {
        return endpoint(receiver.url(), List.of(TYPE));
    }

    Known endpoint(String url, @Nullable List<String> types) {
        var made =
                (KeepEndpoints.Outcome.Created)
                        keep.create(
                                Caller.SYSTEM,
                                new KeepEndpoints.NewEndpoint(url, "", types),
                                Optional.empty());
        return new Known(made.endpoint().id(), made.secret());
    }

    Endpoint look(Known endpoint) {
        return test.database().transaction(tx -> endpoints.find(tx, endpoint.id())).orElseThrow();
    }

    void change(Known endpoint, boolean enabled) {
        keep.change(
                Caller.SYSTEM,
                endpoint.id(),
                new KeepEndpoints.Change(null, null, null, false, enabled));
    }

    /// Something happens, and the relay passes it on.
    void happens(String... subjects) {
        happensOf(TYPE, subjects);
    }

    void happensOf(String type, String... subjects) {
        publish(type, subjects);
        pass();
    }

    void publish(String type, String... subjects) {
        test.database()
                .run(
                        tx -> {
                            var news = new ArrayList<News>();
                            for (var subject : subjects) {
                                news.add(new News(type, subject, Map.of("subject", subject)));
                            }
                            outbox.publish(tx, news);
                        });
    }

    /// Until nothing is left: another database of the same server may hold the horizon back.
    void pass() {
        Together.until(
                "the relay has passed all",
                () -> {
                    relay.relay();
                    return test.count(
                                    "outbox o where (o.xact_id, o.id) > (select xact_id, id from"
                                            + " outbox_cursor where subscriber = 'webhooks')")
                            == 0;
                });
    }

    List<Delivery> deliveries(Known endpoint) {
        return test.database()
                .transaction(
                        tx ->
                                deliveries.page(
                                        tx,
                                        new DeliveryTable.Search(
                                                endpoint.id(), null, null, Long.MAX_VALUE),
                                        1_000))
                .reversed();
    }

    Delivery only(Known endpoint) {
        var all = deliveries(endpoint);
        if (all.size() != 1) {
            throw new AssertionError("there are " + all.size());
        }
        return all.getFirst();
    }

    List<Attempt> attempts(Delivery delivery) {
        return test.database().transaction(tx -> deliveries.attempts(tx, delivery.id()));
    }

    List<String> refuted() {
        return test.database().snapshot(proof::refute);
    }

    @Override
    public void close() {
        senders.forEach(SendWebhook::stop);
        finders.forEach(FindAddress::stop);
        vertx.close().toCompletionStage().toCompletableFuture().join();
        test.close();
    }
}
