package vintem.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.LocalDate;
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

    @Test
    void a_code_that_could_still_be_paid_is_forgotten_when_nobody_can_pay_by_it_any_more() {
        var person = Somebody.create();
        var created =
                Http.admin()
                        .post(
                                "/payments/pix",
                                "{\"value\":12.34,\"description\":\"para %s\"}"
                                        .formatted(person.cpf()));
        assertThat(created.status()).as(created.body()).isEqualTo(200);
        var id = created.json().at("/payment/id").asText();
        var erased =
                Http.admin()
                        .post(
                                "/privacy/erasures",
                                "{\"id\":\"%s\",\"keep_proof\":false}".formatted(id));
        assertThat(erased.status()).as(erased.body()).isEqualTo(200);
        people.retire();
        assertThat(places(person)).containsExactly("public.payment.copy_and_paste");
        assertThat(Http.admin().send("DELETE", "/payments/pix/" + id, new byte[0]).status())
                .isLessThan(300);
        people.retire();
        assertThat(places(person)).isEmpty();
        assertThat(Rows.number("select count(*) from payment_code_to_forget")).isZero();
        assertThat(Http.nobody().get("/payments/pix/qr_code/qr_code_payment_" + id).body())
                .doesNotContain(person.cpf());
    }

    @Test
    void what_people_and_banks_wrote_about_somebody_loses_their_name() {
        var person = Somebody.create();
        pay(person);
        var statement = statement(person, LocalDate.now().minusDays(3));
        var settlement = UUID.randomUUID();
        var hold = UUID.randomUUID();
        try {
            Rows.change(
                    """
                    insert into charge_settlement (id, channel, status, debt_id, amount_cents,
                        paid_at, paid_by, bank_payment_id, recorded_at)
                    values ('%1$s', 'boleto', 'unknown', 'nobody-%1$s', 100, now(), '%2$s', '%1$s',
                            now())"""
                            .formatted(settlement, person.name()));
            Rows.change(hold(hold, person, "now()"));
            forget(person, ",\"keep_proof\":false");
            assertThat(places(person)).isEmpty();
            assertThat(
                            Rows.text(
                                    "select description from bank_statement_line"
                                            + " where statement_id = ?::uuid",
                                    statement.toString()))
                    .startsWith("apagado-");
        } finally {
            takeAway("charge_settlement", "id", settlement);
            takeAway("payout_hold", "id", hold);
            takeAway("bank_statement_line", "statement_id", statement);
            takeAway("bank_statement", "id", statement);
        }
        booksBalance();
    }

    @Test
    void whoever_is_in_the_texts_of_statements_is_found_by_name() {
        var person = Somebody.create();
        var statement = statement(person, LocalDate.now().minusDays(3));
        try {
            var named = "{\"name\":\"%s\"}".formatted(person.name().toLowerCase(Locale.ROOT));
            assertThat(Http.admin().post("/privacy/searches", named).body())
                    .contains("statement_line");
            var both = "{\"name\":\"%s\",\"tax_id\":\"%s\"}".formatted(person.name(), person.cpf());
            var all = Http.admin().post("/privacy/exports", both).json();
            assertThat(all.at("/reconciliation/0/description").asText().toLowerCase(Locale.ROOT))
                    .contains(person.name().toLowerCase(Locale.ROOT));
        } finally {
            takeAway("bank_statement_line", "statement_id", statement);
            takeAway("bank_statement", "id", statement);
        }
    }

    /// A statement with one line that names somebody, and has no movement.
    private static UUID statement(Somebody person, LocalDate day) {
        var id = UUID.randomUUID();
        Rows.change(
                """
                insert into bank_statement (id, source, name, hash, first_day, last_day, lines,
                    new_lines, imported_by, imported_at)
                values ('%1$s', 'csv', 'x', convert_to('%1$s', 'UTF8'), '%2$s', '%2$s', 1, 1,
                    'admin', now())"""
                        .formatted(id, day));
        Rows.change(
                """
                insert into bank_statement_line (id, statement_id, identity, day, position,
                    amount_cents, description)
                values ('%1$s', '%1$s', '%1$s', '%2$s', 0, 4711, 'PIX DE %3$s')"""
                        .formatted(id, day, person.name().toUpperCase(Locale.ROOT)));
        return id;
    }

    /// What was refused long ago or now, because of somebody.
    private static String hold(UUID id, Somebody person, String ended) {
        return """
        insert into payout_hold (id, submission_id, batch_id, kind, state, caller_id, caller_name,
            person_id, purpose, all_or_nothing, created_at, digest, items, cents, lookalikes,
            decided_by, decided_by_name, decided_at, decision_note, ended_at)
        values ('%1$s', '%1$s', 'x', 'approval', 'refused', '%1$s', 'a', '%1$s', 'payouts', false,
            %3$s, 'x', 0, 0, 0, '%1$s', 'b', %3$s, 'not to %2$s', %3$s)"""
                .formatted(id, person.name(), ended);
    }

    private static void takeAway(String table, String column, Object id) {
        Rows.change("delete from %s where %s = '%s'".formatted(table, column, id));
    }

    /// An id of 2018.
    private static UUID old() {
        return UUID.fromString(
                "0161e000-0000-7000-8000-" + UUID.randomUUID().toString().substring(24));
    }

    @Test
    void the_job_forgets_what_was_written_to_a_payer_long_ago() {
        var person = Somebody.create();
        var id = old();
        Rows.change(
                """
                insert into payment (id, txid, mode, status, amount_cents, purpose, copy_and_paste,
                    reference, description, payer_name, payer_tax_id, created_at, expires_at)
                values ('%1$s', '%1$s', 'static', 'expired', 100, 'sales', 'code of %3$s',
                        'order of %3$s', 'to %3$s', '%3$s', '%2$s', '2018-03-01', '2018-03-02')"""
                        .formatted(id, person.cpf(), person.name()));
        Rows.change(
                """
                insert into pix_refund (id, refund_id, receipt_id, end_to_end_id, amount_cents,
                    purpose, status, description, credential_id, spending_day, requested_by,
                    created_at, send_by, next_ask_at, ended_at)
                values ('%1$s', '%1$s', '%1$s', 'x', 1, 'refunds', 'done', 'to %2$s', '%1$s',
                        '2018-03-01', 'a', '2018-03-01', '2018-03-01', '2018-03-01',
                        '2018-03-02')"""
                        .formatted(id, person.name()));
        try {
            people.retire();
            assertThat(places(person)).isEmpty();
        } finally {
            takeAway("payment", "id", id);
            takeAway("pix_refund", "id", id);
        }
        booksBalance();
    }

    @Test
    void the_job_forgets_whom_payouts_were_for_long_ago_and_why_they_were_refused() {
        var person = Somebody.create();
        var young = "esquece-" + UUID.randomUUID();
        payOut(young, person);
        var id = old();
        Rows.change(
                """
                insert into payout (id, external_id, batch_id, position, user_id, pix_key,
                    amount_cents, tax_id, description, purpose, status, created_at, updated_at)
                values ('%1$s', '%1$s', 'x', 0, '%2$s', '%2$s', 100, '%2$s', 'to %3$s', 'payouts',
                        'paid', '2018-03-01', '2018-03-02')"""
                        .formatted(id, person.cpf(), person.name()));
        Rows.change(
                """
                insert into payout_attempt (payout_id, number, provider_id, submission_id,
                    credential_id, spending_day, pix_key, started_at, next_ask_at, outcome,
                    ended_at)
                values ('%1$s', 1, '%1$s', '%1$s', '%1$s', '2018-03-01', '%2$s', '2018-03-01',
                        '2018-03-01', 'paid', '2018-03-02')"""
                        .formatted(id, person.cpf()));
        Rows.change(hold(id, person, "timestamptz '2018-03-02'"));
        try {
            people.retire();
            assertThat(
                            Rows.text(
                                    """
                                    select concat_ws(' ', p.user_id, p.pix_key, a.pix_key, p.tax_id,
                                                     p.description, h.decision_note)
                                    from payout p join payout_attempt a on a.payout_id = p.id
                                    join payout_hold h on h.id = p.id where p.id = ?::uuid""",
                                    id.toString()))
                    .isEqualTo("apagado apagado apagado");
            assertThat(Rows.text("select pix_key from payout where external_id = ?", young))
                    .as("what is young proves its payment")
                    .isEqualTo(person.cpf());
        } finally {
            takeAway("payout_hold", "id", id);
            takeAway("payout_attempt", "payout_id", id);
            takeAway("payout", "id", id);
        }
        booksBalance();
    }

    @Test
    void the_job_forgets_whom_charges_were_for_long_ago_and_money_that_nobody_placed() {
        var person = Somebody.create();
        var debt = "d-" + UUID.randomUUID();
        var made =
                Http.admin()
                        .post(
                                "/charges",
                                """
                                {"name":"%s","governmentId":"%s","email":"%s","debtAmount":5.00,
                                 "debtDueDate":"2030-02-01","debtId":"%s"}"""
                                        .formatted(
                                                person.name(), person.cpf(), person.email(), debt));
        assertThat(made.status()).as(made.body()).isEqualTo(201);
        var id = old();
        var owed = old();
        try {
            for (var each : List.of(id, owed)) {
                // The same charge, as it would stand there since 2018: cancelled, and still open.
                Rows.change(
                        """
                        insert into charge select (jsonb_populate_record(null::charge,
                            to_jsonb(c) || jsonb_build_object('id', '%1$s', 'debt_id', '%1$s',
                                'page_key', gen_random_uuid(), 'status', '%2$s',
                                'boleto_status', 'none', 'beneficiary_id', null,
                                'boleto_number', null, 'boleto_due', null, 'bar_code', null,
                                'boleto_issued_at', null,
                                'created_at', '2018-03-01', 'updated_at', '2018-03-02'))).*
                        from charge c where debt_id = '%3$s'"""
                                .formatted(each, each.equals(id) ? "cancelled" : "open", debt));
            }
            Rows.change(
                    """
                    insert into charge_address (charge_id, address)
                    values ('%1$s', 'Rua de %2$s')"""
                            .formatted(id, person.name()));
            Rows.change(
                    """
                    insert into charge_settlement (id, channel, status, debt_id, amount_cents,
                        paid_at, paid_by, bank_payment_id, recorded_at)
                    values ('%1$s', 'boleto', 'dismissed', '%1$s', 100, '2018-03-01', '%2$s',
                            '%1$s', '2018-03-01')"""
                            .formatted(id, person.name()));
            people.retire();
            assertThat(charge(id)).isEqualTo("apagado apagado");
            assertThat(charge(owed))
                    .as("what is owed keeps its debtor")
                    .isEqualTo(person.name() + " " + person.cpf() + " " + person.email());
            assertThat(
                            Rows.number(
                                    "select count(*) from charge_settlement where id = ?::uuid"
                                            + " and paid_by is null",
                                    id.toString()))
                    .isEqualTo(1);
            assertThat(
                            Rows.number(
                                    "select count(*) from charge_address where charge_id = ?::uuid",
                                    id.toString()))
                    .isZero();
        } finally {
            takeAway("charge_settlement", "id", id);
            takeAway("charge_address", "charge_id", id);
            takeAway("charge", "id", id);
            takeAway("charge", "id", owed);
        }
        booksBalance();
    }

    private static String charge(UUID id) {
        return Rows.text(
                "select trim(concat_ws(' ', name, government_id, email)) from charge"
                        + " where id = ?::uuid",
                id.toString());
    }

    @Test
    void the_job_forgets_resellers_who_left_long_ago_and_keys_that_were_paid_then() {
        var gone = Somebody.create();
        var here = Somebody.create();
        var name = "zu" + here.cpf().substring(0, 9);
        register(here, name);
        var hereId = Rows.text("select id::text from reseller where cpf = ?", here.cpf());
        var id = old();
        Rows.change(
                """
                insert into reseller (id, user_name, full_name, cpf, email, phone, created_at,
                    deleted_at)
                values ('%1$s', 'zu%2$s', '%3$s', '%2$s', '%4$s', '1', '2018-03-01',
                        '2018-03-02')"""
                        .formatted(id, gone.cpf(), gone.name(), gone.email()));
        Rows.change(
                """
                insert into cashback_redemption (id, reseller_id, amount_cents, pix_key, status,
                    created_at, ended_at)
                values ('%1$s', '%2$s', 100, '%3$s', 'paid', '2018-03-01', '2018-03-02')"""
                        .formatted(id, hereId, here.cpf()));
        try {
            people.retire();
            assertThat(places(gone)).isEmpty();
            assertThat(
                            Rows.number(
                                    "select count(*) from cashback_redemption where id = ?::uuid"
                                            + " and pix_key is null",
                                    id.toString()))
                    .isEqualTo(1);
            assertThat(Rows.text("select full_name from reseller where id = ?::uuid", hereId))
                    .isEqualTo(here.name());
        } finally {
            takeAway("cashback_redemption", "id", id);
            takeAway("reseller", "id", id);
        }
        booksBalance();
    }

    @Test
    void the_job_forgets_clients_who_left_long_ago() {
        var gone = Somebody.create();
        var left = Somebody.create();
        for (var each : List.of(gone, left)) {
            var id = client(each);
            var answer = Http.admin().send("DELETE", "/clients/" + id, new byte[0]);
            assertThat(answer.status()).as(answer.body()).isLessThan(300);
        }
        Rows.change(
                "update client set recorded_at = '2018-03-01' where email = '%s'"
                        .formatted(gone.email()));
        people.retire();
        assertThat(places(gone)).isEmpty();
        assertThat(places(left)).isNotEmpty();
        booksBalance();
    }

    @Test
    void the_job_forgets_the_texts_of_old_lines_that_nobody_matched() {
        var gone = Somebody.create();
        var young = Somebody.create();
        var old = statement(gone, LocalDate.of(2018, 3, 1));
        var late = statement(young, LocalDate.now().minusDays(400));
        try {
            people.retire();
            assertThat(places(gone)).isEmpty();
            assertThat(places(young)).containsExactly("public.bank_statement_line.description");
        } finally {
            for (var each : List.of(old, late)) {
                takeAway("bank_statement_line", "statement_id", each);
                takeAway("bank_statement", "id", each);
            }
        }
    }
}
