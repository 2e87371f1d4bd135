package vintem.payments;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vintem.papers.Receipt;
import vintem.payments.RefundTable.Refund;
import vintem.platform.Cents;
import vintem.platform.Database;
import vintem.platform.Settings;

/// What the receipts of a payment and of its refunds say.
@Singleton
class PaymentReceipts {
    /// Who is going to read it.
    enum Reader {
        /// Somebody with the payer's link: sees no more of the payer's name than its initials.
        LINK,
        /// The company.
        COMPANY
    }

    sealed interface Outcome {
        record Ready(Receipt receipt) implements Outcome {}

        record NotFound() implements Outcome {}

        /// No money has moved yet, or not any more.
        record NothingMoved() implements Outcome {}
    }

    private final PaymentLookupTable lookups;
    private final RefundTable refunds;
    private final Payments payments;
    private final Database database;

    @Inject
    PaymentReceipts(
            PaymentLookupTable lookups, RefundTable refunds, Payments payments, Database database) {
        this.lookups = lookups;
        this.refunds = refunds;
        this.payments = payments;
        this.database = database;
    }

    Outcome payment(UUID id, Reader reader) {
        return database.transaction(tx -> lookups.find(tx, id))
                .map(it -> payment(it, reader))
                .orElseGet(Outcome.NotFound::new);
    }

    Outcome refund(UUID paymentId, String refundId) {
        return database.snapshot(
                tx -> {
                    var payment = lookups.find(tx, paymentId);
                    var refund =
                            refunds.ofPayment(tx, paymentId).stream()
                                    .filter(it -> it.id().toString().equals(refundId))
                                    .findFirst();
                    return payment.isEmpty() || refund.isEmpty()
                            ? new Outcome.NotFound()
                            : refund(payment.get(), refund.get());
                });
    }

    private Outcome payment(Payment it, Reader reader) {
        var cents = it.paidCents();
        var at = it.paidAt();
        if (cents == null || at == null) {
            return new Outcome.NothingMoved();
        }
        var company = reader == Reader.COMPANY;
        return new Outcome.Ready(
                new Receipt(
                        "Comprovante de pagamento por Pix",
                        cents,
                        at,
                        givenBack(it, cents),
                        payer(it, reader),
                        receiver(),
                        Receipt.fields(
                                "ID da transação (endToEndId)",
                                it.endToEndId(),
                                "txid da cobrança",
                                it.txid(),
                                "Descrição",
                                it.description(),
                                "Referência",
                                company ? it.reference() : null,
                                "Nosso número",
                                it.id().toString()),
                        sandbox()));
    }

    private static @Nullable String givenBack(Payment it, long cents) {
        if (it.refundedCents() == 0) {
            return null;
        }
        return it.refundedCents() >= cents
                ? "Este valor foi devolvido."
                : "Deste valor foram devolvidos %s.".formatted(Cents.format(it.refundedCents()));
    }

    private Outcome refund(Payment payment, Refund it) {
        var at = it.endedAt();
        if (at == null || !it.status().equals("done")) {
            return new Outcome.NothingMoved();
        }
        return new Outcome.Ready(
                new Receipt(
                        "Comprovante de devolução de Pix",
                        it.amountCents(),
                        at,
                        it.byBank() ? "Devolvido pelo banco (MED)." : null,
                        receiver(),
                        payer(payment, Reader.COMPANY),
                        Receipt.fields(
                                "ID da transação original",
                                it.endToEndId(),
                                "ID da devolução",
                                it.refundId(),
                                "Motivo",
                                it.description(),
                                "txid da cobrança",
                                payment.txid(),
                                "Nosso número",
                                it.id().toString()),
                        sandbox()));
    }

    private static Receipt.Party payer(Payment it, Reader reader) {
        return new Receipt.Party(
                reader == Reader.COMPANY ? it.payerName() : Receipt.initials(it.payerName()),
                Receipt.masked(it.payerTaxId()),
                null);
    }

    private Receipt.Party receiver() {
        return new Receipt.Party(payments.receiver(), Receipt.Party.us().taxId(), null);
    }

    static Optional<UUID> id(@Nullable String id) {
        return Optional.ofNullable(id).flatMap(PaymentsHttp::parse);
    }

    private static boolean sandbox() {
        return Settings.mode() == Settings.Mode.SANDBOX;
    }
}
