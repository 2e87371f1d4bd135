package vintem.investments;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import vintem.World;
import vintem.access.Caller;
import vintem.investments.AllocationTable.Allocation;
import vintem.investments.AssetTable.Asset;
import vintem.investments.AssetTable.Split;
import vintem.investments.CaptadoTable.Sums;
import vintem.investments.ClientTable.Client;
import vintem.investments.Windows.Window;
import vintem.platform.Database;
import vintem.platform.Idempotency;
import vintem.platform.Ids;
import vintem.platform.Together;

/// What is kept while everything changes is what a full recomputation gives: by SQL from what was
/// entered, and by a model that knows nothing of SQL.
@QuarkusTest
@QuarkusTestResource(World.class)
class KeptCaptadoTest {
    private static final long SEED = 20261126;
    private static final int OPERATIONS = 2_000;

    @Inject Office office;
    @Inject Captado captado;
    @Inject HistoryTable history;
    @Inject AllocationTable allocations;
    @Inject InvestmentsProof proof;
    @Inject ImportAllocations imports;
    @Inject Database database;

    private final Random random = new Random(SEED);
    private final Model model = new Model();
    private String currency;

    @Test
    void thousands_of_random_changes_are_kept_as_a_full_recomputation_has_them() throws Exception {
        // A currency of this test alone.
        currency = "Q" + (char) ('A' + random.nextInt(26)) + (char) ('A' + random.nextInt(26));
        for (var i = 0; i < 8; i++) {
            model.assets.add(office.asset(i % 4 == 3 ? currency : "BRL"));
        }
        for (var i = 0; i < 12; i++) {
            addClient();
        }
        var month = YearMonth.from(office.today());
        var board = captado.board(month);
        board.look();
        var instants = new TreeMap<Instant, String>();
        for (var i = 1; i <= OPERATIONS; i++) {
            change();
            if (i % 100 == 0) {
                board.look();
                var fresh = captado.board(month);
                fresh.look();
                assertThat(board.frame()).as("after %d changes", i).isEqualTo(fresh.frame());
            }
            if (i % 500 == 0) {
                assertAllIsKept(i);
                var windows = captado.windows(month, null).orElseThrow();
                var now = office.clock.instant();
                instants.put(now, captado.frame(windows, now));
            }
        }
        // What was known then is what was shown then.
        for (var then : instants.entrySet()) {
            var windows = captado.windows(month, then.getKey()).orElseThrow();
            assertThat(mine(captado.frame(windows, then.getKey())))
                    .isEqualTo(mine(then.getValue()));
        }
        assertProven();
    }

    @Test
    void changes_that_happen_at_once_lose_nothing() {
        var asset = office.asset("BRL");
        var ana = office.client("Ana at once");
        var bia = office.client("Bia at once");
        var day = office.today().minusDays(20);
        office.close(asset, "10", day);
        var works = new ArrayList<java.util.concurrent.Callable<Boolean>>();
        for (var i = 0; i < 60; i++) {
            var n = i;
            works.add(
                    () -> {
                        switch (n % 3) {
                            case 0 -> office.buy(n % 2 == 0 ? ana : bia, asset, "3", "7", day);
                            case 1 ->
                                    office.close(
                                            asset, Integer.toString(10 + n), day.plusDays(n / 6));
                            default ->
                                    office.sell(
                                            office.buy(ana, asset, "2", "5", day), "1", "6", day);
                        }
                        return true;
                    });
        }
        Together.atOnce(works);
        assertProven();
        var windows = captado.windows(YearMonth.from(day), null).orElseThrow();
        var sums = office.sums(ana, windows).mensal();
        // Ten of Ana's bought by the first kind, twenty by the third.
        assertThat(sums.captado()).isEqualByComparingTo("410");
        assertThat(sums.sold()).isEqualByComparingTo("120");
    }

    private void assertProven() {
        List<String> wrong = database.snapshot(proof::refute);
        assertThat(wrong).isEmpty();
    }

    private void assertAllIsKept(int changes) {
        var now = office.clock.instant().plusSeconds(1);
        var today = office.today();
        var lots = database.snapshot(tx -> history.wrongLots(tx, now, today));
        assertThat(lots).as("after %d changes", changes).isEmpty();
        var months = database.snapshot(tx -> history.wrongMonths(tx, now, today));
        assertThat(months).as("after %d changes", changes).isEmpty();
        for (var back : List.of(0, 1, 3, 7, 13)) {
            var windows =
                    captado.windows(YearMonth.from(today).minusMonths(back), null).orElseThrow();
            var kept = new HashMap<Long, CaptadoTable.ClientSums>();
            captado.sums(windows, null).forEach(it -> kept.put(it.clientId(), it));
            for (var client : model.clients.values()) {
                if (!model.active.get(client.id())) {
                    assertThat(kept).doesNotContainKey(client.id());
                    continue;
                }
                for (var window : Window.values()) {
                    var span = windows.span(window);
                    assertSame(
                            "after %d changes, client %d, %s of %s"
                                    .formatted(changes, client.id(), window, windows),
                            kept.get(client.id()).of(window),
                            model.sums(client.id(), span.start(), span.end()));
                }
            }
            for (var window : Window.values()) {
                var span = windows.before(window);
                var total =
                        database.transaction(tx -> captado.cards(tx, windows, List.of())).stream()
                                .filter(it -> it.window() == window)
                                .findFirst()
                                .orElseThrow()
                                .before();
                assertThat(total.captado())
                        .as("before %s of %s", window, windows)
                        .isGreaterThanOrEqualTo(model.total(span.start(), span.end()));
            }
        }
    }

    private static void assertSame(String what, Sums kept, Sums expected) {
        assertThat(kept.captado()).as(what).isEqualByComparingTo(expected.captado());
        assertThat(kept.atual()).as(what).isEqualByComparingTo(expected.atual());
        assertThat(kept.sold()).as(what).isEqualByComparingTo(expected.sold());
    }

    private void change() throws Exception {
        switch (random.nextInt(20)) {
            case 0 -> changeStatus();
            case 1, 2 -> correct();
            case 3 -> remove();
            case 4, 5, 6 -> sell();
            case 7, 8, 9, 10 -> close();
            case 11 -> rate();
            case 12 -> split();
            case 13 -> importFile();
            case 14 -> takeSaleBack();
            default -> buy();
        }
    }

    private void addClient() {
        var client = office.client("Client " + model.clients.size());
        model.clients.put(client.id(), client);
        model.active.put(client.id(), true);
    }

    private void changeStatus() {
        var client = any(List.copyOf(model.clients.values()));
        var active = random.nextInt(3) > 0;
        Office.done(
                office.clients.change(
                        Caller.SYSTEM,
                        client.id(),
                        new KeepClients.Change(null, null, active ? "active" : "inactive", null)));
        model.active.put(client.id(), active);
    }

    private void buy() {
        var client = any(List.copyOf(model.clients.values()));
        if (!model.active.get(client.id())) {
            return;
        }
        var asset = any(model.assets);
        var lot = new Lot(client.id(), asset.id(), amount(), price(), day());
        var bought =
                office.buy(client, asset, lot.quantity.toString(), lot.price.toString(), lot.day);
        model.lots.put(bought.id(), lot);
    }

    private void correct() {
        if (model.lots.isEmpty()) {
            return;
        }
        var id = any(List.copyOf(model.lots.keySet()));
        var lot = model.lots.get(id);
        var day = random.nextBoolean() ? null : day();
        var quantity = random.nextBoolean() ? null : amount();
        var price = random.nextBoolean() ? null : price();
        var active = random.nextInt(4) == 0 ? (Boolean) random.nextBoolean() : null;
        var outcome =
                office.allocations.change(
                        Caller.SYSTEM,
                        id,
                        new KeepAllocations.Change(quantity, price, day, active));
        if (outcome instanceof Outcome.Done<Allocation>) {
            lot.quantity = quantity == null ? lot.quantity : quantity;
            lot.price = price == null ? lot.price : price;
            lot.day = day == null ? lot.day : day;
            lot.active = active == null ? lot.active : active;
        }
    }

    private void remove() {
        if (model.lots.isEmpty()) {
            return;
        }
        var id = any(List.copyOf(model.lots.keySet()));
        office.allocations.remove(Caller.SYSTEM, id);
        model.lots.get(id).active = false;
    }

    private void sell() {
        if (model.lots.isEmpty()) {
            return;
        }
        var id = any(List.copyOf(model.lots.keySet()));
        var lot = model.lots.get(id);
        var sale = new Sale(day(), amount().movePointLeft(1), price());
        var outcome =
                office.allocations.sell(
                        Caller.SYSTEM,
                        id,
                        new KeepAllocations.Sale(sale.day, sale.quantity, sale.price),
                        Optional.empty());
        if (outcome instanceof Outcome.Done<Allocation>) {
            lot.sales.add(sale);
        }
    }

    private void takeSaleBack() {
        var sold =
                model.lots.entrySet().stream()
                        .filter(it -> it.getValue().active && !it.getValue().sales.isEmpty())
                        .toList();
        if (sold.isEmpty()) {
            return;
        }
        var one = any(sold);
        var sale = any(one.getValue().sales);
        var id =
                database.transaction(tx -> allocations.sales(tx, one.getKey())).stream()
                        .filter(
                                it ->
                                        it.date().equals(sale.day)
                                                && it.quantity().compareTo(sale.quantity) == 0
                                                && it.price().compareTo(sale.price) == 0)
                        .findFirst()
                        .orElseThrow()
                        .id();
        Office.done(office.allocations.takeBack(Caller.SYSTEM, one.getKey(), id));
        one.getValue().sales.remove(sale);
    }

    private void close() {
        var asset = any(model.assets);
        var day = random.nextBoolean() ? office.today().minusDays(random.nextInt(4)) : day();
        var price = price();
        office.close(asset, price.toString(), day);
        model.closes.computeIfAbsent(asset.id(), _ -> new TreeMap<>()).put(day, price);
    }

    private void rate() {
        var day = day();
        var value = price();
        office.rate(currency, value.toString(), day);
        model.rates.put(day, value);
    }

    private void split() {
        var asset = any(model.assets);
        var day = day();
        var factor = any(List.of(new BigDecimal("2"), new BigDecimal("0.5"), new BigDecimal("4")));
        var splits = model.splits.computeIfAbsent(asset.id(), _ -> new TreeMap<>());
        // Few of them: else prices grow beyond what a division gives exactly.
        if (splits.size() < 3
                && office.assets.split(
                                Caller.SYSTEM, asset.id(), new Split(day, factor), Optional.empty())
                        instanceof Outcome.Done<Split>) {
            splits.put(day, factor);
        }
    }

    private void importFile() throws Exception {
        var text = new StringBuilder("client_id;ticker;quantity;buy_price;buy_date\n");
        var lots = new ArrayList<Lot>();
        var active =
                model.clients.values().stream().filter(it -> model.active.get(it.id())).toList();
        if (active.isEmpty()) {
            return;
        }
        for (var i = 0; i < 3; i++) {
            var client = any(active);
            var asset = any(model.assets);
            var lot = new Lot(client.id(), asset.id(), amount(), price(), day());
            lots.add(lot);
            text.append(
                    "%d;%s;%s;%s;%s\n"
                            .formatted(
                                    client.id(),
                                    asset.ticker(),
                                    lot.quantity.toString().replace('.', ','),
                                    lot.price,
                                    lot.day));
        }
        var bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        var last =
                database.transaction(
                        tx ->
                                tx.createQuery("select coalesce(max(id), 0) from allocation")
                                        .mapTo(Long.class)
                                        .one());
        try (var file = CsvFile.receive(new java.io.ByteArrayInputStream(bytes), "text/csv")) {
            var identity =
                    new Idempotency.Identity(
                            UUID.randomUUID(), "test", UUID.randomUUID().toString());
            var done =
                    Office.done(
                            imports.importAll(
                                    file,
                                    new Idempotency.Request(identity, file.hash(), Ids.next())));
            assertThat(done.allocations()).isEqualTo(3);
        }
        var ids =
                database.transaction(
                        tx ->
                                tx.createQuery(
                                                "select id from allocation where id > :last order by id")
                                        .bind("last", last)
                                        .mapTo(Long.class)
                                        .list());
        for (var i = 0; i < 3; i++) {
            model.lots.put(ids.get(i), lots.get(i));
        }
    }

    /// The lines of the clients of this test.
    private List<String> mine(String frame) throws Exception {
        var lines = new ArrayList<String>();
        for (var line : new com.fasterxml.jackson.databind.ObjectMapper().readTree(frame)) {
            if (model.clients.containsKey(line.get("client_id").asLong())) {
                lines.add(line.toString());
            }
        }
        return lines;
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private BigDecimal amount() {
        return BigDecimal.valueOf(1 + random.nextInt(100_000), random.nextInt(3));
    }

    private BigDecimal price() {
        return BigDecimal.valueOf(1 + random.nextInt(10_000), 2);
    }

    private LocalDate day() {
        return office.today().minusDays(random.nextInt(420));
    }

    private static final class Lot {
        final long client;
        final long asset;
        BigDecimal quantity;
        BigDecimal price;
        LocalDate day;
        boolean active = true;
        final List<Sale> sales = new ArrayList<>();

        Lot(long client, long asset, BigDecimal quantity, BigDecimal price, LocalDate day) {
            this.client = client;
            this.asset = asset;
            this.quantity = quantity;
            this.price = price;
            this.day = day;
        }
    }

    private record Sale(LocalDate day, BigDecimal quantity, BigDecimal price) {}

    /// The definitions of the contract, word by word.
    private final class Model {
        final Map<Long, Client> clients = new TreeMap<>();
        final Map<Long, Boolean> active = new HashMap<>();
        final List<Asset> assets = new ArrayList<>();
        final Map<Long, Lot> lots = new TreeMap<>();
        final Map<Long, TreeMap<LocalDate, BigDecimal>> closes = new HashMap<>();
        final Map<Long, TreeMap<LocalDate, BigDecimal>> splits = new HashMap<>();
        final TreeMap<LocalDate, BigDecimal> rates = new TreeMap<>();

        Sums sums(long client, LocalDate start, LocalDate end) {
            var captado = BigDecimal.ZERO;
            var atual = BigDecimal.ZERO;
            var sold = BigDecimal.ZERO;
            for (var lot : lots.values()) {
                if (lot.client != client || !lot.active) {
                    continue;
                }
                for (var sale : lot.sales) {
                    var proceeds = proceeds(lot, sale);
                    if (proceeds != null && within(sale.day, start, end)) {
                        sold = sold.add(proceeds);
                    }
                }
                if (within(lot.day, start, end) && counts(lot)) {
                    captado = captado.add(cost(lot));
                    atual = atual.add(value(lot));
                }
            }
            return new Sums(captado, atual, sold);
        }

        BigDecimal total(LocalDate start, LocalDate end) {
            return clients.keySet().stream()
                    .filter(active::get)
                    .map(it -> sums(it, start, end).captado())
                    .reduce(BigDecimal.ZERO, BigDecimal::add);
        }

        private boolean counts(Lot lot) {
            return cost(lot) != null
                    && lot.sales.stream().allMatch(sale -> proceeds(lot, sale) != null);
        }

        private BigDecimal cost(Lot lot) {
            var rate = rate(lot.asset, lot.day);
            return rate == null ? null : lot.quantity.multiply(lot.price).multiply(rate);
        }

        private BigDecimal proceeds(Lot lot, Sale sale) {
            var rate = rate(lot.asset, sale.day);
            return rate == null ? null : sale.quantity.multiply(sale.price).multiply(rate);
        }

        private BigDecimal value(Lot lot) {
            var close = closes.getOrDefault(lot.asset, new TreeMap<>()).lastEntry();
            var rate = isReal(lot.asset) ? BigDecimal.ONE : last(rates);
            if (close == null || rate == null) {
                return cost(lot);
            }
            var units = lot.quantity.multiply(factor(lot.asset, lot.day));
            var proceeds = BigDecimal.ZERO;
            for (var sale : lot.sales) {
                units = units.subtract(sale.quantity.multiply(factor(lot.asset, sale.day)));
                proceeds = proceeds.add(proceeds(lot, sale));
            }
            var price = close.getValue().divide(factor(lot.asset, close.getKey())).multiply(rate);
            return units.multiply(price).add(proceeds);
        }

        private BigDecimal factor(long asset, LocalDate after) {
            return splits
                    .getOrDefault(asset, new TreeMap<>())
                    .tailMap(after, false)
                    .values()
                    .stream()
                    .reduce(BigDecimal.ONE, BigDecimal::multiply);
        }

        private BigDecimal rate(long asset, LocalDate day) {
            if (isReal(asset)) {
                return BigDecimal.ONE;
            }
            var known = rates.floorEntry(day);
            return known == null || !known.getKey().isAfter(day.minusDays(8))
                    ? null
                    : known.getValue();
        }

        private boolean isReal(long asset) {
            return assets.stream().anyMatch(it -> it.id() == asset && it.currency().equals("BRL"));
        }

        private static BigDecimal last(TreeMap<LocalDate, BigDecimal> values) {
            return values.isEmpty() ? null : values.lastEntry().getValue();
        }

        private static boolean within(LocalDate day, LocalDate start, LocalDate end) {
            return !day.isBefore(start) && !day.isAfter(end);
        }
    }
}
