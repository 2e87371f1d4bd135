package vintem.bank;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import vintem.platform.TaxId;

/// The address of an account in Pix, as the central bank's directory (DICT) writes it.
///
/// `toString` is masked, so that a log line gives nobody away; `value` is the whole key.
public record PixKey(Kind kind, String value) {
    /// The kinds of key, with what `value` looks like.
    public enum Kind {
        /// 11 digits.
        CPF,
        /// 14 characters, upper case.
        CNPJ,
        /// A Brazilian one: `+55`, two digits of DDD, then nine digits of a mobile phone or eight
        /// of a landline. The directory would take other countries, this product does not.
        PHONE,
        /// Lower case.
        EMAIL,
        /// A random key: a UUID of any version, lower case.
        EVP
    }

    /// The longest key there is.
    public static final int MAX_LENGTH = 77;

    private static final int MAX_TEXT = 200;

    private static final Pattern PHONE_MASK = Pattern.compile("[ ()-]");

    private static final Pattern PHONE =
            Pattern.compile("\\+55[1-9][1-9](?:9[0-9]{8}|[2-5][0-9]{7})");

    // DICT API 1.8.0, openapi.yaml. Each repetition is bounded or ends at a character that it
    // cannot take, so that hostile text has nothing to backtrack over.
    private static final Pattern EMAIL =
            Pattern.compile(
                    "[a-z0-9.!#$&'*+/=?^_`{|}~-]+"
                            + "@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
                            + "(?:\\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*");

    private static final Pattern EVP =
            Pattern.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    /// @throws IllegalArgumentException unless `value` is a valid key of that kind as the directory
    /// writes it; the message does not repeat it
    public PixKey {
        if (!isValid(kind, value)) {
            throw new IllegalArgumentException("not a Pix key of kind " + kind);
        }
    }

    /// Reads a key as people write it: spaces around it, letters in either case, a CPF or CNPJ with
    /// its mask, a phone with spaces, dashes and parentheses. Empty for anything else, however long
    /// or strange.
    ///
    /// A phone has its `+`. Eleven digits without it are a CPF or nothing, since guessing would
    /// pay a stranger.
    public static Optional<PixKey> parse(@Nullable String text) {
        if (text == null || text.length() > MAX_TEXT) {
            return Optional.empty();
        }
        var key = text.strip();
        if (!isAscii(key)) {
            return Optional.empty();
        }
        if (key.contains("@")) {
            return of(Kind.EMAIL, key.toLowerCase(Locale.ROOT));
        }
        if (key.contains("+")) {
            return of(Kind.PHONE, PHONE_MASK.matcher(key).replaceAll(""));
        }
        return TaxId.parse(key)
                .map(PixKey::of)
                .or(() -> of(Kind.EVP, key.toLowerCase(Locale.ROOT)));
    }

    /// Every tax id may be a key; whether it is registered only the bank knows.
    public static PixKey of(TaxId taxId) {
        return switch (taxId) {
            case TaxId.Cpf(var digits) -> new PixKey(Kind.CPF, digits);
            case TaxId.Cnpj(var characters) -> new PixKey(Kind.CNPJ, characters);
        };
    }

    private static Optional<PixKey> of(Kind kind, String value) {
        return isValid(kind, value) ? Optional.of(new PixKey(kind, value)) : Optional.empty();
    }

    private static boolean isValid(Kind kind, String value) {
        return value.length() <= MAX_LENGTH
                && switch (kind) {
                    case CPF -> TaxId.Cpf.isValid(value);
                    case CNPJ -> TaxId.Cnpj.isValid(value);
                    case PHONE -> PHONE.matcher(value).matches();
                    case EMAIL -> EMAIL.matcher(value).matches();
                    case EVP -> EVP.matcher(value).matches();
                };
    }

    // Asked before the case is changed: the Kelvin sign, for one, would become a plain k.
    private static boolean isAscii(String text) {
        return text.chars().allMatch(character -> character < 128);
    }

    /// For logs and lists: enough to tell keys apart, too little to reach their owner.
    public String masked() {
        return switch (kind) {
            case CPF, CNPJ -> TaxId.parse(value).orElseThrow().masked();
            case PHONE ->
                    value.substring(0, 5)
                            + "*".repeat(value.length() - 9)
                            + value.substring(value.length() - 4);
            case EMAIL -> {
                int at = value.indexOf('@');
                // Of a very short name the first letter would be the most of it.
                yield (at < 3 ? "" : value.substring(0, 1)) + "***" + value.substring(at);
            }
            case EVP -> value.substring(0, 8) + "-****-****-****-************";
        };
    }

    @Override
    public String toString() {
        return kind + " " + masked();
    }
}
