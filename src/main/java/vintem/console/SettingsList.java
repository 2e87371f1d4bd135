package vintem.console;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import vintem.platform.Settings;

/// All settings there are, by `.env.example`, which lists them with their defaults.
final class SettingsList {
    /// @param value as it is; `set` or empty of a secret; the default, where there is one, of what
    ///     is not set
    /// @param source `environment`, `started` (by the command line, or made up at the first start),
    ///     or `default`
    public record Line(String name, String value, String source, boolean secret) {
        public boolean isSet() {
            return !source.equals("default");
        }
    }

    private static final Pattern SETTING = Pattern.compile("#?VINTEM_([A-Z0-9_]+)=(.*)");
    private static final Pattern SECRET =
            Pattern.compile(".*(?:PASSWORD|SECRET|TOKEN|HEADERS)(?:_.*)?");
    // What stands before the host of an address may be a password.
    private static final Pattern USER_INFO = Pattern.compile("//[^/@]*@");

    private SettingsList() {}

    static List<Line> now() {
        var lines = new ArrayList<Line>();
        for (var line : example().lines().toList()) {
            var found = SETTING.matcher(line);
            if (found.matches()) {
                lines.add(line(found.group(1), found.group(2)));
            }
        }
        return lines;
    }

    private static Line line(String name, String otherwise) {
        var secret = SECRET.matcher(name).matches();
        var value = Settings.text(name.toLowerCase(Locale.ROOT).replace('_', '-'));
        var source =
                value.isEmpty()
                        ? "default"
                        : System.getenv("VINTEM_" + name) == null ? "started" : "environment";
        var shown = secret ? "" : value.orElse(isAnExample(otherwise) ? "" : otherwise);
        return new Line(
                "VINTEM_" + name, USER_INFO.matcher(shown).replaceAll("//…@"), source, secret);
    }

    /// An address of nobody, to show what one looks like.
    private static boolean isAnExample(String value) {
        return value.contains("example")
                || value.contains("localhost")
                || value.contains("agency=");
    }

    private static String example() {
        try (var in = SettingsList.class.getResourceAsStream("/.env.example")) {
            return new String(
                    Objects.requireNonNull(in, ".env.example").readAllBytes(),
                    StandardCharsets.UTF_8);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
