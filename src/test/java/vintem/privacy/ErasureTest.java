package vintem.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import vintem.Download;
import vintem.Http;
import vintem.Rows;
import vintem.World;
import vintem.bank.EndToEndId;
import vintem.platform.Database;
import vintem.platform.Proof;
import vintem.platform.TaxId;
import vintem.platform.Together;

/// A payer, a payee, a debtor, a reseller and a client are forgotten: nothing in the whole database
/// names them any more, the books still balance, and the same person can come back.
@QuarkusTest
@QuarkusTestResource(World.class)
class ErasureTest {
    private static final AtomicInteger NUMBER = new AtomicInteger(641_000_000);

    @Inject Database database;
    @Inject People people;

    @Inject @io.quarkus.arc.All List<Proof> proofs;

    /// Somebody whom no other test knows.
    private record Somebody(String cpf, String formatted, String email, String name) {
        static Somebody create() {
            var base = Integer.toString(NUMBER.incrementAndGet());
            var cpf = base + TaxId.Cpf.checkDigits(base);
            var id = UUID.randomUUID().toString().replaceAll("[^a-f]", "") + "q";
            return new Somebody(
                    cpf,
                    TaxId.parse(cpf).orElseThrow().formatted(),
                    "esquece." + base + "@example.com",
                    "Zuleica %s Esquecível %s".formatted(id.toUpperCase(Locale.ROOT), base));
        }

        /// What must not be found anywhere.
        List<String> texts() {
            return List.of(cpf, formatted, email, name);
        }
    }

    /// Every column of every table that could hold a text, whatever the table is for.
    static List<String> places(Somebody person) {
        var found = new ArrayList<String>();
        var columns =
                Rows.text(
                        """
                        select string_agg(concat_ws('|', table_schema, table_name, column_name,
                                                    data_type), ',')
                        from information_schema.columns join information_schema.tables
                            using (table_schema, table_name)
                        where table_type = 'BASE TABLE'
                        and table_schema in ('public', 'simulated_bank')
                        and data_type in ('text', 'bytea', 'jsonb', 'json', 'ARRAY',
                                          'character varying')
                        """);
        for (var column : columns.split(",")) {
            var parts = column.split("\\|");
            var here =
                    parts[3].equals("bytea")
                            ? "position(convert_to(?, 'UTF8') in \"%s\") > 0".formatted(parts[2])
                            : "position(lower(?) in lower(\"%s\"::text)) > 0".formatted(parts[2]);
            var query =
                    "select count(*) from \"%s\".\"%s\" where %s"
                            .formatted(
                                    parts[0],
                                    parts[1],
                                    String.join(" or ", List.of(here, here, here, here)));
            if (Rows.number(query, person.texts().toArray()) > 0) {
                found.add(parts[0] + "." + parts[1] + "." + parts[2]);
            }
        }
        return found;
    }

    private static void forget(Somebody person, String more) {
        var answer =
                Http.admin()
                        .post(
                                "/privacy/erasures",
                                "{\"tax_id\":\"%s\",\"email\":\"%s\"%s}"
                                        .formatted(person.formatted(), person.email(), more));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).contains("apagado-").doesNotContain(person.cpf());
    }

    private void booksBalance() {
        database.snapshot(
                tx -> {
                    for (var proof : proofs) {
                        assertThat(proof.refute(tx)).as(proof.claim()).isEmpty();
                    }
                    return true;
                });
    }

    @Test
    void a_payer_is_forgotten_and_pays_again() {
        var person = Somebody.create();
        var id = pay(person);
        assertThat(places(person)).isNotEmpty();
        var before = Rows.number("select count(*) from transfer where subject_id = ?::uuid", id);

        forget(person, ",\"keep_proof\":false");

        assertThat(places(person)).isEmpty();
        assertThat(Rows.number("select count(*) from transfer where subject_id = ?::uuid", id))
                .isEqualTo(before);
        assertThat(Download.of(Http.admin(), "/exports/payments.csv").text())
                .doesNotContain(person.name());
        booksBalance();
        pay(person);
        assertThat(places(person)).isNotEmpty();
    }

    private static String pay(Somebody person) {
        var key = UUID.randomUUID().toString();
        var body =
                """
                {"value":12.34,"reference":"pedido de %s","description":"para %s",
                 "payer":{"name":"%s","tax_id":"%s"}}"""
                        .formatted(person.cpf(), person.cpf(), person.name(), person.formatted());
        var created = Http.admin().with("Idempotency-Key", key).post("/payments/pix", body);
        assertThat(created.status()).as(created.body()).isEqualTo(200);
        var payment = created.json().required("payment");
        var endToEndId = EndToEndId.create("12345678", java.time.Instant.now()).value();
        var told =
                Http.nobody()
                        .bearer(World.BANK_SECRET)
                        .post(
                                "/payments/pix/confirmation",
                                "{\"bank_payment_id\":\"%s\",\"value\":12.34,\"end_to_end_id\":\"%s\"}"
                                        .formatted(payment.required("txid").asText(), endToEndId));
        assertThat(told.status()).isEqualTo(200);
        return payment.required("id").asText();
    }

    @Test
    void a_payee_is_forgotten_and_is_paid_again_but_never_twice() {
        var person = Somebody.create();
        var first = "esquece-" + UUID.randomUUID();
        assertThat(payOut(first, person)).contains("\"successful\":1");
        assertThat(places(person)).contains("simulated_bank.payment.pix_key");

        forget(person, ",\"keep_proof\":false");

        assertThat(places(person)).isEmpty();
        booksBalance();
        // What was paid once stays paid, whoever it was.
        assertThat(payOut(first, person)).contains("\"successful\":0");
        assertThat(payOut("esquece-" + UUID.randomUUID(), person)).contains("\"successful\":1");
    }

    private static String payOut(String externalId, Somebody person) {
        var answer =
                Http.admin()
                        .with("Idempotency-Key", UUID.randomUUID().toString())
                        .post(
                                "/payouts/batch",
                                """
                                {"batch_id":"lote-%s","items":[{"external_id":"%s","user_id":"u",
                                 "amount_cents":700,"pix_key":"%s","tax_id":"%s",
                                 "description":"para %s"}]}"""
                                        .formatted(
                                                externalId,
                                                externalId,
                                                person.formatted(),
                                                person.formatted(),
                                                person.name()));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    @Test
    void a_debtor_is_forgotten_in_charges_files_errata_and_mails_and_owes_again() {
        var person = Somebody.create();
        var debt = "d-" + UUID.randomUUID();
        var titles = "name,governmentId,email,debtAmount,debtDueDate,debtId\n";
        var row = "%s,%s,%s,100.00,2030-01-19,%s\n";
        var file =
                titles
                        + row.formatted(person.name(), person.cpf(), person.email(), debt)
                        + "%s,%s,%s,no amount,2030-01-19,%s\n"
                                .formatted(person.name(), person.cpf(), person.email(), debt + "x");
        var sent =
                Http.admin()
                        .with("Content-Type", "text/csv")
                        .post(
                                "/billing/files",
                                file.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertThat(sent.status()).as(sent.body()).isEqualTo(202);
        var id = sent.json().required("id").asText();
        Together.until(
                "the file is done",
                () ->
                        Rows.text("select status from debt_file where id = ?::uuid", id)
                                .equals("done"));
        assertThat(places(person))
                .contains(
                        "public.charge.name",
                        "public.debt_file_chunk.bytes",
                        "public.debt_file_error.fields");

        // Nobody else's file is under way, or it would have to wait.
        Together.until(
                "no file is under way",
                () ->
                        Rows.number(
                                        "select count(*) from debt_file where status in"
                                                + " ('receiving', 'importing')")
                                == 0);
        // What is owed keeps its debtor, unless all of it is to go.
        forget(person, "");
        assertThat(places(person)).contains("public.charge.name");
        forget(person, ",\"keep_proof\":false");

        assertThat(places(person)).isEmpty();
        assertThat(Rows.number("select count(*) from charge where debt_id = ?", debt)).isEqualTo(1);
        assertThat(Download.of(Http.admin(), "/exports/errata.csv?file_id=" + id).text())
                .contains("apagado-")
                .doesNotContain(person.cpf());
        booksBalance();
        var again =
                Http.admin()
                        .post(
                                "/charges",
                                """
                                {"name":"%s","governmentId":"%s","email":"%s","debtAmount":5.00,
                                 "debtDueDate":"2030-02-01","debtId":"%s"}"""
                                        .formatted(
                                                person.name(),
                                                person.cpf(),
                                                person.email(),
                                                debt + "y"));
        assertThat(again.status()).as(again.body()).isEqualTo(201);
    }

    @Test
    void a_reseller_is_forgotten_and_registers_again() {
        var person = Somebody.create();
        var name = "zu" + person.cpf().substring(0, 9);
        register(person, name);
        assertThat(places(person)).isNotEmpty();

        forget(person, "");

        assertThat(places(person)).isEmpty();
        var token =
                Http.nobody()
                        .with("Content-Type", "application/x-www-form-urlencoded")
                        .post("/token", "username=" + name + "&password=uma+senha+boa");
        assertThat(token.status()).isEqualTo(401);
        booksBalance();
        register(person, name);
    }

    private static void register(Somebody person, String name) {
        var answer =
                Http.nobody()
                        .post(
                                "/revendedor",
                                """
                                {"full_name":"%s","username":"%s","password":"uma senha boa",
                                 "cpf":"%s","email":"%s","phone":"+55 11 98765-4321"}"""
                                        .formatted(
                                                person.name(),
                                                name,
                                                person.formatted(),
                                                person.email()));
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    }

    @Test
    void a_client_is_forgotten_with_former_names_and_comes_back() {
        var person = Somebody.create();
        var id = client(person);
        var renamed =
                Http.admin()
                        .send(
                                "PUT",
                                "/clients/" + id,
                                "{\"name\":\"%s outra\",\"email\":\"%s\"}"
                                        .formatted(person.name(), person.email())
                                        .getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertThat(renamed.status()).as(renamed.body()).isEqualTo(200);
        assertThat(places(person)).contains("public.client_history.name");

        forget(person, "");

        assertThat(places(person)).isEmpty();
        assertThat(Rows.number("select count(*) from client where id = ?::bigint", id))
                .isEqualTo(1);
        booksBalance();
        assertThat(client(person)).isNotEqualTo(id);
    }

    private static String client(Somebody person) {
        var answer =
                Http.admin()
                        .post(
                                "/clients",
                                "{\"name\":\"%s\",\"email\":\"%s\"}"
                                        .formatted(person.name(), person.email()));
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        return answer.json().required("id").asText();
    }

    @Test
    void whoever_asks_is_handed_out_everything_and_only_by_something_of_their_own() {
        var person = Somebody.create();
        pay(person);
        client(person);
        var body = "{\"tax_id\":\"%s\",\"email\":\"%s\"}".formatted(person.cpf(), person.email());
        var found = Http.admin().post("/privacy/searches", body);
        assertThat(found.json().required("rows").asInt()).isEqualTo(2);
        assertThat(found.body()).doesNotContain(person.name(), person.email());
        var all = Http.admin().post("/privacy/exports", body);
        assertThat(all.json().at("/payments/0/payer_name").asText()).isEqualTo(person.name());
        assertThat(all.json().at("/investments/0/email").asText()).isEqualTo(person.email());
        var named = "{\"name\":\"%s\"}".formatted(person.name().toUpperCase(Locale.ROOT));
        assertThat(Http.admin().post("/privacy/searches", named).body())
                .contains("\"payment\"", "\"client\"");
        assertThat(Http.admin().post("/privacy/exports", named).status()).isEqualTo(400);
        assertThat(Http.admin().post("/privacy/erasures", named).status()).isEqualTo(400);
        assertThat(Http.admin().post("/privacy/searches", "{}").status()).isEqualTo(400);
        assertThat(Rows.number("select count(*) from read_log where subject_type = 'search'"))
                .isPositive();
    }

    @Test
    void a_job_forgets_what_the_law_needs_no_more_and_leaves_the_rest() {
        var person = Somebody.create();
        // An id of 2018.
        var old = "0161e000-0000-7000-8000-" + person.cpf() + "0";
        Rows.change(
                """
                insert into payment (id, txid, mode, status, amount_cents, purpose, copy_and_paste,
                    payer_name, payer_tax_id, created_at, expires_at)
                values ('%s', 'old%s', 'static', 'expired', 100, 'sales', 'x', '%s', '%s',
                        '2018-03-01', '2018-03-02')"""
                        .formatted(old, person.cpf().substring(0, 9), person.name(), person.cpf()));
        var young = pay(person);
        people.retire();
        assertThat(Rows.text("select payer_tax_id from payment where id = ?::uuid", old)).isNull();
        assertThat(Rows.text("select payer_tax_id from payment where id = ?::uuid", young))
                .isEqualTo(person.cpf());
    }

    @Test
    void what_proves_a_payment_stays_as_long_as_the_law_wants_it() {
        var person = Somebody.create();
        var id = pay(person);
        forget(person, "");
        assertThat(
                        Rows.text(
                                "select payer_tax_id || ' ' || description from payment"
                                        + " where id = ?::uuid",
                                id))
                .startsWith(person.cpf() + " apagado-");
        Rows.change(
                "update payment set paid_at = now() - interval '7 years' where id = '%s'"
                        .formatted(id));
        // Its id is dated, too: the job looks only at what is old enough.
        assertThat(
                        Rows.number(
                                "select count(*) from payment where id = ?::uuid"
                                        + " and payer_tax_id is not null",
                                id))
                .isEqualTo(1);
        forget(person, "");
        assertThat(places(person)).isEmpty();
    }
}
