package vintem.payouts;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import vintem.platform.Database;

/// What the sandbox's bank has in its own books about payouts, for tests to count.
@Singleton
class BankStatement {
    private static final String PAYMENTS =
            """
            select p.external_id, count(l.reference) as payments
            from payout p left join simulated_bank.statement_line l
            on l.kind = 'payment' and left(l.reference, 32) = replace(p.id::text, '-', '')
            where p.external_id = any(:ids) group by p.external_id
            """;

    private static final String ORDERS =
            """
            select b.provider_id from payout p join simulated_bank.payment b
            on left(b.provider_id, 32) = replace(p.id::text, '-', '')
            where p.external_id = :id order by b.provider_id
            """;

    private static final String SENT_AGAIN =
            """
            select b.provider_id from payout p join simulated_bank.payment b
            on left(b.provider_id, 32) = replace(p.id::text, '-', '')
            where starts_with(p.external_id, :prefix) and b.times_received > 1
            """;

    private final Database database;

    @Inject
    BankStatement(Database database) {
        this.database = database;
    }

    /// How often the money of each external id has left the account.
    Map<String, Integer> payments(List<String> externalIds) {
        return database.snapshot(
                tx ->
                        tx
                                .createQuery(PAYMENTS)
                                .bindArray("ids", String.class, externalIds)
                                .map(
                                        (row, _) ->
                                                Map.entry(
                                                        row.getString("external_id"),
                                                        row.getInt("payments")))
                                .stream()
                                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    int payments(String externalId) {
        return payments(List.of(externalId)).getOrDefault(externalId, 0);
    }

    /// The provider ids under which the bank heard of a payout.
    List<String> orders(String externalId) {
        return database.snapshot(
                tx -> tx.createQuery(ORDERS).bind("id", externalId).mapTo(String.class).list());
    }

    /// Orders that reached the bank more than once, of the external ids that begin so.
    List<String> sentAgain(String prefix) {
        return database.snapshot(
                tx -> tx.createQuery(SENT_AGAIN).bind("prefix", prefix).mapTo(String.class).list());
    }
}
