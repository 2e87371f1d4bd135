package vintem.billing;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;
import vintem.platform.BinaryArray;

/// The table `sandbox_mail`: what would have been sent.
@Singleton
class SandboxMailTable {
    public record Head(
            long id,
            UUID chargeId,
            String reason,
            String messageId,
            String recipient,
            String subject,
            Instant writtenAt) {}

    public record Mail(
            long id,
            UUID chargeId,
            String reason,
            String messageId,
            String recipient,
            String subject,
            String bodyText,
            String bodyHtml,
            @Nullable String pixCode,
            Instant writtenAt) {}

    private static final String INSERT =
            """
            insert into sandbox_mail (charge_id, reason, message_id, recipient, subject, body_text,
                                      body_html, pix_code, written_at)
            select * from unnest(:charges, :reasons, :messageIds, :recipients, :subjects, :texts,
                                 :htmls, :codes, :times)
            """;

    private static final String FORGET =
            """
            delete from sandbox_mail
            where id <= (select id from sandbox_mail order by id desc offset :keep limit 1)
            """;

    private static final String HEADS =
            """
            select id, charge_id, reason, message_id, recipient, subject, written_at
            from sandbox_mail where id < :before
            """;

    private static final String PAGE = HEADS + "order by id desc limit :most";

    private static final String PAGE_OF_CHARGE =
            HEADS + "and charge_id = :charge order by id desc limit :most";

    private static final String FIND = "select * from sandbox_mail where id = :id";

    void insert(Handle tx, List<DebtorMail.Letter> letters) {
        tx.createUpdate(INSERT)
                .bind("charges", BinaryArray.uuids(letters, it -> it.mail().chargeId()))
                .bind("reasons", BinaryArray.texts(letters, it -> it.mail().reason()))
                .bind("messageIds", BinaryArray.texts(letters, it -> it.message().id()))
                .bind(
                        "recipients",
                        BinaryArray.texts(letters, it -> it.message().to().address().value()))
                .bind("subjects", BinaryArray.texts(letters, it -> it.message().subject()))
                .bind("texts", BinaryArray.texts(letters, it -> it.message().text()))
                .bind("htmls", BinaryArray.texts(letters, it -> it.message().html()))
                .bind("codes", BinaryArray.texts(letters, DebtorMail.Letter::pixCode))
                .bind("times", BinaryArray.instants(letters, it -> it.message().at()))
                .execute();
    }

    /// Keeps the newest.
    void forget(Handle tx, int keep) {
        tx.createUpdate(FORGET).bind("keep", keep).execute();
    }

    /// The newest first.
    ///
    /// @param chargeId null for all
    List<Head> page(Handle tx, @Nullable UUID chargeId, long before, int most) {
        var query = tx.createQuery(chargeId == null ? PAGE : PAGE_OF_CHARGE);
        if (chargeId != null) {
            query.bind("charge", chargeId);
        }
        return query.bind("before", before)
                .bind("most", most)
                .map(ConstructorMapper.of(Head.class))
                .list();
    }

    Optional<Mail> find(Handle tx, long id) {
        return tx.createQuery(FIND).bind("id", id).map(ConstructorMapper.of(Mail.class)).findOne();
    }
}
