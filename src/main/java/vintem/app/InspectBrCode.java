package vintem.app;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import vintem.bank.BrCode;
import vintem.bank.BrCode.Account;
import vintem.bank.PixKey;
import vintem.platform.Cents;

/// Recognises a BR Code, "Pix copia e cola": first what it says, then each field by its path.
final class InspectBrCode {
    /// The longest other text that begins like a code is a random key without its dashes.
    private static final int LONGER_THAN_OTHERS = 36;

    private static final Pattern BEGINNING = Pattern.compile("0002[0-9]{6}");

    private static final String ARRANGEMENT = "0014br.gov.bcb.pix";

    private InspectBrCode() {}

    static Optional<Inspection> brCode(String text) {
        return looksLikeOne(text) ? Optional.of(explain(text)) : Optional.empty();
    }

    private static boolean looksLikeOne(String text) {
        if (PixKey.parse(text).isPresent()) {
            return false;
        }
        return text.toLowerCase(Locale.ROOT).contains(ARRANGEMENT)
                || text.length() > LONGER_THAN_OTHERS
                        && BEGINNING.matcher(text).lookingAt()
                        // Nothing but digits is a bar code.
                        && !text.chars().allMatch(Character::isDigit);
    }

    private static Inspection explain(String text) {
        var fields = new LinkedHashMap<String, String>();
        return switch (BrCode.read(text)) {
            case BrCode.Read(var code, var standing, var expectedCrc, var notes) -> {
                explain(code, fields);
                fields.put("crc", expectedCrc);
                fields.put("expected_crc", expectedCrc);
                fields.putAll(standing);
                yield Inspection.valid("br_code", text, fields, sentences(notes));
            }
            case BrCode.Invalid(var standing, var expectedCrc, var reasons) -> {
                if (expectedCrc != null) {
                    fields.put("crc", text.substring(text.length() - 4));
                    fields.put("expected_crc", expectedCrc);
                }
                fields.putAll(standing);
                yield Inspection.invalid("br_code", fields, sentences(reasons));
            }
        };
    }

    private static void explain(BrCode code, Map<String, String> fields) {
        switch (code.account()) {
            case Account.Key(var key, var description, var facilitator) -> {
                fields.put("type", "static");
                fields.put("pix_key", key.value());
                fields.put("pix_key_kind", key.kind().name().toLowerCase(Locale.ROOT));
                putIfPresent(fields, "description", description);
                putIfPresent(fields, "facilitator_ispb", facilitator);
            }
            case Account.Location(var url, var use) -> {
                fields.put("type", "dynamic");
                fields.put("location", "https://" + url);
                fields.put("use", use.name().toLowerCase(Locale.ROOT));
            }
            case Account.None() -> fields.put("type", "recurrence");
        }
        if (code.recurrence() != null) {
            fields.put("recurrence", "https://" + code.recurrence());
        }
        if (code.amountCents() != null) {
            fields.put("amount", Cents.format(code.amountCents()));
            fields.put("amount_cents", code.amountCents().toString());
        }
        fields.put("name", code.receiver().name());
        fields.put("city", code.receiver().city());
        if (code.txid() != null) {
            fields.put("txid", code.txid().value());
        }
    }

    private static void putIfPresent(
            Map<String, String> fields, String name, @Nullable String value) {
        if (value != null) {
            fields.put(name, value);
        }
    }

    private static List<String> sentences(List<BrCode.Finding> findings) {
        return findings.stream().map(BrCode.Finding::toString).toList();
    }
}
