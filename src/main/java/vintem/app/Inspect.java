package vintem.app;

import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Explains a text that somebody has at hand: a BR Code, a Pix key, a CPF, a CNPJ, a boleto, the
/// slip of a utility.
///
/// It looks at the text alone. Whether a key or a boleto is registered or a tax id was issued, only
/// the bank and the revenue service know.
final class Inspect {
    private static final int MAX_LENGTH = 4_096;

    /// The first to answer is believed, so the narrow shapes come before the wide ones: eleven
    /// digits are a CPF before they are a phone that lacks its +55, and a BR Code may have the @ of
    /// an e-mail in it.
    private static final List<Recogniser> RECOGNISERS =
            List.of(
                    whenever(InspectBrCode::brCode),
                    InspectBoleto::boleto,
                    whenever(InspectPixKey::email),
                    whenever(InspectPixKey::evp),
                    whenever(InspectTaxId::cpf),
                    whenever(InspectTaxId::cnpj),
                    whenever(InspectPixKey::phone),
                    whenever(InspectTaxId::wrongLength));

    private Inspect() {}

    /// One kind of text.
    @FunctionalInterface
    interface Recogniser {
        /// Empty when the text is no attempt at this kind. An attempt that failed is an inspection
        /// with its problems. The text is not blank and has no spaces around it.
        ///
        /// @param today the due date of a boleto is read near it
        Optional<Inspection> recognise(String text, LocalDate today);
    }

    private static Recogniser whenever(Function<String, Optional<Inspection>> recognise) {
        return (text, _) -> recognise.apply(text);
    }

    /// Never throws, whatever the text.
    static Inspection inspect(String text, LocalDate today) {
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
                .flatMap(recogniser -> recogniser.recognise(stripped, today).stream())
                .findFirst()
                .orElseGet(
                        () -> Inspection.invalid("unknown", "this is nothing that Vintém knows"));
    }
}
