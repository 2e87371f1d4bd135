package vintem.billing;

import java.util.Map;
import java.util.Optional;

/// The numbers of banks in the clearing, as bills have them.
public final class Banks {
    private static final Map<Integer, String> NAMES =
            Map.ofEntries(
                    Map.entry(1, "Banco do Brasil"),
                    Map.entry(3, "Banco da Amazônia"),
                    Map.entry(4, "Banco do Nordeste"),
                    Map.entry(21, "Banestes"),
                    Map.entry(33, "Santander"),
                    Map.entry(37, "Banpará"),
                    Map.entry(41, "Banrisul"),
                    Map.entry(47, "Banese"),
                    Map.entry(70, "BRB"),
                    Map.entry(77, "Inter"),
                    Map.entry(85, "Ailos"),
                    Map.entry(104, "Caixa"),
                    Map.entry(133, "Cresol"),
                    Map.entry(136, "Unicred"),
                    Map.entry(208, "BTG Pactual"),
                    Map.entry(212, "Banco Original"),
                    Map.entry(218, "BS2"),
                    Map.entry(237, "Bradesco"),
                    Map.entry(246, "ABC Brasil"),
                    Map.entry(260, "Nubank"),
                    Map.entry(290, "PagBank"),
                    Map.entry(318, "BMG"),
                    Map.entry(323, "Mercado Pago"),
                    Map.entry(336, "C6 Bank"),
                    Map.entry(341, "Itaú"),
                    Map.entry(364, "Efí"),
                    Map.entry(380, "PicPay"),
                    Map.entry(389, "Banco Mercantil"),
                    Map.entry(403, "Cora"),
                    Map.entry(422, "Safra"),
                    Map.entry(461, "Asaas"),
                    Map.entry(623, "Banco Pan"),
                    Map.entry(633, "Rendimento"),
                    Map.entry(637, "Sofisa"),
                    Map.entry(655, "BV"),
                    Map.entry(707, "Daycoval"),
                    Map.entry(748, "Sicredi"),
                    Map.entry(756, "Sicoob"));

    private Banks() {}

    /// What people call it; empty for one that is not among the best known.
    public static Optional<String> name(int bank) {
        return Optional.ofNullable(NAMES.get(bank));
    }

    /// As it stands in large letters on a bill, with a check digit: `341-7`.
    public static String printed(int bank) {
        var digits = new Digits(3).put(bank, 3);
        var mod11 = digits.mod11(9);
        return digits + "-" + (mod11 > 9 ? 0 : mod11);
    }
}
