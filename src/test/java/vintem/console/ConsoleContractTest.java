package vintem.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vintem.Http;
import vintem.Rows;
import vintem.World;
import vintem.platform.Audits;
import vintem.platform.OutboxRelay;

/// The overview, the search and the stories, as programs get them.
@QuarkusTest
@QuarkusTestResource(World.class)
class ConsoleContractTest {
    @Inject OutboxRelay relay;
    @Inject Audits audits;

    private final Http admin = Http.admin();

    @Test
    void a_cent_of_a_charge_has_the_same_story_from_each_of_its_ends() {
        var debt = Money.unique("story");
        var charge = Money.chargeOfAFile(debt, "45.67", Money.newCpf(), debt + "@mail.example");
        var payment = Money.paymentOf(charge);
        var txid = Rows.text("select txid from payment where id = ?::uuid", payment);
        var endToEndId = Money.endToEndId();
        Money.pays(txid, "45.67", endToEndId);
        relay.relay();
        var told = Money.told(charge);
        var receipt =
                Rows.text("select id::text from pix_receipt where end_to_end_id = ?", endToEndId);
        var settlement =
                Rows.text(
                        "select id::text from charge_settlement where charge_id = ?::uuid", charge);
        for (var end : List.of(payment, receipt, settlement)) {
            assertThat(Money.told(end)).as(end).isEqualTo(told);
        }
        for (var subject : List.of(charge, payment)) {
            for (var column : List.of("id", "entry_id")) {
                var id =
                        Rows.text(
                                "select "
                                        + column
                                        + "::text from transfer where subject_id = ?::uuid"
                                        + " order by recorded_at desc limit 1",
                                subject);
                assertThat(Money.told(id)).as("%s of %s", column, subject).isEqualTo(told);
            }
        }
        var story = Money.story(admin, charge);
        assertThat(texts(story, "subjects", "kind"))
                .containsExactlyInAnyOrder("charge", "payment", "receipt");
        assertThat(texts(story, "moments", "kind"))
                .contains("charge.made_by_row", "charge.boleto", "mail.queued")
                .containsSubsequence(
                        "charge.made_by_row",
                        "payment.created",
                        "receipt.confirmed",
                        "charge.settled_pix");
        assertThat(kindsBeneath(story, "receipt.confirmed")).containsExactly("payment_confirmed");
        assertThat(kindsBeneath(story, "charge.made_by_row")).containsExactly("charge_made");
        assertThat(kindsBeneath(story, "charge.settled_pix")).containsExactly("charge_settled");
        assertThat(story.get("cut").asBoolean()).isFalse();
        assertThat(story.get("hidden").asBoolean()).isFalse();
    }

    @Test
    void every_transfer_of_a_story_is_told_once() {
        var externalId = Money.unique("back");
        Money.payout(externalId, 66_608, "ana@mail.com");
        var id = Money.payoutId(externalId);
        var told = new ArrayList<String>();
        for (var moment : Money.story(admin, id).get("moments")) {
            moment.get("transfers").forEach(each -> told.add(each.get("id").asText()));
        }
        assertThat(told)
                .doesNotHaveDuplicates()
                .hasSize(
                        (int)
                                Rows.number(
                                        "select count(*) from transfer where subject_id = ?::uuid",
                                        id));
    }

    @Test
    void money_that_was_refunded_tells_of_its_refund() {
        var payment = Money.payment("31.07", Money.unique("refund"));
        var id = payment.get("id").asText();
        Money.pays(payment.get("txid").asText(), "31.07", Money.endToEndId());
        Money.ok(
                admin.with("Idempotency-Key", UUID.randomUUID().toString())
                        .post("/payments/pix/" + id + "/refunds", "{\"value\":31.07}"));
        var refund = Rows.text("select id::text from pix_refund where payment_id = ?::uuid", id);
        assertThat(Money.told(refund)).isEqualTo(Money.told(id));
        var story = Money.story(admin, id);
        assertThat(texts(story, "moments", "kind"))
                .containsExactly(
                        "payment.created", "receipt.confirmed", "refund.intended", "refund.done");
        assertThat(kindsBeneath(story, "refund.intended")).containsExactly("refund_intended");
        assertThat(kindsBeneath(story, "refund.done")).containsExactly("refund_settled");
    }

    @Test
    void what_was_posted_by_hand_has_a_story_too() {
        var entry =
                Money.ok(
                        admin.with("Idempotency-Key", UUID.randomUUID().toString())
                                .post(
                                        "/ledger/transfers",
                                        """
                                        {"transfers":[{"debit":"bank_fees","credit":"bank",
                                        "kind":"bank_fee","amount_cents":17},
                                        {"debit":"bank","credit":"bank_fees",
                                        "kind":"bank_fee","amount_cents":17}]}"""));
        var id = entry.required("entry_id").asText();
        var story = Money.story(admin, id);
        assertThat(texts(story, "subjects", "kind")).containsExactly("posting");
        assertThat(kindsBeneath(story, "posting")).containsExactly("bank_fee", "bank_fee");
    }

    @Test
    void an_id_of_nothing_has_no_story() {
        for (var id : List.of(UUID.randomUUID().toString(), "none", "x".repeat(36))) {
            assertThat(admin.get("/console/stories/" + id).status()).isEqualTo(404);
        }
    }

    @Test
    void anything_is_found_by_what_people_have_of_it() {
        var reference = Money.unique("order");
        var payment = Money.payment("8123.45", reference);
        var txid = payment.get("txid").asText();
        var endToEndId = Money.endToEndId();
        Money.pays(txid, "8123.45", endToEndId);
        var externalId = Money.unique("pay");
        var key = externalId + "@mail.example";
        Money.payout(externalId, 917_31, key);
        var debt = Money.unique("debt");
        var cpf = Money.newCpf();
        Money.chargeOfAFile(debt, "9017.11", cpf, debt + "@mail.example");
        var client = Money.unique("Clotilde");
        var address = client + "@clients.example";
        Money.ok(
                admin.post(
                        "/clients",
                        "{\"name\":\"%s\",\"email\":\"%s\"}".formatted(client, address)));

        assertThat(Money.found(admin, reference)).contains("payment " + reference);
        assertThat(Money.found(admin, txid)).contains("payment " + reference);
        assertThat(Money.found(admin, endToEndId)).contains("receipt " + endToEndId);
        assertThat(Money.found(admin, payment.get("id").asText())).contains("payment " + reference);
        assertThat(Money.found(admin, "R$ 8.123,45")).contains("payment " + reference);
        assertThat(Money.found(admin, "8123.45")).contains("payment " + reference);
        assertThat(Money.found(admin, "8,123.45")).contains("payment " + reference);
        assertThat(Money.found(admin, externalId)).containsExactly("payout " + externalId);
        assertThat(Money.found(admin, "batch-" + externalId))
                .containsExactly("payout_batch batch-" + externalId);
        assertThat(Money.found(admin, key)).contains("payout " + externalId);
        assertThat(Money.found(admin, "917,31")).contains("payout " + externalId);
        var paid =
                Rows.text(
                        "select end_to_end_id from payout_attempt where payout_id = ?::uuid",
                        Money.payoutId(externalId));
        assertThat(Money.found(admin, paid)).contains("payout " + externalId);
        assertThat(Money.found(admin, debt)).contains("charge " + debt);
        assertThat(Money.found(admin, debt + "@mail.example")).contains("charge " + debt);
        assertThat(Money.found(admin, cpf)).contains("charge " + debt);
        assertThat(Money.found(admin, vintem.platform.TaxId.parse(cpf).orElseThrow().formatted()))
                .contains("charge " + debt);
        assertThat(Money.found(admin, "Zuleica " + debt.substring(0, 4)))
                .anyMatch(each -> each.startsWith("charge "));
        assertThat(Money.found(admin, "R$ 9.017,11")).contains("charge " + debt);
        assertThat(Money.found(admin, address)).contains("client " + client);
        assertThat(Money.found(admin, "bank")).contains("account bank");
        var transfer =
                Rows.text(
                        "select id::text from transfer where subject_id = ?::uuid",
                        payment.get("id").asText());
        assertThat(Money.found(admin, transfer)).contains("transfer bank ← sales");
    }

    @Test
    void one_thing_that_is_named_by_its_id_leads_straight_to_its_story() {
        var payment = Money.payment("3.21", Money.unique("straight"));
        var id = payment.get("id").asText();
        var endToEndId = Money.endToEndId();
        Money.pays(payment.get("txid").asText(), "3.21", endToEndId);
        assertThat(Money.search(admin, payment.get("txid").asText()).get("straight_to").asText())
                .isEqualTo("/app/story/" + id);
        assertThat(Money.search(admin, endToEndId).get("straight_to").asText())
                .startsWith("/app/story/");
        assertThat(Money.search(admin, "3,21").get("straight_to").isNull()).isTrue();
    }

    @Test
    void whoever_reads_payouts_finds_payouts_and_nothing_else() {
        var name = Money.unique("shared");
        var payment = Money.payment("712.34", name);
        Money.payout(name, 712_34, "ana@mail.com");
        var reader = Money.person("\"payouts\":\"read\"");
        assertThat(Money.found(admin, name)).contains("payment " + name, "payout " + name);
        assertThat(Money.found(reader, name)).containsExactly("payout " + name);
        assertThat(Money.found(reader, "712,34"))
                .contains("payout " + name)
                .noneMatch(each -> each.startsWith("payment"));
        assertThat(Money.found(reader, payment.get("id").asText())).isEmpty();
        assertThat(reader.get("/console/stories/" + payment.get("id").asText()).status())
                .isEqualTo(404);
        assertThat(Money.story(reader, Money.payoutId(name)).get("subjects")).hasSize(1);
        assertThat(reader.get("/console/overview").status()).isEqualTo(403);
        assertThat(reader.with("Accept", "text/html").get("/app").header("Location"))
                .isEqualTo("/app/payouts");
    }

    @Test
    void a_person_is_masked_and_stands_in_no_address() {
        var cpf = Money.newCpf();
        var debt = Money.unique("masked");
        Money.chargeOfAFile(debt, "12.00", cpf, debt + "@mail.example");
        var answer = Money.search(admin, cpf).toString();
        assertThat(answer).contains("charge", debt).doesNotContain(cpf);
        assertThat(Money.search(admin, debt + "@mail.example").toString())
                .doesNotContain("@mail.example");
    }

    @Test
    void what_is_old_is_found_by_its_amount_and_its_payer_behind_any_number_of_newer_ones() {
        var cpf = Money.newCpf();
        var old =
                Money.ok(
                                admin.post(
                                        "/payments/pix",
                                        """
                                        {"value":70707.07,"payer":{"name":"Ana","tax_id":"%s"}}"""
                                                .formatted(cpf)))
                        .at("/payment/id")
                        .asText();
        Rows.change(
                """
                insert into payment (id, txid, mode, status, amount_cents, purpose, copy_and_paste,
                                     created_at, expires_at)
                select uuidv7(), replace(gen_random_uuid()::text, '-', ''), mode, 'expired', 7,
                       purpose, copy_and_paste, now(), now()
                from payment p, generate_series(1, 1100) where p.id = '%s'"""
                        .formatted(old));
        assertThat(Money.search(admin, "70.707,07").toString()).contains(old);
        assertThat(Money.search(admin, cpf).toString()).contains(old);
        var others = new ArrayList<String>();
        for (var i = 0; i < 25; i++) {
            others.add(
                    Money.ok(
                                    admin.post(
                                            "/payments/pix",
                                            """
                                            {"value":1.0%d,"payer":{"name":"Ana","tax_id":"%s"}}"""
                                                    .formatted(i % 10, cpf)))
                            .at("/payment/id")
                            .asText());
        }
        var found = Money.search(admin, cpf).toString();
        assertThat(found).contains(others.reversed().subList(0, 20)).doesNotContain(old);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "' or 1=1 --",
                "%",
                "_______",
                "\\\\",
                "💸🪙",
                "'; drop table payout; --",
                "{0} {1}",
                "0000000000000000000000000",
                "R$ -1,00",
                "999.999.999.999.999.999.999.999,99",
                "1,111,111,111,111,111,111,111.11",
                "R$ 99999999999999999999,99",
                "e\\u0301\\u0301",
                "../../etc/passwd"
            })
    void strange_texts_find_nothing(String text) {
        assertThat(
                        Money.ok(admin.post("/console/search", "{\"q\":\"%s\"}".formatted(text)))
                                .get("hits"))
                .isEmpty();
    }

    @Test
    void what_no_database_can_hold_is_refused_by_programs_routes_and_survived_by_the_page() {
        assertThat(admin.post("/console/search", "{\"q\":\"a\\u0000b\"}").status()).isEqualTo(400);
        assertThat(admin.post("/console/search", "{\"q\":\"" + "x".repeat(10_000) + "\"}").status())
                .isEqualTo(400);
        assertThat(admin.post("/console/search", "{\"q\":\"   \"}").status()).isEqualTo(400);
        var form = admin.with("Content-Type", "application/x-www-form-urlencoded");
        var page = form.with("Accept", "text/html");
        assertThat(page.post("/app/search", "q=" + "x".repeat(10_000)).body())
                .contains("longo demais");
        assertThat(page.post("/app/search", "q=a%00b").status()).isEqualTo(400);
        assertThat(page.post("/app/search", "q=%3Cscript%3Ealert(1)%3C/script%3E").body())
                .doesNotContain("<script>alert");
        assertThat(page.post("/app/search", "q=").status()).isEqualTo(200);
    }

    @Test
    void what_waits_goes_up_and_down() {
        var before = waiting("receipts_unmatched");
        var endToEndId = Money.endToEndId();
        Money.pays(Money.unique("").replace("-", "").substring(0, 25), "19.99", endToEndId);
        assertThat(waiting("receipts_unmatched")).isEqualTo(before + 1);
        var payment = Money.payment("19.99", Money.unique("match"));
        var receipt =
                Rows.text("select id::text from pix_receipt where end_to_end_id = ?", endToEndId);
        Money.ok(
                admin.post(
                        "/payments/pix/unmatched/" + receipt + "/match",
                        "{\"payment_id\":\"%s\"}".formatted(payment.get("id").asText())));
        assertThat(waiting("receipts_unmatched")).isEqualTo(before);
        assertThat(Money.told(receipt)).isEqualTo(Money.told(payment.get("id").asText()));

        var unknown = waiting("settlements_unknown");
        var debt = Money.unique("nobody");
        var told =
                Money.bank()
                        .post(
                                "/billing/payments",
                                """
                                {"debtId":"%s","paidAt":"2026-01-05 10:00:00","paidAmount":5,
                                "paidBy":"Zé"}"""
                                        .formatted(debt));
        assertThat(told.status()).as("kept for a person").isEqualTo(404);
        assertThat(waiting("settlements_unknown")).isEqualTo(unknown + 1);
        var settlement =
                Rows.text("select id::text from charge_settlement where debt_id = ?", debt);
        assertThat(texts(Money.story(admin, settlement), "moments", "kind"))
                .containsExactly("settlement.unknown");
        Money.ok(admin.post("/billing/payments/unknown/" + settlement + "/dismiss", ""));
        assertThat(waiting("settlements_unknown")).isEqualTo(unknown);
    }

    @Test
    void whoever_sees_the_overview_sees_what_waits_only_where_they_may_look() {
        Money.pays(Money.unique("").replace("-", "").substring(0, 25), "1.23", Money.endToEndId());
        var overseer = Money.person("\"console\":\"read\",\"ledger\":\"read\"");
        assertThat(texts(Money.ok(overseer.get("/console/overview")), "attention", "section"))
                .doesNotContain("payments", "payouts", "billing", "purchases", "investments");
        assertThat(texts(Money.ok(admin.get("/console/overview")), "attention", "section"))
                .contains("payments");
    }

    @Test
    void days_come_to_what_is_in_the_accounts() {
        var payment = Money.payment("64.01", Money.unique("today"));
        var before = Money.ok(admin.get("/console/overview"));
        Money.pays(payment.get("txid").asText(), "64.01", Money.endToEndId());
        Money.payout(Money.unique("out"), 10_01, "ana@mail.com");
        var after = Money.ok(admin.get("/console/overview"));
        assertThat(today(after, "in_cents") - today(before, "in_cents")).isEqualTo(64_01);
        assertThat(today(after, "out_cents") - today(before, "out_cents")).isEqualTo(10_01);
        assertThat(after.get("bank_cents").asLong() - before.get("bank_cents").asLong())
                .isEqualTo(54_00);
        // Not the sums themselves: other tests have let things happen tomorrow.
        assertThat(today(after, "owed_to_us_cents") - today(before, "owed_to_us_cents"))
                .isEqualTo(
                        after.get("owed_to_us_cents").asLong()
                                - before.get("owed_to_us_cents").asLong());
        assertThat(after.get("days")).hasSize(30);
        assertThat(after.at("/books/holds").asBoolean()).isTrue();
    }

    @Test
    void a_statement_may_be_seen_as_it_was_and_leads_to_the_stories() {
        var payment = Money.payment("8.31", Money.unique("statement"));
        Money.pays(payment.get("txid").asText(), "8.31", Money.endToEndId());
        var page = admin.with("Accept", "text/html");
        assertThat(page.get("/app/ledger/sales").body())
                .contains("/app/story/" + payment.get("id").asText());
        var then = page.get("/app/ledger/sales?as_of=2020-01-31");
        assertThat(then.status()).isEqualTo(200);
        assertThat(then.body()).contains("31/01/2020").doesNotContain("/app/story/");
    }

    @Test
    void the_last_audit_is_told_with_its_time() {
        audits.run();
        var books = Money.ok(admin.get("/console/overview")).get("books");
        assertThat(books.get("audited_at").isNull()).isFalse();
        assertThat(books.get("audit_clean").asBoolean()).isTrue();
    }

    @Test
    void settings_are_shown_and_secrets_are_not() {
        var page = admin.with("Accept", "text/html").get("/app/settings");
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.body())
                .contains("VINTEM_SECRET", "VINTEM_PAYOUT_LIMIT_CENTS", "10000000000")
                .doesNotContain(World.SECRET, World.BANK_SECRET, World.ADMIN_PASSWORD);
        assertThat(Money.person("\"console\":\"admin\"").get("/app/settings").status())
                .isEqualTo(403);
    }

    private long waiting(String kind) {
        for (var each : Money.ok(admin.get("/console/overview")).get("attention")) {
            if (each.get("kind").asText().equals(kind)) {
                return each.get("count").asLong();
            }
        }
        return 0;
    }

    private static long today(JsonNode overview, String figure) {
        return overview.get("days").get(29).get(figure).asLong();
    }

    private static List<String> texts(JsonNode of, String list, String member) {
        var texts = new ArrayList<String>();
        of.get(list).forEach(each -> texts.add(each.get(member).asText()));
        return texts;
    }

    private static List<String> kindsBeneath(JsonNode story, String moment) {
        var kinds = new ArrayList<String>();
        for (var each : story.get("moments")) {
            if (each.get("kind").asText().equals(moment)) {
                each.get("transfers").forEach(it -> kinds.add(it.get("kind").asText()));
            }
        }
        return kinds;
    }
}
