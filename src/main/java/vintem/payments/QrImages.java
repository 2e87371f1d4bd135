package vintem.payments;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
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
    private final AtomicLong erasures = new AtomicLong();

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

    /// @param text reads the code, empty where there is none. It is read in here, so that a text
    ///     that was read before somebody was forgotten is not kept afterwards
    Optional<byte[]> image(Supplier<Optional<String>> text, Format format) {
        var before = erasures.get();
        return text.get().map(it -> image(new Wanted(it, format), before));
    }

    private byte[] image(Wanted wanted, long before) {
        var image = images.get(wanted, QrImages::draw);
        if (erasures.get() != before) {
            images.invalidate(wanted);
        }
        return image;
    }

    /// Codes carry what was written to a payer, and somebody was forgotten: all of them go.
    void forget() {
        erasures.incrementAndGet();
        images.invalidateAll();
    }

    /// How many are kept.
    int kept() {
        return images.asMap().size();
    }

    private static byte[] draw(Wanted wanted) {
        return switch (wanted.format()) {
            case PNG -> QrCode.png(wanted.text(), PIXELS_PER_MODULE);
            case SVG -> QrCode.svg(wanted.text()).getBytes(StandardCharsets.UTF_8);
        };
    }
}
