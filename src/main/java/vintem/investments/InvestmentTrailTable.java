package vintem.investments;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;

/// What [InvestmentTrail] asks of the tables of investments.
@Singleton
class InvestmentTrailTable {
    public record Stale(long count, @Nullable LocalDate oldest) {}

    public record Found(long id, String name, String status, Instant createdAt, boolean exact) {}

    public record Asset(String ticker, String name) {}

    // Of assets that somebody holds; there are few of them.
    private static final String STALE =
            """
            select count(*) as count, min(close_date) as oldest from (
                select s.close_date from asset s
                where (s.close_date is null or s.close_date < :day)
                and exists (select from allocation a
                            where a.asset_id = s.id and a.is_active and a.remaining > 0)
                limit :most) stale
            """;

    // The beginning of a name: lower() as the index has it, to the last character there is.
    private static final String CLIENTS =
            """
            (select id, name, status, created_at, true as exact from client
             where email_key = :email or id = :id)
            union
            (select id, name, status, created_at, false from client
             where lower(name) collate "C" >= :name and lower(name) collate "C" < :beyond
             order by lower(name) collate "C", id limit :most)
            limit :most
            """;

    private static final String ASSETS = "select ticker, name from asset where ticker = :ticker";

    /// Those whose last close is older than a day.
    Stale stale(Handle tx, LocalDate day, int most) {
        return tx.createQuery(STALE)
                .bind("day", day)
                .bind("most", most)
                .map(ConstructorMapper.of(Stale.class))
                .one();
    }

    /// @param name how it begins, in lower case; null for none
    List<Found> clients(
            Handle tx, @Nullable String email, @Nullable Long id, @Nullable String name, int most) {
        return tx.createQuery(CLIENTS)
                .bind("email", email)
                .bind("id", id)
                .bind("name", name)
                .bind("beyond", name == null ? null : name + "\uDBFF\uDFFF")
                .bind("most", most)
                .map(ConstructorMapper.of(Found.class))
                .list();
    }

    List<Asset> assets(Handle tx, String ticker) {
        return tx.createQuery(ASSETS)
                .bind("ticker", ticker)
                .map(ConstructorMapper.of(Asset.class))
                .list();
    }
}
