package vintem.investments;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import org.jdbi.v3.core.Handle;
import vintem.investments.CaptadoTable.Bucket;
import vintem.platform.Broadcast;

/// Keeps *captado* true while allocations, sales, prices, splits and rates change, each in the
/// transaction of the change and touching only what it must.
///
/// Locks, in this order: assets by id, then clients by id. Whoever puts money into an asset shares
/// the lock that whoever prices it takes alone; and one client's months are rebuilt by one at a
/// time, from what was committed before.
@Singleton
class KeepCaptado {
    /// What screens are told after the commit.
    static final String TOPIC = "captado";

    private final CaptadoTable table;
    private final AssetTable assets;
    private final Broadcast broadcast;

    @Inject
    KeepCaptado(CaptadoTable table, AssetTable assets, Broadcast broadcast) {
        this.table = table;
        this.assets = assets;
        this.broadcast = broadcast;
    }

    /// To be called before anything of these clients and assets is read that will be written.
    void lock(Handle tx, Collection<Long> assetIds, Collection<Long> clientIds) {
        table.shareAssets(tx, assetIds);
        table.lockClients(tx, clientIds);
    }

    /// Before closes, rates or splits of these assets are written.
    void lockPrices(Handle tx, Collection<Long> assetIds) {
        table.lockAssets(tx, assetIds);
    }

    /// Allocations were written, or something was sold of them.
    ///
    /// @param buckets the months in which they were and are bought, and sold
    void lotsChanged(Handle tx, Collection<Long> allocations, Collection<Bucket> buckets) {
        table.deriveLots(tx, allocations);
        table.rebuild(tx, buckets);
        table.touch(tx, buckets.stream().map(Bucket::clientId).distinct().toList());
    }

    /// A whole file of them was written.
    void clientsChanged(Handle tx, Collection<Long> clients) {
        table.rebuildClients(tx, clients);
        table.touch(tx, clients);
    }

    /// A client is there, is called otherwise, or counts no more.
    void clientChanged(Handle tx, long client) {
        table.enrol(tx, List.of(client));
        table.touch(tx, List.of(client));
    }

    /// Closes were written: what is held of these assets may be worth something else.
    void closesChanged(Handle tx, Collection<Long> assetIds, LocalDate today) {
        revalue(tx, assets.reprice(tx, assetIds, today));
    }

    /// Splits or rates were written: what was paid and what is left may be another figure, too.
    void assetsChanged(Handle tx, Collection<Long> assetIds, LocalDate today) {
        assets.reprice(tx, assetIds, today);
        table.deriveAssets(tx, assetIds);
        revalue(tx, assetIds);
    }

    private void revalue(Handle tx, Collection<Long> assetIds) {
        if (assetIds.isEmpty()) {
            return;
        }
        var holders = table.holders(tx, assetIds);
        table.lockClients(tx, holders);
        table.rebuildAssets(tx, assetIds);
        table.touch(tx, holders);
    }

    /// Whether more of some allocation was sold than was bought, as splits stand now.
    boolean oversold(Handle tx, long assetId) {
        return table.oversold(tx, assetId);
    }

    /// After the commit: a hint, and who looks reads again.
    void tell() {
        broadcast.tell(TOPIC, "changed");
    }
}
