package vintem.cashback;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vintem.access.AccessLog;
import vintem.access.Caller;
import vintem.cashback.ResellerTable.ApprovedCpf;
import vintem.platform.BusinessDays;
import vintem.platform.Database;
import vintem.platform.Ids;
import vintem.platform.TaxId;

/// The list of people whose purchases need no validation. Each entry holds for the days between two
/// dates, and for what is entered on them: what was entered before stays as it is.
@Singleton
public class ApprovedCpfs {
    /// The one that the challenge names.
    private static final TaxId.Cpf OF_THE_SANDBOX = new TaxId.Cpf("15350946056");

    // The same id each time: whoever ended it has ended it for good.
    private static final UUID SANDBOX_ENTRY = new UUID(0x7000L, 0x8000_0000_0000_0005L);

    private final Database database;
    private final ResellerTable table;
    private final AccessLog log;
    private final Clock clock;

    @Inject
    ApprovedCpfs(Database database, ResellerTable table, AccessLog log, Clock clock) {
        this.database = database;
        this.table = table;
        this.log = log;
        this.clock = clock;
    }

    /// For the sandbox alone: puts the challenge's CPF on the list, once.
    public void openSandbox() {
        var entry =
                new ApprovedCpf(
                        SANDBOX_ENTRY, OF_THE_SANDBOX.value(), LocalDate.of(2000, 1, 1), null);
        database.run(tx -> table.approve(tx, entry));
    }

    List<ApprovedCpf> all() {
        return database.transaction(table::allApproved);
    }

    /// @param validUntil the last day, or null
    ApprovedCpf add(
            Caller caller, TaxId.Cpf cpf, LocalDate validFrom, @Nullable LocalDate validUntil) {
        var entry = new ApprovedCpf(Ids.next(), cpf.value(), validFrom, validUntil);
        database.run(
                tx -> {
                    table.approve(tx, entry);
                    log.record(tx, caller, "approved_cpf.added", entry.id().toString(), "");
                });
        return entry;
    }

    /// Today is its last day, or the day on which it would have begun.
    ///
    /// @return false where there is no such entry
    boolean end(Caller caller, UUID id) {
        return database.transaction(
                tx -> {
                    var found = table.endApproval(tx, id, BusinessDays.today(clock));
                    if (found) {
                        log.record(tx, caller, "approved_cpf.ended", id.toString(), "");
                    }
                    return found;
                });
    }
}
