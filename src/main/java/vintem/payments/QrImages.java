package vintem.payments;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import vintem.platform.QrCode;

/// The images of codes: made on request, kept for a while in memory, never files.
@Singleton
class QrImages {
    /// What the name of an image says: which payment, and in which format.
    record Name(UUID paymentId, Format format) {}

    enum Format {
        PNG("image/png"),
        SVG("image/svg+xml");

        private final String type;

        Format(String type) {
            this.type = type;
        }

        String type() {
            return type;
        }
    }

    private record Wanted(String text, Format format) {}

    private static final String PREFIX = "qr_code_payment_";

    // A name is never a path: nothing but this is looked at.
    private static final Pattern NAME =
            Pattern.compile(
                    PREFIX + "([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\\.(png|svg))?");

    private static final int MOST_BYTES = 8 << 20;
    private static final int PIXELS_PER_MODULE = 8;

    private final Cache<Wanted, byte[]> images =
            Caffeine.newBuilder()
                    .maximumWeight(MOST_BYTES)
                    .<Wanted, byte[]>weigher((_, image) -> image.length)
                    .build();

    /// The file name that the contract's `qr_code` gives.
    static String fileName(UUID paymentId) {
        return PREFIX + paymentId;
    }

    /// The name without an ending means PNG.
    static Optional<Name> parse(String name) {
        var found = NAME.matcher(name);
        if (!found.matches()) {
            return Optional.empty();
        }
        var format = "svg".equals(found.group(2)) ? Format.SVG : Format.PNG;
        return Optional.of(new Name(UUID.fromString(found.group(1)), format));
    }

    byte[] image(String text, Format format) {
        return images.get(
                new Wanted(text, format),
                wanted ->
                        switch (wanted.format()) {
                            case PNG -> QrCode.png(wanted.text(), PIXELS_PER_MODULE);
                            case SVG ->
                                    QrCode.svg(wanted.text())
                                            .getBytes(java.nio.charset.StandardCharsets.UTF_8);
                        });
    }
}
