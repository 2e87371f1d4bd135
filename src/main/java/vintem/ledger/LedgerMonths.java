package vintem.ledger;

import static vintem.platform.Sheet.day;
import static vintem.platform.Sheet.instant;
import static vintem.platform.Sheet.money;
import static vintem.platform.Sheet.text;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.platform.Database;
import vintem.platform.Sheet;
import vintem.platform.SheetFormat;
import vintem.platform.Words;

/// The accountant's month: every transfer that was *recorded* in it, and each account's balance
/// before and after.
///
/// A month goes by when a transfer was written, not by when it happened: what was handed to the
/// accountant never changes, and each month begins with the balances with which the one before
/// ended. When it happened stands beside it.
///
/// Names of columns and files are Portuguese in every language: programs read them.
@Singleton
class LedgerMonths {
    private static final int MOST_MONTHS = 240;

    /// An account in a month, on its normal side. The last line is the sum of all, without
    /// balances.
    public record Line(
            @Nullable AccountCode account,
            @Nullable Long openingCents,
            long debitCents,
            long creditCents,
            @Nullable Long closingCents) {
        public String code() {
            return account == null ? "total" : account.code();
        }

        public boolean moved() {
            return debitCents != 0 || creditCents != 0 || openingCents != null && openingCents != 0;
        }
    }

    private final LedgerTables tables;
    private final Ledger ledger;
    private final Database database;

    @Inject
    LedgerMonths(LedgerTables tables, Ledger ledger, Database database) {
        this.tables = tables;
        this.ledger = ledger;
        this.database = database;
    }

    /// From the first transfer on, the newest first; the present one in any case.
    List<YearMonth> months(LocalDate today) {
        var first =
                database.transaction(tables::firstRecorded)
                        .map(at -> YearMonth.from(at.atZone(Words.SAO_PAULO)))
                        .orElse(YearMonth.from(today));
        var months = new ArrayList<YearMonth>();
        for (var month = YearMonth.from(today);
                months.isEmpty() || !month.isBefore(first) && months.size() < MOST_MONTHS;
                month = month.minusMonths(1)) {
            months.add(month);
        }
        return months;
    }

    /// All accounts, and their sum at the end.
    List<Line> lines(YearMonth month) {
        return database.snapshot(tx -> lines(tx, month));
    }

    private List<Line> lines(Handle tx, YearMonth month) {
        var before = ledger.balancesAsOf(tx, lastMomentBefore(month));
        var after = ledger.balancesAsOf(tx, lastMomentBefore(month.plusMonths(1)));
        var lines = new ArrayList<Line>();
        var debits = 0L;
        var credits = 0L;
        for (var account : AccountCode.values()) {
            var opening = before.get(account.ordinal());
            var closing = after.get(account.ordinal());
            var debit = Math.subtractExact(closing.debitCents(), opening.debitCents());
            var credit = Math.subtractExact(closing.creditCents(), opening.creditCents());
            debits = Math.addExact(debits, debit);
            credits = Math.addExact(credits, credit);
            lines.add(
                    new Line(
                            account,
                            opening.balanceCents(),
                            debit,
                            credit,
                            closing.balanceCents()));
        }
        lines.add(new Line(null, null, debits, credits, null));
        return lines;
    }

    /// The transfers as CSV; as XLSX with the balances on a second sheet. All of it is of one
    /// moment, and is written as it is read.
    void write(OutputStream out, SheetFormat format, YearMonth month) {
        of(
                tx -> {
                    var transfers = transfers(tx, month);
                    switch (format) {
                        case CSV -> format.write(out, Words.PT, transfers);
                        case XLSX -> {
                            var sheets = new LinkedHashMap<String, Sheet<?>>();
                            sheets.put("lancamentos", transfers);
                            sheets.put("saldos", balances(lines(tx, month)));
                            SheetFormat.book(out, Words.PT, sheets);
                        }
                    }
                });
    }

    /// The balances alone.
    void writeBalances(OutputStream out, SheetFormat format, YearMonth month) throws IOException {
        format.write(out, Words.PT, balances(lines(month)));
    }

    private interface Writing {
        void write(Handle tx) throws IOException;
    }

    private void of(Writing writing) {
        var begun = new AtomicBoolean();
        database.<Boolean>snapshot(
                tx -> {
                    if (begun.getAndSet(true)) {
                        // What is sent cannot be taken back, and half of it twice is worse.
                        throw new IllegalStateException("the export broke off");
                    }
                    try {
                        writing.write(tx);
                    } catch (IOException gone) {
                        throw new UncheckedIOException(gone);
                    }
                    return true;
                });
    }

    private Sheet<LedgerTables.Row> transfers(Handle tx, YearMonth month) {
        return new Sheet<>(
                List.of(
                        day("data", it -> it.recordedAt().atZone(Words.SAO_PAULO).toLocalDate()),
                        text("conta_debito", it -> AccountCode.ofId(it.debitAccount()).code()),
                        text("conta_credito", it -> AccountCode.ofId(it.creditAccount()).code()),
                        money("valor", LedgerTables.Row::amountCents),
                        text("historico", LedgerMonths::history),
                        text("tipo", LedgerTables.Row::kind),
                        text("documento", LedgerTables.Row::subjectId),
                        text("lancamento", LedgerTables.Row::entryId),
                        text("id", LedgerTables.Row::id),
                        instant("registrado_em", LedgerTables.Row::recordedAt),
                        instant("ocorrido_em", LedgerTables.Row::occurredAt)),
                sink -> {
                    try {
                        tables.recorded(
                                tx,
                                start(month),
                                start(month.plusMonths(1)),
                                row -> {
                                    try {
                                        sink.row(row);
                                    } catch (IOException gone) {
                                        throw new UncheckedIOException(gone);
                                    }
                                });
                    } catch (UncheckedIOException gone) {
                        throw gone.getCause();
                    }
                },
                true);
    }

    /// `Pix recebido: Vendas → Banco`, of no person.
    private static String history(LedgerTables.Row row) {
        return "%s: %s → %s"
                .formatted(
                        Words.PT.name("kind", row.kind()),
                        name(AccountCode.ofId(row.creditAccount())),
                        name(AccountCode.ofId(row.debitAccount())));
    }

    private static String name(AccountCode account) {
        return Words.PT.name("account", account.code());
    }

    private static Sheet<Line> balances(List<Line> lines) {
        return new Sheet<>(
                List.of(
                        text("conta", Line::code),
                        text("nome", it -> it.account() == null ? null : name(it.account())),
                        text("natureza", LedgerMonths::side),
                        money("saldo_inicial", Line::openingCents),
                        money("debitos", Line::debitCents),
                        money("creditos", Line::creditCents),
                        money("saldo_final", Line::closingCents)),
                Sheet.all(() -> lines),
                true);
    }

    private static @Nullable String side(Line line) {
        if (line.account() == null) {
            return null;
        }
        return switch (line.account().normalSide()) {
            case DEBIT -> "devedora";
            case CREDIT -> "credora";
        };
    }

    static Optional<YearMonth> month(@Nullable String text) {
        return text != null && text.matches("(19|20)[0-9]{2}-(0[1-9]|1[0-2])")
                ? Optional.of(YearMonth.parse(text))
                : Optional.empty();
    }

    private static Instant start(YearMonth month) {
        return month.atDay(1).atStartOfDay(Words.SAO_PAULO).toInstant();
    }

    // The server's clock counts microseconds.
    private static Instant lastMomentBefore(YearMonth month) {
        return start(month).minus(1, ChronoUnit.MICROS);
    }
}
