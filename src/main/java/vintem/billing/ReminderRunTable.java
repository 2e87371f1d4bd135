package vintem.billing;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.LocalDate;
import org.jdbi.v3.core.Handle;

/// The table `reminder_run`: which reminders have been queued to the end.
@Singleton
class ReminderRunTable {
    private static final String IS_DONE =
            "select exists (select from reminder_run where day = :day and days = :days)";

    private static final String DONE =
            """
            insert into reminder_run (day, days, queued, finished_at)
            values (:day, :days, :queued, :now) on conflict do nothing
            """;

    boolean isDone(Handle tx, LocalDate day, int days) {
        return tx.createQuery(IS_DONE)
                .bind("day", day)
                .bind("days", days)
                .mapTo(Boolean.class)
                .one();
    }

    void done(Handle tx, LocalDate day, int days, long queued, Instant now) {
        tx.createUpdate(DONE)
                .bind("day", day)
                .bind("days", days)
                .bind("queued", queued)
                .bind("now", now)
                .execute();
    }
}
