package vintem.cashback;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import vintem.Books;
import vintem.Http;
import vintem.Rows;
import vintem.World;
import vintem.bank.PixKey;
import vintem.cashback.Sellers.Seller;
import vintem.ledger.AccountCode;
import vintem.payouts.PayoutJobs;
import vintem.payouts.Payouts;
import vintem.platform.BusinessDays;
import vintem.platform.Database;
import vintem.platform.Idempotency;
import vintem.platform.Together;

/// What is owed, credited, taken back and paid out, to the cent.
@QuarkusTest
@QuarkusTestResource(World.class)
class CashbackMoneyTest {
    @Inject PayoutJobs payoutJobs;
    @Inject Payouts payouts;
    @Inject RedemptionTable redemptions;
    @Inject MonthTable months;
    @Inject Database database;
    @Inject Clock clock;

    @AfterAll
    static void every_cent_is_there() {
        Books.assertInOrder();
    }

    /// Cashback = rate(total) × total: never value + value × rate, never the sum of the purchases'
    /// own cashback.
    @Test
    void a_month_owes_its_rate_of_its_total_after_each_approval_and_reversal() {
        var seller = Sellers.register();
        var month = Sellers.nextMonth();
        var day = month.atDay(10).toString();
        var first = seller.approved("999.99", day);
        owes(seller, month, "999.99", "10%", "100.00");
        seller.approved("0.01", day);
        owes(seller, month, "1000.00", "10%", "100.00");
        var third = seller.approved("0.01", day);
        owes(seller, month, "1000.01", "15%", "150.00");
        seller.approved("500.00", day);
        owes(seller, month, "1500.01", "20%", "300.00");
        assertThat(Sellers.takeBack(third).status()).isEqualTo(200);
        owes(seller, month, "1500.00", "15%", "225.00");
        assertThat(Sellers.takeBack(first).status()).isEqualTo(200);
        owes(seller, month, "500.01", "10%", "50.00");
        assertThat(kinds(seller))
                .containsExactly(
                        "cashback_accrued 10000",
                        "cashback_accrued 5000",
                        "cashback_accrued 15000",
                        "cashback_reversed 7500",
                        "cashback_reversed 17500");
    }

    @Test
    void what_waits_or_is_rejected_owes_nothing() {
        var seller = Sellers.register();
        var month = Sellers.nextMonth();
        var id = seller.buys("1000.00", month.atDay(1).toString()).required("id").asText();
        owes(seller, month, "0.00", "10%", "0.00");
        assertThat(Sellers.judge(id, "Reprovado").status()).isEqualTo(200);
        owes(seller, month, "0.00", "10%", "0.00");
        assertThat(kinds(seller)).isEmpty();
    }

    @Test
    void the_last_day_of_a_month_is_not_of_the_next() {
        var seller = Sellers.register();
        var month = Sellers.nextMonth();
        seller.approved("100.00", month.atEndOfMonth().toString());
        seller.approved("200.00", month.plusMonths(1).atDay(1).toString());
        Sellers.nextMonth();
        owes(seller, month, "100.00", "10%", "10.00");
        owes(seller, month.plusMonths(1), "200.00", "10%", "20.00");
    }

    @Test
    void approvals_of_one_month_at_the_same_moment_come_to_its_total() {
        var seller = Sellers.register();
        var month = Sellers.nextMonth();
        var works = new ArrayList<Callable<Integer>>();
        var admin = Http.admin();
        for (var i = 0; i < 40; i++) {
            var id = seller.buys("37.51", month.atDay(1).toString()).required("id").asText();
            works.add(() -> Sellers.judge(admin, id, "{\"status\":\"Aprovado\"}").status());
        }
        assertThat(Together.atOnce(works)).containsOnly(200);
        owes(seller, month, "1500.40", "20%", "300.08");
    }

    @Test
    void a_close_makes_it_available_and_closing_again_changes_nothing() {
        var seller = Sellers.register();
        var month = Sellers.nextMonth();
        seller.approved("1000.00", month.atDay(1).toString());
        var open = seller.statement(month);
        assertThat(open.required("estado").asText()).isEqualTo("aberto");
        assertThat(open.required("disponivel").decimalValue()).isEqualByComparingTo("0.00");
        assertThat(open.required("pendente").decimalValue()).isEqualByComparingTo("100.00");
        var first = Sellers.close(month);
        assertThat(first.status()).as(first.body()).isEqualTo(200);
        var closed = seller.statement(month);
        assertThat(closed.required("estado").asText()).isEqualTo("fechado");
        has(seller, month, "100.00", "0.00");
        assertThat(Sellers.close(month).json().required("terminado"))
                .isEqualTo(first.json().required("terminado"));
        has(seller, month, "100.00", "0.00");
        assertThat(kinds(seller))
                .containsExactly("cashback_accrued 10000", "cashback_credited 10000");
    }

    @Test
    void a_month_that_is_not_over_or_was_passed_by_is_not_closed() {
        var now = YearMonth.from(BusinessDays.today(clock));
        assertProblem(Sellers.close(now), 409, "month-not-over");
        assertProblem(Sellers.close(now.plusMonths(1)), 409, "month-not-over");
        var earlier = Sellers.nextMonth();
        assertThat(Sellers.close(Sellers.nextMonth()).status()).isEqualTo(200);
        assertProblem(Sellers.close(earlier), 409, "later-month-closed");
    }

    @Test
    void what_is_approved_after_the_close_comes_with_the_next_at_its_own_months_rate() {
        var seller = Sellers.register();
        var month = Sellers.nextMonth();
        var next = Sellers.nextMonth();
        seller.approved("1000.00", month.atDay(1).toString());
        Sellers.close(month);
        // 1,000.01 of that month: 15 % of all of it, though the next month has 10 %.
        seller.approved("0.01", month.atDay(2).toString());
        seller.approved("100.00", next.atDay(1).toString());
        has(seller, next, "100.00", "0.00");
        assertThat(seller.statement(next).required("ajustes").decimalValue())
                .isEqualByComparingTo("50.00");
        Sellers.close(next);
        has(seller, next, "160.00", "0.00");
        var closed = seller.statement(next);
        assertThat(closed.required("ajustes").decimalValue()).isEqualByComparingTo("50.00");
        assertThat(closed.required("cashback").decimalValue()).isEqualByComparingTo("10.00");
    }

    /// What remains of a closed month falls into a lower bracket: all of it is reckoned by that.
    @Test
    void what_is_taken_back_after_the_close_costs_what_the_months_own_bracket_loses() {
        var seller = Sellers.register();
        var month = Sellers.nextMonth();
        seller.approved("1000.00", month.atDay(1).toString());
        var last = seller.approved("500.01", month.atDay(2).toString());
        Sellers.close(month);
        has(seller, month, "300.00", "0.00");
        Sellers.takeBack(last);
        owes(seller, month, "1000.00", "10%", "100.00");
        has(seller, month, "100.00", "0.00");
        var next = Sellers.nextMonth();
        assertThat(seller.statement(next).required("ajustes").decimalValue())
                .isEqualByComparingTo("-200.00");
        Sellers.close(next);
        has(seller, next, "100.00", "0.00");
        assertThat(seller.statement(next).required("ajustes").decimalValue())
                .isEqualByComparingTo("-200.00");
        assertThat(kinds(seller)).endsWith("cashback_reversed 20000", "cashback_taken_back 20000");
    }

    @Test
    void what_is_taken_back_after_the_close_is_not_to_be_had_and_goes_in_the_next() {
        var seller = Sellers.register();
        var month = Sellers.nextMonth();
        var id = seller.approved("1000.00", month.atDay(1).toString());
        Sellers.close(month);
        Sellers.takeBack(id);
        // Nobody can run away with it between the reversal and the close.
        has(seller, month, "0.00", "0.00");
        assertProblem(seller.redeems("0.01", seller.cpf()), 422, "not-enough-cashback");
        var next = Sellers.nextMonth();
        Sellers.close(next);
        has(seller, next, "0.00", "0.00");
        assertThat(kinds(seller)).last().isEqualTo("cashback_taken_back 10000");
    }

    @Test
    void what_was_paid_out_and_taken_back_is_owed_and_set_off_first() {
        var seller = Sellers.register();
        var month = Sellers.nextMonth();
        var id = seller.approved("1000.00", month.atDay(1).toString());
        Sellers.close(month);
        assertThat(seller.redeems("70.00", seller.cpf()).status()).isEqualTo(201);
        Sellers.takeBack(id);
        var second = Sellers.nextMonth();
        Sellers.close(second);
        has(seller, second, "0.00", "70.00");
        assertThat(kinds(seller)).endsWith("cashback_taken_back 3000", "cashback_to_recover 7000");
        var third = Sellers.nextMonth();
        seller.approved("500.00", third.atDay(1).toString());
        Sellers.close(third);
        has(seller, third, "0.00", "20.00");
        var fourth = Sellers.nextMonth();
        seller.approved("500.00", fourth.atDay(1).toString());
        Sellers.close(fourth);
        has(seller, fourth, "30.00", "0.00");
        assertThat(kinds(seller)).endsWith("cashback_set_off 2000", "cashback_credited 3000");
    }

    @Test
    void cashback_is_paid_once_however_often_it_is_asked_for_with_one_key() {
        var seller = rich();
        var key = UUID.randomUUID().toString();
        var first = seller.redeems("40.00", seller.cpf(), key);
        assertThat(first.status()).as(first.body()).isEqualTo(201);
        assertThat(first.json().required("estado").asText()).isEqualTo("paid");
        assertThat(first.body()).doesNotContain(seller.cpf());
        var again = seller.redeems("40.00", seller.cpf(), key);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(again.header("Idempotency-Hit")).isEqualTo("true");
        assertProblem(seller.redeems("41.00", seller.cpf(), key), 422, "idempotency-key-reused");
        assertThat(available(seller)).isEqualByComparingTo("60.00");
        assertThat(paidToThem(seller)).isEqualTo(4_000);
        var without =
                seller.http()
                        .post(
                                "/cashback/resgates",
                                "{\"valor\":1.00,\"chave_pix\":\"%s\"}".formatted(seller.cpf()));
        assertProblem(without, 400, "invalid-request");
    }

    @Test
    void news_tell_of_purchases_months_and_redemptions() {
        var seller = Sellers.register();
        var month = Sellers.nextMonth();
        var day = month.atDay(1).toString();
        var taken = seller.approved("1000.00", day);
        seller.approved("1000.00", day);
        Sellers.judge(seller.buys("5.00", day).required("id").asText(), "Reprovado");
        Sellers.takeBack(taken);
        assertThat(Sellers.close(month).status()).isEqualTo(200);
        assertThat(seller.redeems("10.00", seller.cpf()).status()).isEqualTo(201);
        payoutJobs.turn();
        var news =
                Rows.text(
                        "select string_agg(type, ' ' order by xact_id, id) from outbox"
                                + " where body like ?",
                        "%" + seller.id() + "%");
        assertThat(news.split(" "))
                .containsExactly(
                        "purchase.approved",
                        "purchase.approved",
                        "purchase.rejected",
                        "purchase.rejected",
                        "redemption.paid");
        assertThat(
                        Rows.number(
                                "select count(*) from outbox where type = ? and subject = ?",
                                "cashback.month_closed",
                                day))
                .isEqualTo(1);
    }

    @Test
    void many_redemptions_at_once_never_come_to_more_than_there_is() {
        var seller = rich();
        var statuses = Together.atOnce(40, () -> seller.redeems("7.00", seller.cpf()).status());
        assertThat(statuses.stream().filter(it -> it == 201)).hasSize(14);
        assertThat(statuses.stream().filter(it -> it == 422)).hasSize(26);
        assertThat(available(seller)).isEqualByComparingTo("2.00");
        assertThat(paidToThem(seller)).isEqualTo(9_800);
    }

    @Test
    void one_key_at_once_from_many_is_one_redemption() {
        var seller = rich();
        var key = UUID.randomUUID().toString();
        var statuses =
                Together.atOnce(20, () -> seller.redeems("60.00", seller.cpf(), key).status());
        assertThat(statuses).allMatch(it -> it == 201 || it == 409);
        assertThat(statuses).contains(201);
        assertThat(paidToThem(seller)).isEqualTo(6_000);
    }

    @Test
    void a_key_of_somebody_else_is_paid_nothing() {
        var seller = rich();
        for (var key : List.of(Sellers.newCpf(), "529.982.247-25", "11.222.333/0001-81")) {
            assertProblem(seller.redeems("10.00", key), 422, "key-of-somebody-else");
        }
        assertThat(available(seller)).isEqualByComparingTo("100.00");
        // Of other keys only the bank knows the owner, and is told whose it must be.
        var answer = seller.redeems("10.00", "refused@sandbox.vintem.invalid");
        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.json().required("estado").asText()).isEqualTo("failed");
        assertThat(available(seller)).isEqualByComparingTo("100.00");
        assertThat(
                        Rows.text(
                                "select tax_id from payout where id = ?::uuid",
                                answer.json().required("id").asText()))
                .isEqualTo(seller.cpf());
    }

    @ParameterizedTest
    @CsvSource({
        "silent-unpaid, failed, 100.00",
        "silent-paid, paid, 90.00",
        "silent-refused, failed, 100.00",
        "returned, returned, 100.00",
        "answered-twice, paid, 90.00"
    })
    void whatever_the_bank_does_the_money_is_here_or_there(
            String scenario, String end, String left) {
        var seller = rich();
        var answer = seller.redeems("10.00", scenario + "@sandbox.vintem.invalid");
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        var id = answer.json().required("id").asText();
        Together.until(
                scenario + " is " + end,
                () -> {
                    payoutJobs.turn();
                    return Rows.text(
                                    "select status from cashback_redemption where id = ?::uuid", id)
                            .equals(end);
                });
        assertThat(available(seller)).isEqualByComparingTo(left);
        assertThat(seller.http().get("/cashback/resgates").json().at("/items/0/estado").asText())
                .isEqualTo(end);
    }

    @Test
    void nobody_is_forgotten_while_a_payout_to_them_is_under_way() {
        var seller = rich();
        var path = "/revendedor/dados?id=" + seller.id();
        var asked = seller.redeems("10.00", "silent-paid@sandbox.vintem.invalid");
        assertThat(asked.json().required("estado").asText()).isEqualTo("processing");
        var id = asked.json().required("id").asText();
        assertProblem(Sellers.delete(seller.http(), path), 409, "payout-under-way");
        assertThat(seller.http().get("/auth/me").status()).isEqualTo(200);
        Together.until(
                "it is paid",
                () -> {
                    payoutJobs.turn();
                    return Rows.text(
                                    "select status from cashback_redemption where id = ?::uuid", id)
                            .equals("paid");
                });
        assertThat(Sellers.delete(seller.http(), path).status()).isEqualTo(200);
        assertThat(
                        Rows.number(
                                "select count(*) from cashback_redemption"
                                        + " where id = ?::uuid and pix_key is null and status = 'paid'",
                                id))
                .as("paid, to a key that is not known any more")
                .isEqualTo(1);
    }

    /// Whoever died after the commit and before the bank heard of it: the same request again finds
    /// what was reserved and sends nothing; the bank, asked, never got it, and the money is back.
    @Test
    void what_a_dead_node_reserved_is_never_sent_by_another_and_comes_back() {
        var seller = rich();
        var key = UUID.randomUUID().toString();
        var body = "{\"valor\":60.00,\"chave_pix\":\"%s\"}".formatted(seller.cpf());
        var id = reserveAndDie(seller, key, body);
        assertThat(available(seller)).isEqualByComparingTo("40.00");
        var again = seller.http().with("Idempotency-Key", key).post("/cashback/resgates", body);
        assertThat(again.status()).as(again.body()).isEqualTo(201);
        assertThat(again.json().required("id").asText()).isEqualTo(id.toString());
        assertThat(again.json().required("estado").asText()).isEqualTo("processing");
        assertThat(available(seller)).isEqualByComparingTo("40.00");
        Together.until(
                "the bank is asked, and the money is back",
                () -> {
                    payoutJobs.turn();
                    return available(seller).intValueExact() == 100;
                });
        assertThat(paidToThem(seller)).isZero();
    }

    private UUID reserveAndDie(Seller seller, String key, String body) {
        var resellerId = UUID.fromString(seller.id());
        var pixKey = PixKey.parse(seller.cpf()).orElseThrow();
        var request =
                RedeemCashback.Request.of(
                        resellerId,
                        6_000,
                        pixKey,
                        new Idempotency.Identity(resellerId, "POST /cashback/resgates", key),
                        body.getBytes(StandardCharsets.UTF_8));
        var order =
                new Payouts.Order(
                        request.id(),
                        "cashback-of-the-dead",
                        "cashback-" + request.id(),
                        AccountCode.CASHBACK_AVAILABLE,
                        pixKey,
                        6_000,
                        seller.cpf(),
                        "Cashback",
                        clock.instant());
        database.run(
                tx -> {
                    months.lockAccounts(tx, List.of(resellerId));
                    payouts.intend(tx, List.of(order));
                    redemptions.insert(
                            tx,
                            List.of(
                                    new RedemptionTable.Redemption(
                                            request.id(),
                                            resellerId,
                                            6_000,
                                            seller.cpf(),
                                            "processing",
                                            null,
                                            clock.instant(),
                                            null)));
                    months.save(tx, List.of(new MonthTable.Account(resellerId, 4_000, 0)));
                });
        return request.id();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"valor\":0,\"chave_pix\":\"529.982.247-25\"}",
                "{\"valor\":-1,\"chave_pix\":\"529.982.247-25\"}",
                "{\"valor\":1.001,\"chave_pix\":\"529.982.247-25\"}",
                "{\"valor\":\"1\",\"chave_pix\":\"529.982.247-25\"}",
                "{\"valor\":1,\"chave_pix\":\"no key\"}",
                "{\"valor\":1}",
                "{\"chave_pix\":\"529.982.247-25\"}"
            })
    void what_is_no_redemption_is_refused(String body) {
        var answer =
                Sellers.register()
                        .http()
                        .with("Idempotency-Key", UUID.randomUUID().toString())
                        .post("/cashback/resgates", body);
        assertProblem(answer, 400, "invalid-request");
    }

    @Test
    void rates_are_decided_for_months_to_come_and_no_past_changes() {
        var seller = Sellers.register();
        var month = Sellers.nextMonth();
        seller.approved("1000.00", month.atDay(1).toString());
        var body = "{\"vigente_desde\":\"%s\",\"faixas\":[{\"acima_de\":0,\"percentual\":%s}]}";
        var now = YearMonth.from(BusinessDays.today(clock));
        assertProblem(
                Http.admin().post("/cashback/faixas", body.formatted(now, "50")),
                409,
                "month-has-begun");
        assertProblem(
                Http.admin().post("/cashback/faixas", body.formatted(month, "50")),
                409,
                "month-has-begun");
        var decided = Http.admin().post("/cashback/faixas", body.formatted("2098-01", "12.5"));
        assertThat(decided.status()).as(decided.body()).isEqualTo(201);
        // Other tests decide others.
        assertThat(seller.http().get("/cashback/faixas").json().get("items"))
                .filteredOn(it -> it.get("vigente_desde").asText().startsWith("2098-01"))
                .first()
                .satisfies(
                        it ->
                                assertThat(it.at("/faixas/0/percentual").decimalValue())
                                        .isEqualByComparingTo("12.5"));
        owes(seller, month, "1000.00", "10%", "100.00");
        for (var wrong :
                List.of(
                        "[]",
                        "[{\"acima_de\":1,\"percentual\":10}]",
                        "[{\"acima_de\":0,\"percentual\":101}]",
                        "[{\"acima_de\":0,\"percentual\":10},{\"acima_de\":0,\"percentual\":15}]",
                        "[{\"acima_de\":0}]",
                        "[{\"acima_de\":0,\"percentual\":0.001}]")) {
            var answer =
                    Http.admin()
                            .post(
                                    "/cashback/faixas",
                                    "{\"vigente_desde\":\"2098-02\",\"faixas\":" + wrong + "}");
            assertProblem(answer, 400, "invalid-request");
        }
    }

    @Test
    void the_outside_figure_is_shown_and_never_paid() {
        var seller = Sellers.register();
        var answer = seller.http().get("/cashback");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.json().required("origem").asText()).isIn("live", "cached", "unavailable");
        assertThat(answer.json().required("disponivel").decimalValue())
                .isEqualByComparingTo("0.00");
        assertProblem(seller.redeems("1.00", seller.cpf()), 422, "not-enough-cashback");
        assertProblem(Http.admin().get("/cashback"), 400, "invalid-request");
    }

    /// R$ 100,00 available.
    private static Seller rich() {
        var seller = Sellers.register();
        var month = Sellers.nextMonth();
        seller.approved("1000.00", month.atDay(1).toString());
        assertThat(Sellers.close(month).status()).isEqualTo(200);
        return seller;
    }

    private static void owes(
            Seller seller, YearMonth month, String total, String rate, String cashback) {
        var statement = seller.statement(month);
        assertThat(statement.required("total_aprovado").decimalValue()).isEqualByComparingTo(total);
        assertThat(statement.required("percentual").asText()).isEqualTo(rate);
        assertThat(statement.required("cashback").decimalValue()).isEqualByComparingTo(cashback);
    }

    private static void has(Seller seller, YearMonth month, String available, String owed) {
        JsonNode statement = seller.statement(month);
        assertThat(statement.required("disponivel").decimalValue()).isEqualByComparingTo(available);
        assertThat(statement.required("a_recuperar").decimalValue()).isEqualByComparingTo(owed);
    }

    private static BigDecimal available(Seller seller) {
        return seller.http().get("/cashback").json().required("disponivel").decimalValue();
    }

    /// Their transfers, oldest first.
    private static List<String> kinds(Seller seller) {
        var text =
                Rows.text(
                        """
                        select coalesce(string_agg(kind || ' ' || amount_cents, ','
                                                   order by xact_id, id), '')
                        from transfer where subject_id = ?::uuid
                        """,
                        seller.id());
        return text.isEmpty() ? List.of() : List.of(text.split(","));
    }

    /// By the bank's own books.
    private static long paidToThem(Seller seller) {
        return Rows.number(
                """
                select coalesce(sum(p.amount_cents), 0) from cashback_redemption r
                join payout p on p.id = r.id
                join payout_attempt a on a.payout_id = p.id
                join simulated_bank.statement_line s on s.reference = a.provider_id
                where s.kind = 'payment' and r.reseller_id = ?::uuid
                """,
                seller.id());
    }

    private static void assertProblem(Http.Answer answer, int status, String code) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.json().required("type").asText()).endsWith("/" + code);
    }
}
