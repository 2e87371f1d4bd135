package vintem.platform;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Who somebody is to the Brazilian revenue service: a person's CPF or a company's CNPJ, with
/// right check digits. Whether it was ever issued only the revenue service knows.
///
/// Since July 2026 a new CNPJ may have letters (IN RFB 2.229/2024), and both may begin with
/// zeros: a tax id is text, also in the database. `toString` is masked, so that a log line gives
/// nobody away; `value` is the whole of it.
public sealed interface TaxId {
    /// 11 digits (CPF), or 12 upper-case letters and digits and 2 digits (CNPJ).
    String value();

    /// `529.982.247-25` or `12.ABC.345/01DE-35`.
    String formatted();

    /// For logs and lists: `***.982.247-**` or `**.ABC.345/01DE-**`.
    String masked();

    /// Reads a CPF or a CNPJ, bare or with its usual mask, letters in either case, spaces around
    /// it. Empty for anything else, however long or strange.
    static Optional<TaxId> parse(@Nullable String text) {
        return bare(text)
                .filter(value -> Cpf.isValid(value) || Cnpj.isValid(value))
                .map(value -> value.length() == 11 ? new Cpf(value) : new Cnpj(value));
    }

    /// What has the length and the mask of a CPF (11 digits) or of a CNPJ (14 upper-case letters
    /// and digits), without that mask. Its check digits may be wrong. Fourteen letters are a word.
    static Optional<String> bare(@Nullable String text) {
        // Nobody pads a tax id that much, and a megabyte is not worth walking through.
        if (text == null || text.length() > 200) {
            return Optional.empty();
        }
        // Not trim(), which would also take away NUL and its kind.
        var stripped = text.strip();
        // Most are bare, and a file has a million of them.
        if (Cpf.isBare(stripped) || Cnpj.isBare(stripped)) {
            return Optional.of(stripped);
        }
        if (!Cpf.MASKABLE.matcher(stripped).matches()
                && !Cnpj.MASKABLE.matcher(stripped).matches()) {
            return Optional.empty();
        }
        // Only now is it ASCII, where changing the case cannot turn a foreign letter into ours.
        return Optional.of(Cnpj.MASK.matcher(stripped).replaceAll("").toUpperCase(Locale.ROOT));
    }

    private static boolean hasItsCheckDigits(String value, int weights) {
        var base = value.length() - 2;
        // A row of one digit often has right check digits, and is never issued.
        return value.charAt(base) - '0' == checkDigit(value, base, weights)
                && value.charAt(base + 1) - '0' == checkDigit(value, base + 1, weights)
                && value.chars().anyMatch(it -> it != value.charAt(0));
    }

    /// Modulo 11, twice. From the right the weights are 2, 3, 4 …, starting again after `weights`
    /// of them. Characters count as ASCII - 48, which leaves digits as they are and makes `A` 17.
    private static String checkDigits(String base, int weights) {
        var first = checkDigit(base, base.length(), weights);
        return "%d%d".formatted(first, checkDigit(base + first, base.length() + 1, weights));
    }

    /// @param length how many characters it belongs to
    private static int checkDigit(String text, int length, int weights) {
        int sum = 0;
        for (int i = 0; i < length; i++) {
            int fromRight = length - 1 - i;
            sum += (text.charAt(i) - '0') * (2 + fromRight % weights);
        }
        int rest = sum % 11;
        return rest < 2 ? 0 : 11 - rest;
    }

    /// A person.
    record Cpf(String value) implements TaxId {
        private static final int WEIGHTS = 10;
        private static final Pattern BASE = Pattern.compile("[0-9]{9}");
        private static final Pattern MASKABLE =
                Pattern.compile("[0-9]{3}\\.?[0-9]{3}\\.?[0-9]{3}-?[0-9]{2}");

        /// @throws IllegalArgumentException unless `value` is bare and valid
        public Cpf {
            if (!isValid(value)) {
                throw new IllegalArgumentException("not a CPF");
            }
        }

        /// The two check digits that belong to the first 9 digits.
        ///
        /// @throws IllegalArgumentException unless `base` is 9 digits
        public static String checkDigits(String base) {
            if (!BASE.matcher(base).matches()) {
                throw new IllegalArgumentException("not the first 9 digits of a CPF");
            }
            return TaxId.checkDigits(base, WEIGHTS);
        }

        /// Whether a value is bare and has its check digits.
        public static boolean isValid(String value) {
            return isBare(value) && hasItsCheckDigits(value, WEIGHTS);
        }

        private static boolean isBare(String text) {
            return text.length() == 11 && AsciiDigits.only(text);
        }

        @Override
        public String formatted() {
            return "%s.%s.%s-%s"
                    .formatted(
                            value.substring(0, 3),
                            value.substring(3, 6),
                            value.substring(6, 9),
                            value.substring(9));
        }

        @Override
        public String masked() {
            return "***" + formatted().substring(3, 12) + "**";
        }

        @Override
        public String toString() {
            return masked();
        }
    }

    /// A company or one of its branches.
    record Cnpj(String value) implements TaxId {
        private static final int WEIGHTS = 8;
        private static final Pattern BASE = Pattern.compile("[0-9A-Z]{12}");
        private static final Pattern MASK = Pattern.compile("[./-]");
        private static final Pattern MASKABLE =
                Pattern.compile(
                        "(?=.*[0-9])[0-9A-Za-z]{2}\\.?[0-9A-Za-z]{3}\\.?[0-9A-Za-z]{3}/?"
                                + "[0-9A-Za-z]{4}-?[0-9A-Za-z]{2}");

        /// @throws IllegalArgumentException unless `value` is bare and valid
        public Cnpj {
            if (!isValid(value)) {
                throw new IllegalArgumentException("not a CNPJ");
            }
        }

        /// The two check digits that belong to the first 12 characters.
        ///
        /// @throws IllegalArgumentException unless `base` is 12 digits and upper-case letters
        public static String checkDigits(String base) {
            if (!BASE.matcher(base).matches()) {
                throw new IllegalArgumentException("not the first 12 characters of a CNPJ");
            }
            return TaxId.checkDigits(base, WEIGHTS);
        }

        /// Whether a value is bare and has its check digits.
        public static boolean isValid(String value) {
            return isBare(value) && hasItsCheckDigits(value, WEIGHTS);
        }

        /// 12 upper-case letters and digits, and 2 digits.
        private static boolean isBare(String text) {
            if (text.length() != 14 || !AsciiDigits.only(text, 12, 14)) {
                return false;
            }
            for (int i = 0; i < 12; i++) {
                char it = text.charAt(i);
                if ((it < '0' || it > '9') && (it < 'A' || it > 'Z')) {
                    return false;
                }
            }
            return true;
        }

        /// The company: the first 8 characters, equal for all its branches.
        public String root() {
            return value.substring(0, 8);
        }

        /// Which of its branches, most often `0001` for the head office.
        public String branch() {
            return value.substring(8, 12);
        }

        /// Whether it has letters.
        public boolean isAlphanumeric() {
            return value.chars().anyMatch(Character::isLetter);
        }

        @Override
        public String formatted() {
            return "%s.%s.%s/%s-%s"
                    .formatted(
                            value.substring(0, 2),
                            value.substring(2, 5),
                            value.substring(5, 8),
                            branch(),
                            value.substring(12));
        }

        @Override
        public String masked() {
            return "**" + formatted().substring(2, 16) + "**";
        }

        @Override
        public String toString() {
            return masked();
        }
    }
}
