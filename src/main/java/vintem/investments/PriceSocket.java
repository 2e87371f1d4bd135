package vintem.investments;

import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import vintem.investments.AssetsHttp.PriceAnswer;
import vintem.investments.LiveFrames.Wanted;
import vintem.platform.Database;
import vintem.platform.Json;

/// `GET /ws/prices`: the prices of all assets that somebody holds, at once and every five seconds.
@Singleton
class PriceSocket {
    private static final long TICK_SECONDS = 5;

    private final LiveSockets sockets;
    private final Quotes quotes;
    private final AssetTable assets;
    private final Database database;
    private final SharedFrames shared;
    private final Clock clock;

    @Inject
    PriceSocket(
            LiveSockets sockets,
            Quotes quotes,
            AssetTable assets,
            Database database,
            SharedFrames shared,
            Clock clock) {
        this.sockets = sockets;
        this.quotes = quotes;
        this.assets = assets;
        this.database = database;
        this.shared = shared;
        this.clock = clock;
    }

    void mount(@Observes Router router) {
        var wanted = new Wanted("prices", KeepCaptado.TOPIC, () -> this::latest);
        router.route(HttpMethod.GET, "/ws/prices")
                .order(LiveSockets.BEFORE_QUARKUS)
                .handler(routing -> sockets.handle(routing, () -> wanted));
    }

    private String latest() {
        var held = database.transaction(assets::held);
        var tick = clock.instant().getEpochSecond() / TICK_SECONDS;
        return shared.once("prices:%d:%d".formatted(tick, held.size()), () -> frame(held));
    }

    private String frame(List<AssetTable.Asset> held) {
        var now = clock.instant();
        var prices = new ArrayList<PriceAnswer>();
        for (var asset : held) {
            if (quotes.priceAtHand(asset.ticker()) instanceof Quotes.Found.Price price) {
                prices.add(PriceAnswer.of(price, now));
            }
        }
        return Json.text(prices);
    }
}
