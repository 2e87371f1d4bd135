package vintem.billing;

import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;

/// A name as it is looked for: in lower case, without accents, with single spaces. Who types *jose*
/// finds *José*.
///
/// It is made here and stored: `lower()` of PostgreSQL, in an index of an expression, costs as much
/// as all else that the index does.
final class NameKey {
    private static final Pattern MARKS = Pattern.compile("\\p{M}+");
    private static final Pattern SPACES = Pattern.compile("\\s+");

    private NameKey() {}

    static String of(String name) {
        return isPlain(name)
                ? name.toLowerCase(Locale.ROOT)
                : SPACES.matcher(
                                MARKS.matcher(Normalizer.normalize(name, Normalizer.Form.NFD))
                                        .replaceAll(""))
                        .replaceAll(" ")
                        .strip()
                        .toLowerCase(Locale.ROOT);
    }

    /// As nearly all of them are: nothing but ASCII, and no two spaces in a row.
    private static boolean isPlain(String name) {
        var wasSpace = true;
        for (var i = 0; i < name.length(); i++) {
            var it = name.charAt(i);
            if (it > '~' || it < ' ' || it == ' ' && wasSpace) {
                return false;
            }
            wasSpace = it == ' ';
        }
        return !wasSpace;
    }
}
