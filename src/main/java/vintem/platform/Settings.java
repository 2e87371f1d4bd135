package vintem.platform;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What can be set from outside, read once where it is needed.
///
/// A setting `data-dir` is the environment variable `VINTEM_DATA_DIR`; the system property
/// `vintem.data-dir`, which tests use, wins over it. The README's table lists all of them.
public final class Settings {
    public enum Mode {
        SANDBOX,
        PRODUCTION
    }

    private Settings() {}

    /// The setting's value, or empty where it is missing or blank.
    public static Optional<String> text(String name) {
        var property = System.getProperty("vintem." + name);
        if (property != null) {
            return Optional.of(property).filter(value -> !value.isBlank());
        }
        var variable = "VINTEM_" + name.toUpperCase(Locale.ROOT).replace('-', '_');
        return Optional.ofNullable(System.getenv(variable)).filter(value -> !value.isBlank());
    }

    /// A whole number, or the given default where the setting is missing.
    ///
    /// @throws IllegalArgumentException where it is not a whole number, in words for the operator
    public static long number(String name, long otherwise) {
        return text(name).map(value -> parse(name, value)).orElse(otherwise);
    }

    /// A duration from a setting whose name ends in its unit, `-millis` or `-seconds`.
    public static Duration duration(String name, Duration otherwise) {
        if (name.endsWith("-millis")) {
            return Duration.ofMillis(number(name, otherwise.toMillis()));
        }
        if (name.endsWith("-seconds")) {
            return Duration.ofSeconds(number(name, otherwise.toSeconds()));
        }
        throw new IllegalArgumentException("the name of a duration ends in its unit: " + name);
    }

    public static boolean flag(String name) {
        return text(name).map(Boolean::parseBoolean).orElse(false);
    }

    public static Mode mode() {
        var value = text("mode").orElse("sandbox");
        return switch (value) {
            case "sandbox" -> Mode.SANDBOX;
            case "production" -> Mode.PRODUCTION;
            default ->
                    throw new IllegalArgumentException(
                            "VINTEM_MODE is `sandbox` or `production`, not `" + value + "`");
        };
    }

    public static Path dataDirectory() {
        return Path.of(text("data-dir").orElse("data")).toAbsolutePath().normalize();
    }

    public static int port() {
        return Math.toIntExact(number("port", 8080));
    }

    public static List<String> list(String name) {
        return text(name).map(value -> List.of(value.trim().split("\\s*,\\s*"))).orElse(List.of());
    }

    private static long parse(String name, String value) {
        try {
            return Long.parseLong(value.trim());
        } catch (NumberFormatException notANumber) {
            throw new IllegalArgumentException(
                    "VINTEM_%s is a whole number, not `%s`"
                            .formatted(name.toUpperCase(Locale.ROOT).replace('-', '_'), value),
                    notANumber);
        }
    }
}
