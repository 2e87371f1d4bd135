package vintem.cashback;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/// All rates that were ever decided, as they stand in one transaction: which of them a month has.
///
/// Rates for a month to come never change a month that has begun, so whoever read a moment ago read
/// the same.
final class RateBook {
    /// Reads the book.
    @Singleton
    static class Reader {
        private final RateTable table;
        private volatile RateBook last = new RateBook(List.of());

        @Inject
        Reader(RateTable table) {
            this.table = table;
        }

        /// The book that has so many rates. Rates are never taken back and never changed, so their
        /// number names the book, and a transaction that knows it need not read it again.
        RateBook read(Handle tx, int size) {
            var known = last;
            if (known.oldestFirst.size() == size) {
                return known;
            }
            var book = read(tx);
            last = book;
            return book;
        }

        RateBook read(Handle tx) {
            var brackets = new LinkedHashMap<UUID, List<Rates.Bracket>>();
            var rows = table.all(tx);
            var heads = new LinkedHashMap<UUID, RateTable.Row>();
            for (var row : rows) {
                heads.putIfAbsent(row.id(), row);
                brackets.computeIfAbsent(row.id(), _ -> new ArrayList<>())
                        .add(new Rates.Bracket(row.aboveCents(), row.rateBasisPoints()));
            }
            return new RateBook(
                    heads.values().stream()
                            .map(
                                    it ->
                                            new Rates(
                                                    it.id(),
                                                    it.validFrom(),
                                                    Rounding.of(it.rounding()).orElseThrow(),
                                                    List.copyOf(brackets.get(it.id())),
                                                    it.createdAt(),
                                                    it.createdBy()))
                            .toList());
        }
    }

    private final List<Rates> oldestFirst;

    RateBook(List<Rates> oldestFirst) {
        this.oldestFirst = oldestFirst;
    }

    List<Rates> newestFirst() {
        return oldestFirst.reversed();
    }

    /// The rates of the month that a day is in.
    Rates of(LocalDate day) {
        var month = day.withDayOfMonth(1);
        for (var i = oldestFirst.size() - 1; i >= 0; i--) {
            if (!oldestFirst.get(i).validFrom().isAfter(month)) {
                return oldestFirst.get(i);
            }
        }
        throw new IllegalStateException("no rates are valid in " + month);
    }
}
