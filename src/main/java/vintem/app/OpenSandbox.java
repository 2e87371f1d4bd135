package vintem.app;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import vintem.bank.SimulatedBank;
import vintem.cashback.ApprovedCpfs;
import vintem.ledger.AccountCode;
import vintem.ledger.Ledger;
import vintem.ledger.Transfer;
import vintem.platform.Database;
import vintem.platform.Settings;

/// Puts the first money into the sandbox, at its bank and in its books, once.
@Singleton
public class OpenSandbox {
    /// R$ 1 billion.
    private static final long OPENING_CENTS =
            Settings.number("sandbox-opening-cents", 100_000_000_000L);

    // The same id each time: who comes second finds it there.
    private static final UUID OPENING = new UUID(0x7000L, 0x8000_0000_0000_0001L);

    private final Database database;
    private final SimulatedBank bank;
    private final Ledger ledger;
    private final ApprovedCpfs approvedCpfs;
    private final Clock clock;

    @Inject
    OpenSandbox(
            Database database,
            SimulatedBank bank,
            Ledger ledger,
            ApprovedCpfs approvedCpfs,
            Clock clock) {
        this.database = database;
        this.approvedCpfs = approvedCpfs;
        this.bank = bank;
        this.ledger = ledger;
        this.clock = clock;
    }

    public void open() {
        database.run(tx -> bank.open(tx, OPENING_CENTS));
        var opening =
                new Transfer(
                        OPENING,
                        OPENING,
                        AccountCode.BANK,
                        AccountCode.OPENING,
                        OPENING_CENTS,
                        "opening",
                        OPENING,
                        clock.instant());
        // Two nodes may open at once.
        database.run(tx -> ledger.recordOnce(tx, List.of(opening)));
        approvedCpfs.openSandbox();
    }
}
