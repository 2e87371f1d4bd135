package vintem.billing;

import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// One row of a file of debts, as it was read.
sealed interface DebtRow {
    /// Where it begins; the row of titles is line 1.
    int line();

    /// What stands there, field by field.
    List<String> fields();

    /// A debt that can be charged.
    ///
    /// @param documentValid whether `governmentId` is a CPF or a CNPJ
    /// @param address null where the file has none
    record Valid(
            int line,
            List<String> fields,
            String debtId,
            String name,
            String governmentId,
            boolean documentValid,
            String email,
            long amountCents,
            LocalDate dueDate,
            @Nullable Address address)
            implements DebtRow {}

    record Address(
            @Nullable String street,
            @Nullable String city,
            @Nullable String state,
            @Nullable String zip) {}

    /// A row that is not charged.
    ///
    /// @param columns the titles of the columns that the mistakes are in; empty for the row itself
    /// @param reasons [Mistake#word], one for each column
    record Erratum(
            int line, List<String> fields, Kind kind, List<String> columns, List<String> reasons)
            implements DebtRow {}

    enum Kind {
        ERROR,
        /// The debt is charged already, with something else.
        CONFLICT;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
