package vintem.payouts;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.UUID;
import vintem.bank.PixKey;
import vintem.papers.Receipt;
import vintem.payouts.PayoutLookupTable.Attempt;
import vintem.payouts.PayoutLookupTable.Payout;
import vintem.platform.Database;
import vintem.platform.Settings;

/// What the receipt of a payout says.
@Singleton
class PayoutReceipts {
    sealed interface Outcome {
        /// @param payoutId whose it is
        record Ready(UUID payoutId, Receipt receipt) implements Outcome {}

        record NotFound() implements Outcome {}

        /// Nothing was paid.
        record NothingMoved() implements Outcome {}
    }

    private final PayoutLookupTable lookups;
    private final Database database;

    @Inject
    PayoutReceipts(PayoutLookupTable lookups, Database database) {
        this.lookups = lookups;
        this.database = database;
    }

    Outcome find(String externalId) {
        return database.snapshot(
                tx ->
                        lookups.find(tx, externalId)
                                .map(it -> of(it, paid(lookups.attempts(tx, it.id()))))
                                .orElseGet(Outcome.NotFound::new));
    }

    private static Optional<Attempt> paid(java.util.List<Attempt> attempts) {
        return attempts.stream().filter(it -> "paid".equals(it.outcome())).findFirst();
    }

    private static Outcome of(Payout it, Optional<Attempt> paid) {
        if (paid.isEmpty() || paid.get().endedAt() == null) {
            return new Outcome.NothingMoved();
        }
        var key = PixKey.parse(paid.get().pixKey());
        return new Outcome.Ready(
                it.id(),
                new Receipt(
                        "Comprovante de transferência por Pix",
                        it.amountCents(),
                        paid.get().endedAt(),
                        it.status().equals("returned")
                                ? "O banco de quem recebeu devolveu este valor."
                                : null,
                        Receipt.Party.us(),
                        new Receipt.Party(
                                null,
                                Receipt.masked(it.taxId()),
                                key.map(PixKey::masked).orElse(null)),
                        Receipt.fields(
                                "ID da transação (endToEndId)",
                                paid.get().endToEndId(),
                                "Identificador no banco",
                                paid.get().providerId(),
                                "external_id",
                                it.externalId(),
                                "Descrição",
                                it.description(),
                                "Nosso número",
                                it.id().toString()),
                        Settings.mode() == Settings.Mode.SANDBOX));
    }
}
