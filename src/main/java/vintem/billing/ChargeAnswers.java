package vintem.billing;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Puts charges into the shapes in which they are answered.
@Singleton
class ChargeAnswers {
    private final Boletos boletos;

    @Inject
    ChargeAnswers(Boletos boletos) {
        this.boletos = boletos;
    }

    ChargeBody body(Charge charge, ChargePix.@Nullable Code pix, String base, Instant now) {
        return ChargeBody.of(charge, printedNumber(charge), pix, base, now);
    }

    /// The nosso número as it is printed; null where there is no boleto.
    @Nullable String printedNumber(Charge charge) {
        var boleto = charge.boleto();
        return boleto == null ? null : printedNumber(boleto.beneficiaryId(), boleto.number());
    }

    String printedNumber(int beneficiaryId, long number) {
        return boletos.beneficiary(beneficiaryId).printedNumber(number);
    }
}
