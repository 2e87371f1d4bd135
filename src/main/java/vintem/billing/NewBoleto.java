package vintem.billing;

import java.time.LocalDate;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A boleto to be written down with its charge.
///
/// @param due when the bank takes it: never in the past, whatever the debt says
/// @param barCode 44 digits
/// @param reason why the bank rejected it; null where it did not
record NewBoleto(
        int beneficiaryId,
        long number,
        LocalDate due,
        String barCode,
        Status status,
        @Nullable String reason) {
    /// A boleto made here is a draft until a bank has registered it: before, nobody can pay it.
    enum Status {
        DRAFT,
        REGISTERING,
        REGISTERED,
        REJECTED;

        private final String word = name().toLowerCase(Locale.ROOT);

        String word() {
            return word;
        }
    }
}
