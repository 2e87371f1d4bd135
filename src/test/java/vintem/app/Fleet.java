package vintem.app;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import vintem.Node;
import vintem.World;
import vintem.platform.EmbeddedPostgres;
import vintem.platform.RealRedis;

/// Several nodes on one PostgreSQL, one Redis and one mail server; they come and go.
final class Fleet implements AutoCloseable {
    private final Path temporary;
    private final EmbeddedPostgres postgres;
    private final RealRedis redis = RealRedis.start();
    private final GreenMail mail =
            new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    private final Map<String, String> settings = new HashMap<>();
    private final List<Node> alive = new CopyOnWriteArrayList<>();
    private int made;

    Fleet(Path temporary) {
        this.temporary = temporary;
        postgres = EmbeddedPostgres.start(temporary.resolve("external"), Map.of());
        mail.start();
        settings.put("VINTEM_DB_URL", postgres.address().url());
        settings.put("VINTEM_DB_USER", postgres.address().user());
        settings.put("VINTEM_DB_PASSWORD", postgres.address().password());
        settings.put("VINTEM_REDIS_URL", redis.url());
        settings.put("VINTEM_BANK_SECRET", World.BANK_SECRET);
        settings.put("VINTEM_SECRET", "a-secret-of-at-least-thirty-two-bytes-for-all-nodes");
        settings.put("VINTEM_BCRYPT_COST", "4");
        settings.put("VINTEM_REQUESTS_PER_MINUTE", "0");
        settings.put("VINTEM_SOCKETS_PER_ADDRESS", "2000");
        // What a node that died held, another one has soon.
        settings.put("VINTEM_BANK_TIMEOUT_MILLIS", "300");
        settings.put("VINTEM_SANDBOX_SLOW_MILLIS", "50");
        settings.put("VINTEM_BILLING_LEASE_SECONDS", "3");
        settings.put("VINTEM_BILLING_BATCH_ROWS", "10");
        settings.put("VINTEM_SMTP_PER_SECOND", "0");
        settings.put("VINTEM_SMTP_TIMEOUT_MILLIS", "8000");
        settings.put(
                "VINTEM_SMTP_URL",
                "smtp://127.0.0.1:%d?from=billing@example.com&starttls=none"
                        .formatted(mail.getSmtp().getPort()));
    }

    EmbeddedPostgres.Address database() {
        return postgres.address();
    }

    GreenMail mail() {
        return mail;
    }

    /// Those that were not killed. One that has just died may still be among them, as in the list
    /// of a balancer.
    List<Node> alive() {
        return List.copyOf(alive);
    }

    Node any(Random random) {
        var nodes = alive();
        return nodes.get(random.nextInt(nodes.size()));
    }

    /// So many at once: each of them brings the database to its shape, or waits for who does.
    void start(int many) {
        var starting = new java.util.ArrayList<Node>();
        for (var i = 0; i < many; i++) {
            starting.add(Node.launch(home(), settings));
        }
        starting.forEach(Node::awaitAnswer);
        alive.addAll(starting);
    }

    /// One more, in the middle of everything.
    Node add() {
        return join(Node.launch(home(), settings));
    }

    /// One more, of another version.
    Node add(Path jar) {
        return join(Node.launchOther(jar, home(), settings));
    }

    /// `kill -9`.
    void kill(Node node) {
        node.kill();
        alive.remove(node);
    }

    /// As a deployment does it, by a signal.
    int stop(Node node) {
        var exit = node.stop();
        alive.remove(node);
        return exit;
    }

    Node.Ended audit() {
        return Node.command(temporary.resolve("audit"), settings, "audit");
    }

    @Override
    public void close() {
        alive.forEach(Node::close);
        mail.stop();
        redis.close();
        postgres.close();
    }

    private Node join(Node node) {
        node.awaitAnswer();
        alive.add(node);
        return node;
    }

    private Path home() {
        made++;
        return temporary.resolve("node-" + made);
    }
}
