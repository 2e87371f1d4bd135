package vintem.papers;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import vintem.platform.Settings;
import vintem.platform.TaxId;

/// A *comprovante*: that money has moved by Pix, said on paper.
///
/// @param title `Comprovante de pagamento por Pix`
/// @param cents what moved
/// @param at when
/// @param status in words, where there is more to say than that it moved
/// @param from who paid, as far as known
/// @param to who was paid
/// @param fields ids and whatever else identifies it, in the order of the paper
/// @param sandbox whether no money moved at all, which is then written across the page
public record Receipt(
        String title,
        long cents,
        Instant at,
        @Nullable String status,
        Party from,
        Party to,
        List<Field> fields,
        boolean sandbox) {
    /// One side of it; what is not known is not there.
    ///
    /// @param taxId masked as banks do: `***.456.789-**`
    /// @param key Pix key, masked
    public record Party(@Nullable String name, @Nullable String taxId, @Nullable String key) {
        public static final Party UNKNOWN = new Party(null, null, null);

        /// The company itself: its name is no secret, and its CNPJ is printed whole.
        public static Party us() {
            return new Party(
                    Settings.text("receiver-name").orElse("Vintém"),
                    Settings.text("receiver-tax-id")
                            .flatMap(TaxId::parse)
                            .map(it -> it instanceof TaxId.Cnpj ? it.formatted() : it.masked())
                            .orElse(null),
                    null);
        }

        boolean isKnown() {
            return name != null || taxId != null || key != null;
        }
    }

    public record Field(String label, String value) {}

    public Receipt {
        fields = List.copyOf(fields);
    }

    /// Fields whose value is there.
    public static List<Field> fields(@Nullable String... labelsAndValues) {
        var fields = new ArrayList<Field>();
        for (var i = 0; i + 1 < labelsAndValues.length; i += 2) {
            var label = labelsAndValues[i];
            var value = labelsAndValues[i + 1];
            if (label != null && value != null) {
                fields.add(new Field(label, value));
            }
        }
        return fields;
    }

    /// A tax id as banks print it; null where there is none, or what stands there is none.
    public static @Nullable String masked(@Nullable String taxId) {
        return TaxId.parse(taxId).map(TaxId::masked).orElse(null);
    }

    /// `Ana Souza` as `A** S****`: for whoever came with nothing but a link.
    public static @Nullable String initials(@Nullable String name) {
        if (name == null) {
            return null;
        }
        var words = new ArrayList<String>();
        for (var word : name.strip().split("\\s+")) {
            if (!word.isEmpty()) {
                var end = word.offsetByCodePoints(0, 1);
                words.add(word.substring(0, end) + "*".repeat(Math.min(6, word.length() - end)));
            }
        }
        return String.join(" ", words);
    }

    /// As an answer to whoever asked for it.
    ///
    /// @param id in the file's name
    public Response asPdf(String id) {
        var name = id.replaceAll("[^A-Za-z0-9_-]", "-");
        return Response.ok(ReceiptPdf.render(this), "application/pdf")
                .header(
                        HttpHeaders.CONTENT_DISPOSITION,
                        "inline; filename=\"comprovante-%s.pdf\"".formatted(name))
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .header("X-Content-Type-Options", "nosniff")
                .build();
    }
}
