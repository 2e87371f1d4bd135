package vintem.bench;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Requests as a merchant and a bank would send them, each payment confirmed once; and what came of
/// them, to be found again in the books.
final class PaymentLoad {
    /// A payment that was created and waits for its money.
    record Open(String id, String txid, long cents) {}

    // Below R$ 666, where the sandbox's bank begins to play tricks.
    private static final int LEAST_CENTS = 10_000;
    private static final int CENTS = 50_000;
    private static final long ELEVEN_DIGITS = 10_000_000_000L;
    private static final String ID = "\"id\":\"";
    private static final int ID_LENGTH = 36;
    private static final String TXID = "\"bank_payment_id\":\"";
    private static final int TXID_LENGTH = 25;

    private final String token;
    private final String bankSecret;
    private final Queue<Open> open = new ArrayDeque<>();
    private long asked;
    private long created;
    private long confirmed;
    private long confirmedCents;

    /// @param token of somebody who may ask for money
    PaymentLoad(String token, String bankSecret) {
        this(token, bankSecret, 0);
    }

    /// @param first where this one begins to count, so that several do not say the same
    PaymentLoad(String token, String bankSecret, long first) {
        asked = first;
        this.token = token;
        this.bankSecret = bankSecret;
    }

    static long amountCents(long number) {
        return LEAST_CENTS + number % CENTS;
    }

    long created() {
        return created;
    }

    long confirmed() {
        return confirmed;
    }

    long confirmedCents() {
        return confirmedCents;
    }

    /// Asks for a payment that is confirmed sooner or later.
    HttpLoad.Request creation() {
        return creation(open::add);
    }

    HttpLoad.Request creation(Consumer<Open> then) {
        var cents = amountCents(asked++);
        var bytes = HttpLoad.post("/payments/pix", token, "{\"value\":%s}".formatted(reais(cents)));
        return new HttpLoad.Request() {
            @Override
            public byte[] bytes() {
                return bytes;
            }

            @Override
            public void answered(String body) {
                created++;
                then.accept(
                        new Open(
                                member(body, ID, ID_LENGTH),
                                member(body, TXID, TXID_LENGTH),
                                cents));
            }
        };
    }

    /// Tells that the longest open payment was paid; null where none is open.
    HttpLoad.@Nullable Request confirmation() {
        var payment = open.poll();
        return payment == null ? null : confirmation(payment, () -> {});
    }

    /// @param whenSent called at the moment of sending
    HttpLoad.Request confirmation(Open payment, Runnable whenSent) {
        var json =
                "{\"bank_payment_id\":\""
                        + payment.txid()
                        + "\",\"value\":"
                        + reais(payment.cents())
                        + ",\"end_to_end_id\":\"E12345678202611221200"
                        + (ELEVEN_DIGITS + asked++)
                        + "\"}";
        var bytes = HttpLoad.post("/payments/pix/confirmation", bankSecret, json);
        return new HttpLoad.Request() {
            @Override
            public byte[] bytes() {
                whenSent.run();
                return bytes;
            }

            @Override
            public void answered(String body) {
                if (!body.contains("has been confirmed")) {
                    throw new IllegalStateException("not confirmed: " + body);
                }
                confirmed++;
                confirmedCents += payment.cents();
            }
        };
    }

    private static String reais(long cents) {
        var rest = cents % 100;
        return cents / 100 + (rest < 10 ? ".0" : ".") + rest;
    }

    private static String member(String body, String name, int length) {
        var at = body.indexOf(name) + name.length();
        if (at < name.length()) {
            throw new IllegalStateException("not what was asked for: " + body);
        }
        return body.substring(at, at + length);
    }
}
