package vintem.billing;

import jakarta.inject.Singleton;
import java.util.List;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;

/// The table `beneficiary`: in whose name boletos are made, and which numbers are taken.
@Singleton
class BeneficiaryTable {
    public record Row(int id, String config, long nextNumber) {}

    private static final String WRITE_DOWN =
            "insert into beneficiary (config) values (:config) on conflict (config) do nothing";

    private static final String ALL =
            "select id, config, next_number from beneficiary order by id for update";

    private static final String FIND =
            "select id, config, next_number from beneficiary where config = :config";

    private static final String OF_ID =
            "select id, config, next_number from beneficiary where id = :id";

    private static final String TAKE =
            """
            update beneficiary set next_number = next_number + :count
            where id = :id and next_number + :count - 1 <= :most
            returning next_number - :count
            """;

    private static final String MOVE =
            "update beneficiary set next_number = :next where id = :id and next_number < :next";

    // A server is itself as long as it goes on by its own log: a copy that was started elsewhere,
    // or from an earlier moment, has another timeline or another identifier.
    private static final String MOVE_IN =
            """
            insert into boleto_home (system_identifier, timeline)
            select system_identifier, left(pg_walfile_name(pg_current_wal_lsn()), 8)
            from pg_control_system()
            on conflict (only_row) do update
            set system_identifier = excluded.system_identifier, timeline = excluded.timeline
            where (boleto_home.system_identifier, boleto_home.timeline)
                  is distinct from (excluded.system_identifier, excluded.timeline)
            returning old.system_identifier is not null
            """;

    /// The row of this configuration, written down where it is new.
    Row writeDown(Handle tx, String config) {
        tx.createUpdate(WRITE_DOWN).bind("config", config).execute();
        return tx.createQuery(FIND)
                .bind("config", config)
                .map(ConstructorMapper.of(Row.class))
                .one();
    }

    /// All of them, locked.
    List<Row> lockAll(Handle tx) {
        return tx.createQuery(ALL).map(ConstructorMapper.of(Row.class)).list();
    }

    Row find(Handle tx, int id) {
        return tx.createQuery(OF_ID).bind("id", id).map(ConstructorMapper.of(Row.class)).one();
    }

    /// Takes so many numbers.
    ///
    /// @return the first of them; empty where fewer are left
    OptionalLong take(Handle tx, int id, int count, long most) {
        return tx
                .createQuery(TAKE)
                .bind("id", id)
                .bind("count", count)
                .bind("most", most)
                .mapTo(Long.class)
                .stream()
                .mapToLong(each -> each)
                .findFirst();
    }

    /// Gives up all numbers before this one.
    void move(Handle tx, int id, long next) {
        tx.createUpdate(MOVE).bind("id", id).bind("next", next).execute();
    }

    /// Notes where the data stand now.
    ///
    /// @return whether they stood somewhere else before
    boolean moveIn(Handle tx) {
        return tx.createQuery(MOVE_IN).mapTo(Boolean.class).findOne().orElse(false);
    }
}
