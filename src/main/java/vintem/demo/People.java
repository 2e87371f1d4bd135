package vintem.demo;

import java.text.Normalizer;
import java.util.List;
import java.util.Locale;

/// People who do not exist. Their addresses end in `example.com`, which nobody can own (RFC 2606),
/// and their CPFs begin with 900.000, with right check digits.
final class People {
    /// @param name as on a bill
    /// @param cpf 11 digits
    record Person(String name, String cpf) {
        String email() {
            return user().replace('_', '.') + "@example.com";
        }

        /// `ana_lima7`: with a dot some would look like a CNPJ.
        String user() {
            var plain = Normalizer.normalize(name, Normalizer.Form.NFD).replaceAll("\\p{M}", "");
            return plain.toLowerCase(Locale.ROOT).replaceAll("[^a-z]+", "_")
                    + Integer.parseInt(cpf.substring(6, 9));
        }
    }

    private static final List<String> FIRST =
            List.of(
                    "Ana",
                    "Bruno",
                    "Carla",
                    "Diego",
                    "Elisa",
                    "Fábio",
                    "Gabriela",
                    "Heitor",
                    "Isabel",
                    "João",
                    "Karina",
                    "Lucas",
                    "Marina",
                    "Nuno",
                    "Olívia",
                    "Paulo",
                    "Quitéria",
                    "Rafael",
                    "Sofia",
                    "Tiago",
                    "Úrsula",
                    "Vitor",
                    "Yasmin",
                    "Zeca");

    private static final List<String> LAST =
            List.of(
                    "Almeida",
                    "Barros",
                    "Campos",
                    "Duarte",
                    "Esteves",
                    "Freitas",
                    "Gomes",
                    "Horta",
                    "Ibrahim",
                    "Jardim",
                    "Lima",
                    "Moraes",
                    "Nogueira",
                    "Okada",
                    "Prado",
                    "Queiroz",
                    "Rocha",
                    "Salles",
                    "Teixeira",
                    "Uchoa",
                    "Vieira",
                    "Xavier",
                    "Zanetti");

    private People() {}

    /// The same person for the same number, up to 999.
    static Person of(int number) {
        var name =
                FIRST.get(number % FIRST.size())
                        + " "
                        + LAST.get((number * 7 + number / FIRST.size()) % LAST.size());
        return new Person(name, cpf(900_000_000 + number));
    }

    private static String cpf(int base) {
        var digits = Integer.toString(base);
        digits += checkDigit(digits);
        return digits + checkDigit(digits);
    }

    /// Modulo 11 with weights 2, 3, 4 … from the right.
    private static int checkDigit(String digits) {
        var sum = 0;
        for (var i = 0; i < digits.length(); i++) {
            sum += (digits.charAt(i) - '0') * (digits.length() + 1 - i);
        }
        var rest = sum * 10 % 11;
        return rest == 10 ? 0 : rest;
    }
}
