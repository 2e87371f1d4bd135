package vintem.webhooks;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vintem.Http;
import vintem.Node;
import vintem.Query;
import vintem.World;
import vintem.platform.EmbeddedPostgres;
import vintem.platform.EmbeddedPostgres.Address;
import vintem.platform.Together;
import vintem.webhooks.Receiver.Told;

/// The server is killed twice while it tells another system of charges that are paid part by part.
/// No piece of news is lost, each comes under one id however often it comes, and of each charge
/// they come in order. `-Dvintem.seed=` repeats a run.
class KilledWebhooksIT {
    private static final int CHARGES = 30;
    private static final int PARTS = 4;
    private static final int NEWS = CHARGES * (1 + PARTS);
    private static final int KILLS = 2;
    private static final int CALLERS = 8;

    @TempDir private Path temporary;

    private final Receiver receiver = new Receiver();
    // What the other system said yes to, by webhook-id.
    private final Set<String> accepted = ConcurrentHashMap.newKeySet();

    @AfterEach
    void nothing_is_left_running() {
        receiver.close();
        var data = temporary.resolve("data");
        if (EmbeddedPostgres.running(data).isPresent()) {
            EmbeddedPostgres.start(data, Map.of()).close();
        }
    }

    @Test
    void each_piece_of_news_arrives_in_order_whenever_the_server_is_killed() throws Exception {
        var seed = Long.getLong("vintem.seed", System.nanoTime());
        var random = new Random(seed);
        var data = temporary.resolve("data");
        var node = Node.start(data, settings());
        var secret = listen(node);
        // The first one of all is refused once: what waits for its next time survives a kill, too.
        var refused = new HashSet<String>();
        for (var kill = 0; kill < KILLS; kill++) {
            // Not before the second round of requests, so that there is something to repeat.
            var enough = receiver.told.size() + 17 + random.nextInt(30);
            var killed = new CountDownLatch(1);
            receiver.manner = (told, exchange) -> answer(told, exchange, refused, enough, killed);
            if (kill == 0) {
                bill(node);
            }
            Together.until(
                    "a request is in flight, seed " + seed, () -> receiver.told.size() >= enough);
            var held = held(data);
            assertThat(held).as("seed %d", seed).isNotEmpty();
            if (kill == 1) {
                node.killWithDatabase();
            } else {
                node.kill();
            }
            killed.countDown();
            node = Node.start(data, settings());
            endLeases(data, held);
        }
        receiver.manner =
                (told, exchange) ->
                        answer(told, exchange, refused, Integer.MAX_VALUE, new CountDownLatch(0));
        Together.until("nothing waits any more, seed " + seed, () -> nothingWaits(data));
        assertThat(receiver.told).allMatch(each -> each.isSignedBy(secret));
        eachArrivedInOrder(seed);
        theLogSaysWhatWasAnswered(data);
        assertThat(Node.command(data, settings(), "audit"))
                .satisfies(audit -> assertThat(audit.exit()).as(audit.output()).isZero());
        assertThat(node.stop()).isEqualTo(143);
    }

    /// Says yes, but to the first piece of news of all; and nothing at all to those that come when
    /// enough have come, until the server is dead.
    private void answer(
            Told told,
            HttpExchange exchange,
            Set<String> refused,
            int enough,
            CountDownLatch killed)
            throws IOException {
        if (receiver.told.size() >= enough) {
            try {
                killed.await(2, TimeUnit.MINUTES);
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            }
            exchange.close();
            return;
        }
        if (refused.isEmpty() && refused.add(told.id())) {
            Receiver.say(exchange, 500, "not now");
            return;
        }
        accepted.add(told.id());
        Receiver.say(exchange, 200, "ok");
    }

    private void eachArrivedInOrder(long seed) {
        var byCharge =
                receiver.told.stream()
                        .collect(groupingBy(KilledWebhooksIT::charge, mapping(it -> it, toList())));
        assertThat(byCharge).as("seed %d", seed).hasSize(CHARGES);
        var ids = new HashMap<String, Set<String>>();
        for (var news : byCharge.values()) {
            var order = news.stream().map(KilledWebhooksIT::openCents).toList();
            // What is told again is told before anything that came after it is.
            assertThat(order)
                    .as("what is open of one charge, seed %d", seed)
                    .isSortedAccordingTo((one, other) -> Long.compare(other, one));
            assertThat(new LinkedHashSet<>(order))
                    .as("seed %d", seed)
                    .containsExactly(4_000L, 3_000L, 2_000L, 1_000L, 0L);
            for (var each : news) {
                ids.computeIfAbsent(charge(each) + openCents(each), _ -> new HashSet<>())
                        .add(each.id());
            }
        }
        assertThat(ids).hasSize(NEWS);
        assertThat(ids.values())
                .as("one id for each, seed %d", seed)
                .allMatch(it -> it.size() == 1);
        assertThat(receiver.told.stream().map(Told::id).collect(toSet())).hasSize(NEWS);
        assertThat(receiver.told).as("kills make some come twice").hasSizeGreaterThan(NEWS);
        for (var bodies :
                receiver.told.stream()
                        .collect(groupingBy(Told::id, mapping(Told::body, toSet())))
                        .values()) {
            assertThat(bodies).as("the same bytes each time").hasSize(1);
        }
    }

    /// Delivered is what was said yes to, and nothing else.
    private void theLogSaysWhatWasAnswered(Path data) {
        var delivered =
                Query.all(
                        address(data),
                        """
                        select d.id::text from webhook_delivery d
                        where d.status = 'delivered' and exists (
                            select from webhook_attempt a
                            where a.delivery_id = d.id and a.status between 200 and 299)
                        """);
        assertThat(delivered.stream().map(id -> "msg_" + id).collect(toSet()))
                .hasSize(NEWS)
                .isEqualTo(accepted);
        assertThat(
                        Query.one(
                                address(data),
                                "select count(*) from webhook_attempt where status = 500"))
                .isEqualTo("1");
    }

    private String listen(Node node) {
        var made =
                node.admin()
                        .post(
                                "/webhooks/endpoints",
                                """
                                {"url":"%s","types":["charge.created","charge.partially_paid",
                                 "charge.paid"]}"""
                                        .formatted(receiver.url()));
        assertThat(made.status()).as(made.body()).isEqualTo(201);
        return made.json().get("secret").asText();
    }

    /// Charges of R$ 40.00, each paid in four parts: five pieces of news.
    private static void bill(Node node) throws InterruptedException {
        var merchant = node.admin();
        var bank = node.nobody().bearer(World.BANK_SECRET);
        try (var threads = Executors.newFixedThreadPool(CALLERS)) {
            var billed = new ArrayList<Future<?>>();
            for (var i = 0; i < CHARGES; i++) {
                var debt = "webhook-" + i;
                billed.add(threads.submit(() -> billAndPay(merchant, bank, debt)));
            }
            for (var each : billed) {
                try {
                    each.get();
                } catch (ExecutionException failed) {
                    throw new AssertionError(failed.getCause());
                }
            }
        }
    }

    private static void billAndPay(Http merchant, Http bank, String debt) {
        var charge =
                """
                {"name":"Debtor","governmentId":"52998224725","email":"debtor@mail.example",
                 "debtAmount":40.00,"debtDueDate":"2099-01-05","debtId":"%s"}"""
                        .formatted(debt);
        assertThat(merchant.post("/charges", charge).status()).isEqualTo(201);
        for (var part = 0; part < PARTS; part++) {
            var payment =
                    """
                    {"debtId":"%s","paidAt":"2022-06-09 10:00:00","paidAmount":10.00,
                     "paidBy":"John Doe","payment_id":"%s-%d"}"""
                            .formatted(debt, debt, part);
            assertThat(bank.post("/billing/payments", payment).status()).isEqualTo(200);
        }
    }

    private static String charge(Told told) {
        return told.json().at("/data/charge_id").asText();
    }

    /// What the debtor owed after it: less with each.
    private static long openCents(Told told) {
        return switch (told.json().get("type").asText()) {
            case "charge.created" -> told.json().at("/data/amount_cents").asLong();
            case "charge.partially_paid" -> told.json().at("/data/open_cents").asLong();
            default -> 0;
        };
    }

    private static List<String> held(Path data) {
        return Query.all(
                address(data),
                "select lease::text from webhook_delivery where lease is not null group by lease");
    }

    /// As if a minute had passed since the node died that held them.
    private static void endLeases(Path data, List<String> held) {
        Query.all(
                address(data),
                "update webhook_delivery set leased_until = now() where lease::text in ('"
                        + String.join("','", held)
                        + "') returning id::text");
    }

    private static boolean nothingWaits(Path data) {
        var address = address(data);
        return Query.one(address, "select count(*) from webhook_delivery")
                        .equals(Integer.toString(NEWS))
                && Query.one(
                                address,
                                "select count(*) from webhook_delivery where status = 'waiting'")
                        .equals("0");
    }

    private static Address address(Path data) {
        return EmbeddedPostgres.running(data).orElseThrow();
    }

    private static Map<String, String> settings() {
        return Map.of(
                "VINTEM_ADMIN_PASSWORD", World.ADMIN_PASSWORD,
                "VINTEM_BANK_SECRET", World.BANK_SECRET,
                "VINTEM_SECRET", "a secret of at least thirty-two bytes",
                "VINTEM_BCRYPT_COST", "4",
                "VINTEM_REQUESTS_PER_MINUTE", "0",
                "VINTEM_BILLING_EMAILS", "false",
                "VINTEM_WEBHOOKS_ALLOW_PRIVATE", "127.0.0.1/32");
    }
}
