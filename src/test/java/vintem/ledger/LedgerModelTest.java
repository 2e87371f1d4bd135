package vintem.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static vintem.ledger.LedgerWorld.into;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import vintem.ledger.Ledger.Posting;
import vintem.platform.Ids;
import vintem.platform.Together;

/// Random histories, in the ledger and on paper.
class LedgerModelTest {
    private static final List<AccountCode> USED =
            List.of(
                    AccountCode.BANK,
                    AccountCode.BANK,
                    AccountCode.OPENING,
                    AccountCode.SALES,
                    AccountCode.IN_TRANSIT,
                    AccountCode.PAYOUTS,
                    AccountCode.BANK_FEES);

    private final long seed = System.nanoTime();

    @Test
    void random_lists_leave_the_same_books_the_same_refusals_and_the_same_past_as_on_paper() {
        try (var world = new LedgerWorld()) {
            var random = new Random(seed);
            var model = new ModelBooks();
            var lists = new ArrayList<List<Transfer>>();
            var past = new LinkedHashMap<Instant, long[]>();
            var refused = 0;
            for (var round = 0; round < 150; round++) {
                var again = !lists.isEmpty() && random.nextInt(8) == 0;
                var list = again ? lists.get(random.nextInt(lists.size())) : list(random, 900);
                lists.add(list);
                if (!again && random.nextInt(4) == 0) {
                    world.database.run(tx -> world.ledger.record(tx, list));
                    model.record(list);
                } else {
                    var postings = world.database.transaction(tx -> world.ledger.post(tx, list));
                    var posted = postings.stream().map(each -> each instanceof Posting.Posted);
                    var expected = model.post(list);
                    assertThat(posted.toList())
                            .as("seed %d, round %d", seed, round)
                            .isEqualTo(expected);
                    refused += expected.contains(false) ? 1 : 0;
                }
                if (random.nextInt(6) == 0) {
                    world.checkpoints.take(1 + random.nextInt(20), 1 + random.nextInt(10));
                }
                if (random.nextInt(40) == 0) {
                    // As in a database that was restored into another server.
                    world.test.asOwner("update ledger_home set system_identifier = 1");
                    LedgerHome.settleIn(world.test.owner());
                }
                check(world, model);
                past.put(world.one("select clock_timestamp()", Instant.class), model.balances());
            }
            // Otherwise this has shown nothing about floors.
            assertThat(refused).as("seed %d", seed).isGreaterThan(5);
            assertThat(world.transfers()).isEqualTo(model.size());
            checkPast(world, past);
            for (var account : AccountCode.values()) {
                checkStatement(world, model, account, random);
            }
            // Facts may have taken the bank below its floor, of which the audit would speak.
            world.opensWith(10_000_000);
            assertThat(world.refuted()).as("seed %d", seed).isEmpty();
        }
    }

    @Test
    void many_writers_never_cross_a_floor_and_what_was_refused_is_not_written() {
        try (var world = new LedgerWorld()) {
            world.opensWith(20_000);
            var posted = new ConcurrentLinkedQueue<Transfer>();
            var refused = new ConcurrentLinkedQueue<Transfer>();
            var writing = new CountDownLatch(6);
            var seen = new AtomicInteger();
            var works = new ArrayList<Callable<Boolean>>();
            for (var writer = 0; writer < 6; writer++) {
                var random = new Random(seed + writer);
                var intends = writer % 3 != 0;
                works.add(
                        () -> {
                            try {
                                for (var i = 0; i < 20; i++) {
                                    if (intends) {
                                        post(world, list(random, 3_000), posted, refused);
                                    } else {
                                        // Facts that come in; a fact may cross a floor, see below.
                                        var in = into(AccountCode.BANK, AccountCode.SALES, 100);
                                        world.record(in);
                                        posted.add(in);
                                    }
                                }
                            } finally {
                                writing.countDown();
                            }
                            return true;
                        });
            }
            works.add(
                    () -> {
                        while (writing.getCount() > 0) {
                            world.checkpoints.take(1);
                        }
                        return true;
                    });
            works.add(
                    () -> {
                        while (writing.getCount() > 0) {
                            // Floors, conservation, checkpoints, and available as a lower bound, in
                            // one snapshot.
                            assertThat(world.refuted()).as("seed %d", seed).isEmpty();
                            seen.incrementAndGet();
                        }
                        return true;
                    });
            Together.atOnce(works);
            assertThat(seen.get()).isPositive();
            assertThat(refused).as("seed %d", seed).isNotEmpty();
            var there = alreadyThere(world, posted);
            assertThat(there).as("seed %d", seed).hasSize(posted.size());
            assertThat(alreadyThere(world, refused)).as("seed %d", seed).isEmpty();
            var model = new ModelBooks();
            model.record(List.of(into(AccountCode.BANK, AccountCode.OPENING, 20_000)));
            model.record(List.copyOf(posted));
            check(world, model);
            assertThat(world.refuted()).as("seed %d", seed).isEmpty();
        }
    }

    @Test
    void checkpoints_among_writers_and_long_transactions_lose_and_double_nothing() {
        try (var world = new LedgerWorld()) {
            var written = new ConcurrentLinkedQueue<Transfer>();
            var writing = new CountDownLatch(5);
            var taken = new AtomicInteger();
            var works = new ArrayList<Callable<Boolean>>();
            for (var writer = 0; writer < 5; writer++) {
                var random = new Random(seed + writer);
                var slow = writer < 2;
                works.add(
                        () -> {
                            try {
                                for (var i = 0; i < (slow ? 5 : 25); i++) {
                                    var in = into(AccountCode.BANK, AccountCode.SALES, 1 + i);
                                    world.database.run(
                                            tx -> {
                                                world.ledger.record(tx, List.of(in));
                                                if (slow) {
                                                    var checkpoints = taken.get();
                                                    awaitOneMore(writing, taken, checkpoints);
                                                }
                                            });
                                    written.add(in);
                                    if (random.nextInt(5) == 0) {
                                        assertThat(world.bank()).isPositive();
                                    }
                                }
                            } finally {
                                writing.countDown();
                            }
                            return true;
                        });
            }
            works.add(
                    () -> {
                        while (writing.getCount() > 0) {
                            world.checkpoints.take(1);
                            taken.incrementAndGet();
                            assertThat(world.refuted()).isEmpty();
                        }
                        return true;
                    });
            Together.atOnce(works);
            world.checkpoints.take(1);
            var sum = written.stream().mapToLong(Transfer::amountCents).sum();
            assertThat(world.test.count("ledger_checkpoint")).isGreaterThan(2);
            assertThat(world.bank()).isEqualTo(sum);
            assertThat(world.balance(AccountCode.SALES)).isEqualTo(sum);
            assertThat(world.refuted()).isEmpty();
        }
    }

    private static void awaitOneMore(CountDownLatch writing, AtomicInteger taken, int before) {
        Together.until(
                "a checkpoint beside an open transaction",
                () -> taken.get() > before + 1 || writing.getCount() == 0);
    }

    private void post(
            LedgerWorld world,
            List<Transfer> list,
            ConcurrentLinkedQueue<Transfer> posted,
            ConcurrentLinkedQueue<Transfer> refused) {
        var postings = world.database.transaction(tx -> world.ledger.post(tx, list));
        for (var i = 0; i < list.size(); i++) {
            (postings.get(i) instanceof Posting.Posted ? posted : refused).add(list.get(i));
        }
    }

    private static List<UUID> alreadyThere(
            LedgerWorld world, ConcurrentLinkedQueue<Transfer> transfers) {
        var all = List.copyOf(transfers);
        return List.copyOf(world.read(tx -> world.tables.alreadyThere(tx, all)));
    }

    /// One to six entries of one to three legs.
    private static List<Transfer> list(Random random, int most) {
        var list = new ArrayList<Transfer>();
        var entries = 1 + random.nextInt(6);
        for (var entry = 0; entry < entries; entry++) {
            var entryId = Ids.next();
            var legs = 1 + random.nextInt(3);
            for (var leg = 0; leg < legs; leg++) {
                var debit = USED.get(random.nextInt(USED.size()));
                var credit = USED.get(random.nextInt(USED.size()));
                if (debit != credit) {
                    // A big one now and then, for the floor to matter.
                    var upTo = random.nextInt(3) == 0 ? 10 * most : most;
                    // And less comes in than is asked for.
                    var cents = 1 + random.nextInt(debit == AccountCode.BANK ? upTo / 3 : upTo);
                    list.add(LedgerWorld.leg(entryId, debit, credit, cents));
                }
            }
        }
        return list.isEmpty() ? list(random, most) : list;
    }

    private void check(LedgerWorld world, ModelBooks model) {
        var balances = world.read(world.ledger::balances);
        var debits = 0L;
        var credits = 0L;
        for (var balance : balances) {
            assertThat(balance.balanceCents())
                    .as("seed %d, %s", seed, balance.account())
                    .isEqualTo(model.balance(balance.account()));
            debits += balance.debitCents();
            credits += balance.creditCents();
        }
        assertThat(debits).as("seed %d", seed).isEqualTo(credits);
        assertThat(world.available())
                .as("seed %d", seed)
                .isLessThanOrEqualTo(model.balance(AccountCode.BANK));
    }

    private void checkPast(LedgerWorld world, Map<Instant, long[]> past) {
        past.forEach(
                (at, expected) -> {
                    var balances = world.read(tx -> world.ledger.balancesAsOf(tx, at));
                    assertThat(balances.stream().mapToLong(Ledger.Balance::balanceCents))
                            .as("seed %d, as of %s", seed, at)
                            .containsExactly(box(expected));
                });
    }

    private void checkStatement(
            LedgerWorld world, ModelBooks model, AccountCode account, Random random) {
        var lines = new ArrayList<StatementLine>();
        while (true) {
            var last = lines.isEmpty() ? null : lines.getLast();
            var after = last == null ? null : new Ledger.Cursor(last.subjectId(), last.id());
            var most = 1 + random.nextInt(40);
            var page = world.read(tx -> world.ledger.statement(tx, account, after, most));
            lines.addAll(page);
            if (page.size() < most) {
                break;
            }
        }
        var expected = model.of(account);
        var ids = lines.reversed().stream().map(StatementLine::id).toList();
        assertThat(ids).as("seed %d", seed).isEqualTo(expected.stream().map(Transfer::id).toList());
        var balance = 0L;
        for (var i = 0; i < expected.size(); i++) {
            var line = lines.reversed().get(i);
            var transfer = expected.get(i);
            var effect = ModelBooks.effect(transfer, account);
            balance += effect;
            assertThat(line.amountCents()).as("seed %d", seed).isEqualTo(effect);
            assertThat(line.balanceCents()).as("seed %d", seed).isEqualTo(balance);
            var counter = transfer.debit() == account ? transfer.credit() : transfer.debit();
            assertThat(line.counterAccount()).isEqualTo(counter.code());
        }
    }

    private static Long[] box(long[] values) {
        return java.util.Arrays.stream(values).boxed().toArray(Long[]::new);
    }
}
