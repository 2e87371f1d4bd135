package vintem.cashback;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import vintem.Books;
import vintem.Http;
import vintem.Rows;
import vintem.World;
import vintem.access.Caller;
import vintem.cashback.Sellers.Seller;
import vintem.platform.BusinessDays;
import vintem.platform.Ids;
import vintem.platform.Together;

/// Purchases as the contract has them.
@QuarkusTest
@QuarkusTestResource(World.class)
class PurchaseContractTest {
    private static final String SPECIAL = "15350946056";

    @Inject Clock clock;
    @Inject CreatePurchases createPurchases;

    @AfterAll
    static void every_cent_is_there() {
        Books.assertInOrder();
    }

    /// Exactly at an edge the lower rate holds; nobody gets nothing, nobody gets the value back.
    @ParameterizedTest
    @CsvSource({
        "0.01,    10%, 0.00",
        "0.05,    10%, 0.00",
        "0.15,    10%, 0.02",
        "1.00,    10%, 0.10",
        "999.99,  10%, 100.00",
        "1000.00, 10%, 100.00",
        "1000.01, 15%, 150.00",
        "1500.00, 15%, 225.00",
        "1500.01, 20%, 300.00",
        "2000.00, 20%, 400.00"
    })
    void the_edges_of_the_brackets(String value, String rate, String cashback) {
        var bought = Sellers.register().buys(value, "2026-10-31");
        assertThat(bought.required("cashback").asText()).isEqualTo(rate);
        assertThat(bought.required("cashback_valor").decimalValue()).isEqualByComparingTo(cashback);
    }

    @Test
    void a_purchase_is_answered_with_the_members_of_the_contract_in_their_order() {
        var seller = Sellers.register();
        var bought = seller.buys("1500.00", "2026-10-31");
        assertThat(names(bought))
                .containsExactly(
                        "codigo",
                        "valor",
                        "data",
                        "status",
                        "cashback",
                        "cashback_valor",
                        "id",
                        "revendedor",
                        "create_at");
        assertThat(bought.required("status").asText()).isEqualTo("Em validação");
        assertThat(bought.required("data").asText()).isEqualTo("2026-10-31");
        assertThat(bought.at("/revendedor/cpf").asText()).isEqualTo(seller.cpf());
    }

    @ParameterizedTest
    @ValueSource(strings = {SPECIAL, "153.509.460-56", " 153.509.460-56 "})
    void the_special_cpf_is_approved_at_once_with_and_without_its_mask(String typed) {
        var seller = special();
        var answer =
                Http.admin()
                        .post(
                                "/compra",
                                Sellers.purchase(Sellers.newCode(), "10.00", "2026-10-31", typed));
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        assertThat(answer.json().required("status").asText()).isEqualTo("Aprovado");
        assertThat(answer.json().at("/revendedor/id").asText()).isEqualTo(seller);
    }

    @Test
    void the_special_one_is_known_by_their_id_too() {
        var body =
                "{\"codigo\":\"%s\",\"valor\":10.00,\"data\":\"2026-10-31\",\"revendedor_id\":\"%s\"}"
                        .formatted(Sellers.newCode(), special());
        assertThat(Http.admin().post("/compra", body).json().required("status").asText())
                .isEqualTo("Aprovado");
    }

    @Test
    void what_is_approved_at_once_is_owed_at_once() {
        var seller = Sellers.register();
        var month = Sellers.nextMonth();
        assertThat(approveFromNowOn(seller).status()).isEqualTo(201);
        seller.buys("1000.01", month.atDay(1).toString());
        assertThat(seller.statement(month).required("cashback").decimalValue())
                .isEqualByComparingTo("150.00");
        assertThat(
                        Rows.text(
                                "select string_agg(kind || ' ' || amount_cents, ',')"
                                        + " from transfer where subject_id = ?::uuid",
                                seller.id()))
                .isEqualTo("cashback_accrued 15000");
    }

    @Test
    void everybody_elses_waits_for_validation() {
        assertThat(Sellers.register().buys("10.00", "2026-10-31").required("status").asText())
                .isEqualTo("Em validação");
    }

    @Test
    void who_is_put_on_the_list_is_approved_from_then_on_and_not_before() {
        var seller = Sellers.register();
        var before = seller.buys("10.00", "2026-10-31").required("id").asText();
        var entry =
                Http.admin()
                        .post(
                                "/cashback/cpfs-aprovados",
                                "{\"cpf\":\"%s\"}".formatted(seller.cpf()));
        assertThat(entry.status()).as(entry.body()).isEqualTo(201);
        assertThat(entry.body()).doesNotContain(seller.cpf());
        assertThat(seller.buys("10.00", "2026-10-31").required("status").asText())
                .isEqualTo("Aprovado");
        assertThat(statusOf(seller, before)).isEqualTo("Em validação");
        var later =
                Http.admin()
                        .post(
                                "/cashback/cpfs-aprovados",
                                "{\"cpf\":\"%s\",\"vigente_desde\":\"2190-01-01\"}"
                                        .formatted(Sellers.register().cpf()));
        assertThat(later.status()).isEqualTo(201);
        assertThat(
                        Sellers.delete(
                                        Http.admin(),
                                        "/cashback/cpfs-aprovados/"
                                                + later.json().required("id").asText())
                                .status())
                .isEqualTo(204);
    }

    @Test
    void whose_time_on_the_list_has_not_begun_waits() {
        var seller = Sellers.register();
        Http.admin()
                .post(
                        "/cashback/cpfs-aprovados",
                        "{\"cpf\":\"%s\",\"vigente_desde\":\"2190-01-01\"}"
                                .formatted(seller.cpf()));
        assertThat(seller.buys("10.00", "2026-10-31").required("status").asText())
                .isEqualTo("Em validação");
    }

    /// Whoever ends it ends it for the days to come: today is the last one, and nothing that was
    /// approved is looked at again.
    @Test
    void who_is_taken_off_the_list_keeps_what_was_approved_and_waits_from_the_next_day_on() {
        var seller = Sellers.register();
        var entry = approveFromNowOn(seller).json().required("id").asText();
        var before = seller.buys("10.00", "2026-10-31").required("id").asText();
        var path = "/cashback/cpfs-aprovados/" + entry;
        assertThat(Sellers.delete(Http.admin(), path).status()).isEqualTo(204);
        assertThat(seller.buys("10.00", "2026-10-31").required("status").asText())
                .isEqualTo("Aprovado");
        // The next day has come.
        Rows.change(
                "update approved_cpf set valid_from = valid_from - 1, valid_until = valid_until - 1"
                        + " where id = '%s'".formatted(entry));
        assertThat(seller.buys("10.00", "2026-10-31").required("status").asText())
                .isEqualTo("Em validação");
        assertThat(statusOf(seller, before)).isEqualTo("Aprovado");
    }

    @Test
    void the_list_of_approved_ones_is_not_decided_for_the_past() {
        var today = BusinessDays.today(clock);
        for (var wrong :
                List.of(
                        "\"vigente_desde\":\"%s\"".formatted(today.minusDays(1)),
                        "\"vigente_ate\":\"%s\"".formatted(today.minusDays(1)))) {
            assertProblem(
                    Http.admin()
                            .post(
                                    "/cashback/cpfs-aprovados",
                                    "{\"cpf\":\"%s\",%s}".formatted(Sellers.newCpf(), wrong)),
                    400,
                    "invalid-request");
        }
    }

    @Test
    void a_code_is_entered_once_and_free_again_once_its_purchase_is_deleted() {
        var seller = Sellers.register();
        var code = Sellers.newCode();
        var body = Sellers.purchase(code, "10.00", "2026-10-31", seller.cpf());
        var first = seller.http().post("/compra", body);
        assertThat(first.status()).isEqualTo(201);
        assertProblem(seller.http().post("/compra", body), 409, "code-taken");
        var id = first.json().required("id").asText();
        var deleted = Sellers.delete(seller.http(), "/compra?id=" + id);
        assertThat(deleted.status()).isEqualTo(200);
        assertThat(deleted.json().required("detail").asText()).isEqualTo("successfully deleted");
        assertThat(deleted.json().required("id").asText()).isEqualTo(id);
        assertThat(seller.http().post("/compra", body).status()).isEqualTo(201);
    }

    @Test
    void of_many_with_one_code_at_the_same_moment_one_is_entered() {
        var seller = Sellers.register();
        var body = Sellers.purchase(Sellers.newCode(), "10.00", "2026-10-31", seller.cpf());
        var statuses = Together.atOnce(30, () -> seller.http().post("/compra", body).status());
        assertThat(statuses.stream().filter(it -> it == 201)).hasSize(1);
        assertThat(statuses.stream().filter(it -> it == 409)).hasSize(29);
    }

    @Test
    void the_same_request_again_is_answered_the_same() {
        var seller = Sellers.register();
        var keyed = seller.http().with("Idempotency-Key", UUID.randomUUID().toString());
        var body = Sellers.purchase(Sellers.newCode(), "10.00", "2026-10-31", seller.cpf());
        var first = keyed.post("/compra", body);
        var again = keyed.post("/compra", body);
        assertThat(again.status()).isEqualTo(201);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(again.header("Idempotency-Hit")).isEqualTo("true");
        assertThat(keyed.post("/compra", body.replace("10.00", "11.00")).status()).isEqualTo(422);
    }

    /// Every state × every move: those that the enum does not name are refused, and change nothing.
    @ParameterizedTest
    @EnumSource(PurchaseStatus.class)
    void forbidden_moves_are_refused(PurchaseStatus from) {
        var seller = Sellers.register();
        for (var to : PurchaseStatus.values()) {
            var id = in(seller, from);
            var answer =
                    Sellers.judge(
                            Http.admin(),
                            id,
                            "{\"status\":\"%s\",\"motivo\":\"porque sim\"}".formatted(to.label()));
            if (from.next().contains(to)) {
                assertThat(answer.status()).as(from + " to " + to).isEqualTo(200);
                assertThat(statusOf(seller, id)).isEqualTo(to.label());
            } else {
                assertProblem(answer, 409, "no-such-move");
                assertThat(statusOf(seller, id)).isEqualTo(from.label());
            }
        }
    }

    @Test
    void these_are_all_the_moves_there_are() {
        assertThat(PurchaseStatus.VALIDATING.next())
                .containsExactlyInAnyOrder(PurchaseStatus.APPROVED, PurchaseStatus.REJECTED);
        assertThat(PurchaseStatus.APPROVED.next()).containsExactly(PurchaseStatus.REJECTED);
        assertThat(PurchaseStatus.REJECTED.next()).isEmpty();
    }

    @Test
    void an_approval_is_taken_back_by_an_administrator_with_a_reason() {
        var seller = Sellers.register();
        var id = seller.approved("10.00", "2026-10-31");
        assertProblem(Sellers.judge(id, "Reprovado"), 400, "invalid-request");
        var operator = operator();
        assertProblem(
                Sellers.judge(operator, id, "{\"status\":\"Reprovado\",\"motivo\":\"x\"}"),
                403,
                "forbidden");
        assertThat(statusOf(seller, id)).isEqualTo("Aprovado");
        assertThat(Sellers.takeBack(id).json().required("motivo").asText()).isEqualTo("devolução");
        var waiting = seller.buys("10.00", "2026-10-31").required("id").asText();
        assertThat(Sellers.judge(operator, waiting, "{\"status\":\"Aprovado\"}").status())
                .isEqualTo(200);
    }

    /// What is judged stays what it is.
    @ParameterizedTest
    @EnumSource(PurchaseStatus.class)
    void it_is_edited_and_deleted_only_while_it_waits(PurchaseStatus state) {
        var seller = Sellers.register();
        var id = in(seller, state);
        var edited = Sellers.patch(seller.http(), "/compra?id=" + id, "{\"valor\":20.00}");
        var deleted = Sellers.delete(seller.http(), "/compra?id=" + id);
        if (state.isOpen()) {
            assertThat(edited.status()).isEqualTo(200);
            assertThat(edited.json().required("valor").decimalValue())
                    .isEqualByComparingTo("20.00");
            assertThat(deleted.status()).isEqualTo(200);
        } else {
            assertProblem(edited, 409, "purchase-judged");
            assertThat(edited.json().required("detail").asText()).contains(state.label());
            assertProblem(deleted, 409, "purchase-judged");
            assertThat(seller.http().get("/compra").body()).contains(id);
        }
    }

    /// The rule is the state's, not the caller's: no role edits or deletes what was judged. A
    /// stranger is not even told that it is there.
    @ParameterizedTest
    @EnumSource(PurchaseStatus.class)
    void no_role_edits_or_deletes_what_was_judged(PurchaseStatus state) {
        var seller = Sellers.register();
        var stranger = Sellers.register().http();
        var callers = Map.of("admin", Http.admin(), "operator", operator());
        for (var each : callers.entrySet()) {
            var path = "/compra?id=" + in(seller, state);
            var edited = Sellers.patch(each.getValue(), path, "{\"valor\":20.00}");
            assertThat(edited.status()).as(each.getKey()).isEqualTo(state.isOpen() ? 200 : 409);
            var deleted = Sellers.delete(each.getValue(), path);
            assertThat(deleted.status()).as(each.getKey()).isEqualTo(state.isOpen() ? 200 : 409);
        }
        var path = "/compra?id=" + in(seller, state);
        var before = seller.http().get("/compra?size=100").body();
        assertThat(Sellers.patch(stranger, path, "{\"valor\":20.00}").status()).isEqualTo(404);
        assertThat(Sellers.delete(stranger, path).status()).isEqualTo(404);
        assertThat(Sellers.patch(reader(), path, "{\"valor\":20.00}").status()).isEqualTo(403);
        assertThat(Sellers.delete(reader(), path).status()).isEqualTo(403);
        assertThat(seller.http().get("/compra?size=100").body()).isEqualTo(before);
    }

    @Test
    void what_was_deleted_is_neither_edited_nor_deleted_nor_judged() {
        var seller = Sellers.register();
        var id = seller.buys("10.00", "2026-10-31").required("id").asText();
        var path = "/compra?id=" + id;
        assertThat(Sellers.delete(seller.http(), path).status()).isEqualTo(200);
        assertThat(Sellers.patch(seller.http(), path, "{\"valor\":1.00}").status()).isEqualTo(404);
        assertThat(Sellers.delete(seller.http(), path).status()).isEqualTo(404);
        for (var status : PurchaseStatus.values()) {
            assertThat(Sellers.judge(id, status.label()).status()).isEqualTo(404);
        }
        assertThat(seller.http().get("/compra").json().required("total").asLong()).isZero();
    }

    @Test
    void an_edit_takes_no_code_of_another_and_changes_nobody_elses_fields() {
        var seller = Sellers.register();
        var taken = seller.buys("10.00", "2026-10-31").required("codigo").asText();
        var id = seller.buys("10.00", "2026-10-31").required("id").asText();
        assertProblem(
                Sellers.patch(
                        seller.http(), "/compra?id=" + id, "{\"codigo\":\"%s\"}".formatted(taken)),
                409,
                "code-taken");
        for (var fixed : List.of("\"status\":\"Aprovado\"", "\"cpf\":\"529.982.247-25\"")) {
            assertProblem(
                    Sellers.patch(seller.http(), "/compra?id=" + id, "{" + fixed + "}"),
                    400,
                    "invalid-request");
        }
    }

    @Test
    void an_approval_and_a_deletion_at_the_same_moment_do_not_both_happen() {
        var seller = Sellers.register();
        for (var round = 0; round < 10; round++) {
            var id = seller.buys("10.00", "2026-10-31").required("id").asText();
            var admin = Http.admin();
            var statuses =
                    Together.atOnce(
                            List.<Callable<Integer>>of(
                                    () ->
                                            Sellers.judge(admin, id, "{\"status\":\"Aprovado\"}")
                                                    .status(),
                                    () ->
                                            Sellers.delete(seller.http(), "/compra?id=" + id)
                                                    .status()));
            assertThat(statuses.stream().filter(it -> it == 200)).as("" + statuses).hasSize(1);
        }
    }

    @Test
    void resellers_see_and_touch_only_what_is_theirs() {
        var ana = Sellers.register();
        var bia = Sellers.register();
        var id = ana.buys("10.00", "2026-10-31").required("id").asText();
        assertThat(bia.http().get("/compra").json().required("total").asLong()).isZero();
        assertThat(Sellers.patch(bia.http(), "/compra?id=" + id, "{\"valor\":1.00}").status())
                .isEqualTo(404);
        assertThat(Sellers.delete(bia.http(), "/compra?id=" + id).status()).isEqualTo(404);
        var body = Sellers.purchase(Sellers.newCode(), "10.00", "2026-10-31", ana.cpf());
        assertProblem(bia.http().post("/compra", body), 403, "forbidden");
        var byId =
                "{\"codigo\":\"%s\",\"valor\":1,\"data\":\"2026-10-31\",\"revendedor_id\":\"%s\"}"
                        .formatted(Sellers.newCode(), ana.id());
        assertProblem(bia.http().post("/compra", byId), 403, "forbidden");
        assertThat(ana.http().post("/compra", byId).status()).isEqualTo(201);
        assertThat(Sellers.judge(bia.http(), id, "{\"status\":\"Aprovado\"}").status())
                .isEqualTo(403);
        assertThat(Sellers.judge(ana.http(), id, "{\"status\":\"Aprovado\"}").status())
                .as("not even their own")
                .isEqualTo(403);
        for (var path : List.of("/cashback", "/cashback/extrato", "/cashback/resgates")) {
            assertThat(bia.http().get(path + "?revendedor_id=" + ana.id()).status()).isIn(200, 404);
            assertThat(bia.http().get(path + "?revendedor_id=" + ana.id()).body())
                    .doesNotContain(ana.id(), ana.cpf());
        }
        assertThat(bia.http().get("/revendedor?id=" + ana.id()).json().required("total").asLong())
                .isZero();
    }

    @Test
    void whoever_is_not_registered_buys_nothing() {
        var body = Sellers.purchase(Sellers.newCode(), "10.00", "2026-10-31", Sellers.newCpf());
        assertProblem(Http.admin().post("/compra", body), 422, "unknown-reseller");
    }

    @Test
    void the_month_is_that_of_the_day_in_sao_paulo() {
        var seller = Sellers.register();
        // In UTC November has begun, in São Paulo it has not.
        var late = seller.buys("10.00", "2025-11-01T02:30:00Z");
        assertThat(late.required("data").asText()).isEqualTo("2025-10-31");
        assertThat(seller.buys("10.00", "2025-10-31T23:59:59").required("data").asText())
                .isEqualTo("2025-10-31");
        assertThat(seller.buys("10.00", "2025-11-01 00:00:00").required("data").asText())
                .isEqualTo("2025-11-01");
        assertThat(seller.http().get("/compra?mes=2025-10").json().required("total").asLong())
                .isEqualTo(2);
    }

    @Test
    void the_future_is_not_bought_in() {
        var seller = Sellers.register();
        var today = BusinessDays.today(clock);
        assertThat(seller.buys("1.00", today.toString()).required("data").asText())
                .isEqualTo(today.toString());
        var body =
                Sellers.purchase(
                        Sellers.newCode(), "1.00", today.plusDays(1).toString(), seller.cpf());
        assertProblem(seller.http().post("/compra", body), 400, "invalid-request");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"valor\":0",
                "\"valor\":-1",
                "\"valor\":1.001",
                "\"valor\":\"10\"",
                "\"valor\":1e20",
                "\"valor\":null",
                "\"valor\":true",
                "\"valor\":[]",
                "\"data\":\"31/10/2026\"",
                "\"data\":\"2026-02-30\"",
                "\"data\":20261031",
                "\"data\":\"1999-12-31\"",
                "\"data\":\"2026-10-31T25:00:00\"",
                "\"data\":\"\"",
                "\"codigo\":\"\"",
                "\"codigo\":7",
                "\"codigo\":\"   \"",
                "\"cpf\":\"111.111.111-11\"",
                "\"cpf\":\"529.982.247-26\"",
                "\"cpf\":52998224725",
                "\"cpf\":\"11.222.333/0001-81\"",
                "\"cpf\":null"
            })
    void what_is_no_purchase_is_refused_by_name(String wrong) {
        var seller = Sellers.register();
        var name = wrong.substring(1, wrong.indexOf('"', 1));
        var good =
                "{\"codigo\":\"%s\",\"valor\":10.00,\"data\":\"2026-10-31\",\"cpf\":\"%s\"}"
                        .formatted(Sellers.newCode(), seller.cpf());
        var body =
                good.replaceFirst(
                        "\"%s\":(\"[^\"]*\"|[^,}]*)".formatted(name),
                        java.util.regex.Matcher.quoteReplacement(wrong));
        var answer = seller.http().post("/compra", body);
        assertProblem(answer, 400, "invalid-request");
        assertThat(answer.json().at("/violations/0/pointer").asText()).isEqualTo("/" + name);
    }

    @Test
    void a_list_is_entered_in_one_call_and_each_of_it_is_answered() {
        var seller = Sellers.register();
        var code = Sellers.newCode();
        var list =
                """
                {"compras":[%s,%s,%s,%s]}"""
                        .formatted(
                                Sellers.purchase(code, "10.00", "2026-10-31", seller.cpf()),
                                Sellers.purchase(code, "11.00", "2026-10-31", seller.cpf()),
                                Sellers.purchase(
                                        Sellers.newCode(), "12.00", "2026-10-31", Sellers.newCpf()),
                                Sellers.purchase(
                                        Sellers.newCode(), "13.00", "2026-10-31", seller.cpf()));
        var answer = Http.admin().post("/compra/lote", list);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.json().required("criadas").asLong()).isEqualTo(2);
        assertThat(motives(answer))
                .containsExactly("null", "code-taken", "unknown-reseller", "null");
        var again = Http.admin().post("/compra/lote", list);
        assertThat(again.json().required("criadas").asLong()).isZero();
        assertThat(seller.http().get("/compra").json().required("total").asLong()).isEqualTo(2);
        assertThat(motives(Sellers.register().http().post("/compra/lote", list)))
                .containsOnly("not-theirs");
    }

    /// As after a COMMIT whose answer never came: the same requests, with the rows that they had
    /// become. Those are answered, and neither written nor accrued twice; what could not be entered
    /// then may be entered now.
    @Test
    void a_list_that_is_run_again_answers_what_it_had_written_and_accrues_it_once() {
        var seller = Sellers.register();
        var month = Sellers.nextMonth();
        assertThat(approveFromNowOn(seller).status()).isEqualTo(201);
        var taken = Sellers.register();
        var waiting = taken.buys("1.00", month.atDay(1).toString());
        var list = new ArrayList<CreatePurchases.Request>();
        for (var code :
                List.of(
                        Sellers.newCode(),
                        waiting.required("codigo").asText(),
                        Sellers.newCode())) {
            list.add(
                    new CreatePurchases.Request(
                            Ids.next(),
                            new CreatePurchases.Wish(
                                    code, 50_000, month.atDay(1), seller.cpf(), null),
                            Caller.SYSTEM,
                            Optional.empty()));
        }
        var first = createPurchases.createAll(list);
        assertThat(first.get(1)).isInstanceOf(CreatePurchases.Outcome.CodeTaken.class);
        assertThat(seller.statement(month).required("cashback").decimalValue())
                .isEqualByComparingTo("100.00");
        var path = "/compra?id=" + waiting.required("id").asText();
        assertThat(Sellers.delete(taken.http(), path).status()).isEqualTo(200);
        assertThat(createPurchases.createAll(list))
                .allSatisfy(
                        it -> assertThat(it).isInstanceOf(CreatePurchases.Outcome.Created.class));
        assertThat(seller.http().get("/compra").json().required("total").asLong()).isEqualTo(3);
        assertThat(seller.statement(month).required("cashback").decimalValue())
                .isEqualByComparingTo("225.00");
        createPurchases.createAll(list);
        assertThat(seller.statement(month).required("cashback").decimalValue())
                .isEqualByComparingTo("225.00");
    }

    @Test
    void the_company_sees_what_was_entered_last_first_and_a_reseller_their_own_by_day() {
        var seller = Sellers.register();
        var late = seller.buys("1.00", "2026-10-31").required("id").asText();
        var early = seller.buys("1.00", "2026-10-01").required("id").asText();
        assertThat(ids(seller.http().get("/compra"))).containsExactly(late, early);
        assertThat(ids(Http.admin().get("/compra?mes=2026-10&size=100")))
                .containsSubsequence(early, late);
        var export = Http.admin().get("/exports/purchases.csv?mes=2026-10");
        assertThat(export.status()).isEqualTo(200);
        assertThat(export.body().indexOf(early)).isBetween(0, export.body().indexOf(late));
        var own = Http.admin().get("/exports/purchases.csv?revendedor_id=" + seller.id());
        assertThat(own.body().indexOf(late)).isBetween(0, own.body().indexOf(early));
    }

    private static List<String> ids(Http.Answer page) {
        var ids = new ArrayList<String>();
        page.json().required("items").forEach(it -> ids.add(it.required("id").asText()));
        return ids;
    }

    @Test
    void many_are_judged_at_once_and_each_is_answered() {
        var seller = Sellers.register();
        var one = seller.buys("10.00", "2026-10-31").required("id").asText();
        var two = seller.buys("10.00", "2026-10-31").required("id").asText();
        var done = seller.approved("10.00", "2026-10-31");
        var body =
                "{\"status\":\"Aprovado\",\"ids\":[\"%s\",\"%s\",\"%s\",\"%s\"]}"
                        .formatted(one, two, done, UUID.randomUUID());
        var answer = Http.admin().post("/compra/status", body);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.json().required("mudadas").asLong()).isEqualTo(2);
        assertThat(motives(answer)).containsExactly("null", "null", "no-such-move", "not-found");
    }

    @Test
    void of_two_hundred_who_approve_one_purchase_at_once_one_does() {
        var seller = Sellers.register();
        var month = Sellers.nextMonth();
        var id = seller.buys("1000.00", month.atDay(3).toString()).required("id").asText();
        var admin = Http.admin();
        var statuses =
                Together.atOnce(
                        200, () -> Sellers.judge(admin, id, "{\"status\":\"Aprovado\"}").status());
        assertThat(statuses.stream().filter(it -> it == 200)).hasSize(1);
        assertThat(statuses.stream().filter(it -> it == 409)).hasSize(199);
        assertThat(seller.statement(month).required("cashback").decimalValue())
                .isEqualByComparingTo("100.00");
        assertThat(
                        Rows.number(
                                "select count(*) from transfer where subject_id = ?::uuid",
                                seller.id()))
                .isEqualTo(1);
    }

    /// Of each line what the contract names; its rate is its own, that of the month is the
    /// statement's, and the two differ.
    @Test
    void the_listing_shows_each_purchases_own_rate_and_the_statement_the_months() {
        var seller = Sellers.register();
        var month = Sellers.nextMonth();
        seller.approved("900.00", month.atDay(2).toString());
        seller.approved("600.01", month.atDay(1).toString());
        var items = seller.http().get("/compra?mes=" + month).json().required("items");
        var shown = new ArrayList<String>();
        for (var it : items) {
            assertThat(it.required("codigo").asText()).startsWith("NF-");
            shown.add(
                    "%s %s %s %s %s"
                            .formatted(
                                    reais(it, "valor"),
                                    it.required("data").asText(),
                                    it.required("cashback").asText(),
                                    reais(it, "cashback_valor"),
                                    it.required("status").asText()));
        }
        assertThat(shown)
                .containsExactly(
                        "900.00 %s 10%% 90.00 Aprovado".formatted(month.atDay(2)),
                        "600.01 %s 10%% 60.00 Aprovado".formatted(month.atDay(1)));
        var statement = seller.statement(month);
        assertThat(names(statement))
                .startsWith("mes", "compras", "compras_total")
                .contains(
                        "total_aprovado",
                        "percentual",
                        "cashback",
                        "ajustes",
                        "estado",
                        "disponivel",
                        "a_recuperar");
        assertThat(statement.required("percentual").asText()).isEqualTo("20%");
        assertThat(statement.required("total_aprovado").decimalValue())
                .isEqualByComparingTo("1500.01");
        assertThat(statement.required("cashback").decimalValue()).isEqualByComparingTo("300.00");
        assertThat(statement.at("/compras/0/cashback").asText()).isEqualTo("10%");
    }

    @Test
    void pages_are_numbered_and_counted() {
        var seller = Sellers.register();
        for (var i = 1; i <= 5; i++) {
            seller.buys(i + ".00", "2026-10-0" + i);
        }
        var page = seller.http().get("/compra?page=2&size=2").json();
        assertThat(page.required("total").asLong()).isEqualTo(5);
        assertThat(page.required("pages").asLong()).isEqualTo(3);
        assertThat(page.required("page").asLong()).isEqualTo(2);
        assertThat(page.at("/items/0/valor").decimalValue()).isEqualByComparingTo("3.00");
        assertThat(seller.http().get("/compra?status=Aprovado").json().required("total").asLong())
                .isZero();
        for (var wrong :
                List.of("page=0", "page=x", "size=101", "size=-1", "mes=2026-13", "status=ok")) {
            assertProblem(seller.http().get("/compra?" + wrong), 400, "invalid-request");
        }
    }

    private String in(Seller seller, PurchaseStatus status) {
        var id = seller.buys("10.00", "2026-10-31").required("id").asText();
        if (status != PurchaseStatus.VALIDATING) {
            assertThat(Sellers.judge(id, status.label()).status()).isEqualTo(200);
        }
        return id;
    }

    private static String statusOf(Seller seller, String id) {
        for (var each : seller.http().get("/compra?size=100").json().required("items")) {
            if (each.required("id").asText().equals(id)) {
                return each.required("status").asText();
            }
        }
        throw new AssertionError("no purchase " + id);
    }

    /// Whoever is on the list of the sandbox; registered once for all tests.
    private static String special() {
        var found = Http.admin().get("/revendedor?cpf=" + SPECIAL).json().required("items");
        return found.isEmpty()
                ? Sellers.register(SPECIAL).id()
                : found.get(0).required("id").asText();
    }

    private static Http.Answer approveFromNowOn(Seller seller) {
        return Http.admin()
                .post("/cashback/cpfs-aprovados", "{\"cpf\":\"%s\"}".formatted(seller.cpf()));
    }

    private static String reais(JsonNode purchase, String member) {
        return purchase.required(member).decimalValue().setScale(2).toPlainString();
    }

    private static List<String> names(JsonNode object) {
        var names = new ArrayList<String>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static Http operator() {
        return user("operator");
    }

    private static Http reader() {
        return user("read");
    }

    private static Http user(String role) {
        var name = role + "-" + UUID.randomUUID();
        var body =
                "{\"name\":\"%s\",\"password\":\"uma boa senha\",\"roles\":{\"cashback\":\"%s\"}}"
                        .formatted(name, role);
        assertThat(Http.admin().post("/users", body).status()).isEqualTo(201);
        return Http.nobody().signedIn(name, "uma+boa+senha");
    }

    private static List<String> motives(Http.Answer answer) {
        var motives = new ArrayList<String>();
        answer.json().required("detalhes").forEach(it -> motives.add(it.get("motivo").asText()));
        return motives;
    }

    private static void assertProblem(Http.Answer answer, int status, String code) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.json().required("type").asText()).endsWith("/" + code);
    }
}
