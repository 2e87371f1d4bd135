package vintem.investments;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import vintem.access.Asking;
import vintem.access.Capability;
import vintem.access.Role;
import vintem.platform.Attention;
import vintem.platform.BusinessDays;
import vintem.platform.EmailAddress;
import vintem.platform.Finder;
import vintem.platform.Pages;
import vintem.platform.Sought;
import vintem.platform.Storyteller.Word;
import vintem.platform.Words;

/// What the console hears of investments: prices that are old, and clients and assets that are
/// found. Clients' money is not in the ledger, so it has no story there.
@Singleton
class InvestmentTrail implements Attention, Finder {
    private static final String ASSETS = "/app/investments/assets";
    private static final String CLIENT = "/app/investments/client";
    // A long weekend, and a day for the provider.
    private static final int OLD_DAYS = 5;

    private final InvestmentTrailTable table;
    private final Asking asking;
    private final Clock clock;

    @Inject
    InvestmentTrail(InvestmentTrailTable table, Asking asking, Clock clock) {
        this.table = table;
        this.asking = asking;
        this.clock = clock;
    }

    @Override
    public String section() {
        return "investments";
    }

    @Override
    public boolean isOpen() {
        return asking.callerIfKnown()
                .filter(caller -> caller.may(Capability.INVESTMENTS, Role.READ))
                .isPresent();
    }

    @Override
    public List<Matter> matters(Handle tx, Instant now) {
        var stale = table.stale(tx, BusinessDays.today(clock).minusDays(OLD_DAYS), MOST);
        var oldest =
                stale.oldest() == null
                        ? null
                        : stale.oldest().atStartOfDay(Words.SAO_PAULO).toInstant();
        return List.of(new Matter("prices_stale", stale.count(), false, oldest, ASSETS));
    }

    @Override
    public List<Hit> find(Handle tx, Sought sought, int most) {
        var hits = new ArrayList<Hit>();
        var text = sought.text();
        var id = text.matches("[0-9]{1,9}") ? Long.valueOf(text) : null;
        var email = sought.email().map(EmailAddress::key).orElse(null);
        var name = sought.isName() ? text.toLowerCase(Locale.ROOT) : null;
        for (var each : table.clients(tx, email, id, name, most)) {
            hits.add(
                    new Hit(
                            "client",
                            each.name(),
                            null,
                            null,
                            new Word("client.status", each.status()),
                            each.createdAt(),
                            null,
                            Pages.link(CLIENT, Map.of("id", Long.toString(each.id()))),
                            // A small number may as well be an amount.
                            each.exact() && email != null));
        }
        for (var each : table.assets(tx, text.toUpperCase(Locale.ROOT))) {
            hits.add(
                    new Hit(
                            "asset",
                            each.ticker(),
                            each.name(),
                            null,
                            null,
                            null,
                            null,
                            ASSETS,
                            false));
        }
        return hits;
    }
}
