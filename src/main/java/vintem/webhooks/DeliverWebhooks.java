package vintem.webhooks;

import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import org.jboss.logging.Logger;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.access.Sealing;
import vintem.platform.Database;
import vintem.platform.Metrics;
import vintem.platform.Settings;
import vintem.webhooks.DeliveryTable.Claimed;
import vintem.webhooks.DeliveryTable.Settled;
import vintem.webhooks.FindAddress.Found;
import vintem.webhooks.SendWebhook.Answer;

/// Sends what is due: claims it, sends it outside of any transaction, commits what was said.
///
/// Each endpoint has a thread of its own and few requests at once, so that one that is slow holds
/// up itself alone. Any number of nodes may do this: what one holds, nobody else takes, until its
/// lease is over. A node that dies after sending has committed nothing, so that it is sent again,
/// with the same id: receivers are told at least once.
///
/// Locks: the endpoint, then its deliveries.
@Singleton
class DeliverWebhooks {
    private static final Logger LOG = Logger.getLogger(DeliverWebhooks.class);

    private static final int AT_ONCE = 16;
    // For looking up the name, and for committing. Until then nobody goes on for a node that died.
    private static final Duration BESIDES_SENDING = Duration.ofSeconds(15);
    private static final int GONE = 410;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int UNAVAILABLE = 503;

    /// What is to be sent now.
    ///
    /// @param secrets those that are valid; empty where they cannot be opened
    private record Work(Endpoint endpoint, List<WebhookSecret> secrets, List<Claimed> claimed) {}

    /// What one attempt came to.
    ///
    /// @param answer null where nothing was sent, because of `error`
    private record Said(
            Claimed claimed,
            Instant at,
            Duration took,
            @Nullable Answer answer,
            @Nullable String error) {}

    private final Database database;
    private final EndpointTable endpoints;
    private final DeliveryTable deliveries;
    private final FindAddress findAddress;
    private final SendWebhook send;
    private final Sealing sealing;
    private final Clock clock;
    private final Duration failingFor =
            Duration.ofDays(Settings.number("webhooks-disable-after-days", 5));
    // Those that have a thread on this node; only so that they have no second one.
    private final Set<UUID> busy = ConcurrentHashMap.newKeySet();

    @Inject
    DeliverWebhooks(
            Database database,
            EndpointTable endpoints,
            DeliveryTable deliveries,
            FindAddress findAddress,
            SendWebhook send,
            Sealing sealing,
            Clock clock) {
        this.database = database;
        this.endpoints = endpoints;
        this.deliveries = deliveries;
        this.findAddress = findAddress;
        this.send = send;
        this.sealing = sealing;
        this.clock = clock;
    }

    /// Begins with each endpoint that has something due, and waits for none.
    @Scheduled(every = "1s", concurrentExecution = ConcurrentExecution.SKIP)
    void run() {
        for (var endpoint : database.transaction(tx -> endpoints.withWork(tx, clock.instant()))) {
            if (busy.add(endpoint)) {
                Thread.startVirtualThread(() -> deliverAll(endpoint));
            }
        }
    }

    private void deliverAll(UUID endpoint) {
        try {
            while (deliver(endpoint) > 0) {
                // More may be due.
            }
        } catch (RuntimeException failed) {
            // Its leases end, and somebody tries again.
            LOG.warnf(failed, "webhooks of endpoint %s could not be sent", endpoint);
        } finally {
            busy.remove(endpoint);
        }
    }

    /// One round of one endpoint.
    ///
    /// @return how many were sent, or tried
    int deliver(UUID endpoint) {
        var work = database.transaction(tx -> claim(tx, endpoint));
        if (work.isEmpty()) {
            return 0;
        }
        var said = send(work.get());
        count(database.transaction(tx -> settle(tx, work.get().endpoint().id(), said)));
        return said.size();
    }

    private Optional<Work> claim(Handle tx, UUID id) {
        var now = clock.instant();
        var endpoint = endpoints.find(tx, id).filter(Endpoint::isEnabled);
        if (endpoint.isEmpty() || isResting(endpoint.get(), now)) {
            return Optional.empty();
        }
        var most = RetrySchedule.isProbed(endpoint.get().failures()) ? 1 : AT_ONCE;
        var until = now.plus(send.longest()).plus(BESIDES_SENDING);
        var claimed = deliveries.claim(tx, id, UUID.randomUUID(), most, now, until);
        return claimed.isEmpty()
                ? Optional.empty()
                : Optional.of(new Work(endpoint.get(), secrets(tx, id, now), claimed));
    }

    private static boolean isResting(Endpoint endpoint, Instant now) {
        return endpoint.restUntil() != null && endpoint.restUntil().isAfter(now);
    }

    private List<WebhookSecret> secrets(Handle tx, UUID endpoint, Instant now) {
        var secrets = new ArrayList<WebhookSecret>();
        for (var sealed : endpoints.secrets(tx, endpoint, now)) {
            sealing.open(sealed.id().toString(), sealed.sealed())
                    .map(WebhookSecret::of)
                    .ifPresent(secrets::add);
        }
        return secrets;
    }

    private List<Said> send(Work work) {
        // What was once accepted may be refused today: the mode or the rules have changed.
        var read = TargetUrl.read(work.endpoint().url(), KeepEndpoints.onlySecure());
        if (!(read instanceof TargetUrl.Read.Good(var url))) {
            return nothingSent(work, "address_not_allowed");
        }
        if (work.secrets().isEmpty()) {
            LOG.errorf(
                    "endpoint %s: its secrets were sealed by another VINTEM_SECRET; replace them",
                    work.endpoint().id());
            return nothingSent(work, "secret_unreadable");
        }
        return switch (findAddress.find(url.host())) {
            case Found.At(var address) -> sendAll(work, url, address);
            case Found.NotAllowed() -> nothingSent(work, "address_not_allowed");
            case Found.Unknown() -> nothingSent(work, "name_unknown");
        };
    }

    private List<Said> nothingSent(Work work, String error) {
        var now = clock.instant();
        return work.claimed().stream()
                .map(each -> new Said(each, now, Duration.ZERO, null, error))
                .toList();
    }

    private List<Said> sendAll(Work work, TargetUrl url, InetAddress address) {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var sending = new ArrayList<Callable<Said>>();
            for (var each : work.claimed()) {
                sending.add(() -> sendOne(each, work.secrets(), url, address));
            }
            var said = new ArrayList<Said>();
            for (var each : threads.invokeAll(sending)) {
                said.add(each.get());
            }
            return said;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while sending", interrupted);
        } catch (ExecutionException failed) {
            throw new IllegalStateException(failed.getCause());
        }
    }

    private Said sendOne(
            Claimed claimed, List<WebhookSecret> secrets, TargetUrl url, InetAddress address) {
        var id = Delivery.webhookId(claimed.id());
        var at = clock.instant();
        var body = claimed.body().getBytes(StandardCharsets.UTF_8);
        var headers =
                Map.of(
                        "content-type",
                        "application/json",
                        "user-agent",
                        "Vintem-Webhooks/1",
                        "webhook-id",
                        id,
                        "webhook-timestamp",
                        Long.toString(at.getEpochSecond()),
                        "webhook-signature",
                        WebhookSecret.header(secrets, id, at, body));
        var start = System.nanoTime();
        var answer = send.send(url, address, headers, body);
        return new Said(claimed, at, Duration.ofNanos(System.nanoTime() - start), answer, null);
    }

    /// @return what of it this node still held
    private List<Settled> settle(Handle tx, UUID id, List<Said> said) {
        var endpoint = endpoints.lock(tx, id);
        if (endpoint.isEmpty()) {
            // It was deleted, and its deliveries with it.
            return List.of();
        }
        var now = clock.instant();
        var settled = said.stream().map(each -> settled(each, now)).toList();
        deliveries.log(tx, settled);
        var held = new HashSet<>(deliveries.settle(tx, settled, now));
        var ours = settled.stream().filter(each -> held.contains(each.claimed().id())).toList();
        deliveries.holdBack(tx, id, ours);
        tellHealth(tx, endpoint.get(), said, now);
        return ours;
    }

    private static Settled settled(Said said, Instant now) {
        var claimed = said.claimed();
        var attempt = attempt(said);
        if (isSuccess(said)) {
            return new Settled(claimed, Delivery.DELIVERED, now, attempt);
        }
        if (claimed.type().equals(EventTypes.TEST)) {
            // Whoever tries an endpoint looks at it now.
            return new Settled(claimed, Delivery.DEAD, now, attempt);
        }
        return RetrySchedule.pauseAfter(claimed.ofSchedule(), askedFor(said))
                .map(pause -> new Settled(claimed, Delivery.WAITING, now.plus(pause), attempt))
                .orElseGet(() -> new Settled(claimed, Delivery.DEAD, now, attempt));
    }

    private static Attempt attempt(Said said) {
        var number = said.claimed().attempt();
        var millis = (int) Math.min(Integer.MAX_VALUE, said.took().toMillis());
        return switch (said.answer()) {
            case Answer.Answered(var status, _, var body) ->
                    new Attempt(number, said.at(), millis, status, null, body);
            case Answer.Silent(var error) ->
                    new Attempt(number, said.at(), millis, null, error, "");
            case null -> new Attempt(number, said.at(), millis, null, said.error(), "");
        };
    }

    private static boolean isSuccess(Said said) {
        return said.answer() instanceof Answer.Answered(var status, _, _)
                && status >= 200
                && status < 300;
    }

    private static Duration askedFor(Said said) {
        return said.answer() instanceof Answer.Answered(var status, var retryAfter, _)
                        && (status == TOO_MANY_REQUESTS || status == UNAVAILABLE)
                ? retryAfter
                : Duration.ZERO;
    }

    private void tellHealth(Handle tx, Endpoint endpoint, List<Said> said, Instant now) {
        var failed = said.stream().filter(each -> !isSuccess(each)).toList();
        if (failed.size() < said.size()) {
            endpoints.succeeded(tx, endpoint.id(), !failed.isEmpty(), now);
        }
        if (failed.isEmpty()) {
            return;
        }
        var failures = failed.size() == said.size() ? endpoint.failures() + 1 : 0;
        var status = endpoint.status();
        if (failed.stream().anyMatch(DeliverWebhooks::isGone)) {
            status = Endpoint.GONE;
            LOG.warnf("endpoint %s answered 410 and is told of nothing more", endpoint.id());
        } else if (failures > 0 && hasFailedFor(endpoint, failingFor, now)) {
            status = Endpoint.FAILING;
            LOG.warnf("endpoint %s has failed for days and is switched off", endpoint.id());
        }
        var asked =
                failed.stream()
                        .map(DeliverWebhooks::askedFor)
                        .reduce(Duration.ZERO, DeliverWebhooks::longer);
        var rest = longer(RetrySchedule.restAfter(failures), RetrySchedule.within(asked));
        if (failures > 0 || !status.equals(endpoint.status()) || rest.isPositive()) {
            endpoints.failed(tx, endpoint.id(), failures, status, now.plus(rest), now);
        }
    }

    private static boolean isGone(Said said) {
        return said.answer() instanceof Answer.Answered(var status, _, _) && status == GONE;
    }

    private static boolean hasFailedFor(Endpoint endpoint, Duration time, Instant now) {
        return endpoint.isEnabled()
                && endpoint.failingSince() != null
                && endpoint.failingSince().plus(time).isBefore(now);
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private static void count(List<Settled> settled) {
        for (var each : settled) {
            var outcome = each.status().equals(Delivery.WAITING) ? "failed" : each.status();
            Metrics.counter(
                            "vintem_webhooks_total",
                            "Attempts to tell other systems, by what came of them",
                            "outcome",
                            outcome)
                    .increment();
        }
    }
}
