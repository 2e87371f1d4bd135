package vintem.billing;

import java.util.UUID;
import vintem.platform.Outbox.News;

/// What has become of a file of debts. Names and members are a contract: `docs/events.md`.
sealed interface DebtFileEvent {
    /// Every row has been looked at: each charge with its boleto, its receivable and its queued
    /// e-mail is there.
    record Done(
            UUID fileId,
            long rows,
            long imported,
            long importedCents,
            long duplicates,
            long errors,
            long conflicts)
            implements DebtFileEvent {}

    /// @param reason a code of `docs/outcomes.md`
    record Failed(UUID fileId, String reason) implements DebtFileEvent {}

    /// @param charges whether its charges go, too
    record Cancelled(UUID fileId, boolean charges) implements DebtFileEvent {}

    String DONE = "debt_file.done";
    String FAILED = "debt_file.failed";
    String CANCELLED = "debt_file.cancelled";

    default News news() {
        return switch (this) {
            case Done it -> new News(DONE, it.fileId().toString(), it);
            case Failed it -> new News(FAILED, it.fileId().toString(), it);
            case Cancelled it -> new News(CANCELLED, it.fileId().toString(), it);
        };
    }
}
