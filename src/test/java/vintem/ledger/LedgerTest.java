package vintem.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static vintem.ledger.LedgerWorld.fee;
import static vintem.ledger.LedgerWorld.into;
import static vintem.ledger.LedgerWorld.leg;

import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vintem.ledger.Ledger.Posting;
import vintem.platform.Database;
import vintem.platform.Ids;
import vintem.platform.Together;

/// What the ledger promises, one promise at a time.
class LedgerTest {
    private static final Posting POSTED = new Posting.Posted();
    private static final Posting NO_FUNDS = new Posting.InsufficientFunds(AccountCode.BANK);
    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    private static final int ALL = AccountCode.values().length;
    private static final String UNIQUE_VIOLATION = "23505";

    private LedgerWorld world;

    @BeforeEach
    void empty_books() {
        world = new LedgerWorld();
    }

    @AfterEach
    void closed_books() {
        assertThat(world.refuted()).isEmpty();
        world.close();
    }

    @Test
    void the_chart_in_the_code_is_the_chart_in_the_database() {
        var rows =
                world.read(
                        tx ->
                                tx.createQuery("select * from account order by id")
                                        .map(
                                                (row, _) ->
                                                        "%d %s %s %s %s"
                                                                .formatted(
                                                                        row.getInt("id"),
                                                                        row.getString("code"),
                                                                        row.getString(
                                                                                "normal_side"),
                                                                        row.getObject(
                                                                                "floor_cents"),
                                                                        row.getBoolean("mirrored")))
                                        .list());
        var chart = new ArrayList<String>();
        for (var account : AccountCode.values()) {
            chart.add(
                    "%d %s %s %s %s"
                            .formatted(
                                    account.id(),
                                    account.code(),
                                    account.normalSide().name().toLowerCase(Locale.ROOT),
                                    account.floorCents().orElse(null),
                                    account.mirrored()));
            assertThat(AccountCode.ofId(account.id())).isEqualTo(account);
            assertThat(AccountCode.of(account.code())).contains(account);
        }
        assertThat(rows).isEqualTo(chart);
    }

    @Test
    void every_account_with_a_floor_keeps_an_available_figure_and_no_other_does() {
        var kept = world.test.count("account_available");
        var floors = world.test.count("account where floor_cents is not null");
        var both =
                world.test.count(
                        "account a join account_available v on v.account_id = a.id"
                                + " where a.floor_cents is not null");
        assertThat(List.of(kept, both)).containsOnly(floors);
    }

    @Test
    void a_refused_transfer_leaves_a_later_smaller_one_its_place() {
        world.opensWith(100);
        assertThat(world.post(fee(60), fee(50), fee(40), fee(1)))
                .containsExactly(POSTED, NO_FUNDS, POSTED, NO_FUNDS);
        assertThat(world.bank()).isZero();
        assertThat(world.transfers()).isEqualTo(3);
    }

    @Test
    void an_entry_is_written_whole_or_not_at_all() {
        world.opensWith(100);
        var torn = Ids.next();
        var fits = Ids.next();
        var postings =
                world.post(
                        leg(torn, AccountCode.BANK_FEES, AccountCode.SALES, 5),
                        leg(torn, AccountCode.BANK_FEES, AccountCode.BANK, 101),
                        leg(fits, AccountCode.BANK_FEES, AccountCode.BANK, 130),
                        leg(fits, AccountCode.BANK, AccountCode.SALES, 30));
        assertThat(postings).containsExactly(NO_FUNDS, NO_FUNDS, POSTED, POSTED);
        assertThat(world.bank()).isZero();
        assertThat(world.balance(AccountCode.SALES)).isEqualTo(30);
    }

    @Test
    void money_that_came_in_is_folded_in_when_something_does_not_fit() {
        world.opensWith(100);
        assertThat(world.available()).isZero();
        assertThat(world.post(fee(70))).containsExactly(POSTED);
        assertThat(world.available()).isEqualTo(30);
        world.record(into(AccountCode.BANK, AccountCode.SALES, 50));
        assertThat(world.available()).isEqualTo(30);
        assertThat(world.post(fee(20))).containsExactly(POSTED);
        assertThat(world.available()).isEqualTo(10);
        assertThat(world.post(fee(60))).containsExactly(POSTED);
        assertThat(world.available()).isZero();
        assertThat(world.post(fee(1))).containsExactly(NO_FUNDS);
    }

    @Test
    void money_coming_in_does_not_wait_for_whoever_takes_money_out() {
        world.opensWith(100);
        var taken = new CountDownLatch(1);
        var mayCommit = new CountDownLatch(1);
        var taking =
                Together.beside(
                        () ->
                                world.database.run(
                                        tx -> {
                                            world.ledger.post(tx, List.of(fee(10)));
                                            taken.countDown();
                                            Together.await(mayCommit);
                                        }));
        Together.await(taken, taking);
        world.record(into(AccountCode.BANK, AccountCode.SALES, 50));
        assertThat(taking).isNotDone();
        mayCommit.countDown();
        taking.join();
        assertThat(world.bank()).isEqualTo(140);
    }

    @Test
    void what_has_already_happened_is_recorded_below_the_floor_and_nothing_more_may_be_intended() {
        world.opensWith(100);
        world.post(fee(100));
        world.record(fee(30));
        assertThat(world.bank()).isEqualTo(-30);
        assertThat(world.post(fee(1))).containsExactly(NO_FUNDS);
        world.record(into(AccountCode.BANK, AccountCode.SALES, 31));
        assertThat(world.post(fee(1))).containsExactly(POSTED);
        assertThat(world.bank()).isZero();
    }

    @Test
    void an_entry_that_only_raises_an_account_below_its_floor_is_never_refused() {
        world.record(fee(30));
        assertThat(world.post(fee(5), into(AccountCode.BANK, AccountCode.SALES, 10)))
                .containsExactly(NO_FUNDS, POSTED);
        world.record(into(AccountCode.BANK, AccountCode.OPENING, 20));
    }

    @Test
    void a_list_that_is_run_again_takes_nothing_a_second_time() {
        world.opensWith(100);
        var list = new Transfer[] {fee(60), fee(60), fee(30)};
        assertThat(world.post(list)).containsExactly(POSTED, NO_FUNDS, POSTED);
        assertThat(world.available()).isEqualTo(10);
        assertThat(world.post(list)).containsExactly(POSTED, NO_FUNDS, POSTED);
        assertThat(world.available()).isEqualTo(10);
        assertThat(world.bank()).isEqualTo(10);
        assertThat(world.post(fee(10))).containsExactly(POSTED);
    }

    @Test
    void a_list_that_takes_nothing_from_a_floor_may_be_run_again_too() {
        var list = new Transfer[] {into(AccountCode.BANK, AccountCode.SALES, 100)};
        assertThat(world.post(list)).containsExactly(POSTED);
        assertThat(world.post(list)).containsExactly(POSTED);
        assertThat(world.bank()).isEqualTo(100);
    }

    @Test
    void a_fact_that_is_recorded_twice_fails_the_second_time_and_changes_nothing() {
        world.opensWith(100);
        var list = new Transfer[] {into(AccountCode.BANK, AccountCode.SALES, 100), fee(10)};
        world.record(list);
        assertThat(state(() -> world.record(list))).isEqualTo(UNIQUE_VIOLATION);
        assertThat(world.bank()).isEqualTo(190);
        assertThat(world.available()).isLessThanOrEqualTo(190);
        world.database.run(tx -> world.ledger.recordOnce(tx, List.of(list)));
        assertThat(world.bank()).isEqualTo(190);
        assertThat(world.post(fee(191))).containsExactly(NO_FUNDS);
    }

    @Test
    void a_refusal_that_rolls_back_leaves_neither_transfers_nor_a_lower_figure() {
        world.opensWith(100);
        world.post(fee(1));
        world.database.transaction(
                tx -> Database.rollback(tx, world.ledger.post(tx, List.of(fee(60)))));
        assertThat(world.bank()).isEqualTo(99);
        assertThat(world.available()).isEqualTo(99);
    }

    @Test
    void a_transfer_that_commits_late_is_not_lost_by_a_checkpoint_taken_before() {
        var written = new CountDownLatch(1);
        var mayCommit = new CountDownLatch(1);
        var late =
                Together.beside(
                        () ->
                                world.database.run(
                                        tx -> {
                                            world.ledger.record(
                                                    tx,
                                                    List.of(
                                                            into(
                                                                    AccountCode.BANK,
                                                                    AccountCode.SALES,
                                                                    100)));
                                            written.countDown();
                                            Together.await(mayCommit);
                                        }));
        Together.await(written, late);
        world.record(into(AccountCode.BANK, AccountCode.SALES, 7));
        world.checkpoints.take(1);
        assertThat(world.bank()).isEqualTo(7);
        mayCommit.countDown();
        late.join();
        assertThat(world.bank()).isEqualTo(107);
        world.checkpoints.take(1);
        assertThat(world.bank()).isEqualTo(107);
        assertThat(world.balance(AccountCode.SALES)).isEqualTo(107);
    }

    @Test
    void a_checkpoint_is_taken_where_it_is_worth_it_and_once_at_a_time() {
        world.opensWith(1);
        world.opensWith(2);
        assertThat(world.checkpoints.take(3)).isZero();
        var holds = new CountDownLatch(1);
        var mayEnd = new CountDownLatch(1);
        var other =
                Together.beside(
                        () ->
                                world.database.run(
                                        tx -> {
                                            world.checkpointTable.take(tx, 1_000, 20_000);
                                            holds.countDown();
                                            Together.await(mayEnd);
                                        }));
        Together.await(holds, other);
        assertThat(world.checkpoints.take(1)).isZero();
        mayEnd.countDown();
        other.join();
        assertThat(world.checkpoints.take(2)).isEqualTo(ALL);
        assertThat(world.bank()).isEqualTo(3);
    }

    @Test
    void many_rows_at_once_get_a_checkpoint_for_each_part_of_them() {
        for (var i = 0; i < 10; i++) {
            world.record(
                    into(AccountCode.BANK, AccountCode.SALES, 1),
                    into(AccountCode.BANK, AccountCode.OPENING, 10));
        }
        // Six rows each, and the last two.
        assertThat(world.checkpoints.take(1, 6)).isEqualTo(4 * ALL);
        for (var sum : List.of(33, 66, 99, 110)) {
            assertThat(
                            world.test.count(
                                    """
                                    ledger_checkpoint where account_id = 1 and debit_cents = %d
                                    and credit_cents = 0"""
                                            .formatted(sum)))
                    .as("a checkpoint of %d cents at the bank", sum)
                    .isOne();
        }
        assertThat(world.bank()).isEqualTo(110);
        assertThat(world.refuted()).isEmpty();
        assertThat(world.checkpoints.take(1, 6)).isZero();
    }

    /// It has no index: its rows are looked for between checkpoints.
    @Test
    void what_was_in_transit_is_listed_across_checkpoints_newest_first_and_as_of_a_moment() {
        world.opensWith(100);
        var passed = new ArrayList<UUID>();
        for (var round = 0; round < 6; round++) {
            if (round % 2 == 0) {
                var there = into(AccountCode.IN_TRANSIT, AccountCode.BANK, 3);
                var back = into(AccountCode.BANK, AccountCode.IN_TRANSIT, 1);
                world.record(there, back);
                passed.addFirst(there.id());
                passed.addFirst(back.id());
            }
            for (var i = 0; i < 5; i++) {
                world.record(into(AccountCode.BANK, AccountCode.SALES, 1));
            }
            if (round == 1 || round == 4) {
                world.checkpoints.take(1, 3);
            }
        }
        assertThat(inTransit(null, 100)).containsExactlyElementsOf(passed);
        assertThat(inTransit(null, 3)).containsExactlyElementsOf(passed.subList(0, 3));
        var paged = new ArrayList<UUID>();
        LedgerTables.Place place = null;
        for (var page = rows(place, 1); !page.isEmpty(); page = rows(place, 1)) {
            place = page.getFirst().place();
            paged.add(page.getFirst().id());
        }
        assertThat(paged).isEqualTo(passed);
        var then = rows(null, 100).get(2).recordedAt();
        List<LedgerTables.Row> asOf =
                world.read(
                        tx -> world.tables.statement(tx, AccountCode.IN_TRANSIT, null, then, 100));
        assertThat(asOf)
                .extracting(LedgerTables.Row::id)
                .containsExactlyElementsOf(passed.subList(2, 6));
    }

    private List<UUID> inTransit(LedgerTables.@Nullable Place before, int most) {
        return rows(before, most).stream().map(LedgerTables.Row::id).toList();
    }

    private List<LedgerTables.Row> rows(LedgerTables.@Nullable Place before, int most) {
        return world.read(tx -> world.tables.statement(tx, AccountCode.IN_TRANSIT, before, most));
    }

    @Test
    void a_past_day_is_told_by_the_checkpoints_around_it() {
        for (var day = 9; day > 0; day--) {
            world.test.asOwner(
                    """
                    insert into transfer (id, entry_id, debit_account, credit_account, amount_cents,
                                          kind, subject_id, occurred_at, recorded_at)
                    values (uuidv7(), uuidv7(), 1, 3, %d, 'test', uuidv7(), 'epoch',
                            now() - interval '%d days')"""
                            .formatted(day, day));
            world.checkpoints.take(1);
        }
        for (var day = 9; day > 0; day--) {
            var evening = Instant.now().minus(day, ChronoUnit.DAYS).plus(2, ChronoUnit.HOURS);
            var balances = world.read(tx -> world.ledger.balancesAsOf(tx, evening));
            var upToThen = IntStream.rangeClosed(day, 9).sum();
            assertThat(balances.get(AccountCode.SALES.ordinal()).balanceCents())
                    .as("%d days ago", day)
                    .isEqualTo(upToThen);
        }
        assertThat(world.balance(AccountCode.SALES)).isEqualTo(45);
    }

    @Test
    void books_in_another_server_drop_their_checkpoints_and_take_new_ones() {
        LedgerHome.settleIn(world.test.owner());
        world.opensWith(100);
        world.checkpoints.take(1);
        LedgerHome.settleIn(world.test.owner());
        assertThat(world.test.count("ledger_checkpoint")).isEqualTo(ALL);

        // A checkpoint by the numbers of another server, which covers what it never saw.
        world.test.asOwner("update ledger_home set system_identifier = 1");
        world.test.asOwner(
                """
                update ledger_checkpoint set debit_cents = 7, credit_cents = 7,
                horizon = '9223372036854775807'
                """);
        assertThat(world.bank()).isNotEqualTo(100);
        LedgerHome.settleIn(world.test.owner());
        assertThat(world.test.count("ledger_checkpoint")).isZero();
        assertThat(world.bank()).isEqualTo(100);
        assertThat(world.checkpoints.take(1)).isEqualTo(ALL);
        assertThat(world.bank()).isEqualTo(100);
    }

    @Test
    void the_order_is_that_of_numbers_also_where_a_transaction_has_one_more_digit() {
        for (var xact : List.of(101, 9, 100, 99, 10)) {
            world.test.asOwner(
                    """
                    insert into transfer (id, entry_id, debit_account, credit_account,
                        amount_cents, kind, subject_id, occurred_at, xact_id)
                    select id, id, 1, 2, %d, 'test', '%s', now(), %d
                    from (select uuidv7() as id) one
                    """
                            .formatted(xact, LedgerWorld.SOMEBODY, xact));
        }
        var all = world.read(tx -> world.ledger.transfersOf(tx, LedgerWorld.SOMEBODY));
        assertThat(all.stream().map(Ledger.Recorded::amountCents))
                .containsExactly(9L, 10L, 99L, 100L, 101L);
        var first = world.read(tx -> world.ledger.transfersOf(tx, LedgerWorld.SOMEBODY, null, 3));
        var rest =
                world.read(
                        tx ->
                                world.ledger.transfersOf(
                                        tx, LedgerWorld.SOMEBODY, first.getLast().id(), 3));
        assertThat(first).isEqualTo(all.subList(0, 3));
        assertThat(rest).isEqualTo(all.subList(3, 5));
        var lines = world.read(tx -> world.ledger.statement(tx, AccountCode.BANK, null, 9));
        assertThat(lines.stream().map(StatementLine::balanceCents))
                .containsExactly(319L, 218L, 118L, 19L, 9L);
    }

    @Test
    void as_of_means_when_it_was_recorded_not_when_it_occurred() {
        world.opensWith(100);
        var before = world.one("select clock_timestamp()", Instant.class);
        world.post(fee(30));
        assertThat(asOf(before)).isEqualTo(100);
        assertThat(asOf(before.plusSeconds(60))).isEqualTo(70);
        assertThat(asOf(Instant.parse("2001-01-01T00:00:00Z"))).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "update transfer set amount_cents = 1",
                "update transfer set id = id where false",
                "delete from transfer",
                "truncate transfer"
            })
    void what_is_written_stays_for_the_product_and_for_the_owner(String statement) {
        world.opensWith(100);
        assertThat(state(() -> world.database.run(tx -> tx.execute(statement))))
                .isEqualTo(INSUFFICIENT_PRIVILEGE);
        assertThatThrownBy(() -> world.test.asOwner(statement))
                .hasRootCauseInstanceOf(SQLException.class)
                .hasRootCauseMessage(
                        "ERROR: transfer is append-only: write a new row instead\n"
                                + "  Where: PL/pgSQL function refuse_change() line 3 at RAISE");
        assertThat(world.bank()).isEqualTo(100);
    }

    @ParameterizedTest
    @ValueSource(strings = {"recorded_at", "xact_id"})
    void when_and_in_which_transaction_is_not_the_products_to_say(String column) {
        world.opensWith(100);
        var copy =
                """
                insert into transfer (id, entry_id, debit_account, credit_account, amount_cents,
                                      kind, subject_id, occurred_at, %1$s)
                select uuidv7(), entry_id, debit_account, credit_account, amount_cents,
                       kind, subject_id, occurred_at, %1$s from transfer
                """;
        assertThat(state(() -> world.database.run(tx -> tx.execute(copy.formatted(column)))))
                .isEqualTo(INSUFFICIENT_PRIVILEGE);
        assertThat(world.transfers()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "update account set floor_cents = null",
                "delete from account",
                "insert into account_available values (2, 1)",
                "update ledger_checkpoint set debit_cents = 1",
                "update ledger_home set system_identifier = 1",
                "alter table transfer disable trigger all"
            })
    void the_product_cannot_change_the_rules_of_the_books(String statement) {
        assertThat(state(() -> world.database.run(tx -> tx.execute(statement))))
                .isEqualTo(INSUFFICIENT_PRIVILEGE);
    }

    private long asOf(Instant at) {
        return world.read(tx -> world.ledger.balancesAsOf(tx, at))
                .get(AccountCode.BANK.ordinal())
                .balanceCents();
    }

    private static String state(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException failed) {
            for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
                if (cause instanceof SQLException sql) {
                    return String.valueOf(sql.getSQLState());
                }
            }
            throw failed;
        }
        return "nothing was refused";
    }
}
