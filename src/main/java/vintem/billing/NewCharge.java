package vintem.billing;

import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A charge to be written.
///
/// @param fileId the file and the line it came from; null where it was asked for by itself
/// @param governmentId as it was given; `documentValid` tells whether it is a CPF or CNPJ
/// @param lateTerms [LateTerms#text]; null where there are none
/// @param pageKey 128 random bits, the second half of the address of the debtor's page
/// @param boleto null where the amount is too large for one
record NewCharge(
        UUID id,
        String debtId,
        @Nullable UUID fileId,
        int line,
        String name,
        String governmentId,
        boolean documentValid,
        String email,
        long amountCents,
        LocalDate dueDate,
        @Nullable String lateTerms,
        Billed billed,
        UUID pageKey,
        @Nullable NewBoleto boleto,
        Instant createdAt) {}
