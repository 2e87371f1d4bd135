package vintem.payments;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vintem.Books;
import vintem.Http;
import vintem.MovableClock;
import vintem.Rows;
import vintem.World;
import vintem.bank.BrCode;
import vintem.platform.Ids;

/// The contract's routes: what is asked, answered and refused.
@QuarkusTest
@QuarkusTestResource(World.class)
class PaymentContractTest {
    @Inject MovableClock clock;
    @Inject ExpirePayments expirePayments;

    private final Http merchant = Http.admin();

    @AfterAll
    static void every_cent_is_there() {
        Books.assertInOrder();
    }

    @Test
    void a_payment_is_created_in_the_seeds_shape_and_the_houses() {
        var answer = merchant.post("/payments/pix", "{\"value\":100.00}");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().get("message").asText()).isEqualTo("The payment has been created");
        var payment = answer.json().get("payment");
        assertThat(answer.body()).contains("\"value\":100.00,\"paid\":false");
        assertThat(payment.get("bank_payment_id").asText())
                .isEqualTo(payment.get("txid").asText())
                .matches("[A-Z0-9]{25}");
        assertThat(payment.get("status").asText()).isEqualTo("active");
        assertThat(payment.get("page_url").asText())
                .endsWith("/payments/pix/" + payment.get("id").asText());
        var lifetime =
                Duration.between(
                        clock.instant(), Instant.parse(payment.get("expiration_date").asText()));
        assertThat(lifetime).isBetween(Duration.ofMinutes(29), Duration.ofMinutes(30));
    }

    @Test
    void what_is_answered_at_once_is_what_is_read_back_later_to_the_microsecond() {
        var created = Pix.create(merchant, "{\"value\":100.00}");
        var read = Pix.look(created.get("id").asText());
        assertThat(read.get("expiration_date")).isEqualTo(created.get("expiration_date"));
    }

    @Test
    void the_code_is_static_and_carries_key_name_city_value_and_txid() {
        var payment =
                Pix.create(merchant, "{\"value\":1234.5,\"description\":\"Ação nº 7 — grátis\"}");
        var reading = BrCode.read(payment.get("pix_copia_e_cola").asText());
        assertThat(reading).isInstanceOf(BrCode.Read.class);
        var fields = reading.fields();
        assertThat(fields)
                .containsEntry("00", "01")
                .containsEntry("26.00", "br.gov.bcb.pix")
                .containsEntry("26.01", "sandbox@vintem.invalid")
                .containsEntry("26.02", "Acao n 7 gratis")
                .containsEntry("52", "0000")
                .containsEntry("53", "986")
                .containsEntry("54", "1234.50")
                .containsEntry("58", "BR")
                .containsEntry("59", "SANDBOX VINTEM")
                .containsEntry("60", "SAO PAULO")
                .containsEntry("62.05", payment.get("txid").asText())
                .doesNotContainKeys("01", "26.25");
    }

    @Test
    void in_production_the_code_carries_the_configured_key_name_and_city() {
        var receiver =
                Receiver.configured(
                        vintem.platform.Settings.Mode.PRODUCTION,
                        "+55 11 98765-4321",
                        "Padaria São João Ltda",
                        "São Paulo");
        var txid = vintem.bank.TxId.forStaticCode();
        var fields = BrCode.read(receiver.code(txid, 1_99, null)).fields();
        assertThat(fields)
                .containsEntry("26.01", "+5511987654321")
                .containsEntry("54", "1.99")
                .containsEntry("59", "Padaria Sao Joao Ltda")
                .containsEntry("60", "Sao Paulo")
                .containsEntry("62.05", txid.value())
                .doesNotContainKeys("01", "26.02", "26.25");
    }

    @Test
    void in_the_sandbox_the_key_is_no_banks_whatever_is_configured() {
        var receiver =
                Receiver.configured(
                        vintem.platform.Settings.Mode.SANDBOX, "ana@mail.com", "Padaria", "Lins");
        assertThat(receiver.key().value()).isEqualTo("sandbox@vintem.invalid");
        assertThat(receiver.shown().name()).isEqualTo("SANDBOX Padaria");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"value\":null}",
                "{\"value\":\"abc\"}",
                "{\"value\":\"100.00\"}",
                "{\"value\":-5}",
                "{\"value\":0}",
                "{\"value\":0.00}",
                "{\"value\":100.001}",
                "{\"value\":1e-3}",
                "{\"value\":100000000.01}",
                "{\"value\":1e30}",
                "{\"value\":1e999999999}",
                "{\"value\":NaN}",
                "{\"value\":[100]}",
                "{\"value\":true}",
                "{\"value\":1,\"value\":2}",
                "[]",
                "",
                "value=100"
            })
    void a_value_that_is_none_is_refused_with_the_contracts_message(String body) {
        var before = Rows.number("select count(*) from payment");
        var answer = merchant.with("Content-Type", "application/json").post("/payments/pix", body);
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.json().get("message").asText()).isEqualTo("Invalid value");
        assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
        assertThat(Rows.number("select count(*) from payment")).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"100", "100.0", "100.00", "100.000", "1e2", "1E+2"})
    void equal_values_are_equal_however_they_are_written(String value) {
        var payment = Pix.create(merchant, "{\"value\":%s}".formatted(value));
        assertThat(payment.get("value").decimalValue()).isEqualByComparingTo("100");
        assertThat(Pix.confirm(payment.get("txid").asText(), "100.00").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"expires_in\":0",
                "\"expires_in\":31536001",
                "\"expires_in\":1.5",
                "\"expires_in\":\"60\"",
                "\"mode\":\"dynamic\"",
                "\"reference\":7",
                "\"description\":\"%s\"",
                "\"payer\":\"Ana\"",
                "\"payer\":{\"tax_id\":\"111.111.111-11\"}",
                "\"payer\":{\"name\":7}"
            })
    void an_optional_member_that_is_wrong_is_named(String member) {
        var body = "{\"value\":1,%s}".formatted(member.replace("%s", "x".repeat(141)));
        var answer = merchant.post("/payments/pix", body);
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.json().at("/violations/0/pointer").asText())
                .startsWith("/" + member.substring(1, member.indexOf('"', 1)));
    }

    @Test
    void the_bank_confirms_by_the_seeds_shape_and_again_and_it_happens_once() {
        var payment = Pix.create(merchant, 100.00);
        var id = payment.get("id").asText();
        var txid = payment.get("bank_payment_id").asText();
        for (var i = 0; i < 3; i++) {
            var answer = Pix.confirm(txid, "100");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("{\"message\":\"The payment has been confirmed\"}");
        }
        assertThat(Pix.look(id).get("paid").asBoolean()).isTrue();
        assertThat(Pix.status(id)).isEqualTo("paid");
        assertThat(Pix.transfers(id, "payment_confirmed")).isEqualTo(1);
        assertThat(Pix.news(id, "payment.confirmed")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"bank_payment_id\":\"X\"}",
                "{\"value\":100}",
                "{\"bank_payment_id\":7,\"value\":100}",
                "{\"bank_payment_id\":\"X\",\"value\":\"100\"}",
                "{\"bank_payment_id\":\"X\",\"value\":-1}",
                "{\"bank_payment_id\":\"X\",\"value\":1.001}",
                "{\"bank_payment_id\":\"X\",\"value\":1,\"end_to_end_id\":\"E1\"}",
                "nonsense"
            })
    void a_confirmation_without_its_fields_is_invalid_payment_data(String body) {
        var answer = Pix.bank().post("/payments/pix/confirmation", body);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().get("message").asText()).isEqualTo("Invalid payment data");
    }

    @Test
    void the_seeds_shape_keeps_its_answers_and_leaves_a_note_in_the_queue() {
        var unknown = "NOBODY" + System.nanoTime();
        assertThat(Pix.confirm(unknown, "5").status()).isEqualTo(404);
        assertThat(Pix.confirm(unknown, "5").json().get("message").asText())
                .isEqualTo("Payment not found");
        assertThat(noted(unknown)).isEqualTo(1);

        var payment = Pix.create(merchant, 100.00);
        var txid = payment.get("txid").asText();
        var other = Pix.confirm(txid, "99.99");
        assertThat(other.status()).isEqualTo(400);
        assertThat(other.json().get("message").asText()).isEqualTo("Invalid payment data");
        assertThat(Pix.status(payment.get("id").asText())).isEqualTo("active");
        assertThat(noted(txid)).isEqualTo(1);

        assertThat(Pix.confirm(txid, "100").status()).isEqualTo(200);
        assertThat(Pix.confirm(txid, "99.98").status()).isEqualTo(409);
    }

    private static long noted(String txid) {
        return Rows.number(
                "select count(*) from pix_receipt where txid = ? and status = 'noted'", txid);
    }

    @Test
    void nobody_but_the_bank_confirms() {
        var payment = Pix.create(merchant, 10.00);
        var body =
                "{\"bank_payment_id\":\"%s\",\"value\":10}".formatted(payment.get("txid").asText());
        assertThat(Http.nobody().post("/payments/pix/confirmation", body).status()).isEqualTo(401);
        assertThat(merchant.post("/payments/pix/confirmation", body).status()).isEqualTo(403);
        assertThat(Pix.status(payment.get("id").asText())).isEqualTo("active");
    }

    @Test
    void expiry_is_read_at_its_instant_and_written_by_the_job_once() {
        var payment = Pix.create(merchant, "{\"value\":10,\"expires_in\":60}");
        var id = payment.get("id").asText();
        clock.passes(Duration.ofSeconds(59));
        assertThat(Pix.status(id)).isEqualTo("active");
        clock.passes(Duration.ofSeconds(1));
        assertThat(Pix.status(id)).isEqualTo("expired");
        expirePayments.run();
        expirePayments.run();
        assertThat(Rows.text("select status from payment where id = ?::uuid", id))
                .isEqualTo("expired");
        assertThat(Pix.news(id, "payment.expired")).isEqualTo(1);
    }

    @Test
    void money_that_comes_after_expiry_is_booked_and_the_payment_is_paid_late() {
        for (var job : new boolean[] {false, true}) {
            var payment = Pix.create(merchant, "{\"value\":10,\"expires_in\":60}");
            var id = payment.get("id").asText();
            clock.passes(Duration.ofMinutes(2));
            if (job) {
                expirePayments.run();
            }
            assertThat(Pix.confirm(payment.get("txid").asText(), "10").status()).isEqualTo(200);
            assertThat(Pix.status(id)).isEqualTo("paid");
            assertThat(Pix.look(id).get("late").asBoolean()).isTrue();
            assertThat(Pix.transfers(id, "payment_confirmed")).isEqualTo(1);
        }
    }

    @Test
    void a_removed_payment_is_removed_once_and_its_money_waits_in_the_queue() {
        var payment = Pix.create(merchant, 10.00);
        var id = payment.get("id").asText();
        var path = "/payments/pix/" + id;
        assertThat(merchant.send("DELETE", path, new byte[0]).status()).isEqualTo(204);
        assertThat(merchant.send("DELETE", path, new byte[0]).status()).isEqualTo(204);
        assertThat(Pix.status(id)).isEqualTo("removed");
        assertThat(Pix.news(id, "payment.removed")).isEqualTo(1);
        var kept = Pix.confirm(payment.get("txid").asText(), "10", Pix.endToEndId());
        assertThat(kept.status()).isEqualTo(200);
        assertThat(kept.json().get("reason").asText()).isEqualTo("removed");
        assertThat(Pix.status(id)).isEqualTo("removed");
    }

    @Test
    void what_is_paid_cannot_be_removed() {
        var payment = Pix.create(merchant, 10.00);
        Pix.confirm(payment.get("txid").asText(), "10");
        var path = "/payments/pix/" + payment.get("id").asText();
        assertThat(merchant.send("DELETE", path, new byte[0]).status()).isEqualTo(409);
        assertThat(merchant.send("DELETE", "/payments/pix/" + Ids.next(), new byte[0]).status())
                .isEqualTo(404);
        assertThat(merchant.send("DELETE", "/payments/pix/..%2F..", new byte[0]).status())
                .isEqualTo(404);
    }

    @Test
    void the_same_key_creates_once_and_is_answered_with_the_same_bytes() {
        var keyed = merchant.with("Idempotency-Key", Ids.next().toString());
        var first = keyed.post("/payments/pix", "{\"value\":10}");
        var again = keyed.post("/payments/pix", "{\"value\":10}");
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(again.header("Idempotency-Hit")).isEqualTo("true");
        assertThat(keyed.post("/payments/pix", "{\"value\":11}").status()).isEqualTo(422);
    }

    @Test
    void the_payer_sees_nothing_of_the_merchants_and_the_page_is_404_for_what_is_unknown() {
        var payment =
                Pix.create(
                        merchant,
                        "{\"value\":10,\"reference\":\"secret-ref\",\"payer\":{\"name\":\"Ana"
                                + " Souza\",\"tax_id\":\"529.982.247-25\"}}");
        var json = Pix.payer().get("/payments/pix/" + payment.get("id").asText()).body();
        assertThat(json).doesNotContain("secret-ref", "Ana", "52998224725");
        var page = Http.nobody().get("/payments/pix/" + payment.get("id").asText());
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.header("Content-Type")).startsWith("text/html");
        assertThat(page.body()).doesNotContain("secret-ref", "Ana Souza", "52998224725");
        for (var id : new String[] {Ids.next().toString(), "1", "..%2Fetc", "%00", "a b"}) {
            var unknown = Http.nobody().get("/payments/pix/" + id.replace(" ", "%20"));
            assertThat(unknown.status()).as(id).isEqualTo(404);
            assertThat(unknown.body()).contains("Ops, não encontramos seu pedido");
            assertThat(Pix.payer().get("/payments/pix/" + id.replace(" ", "%20")).status())
                    .isEqualTo(404);
        }
    }

    @Test
    void an_image_is_asked_for_by_its_name_and_a_name_is_never_a_path() {
        var payment = Pix.create(merchant, 10.00);
        var name = payment.get("qr_code").asText();
        var png = Http.nobody().get("/payments/pix/qr_code/" + name);
        assertThat(png.status()).isEqualTo(200);
        assertThat(png.header("Content-Type")).isEqualTo("image/png");
        assertThat(Http.nobody().get("/payments/pix/qr_code/" + name + ".png").status())
                .isEqualTo(200);
        assertThat(
                        Http.nobody()
                                .get("/payments/pix/qr_code/" + name + ".svg")
                                .header("Content-Type"))
                .startsWith("image/svg+xml");
        for (var other :
                new String[] {
                    "..%2F..%2Fetc%2Fpasswd",
                    "..%2Fqr_code%2F" + name,
                    name + ".gif",
                    name + ".png.png",
                    name + "%00.png",
                    "%2Fetc%2Fpasswd",
                    "qr_code_payment_" + Ids.next()
                }) {
            assertThat(Http.nobody().get("/payments/pix/qr_code/" + other).status())
                    .as(other)
                    .isEqualTo(404);
        }
    }

    @Test
    void a_hundred_payments_have_ids_that_nobody_can_guess_from_each_other() {
        var txids = new HashSet<String>();
        var tails = new HashSet<String>();
        for (var i = 0; i < 100; i++) {
            var payment = Pix.create(merchant, 1.00);
            txids.add(payment.get("txid").asText());
            // What is behind the time in a UUID of version 7: 62 random bits.
            tails.add(payment.get("id").asText().substring(19));
        }
        assertThat(txids).hasSize(100);
        assertThat(tails).hasSize(100);
    }

    @Test
    void payments_are_listed_newest_first_and_found_by_what_people_have_in_hand() {
        var reference = "order " + Ids.next();
        var first = Pix.create(merchant, "{\"value\":1,\"reference\":\"%s\"}".formatted(reference));
        var second =
                Pix.create(merchant, "{\"value\":2,\"reference\":\"%s\"}".formatted(reference));
        var endToEndId = Pix.endToEndId();
        Pix.confirm(second.get("txid").asText(), "2", endToEndId);

        var page = merchant.get("/payments/pix?limit=1").json();
        assertThat(page.at("/items/0/id")).isEqualTo(second.get("id"));
        page = merchant.get("/payments/pix?limit=1&after=" + page.get("next").asText()).json();
        assertThat(page.at("/items/0/id")).isEqualTo(first.get("id"));

        var encoded = reference.replace(" ", "%20");
        assertThat(merchant.get("/payments/pix?q=" + encoded).json().get("items")).hasSize(2);
        assertThat(merchant.get("/payments/pix?status=paid&q=" + encoded).json().at("/items/0/id"))
                .isEqualTo(second.get("id"));
        assertThat(merchant.get("/payments/pix?q=" + endToEndId).json().at("/items/0/id"))
                .isEqualTo(second.get("id"));
        assertThat(
                        merchant.get("/payments/pix?q=" + first.get("txid").asText())
                                .json()
                                .at("/items/0/id"))
                .isEqualTo(first.get("id"));
        assertThat(merchant.get("/payments/pix?from=2999-01-01T00:00:00Z").json().get("items"))
                .isEmpty();
        for (var wrong :
                new String[] {
                    "status=x",
                    "from=today",
                    "after=1",
                    "from=%2B999999999-01-01T00:00:00Z",
                    "until=0000-01-01T00:00:00Z",
                    "limit=0"
                }) {
            assertThat(merchant.get("/payments/pix?" + wrong).status()).isEqualTo(400);
        }
    }
}
