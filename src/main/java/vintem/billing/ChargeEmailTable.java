package vintem.billing;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;
import vintem.billing.DebtFileTable.Emails;
import vintem.platform.BinaryArray;
import vintem.platform.BinaryCopy;

/// The table `charge_email`: who is to be told what, and whether they were.
@Singleton
class ChargeEmailTable {
    /// A mail that is due, with what stands in it.
    ///
    /// @param claim who has taken it
    /// @param reply what the server said the last time
    /// @param seen when the charge was changed last, as far as this row knows
    public record Due(
            UUID claim,
            UUID chargeId,
            String reason,
            int attempts,
            @Nullable String reply,
            boolean fileCancelled,
            String debtId,
            String name,
            String email,
            String status,
            long amountCents,
            long openCents,
            LocalDate dueDate,
            @Nullable String lateTerms,
            @Nullable LocalDate boletoDue,
            @Nullable String barCode,
            String boletoStatus,
            UUID pageKey,
            Instant seen) {
        Key key() {
            return new Key(chargeId, reason);
        }
    }

    /// Which mail.
    public record Key(UUID chargeId, String reason) {}

    /// What became of a mail that somebody had taken.
    ///
    /// @param dueAt when it is tried again; null where it is over
    /// @param repeated the server may have it
    /// @param tries to be added to its attempts: the start of one has been counted already
    public record Ending(
            Due mail,
            String status,
            @Nullable String reply,
            @Nullable Instant dueAt,
            boolean repeated,
            int tries,
            Instant at) {}

    /// A mail as lists show it.
    public record Line(
            UUID chargeId,
            String debtId,
            String reason,
            String status,
            int attempts,
            boolean repeated,
            @Nullable String reply,
            Instant queuedAt,
            @Nullable Instant endedAt) {}

    /// Whom a charge's mails go to.
    public record Addressee(String email, UUID pageKey) {}

    public record FileEmails(UUID fileId, int sent, int failed) {}

    private static final String QUEUE =
            """
            copy charge_email (charge_id, reason, status, queued_at) from stdin (format binary)
            """;

    private static final String QUEUE_ONE =
            """
            insert into charge_email (charge_id, reason, status, queued_at, counted)
            select :charge, :reason, 'queued', :now, true
            where not exists (
                select from charge_email
                where charge_id = :charge and reason = 'issued' and status = 'queued')
            on conflict do nothing
            """;

    private static final String ADDRESSEE = "select email, page_key from charge where id = :charge";

    // What was tried before goes first: there is little of it, and it has waited. `sending` that is
    // due belonged to somebody who died: the server may have it.
    private static final String CLAIM =
            """
            with again as (
                select charge_id, reason from charge_email
                where status in ('queued', 'sending') and due_at > '-infinity' and due_at <= :now
                order by due_at, charge_id limit :most for update skip locked
            ), fresh as (
                select charge_id, reason from charge_email
                where status in ('queued', 'sending') and due_at = '-infinity'
                order by charge_id limit :most - (select count(*) from again)
                for update skip locked
            ), taken as (
                update charge_email as e
                set claim = :claim, due_at = :until, status = 'queued',
                    repeated = e.repeated or e.status = 'sending'
                from (table again union all table fresh) as t
                where e.charge_id = t.charge_id and e.reason = t.reason
                returning e.claim, e.charge_id, e.reason, e.attempts, e.reply
            )
            select taken.*, coalesce(f.status = 'cancelled', false) as file_cancelled, c.debt_id,
                   c.name, c.email, c.status, c.amount_cents,
                   c.amount_cents - c.paid_cents - c.discount_cents as open_cents, c.due_date,
                   c.late_terms, c.boleto_due, c.bar_code, c.boleto_status, c.page_key,
                   c.updated_at as seen
            from taken
            join charge c on c.id = taken.charge_id
            left join debt_file f on f.id = c.file_id
            order by taken.charge_id, taken.reason
            """;

    private static final String IS_DUE =
            """
            select exists (
                select from charge_email where status in ('queued', 'sending') and due_at <= :now)
            """;

    private static final String END =
            """
            update charge_email
            set status = e.status, reply = coalesce(e.reply, charge_email.reply), claim = null,
                due_at = coalesce(e.due_at, '-infinity'), attempts = attempts + e.tries,
                repeated = charge_email.repeated or e.repeated,
                ended_at = case when e.status = 'queued' then null else e.at end
            from unnest(:charges, :reasons, :claims, :statuses, :replies, :dueTimes, :repeated,
                        :tries, :times)
                as e (charge_id, reason, claim, status, reply, due_at, repeated, tries, at)
            where charge_email.charge_id = e.charge_id and charge_email.reason = e.reason
                and charge_email.claim = e.claim
            """;

    // The charge is as the message says it is, and still to be paid.
    private static final String START =
            """
            update charge_email
            set status = 'sending', due_at = :until, attempts = attempts + 1
            where charge_id = :charge and reason = :reason and claim = :claim
                and status in ('queued', 'sending')
                and exists (
                    select from charge c
                    where c.id = charge_email.charge_id and c.updated_at = :seen
                        and c.status in ('open', 'partially_paid'))
            """;

    private static final String SENT =
            """
            update charge_email
            set status = 'sent', ended_at = :now, due_at = '-infinity', claim = null,
                attempts = attempts + 1, reply = null
            where charge_id = any(:charges) and claim = :claim and status = 'queued'
                and exists (
                    select from charge c
                    where c.id = charge_email.charge_id and c.status in ('open', 'partially_paid'))
            returning charge_id, reason
            """;

    private static final String GIVE_BACK =
            """
            update charge_email set claim = null, due_at = '-infinity'
            where claim = :claim and status = 'queued' and charge_id = any(:charges)
            """;

    private static final String COUNT =
            """
            with ended as (
                update charge_email as e set counted = true
                from (
                    select charge_id, reason from charge_email
                    where not counted and status in ('sent', 'failed', 'suppressed', 'skipped')
                    limit :most for update skip locked) as u
                where e.charge_id = u.charge_id and e.reason = u.reason
                returning e.charge_id, e.status
            )
            select c.file_id, count(*) filter (where ended.status = 'sent') as sent,
                   count(*) filter (where ended.status <> 'sent') as failed
            from ended join charge c on c.id = ended.charge_id
            where c.file_id is not null
            group by c.file_id
            """;

    // One node or two, once or again after a crash: who is queued already stays as they are. In the
    // order of ids, so that two that queue the same wait for each other in one direction.
    private static final String REMIND =
            """
            with due as (
                select id from charge
                where status in ('open', 'partially_paid') and due_date = :due and id > :after
                    and greatest(created_at, boleto_issued_at) < :knownSince
                order by id limit :most
            ), queued as (
                insert into charge_email (charge_id, reason, status, queued_at, counted)
                select id, :reason, 'queued', :now, true from due order by id
                on conflict do nothing
                returning 1
            )
            select (select count(*) from due) as found, (select count(*) from queued) as queued,
                   (select id from due order by id desc limit 1) as last
            """;

    private static final String LINES =
            """
            select e.charge_id, c.debt_id, e.reason, e.status, e.attempts, e.repeated, e.reply,
                   e.queued_at, e.ended_at
            from charge_email e join charge c on c.id = e.charge_id
            """;

    private static final String PAGE_END =
            """
             (e.charge_id, e.reason) < (:charge, :reason)
            order by e.charge_id desc, e.reason desc limit :most
            """;

    private static final String ALL = LINES + "where" + PAGE_END;

    private static final String OF_STATUS = LINES + "where e.status = :status and" + PAGE_END;

    private static final String REPEATED = LINES + "where e.repeated and" + PAGE_END;

    private static final String OF_CHARGE =
            LINES + "where e.charge_id = :charge order by e.queued_at, e.reason";

    /// How far a piece of reminding came.
    ///
    /// @param last null where there is nobody left
    public record Reminded(long found, long queued, @Nullable UUID last) {}

    /// Queues one e-mail for each of these new charges, with them.
    void queue(Handle tx, String reason, List<NewCharge> list) {
        BinaryCopy.copy(
                tx,
                QUEUE,
                4,
                list,
                (row, charge) ->
                        row.uuid(charge.id())
                                .text(reason)
                                .text("queued")
                                .instant(charge.createdAt()));
    }

    /// Queues one more e-mail for a charge, unless it is there already, or the first one still
    /// waits: that one tells what is so when it goes.
    void queue(Handle tx, UUID chargeId, MailReason reason, Instant now) {
        tx.createUpdate(QUEUE_ONE)
                .bind("charge", chargeId)
                .bind("reason", reason.word())
                .bind("now", now)
                .execute();
    }

    Optional<Addressee> addressee(Handle tx, UUID chargeId) {
        return tx.createQuery(ADDRESSEE)
                .bind("charge", chargeId)
                .map(ConstructorMapper.of(Addressee.class))
                .findOne();
    }

    boolean isDue(Handle tx, Instant now) {
        return tx.createQuery(IS_DUE).bind("now", now).mapTo(Boolean.class).one();
    }

    /// Takes what is due, until somebody else may.
    List<Due> claim(Handle tx, UUID claim, Instant now, Instant until, int most) {
        return tx.createQuery(CLAIM)
                .bind("claim", claim)
                .bind("now", now)
                .bind("until", until)
                .bind("most", most)
                .map(ConstructorMapper.of(Due.class))
                .list();
    }

    /// Only of those who still have it.
    void end(Handle tx, List<Ending> endings) {
        if (!endings.isEmpty()) {
            tx.createUpdate(END)
                    .bind("charges", BinaryArray.uuids(endings, it -> it.mail().chargeId()))
                    .bind("reasons", BinaryArray.texts(endings, it -> it.mail().reason()))
                    .bind("claims", BinaryArray.uuids(endings, it -> it.mail().claim()))
                    .bind("statuses", BinaryArray.texts(endings, Ending::status))
                    .bind("replies", BinaryArray.texts(endings, Ending::reply))
                    .bind("dueTimes", BinaryArray.instants(endings, Ending::dueAt))
                    .bind("repeated", BinaryArray.flags(endings, Ending::repeated))
                    .bind("tries", BinaryArray.ints(endings, Ending::tries))
                    .bind("times", BinaryArray.instants(endings, Ending::at))
                    .execute();
        }
    }

    /// @return false where somebody else has it, or the charge is not any more as the mail says
    boolean start(Handle tx, Due mail, Instant until) {
        return named(tx.createUpdate(START), mail)
                        .bind("until", until)
                        .bind("seen", mail.seen())
                        .execute()
                == 1;
    }

    /// Marks mails of one claim as sent, all at once, where the charge is still to be paid.
    List<Key> sent(Handle tx, UUID claim, List<Due> mails, Instant now) {
        return tx.createQuery(SENT)
                .bind("claim", claim)
                .bind("charges", BinaryArray.uuids(mails, Due::chargeId))
                .bind("now", now)
                .map(ConstructorMapper.of(Key.class))
                .list();
    }

    /// Whoever comes next may take them.
    void giveBack(Handle tx, UUID claim, List<Due> mails) {
        tx.createUpdate(GIVE_BACK)
                .bind("claim", claim)
                .bind("charges", BinaryArray.uuids(mails, Due::chargeId))
                .execute();
    }

    /// Ended first e-mails that no file's counter knows of yet, counted from now on.
    Map<UUID, Emails> count(Handle tx, int most) {
        var byFile = new HashMap<UUID, Emails>();
        tx.createQuery(COUNT)
                .bind("most", most)
                .map(ConstructorMapper.of(FileEmails.class))
                .forEach(it -> byFile.put(it.fileId(), new Emails(it.sent(), it.failed())));
        return byFile;
    }

    /// Queues a piece of those who are to be reminded of this due date.
    ///
    /// @param knownSince charges and boletos that are newer have only just been told of
    Reminded remind(
            Handle tx,
            MailReason reason,
            Instant knownSince,
            @Nullable UUID after,
            Instant now,
            int most) {
        return tx.createQuery(REMIND)
                .bind("due", reason.due())
                .bind("reason", reason.word())
                .bind("knownSince", knownSince)
                .bind("after", after == null ? new UUID(0, 0) : after)
                .bind("now", now)
                .bind("most", most)
                .map(ConstructorMapper.of(Reminded.class))
                .one();
    }

    /// Those of the newest charges first.
    ///
    /// @param status null for all
    List<Line> page(Handle tx, @Nullable String status, boolean repeated, Key before, int most) {
        var query = tx.createQuery(repeated ? REPEATED : status == null ? ALL : OF_STATUS);
        if (status != null && !repeated) {
            query.bind("status", status);
        }
        return query.bind("charge", before.chargeId())
                .bind("reason", before.reason())
                .bind("most", most)
                .map(ConstructorMapper.of(Line.class))
                .list();
    }

    List<Line> ofCharge(Handle tx, UUID chargeId) {
        return tx.createQuery(OF_CHARGE)
                .bind("charge", chargeId)
                .map(ConstructorMapper.of(Line.class))
                .list();
    }

    private static <S extends SqlStatement<S>> S named(S statement, Due mail) {
        return statement
                .bind("charge", mail.chargeId())
                .bind("reason", mail.reason())
                .bind("claim", mail.claim());
    }
}
