package vintem.payments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import vintem.payments.PaymentStates.State;
import vintem.platform.Together;

class LiveStatesTest {
    private final CountDownLatch open = new CountDownLatch(1);
    private final AtomicInteger reading = new AtomicInteger();
    private final AtomicInteger reads = new AtomicInteger();
    private volatile String stored = "active";

    /// A read that takes what is stored, and takes its time.
    private Optional<State> find(UUID paymentId) {
        var state = new State(paymentId, stored, null, false);
        reads.incrementAndGet();
        reading.incrementAndGet();
        Together.await(open);
        reading.decrementAndGet();
        return Optional.of(state);
    }

    @Test
    void few_are_read_at_once_and_all_are_in_the_end() {
        var states = new LiveStates(this::find);
        var answers = new ArrayList<CompletableFuture<Optional<State>>>();
        for (var i = 0; i < 1_000; i++) {
            answers.add(states.read(UUID.randomUUID()));
        }
        Together.until("some are read", () -> reading.get() == 4);
        assertThat(reads.get()).isEqualTo(4);
        open.countDown();
        answers.forEach(answer -> assertThat(answer.join()).isPresent());
        assertThat(reads.get()).isEqualTo(1_000);
    }

    @Test
    void a_read_that_waits_is_shared_and_one_that_has_begun_is_not() {
        var states = new LiveStates(this::find);
        var paymentId = UUID.randomUUID();
        var begun = states.read(paymentId);
        Together.until("it is read", () -> reading.get() == 1);
        for (var i = 0; i < 3; i++) {
            states.read(UUID.randomUUID());
        }
        Together.until("all hands are full", () -> reading.get() == 4);
        stored = "paid";
        var after = new ArrayList<CompletableFuture<Optional<State>>>();
        for (var i = 0; i < 100; i++) {
            after.add(states.read(paymentId));
        }
        open.countDown();
        assertThat(begun.join().orElseThrow().status()).isEqualTo("active");
        after.forEach(answer -> assertThat(answer.join().orElseThrow().status()).isEqualTo("paid"));
        assertThat(reads.get()).isEqualTo(5);
    }

    @Test
    void a_read_that_fails_says_so_and_the_next_is_tried() {
        var states =
                new LiveStates(
                        id -> {
                            if (reads.incrementAndGet() <= 10) {
                                throw new IllegalStateException("the database is away");
                            }
                            return Optional.empty();
                        });
        for (var i = 0; i < 10; i++) {
            assertThatThrownBy(() -> states.read(UUID.randomUUID()).join())
                    .isInstanceOf(CompletionException.class);
        }
        assertThat(states.read(UUID.randomUUID()).join()).isEmpty();
    }
}
