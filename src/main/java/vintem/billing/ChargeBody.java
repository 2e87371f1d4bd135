package vintem.billing;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vintem.platform.Cents;
import vintem.platform.Json;

/// A charge as its creditor sees it: the contract's members in our spelling, its boleto, and
/// what is due today. Amounts are reais with two decimals.
///
/// @param documentValid whether `government_id` is a CPF or CNPJ; it is charged either way
/// @param paidAmount what came in for the principal
/// @param openAmount what is left of the principal
/// @param dueToday what it comes to today, with fine, interest and discount
/// @param lateTerms empty where there are none
/// @param warnings what of the late terms is above the law's limits for consumers
/// @param billed the account that was credited
/// @param boletoDueDate when the bank takes the boleto, beside the debt's own due date
/// @param boletoNumber the nosso número, as printed
/// @param line the 47 digits that people type
/// @param pixCopiaECola today's code, where one has been made
/// @param pageUrl the debtor's page: whoever has the link may see it
@JsonInclude(JsonInclude.Include.ALWAYS)
public record ChargeBody(
        UUID id,
        String debtId,
        @Nullable UUID fileId,
        String name,
        String governmentId,
        boolean documentValid,
        String email,
        BigDecimal debtAmount,
        LocalDate debtDueDate,
        String status,
        BigDecimal paidAmount,
        BigDecimal discountAmount,
        BigDecimal openAmount,
        Owed dueToday,
        String lateTerms,
        List<String> warnings,
        String billed,
        @Nullable Instant paidAt,
        String boletoStatus,
        @Nullable String boletoReason,
        @Nullable String boletoNumber,
        @Nullable LocalDate boletoDueDate,
        @Nullable Instant boletoIssuedAt,
        @Nullable String barCode,
        @Nullable String line,
        @Nullable String printedLine,
        @JsonProperty("pix_copia_e_cola") @Nullable String pixCopiaECola,
        String pageUrl,
        Instant createdAt,
        Instant updatedAt) {

    /// What a charge comes to on a day.
    ///
    /// @param lateOwedAmount late terms of parts that were paid late
    public record Owed(
            BigDecimal principalAmount,
            BigDecimal lateOwedAmount,
            BigDecimal fineAmount,
            BigDecimal interestAmount,
            BigDecimal discountAmount,
            BigDecimal totalAmount,
            long daysLate) {
        static Owed of(Debt.Owed owed) {
            return new Owed(
                    Cents.toReais(owed.principalCents()),
                    Cents.toReais(owed.lateOwedCents()),
                    Cents.toReais(owed.fineCents()),
                    Cents.toReais(owed.interestCents()),
                    Cents.toReais(owed.discountCents()),
                    Cents.toReais(owed.totalCents()),
                    owed.daysLate());
        }

        private static final Owed NOTHING = of(new Debt.Owed(0, 0, 0, 0, 0, 0));
    }

    /// @param printedNumber of the boleto; null where there is none
    /// @param base scheme and host under which we are reached
    static ChargeBody of(
            Charge it,
            @Nullable String printedNumber,
            ChargePix.@Nullable Code pix,
            String base,
            Instant now) {
        var issued = it.boleto();
        var boleto = issued == null ? null : issued.boleto();
        return new ChargeBody(
                it.id(),
                it.debtId(),
                it.fileId(),
                it.name(),
                it.governmentId(),
                it.documentValid(),
                it.email(),
                Cents.toReais(it.amountCents()),
                it.dueDate(),
                it.status().word(),
                Cents.toReais(it.debt().paidCents()),
                Cents.toReais(it.debt().discountCents()),
                Cents.toReais(it.status().owes() ? it.debt().openCents() : 0),
                it.status().owes() ? Owed.of(it.owedAt(now)) : Owed.NOTHING,
                it.terms().text(),
                it.terms().warnings(it.amountCents()),
                it.billed().word(),
                it.paidAt(),
                it.boletoStatus().word(),
                it.boletoReason(),
                printedNumber,
                issued == null ? null : issued.due(),
                issued == null ? null : issued.at(),
                boleto == null ? null : boleto.barCode(),
                boleto == null ? null : boleto.line(),
                boleto == null ? null : boleto.printedLine(),
                pix == null ? null : pix.copyAndPaste(),
                base + DebtorLink.of(it).path(),
                it.createdAt(),
                it.updatedAt());
    }

    byte[] json() {
        return Json.write(this);
    }
}
