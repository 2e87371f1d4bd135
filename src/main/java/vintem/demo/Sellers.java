package vintem.demo;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;

/// People who sell on the company's behalf: they register, enter what they bought, are judged once
/// a week and credited once a month, and two of them ask to be paid.
@Singleton
class Sellers {
    /// Their password; the demo's people have no secrets.
    static final String PASSWORD = "senha-de-exemplo";

    private static final int COUNT = 12;
    private static final LocalTime REGISTERS = LocalTime.of(9, 5);
    private static final LocalTime ENTERS = LocalTime.of(17, 15);
    private static final LocalTime JUDGES = LocalTime.of(18, 10);
    private static final LocalTime CLOSES = LocalTime.of(8, 10);

    private final Wire wire;
    private final Then then;
    private final List<String> unjudged = new ArrayList<>();

    @Inject
    Sellers(Wire wire, Then then) {
        this.wire = wire;
        this.then = then;
    }

    void register(LocalDate day) {
        then.is(day, REGISTERS);
        var calls = new ArrayList<Callable<Object>>();
        for (var i = 0; i < COUNT; i++) {
            var who = seller(i);
            calls.add(
                    () ->
                            wire.post(
                                    "/revendedor",
                                    Map.of(
                                            "full_name", who.name(),
                                            "username", who.user(),
                                            "password", PASSWORD,
                                            "cpf", who.cpf(),
                                            "email", who.email())));
        }
        Wire.together(calls);
        // Hers need no validation.
        wire.post("/cashback/cpfs-aprovados", Map.of("cpf", seller(0).cpf()));
    }

    void enter(LocalDate day, Random dice) {
        then.is(day, ENTERS);
        var purchases = new ArrayList<Map<String, Object>>();
        for (var i = 0; i < COUNT; i++) {
            if (dice.nextInt(10) < 7) {
                purchases.add(purchase(day, "NF-%s-%02d".formatted(day, i), i, dice));
            }
        }
        for (var each : wire.post("/compra/lote", Map.of("compras", purchases)).get("detalhes")) {
            if (each.path("status").asText().equals("Em validação")) {
                unjudged.add(each.get("id").asText());
            }
        }
    }

    /// Most are approved, a few refused, and the rest waits for another week.
    void areJudged(LocalDate day, Random dice) {
        then.is(day, JUDGES);
        var approved = new ArrayList<String>();
        var refused = new ArrayList<String>();
        for (var id : unjudged) {
            var chance = dice.nextInt(10);
            if (chance < 8) {
                approved.add(id);
            } else if (chance == 8) {
                refused.add(id);
            }
        }
        judge(Map.of("status", "Aprovado", "ids", approved), approved);
        judge(
                Map.of("status", "Reprovado", "ids", refused, "motivo", "nota sem comprovante"),
                refused);
    }

    void closeMonth(LocalDate day) {
        then.is(day, CLOSES);
        var month = YearMonth.from(day).minusMonths(1);
        wire.post("/cashback/fechamentos", Map.of("mes", month.toString()));
        then.hasPassed(600);
        for (var i = 1; i <= 2; i++) {
            redeem(seller(i), month);
        }
    }

    /// Somebody enters a purchase, and one that waits is approved.
    void goOn(long tick, Random dice) {
        var waiting = wire.get("/compra?status=Em+valida%C3%A7%C3%A3o&size=10").get("items");
        if (waiting.size() > 3) {
            var id = waiting.get(waiting.size() - 1).get("id").asText();
            wire.post("/compra/" + id + "/status", Map.of("status", "Aprovado"));
        }
        var today = then.today();
        var who = dice.nextInt(COUNT);
        wire.post("/compra", purchase(today, "NF-%s-%d".formatted(today, 1_000 + tick), who, dice));
    }

    private void redeem(People.Person who, YearMonth month) {
        var secret = wire.signIn(who.user(), PASSWORD);
        var there =
                wire.getAs(secret, "/cashback/extrato?mes=" + month)
                        .get("disponivel")
                        .decimalValue()
                        .movePointRight(2)
                        .longValueExact();
        if (there > 0) {
            wire.as(
                    secret,
                    "/cashback/resgates",
                    Map.of("valor", Then.reais((there + 1) / 2), "chave_pix", who.cpf()),
                    Map.of("Idempotency-Key", "demo-%s-%s".formatted(month, who.cpf())));
            then.jobsRan();
        }
    }

    private void judge(Map<String, Object> verdict, List<String> ids) {
        if (!ids.isEmpty()) {
            wire.post("/compra/status", verdict);
            unjudged.removeAll(ids);
        }
    }

    private static Map<String, Object> purchase(
            LocalDate day, String code, int seller, Random dice) {
        return Map.of(
                "codigo", code,
                "valor", Then.reais(12_000 + dice.nextInt(60_000)),
                "data", day.toString(),
                "cpf", seller(seller).cpf());
    }

    private static People.Person seller(int number) {
        return People.of(number);
    }
}
