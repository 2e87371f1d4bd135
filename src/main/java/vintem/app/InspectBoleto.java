package vintem.app;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import vintem.billing.Banks;
import vintem.billing.Boleto;
import vintem.billing.FreeField;
import vintem.billing.UtilitySlip;
import vintem.platform.Cents;

/// Recognises the bar codes and lines of boletos, and of the slips of utilities and taxes: what
/// they say, and where they are wrong the fields as they stand.
final class InspectBoleto {
    private static final Pattern DIGITS_AND_MASK = Pattern.compile("[0-9.\\s\\u00A0-]{30,200}");

    private static final Pattern MASK = Pattern.compile("[.\\s\\u00A0-]");

    /// Longer than whatever else has only digits.
    private static final int FEWEST_DIGITS = 30;

    private static final int DAYS_OF_ALL_FACTORS = 9_000;

    private static final LocalDate FACTORS_BEGAN_AGAIN = LocalDate.of(2025, 2, 22);

    private InspectBoleto() {}

    static Optional<Inspection> boleto(String text, LocalDate today) {
        if (!DIGITS_AND_MASK.matcher(text).matches()) {
            return Optional.empty();
        }
        var digits = MASK.matcher(text).replaceAll("");
        if (digits.length() < FEWEST_DIGITS) {
            return Optional.empty();
        }
        return Optional.of(
                // No bank's number begins with 8.
                digits.startsWith("8") ? explainSlip(digits) : explainBoleto(digits, today));
    }

    private static Inspection explainBoleto(String digits, LocalDate today) {
        return switch (Boleto.read(digits, today)) {
            case Boleto.Read(var boleto) -> {
                var fields = new LinkedHashMap<String, String>();
                fields.put("written_as", digits.length() == 44 ? "bar_code" : "line");
                explain(boleto, fields);
                yield Inspection.valid("boleto", digits, fields, notes(boleto));
            }
            case Boleto.Wrong(var reasons) ->
                    Inspection.invalid("boleto", standing(digits), sentences(reasons));
        };
    }

    private static void explain(Boleto boleto, Map<String, String> fields) {
        fields.put("bank", boleto.barCode().substring(0, 3));
        Banks.name(boleto.bank()).ifPresent(name -> fields.put("bank_name", name));
        fields.put("currency", String.valueOf(boleto.currency()));
        fields.put("check_digit", boleto.barCode().substring(4, 5));
        fields.put("due_factor", boleto.barCode().substring(5, 9));
        var due = boleto.due();
        if (due != null) {
            fields.put("due", due.toString());
            // The same factor, read in the other round: for who knows that the paper is old.
            var days =
                    due.isBefore(FACTORS_BEGAN_AGAIN) ? DAYS_OF_ALL_FACTORS : -DAYS_OF_ALL_FACTORS;
            fields.put("due_otherwise", due.plusDays(days).toString());
        }
        if (boleto.amountCents() > 0) {
            fields.put("amount", Cents.format(boleto.amountCents()));
            fields.put("amount_cents", String.valueOf(boleto.amountCents()));
        }
        fields.put("free_field", boleto.freeField());
        fields.putAll(FreeField.explain(boleto));
        fields.put("bar_code", boleto.barCode());
        fields.put("line", boleto.printedLine());
    }

    private static List<String> notes(Boleto boleto) {
        var notes = new ArrayList<String>();
        if (boleto.currency() == 0) {
            notes.add("currency: 0 stands in boletos of situação 2, others have 9 (reais)");
        }
        if (boleto.due() == null) {
            notes.add("due_factor: there is no due date");
        }
        if (boleto.amountCents() == 0) {
            notes.add("amount: there is none, the payer says how much");
        }
        return notes;
    }

    /// The fields of what is wrong, as they stand; none where the length tells no fields.
    private static Map<String, String> standing(String digits) {
        var fields = new LinkedHashMap<String, String>();
        switch (digits.length()) {
            case 44 -> {
                fields.put("bank", digits.substring(0, 3));
                fields.put("currency", digits.substring(3, 4));
                fields.put("check_digit", digits.substring(4, 5));
                fields.put("due_factor", digits.substring(5, 9));
                fields.put("amount", digits.substring(9, 19));
                fields.put("free_field", digits.substring(19));
            }
            case 47 -> {
                fields.put("bank", digits.substring(0, 3));
                fields.put("currency", digits.substring(3, 4));
                fields.put("field1", digits.substring(0, 10));
                fields.put("field2", digits.substring(10, 21));
                fields.put("field3", digits.substring(21, 32));
                fields.put("check_digit", digits.substring(32, 33));
                fields.put("due_factor", digits.substring(33, 37));
                fields.put("amount", digits.substring(37));
            }
            default -> {}
        }
        return fields;
    }

    private static Inspection explainSlip(String digits) {
        return switch (UtilitySlip.read(digits)) {
            case UtilitySlip.Read(var slip) -> {
                var fields = new LinkedHashMap<String, String>();
                fields.put("written_as", digits.length() == 44 ? "bar_code" : "line");
                fields.put("segment", slip.segment().name().toLowerCase(Locale.ROOT));
                fields.put("value_type", String.valueOf(slip.valueType()));
                fields.put("check_digit", slip.barCode().substring(3, 4));
                var cents = slip.amountCents();
                if (cents != null) {
                    fields.put("amount", Cents.format(cents));
                    fields.put("amount_cents", String.valueOf(cents));
                }
                fields.put("company", slip.company());
                fields.put("free_field", slip.freeField());
                fields.put("bar_code", slip.barCode());
                fields.put("line", slip.printedLine());
                yield Inspection.valid(
                        "utility_slip",
                        digits,
                        fields,
                        cents == null
                                ? List.of("value_type: the value is no amount in reais")
                                : List.of());
            }
            case UtilitySlip.Wrong(var reasons) ->
                    Inspection.invalid("utility_slip", standingSlip(digits), sentences(reasons));
        };
    }

    private static Map<String, String> standingSlip(String digits) {
        var fields = new LinkedHashMap<String, String>();
        if (digits.length() == 44 || digits.length() == 48) {
            fields.put("segment", digits.substring(1, 2));
            fields.put("value_type", digits.substring(2, 3));
            fields.put("check_digit", digits.substring(3, 4));
        }
        if (digits.length() == 48) {
            for (var block = 0; block < 4; block++) {
                fields.put("block" + (block + 1), digits.substring(12 * block, 12 * block + 12));
            }
        }
        return fields;
    }

    private static List<String> sentences(List<Boleto.Finding> reasons) {
        return reasons.stream().map(Boleto.Finding::toString).toList();
    }
}
