package vintem.investments;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.TreeSet;
import org.jdbi.v3.core.Handle;
import vintem.investments.CloseTable.Close;
import vintem.investments.CloseTable.Rate;
import vintem.platform.BusinessDays;
import vintem.platform.Database;

/// Writes closes and rates, and what they change of *captado*, in one transaction.
@Singleton
class StoreCloses {
    private final Database database;
    private final CloseTable table;
    private final AssetTable assets;
    private final KeepCaptado captado;
    private final Clock clock;

    @Inject
    StoreCloses(
            Database database,
            CloseTable table,
            AssetTable assets,
            KeepCaptado captado,
            Clock clock) {
        this.database = database;
        this.table = table;
        this.assets = assets;
        this.captado = captado;
        this.clock = clock;
    }

    /// Adds what is missing; a close that is there already stays.
    ///
    /// @param closes each asset and day once
    /// @return how many were new
    int add(List<Close> closes, String source) {
        return put(closes, source, false);
    }

    /// The same, and a close that is there already is corrected.
    int correct(List<Close> closes, String source) {
        return put(closes, source, true);
    }

    private int put(List<Close> closes, String source, boolean correct) {
        if (closes.isEmpty()) {
            return 0;
        }
        var put =
                database.transaction(
                        tx -> {
                            var ids = closes.stream().map(Close::assetId).distinct().toList();
                            captado.lockPrices(tx, ids);
                            var count = table.put(tx, closes, source, correct, clock.instant());
                            if (count > 0) {
                                captado.closesChanged(tx, ids, BusinessDays.today(clock));
                            }
                            return count;
                        });
        if (put > 0) {
            captado.tell();
        }
        return put;
    }

    /// New rates, and corrected ones: allocations that waited for a rate count from now on.
    ///
    /// @param rates each series and day once
    /// @return how many were new or corrected
    int rates(List<Rate> rates, String source) {
        if (rates.isEmpty()) {
            return 0;
        }
        var put = database.transaction(tx -> rates(tx, rates, source));
        if (put > 0) {
            captado.tell();
        }
        return put;
    }

    private int rates(Handle tx, List<Rate> rates, String source) {
        var currencies = new TreeSet<>(rates.stream().map(Rate::series).toList());
        var ids = assets.ofCurrencies(tx, currencies);
        captado.lockPrices(tx, ids);
        var count = table.putRates(tx, rates, source, clock.instant());
        if (count > 0 && !ids.isEmpty()) {
            captado.assetsChanged(tx, ids, BusinessDays.today(clock));
        }
        return count;
    }
}
