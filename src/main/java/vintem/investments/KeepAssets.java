package vintem.investments;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import vintem.access.AccessLog;
import vintem.access.Caller;
import vintem.investments.AssetTable.Asset;
import vintem.investments.AssetTable.NewAsset;
import vintem.investments.AssetTable.Split;
import vintem.investments.Outcome.Refusal;
import vintem.platform.BusinessDays;
import vintem.platform.Idempotency;

/// What can be invested in, and its splits.
@Singleton
class KeepAssets {
    private final CreateOnce once;
    private final AssetTable table;
    private final KeepCaptado captado;
    private final AccessLog log;
    private final Clock clock;

    @Inject
    KeepAssets(CreateOnce once, AssetTable table, KeepCaptado captado, AccessLog log, Clock clock) {
        this.once = once;
        this.table = table;
        this.captado = captado;
        this.log = log;
        this.clock = clock;
    }

    Outcome<Asset> create(NewAsset asset, Optional<Idempotency.Request> key) {
        return once.create(
                key,
                tx -> {
                    var created = table.insert(tx, List.of(asset), clock.instant());
                    return created.isEmpty()
                            ? new Outcome.Refused<Asset>(Refusal.TICKER_TAKEN)
                            : new Outcome.Done<>(created.getFirst());
                },
                AssetAnswer::of);
    }

    /// From its day on there are so many units for one: what was bought, sold and priced before is
    /// counted in units of today. Captado stays what it was.
    Outcome<Split> split(
            Caller caller, long assetId, Split split, Optional<Idempotency.Request> key) {
        var outcome =
                once.create(
                        key,
                        tx -> {
                            captado.lockPrices(tx, List.of(assetId));
                            if (table.find(tx, assetId).isEmpty()) {
                                return new Outcome.Missing<Split>();
                            }
                            if (!table.split(tx, assetId, split, clock.instant())) {
                                return new Outcome.Refused<Split>(Refusal.SPLIT_TAKEN);
                            }
                            // Ten into one, and five were sold after that day of ten bought
                            // before it.
                            if (captado.oversold(tx, assetId)) {
                                return new Outcome.Refused<Split>(Refusal.MORE_THAN_IS_LEFT);
                            }
                            captado.assetsChanged(tx, List.of(assetId), BusinessDays.today(clock));
                            log.record(
                                    tx,
                                    caller,
                                    "asset.split",
                                    Long.toString(assetId),
                                    split.date() + " " + split.factor().toPlainString());
                            return new Outcome.Done<>(split);
                        },
                        made -> made);
        if (outcome instanceof Outcome.Done<Split>) {
            captado.tell();
        }
        return outcome;
    }
}
