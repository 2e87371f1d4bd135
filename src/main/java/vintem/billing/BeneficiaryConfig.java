package vintem.billing;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import vintem.platform.AsciiDigits;

/// One configuration of a beneficiary, taken apart: what stands behind the bank and its colon.
final class BeneficiaryConfig {
    private static final String ITAU = "341:agency=0057,account=12345,wallet=110";
    private static final String BRADESCO = "237:agency=1172,account=0403005,wallet=09";
    private static final String BRASIL = "001:agreement=1238798,wallet=17";
    private static final String SANTANDER = "033:beneficiary=1234567,wallet=101";
    private static final String CAIXA = "104:beneficiary=123456";

    private final String bank;
    private final String example;
    private final Map<String, String> values = new LinkedHashMap<>();

    private BeneficiaryConfig(String bank, String text, String example, Set<String> names) {
        this.bank = bank;
        this.example = example;
        for (var part : text.split(",", -1)) {
            var equals = part.indexOf('=');
            var name = equals < 0 ? part.strip() : part.substring(0, equals).strip();
            if (equals < 0 || !names.contains(name)) {
                throw wrong("`%s` says nothing here; it is as in %s".formatted(name, example));
            }
            if (values.put(name, part.substring(equals + 1).strip()) != null) {
                throw wrong(name + " stands here twice");
            }
        }
    }

    static Beneficiary read(String config) {
        var colon = config.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException(
                    "a beneficiary is a bank, a colon and what the bank needs, such as " + ITAU);
        }
        var bank = config.substring(0, colon).strip();
        var text = config.substring(colon + 1);
        return switch (bank) {
            case "001" -> brasil(text);
            case "033" -> {
                var given =
                        new BeneficiaryConfig(
                                bank, text, SANTANDER, Set.of("beneficiary", "wallet"));
                yield new Beneficiary.Santander(
                        given.digits("beneficiary", 7), given.digits("wallet", 3));
            }
            case "104" -> {
                var given = new BeneficiaryConfig(bank, text, CAIXA, Set.of("beneficiary", "kind"));
                var kind = given.optional("kind", 2);
                yield new Beneficiary.Caixa(
                        given.digits("beneficiary", 6), kind == null ? "14" : kind);
            }
            case "237" -> {
                var given = withAccount(bank, text, BRADESCO);
                yield new Beneficiary.Bradesco(
                        given.digits("agency", 4),
                        given.digits("account", 7),
                        given.digits("wallet", 2));
            }
            case "341" -> {
                var given = withAccount(bank, text, ITAU);
                yield new Beneficiary.Itau(
                        given.digits("agency", 4),
                        given.digits("account", 5),
                        given.digits("wallet", 3));
            }
            default ->
                    throw new IllegalArgumentException(
                            "boletos are made for the banks 001, 033, 104, 237 and 341, not for `%s`"
                                    .formatted(bank));
        };
    }

    private static Beneficiary brasil(String text) {
        var given =
                new BeneficiaryConfig(
                        "001",
                        text,
                        BRASIL,
                        Set.of("agreement", "wallet", "agency", "account", "digits"));
        var digits = given.optional("digits", 2);
        if (digits != null && !digits.equals("17")) {
            throw given.wrong("digits is 17 or is left out");
        }
        return new Beneficiary.BancoDoBrasil(
                given.asItIs("agreement"),
                given.digits("wallet", 2),
                given.optional("agency", 4),
                given.optional("account", 8),
                digits != null);
    }

    private static BeneficiaryConfig withAccount(String bank, String text, String example) {
        return new BeneficiaryConfig(bank, text, example, Set.of("agency", "account", "wallet"));
    }

    private String digits(String name, int width) {
        var value = optional(name, width);
        if (value == null) {
            throw missing(name);
        }
        return value;
    }

    private @Nullable String optional(String name, int width) {
        var value = values.get(name);
        if (value == null) {
            return null;
        }
        if (value.isEmpty() || value.length() > width || !AsciiDigits.only(value)) {
            throw wrong(
                    "%s has up to %d digits and no check digit, here is `%s`"
                            .formatted(name, width, value));
        }
        return "0".repeat(width - value.length()) + value;
    }

    private String asItIs(String name) {
        var value = values.get(name);
        if (value == null) {
            throw missing(name);
        }
        return value;
    }

    private IllegalArgumentException missing(String name) {
        return wrong("%s is missing; it is as in %s".formatted(name, example));
    }

    private IllegalArgumentException wrong(String sentence) {
        return new IllegalArgumentException(bank + ": " + sentence);
    }
}
