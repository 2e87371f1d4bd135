package vintem.payments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import vintem.payments.PaymentStates.State;
import vintem.platform.Together;

class LiveStatesTest {
    private final CountDownLatch open = new CountDownLatch(1);
    private final List<Integer> lists = new CopyOnWriteArrayList<>();
    private final AtomicInteger reading = new AtomicInteger();
    private volatile String stored = "active";

    /// A read that takes what is stored, and takes its time.
    private List<State> find(List<UUID> paymentIds) {
        var states = paymentIds.stream().map(id -> new State(id, stored, null, false)).toList();
        lists.add(paymentIds.size());
        reading.incrementAndGet();
        Together.await(open);
        reading.decrementAndGet();
        return states;
    }

    @Test
    void those_who_ask_at_one_moment_are_answered_together() {
        var states = new LiveStates(this::find);
        var answers = new ArrayList<CompletableFuture<Optional<State>>>();
        answers.add(states.read(UUID.randomUUID()));
        Together.until("the first is read", () -> reading.get() == 1);
        answers.add(states.read(UUID.randomUUID()));
        Together.until("the second is read", () -> reading.get() == 2);
        for (var i = 0; i < 1_000; i++) {
            answers.add(states.read(UUID.randomUUID()));
        }
        assertThat(reading.get()).isEqualTo(2);
        open.countDown();
        answers.forEach(answer -> assertThat(answer.join()).isPresent());
        assertThat(lists).containsExactly(1, 1, 500, 500);
        // And nobody is left who would have to be woken.
        assertThat(states.read(UUID.randomUUID()).join()).isPresent();
    }

    @Test
    void a_read_that_waits_is_shared_and_one_that_has_begun_is_not() {
        var states = new LiveStates(this::find);
        var paymentId = UUID.randomUUID();
        var begun = states.read(paymentId);
        Together.until("it is read", () -> reading.get() == 1);
        states.read(UUID.randomUUID());
        Together.until("all hands are full", () -> reading.get() == 2);
        stored = "paid";
        var after = new ArrayList<CompletableFuture<Optional<State>>>();
        for (var i = 0; i < 100; i++) {
            after.add(states.read(paymentId));
        }
        open.countDown();
        assertThat(begun.join().orElseThrow().status()).isEqualTo("active");
        after.forEach(answer -> assertThat(answer.join().orElseThrow().status()).isEqualTo("paid"));
        assertThat(lists).containsExactly(1, 1, 1);
    }

    @Test
    void what_is_not_there_is_nothing_and_a_read_that_fails_says_so() {
        var tries = new AtomicInteger();
        var states =
                new LiveStates(
                        ids -> {
                            if (tries.incrementAndGet() <= 10) {
                                throw new IllegalStateException("the database is away");
                            }
                            return List.of();
                        });
        for (var i = 0; i < 10; i++) {
            assertThatThrownBy(() -> states.read(UUID.randomUUID()).join())
                    .isInstanceOf(CompletionException.class);
        }
        assertThat(states.read(UUID.randomUUID()).join()).isEmpty();
    }
}
