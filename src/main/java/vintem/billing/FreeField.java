package vintem.billing;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// What a bank has put into its 25 digits of a bar code, as far as their layout is known here. Each
/// bank has several; where the digits do not tell which, nothing is said.
public final class FreeField {
    private static final Set<String> ITAU_SPECIAL =
            Set.of("106", "107", "122", "142", "143", "195", "196", "198");

    private FreeField() {}

    /// Name to digits, in the order in which to show them: `agency`, `account`, `wallet`,
    /// `nosso_numero`, `beneficiary` …; empty for a bank or a layout that we do not know.
    public static Map<String, String> explain(Boleto boleto) {
        var free = boleto.freeField();
        return switch (boleto.bank()) {
            case 1 -> brasil(free);
            case 33 -> santander(free);
            case 104 -> caixa(free);
            case 237 ->
                    parts(
                            "agency", free.substring(0, 4),
                            "wallet", free.substring(4, 6),
                            "nosso_numero", free.substring(6, 17),
                            "account", free.substring(17, 24));
            case 341 -> itau(free);
            default -> Map.of();
        };
    }

    private static Map<String, String> itau(String free) {
        var wallet = free.substring(0, 3);
        if (ITAU_SPECIAL.contains(wallet)) {
            return parts(
                    "wallet", wallet,
                    "nosso_numero", free.substring(3, 11),
                    "document", free.substring(11, 18),
                    "client", free.substring(18, 23));
        }
        return parts(
                "wallet",
                wallet,
                "nosso_numero",
                free.substring(3, 11) + "-" + free.charAt(11),
                "agency",
                free.substring(12, 16),
                "account",
                free.substring(16, 21) + "-" + free.charAt(21));
    }

    private static Map<String, String> brasil(String free) {
        if (free.startsWith("000000")) {
            return parts("nosso_numero", free.substring(6, 23), "wallet", free.substring(23));
        }
        // With 17 digits of their own behind an agreement of six; other layouts end in a wallet,
        // and there is no wallet 21.
        return free.endsWith("21")
                ? parts("agreement", free.substring(0, 6), "nosso_numero", free.substring(6, 23))
                : parts(
                        "nosso_numero", free.substring(0, 11),
                        "agency", free.substring(11, 15),
                        "account", free.substring(15, 23),
                        "wallet", free.substring(23));
    }

    private static Map<String, String> santander(String free) {
        return free.startsWith("9")
                ? parts(
                        "beneficiary", free.substring(1, 8),
                        "nosso_numero", free.substring(8, 20) + "-" + free.charAt(20),
                        "wallet", free.substring(22))
                : Map.of();
    }

    private static Map<String, String> caixa(String free) {
        // Both check digits of SIGCB are right: that is no chance.
        if (isChecked(free, 6) && isChecked(free, 24)) {
            return parts(
                    "beneficiary", free.substring(0, 6) + "-" + free.charAt(6),
                    "nosso_numero",
                            ""
                                    + free.charAt(10)
                                    + free.charAt(14)
                                    + free.substring(7, 10)
                                    + free.substring(11, 14)
                                    + free.substring(15, 24));
        }
        return free.startsWith("1")
                ? parts("beneficiary", free.substring(1, 7), "nosso_numero", free.substring(7))
                : Map.of();
    }

    private static boolean isChecked(String free, int at) {
        var mod11 = Digits.mod11(free, 0, at, 9);
        return free.charAt(at) - '0' == (mod11 > 9 ? 0 : mod11);
    }

    private static Map<String, String> parts(String... namesAndDigits) {
        var parts = new LinkedHashMap<String, String>();
        for (var i = 0; i < namesAndDigits.length; i += 2) {
            parts.put(namesAndDigits[i], namesAndDigits[i + 1]);
        }
        return parts;
    }
}
