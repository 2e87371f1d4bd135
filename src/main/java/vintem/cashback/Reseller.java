package vintem.cashback;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vintem.platform.TaxId;

/// Somebody who buys to sell again. What names the person is null once they asked to be forgotten.
///
/// @param id the user's, too
/// @param cpf 11 digits
/// @param deletedAt since when they neither sign in nor buy
public record Reseller(
        UUID id,
        String userName,
        @Nullable String fullName,
        @Nullable String cpf,
        @Nullable String email,
        @Nullable String phone,
        Instant createdAt,
        @Nullable Instant deletedAt,
        @Nullable Instant forgottenAt) {
    /// `***.456.789-**`, for everybody but the reseller and administrators.
    @Nullable String maskedCpf() {
        return cpf == null ? null : new TaxId.Cpf(cpf).masked();
    }

    @Nullable String formattedCpf() {
        return cpf == null ? null : new TaxId.Cpf(cpf).formatted();
    }

    @Override
    public String toString() {
        return "reseller " + id;
    }
}
