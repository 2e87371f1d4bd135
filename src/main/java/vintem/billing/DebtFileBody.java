package vintem.billing;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vintem.platform.Cents;
import vintem.platform.Words;

/// A file of debts as routes and the socket tell of it.
///
/// @param reason why it failed, a code of `docs/outcomes.md`; `detail` says it in a sentence
/// @param format `csv` or `xlsx`; it and what follows is null until all of the file has come
/// @param charset what its text was read as
/// @param decimalMark null where no amount has decimals
/// @param dateOrder `YYYY-MM-DD` or `DD/MM/YYYY`
/// @param ignoredColumns columns that mean nothing to us
/// @param totalRows rows that the file has; `rows` are those that were looked at so far
/// @param importedAmount reais, of all charges that it made
/// @param rowsPerSecond while it is imported
/// @param remainingSeconds while it is imported, as far as that can be told
/// @param duplicate these bytes were sent before, and nothing new happens; in the answer to a file
///     that is sent
/// @param clearing it was cancelled with its charges, and they go at this moment
@JsonInclude(JsonInclude.Include.ALWAYS)
public record DebtFileBody(
        UUID id,
        String name,
        long size,
        @Nullable String sha256,
        String status,
        @Nullable String reason,
        @Nullable String detail,
        @Nullable String format,
        @Nullable String charset,
        @Nullable String delimiter,
        @Nullable String decimalMark,
        @Nullable String dateOrder,
        @Nullable List<String> columns,
        @Nullable List<String> ignoredColumns,
        String billed,
        @Nullable String lateTerms,
        @Nullable Long totalRows,
        long rows,
        long imported,
        BigDecimal importedAmount,
        long duplicates,
        long errors,
        long conflicts,
        long boletos,
        long emailsQueued,
        long emailsSent,
        long emailsFailed,
        long paid,
        long rowsPerSecond,
        @Nullable Long remainingSeconds,
        Instant receivedAt,
        @Nullable Instant importStartedAt,
        @Nullable Instant endedAt,
        String sentBy,
        boolean clearing,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Boolean duplicate) {

    static DebtFileBody of(DebtFile file, Instant now) {
        return of(file, now, null);
    }

    static DebtFileBody of(DebtFile file, Instant now, @Nullable Boolean duplicate) {
        var dialect = file.dialect();
        var counts = file.counts();
        return new DebtFileBody(
                file.id(),
                file.name(),
                file.size(),
                file.sha256(),
                file.status().word(),
                file.reason(),
                file.detail() == null ? null : file.detail().inWords(Words.EN),
                dialect == null ? null : dialect.format().word(),
                dialect == null ? null : dialect.charset().name(),
                dialect == null || dialect.delimiter() == null
                        ? null
                        : dialect.delimiter().toString(),
                dialect == null || dialect.decimalMark() == null
                        ? null
                        : Character.toString(dialect.decimalMark().mark()),
                dialect == null || dialect.dateOrder() == null
                        ? null
                        : dialect.dateOrder().pattern(),
                dialect == null ? null : dialect.columns(),
                dialect == null ? null : dialect.ignored(),
                file.billed().word(),
                file.lateTerms(),
                file.totalRows(),
                counts.rows(),
                counts.imported(),
                Cents.toReais(counts.importedCents()),
                counts.duplicates(),
                counts.errors(),
                counts.conflicts(),
                counts.boletos(),
                counts.emailsQueued(),
                file.afterwards().emailsSent(),
                file.afterwards().emailsFailed(),
                file.afterwards().paid(),
                file.rowsPerSecond(now),
                file.remainingSeconds(now),
                file.receivedAt(),
                file.importStartedAt(),
                file.endedAt(),
                file.callerName(),
                file.cancelCharges() && file.clearedAt() == null,
                duplicate);
    }
}
