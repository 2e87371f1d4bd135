package vintem.app;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import vintem.bank.PixKey;
import vintem.platform.TaxId;

/// Recognises a CPF and a CNPJ, each of which is at the same time a Pix key.
final class InspectTaxId {
    private static final Pattern DIGITS_AND_MASK = Pattern.compile("[0-9./-]{1,25}");

    private InspectTaxId() {}

    static Optional<Inspection> cpf(String text) {
        return TaxId.bare(text)
                .filter(bare -> bare.length() == 11)
                .map(bare -> explainCpf(text, bare));
    }

    static Optional<Inspection> cnpj(String text) {
        return TaxId.bare(text).filter(bare -> bare.length() == 14).map(InspectTaxId::explainCnpj);
    }

    /// Digits that are too few or too many, for want of any better reading.
    static Optional<Inspection> wrongLength(String text) {
        if (!DIGITS_AND_MASK.matcher(text).matches()) {
            return Optional.empty();
        }
        long digits = text.chars().filter(Character::isDigit).count();
        return Optional.of(
                Inspection.invalid(
                        "unknown",
                        "a CPF has 11 digits, 529.982.247-25, and a CNPJ 14, 11.222.333/0001-81;"
                                + " here are "
                                + digits));
    }

    private static Inspection explainCpf(String text, String bare) {
        var fields = new LinkedHashMap<String, String>();
        var problems =
                explainCheckDigits(bare, TaxId.Cpf.checkDigits(bare.substring(0, 9)), fields);
        var hasNoMask = text.equals(bare);
        if (!problems.isEmpty() && hasNoMask && PixKey.parse("+55" + bare).isPresent()) {
            problems.add(
                    "a phone needs +55 in front: an 11-digit number without + is read as a CPF");
        }
        return conclude("cpf", bare, fields, problems);
    }

    private static Inspection explainCnpj(String bare) {
        var fields = new LinkedHashMap<String, String>();
        fields.put("root", bare.substring(0, 8));
        fields.put("branch", bare.substring(8, 12));
        fields.put("alphanumeric", String.valueOf(bare.chars().anyMatch(Character::isLetter)));
        var problems =
                explainCheckDigits(bare, TaxId.Cnpj.checkDigits(bare.substring(0, 12)), fields);
        return conclude("cnpj", bare, fields, problems);
    }

    private static List<String> explainCheckDigits(
            String bare, String expected, Map<String, String> fields) {
        var problems = new ArrayList<String>();
        var actual = bare.substring(bare.length() - 2);
        fields.put("check_digits", actual);
        if (!actual.equals(expected)) {
            fields.put("expected_check_digits", expected);
            problems.add("check digits are %s, should be %s".formatted(actual, expected));
        } else if (TaxId.parse(bare).isEmpty()) {
            problems.add(
                    "all digits are %s: such a number is never issued".formatted(bare.charAt(0)));
        }
        return problems;
    }

    private static Inspection conclude(
            String kind, String bare, Map<String, String> fields, List<String> problems) {
        if (!problems.isEmpty()) {
            return Inspection.invalid(kind, fields, problems);
        }
        var taxId = TaxId.parse(bare).orElseThrow();
        var all = new LinkedHashMap<String, String>();
        all.put("formatted", taxId.formatted());
        all.put("masked", taxId.masked());
        all.putAll(fields);
        all.put("pix_key_kind", kind);
        return Inspection.valid(kind, taxId.value(), all);
    }
}
