package vintem.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static vintem.ledger.LedgerWorld.SOMEBODY;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import vintem.platform.Ids;

/// Sums by São Paulo day that are kept, and the tail behind them, are those of all transfers.
class DaySumsTest {
    private static final LocalDate MONDAY = LocalDate.of(2026, 3, 2);

    private LedgerWorld world;

    @BeforeEach
    void empty_books() {
        world = new LedgerWorld();
    }

    @AfterEach
    void the_proof_agrees() {
        assertThat(world.refuted()).isEmpty();
        world.close();
    }

    @Test
    void a_day_is_sao_paulos_and_is_the_day_on_which_it_happened() {
        // 23:59 of Monday in São Paulo is Tuesday in UTC.
        record(100, "2026-03-03T02:59:59Z");
        record(20, "2026-03-03T03:00:00Z");
        for (var kept : List.of(false, true)) {
            if (kept) {
                world.checkpoints.addDays();
            }
            assertThat(centsSince(MONDAY, MONDAY)).isEqualTo(100);
            assertThat(centsSince(MONDAY, MONDAY.plusDays(1))).isEqualTo(20);
            assertThat(centsSince(MONDAY.plusDays(1), MONDAY)).isZero();
        }
    }

    @Test
    void what_comes_after_the_sums_is_in_the_tail_and_nothing_is_in_both() {
        record(100, "2026-03-02T12:00:00Z");
        assertThat(world.checkpoints.addDays()).isOne();
        record(11, "2026-03-02T13:00:00Z");
        assertThat(centsSince(MONDAY, MONDAY)).isEqualTo(111);
        world.checkpoints.addDays();
        assertThat(centsSince(MONDAY, MONDAY)).isEqualTo(111);
        assertThat(world.checkpoints.addDays()).isZero();
        assertThat(centsSince(MONDAY, MONDAY)).isEqualTo(111);
    }

    @Test
    void money_that_commits_late_is_not_lost() throws Exception {
        var written = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        var late =
                Thread.ofVirtual()
                        .start(
                                () ->
                                        world.database.run(
                                                tx -> {
                                                    world.ledger.record(
                                                            tx,
                                                            List.of(
                                                                    transfer(
                                                                            7,
                                                                            "2026-03-02T12:00:00Z")));
                                                    written.countDown();
                                                    await(goOn);
                                                }));
        written.await();
        record(100, "2026-03-02T12:00:00Z");
        world.checkpoints.addDays();
        goOn.countDown();
        late.join();
        assertThat(centsSince(MONDAY, MONDAY)).isEqualTo(107);
        world.checkpoints.addDays();
        assertThat(centsSince(MONDAY, MONDAY)).isEqualTo(107);
    }

    @Test
    void another_server_adds_all_days_anew() {
        record(100, "2026-03-02T12:00:00Z");
        world.checkpoints.addDays();
        world.test.asOwner("delete from ledger_home");
        LedgerHome.settleIn(world.test.owner());
        assertThat(world.<Long>one("select count(*) from ledger_day", Long.class)).isZero();
        assertThat(centsSince(MONDAY, MONDAY)).isEqualTo(100);
        world.checkpoints.addDays();
        assertThat(centsSince(MONDAY, MONDAY)).isEqualTo(100);
    }

    @Test
    void the_quick_proof_sees_sums_that_disagree() {
        world.opensWith(500);
        record(100, "2026-03-02T12:00:00Z");
        world.checkpoints.addDays();
        assertThat(world.<QuickProof>read(world.ledger::quickProof).holds()).isTrue();
        world.test.asOwner("update ledger_day set cents = cents + 1");
        var proof = world.<QuickProof>read(world.ledger::quickProof);
        assertThat(proof.agree()).isFalse();
        assertThat(proof.holds()).isFalse();
        assertThat(world.refuted()).anyMatch(each -> each.contains("sums of a day"));
        world.test.asOwner("update ledger_day set cents = cents - 1");
    }

    @Test
    void the_id_of_a_transfer_and_of_its_entry_lead_to_whose_it_is() {
        var transfer = transfer(5, "2026-03-02T12:00:00Z");
        world.record(transfer);
        assertThat(world.<List<UUID>>read(tx -> world.ledger.subjectsOf(tx, transfer.id())))
                .containsExactly(SOMEBODY);
        assertThat(world.<List<UUID>>read(tx -> world.ledger.subjectsOf(tx, transfer.entryId())))
                .containsExactly(SOMEBODY);
        assertThat(world.<List<UUID>>read(tx -> world.ledger.subjectsOf(tx, Ids.next()))).isEmpty();
    }

    private void record(long cents, String at) {
        world.record(transfer(cents, at));
    }

    private static Transfer transfer(long cents, String at) {
        return new Transfer(
                Ids.next(),
                Ids.next(),
                AccountCode.BANK,
                AccountCode.SALES,
                cents,
                "test",
                SOMEBODY,
                Instant.parse(at));
    }

    private long centsSince(LocalDate from, LocalDate day) {
        return world.<List<Ledger.DaySum>>read(tx -> world.ledger.days(tx, from)).stream()
                .filter(each -> each.day().equals(day))
                .mapToLong(Ledger.DaySum::cents)
                .sum();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
