package vintem.billing;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import vintem.payments.Payments;
import vintem.platform.Settings;
import vintem.platform.Words;

/// Puts a charge's boleto on paper, with the Pix code beside the bar code as long as both are for
/// the same amount.
@Singleton
class PrintBoleto {
    private final Boletos boletos;
    private final ChargePix chargePix;
    private final Payments payments;
    private final Clock clock;

    @Inject
    PrintBoleto(Boletos boletos, ChargePix chargePix, Payments payments, Clock clock) {
        this.boletos = boletos;
        this.chargePix = chargePix;
        this.payments = payments;
        this.clock = clock;
    }

    /// A PDF of one page; empty where the charge has no boleto.
    Optional<byte[]> print(Charge charge) {
        var issued = charge.boleto();
        return issued == null
                ? Optional.empty()
                : Optional.of(BoletoPdf.render(bill(charge, issued)));
    }

    private BoletoPdf.Bill bill(Charge charge, Charge.Issued issued) {
        return new BoletoPdf.Bill(
                status(charge),
                charge.boletoReason(),
                Settings.mode() == Settings.Mode.SANDBOX,
                new BoletoPdf.Party(payments.receiver(), ""),
                new BoletoPdf.Party(charge.name(), charge.governmentId()),
                boletos.beneficiary(issued.beneficiaryId()),
                issued.number(),
                issued.boleto(),
                charge.debtId(),
                charge.dueDate(),
                Charge.day(issued.at()),
                instructions(charge, issued),
                pix(charge, issued));
    }

    private static List<String> instructions(Charge charge, Charge.Issued issued) {
        var sentences = new ArrayList<>(charge.terms().sentences(Words.PT, charge.dueDate()));
        if (charge.status() == ChargeStatus.PARTIALLY_PAID
                && issued.boleto().amountCents() != charge.debt().openCents()) {
            sentences.addFirst(
                    Words.PT.say(
                            "debtor.boleto.other_amount",
                            Words.PT.money(charge.debt().openCents())));
        }
        return sentences;
    }

    /// A charge that is paid in another way is paid: nobody is to ask for another boleto.
    private static BoletoStatus status(Charge charge) {
        return charge.status() == ChargeStatus.PAID ? BoletoStatus.PAID : charge.boletoStatus();
    }

    /// On paper an amount stays what it is: a code of another amount than the boleto's, because of
    /// late terms, a discount or a part that was paid, has no place beside it.
    private @Nullable String pix(Charge charge, Charge.Issued issued) {
        if (!charge.status().owes()) {
            return null;
        }
        var code = chargePix.codes(List.of(charge.id())).get(charge.id());
        return code == null
                        || code.amountCents() != issued.boleto().amountCents()
                        || charge.owedAt(clock.instant()).lateCents() > 0
                ? null
                : code.copyAndPaste();
    }
}
