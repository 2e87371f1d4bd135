package vintem.webhooks;

import io.quarkus.runtime.Startup;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Turns a host into the one address that is connected to. Looked up and judged once, and then
/// connected to as an address: a name that means something else a moment later gains nothing.
///
/// Made at start, so that a setting that makes no sense is said then.
@Startup
@Singleton
class FindAddress {
    /// Who knows names: the system, or a test.
    @FunctionalInterface
    interface Names {
        List<InetAddress> lookUp(String host) throws UnknownHostException;
    }

    sealed interface Found {
        record At(InetAddress address) implements Found {}

        /// Where nobody may be sent. It does not say where: whoever asks would learn our network.
        record NotAllowed() implements Found {}

        /// No such name, or nobody who knows answers.
        record Unknown() implements Found {}
    }

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int THREADS = 8;

    private final Names names;
    private final AddressRules rules;
    // The system's look-up holds its thread, and a virtual thread would hold one of the few below
    // it, with all that runs there: so it has real ones of its own.
    private final ExecutorService threads =
            Executors.newFixedThreadPool(
                    THREADS, Thread.ofPlatform().daemon().name("webhook-names-", 0).factory());

    @Inject
    FindAddress() {
        this(host -> List.of(InetAddress.getAllByName(host)), AddressRules.fromSettings());
    }

    FindAddress(Names names, AddressRules rules) {
        this.names = names;
        this.rules = rules;
    }

    @PreDestroy
    void stop() {
        threads.shutdownNow();
    }

    /// One address that is not allowed among several refuses the name: nobody has both on purpose.
    Found find(String host) {
        List<InetAddress> addresses;
        var lookUp = threads.submit(() -> names.lookUp(host));
        try {
            addresses = lookUp.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException unknown) {
            lookUp.cancel(true);
            return new Found.Unknown();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return new Found.Unknown();
        }
        if (addresses.isEmpty()) {
            return new Found.Unknown();
        }
        return addresses.stream().allMatch(rules::allows)
                ? new Found.At(addresses.getFirst())
                : new Found.NotAllowed();
    }
}
