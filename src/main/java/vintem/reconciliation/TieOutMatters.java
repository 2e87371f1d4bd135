package vintem.reconciliation;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.access.Asking;
import vintem.access.Capability;
import vintem.access.Role;
import vintem.platform.Attention;
import vintem.platform.BusinessDays;
import vintem.reconciliation.ReconciliationTable.Open;

/// What the bank's statement and our books do not tell alike, on the overview.
@Singleton
class TieOutMatters implements Attention {
    private final ReconciliationTable table;
    private final Asking asking;

    @Inject
    TieOutMatters(ReconciliationTable table, Asking asking) {
        this.table = table;
        this.asking = asking;
    }

    @Override
    public String section() {
        return "reconciliation";
    }

    @Override
    public boolean isOpen() {
        return asking.callerIfKnown()
                .filter(caller -> caller.may(Capability.LEDGER, Role.READ))
                .isPresent();
    }

    @Override
    public List<Matter> matters(Handle tx, Instant now) {
        var today = LocalDate.ofInstant(now, BusinessDays.SAO_PAULO);
        return List.of(
                matter("statement_lines_open", table.openLines(tx, today, MOST)),
                matter("statement_lines_missing", table.openMovements(tx, today, MOST)));
    }

    private static Matter matter(String kind, Open open) {
        return new Matter(kind, open.count(), true, start(open.oldest()), page(open.oldest()));
    }

    private static @Nullable Instant start(@Nullable LocalDate day) {
        return day == null ? null : day.atStartOfDay(BusinessDays.SAO_PAULO).toInstant();
    }

    private static String page(@Nullable LocalDate day) {
        return day == null ? "/app/reconciliation" : "/app/reconciliation/day?date=" + day;
    }
}
