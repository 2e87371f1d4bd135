package vintem.app;

import java.util.List;
import java.util.Optional;

/// Explains a text that somebody has at hand: a BR Code, a Pix key, a CPF, a CNPJ.
///
/// It looks at the text alone. Whether a key is registered or a tax id was issued, only the bank
/// and the revenue service know.
final class Inspect {
    private static final int MAX_LENGTH = 4_096;

    /// The first to answer is believed, so the narrow shapes come before the wide ones: eleven
    /// digits are a CPF before they are a phone that lacks its +55, and a BR Code may have the @ of
    /// an e-mail in it.
    private static final List<Recogniser> RECOGNISERS =
            List.of(
                    InspectBrCode::brCode,
                    InspectPixKey::email,
                    InspectPixKey::evp,
                    InspectTaxId::cpf,
                    InspectTaxId::cnpj,
                    InspectPixKey::phone,
                    InspectTaxId::wrongLength);

    private Inspect() {}

    /// One kind of text.
    @FunctionalInterface
    interface Recogniser {
        /// Empty when the text is no attempt at this kind. An attempt that failed is an inspection
        /// with its problems. The text is not blank and has no spaces around it.
        Optional<Inspection> recognise(String text);
    }

    /// Never throws, whatever the text.
    static Inspection inspect(String text) {
        if (text.length() > MAX_LENGTH) {
            return Inspection.invalid(
                    "unknown",
                    "the text has %d characters, and no more than %d are read"
                            .formatted(text.length(), MAX_LENGTH));
        }
        var stripped = text.strip();
        if (stripped.isEmpty()) {
            return Inspection.invalid("unknown", "the text is empty");
        }
        return RECOGNISERS.stream()
                .flatMap(recogniser -> recogniser.recognise(stripped).stream())
                .findFirst()
                .orElseGet(
                        () -> Inspection.invalid("unknown", "this is nothing that Vintém knows"));
    }
}
