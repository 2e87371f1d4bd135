package vintem.billing;

import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import vintem.platform.BinaryArray;
import vintem.platform.EmailAddress;

/// The table `suppression`: who is not written to. An address is known by the SHA-256 of its lower
/// case.
@Singleton
class SuppressionTable {
    /// @param addressHash names it
    /// @param shown the address, masked
    /// @param reason `unsubscribed`, `bounced` or `manual`
    /// @param by who wanted it
    public record Suppression(
            String addressHash, String shown, String reason, Instant since, String by) {}

    private static final String INSERT =
            """
            insert into suppression (address_hash, shown, reason, since, by)
            select * from unnest(:hashes, :shown, :reasons, :since, :by)
            on conflict do nothing
            """;

    private static final String AMONG =
            "select address_hash from suppression where address_hash = any(:hashes)";

    private static final String FIND = "select * from suppression where address_hash = :hash";

    private static final String DELETE = "delete from suppression where address_hash = :hash";

    private static final String PAGE =
            """
            select * from suppression
            where (since, address_hash) < (:since, :hash)
            order by since desc, address_hash desc limit :most
            """;

    static String hash(EmailAddress address) {
        try {
            var digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(address.key().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }

    static Suppression of(EmailAddress address, String reason, Instant since, String by) {
        return new Suppression(hash(address), address.masked(), reason, since, by);
    }

    /// @return how many are new
    int insert(Handle tx, List<Suppression> list) {
        return tx.createUpdate(INSERT)
                .bind("hashes", BinaryArray.texts(list, Suppression::addressHash))
                .bind("shown", BinaryArray.texts(list, Suppression::shown))
                .bind("reasons", BinaryArray.texts(list, Suppression::reason))
                .bind("since", BinaryArray.instants(list, Suppression::since))
                .bind("by", BinaryArray.texts(list, Suppression::by))
                .execute();
    }

    /// Which of these are not written to, by their hashes.
    Set<String> among(Handle tx, Collection<String> hashes) {
        return Set.copyOf(
                tx.createQuery(AMONG)
                        .bind("hashes", BinaryArray.texts(hashes, hash -> hash))
                        .mapTo(String.class)
                        .list());
    }

    Optional<Suppression> find(Handle tx, String hash) {
        return tx.createQuery(FIND)
                .bind("hash", hash)
                .map(ConstructorMapper.of(Suppression.class))
                .findOne();
    }

    boolean delete(Handle tx, String hash) {
        return tx.createUpdate(DELETE).bind("hash", hash).execute() == 1;
    }

    /// The newest first, those older than the given one.
    List<Suppression> page(Handle tx, Instant since, String hash, int most) {
        return tx.createQuery(PAGE)
                .bind("since", since)
                .bind("hash", hash)
                .bind("most", most)
                .map(ConstructorMapper.of(Suppression.class))
                .list();
    }
}
