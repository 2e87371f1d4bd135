package vintem.investments;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;
import vintem.platform.BusinessDays;
import vintem.platform.Proof;

/// What is kept as things change is what a full recomputation gives, to the last decimal.
@Singleton
class InvestmentsProof implements Proof {
    private final HistoryTable history;
    private final Clock clock;

    @Inject
    InvestmentsProof(HistoryTable history, Clock clock) {
        this.history = history;
        this.clock = clock;
    }

    @Override
    public String claim() {
        return "captado is what allocations, sales, splits, closes and rates come to";
    }

    @Override
    public List<String> refute(Handle snapshot) {
        var wrong = new ArrayList<String>();
        // All that there is, also what another node's clock has dated a little ahead.
        var now = clock.instant().plusSeconds(3_600);
        var today = BusinessDays.today(clock);
        for (var id : history.wrongLots(snapshot, now, today)) {
            wrong.add(
                    "allocation %d: its cost, rest or proceeds are not what comes out"
                            .formatted(id));
        }
        for (var it : history.wrongMonths(snapshot, now, today)) {
            wrong.add(
                    "client %d, %s: its captado is not what comes out"
                            .formatted(it.clientId(), it.month()));
        }
        var doubled = history.doubledDays(snapshot);
        if (doubled > 0) {
            wrong.add("%d days have two closes of one asset".formatted(doubled));
        }
        var stray = history.stray(snapshot);
        if (stray > 0) {
            wrong.add("%d allocations belong to no client or no asset".formatted(stray));
        }
        return wrong;
    }
}
