package vintem.billing;

import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import vintem.billing.DebtRow.Erratum;
import vintem.billing.DebtRow.Kind;
import vintem.platform.BinaryCopy;

/// The tables `debt_file_error` and `debt_file_duplicate`: rows of files that were not charged.
@Singleton
class ErratumTable {
    /// A row whose debt is charged already, just so.
    public record Duplicate(int line, String debtId) {}

    private static final String COPY =
            """
            copy debt_file_error (file_id, line, kind, columns, reasons, fields)
            from stdin (format binary)
            """;

    private static final String COPY_DUPLICATES =
            """
            copy debt_file_duplicate (file_id, first_line, lines, debt_ids)
            from stdin (format binary)
            """;

    private static final String PAGE =
            """
            select line, kind, columns, reasons, fields from debt_file_error
            where file_id = :fileId and line > :after order by line limit :most
            """;

    // A batch's duplicates lie between its first line and that of the next one.
    private static final String DUPLICATES =
            """
            select d.line, d.debt_id
            from debt_file_duplicate b
            cross join lateral unnest(b.lines, b.debt_ids) as d (line, debt_id)
            where b.file_id = :fileId
                and b.first_line >= coalesce((
                    select max(first_line) from debt_file_duplicate
                    where file_id = :fileId and first_line <= :after), 0)
                and d.line > :after
            order by b.first_line, d.line limit :most
            """;

    private static final String DROP = "delete from debt_file_error where file_id = :fileId";

    private static final String DROP_DUPLICATES =
            "delete from debt_file_duplicate where file_id = :fileId";

    void add(Handle tx, UUID fileId, List<Erratum> errata) {
        if (!errata.isEmpty()) {
            BinaryCopy.copy(
                    tx,
                    COPY,
                    6,
                    errata,
                    (row, erratum) ->
                            row.uuid(fileId)
                                    .integer(erratum.line())
                                    .text(erratum.kind().word())
                                    .texts(erratum.columns())
                                    .texts(erratum.reasons())
                                    .texts(erratum.fields()));
        }
    }

    /// @param duplicates in the order of their lines
    void addDuplicates(Handle tx, UUID fileId, List<Duplicate> duplicates) {
        if (!duplicates.isEmpty()) {
            BinaryCopy.copy(
                    tx,
                    COPY_DUPLICATES,
                    4,
                    List.of(duplicates),
                    (row, list) ->
                            row.uuid(fileId)
                                    .integer(list.getFirst().line())
                                    .integers(list.stream().map(Duplicate::line).toList())
                                    .texts(list.stream().map(Duplicate::debtId).toList()));
        }
    }

    /// Rows with mistakes and conflicts, in the order of the file.
    List<Erratum> page(Handle tx, UUID fileId, int afterLine, int most) {
        return tx.createQuery(PAGE)
                .bind("fileId", fileId)
                .bind("after", afterLine)
                .bind("most", most)
                .map(
                        (row, _) ->
                                new Erratum(
                                        row.getInt("line"),
                                        texts(row.getArray("fields")),
                                        Kind.valueOf(
                                                row.getString("kind")
                                                        .toUpperCase(java.util.Locale.ROOT)),
                                        texts(row.getArray("columns")),
                                        texts(row.getArray("reasons"))))
                .list();
    }

    List<Duplicate> duplicates(Handle tx, UUID fileId, int afterLine, int most) {
        return tx.createQuery(DUPLICATES)
                .bind("fileId", fileId)
                .bind("after", afterLine)
                .bind("most", most)
                .map(ConstructorMapper.of(Duplicate.class))
                .list();
    }

    void drop(Handle tx, UUID fileId) {
        tx.createUpdate(DROP).bind("fileId", fileId).execute();
        tx.createUpdate(DROP_DUPLICATES).bind("fileId", fileId).execute();
    }

    private static List<String> texts(java.sql.Array array) throws SQLException {
        return Arrays.asList((String[]) array.getArray());
    }
}
