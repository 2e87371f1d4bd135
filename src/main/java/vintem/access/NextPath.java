package vintem.access;

import java.net.URI;
import java.net.URISyntaxException;

/// Where to go after signing in: a place of ours, whatever the link said.
final class NextPath {
    static final String HOME = "/app";

    private static final int LONGEST = 1_000;

    private NextPath() {}

    /// The path if it is one of this site, else [#HOME].
    static String of(String wanted) {
        return isLocal(wanted) ? wanted : HOME;
    }

    /// Browsers read `//evil` and `/\evil` as another site, and drop tabs and line ends first.
    private static boolean isLocal(String wanted) {
        if (wanted.length() > LONGEST
                || !wanted.startsWith("/")
                || wanted.startsWith("//")
                || !wanted.chars().allMatch(it -> it > ' ' && it < 0x7f && it != '\\')) {
            return false;
        }
        try {
            var uri = new URI(wanted);
            return uri.getScheme() == null && uri.getRawAuthority() == null;
        } catch (URISyntaxException strange) {
            return false;
        }
    }
}
