package vintem.demo;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Whom the company pays by Pix each Friday: growers, couriers, freelancers. Now and then a key
/// belongs to nobody, the bank refuses or keeps silent, or a payment comes back.
@Singleton
class Suppliers {
    /// Keys at which the sandbox bank behaves so (`docs/sandbox.md`).
    private static final List<String> ODD =
            List.of("account-not-found", "refused", "returned", "answered-twice");

    private static final List<String> FOR =
            List.of("frete da semana", "sacas de café", "embalagens", "aulas", "manutenção");

    private static final LocalTime PAY_TIME = LocalTime.of(16, 30);

    private final Wire wire;
    private final Then then;

    @Inject
    Suppliers(Wire wire, Then then) {
        this.wire = wire;
        this.then = then;
    }

    /// @param silent whether the bank keeps silent about two of them
    void arePaid(LocalDate day, Random dice, boolean silent) {
        then.is(day, PAY_TIME);
        var items = new ArrayList<Map<String, Object>>();
        for (var i = 0; i < 18 + dice.nextInt(8); i++) {
            var who = People.of(500 + dice.nextInt(60));
            items.add(item(day, i, key(dice, who), 8_000 + dice.nextInt(300_000), dice));
        }
        if (silent) {
            items.add(item(day, 90, odd("silent-paid"), 45_000, dice));
            items.add(item(day, 91, odd("silent-unpaid"), 38_500, dice));
        }
        pay("semana-" + day, items);
    }

    /// A few couriers are paid for what they brought today.
    void goOn(long tick, Random dice) {
        var today = then.today();
        var items = new ArrayList<Map<String, Object>>();
        for (var i = 0; i < 2 + dice.nextInt(4); i++) {
            var key = key(dice, People.of(560 + dice.nextInt(30)));
            items.add(item(today, (int) tick * 10 + i, key, 1_500 + dice.nextInt(9_000), dice));
        }
        if (dice.nextInt(3) == 0) {
            items.add(item(today, (int) tick * 10 + 9, odd("silent-paid"), 7_300, dice));
        }
        pay("entregas-%s-%d".formatted(today, tick), items);
    }

    private void pay(String batch, List<Map<String, Object>> items) {
        wire.post("/payouts/batch", Map.of("batch_id", batch, "items", items));
    }

    private static String key(Random dice, People.Person who) {
        if (dice.nextInt(25) == 0) {
            return odd(ODD.get(dice.nextInt(ODD.size())));
        }
        return dice.nextBoolean() ? who.email() : who.cpf();
    }

    private static String odd(String name) {
        return name + "@sandbox.vintem.invalid";
    }

    private static Map<String, Object> item(
            LocalDate day, int number, String key, long cents, Random dice) {
        return Map.of(
                "external_id", "%s-%03d".formatted(day, number),
                "user_id", "fornecedor-%d".formatted(dice.nextInt(60)),
                "amount_cents", cents,
                "pix_key", key,
                "description", FOR.get(dice.nextInt(FOR.size())));
    }
}
