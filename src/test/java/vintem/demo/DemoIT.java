package vintem.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vintem.Http;
import vintem.Node;
import vintem.World;
import vintem.platform.Together;

/// `run --demo` from outside: an empty folder becomes a company with a past.
class DemoIT {
    /// Nothing happens after the history, so that figures stand.
    private static final Map<String, String> STILL =
            Map.of("VINTEM_DEMO_LIVE", "false", "VINTEM_BANK_SECRET", World.BANK_SECRET);

    private static final Pattern LINK = Pattern.compile("http://\\S+/app/sign-in\\?ticket=\\S+");
    private static final Pattern TOKEN = Pattern.compile("TOKEN=(\\S+)");

    @TempDir private Path temporary;
    private final List<Node> nodes = new ArrayList<>();

    @AfterEach
    void nothing_is_left_running() {
        nodes.forEach(Node::close);
    }

    @Test
    void an_empty_folder_becomes_the_same_company_twice_and_its_books_are_right() {
        var one = temporary.resolve("one");
        var start = CompletableFuture.supplyAsync(() -> Node.demo(temporary.resolve("two"), STILL));
        var first = kept(Node.demo(one, STILL));
        var second = kept(start.join());

        var figures = figures(first);
        assertThat(figures(second)).isEqualTo(figures);
        assertThat(figures.values()).allSatisfy(it -> assertThat(it).isNotIn("0", "[]", ""));
        assertThat(figures.keySet()).anyMatch(it -> it.startsWith("account sales"));
        second.stop();

        var audit = Node.command(one, STILL, "audit");
        assertThat(audit.exit()).as(audit.output()).isZero();

        // What it prints is what a newcomer pastes.
        assertThat(LINK.matcher(first.output()).find()).as(first.output()).isTrue();
        var token = TOKEN.matcher(first.output());
        assertThat(token.find()).isTrue();
        var pasted = first.nobody().bearer(token.group(1));
        assertThat(pasted.post("/payments/pix", "{\"value\":25.90}").status()).isEqualTo(200);
        assertThat(pasted.get("/ledger/accounts").status()).isEqualTo(200);
        assertThat(first.output().split("\ncurl ", -1)).hasSize(4);

        // Started again it goes on, and writes nothing a second time.
        first.stop();
        var again = kept(Node.demo(one, STILL));
        assertThat(figures(again).get("payments paid")).isEqualTo(figures.get("payments paid"));
        assertThat(again.output()).doesNotContain("months of history");
        assertThat(again.output()).doesNotContain("ERROR").doesNotContain("Exception");
    }

    @Test
    void it_lives_and_refuses_what_is_somebody_elses() {
        var demo = kept(Node.demo(temporary.resolve("demo"), Map.of()));
        var admin = demo.admin();
        var before = newestPayment(admin);
        Together.until("a payment more", () -> !newestPayment(admin).equals(before));
        demo.stop();

        var used = temporary.resolve("used");
        Node.start(used, Map.of()).stop();
        var refused = Node.command(used, Map.of("VINTEM_PORT", "0"), "run", "--demo");
        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.output())
                .contains("--demo writes only into an empty database", "VINTEM_DATA_DIR=./demo")
                .doesNotContain("\tat ");

        var production =
                Node.command(
                        temporary.resolve("real"),
                        Map.of("VINTEM_MODE", "production"),
                        "run",
                        "--demo");
        assertThat(production.exit()).isEqualTo(1);
        assertThat(production.output()).startsWith("vintem: production mode refuses --demo");
        assertThat(temporary.resolve("real")).doesNotExist();
    }

    private Node kept(Node node) {
        nodes.add(node);
        return node;
    }

    private static String newestPayment(Http admin) {
        return admin.get("/payments/pix?limit=1").json().at("/items/0/id").asText();
    }

    /// What there is of everything, by words that can be compared.
    private static Map<String, String> figures(Node node) {
        var admin = node.admin();
        var figures = new TreeMap<String, String>();
        for (var account : admin.get("/ledger/accounts").json().required("items")) {
            var cents = account.required("balance_cents").asText();
            if (!cents.equals("0")) {
                figures.put("account " + account.required("code").asText(), cents);
            }
        }
        for (var status : List.of("paid", "expired", "refunded")) {
            count(figures, admin, "payments " + status, "/payments/pix?status=" + status);
        }
        count(figures, admin, "unmatched", "/payments/pix/unmatched?x=");
        for (var status : List.of("paid", "failed", "returned")) {
            count(figures, admin, "payouts " + status, "/payouts?status=" + status);
        }
        for (var status : List.of("open", "partially_paid", "paid", "cancelled")) {
            count(figures, admin, "charges " + status, "/charges?status=" + status);
        }
        count(figures, admin, "credits", "/billing/payments?only=credit");
        count(figures, admin, "unknown debts", "/billing/payments/unknown?x=");
        count(figures, admin, "mails", "/billing/outbox?x=");
        count(figures, admin, "not written to", "/billing/suppressions?x=");
        var file = admin.get("/billing/files?limit=1").json().required("items").get(0);
        figures.put("errata", file.required("errors").asText());
        figures.put("conflicts", file.required("conflicts").asText());
        for (var status : List.of("Aprovado", "Reprovado", "Em+valida%C3%A7%C3%A3o")) {
            var total = admin.get("/compra?status=" + status).json().required("total").asText();
            figures.put("purchases " + status, total);
        }
        var closes = new StringBuilder();
        for (var close : admin.get("/cashback/fechamentos").json().required("items")) {
            closes.append(close.required("mes").asText())
                    .append(' ')
                    .append(close.required("creditado").asText())
                    .append(';');
        }
        figures.put("closed months", closes.toString());
        var clients = admin.get("/clients?limit=50").json().required("items");
        figures.put("clients", Integer.toString(clients.size()));
        // What it is worth now goes by closes, which a job still fetches.
        var performance = new StringBuilder();
        for (var each :
                admin.get("/clients/%d/performance".formatted(clients.get(0).get("id").asLong()))
                        .json()) {
            performance
                    .append(each.required("ticker").asText())
                    .append(' ')
                    .append(each.required("total_invested").asText())
                    .append(';');
        }
        figures.put("performance", performance.toString());
        return figures;
    }

    private static void count(Map<String, String> figures, Http admin, String name, String path) {
        var answer = admin.get(path + "&limit=200");
        assertThat(answer.status()).as("%s: %s", path, answer.body()).isEqualTo(200);
        figures.put(name, Integer.toString(answer.json().required("items").size()));
    }
}
