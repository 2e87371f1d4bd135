package vintem.platform;

/// Texts that are digits and nothing else. Other digits than ASCII's are none.
public final class AsciiDigits {
    private AsciiDigits() {}

    public static boolean only(String text) {
        return only(text, 0, text.length());
    }

    /// @param to the place behind the last that is looked at
    public static boolean only(String text, int from, int to) {
        for (var i = from; i < to; i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }
}
