package vintem.platform;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;

/// The table `audit_run`.
@Singleton
class AuditTable {
    private static final int KEPT = 100;

    // One at a time: a second node that comes now finds the first one's row or waits for it.
    private static final String LOCK = "select pg_advisory_xact_lock(hashtext('audit_run'))::text";

    private static final String BEGIN =
            """
            insert into audit_run (id, started_at) select :id, :now
            where not exists (select from audit_run where started_at > :since)
            """;

    private static final String END =
            """
            insert into audit_run (id, started_at, finished_at, claims, wrong)
            values (:id, :startedAt, :finishedAt, :claims, :wrong)
            on conflict (id) do update
            set finished_at = excluded.finished_at, claims = excluded.claims, wrong = excluded.wrong
            """;

    private static final String FORGET =
            """
            delete from audit_run where started_at < (
                select started_at from audit_run order by started_at desc offset :kept limit 1)
            """;

    private static final String LAST =
            """
            select finished_at, claims, wrong from audit_run where finished_at is not null
            order by started_at desc limit 1
            """;

    /// @return false where one has begun since that instant
    boolean begin(Handle tx, UUID id, Instant now, Instant since) {
        tx.createQuery(LOCK).mapTo(String.class).one();
        return tx.createUpdate(BEGIN).bind("id", id).bind("now", now).bind("since", since).execute()
                == 1;
    }

    void end(
            Handle tx,
            UUID id,
            Instant startedAt,
            Instant finishedAt,
            int claims,
            List<String> wrong) {
        tx.createUpdate(END)
                .bind("id", id)
                .bind("startedAt", startedAt)
                .bind("finishedAt", finishedAt)
                .bind("claims", claims)
                .bindArray("wrong", String.class, wrong)
                .execute();
        tx.createUpdate(FORGET).bind("kept", KEPT).execute();
    }

    Optional<Audits.Run> last(Handle tx) {
        return tx.createQuery(LAST).map(ConstructorMapper.of(Audits.Run.class)).findOne();
    }
}
