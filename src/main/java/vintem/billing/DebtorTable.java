package vintem.billing;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jdbi.v3.core.statement.SqlStatement;
import vintem.platform.EmailAddress;
import vintem.platform.PersonalData;

/// What billing keeps about debtors: in charges and their addresses, in mails and what servers said
/// of them, in the errata of files and in the files themselves.
///
/// What is kept of an address that does not want to be written to is its hash, so that it stays so.
@Singleton
class DebtorTable implements PersonalData {
    private static final String MEANT =
            """
            (c.government_id = any(:documents) or lower(c.email) = :email or c.id = any(:ids))
            """;

    private static final String FIND =
            """
            select 'charge' as type, c.id::text as id, c.created_at as at, c.status as detail
            from charge c
            where (c.government_id = any(:documents) or lower(c.email) = :email
                   or c.id = any(:ids) or c.name_key = :nameKey)
            order by c.id desc limit :most
            """;

    private static final String EXPORT =
            """
            select (to_jsonb(c) - 'page_key' || jsonb_build_object(
                       'address', (select to_jsonb(a) from charge_address a
                                   where a.charge_id = c.id),
                       'mails', (select jsonb_agg(to_jsonb(m)) from charge_email m
                                 where m.charge_id = c.id),
                       'settlements', (select jsonb_agg(to_jsonb(s)) from charge_settlement s
                                       where s.charge_id = c.id)))::text
            from charge c where %s order by c.id
            """
                    .formatted(MEANT);

    private static final String IMPORTING =
            "select count(*) from debt_file where status in ('receiving', 'importing')";

    // What is owed still needs its debtor, and what was paid its proof.
    private static final String ERASE =
            """
            with meant as (
                select c.id, c.name, c.government_id, c.email,
                       :proof and (c.status in ('open', 'partially_paid')
                                   or c.status = 'paid' and c.paid_at >= :since) as kept
                from charge c where %s order by c.id for update
            )
            update charge c
            set name = case when m.kept then c.name else :pseudonym end,
                name_key = case when m.kept then c.name_key else :pseudonym end,
                government_id = case when m.kept then c.government_id else :pseudonym end,
                email = case when m.kept and c.status <> 'paid' then c.email else '' end
            from meant m where c.id = m.id
            returning c.id, m.name, m.government_id, m.email, m.kept and c.status <> 'paid' as owes
            """
                    .formatted(MEANT);

    private static final String ERASE_ADDRESSES =
            "delete from charge_address where charge_id = any(:charges)";

    private static final String ERASE_MAILS =
            """
            update charge_email
            set reply = null,
                status = case when status = 'queued' then 'skipped' else status end,
                ended_at = case when status = 'queued' then :now else ended_at end
            where charge_id = any(:charges) and (reply is not null or status = 'queued')
            """;

    private static final String ERASE_OUTBOX =
            """
            delete from sandbox_mail
            where charge_id = any(:charges) or lower(recipient) = :email
            """;

    private static final String ERASE_PAYERS =
            """
            update charge_settlement set paid_by = null
            where charge_id = any(:charges) and paid_by is not null
            """;

    private static final String ERASE_SHOWN =
            "update suppression set shown = '***' where address_hash = :hash";

    private static final String ERRATA =
            """
            update debt_file_error e
            set fields = array_fill(cast(:pseudonym as text), array[cardinality(e.fields)])
            where exists (
                select from unnest(e.fields) f, unnest(:texts) t
                where position(lower(t) in lower(f)) > 0)
            """;

    // The end of one piece may be the beginning of a name that goes on in the next. Spreadsheets
    // are
    // packed: nobody can say who is in them.
    private static final String FILES =
            """
            select f.id from debt_file f
            where f.status not in ('receiving', 'importing') and f.chunks_dropped_at is null
            and (f.id in (select file_id from charge where id = any(:charges)
                          and file_id is not null)
                 or f.format is distinct from 'csv'
                 or exists (
                     select from (
                         select bytes || coalesce(substring(
                                    lead(bytes) over (order by start) from 1 for 512), '') as bytes
                         from debt_file_chunk where file_id = f.id) piece,
                     unnest(:patterns) pattern
                     where position(pattern in piece.bytes) > 0))
            and exists (select from debt_file_chunk where file_id = f.id)
            """;

    private static final String RETIRE =
            """
            with old as (
                select id from charge
                where id < :first and status in ('paid', 'cancelled')
                and coalesce(paid_at, updated_at) < :before and name <> 'apagado'
                order by id limit :most for update skip locked
            ), addresses as (
                delete from charge_address a using old where a.charge_id = old.id
            ), mails as (
                update charge_email m set reply = null from old
                where m.charge_id = old.id and m.reply is not null
            ), payers as (
                update charge_settlement s set paid_by = null from old
                where s.charge_id = old.id and s.paid_by is not null
            )
            update charge c set name = 'apagado', name_key = 'apagado',
                                government_id = 'apagado', email = ''
            from old where c.id = old.id
            """;

    // Money that nobody has found a charge for: it has none to be found by.
    private static final String RETIRE_UNKNOWN =
            """
            update charge_settlement set paid_by = null
            where id in (
                select id from charge_settlement
                where id < :first and charge_id is null and paid_by is not null
                and recorded_at < :before
                order by id limit :most for update skip locked)
            """;

    private static final String REDACT_UNKNOWN =
            """
            update charge_settlement set paid_by = :pseudonym
            where charge_id is null and paid_by is not null
            and exists (select from unnest(:texts) t
                        where position(lower(t) in lower(paid_by)) > 0)
            """;

    public record Row(UUID id, String name, String governmentId, String email, boolean owes) {}

    private final DebtFileTable files;

    @Inject
    DebtorTable(DebtFileTable files) {
        this.files = files;
    }

    @Override
    public String where() {
        return "billing";
    }

    @Override
    public List<Found> find(Handle tx, Person person, int most) {
        return bind(tx.createQuery(FIND), person)
                .bind("nameKey", person.name() == null ? null : NameKey.of(person.name()))
                .bind("most", most)
                .map(ConstructorMapper.of(Found.class))
                .list();
    }

    @Override
    public List<String> export(Handle tx, Person person) {
        return bind(tx.createQuery(EXPORT), person).mapTo(String.class).list();
    }

    /// The person may stand in a row that is not written yet.
    @Override
    public Optional<String> obstacle(Handle tx, Person person) {
        return tx.createQuery(IMPORTING).mapTo(Long.class).one() == 0
                ? Optional.empty()
                : Optional.of("import-under-way");
    }

    @Override
    public Erased erase(Handle tx, Erasure erasure) {
        var person = erasure.person();
        var rows =
                bind(tx.createQuery(ERASE), person)
                        .bind("proof", erasure.keepProof())
                        .bind("since", erasure.proofSince())
                        .bind("pseudonym", erasure.pseudonym())
                        .map(ConstructorMapper.of(Row.class))
                        .list();
        var texts = texts(person, rows);
        var charges = rows.stream().filter(it -> !it.owes()).map(Row::id).toArray(UUID[]::new);
        var more = tx.createUpdate(ERASE_ADDRESSES).bind("charges", charges).execute();
        more +=
                tx.createUpdate(ERASE_MAILS)
                        .bind("charges", charges)
                        .bind("now", erasure.now())
                        .execute();
        more +=
                tx.createUpdate(ERASE_OUTBOX)
                        .bind("charges", charges)
                        .bind("email", person.email())
                        .execute();
        more += tx.createUpdate(ERASE_PAYERS).bind("charges", charges).execute();
        more += suppressions(tx, person);
        more += errata(tx, erasure, texts);
        more += files(tx, erasure, rows, texts);
        return new Erased(rows.size() + more, texts);
    }

    private static Set<String> texts(Person person, List<Row> rows) {
        var texts = new HashSet<String>();
        for (var row : rows) {
            texts.add(row.name());
            texts.add(row.governmentId());
            texts.add(row.email());
        }
        texts.addAll(person.documents());
        if (person.email() != null) {
            texts.add(person.email());
        }
        texts.removeIf(String::isBlank);
        return texts;
    }

    private static int suppressions(Handle tx, Person person) {
        return EmailAddress.parse(person.email())
                .map(
                        it ->
                                tx.createUpdate(ERASE_SHOWN)
                                        .bind("hash", SuppressionTable.hash(it))
                                        .execute())
                .orElse(0);
    }

    private static int errata(Handle tx, Erasure erasure, Set<String> texts) {
        return texts.isEmpty()
                ? 0
                : tx.createUpdate(ERRATA)
                        .bindArray("texts", String.class, List.copyOf(texts))
                        .bind("pseudonym", erasure.pseudonym())
                        .execute();
    }

    private int files(Handle tx, Erasure erasure, List<Row> rows, Set<String> texts) {
        var patterns = new ArrayList<byte[]>();
        for (var text : texts) {
            patterns.add(text.getBytes(StandardCharsets.UTF_8));
            patterns.add(text.getBytes(StandardCharsets.ISO_8859_1));
        }
        if (patterns.isEmpty()) {
            return 0;
        }
        var found =
                tx.createQuery(FILES)
                        .bind("charges", rows.stream().map(Row::id).toArray(UUID[]::new))
                        .bind("patterns", vintem.platform.BinaryArray.bytes(patterns, it -> it))
                        .mapTo(UUID.class)
                        .list();
        for (var file : found) {
            files.forgetChunks(tx, file, erasure.now());
        }
        return found.size();
    }

    @Override
    public int retire(Handle tx, Instant endedBefore, int most) {
        return retire(tx, RETIRE, endedBefore, most)
                + retire(tx, RETIRE_UNKNOWN, endedBefore, most);
    }

    private static int retire(Handle tx, String update, Instant endedBefore, int most) {
        return tx.createUpdate(update)
                .bind("first", new UUID(endedBefore.toEpochMilli() << 16, 0))
                .bind("before", endedBefore)
                .bind("most", most)
                .execute();
    }

    @Override
    public long redact(Handle tx, Set<String> texts, String pseudonym) {
        return tx.createUpdate(REDACT_UNKNOWN)
                .bindArray("texts", String.class, List.copyOf(texts))
                .bind("pseudonym", pseudonym)
                .execute();
    }

    private static <T extends SqlStatement<T>> T bind(T statement, Person person) {
        return statement
                .bindArray("documents", String.class, person.documents())
                .bind("email", person.email())
                .bind("ids", person.ids().toArray(UUID[]::new));
    }
}
