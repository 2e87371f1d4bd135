package vintem.webhooks;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.access.AccessLog;
import vintem.access.Caller;
import vintem.access.Sealing;
import vintem.platform.Database;
import vintem.platform.Idempotency;
import vintem.platform.Idempotency.Claim;
import vintem.platform.Ids;
import vintem.platform.Json;
import vintem.platform.Settings;
import vintem.webhooks.FindAddress.Found;

/// Where news go: made, changed, taken away, given another secret, and tried.
@Singleton
class KeepEndpoints {
    /// @param types null: all there are
    record NewEndpoint(String url, String description, @Nullable List<String> types) {}

    /// What is to change; null stays.
    ///
    /// @param allTypes it wants all from now on, whatever `types` says
    record Change(
            @Nullable String url,
            @Nullable String description,
            @Nullable List<String> types,
            boolean allTypes,
            @Nullable Boolean enabled) {}

    sealed interface Outcome {
        /// @param secret shown now, and never again
        record Created(Endpoint endpoint, String secret) implements Outcome {}

        record Changed(Endpoint endpoint) implements Outcome {}

        record Deleted() implements Outcome {}

        record Tried(Delivery delivery) implements Outcome {}

        record Unknown() implements Outcome {}

        /// Something is tried that is not enabled.
        record NotEnabled() implements Outcome {}

        record TooMany(int most) implements Outcome {}

        /// So many secrets are valid that another one is one too many.
        record TooManySecrets(int most) implements Outcome {}

        /// The request's `Idempotency-Key` was used before, or is being used.
        record KeyTaken(Claim claim) implements Outcome {}
    }

    static final int MOST = 50;
    static final int MOST_SECRETS = 5;
    static final int CREATED = 201;
    static final int REPLAYED = 200;
    private static final int SOME = 5_000;

    private static final String TEST_DATA =
            "{\"message\":\"If you can read this and the signature is right, all is well.\"}";

    private final Database database;
    private final EndpointTable endpoints;
    private final DeliveryTable deliveries;
    private final FindAddress findAddress;
    private final Sealing sealing;
    private final Idempotency idempotency;
    private final AccessLog log;
    private final Clock clock;

    @Inject
    KeepEndpoints(
            Database database,
            EndpointTable endpoints,
            DeliveryTable deliveries,
            FindAddress findAddress,
            Sealing sealing,
            Idempotency idempotency,
            AccessLog log,
            Clock clock) {
        this.database = database;
        this.endpoints = endpoints;
        this.deliveries = deliveries;
        this.findAddress = findAddress;
        this.sealing = sealing;
        this.idempotency = idempotency;
        this.log = log;
        this.clock = clock;
    }

    /// News of the business do not go in clear over the Internet.
    static boolean onlySecure() {
        return Settings.mode() == Settings.Mode.PRODUCTION;
    }

    /// Why this URL cannot be an endpoint's; empty where it can. A name that nobody knows yet may
    /// be known tomorrow: it is looked up again for each delivery.
    Optional<TargetUrl.Read.Bad> objection(String url) {
        return switch (TargetUrl.read(url, onlySecure())) {
            case TargetUrl.Read.Bad bad -> Optional.of(bad);
            case TargetUrl.Read.Good(var target) ->
                    findAddress.find(target.host()) instanceof Found.NotAllowed
                            ? Optional.of(
                                    new TargetUrl.Read.Bad(
                                            "leads to a private address;"
                                                    + " VINTEM_WEBHOOKS_ALLOW_PRIVATE allows some",
                                            "webhook.private"))
                            : Optional.empty();
        };
    }

    /// Asked again with the same `Idempotency-Key` it answers which endpoint was made, and not the
    /// secret: that must not lie in clear in the database.
    Outcome create(Caller caller, NewEndpoint it, Optional<Idempotency.Request> key) {
        var secret = WebhookSecret.fresh();
        return database.transaction(
                tx -> {
                    var claim = key.map(each -> idempotency.claim(tx, each));
                    if (claim.isPresent() && !(claim.get() instanceof Claim.Fresh)) {
                        return new Outcome.KeyTaken(claim.get());
                    }
                    endpoints.takeTurns(tx);
                    if (endpoints.count(tx) >= MOST) {
                        return Database.rollback(tx, new Outcome.TooMany(MOST));
                    }
                    var now = clock.instant();
                    var id = Ids.next();
                    endpoints.insert(tx, id, it.url(), it.description(), it.types(), now);
                    putInForce(tx, id, secret, now);
                    log.record(tx, caller, "webhook.created", id.toString(), "");
                    var endpoint = endpoints.find(tx, id).orElseThrow();
                    key.ifPresent(each -> keep(tx, each, endpoint));
                    return new Outcome.Created(endpoint, secret.text());
                });
    }

    Outcome change(Caller caller, UUID id, Change change) {
        return database.transaction(
                tx ->
                        endpoints
                                .lock(tx, id)
                                .<Outcome>map(before -> change(tx, caller, before, change))
                                .orElseGet(Outcome.Unknown::new));
    }

    private Outcome change(Handle tx, Caller caller, Endpoint before, Change change) {
        var types =
                change.allTypes() ? null : change.types() == null ? before.types() : change.types();
        var status = before.status();
        if (change.enabled() != null) {
            status = change.enabled() ? Endpoint.ENABLED : Endpoint.DISABLED;
        }
        var now = clock.instant();
        endpoints.change(
                tx,
                new Endpoint(
                        before.id(),
                        Objects.requireNonNullElse(change.url(), before.url()),
                        Objects.requireNonNullElse(change.description(), before.description()),
                        types,
                        status,
                        before.createdAt(),
                        before.failures(),
                        before.failingSince(),
                        before.lastSuccessAt(),
                        before.lastFailureAt(),
                        before.restUntil()));
        if (wantsMore(before.types(), types) || (isTold(status) && !isTold(before.status()))) {
            endpoints.wantAnew(tx, before.id());
        }
        var elsewhere = change.url() != null && !change.url().equals(before.url());
        if (elsewhere || !status.equals(before.status())) {
            // Somebody has looked at it: what waits goes out now, in its order.
            endpoints.forgetFailures(tx, before.id());
            if (status.equals(Endpoint.ENABLED)) {
                deliveries.hurryAll(tx, before.id(), now);
            }
        }
        log.record(
                tx,
                caller,
                status.equals(before.status()) ? "webhook.changed" : "webhook." + status,
                before.id().toString(),
                "");
        return new Outcome.Changed(endpoints.find(tx, before.id()).orElseThrow());
    }

    private static boolean isTold(String status) {
        return status.equals(Endpoint.ENABLED) || status.equals(Endpoint.FAILING);
    }

    private static boolean wantsMore(@Nullable List<String> before, @Nullable List<String> after) {
        return before != null && (after == null || !new HashSet<>(before).containsAll(after));
    }

    /// It is told of nothing more at once, and then goes with all that it was told: many rows go
    /// in many transactions, since one that is long would hold up the relay. Safe to be asked again
    /// where somebody died in between.
    Outcome delete(Caller caller, UUID id) {
        var disabled = new Change(null, null, null, false, false);
        if (change(caller, id, disabled) instanceof Outcome.Unknown) {
            return new Outcome.Unknown();
        }
        while (database.transaction(tx -> deliveries.deleteSome(tx, id, SOME)) == SOME) {
            // More are left.
        }
        return database.transaction(
                tx -> {
                    if (!endpoints.delete(tx, id)) {
                        return new Outcome.Unknown();
                    }
                    log.record(tx, caller, "webhook.deleted", id.toString(), "");
                    return new Outcome.Deleted();
                });
    }

    /// Another secret is in force at once; those before it sign as well for so long. Zero ends them
    /// now: somebody else has them.
    ///
    /// Earlier ones stay valid for their own time, within that: a request whose answer was lost and
    /// which comes again does not take away the secret that the receiver has.
    Outcome rotate(Caller caller, UUID id, Duration overlap, Optional<Idempotency.Request> key) {
        var secret = WebhookSecret.fresh();
        return database.transaction(
                tx -> {
                    var claim = key.map(each -> idempotency.claim(tx, each));
                    if (claim.isPresent() && !(claim.get() instanceof Claim.Fresh)) {
                        return new Outcome.KeyTaken(claim.get());
                    }
                    var endpoint = endpoints.lock(tx, id);
                    if (endpoint.isEmpty()) {
                        return Database.rollback(tx, new Outcome.Unknown());
                    }
                    var now = clock.instant();
                    if (overlap.isPositive()
                            && endpoints.countSecrets(tx, id, now) >= MOST_SECRETS) {
                        return Database.rollback(tx, new Outcome.TooManySecrets(MOST_SECRETS));
                    }
                    endpoints.endSecrets(tx, id, now.plus(overlap));
                    putInForce(tx, id, secret, now);
                    log.record(
                            tx,
                            caller,
                            "webhook.secret_replaced",
                            id.toString(),
                            "overlap " + overlap);
                    key.ifPresent(each -> keep(tx, each, endpoint.get()));
                    return new Outcome.Created(endpoint.get(), secret.text());
                });
    }

    /// Queues something that only says that it arrived.
    Outcome tryOut(Caller caller, UUID id) {
        return database.transaction(
                tx -> {
                    var endpoint = endpoints.find(tx, id);
                    if (endpoint.isEmpty()) {
                        return new Outcome.Unknown();
                    }
                    if (!endpoint.get().isEnabled()) {
                        return new Outcome.NotEnabled();
                    }
                    var now = clock.instant();
                    var delivery = Ids.next();
                    deliveries.queueTest(
                            tx,
                            delivery,
                            id,
                            delivery.toString(),
                            QueueDeliveries.body(EventTypes.TEST, now, TEST_DATA),
                            now);
                    log.record(tx, caller, "webhook.tried", id.toString(), "");
                    return new Outcome.Tried(deliveries.find(tx, delivery).orElseThrow());
                });
    }

    private void putInForce(Handle tx, UUID endpoint, WebhookSecret secret, Instant now) {
        var id = Ids.next();
        endpoints.insertSecret(
                tx,
                new EndpointTable.Sealed(id, endpoint, sealing.seal(id.toString(), secret.key())),
                now);
    }

    private void keep(Handle tx, Idempotency.Request key, Endpoint endpoint) {
        idempotency.finish(
                tx, key.identity(), REPLAYED, Json.write(EndpointAnswer.of(endpoint, null)));
    }
}
