package vintem.cashback;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.List;
import vintem.access.Caller;
import vintem.cashback.MonthTable.Month;
import vintem.platform.Cents;

/// A month's statement as the contract has it. Unlike the listing, which shows each purchase's own
/// rate, the month's rate is that of the month's total, and this is what is credited.
///
/// @param estado `aberto` or `fechado`
/// @param pendente what is owed and not credited yet, of all months
public record StatementBody(
        String mes,
        List<PurchaseBody> compras,
        long comprasTotal,
        BigDecimal totalAprovado,
        String percentual,
        BigDecimal cashback,
        BigDecimal ajustes,
        String estado,
        BigDecimal disponivel,
        BigDecimal aRecuperar,
        BigDecimal pendente) {
    /// One month in a few figures.
    public record Line(
            String mes,
            long compras,
            BigDecimal totalAprovado,
            String percentual,
            BigDecimal cashback,
            BigDecimal creditado) {
        static Line of(Month month, RateBook book) {
            return new Line(
                    text(month.month()),
                    month.purchases(),
                    Cents.toReais(month.approvedCents()),
                    book.of(month.month()).percent(month.approvedCents()),
                    Cents.toReais(month.accruedCents()),
                    Cents.toReais(month.creditedCents()));
        }
    }

    static StatementBody of(Statement.OfMonth it, Caller caller) {
        var month = it.month();
        return new StatementBody(
                text(month.month()),
                it.purchases().stream()
                        .map(each -> PurchaseBody.of(each, it.reseller(), it.rates(), caller))
                        .toList(),
                it.total(),
                Cents.toReais(month.approvedCents()),
                it.rates().of(month.month()).percent(month.approvedCents()),
                Cents.toReais(month.accruedCents()),
                Cents.toReais(it.adjustmentCents()),
                it.closed() ? "fechado" : "aberto",
                Cents.toReais(it.balance().availableCents()),
                Cents.toReais(it.balance().recoverableCents()),
                Cents.toReais(it.balance().pendingCents()));
    }

    private static String text(LocalDate month) {
        return YearMonth.from(month).toString();
    }
}
