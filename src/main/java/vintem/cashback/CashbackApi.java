package vintem.cashback;

import jakarta.inject.Singleton;
import java.time.Instant;
import vintem.platform.TaxId;

/// What credit a reseller has accumulated at the outside API. Never throws for anything that
/// happens there.
@Singleton
class CashbackApi {
    /// The figure is informative; only the ledger's is payable.
    sealed interface Credit {
        /// Asked just now.
        record Live(long creditCents, Instant asOf) implements Credit {}

        /// @param asOf since when it is known
        record Cached(long creditCents, Instant asOf) implements Credit {}

        /// @param reason a stable word for machines, without personal data
        record Unavailable(String reason) implements Credit {}
    }

    /// Answers within `VINTEM_CASHBACK_API_DEADLINE_MILLIS` (2 s), whatever happens there; one
    /// call per CPF however many ask.
    Credit credit(TaxId cpf) {
        return new Credit.Unavailable("not_configured");
    }
}
