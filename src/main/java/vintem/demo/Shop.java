package vintem.demo;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;

/// The company's shop: orders are paid by Pix, a few expire, a few are given back, and now and then
/// somebody pays twice or pays what nobody asked for.
@Singleton
class Shop {
    private record Order(String id, String txid, long cents) {}

    private record Ware(String name, long cents) {}

    private static final List<Ware> WARES =
            List.of(
                    new Ware("Café da Serra, 250 g", 2_990),
                    new Ware("Café da Serra, 1 kg", 9_890),
                    new Ware("Coador de pano", 3_450),
                    new Ware("Assinatura do mês", 12_900),
                    new Ware("Moedor manual", 28_900),
                    new Ware("Prensa francesa", 18_750),
                    new Ware("Curso de barista", 64_000));

    private static final List<LocalTime> HOURS = List.of(LocalTime.of(9, 40), LocalTime.of(19, 5));

    private static final int CUSTOMERS = 90;
    private static final int TO_PAY_SECONDS = 1_800;
    private static final int MINUTES_TO_PAY = 4;

    private final Wire wire;
    private final Then then;

    @Inject
    Shop(Wire wire, Then then) {
        this.wire = wire;
        this.then = then;
    }

    /// One of the hours of a day at which people order.
    void sells(LocalDate day, int hour, Random dice) {
        then.is(day, HOURS.get(hour).plusMinutes(dice.nextInt(20)));
        var weekend = day.getDayOfWeek().compareTo(DayOfWeek.FRIDAY) > 0;
        var orders = orders(1 + dice.nextInt(weekend ? 3 : 5), dice);
        then.hasPassed(MINUTES_TO_PAY * 60L);
        var paid = new ArrayList<Order>();
        for (var order : orders) {
            // The others think better of it.
            if (dice.nextInt(100) < 88) {
                paid.add(order);
            }
        }
        pay(paid);
        if (paid.isEmpty()) {
            return;
        }
        var first = paid.getFirst();
        switch (dice.nextInt(60)) {
            case 0, 1 -> refund(first, first.cents(), "desistência dentro de 7 dias");
            case 2 -> refund(first, first.cents() / 2, "metade do pedido em falta");
            case 3, 4 -> receive(first.txid(), first.cents());
            case 5 -> receive("PEDIDOANTIGO%d".formatted(dice.nextInt(10_000)), 4_990);
            default -> {}
        }
    }

    /// Somebody orders something, and somebody pays what waits longest.
    void goesOn(Random dice) {
        var waiting = new ArrayList<Order>();
        for (var line : wire.get("/payments/pix?status=active&limit=50").get("items")) {
            waiting.add(
                    new Order(
                            line.get("id").asText(),
                            line.get("txid").asText(),
                            line.get("value").decimalValue().movePointRight(2).longValueExact()));
        }
        if (waiting.size() > 3) {
            pay(List.of(waiting.getLast()));
        }
        orders(1, dice);
    }

    /// Somebody pays what is paid already.
    void isPaidTwice() {
        for (var line : wire.get("/payments/pix?status=paid&limit=1").get("items")) {
            receive(
                    line.get("txid").asText(),
                    line.get("value").decimalValue().movePointRight(2).longValueExact());
        }
    }

    private List<Order> orders(int count, Random dice) {
        var calls = new ArrayList<Callable<Order>>();
        for (var i = 0; i < count; i++) {
            var ware = WARES.get(Math.min(dice.nextInt(WARES.size()), dice.nextInt(WARES.size())));
            var pieces = 1 + dice.nextInt(3);
            var cents = ware.cents() * pieces;
            var buyer = People.of(300 + dice.nextInt(CUSTOMERS));
            var wish =
                    Map.of(
                            "value", Then.reais(cents),
                            "reference", "pedido %d".formatted(10_000 + dice.nextInt(90_000)),
                            "description", "%d × %s".formatted(pieces, ware.name()),
                            "expires_in", TO_PAY_SECONDS,
                            "payer", Map.of("name", buyer.name(), "tax_id", buyer.cpf()));
            calls.add(
                    () -> {
                        var payment = wire.post("/payments/pix", wish).get("payment");
                        return new Order(
                                payment.get("id").asText(), payment.get("txid").asText(), cents);
                    });
        }
        return Wire.together(calls);
    }

    private void pay(List<Order> orders) {
        var calls = new ArrayList<Callable<JsonNode>>();
        for (var order : orders) {
            calls.add(() -> receive(order.txid(), order.cents()));
        }
        Wire.together(calls);
    }

    private JsonNode receive(String txid, long cents) {
        return wire.tell(
                "/payments/pix/confirmation",
                Map.of(
                        "bank_payment_id", txid,
                        "value", Then.reais(cents),
                        "end_to_end_id", then.endToEndId()));
    }

    private void refund(Order order, long cents, String why) {
        then.hasPassed(600);
        wire.postOnce(
                "/payments/pix/" + order.id() + "/refunds",
                Map.of("value", Then.reais(cents), "description", why),
                "demo-" + order.id());
    }
}
