package vintem.bench;

import static vintem.bench.Printout.number;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import vintem.ledger.AccountCode;
import vintem.ledger.Ledger;
import vintem.ledger.Ledger.Posting;
import vintem.ledger.LedgerHome;
import vintem.ledger.LedgerProof;
import vintem.ledger.Transfer;
import vintem.platform.Coalescer;
import vintem.platform.Database;
import vintem.platform.EmbeddedPostgres;
import vintem.platform.EmbeddedPostgres.Address;
import vintem.platform.Ids;
import vintem.platform.Migrations;
import vintem.platform.Pool;

/// Transfers in this very process: single ones gathered by a [Coalescer], and lists of 1,000. Half
/// of them touch `bank`, the account with a floor, a quarter lower it.
final class LedgerBench implements Benchmark {
    private static final int LIST = 1_000;
    private static final int CALLERS = 1_000;
    private static final int CONNECTIONS = 32;
    private static final long OPENING_CENTS = 100_000_000_000_000L;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private record Pair(AccountCode debit, AccountCode credit) {}

    private static final List<Pair> MIX =
            List.of(
                    new Pair(AccountCode.IN_TRANSIT, AccountCode.BANK),
                    new Pair(AccountCode.BANK, AccountCode.SALES),
                    new Pair(AccountCode.PAYOUTS, AccountCode.IN_TRANSIT),
                    new Pair(AccountCode.RECEIVABLE, AccountCode.BILLED));

    private final AtomicInteger made = new AtomicInteger();
    private final LongAdder posted = new LongAdder();
    private final LongAdder rawPosted = new LongAdder();
    // What each account should have gained on its debit side, less its credit side.
    private final Map<AccountCode, LongAdder> expected = new EnumMap<>(AccountCode.class);
    private final Ledger ledger;
    private final LedgerProof proof;

    LedgerBench() {
        ledger = Ledger.standalone();
        proof = ledger.proof();
        for (var account : AccountCode.values()) {
            expected.put(account, new LongAdder());
        }
    }

    @Override
    public String name() {
        return "ledger";
    }

    @Override
    public boolean run(Printout out, Effort effort)
            throws IOException, SQLException, InterruptedException, ExecutionException {
        try (var scratch = Scratch.create()) {
            var data = scratch.directory().resolve("data");
            var address = scratch.keep(EmbeddedPostgres.start(data, Map.of())).address();
            Migrations.run(address);
            LedgerHome.settleIn(address);
            var time = Duration.ofMillis(effort.of(6_000, 4_000, 500));
            try (var observer = address.connect();
                    var pool = Pool.open(address)) {
                out.hardware(observer);
                RawLedgerTables.create(observer);
                var database = new Database(pool);
                open(database);
                singles(out, database, address, time);
                lists(out, database, address, time);
                return proof(out, database, observer);
            }
        }
    }

    private void open(Database database) {
        var opening =
                Transfer.of(
                        AccountCode.BANK,
                        AccountCode.OPENING,
                        OPENING_CENTS,
                        "opening",
                        Ids.next(),
                        Instant.now());
        database.run(tx -> ledger.record(tx, List.of(opening)));
        note(opening);
    }

    private void singles(Printout out, Database database, Address address, Duration time)
            throws SQLException, InterruptedException, ExecutionException {
        var connections = new ArrayList<Connection>();
        try {
            var raw = new ArrayList<RawLedgerTables>();
            for (var i = 0; i < CONNECTIONS; i++) {
                connections.add(address.connect());
                raw.add(new RawLedgerTables(connections.get(i)));
            }
            Callers.Work rowByRow =
                    caller -> {
                        raw.get(caller).postOne(next());
                        rawPosted.increment();
                    };
            try (var coalescer =
                    new Coalescer<Transfer, Posting>(
                            "bench", database, Coalescer.Limits.USUAL, ledger::post)) {
                Callers.Work coalesced = _ -> postOne(coalescer);
                Callers.measure(CALLERS, time.dividedBy(2), coalesced);
                Callers.measure(CONNECTIONS, time.dividedBy(4), rowByRow);
                var singles = Callers.measure(CALLERS, time, coalesced);
                var rows = Callers.measure(CONNECTIONS, time, rowByRow);
                out.table(
                        columns("single transfers"),
                        List.of(
                                row("coalescer, 1,000 callers", singles),
                                row("raw SQL row by row, 32 connections", rows)));
                out.say("product / raw SQL: %.1f", singles.perSecond() / rows.perSecond());
                out.measured(
                        Bar.SINGLE_TRANSFERS,
                        singles.perSecond(),
                        singles.perSecond() / rows.perSecond());
            }
        } finally {
            for (var connection : connections) {
                connection.close();
            }
        }
    }

    private void lists(Printout out, Database database, Address address, Duration time)
            throws SQLException, InterruptedException, ExecutionException {
        try (var first = address.connect();
                var second = address.connect()) {
            var raw = List.of(new RawLedgerTables(first), new RawLedgerTables(second));
            Callers.Work rawLists =
                    caller -> {
                        raw.get(caller).postList(nextList());
                        rawPosted.add(LIST);
                    };
            Callers.Work lists = _ -> postList(database);
            Callers.measure(1, time.dividedBy(3), lists);
            Callers.measure(1, time.dividedBy(3), rawLists);
            var rows = new ArrayList<List<String>>();
            var best = 0.0;
            var rawBest = 0.0;
            for (var callers : List.of(1, 2)) {
                var product = Callers.measure(callers, time, lists);
                var limit = Callers.measure(callers, time, rawLists);
                rows.add(row("lists of 1,000, " + callers + " at once", scaled(product)));
                rows.add(row("raw SQL, " + callers + " at once", scaled(limit)));
                out.say(
                        "%d at once, product / raw SQL: %.2f",
                        callers, product.perSecond() / limit.perSecond());
                best = Math.max(best, product.perSecond() * LIST);
                rawBest = Math.max(rawBest, limit.perSecond() * LIST);
            }
            out.table(columns("transfers in lists"), rows);
            out.say("best product / best raw SQL: %.2f", best / rawBest);
            out.measured(Bar.TRANSFERS_IN_LISTS, best, best / rawBest);
        }
    }

    private boolean proof(Printout out, Database database, Connection observer)
            throws SQLException {
        var wrong = new ArrayList<>(database.<List<String>>snapshot(proof::refute));
        var debits = 0L;
        for (var balance : database.<List<Ledger.Balance>>snapshot(ledger::balances)) {
            var is = balance.debitCents() - balance.creditCents();
            var shouldBe = expected.get(balance.account()).sum();
            debits += balance.debitCents();
            if (is != shouldBe) {
                wrong.add("%s holds %d, not %d".formatted(balance.account(), is, shouldBe));
            }
        }
        var raw = RawLedgerTables.count(observer);
        if (raw != rawPosted.sum()) {
            wrong.add("raw rows: %d, not %d".formatted(raw, rawPosted.sum()));
        }
        out.say(
                "%,d transfers of %s cents: %s",
                posted.sum(),
                number(debits),
                wrong.isEmpty() ? "%s, every balance as expected".formatted(proof.claim()) : "");
        wrong.forEach(each -> out.say("WRONG: %s", each));
        return wrong.isEmpty();
    }

    private void postOne(Coalescer<Transfer, Posting> coalescer) {
        var transfer = next();
        accepted(transfer, coalescer.call(transfer, PATIENCE));
    }

    private void postList(Database database) {
        var list = nextList();
        var postings = database.transaction(tx -> ledger.post(tx, list));
        for (var i = 0; i < LIST; i++) {
            accepted(list.get(i), postings.get(i));
        }
    }

    private void accepted(Transfer transfer, Posting posting) {
        switch (posting) {
            case Posting.Posted() -> note(transfer);
            case Posting.InsufficientFunds(var account) ->
                    throw new IllegalStateException("there was enough on " + account);
        }
    }

    private void note(Transfer transfer) {
        posted.increment();
        expected.get(transfer.debit()).add(transfer.amountCents());
        expected.get(transfer.credit()).add(-transfer.amountCents());
    }

    private Transfer next() {
        var number = made.getAndIncrement();
        var pair = MIX.get(Math.floorMod(number, MIX.size()));
        return Transfer.of(
                pair.debit(),
                pair.credit(),
                1 + Math.floorMod(number, 1_000),
                "bench",
                Ids.next(),
                Instant.now());
    }

    private List<Transfer> nextList() {
        var list = new ArrayList<Transfer>(LIST);
        for (var i = 0; i < LIST; i++) {
            list.add(next());
        }
        return list;
    }

    private static Callers.Measured scaled(Callers.Measured lists) {
        return new Callers.Measured(lists.micros(), lists.perSecond() * LIST);
    }

    private static List<String> columns(String first) {
        var columns = new ArrayList<>(List.of(first));
        columns.addAll(Callers.COLUMNS);
        return columns;
    }

    private static List<String> row(String name, Callers.Measured measured) {
        var row = new ArrayList<>(List.of(name));
        row.addAll(measured.cells());
        return row;
    }
}
