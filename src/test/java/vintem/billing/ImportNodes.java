package vintem.billing;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import javax.sql.DataSource;
import vintem.MovableClock;
import vintem.access.AccessLog;
import vintem.access.Caller;
import vintem.bank.SandboxBoletos;
import vintem.platform.Database;
import vintem.platform.Outbox;

/// Nodes that do nothing by themselves: a file that is sent to them waits until a test lets one of
/// them import it, on whatever line to the database.
@Singleton
class ImportNodes {
    static final int BATCH_ROWS = 10;
    static final Duration LEASE = Duration.ofSeconds(30);

    /// What one node has.
    record Node(ImportDebts importDebts, ImportFiles importFiles) {}

    private final DataSource dataSource;
    private final DebtFileTable files;
    private final ErratumTable errata;
    private final ImportTable table;
    private final MakeCharges charges;
    private final BeneficiaryTable beneficiaries;
    private final Outbox outbox;
    private final FileScreens screens;
    private final AccessLog log;
    private final MovableClock clock;

    @Inject
    ImportNodes(
            DataSource dataSource,
            DebtFileTable files,
            ErratumTable errata,
            ImportTable table,
            MakeCharges charges,
            BeneficiaryTable beneficiaries,
            Outbox outbox,
            FileScreens screens,
            AccessLog log,
            MovableClock clock) {
        this.dataSource = dataSource;
        this.files = files;
        this.errata = errata;
        this.table = table;
        this.charges = charges;
        this.beneficiaries = beneficiaries;
        this.outbox = outbox;
        this.screens = screens;
        this.log = log;
        this.clock = clock;
    }

    /// A node on the whole line.
    Node node() {
        return node(dataSource);
    }

    Node node(DataSource line) {
        var database = new Database(line);
        return node(database, new Boletos(database, beneficiaries, new SandboxBoletos(false)));
    }

    Node node(Database database, Boletos boletos) {
        var importDebts =
                new ImportDebts(
                        database,
                        files,
                        errata,
                        table,
                        charges,
                        boletos,
                        new Spreadsheets(database, files),
                        outbox,
                        screens,
                        clock,
                        BATCH_ROWS,
                        LEASE);
        return new Node(
                importDebts,
                new ImportFiles(database, files, importDebts, outbox, screens, clock, 1));
    }

    DyingLine line() {
        return new DyingLine(dataSource);
    }

    /// The import of what this one receives begins nowhere.
    ReceiveDebtFile receiver(ReceiveDebtFile.Limits limits) {
        var database = new Database(dataSource);
        var nobody =
                new ImportFiles(database, files, node().importDebts(), outbox, screens, clock, 0);
        return new ReceiveDebtFile(
                database,
                files,
                new Spreadsheets(database, files),
                nobody,
                outbox,
                screens,
                log,
                clock,
                limits);
    }

    /// A file that waits to be imported.
    DebtFile send(String text) {
        var outcome =
                receive(
                        new ReceiveDebtFile.Limits(1 << 26, 10, Duration.ofMinutes(1), 0),
                        new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
        if (outcome instanceof ReceiveDebtFile.Outcome.Received(var file)) {
            return file;
        }
        throw new AssertionError(outcome);
    }

    ReceiveDebtFile.Outcome receive(ReceiveDebtFile.Limits limits, InputStream body) {
        try {
            return receiver(limits)
                    .receive(
                            new ReceiveDebtFile.Upload(
                                    "debts.csv",
                                    Map.of(),
                                    LateTerms.NONE,
                                    Billed.ALREADY_RECOGNISED,
                                    Caller.SYSTEM),
                            body);
        } catch (IOException broken) {
            throw new AssertionError(broken);
        }
    }
}
