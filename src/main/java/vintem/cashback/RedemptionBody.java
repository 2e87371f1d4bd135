package vintem.cashback;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vintem.bank.PixKey;
import vintem.cashback.RedemptionTable.Redemption;
import vintem.platform.Cents;
import vintem.platform.Json;

/// Cashback asked for, as it is answered.
///
/// @param chavePix masked
/// @param estado `processing`, `paid`, `failed` or `returned`
/// @param motivo why it failed
public record RedemptionBody(
        UUID id,
        BigDecimal valor,
        @Nullable String chavePix,
        String estado,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String motivo,
        Instant createAt) {
    static RedemptionBody of(Redemption redemption) {
        return new RedemptionBody(
                redemption.id(),
                Cents.toReais(redemption.amountCents()),
                maskedKey(redemption),
                redemption.status(),
                redemption.reason(),
                redemption.createdAt());
    }

    static @Nullable String maskedKey(Redemption redemption) {
        return Optional.ofNullable(redemption.pixKey())
                .flatMap(PixKey::parse)
                .map(PixKey::masked)
                .orElse(null);
    }

    byte[] json() {
        return Json.write(this);
    }
}
