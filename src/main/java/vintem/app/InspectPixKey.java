package vintem.app;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import vintem.bank.PixKey;

/// Recognises the Pix keys that are nothing but Pix keys: e-mail, random key (EVP) and phone.
final class InspectPixKey {
    private static final Pattern EMAIL_NAME = Pattern.compile("[A-Za-z0-9.!#$&'*+/=?^_`{|}~-]+");

    private static final Pattern EVP_GROUPS =
            Pattern.compile("[0-9A-Za-z]{8}(-[0-9A-Za-z]{4}){3}-[0-9A-Za-z]{12}");

    private static final Pattern EVP_BARE =
            Pattern.compile(
                    "([0-9A-Fa-f]{8})([0-9A-Fa-f]{4})([0-9A-Fa-f]{4})"
                            + "([0-9A-Fa-f]{4})([0-9A-Fa-f]{12})");

    private InspectPixKey() {}

    static Optional<Inspection> email(String text) {
        if (!text.contains("@")) {
            return Optional.empty();
        }
        return Optional.of(
                read(text, PixKey.Kind.EMAIL)
                        .map(key -> valid(key, Map.of("domain", domain(key))))
                        .orElseGet(() -> Inspection.invalid("email", emailProblem(text))));
    }

    static Optional<Inspection> evp(String text) {
        var bare = EVP_BARE.matcher(text);
        if (bare.matches()) {
            var dashed = bare.replaceAll("$1-$2-$3-$4-$5");
            return Optional.of(Inspection.invalid("evp", "a random key has dashes: " + dashed));
        }
        if (!EVP_GROUPS.matcher(text).matches()) {
            return Optional.empty();
        }
        var problem = "a random key has only the digits 0-9 and the letters a-f";
        return Optional.of(
                read(text, PixKey.Kind.EVP)
                        .map(key -> valid(key, Map.of()))
                        .orElseGet(() -> Inspection.invalid("evp", problem)));
    }

    static Optional<Inspection> phone(String text) {
        var bare = text.replaceAll("[ ()-]", "");
        if (!bare.startsWith("+")) {
            return Stream.of("+" + bare, "+55" + bare)
                    .flatMap(withPlus -> read(withPlus, PixKey.Kind.PHONE).stream())
                    .map(
                            key ->
                                    Inspection.invalid(
                                            "phone", "a phone needs +55 in front: " + key.value()))
                    .findFirst();
        }
        return Optional.of(
                read(text, PixKey.Kind.PHONE)
                        .map(InspectPixKey::validPhone)
                        .orElseGet(() -> Inspection.invalid("phone", phoneProblem(bare))));
    }

    private static Optional<PixKey> read(String text, PixKey.Kind kind) {
        return PixKey.parse(text).filter(key -> key.kind() == kind);
    }

    private static Inspection validPhone(PixKey key) {
        var ddd = key.value().substring(3, 5);
        var number = key.value().substring(5);
        var split = number.length() - 4;
        var fields = new LinkedHashMap<String, String>();
        fields.put(
                "formatted",
                "+55 %s %s-%s".formatted(ddd, number.substring(0, split), number.substring(split)));
        fields.put("ddd", ddd);
        fields.put("line", number.length() == 9 ? "mobile" : "landline");
        return valid(key, fields);
    }

    private static Inspection valid(PixKey key, Map<String, String> fields) {
        var kind = key.kind().name().toLowerCase(Locale.ROOT);
        var all = new LinkedHashMap<>(fields);
        all.put("masked", key.masked());
        all.put("pix_key_kind", kind);
        return Inspection.valid(kind, key.value(), all);
    }

    private static String domain(PixKey email) {
        return email.value().substring(email.value().indexOf('@') + 1);
    }

    private static String emailProblem(String text) {
        if (text.length() > PixKey.MAX_LENGTH) {
            return "a Pix key has at most %d characters, here are %d"
                    .formatted(PixKey.MAX_LENGTH, text.length());
        }
        var name = text.substring(0, text.lastIndexOf('@'));
        return EMAIL_NAME.matcher(name).matches()
                ? "after the @ comes a domain: letters, digits and dashes in parts joined by dots,"
                        + " such as empresa.com.br"
                : "before the @ come letters, digits and .!#$&'*+/=?^_`{|}~- without spaces or"
                        + " accents";
    }

    private static String phoneProblem(String phone) {
        if (!phone.matches("\\+[0-9]+")) {
            return "after its + a phone has only digits, spaces, dashes and parentheses";
        }
        if (!phone.startsWith("+55")) {
            return "only Brazilian phones are taken: +55, the DDD, the number";
        }
        if (!phone.matches("\\+55[1-9][1-9].*")) {
            return "after +55 comes the DDD, two digits from 1 to 9";
        }
        var number = phone.substring(5);
        return switch (number.length()) {
            case 9 ->
                    "a number of nine digits is a mobile phone and begins with 9, here with "
                            + number.charAt(0);
            case 8 ->
                    "a number of eight digits is a landline and begins with 2 to 5, here with %c:"
                                    .formatted(number.charAt(0))
                            + " mobile phones have nine digits and begin with 9";
            default ->
                    "after the DDD come nine digits (mobile) or eight (landline), here are "
                            + number.length();
        };
    }
}
