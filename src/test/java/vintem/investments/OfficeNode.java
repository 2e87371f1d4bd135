package vintem.investments;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import vintem.access.AccessLog;
import vintem.access.SocketTickets;
import vintem.platform.Broadcast;
import vintem.platform.Database;
import vintem.platform.ForgetEverywhere;
import vintem.platform.Idempotency;
import vintem.platform.SharedCache;
import vintem.platform.Sockets;

/// One node's sockets and changes, beside others on the same database.
final class OfficeNode implements AutoCloseable {
    final Broadcast broadcast;
    final SharedCache cache;
    final CaptadoSocket captado;
    final KeepAllocations allocations;
    final StoreCloses closes;
    final Quotes quotes;
    final LiveSockets sockets;
    final Sockets open;
    final InvestorTable investors;
    final ForgetEverywhere everywhere;
    final Router router;
    private final Vertx vertx = Vertx.vertx();
    private final HttpServer server;

    OfficeNode(
            Database database,
            Idempotency idempotency,
            SocketTickets tickets,
            AccessLog log,
            Clock clock,
            MarketData market,
            Optional<String> redisUrl,
            Duration tick,
            Duration patience) {
        broadcast = new Broadcast(vertx, redisUrl);
        cache = new SharedCache(vertx, redisUrl);
        var assets = new AssetTable();
        var table = new CaptadoTable();
        var keep = new KeepCaptado(table, assets, broadcast);
        quotes = new Quotes(market, cache, database, new QuoteTable(), assets, clock);
        allocations =
                new KeepAllocations(
                        database,
                        new CreateOnce(database, idempotency),
                        new AllocationTable(),
                        assets,
                        new ClientTable(),
                        quotes,
                        keep,
                        log,
                        new vintem.platform.Outbox(),
                        clock);
        closes = new StoreCloses(database, new CloseTable(), assets, keep, clock);
        var limits =
                new Sockets.Limits(2_000, 2_000, Duration.ofSeconds(25), Duration.ofSeconds(20));
        var live = new LiveFrames(vertx, broadcast, tick, patience);
        var shared = new SharedFrames(cache);
        open = new Sockets(vertx, limits);
        sockets = new LiveSockets(open, tickets, live);
        investors = new InvestorTable(shared, live);
        everywhere = new ForgetEverywhere(List.of(investors), broadcast);
        everywhere.listen();
        captado =
                new CaptadoSocket(
                        sockets,
                        new Captado(database, table, new HistoryTable(), clock),
                        shared,
                        clock);
        router = Router.router(vertx);
        captado.mount(router);
        var options = new HttpServerOptions().setHost("127.0.0.1");
        Sockets.bound(options);
        server =
                vertx.createHttpServer(options)
                        .requestHandler(router)
                        .listen(0)
                        .toCompletionStage()
                        .toCompletableFuture()
                        .join();
    }

    int port() {
        return server.actualPort();
    }

    @Override
    public void close() {
        broadcast.close();
        cache.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
