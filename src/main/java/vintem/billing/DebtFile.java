package vintem.billing;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A file of debts and what has become of it.
///
/// @param reason why it failed, a code of `docs/outcomes.md`; `detail` says it in a sentence
/// @param size bytes that have come so far
/// @param sha256 hexadecimal; null until the last byte has come
/// @param dialect null until the last byte has come
/// @param totalRows rows that the whole file has; null until the last byte has come
/// @param lateTerms [LateTerms#text]; null where there are none
/// @param position the first byte (of a spreadsheet: the first row) that is not counted yet
/// @param line its line
record DebtFile(
        UUID id,
        String name,
        Status status,
        @Nullable String reason,
        @Nullable FileDetail detail,
        long size,
        @Nullable String sha256,
        @Nullable Dialect dialect,
        @Nullable Long totalRows,
        @Nullable String lateTerms,
        Billed billed,
        long position,
        int line,
        Counts counts,
        Afterwards afterwards,
        int failures,
        @Nullable Instant runStartedAt,
        long runFirstRow,
        Instant receivedAt,
        @Nullable Instant importStartedAt,
        @Nullable Instant endedAt,
        UUID callerId,
        String callerName,
        boolean cancelCharges,
        @Nullable Instant clearedAt,
        boolean hasErrata) {

    enum Status {
        RECEIVING,
        IMPORTING,
        DONE,
        FAILED,
        CANCELLED;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Status of(String word) {
            return Arrays.stream(values()).filter(it -> it.word().equals(word)).findFirst().get();
        }
    }

    /// What the import has counted: `rows` is the sum of imported, duplicates, errors and
    /// conflicts.
    record Counts(
            long rows,
            long imported,
            long importedCents,
            long duplicates,
            long errors,
            long conflicts,
            long boletos,
            long emailsQueued) {
        static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0, 0, 0);
    }

    /// What has become of its charges since.
    record Afterwards(long emailsSent, long emailsFailed, long paid) {}

    /// Rows a second since the present import runs; 0 where there is no telling.
    long rowsPerSecond(Instant now) {
        if (status != Status.IMPORTING || runStartedAt == null) {
            return 0;
        }
        var millis = Duration.between(runStartedAt, now).toMillis();
        return millis <= 0 ? 0 : (counts.rows() - runFirstRow) * 1_000 / millis;
    }

    /// How long the rest will take at that speed; null where there is no telling.
    @Nullable Long remainingSeconds(Instant now) {
        var speed = rowsPerSecond(now);
        return speed == 0 || totalRows == null
                ? null
                : Math.ceilDiv(Math.max(0, totalRows - counts.rows()), speed);
    }
}
