package vintem.platform;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What somebody looks for, and everything that it may be: `10,50` is an amount and may be an id.
///
/// `toString` says nothing of it: it may be somebody's CPF.
public final class Sought {
    /// Longer than any id, address or name that can be found.
    public static final int LONGEST = 320;

    private static final Pattern UUID_TEXT =
            Pattern.compile(
                    "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");
    private static final Pattern CURRENCY = Pattern.compile("^[Rr]\\$\\s*");
    private static final Pattern BRAZILIAN =
            Pattern.compile("(?:[0-9]{1,3}(?:\\.[0-9]{3}){1,4}|[0-9]{1,13})(?:,([0-9]{1,2}))?");
    private static final Pattern PLAIN =
            Pattern.compile("(?:[0-9]{1,3}(?:,[0-9]{3}){1,4}|[0-9]{1,13})(?:\\.([0-9]{1,2}))?");

    private final String text;

    private Sought(String text) {
        this.text = text;
    }

    /// Empty where nothing can be found by it: blank, too long, or what no database can hold.
    public static Optional<Sought> of(@Nullable String typed) {
        if (typed == null || typed.length() > 4 * LONGEST) {
            return Optional.empty();
        }
        var text = typed.replace('\u00A0', ' ').strip();
        return text.isEmpty() || text.length() > LONGEST || !Json.isClean(text)
                ? Optional.empty()
                : Optional.of(new Sought(text));
    }

    /// As it was typed, without spaces around it.
    public String text() {
        return text;
    }

    /// The id of a row.
    public Optional<UUID> id() {
        return UUID_TEXT.matcher(text).matches()
                ? Optional.of(UUID.fromString(text))
                : Optional.empty();
    }

    /// A CPF or CNPJ, with or without its mask.
    public Optional<TaxId> taxId() {
        return TaxId.parse(text);
    }

    public Optional<EmailAddress> email() {
        return EmailAddress.parse(text);
    }

    /// An amount in cents, more than nought: `R$ 1.234,56`, `1.234,5`, `1234`, `1,234.56`. The
    /// digits of a CPF alone are none: whoever types them looks for a person.
    public OptionalLong cents() {
        if (taxId().isPresent()) {
            return OptionalLong.empty();
        }
        var bare = CURRENCY.matcher(text).replaceFirst("");
        for (var writing : new Pattern[] {BRAZILIAN, PLAIN}) {
            var found = writing.matcher(bare);
            if (found.matches()) {
                var decimals = found.group(1) == null ? "" : found.group(1);
                var whole =
                        bare.substring(
                                0,
                                decimals.isEmpty()
                                        ? bare.length()
                                        : bare.length() - decimals.length() - 1);
                var cents =
                        Long.parseLong(whole.replaceAll("[.,]", "")) * 100
                                + Long.parseLong((decimals + "00").substring(0, 2));
                return cents > 0 ? OptionalLong.of(cents) : OptionalLong.empty();
            }
        }
        return OptionalLong.empty();
    }

    /// Whether it may be the beginning of somebody's name: at least three letters.
    public boolean isName() {
        return text.codePoints().filter(Character::isLetter).limit(3).count() == 3
                && text.codePoints().noneMatch(it -> it == '@' || Character.isDigit(it));
    }

    @Override
    public String toString() {
        return "what somebody looks for";
    }
}
