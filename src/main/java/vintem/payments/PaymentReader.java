package vintem.payments;

import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import vintem.bank.EndToEndId;
import vintem.ledger.AccountCode;
import vintem.platform.Cents;
import vintem.platform.Fields;
import vintem.platform.HttpBody;
import vintem.platform.Ids;
import vintem.platform.Problem;
import vintem.platform.Settings;
import vintem.platform.TaxId;

/// Reads what is sent to the routes of payments, strictly.
final class PaymentReader {
    private static final long MOST_CENTS = Settings.number("payment-limit-cents", 10_000_000_000L);
    /// The largest amount of a BR Code: money that has come, or goes back, has no other limit.
    static final long ANY_CENTS = 999_999_999_999L;

    private static final Duration EXPIRES_IN =
            Settings.duration("payment-expires-seconds", Duration.ofMinutes(30));
    private static final long LONGEST_SECONDS = Duration.ofDays(365).toSeconds();
    private static final int LONGEST_REFERENCE = 255;
    // BACEN, Pix API: solicitacaoPagador and devedor.nome.
    static final int LONGEST_DESCRIPTION = 140;
    private static final int LONGEST_NAME = 200;

    private record Payer(@Nullable String name, @Nullable String taxId) {}

    private PaymentReader() {}

    /// What is asked for by `POST /payments/pix`.
    ///
    /// @throws Problem `400` with every mistake, and the contract's `message`
    static CreatePayment.Wish wish(byte[] bytes) {
        try {
            var body = HttpBody.object(bytes);
            var cents = cents(body, "value", MOST_CENTS);
            var payer = payer(body);
            var mode = mode(body);
            var expiresIn = expiresIn(body);
            var reference = body.text("reference", LONGEST_REFERENCE);
            var description = body.text("description", LONGEST_DESCRIPTION);
            body.orThrow();
            return new CreatePayment.Wish(
                    cents,
                    AccountCode.SALES,
                    mode,
                    expiresIn,
                    reference,
                    description,
                    payer.name(),
                    payer.taxId());
        } catch (Problem problem) {
            throw problem.status() == 400 ? problem.member("message", "Invalid value") : problem;
        }
    }

    /// Reais in a decimal number, exactly: `100`, `100.0` and `100.00` are equal.
    static long cents(Fields body, String name, long mostCents) {
        var value = body.decimal(name);
        if (value == null) {
            if (!body.has(name)) {
                body.wrong(name, "is required");
            }
            return 0;
        }
        if (value.stripTrailingZeros().scale() > 2) {
            body.wrong(name, "has more than two decimals");
        } else if (value.signum() <= 0) {
            body.wrong(name, "must be more than zero");
        } else if (value.compareTo(Cents.toReais(mostCents)) > 0) {
            body.wrong(name, "is above the limit of " + Cents.toReais(mostCents));
        } else {
            return Cents.fromReais(value);
        }
        return 0;
    }

    private static NewPayment.Mode mode(Fields body) {
        var mode = body.text("mode", 10);
        return switch (mode == null ? Settings.text("pix-mode").orElse("static") : mode) {
            case "static" -> NewPayment.Mode.STATIC;
            case "psp" -> NewPayment.Mode.PSP;
            default -> {
                body.wrong("mode", "must be static or psp");
                yield NewPayment.Mode.STATIC;
            }
        };
    }

    private static Duration expiresIn(Fields body) {
        var seconds = body.integer("expires_in");
        if (seconds == null) {
            return EXPIRES_IN;
        }
        if (seconds < 1 || seconds > LONGEST_SECONDS) {
            body.wrong("expires_in", "must be 1 to %d seconds".formatted(LONGEST_SECONDS));
            return EXPIRES_IN;
        }
        return Duration.ofSeconds(seconds);
    }

    private static Payer payer(Fields body) {
        var payer = body.object("payer");
        if (payer.isEmpty()) {
            return new Payer(null, null);
        }
        var name = payer.get().text("name", LONGEST_NAME);
        var given = payer.get().text("tax_id", 20);
        var taxId = given == null ? Optional.<TaxId>empty() : TaxId.parse(given);
        if (given != null && taxId.isEmpty()) {
            payer.get().wrong("tax_id", "is neither a CPF nor a CNPJ");
        }
        return new Payer(name, taxId.map(TaxId::value).orElse(null));
    }

    /// What the bank tells by `POST /payments/pix/confirmation`.
    ///
    /// @throws Problem `400` with every mistake, and the contract's `message`
    static ConfirmPayment.Message message(InputStream body, Instant now) {
        try {
            var fields = HttpBody.object(body);
            var cents = cents(fields, "value", ANY_CENTS);
            var txid = fields.text("bank_payment_id", LONGEST_REFERENCE);
            var endToEndId = fields.text("end_to_end_id", LONGEST_REFERENCE);
            if (endToEndId == null && txid == null) {
                fields.wrong("bank_payment_id", "is required");
            }
            if (endToEndId != null && !EndToEndId.isValid(endToEndId)) {
                fields.wrong("end_to_end_id", "is no end-to-end id");
            }
            fields.orThrow();
            return new ConfirmPayment.Message(
                    Ids.next(),
                    // What cannot be a txid names no payment, and an operator sees it as it came.
                    txid,
                    cents,
                    endToEndId,
                    now);
        } catch (Problem problem) {
            throw problem.status() == 400
                    ? problem.member("message", "Invalid payment data")
                    : problem;
        }
    }
}
