package vintem.billing;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import vintem.billing.ChargesHttp.ChargeDetails;
import vintem.billing.ChargesHttp.FormerBoleto;
import vintem.billing.ChargesHttp.PixLine;
import vintem.billing.ChargesHttp.RefundLine;
import vintem.ledger.Ledger;
import vintem.payments.Payment;
import vintem.payments.Payments;
import vintem.platform.Cents;
import vintem.platform.Database;

/// Puts together all that is known of one charge, as of one moment.
@Singleton
class ReadCharge {
    private final Database database;
    private final ChargeLookupTable lookups;
    private final SettlementTable settlements;
    private final ChargeRefundTable refunds;
    private final ChargePixTable codes;
    private final Payments payments;
    private final Ledger ledger;
    private final ChargeAnswers answers;
    private final Clock clock;

    @Inject
    ReadCharge(
            Database database,
            ChargeLookupTable lookups,
            SettlementTable settlements,
            ChargeRefundTable refunds,
            ChargePixTable codes,
            Payments payments,
            Ledger ledger,
            ChargeAnswers answers,
            Clock clock) {
        this.database = database;
        this.lookups = lookups;
        this.settlements = settlements;
        this.refunds = refunds;
        this.codes = codes;
        this.payments = payments;
        this.ledger = ledger;
        this.answers = answers;
        this.clock = clock;
    }

    Optional<Charge> find(UUID id) {
        return database.transaction(tx -> lookups.find(tx, id));
    }

    /// @param base scheme and host under which we are reached
    Optional<ChargeDetails> details(UUID id, String base) {
        return database.snapshot(tx -> lookups.find(tx, id).map(it -> details(tx, it, base)));
    }

    private ChargeDetails details(Handle tx, Charge charge, String base) {
        var now = clock.instant();
        var made = codes.ofCharge(tx, charge.id());
        var found =
                payments
                        .find(tx, made.stream().map(ChargePixTable.Code::paymentId).toList())
                        .stream()
                        .collect(Collectors.toMap(Payment::id, Function.identity()));
        var pix =
                made.stream()
                        .map(
                                it ->
                                        new PixLine(
                                                it.paymentId(),
                                                Cents.toReais(it.amountCents()),
                                                Objects.requireNonNull(found.get(it.paymentId()))
                                                        .statusAt(now),
                                                it.createdAt()))
                        .toList();
        var shown =
                found.values().stream()
                        .filter(it -> it.statusAt(now).equals("active"))
                        .map(it -> ChargePix.code(charge.id(), it))
                        .findFirst()
                        .orElse(null);
        return new ChargeDetails(
                answers.body(charge, shown, base, now),
                settlements.ofCharge(tx, charge.id()).stream()
                        .map(SettlementsHttp.SettlementLine::of)
                        .toList(),
                refunds.ofCharge(tx, charge.id()).stream().map(RefundLine::of).toList(),
                Cents.toReais(refunds.creditCents(tx, charge.id())),
                ledger.transfersOf(tx, charge.id()),
                lookups.emails(tx, charge.id()),
                lookups.former(tx, charge.id()).stream().map(this::former).toList(),
                pix);
    }

    private FormerBoleto former(ChargeLookupTable.Former it) {
        return new FormerBoleto(
                answers.printedNumber(it.beneficiaryId(), it.number()),
                it.due(),
                Cents.toReais(it.boleto().amountCents()),
                it.boleto().line(),
                it.status().word(),
                it.issuedAt(),
                it.replacedAt());
    }
}
