package vintem.billing;

import jakarta.inject.Singleton;
import java.time.LocalDate;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import vintem.billing.DebtRow.Address;
import vintem.platform.BinaryArray;
import vintem.platform.BinaryCopy;

/// What an import asks of the charges that are there, and what it writes beside its own.
@Singleton
class ImportTable {
    /// A debt that is charged already.
    record Known(
            String name, String governmentId, String email, long amountCents, LocalDate dueDate) {}

    /// Where the debtor of a new charge lives.
    record Home(UUID chargeId, Address address) {}

    private static final String KNOWN =
            """
            select debt_id, name, government_id, email, amount_cents, due_date from charge
            where debt_id = any(:debtIds)
            """;

    private static final String COPY_ADDRESSES =
            """
            copy charge_address (charge_id, address, city, state, zip) from stdin (format binary)
            """;

    /// Those of these debts that are charged already.
    Map<String, Known> known(Handle tx, Collection<String> debtIds) {
        var known = new HashMap<String, Known>();
        if (debtIds.isEmpty()) {
            return known;
        }
        tx.createQuery(KNOWN)
                .bind("debtIds", BinaryArray.texts(debtIds, it -> it))
                .map(
                        (row, _) ->
                                Map.entry(
                                        row.getString("debt_id"),
                                        new Known(
                                                row.getString("name"),
                                                row.getString("government_id"),
                                                row.getString("email"),
                                                row.getLong("amount_cents"),
                                                row.getObject("due_date", LocalDate.class))))
                .forEach(each -> known.put(each.getKey(), each.getValue()));
        return known;
    }

    void addAddresses(Handle tx, List<Home> homes) {
        if (!homes.isEmpty()) {
            BinaryCopy.copy(
                    tx,
                    COPY_ADDRESSES,
                    5,
                    homes,
                    (row, home) ->
                            row.uuid(home.chargeId())
                                    .text(home.address().street())
                                    .text(home.address().city())
                                    .text(home.address().state())
                                    .text(home.address().zip()));
        }
    }
}
