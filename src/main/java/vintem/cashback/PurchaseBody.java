package vintem.cashback;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vintem.access.Caller;
import vintem.platform.Cents;
import vintem.platform.Json;
import vintem.platform.TaxId;

/// A purchase as the contract has it.
///
/// @param cashback the rate of the single purchase's value, `10%`; what is credited goes by the
///     month's total, see the statement
/// @param motivo why it was rejected, where somebody said so
public record PurchaseBody(
        String codigo,
        BigDecimal valor,
        LocalDate data,
        String status,
        String cashback,
        BigDecimal cashbackValor,
        UUID id,
        Whose revendedor,
        Instant createAt,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String motivo) {
    /// @param cpf masked for everybody but its owner and administrators
    public record Whose(UUID id, @Nullable String fullName, String username, @Nullable String cpf) {
        static Whose of(Reseller reseller, Caller caller) {
            return new Whose(
                    reseller.id(),
                    reseller.fullName(),
                    reseller.userName(),
                    ResellerBody.cpfFor(caller, reseller));
        }

        static Whose of(ResellerTable.Buyer buyer, Caller caller) {
            return new Whose(
                    buyer.id(),
                    buyer.fullName(),
                    buyer.userName(),
                    ResellerBody.seesAllOf(caller, buyer.id())
                            ? buyer.cpf()
                            : new TaxId.Cpf(buyer.cpf()).masked());
        }
    }

    static PurchaseBody of(Purchase purchase, Reseller reseller, RateBook book, Caller caller) {
        return of(purchase, Whose.of(reseller, caller), book);
    }

    static PurchaseBody of(
            Purchase purchase, ResellerTable.Buyer buyer, RateBook book, Caller caller) {
        return of(purchase, Whose.of(buyer, caller), book);
    }

    private static PurchaseBody of(Purchase purchase, Whose whose, RateBook book) {
        var rates = book.of(purchase.boughtOn());
        return new PurchaseBody(
                purchase.code(),
                Cents.toReais(purchase.amountCents()),
                purchase.boughtOn(),
                purchase.status().label(),
                rates.percent(purchase.amountCents()),
                Cents.toReais(rates.cashbackCents(purchase.amountCents())),
                purchase.id(),
                whose,
                purchase.createdAt(),
                purchase.reason());
    }

    byte[] json() {
        return Json.write(this);
    }
}
