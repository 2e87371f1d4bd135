package vintem.platform;

import org.jspecify.annotations.Nullable;

/// An address and the name that mail programs show beside it.
///
/// @param name one line, or null; [#oneLine] makes one of any text
public record Mailbox(@Nullable String name, EmailAddress address) {
    private static final int LONGEST_NAME = 200;

    /// @throws IllegalArgumentException where the name could end a header
    public Mailbox {
        if (name != null) {
            requireOneLine(name, LONGEST_NAME);
        }
    }

    /// Any text, hostile or not, as one line of at most 200 characters: what ends lines, steers
    /// printers or turns the direction of writing becomes a space. Null where nothing is left.
    public static @Nullable String oneLine(String text) {
        var line = new StringBuilder();
        text.codePoints()
                .limit(LONGEST_NAME)
                .map(character -> isPlain(character) ? character : ' ')
                .forEach(line::appendCodePoint);
        var words = line.toString().strip().replaceAll(" {2,}", " ");
        if (words.length() > LONGEST_NAME) {
            words = words.substring(0, words.offsetByCodePoints(0, LONGEST_NAME / 2));
        }
        return words.isEmpty() ? null : words;
    }

    /// @throws IllegalArgumentException unless it is one line of at most so many characters
    static void requireOneLine(String text, int longest) {
        if (text.length() > longest || !text.codePoints().allMatch(Mailbox::isPlain)) {
            throw new IllegalArgumentException(
                    "not one line of at most %d characters".formatted(longest));
        }
    }

    private static boolean isPlain(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.UNASSIGNED,
                    Character.PRIVATE_USE ->
                    false;
            default -> true;
        };
    }
}
