package vintem.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vintem.Http;
import vintem.World;

/// The routes of the ledger, each with its outcomes.
@QuarkusTest
@QuarkusTestResource(World.class)
class LedgerHttpTest {
    /// Never the bank: its account would leave its statement, which other tests audit.
    private static final String LEG =
            """
            {"debit":"bank_fees","credit":"sales","amount_cents":%s,"kind":"bank_fee",
             "subject_id":"%s","occurred_at":"2026-01-02T03:04:05Z"}""";

    private final Http admin = Http.admin();
    private final String subject = UUID.randomUUID().toString();

    @Test
    void an_entry_is_created_found_where_location_says_and_the_same_when_sent_again() {
        var keyed = admin.with("Idempotency-Key", subject);
        var body = entry(LEG.formatted(7, subject), LEG.formatted(5, subject));
        var first = keyed.post("/ledger/transfers", body);
        assertThat(first.status()).isEqualTo(201);
        assertThat(first.json().get("transfers")).hasSize(2);
        assertThat(first.header("Idempotency-Hit")).isEmpty();

        var found = admin.get(first.header("Location"));
        assertThat(found.json().get("items")).isEqualTo(first.json().get("transfers"));
        assertThat(found.json().at("/items/0/occurred_at").asText())
                .isEqualTo("2026-01-02T03:04:05Z");

        var again = keyed.post("/ledger/transfers", body);
        assertThat(again.status()).isEqualTo(201);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(again.header("Location")).isEqualTo(first.header("Location"));
        assertThat(again.header("Idempotency-Hit")).isEqualTo("true");

        var other = keyed.post("/ledger/transfers", entry(LEG.formatted(8, subject)));
        assertThat(other.status()).isEqualTo(422);
        assertThat(other.json().get("type").asText()).endsWith("/idempotency-key-reused");
    }

    @Test
    void without_a_key_nothing_is_created() {
        var answer = admin.post("/ledger/transfers", entry(LEG.formatted(7, subject)));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().at("/violations/0/pointer").asText()).isEqualTo("Idempotency-Key");
        assertThat(items()).isEmpty();
    }

    @Test
    void what_does_not_fit_is_refused_and_writes_nothing() {
        var tooMuch = LEG.formatted(9_999_999_999_999L, subject).replace("sales", "bank");
        var answer = post(entry(LEG.formatted(5, subject), tooMuch));
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().get("type").asText()).endsWith("/insufficient-funds");
        assertThat(items()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"in_transit", "payouts", "receivable", "cashback_available"})
    void an_account_that_repeats_another_table_is_out_of_reach(String account) {
        var leg = LEG.formatted(5, subject).replace("bank_fees", account);
        var answer = post(entry(LEG.formatted(5, subject), leg));
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().get("type").asText()).endsWith("/mirrored-account");
        assertThat(answer.json().at("/violations/0/pointer").asText()).isEqualTo("/transfers/1");
        assertThat(items()).isEmpty();
    }

    @Test
    void an_account_that_does_not_exist_is_named() {
        var answer = post(entry(LEG.formatted(5, subject).replace("bank_fees", "caixa")));
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().get("type").asText()).endsWith("/unknown-account");
        assertThat(answer.json().at("/violations/0/reason").asText()).contains("caixa");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "amount_cents:0",
                "amount_cents:-1",
                "amount_cents:1.5",
                "amount_cents:1e3",
                "amount_cents:\"7\"",
                "amount_cents:10000000000001",
                "amount_cents:9223372036854775808",
                "amount_cents:null",
                "debit:null",
                "debit:7",
                "credit:\"bank_fees\"",
                "kind:\"payout_settled\"",
                "kind:null",
                "subject_id:\"1-1-1-1-1\"",
                "subject_id:7",
                "occurred_at:\"2026-01-02\"",
                "occurred_at:\"2026-01-02T03:04:05\"",
                "occurred_at:\"2999-01-02T03:04:05Z\"",
                "occurred_at:\"0000-01-02T03:04:05Z\"",
                "occurred_at:\"2026-02-30T03:04:05Z\"",
                "occurred_at:\"+999999999-01-01T00:00:00Z\""
            })
    void a_mistake_in_a_transfer_is_named_and_nothing_is_written(String member) {
        var name = member.split(":", 2)[0];
        var value = member.split(":", 2)[1].replace("\\", "\\\\");
        var leg =
                LEG.formatted(7, subject)
                        .replaceFirst(
                                "\"" + name + "\":(\"[^\"]*\"|7)", "\"" + name + "\":" + value);
        var answer = post(entry(LEG.formatted(5, subject), leg));
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.json().at("/violations/0/pointer").asText())
                .isEqualTo("/transfers/1/" + name);
        assertThat(items()).isEmpty();
    }

    @Test
    void an_entry_has_one_to_a_hundred_transfers() {
        var leg = LEG.formatted(1, subject);
        for (var number : new int[] {0, 101}) {
            var legs = java.util.Collections.nCopies(number, leg).toArray(String[]::new);
            assertThat(post(entry(legs)).status()).isEqualTo(400);
        }
        var hundred = java.util.Collections.nCopies(100, leg).toArray(String[]::new);
        assertThat(post(entry(hundred)).json().get("transfers")).hasSize(100);
    }

    @Test
    void a_statement_is_paged_and_its_balances_lead_to_the_accounts_balance() {
        for (var cents = 1; cents <= 5; cents++) {
            assertThat(post(entry(LEG.formatted(cents, subject))).status()).isEqualTo(201);
        }
        var amounts = new ArrayList<Long>();
        var balances = new ArrayList<Long>();
        var page = admin.get("/ledger/accounts/sales/statement?limit=2").json();
        for (var pages = 0; pages < 3; pages++) {
            for (var line : page.get("items")) {
                amounts.add(line.get("amount_cents").asLong());
                balances.add(line.get("balance_cents").asLong());
                assertThat(line.get("counter_account").asText()).isEqualTo("bank_fees");
            }
            var after = page.get("next").asText();
            page = admin.get("/ledger/accounts/sales/statement?limit=2&after=" + after).json();
        }
        assertThat(amounts).startsWith(5L, 4L, 3L, 2L, 1L);
        assertThat(balances.getFirst()).isEqualTo(balance("sales", ""));
        for (var i = 1; i < 5; i++) {
            assertThat(balances.get(i)).isEqualTo(balances.get(i - 1) - amounts.get(i - 1));
        }
    }

    @Test
    void balances_are_told_as_of_an_instant_in_any_offset() {
        var before = java.time.Instant.now();
        assertThat(post(entry(LEG.formatted(11, subject))).status()).isEqualTo(201);
        var now = balance("bank_fees", "");
        assertThat(balance("bank_fees", "?as_of=" + before)).isEqualTo(now - 11);
        var brasilia = before.atOffset(java.time.ZoneOffset.ofHours(-3)).toString();
        assertThat(balance("bank_fees", "?as_of=" + brasilia)).isEqualTo(now - 11);
        assertThat(balance("bank", "?as_of=2001-01-01T00:00:00Z")).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/ledger/accounts?as_of=yesterday",
                "/ledger/accounts?as_of=2999-01-01T00:00:00Z",
                "/ledger/accounts/bank/statement?after=x",
                "/ledger/accounts/bank/statement?after=.",
                "/ledger/accounts/bank/statement?after=00000000-0000-0000-0000-000000000000"
                        + ".00000000-0000-0000-0000-000000000000",
                "/ledger/accounts/bank/statement?after=00000000-0000-0000-0000-000000000000",
                "/ledger/accounts/bank/statement?limit=0",
                "/ledger/accounts/bank/statement?limit=501",
                "/ledger/transfers",
                "/ledger/transfers?subject_id=",
                "/ledger/transfers?subject_id=1",
                "/ledger/transfers?subject_id=00000000-0000-0000-0000-000000000000&after=1"
            })
    void a_query_that_cannot_be_is_a_mistake(String path) {
        assertThat(admin.get(path).status()).isEqualTo(400);
    }

    @Test
    void what_is_not_there_is_not_found_or_empty() {
        assertThat(admin.get("/ledger/accounts/caixa/statement").status()).isEqualTo(404);
        assertThat(admin.get("/ledger/accounts/clearing:billing/statement").status())
                .isEqualTo(200);
        assertThat(items()).isEmpty();
        assertThat(admin.get("/ledger/accounts").json().get("items"))
                .hasSize(AccountCode.values().length);
    }

    private Http.Answer post(String body) {
        var key = UUID.randomUUID().toString();
        return admin.with("Idempotency-Key", key).post("/ledger/transfers", body);
    }

    private static String entry(String... legs) {
        return "{\"transfers\":[" + String.join(",", legs) + "]}";
    }

    private com.fasterxml.jackson.databind.JsonNode items() {
        return admin.get("/ledger/transfers?subject_id=" + subject).json().get("items");
    }

    private long balance(String account, String query) {
        for (var each : admin.get("/ledger/accounts" + query).json().get("items")) {
            if (each.get("code").asText().equals(account)) {
                return each.get("balance_cents").asLong();
            }
        }
        throw new AssertionError(account);
    }
}
