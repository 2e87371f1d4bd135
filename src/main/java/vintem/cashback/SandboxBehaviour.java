package vintem.cashback;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import vintem.platform.TaxId;

/// How the sandbox's stub of the outside API answers, called up by a CPF of its own or switched on
/// for all. `docs/sandbox.md` has the same list.
enum SandboxBehaviour {
    /// A credit made up from the CPF.
    NORMAL(""),
    /// After longer than anybody waits.
    SLOW(""),
    /// The connection is closed without an answer.
    UNREACHABLE(""),
    /// HTTP's own 500, and a page of HTML.
    FAILING("<html><body>Internal Server Error</body></html>"),
    /// The inner code 400.
    REFUSED("{\"statusCode\":400,\"body\":{\"message\":\"CPF do revendedor(a) inválido\"}}"),
    /// JSON that ends in the middle.
    BROKEN("{\"statusCode\":200,\"body\":{\"credit\":36"),
    /// JSON, and something behind it.
    TRAILING(credit("3600") + " {}"),
    /// `3600.5`
    NOT_INTEGER(credit("3600.5")),
    /// `"3600"`
    TEXT(credit("\"3600\"")),
    /// `-3600`
    NEGATIVE(credit("-3600")),
    /// More than fits in 64 bits.
    TOO_LARGE(credit("9223372036854775808")),
    /// No credit in it.
    MISSING("{\"statusCode\":200,\"body\":{}}"),
    /// More blanks before the answer than anybody reads.
    HUGE(" ".repeat(1 << 16) + credit("3600"));

    private static final String CALLING = "6660000";

    private final String answer;

    /// @param answer empty where it is a credit made up from the CPF
    SandboxBehaviour(String answer) {
        this.answer = answer;
    }

    /// As JSON and the database have it.
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<SandboxBehaviour> parse(String word) {
        return Arrays.stream(values()).filter(each -> each.word().equals(word)).findFirst();
    }

    /// The CPF that calls it up, whatever is switched on.
    TaxId.Cpf cpf() {
        var base = "%s%02d".formatted(CALLING, ordinal());
        return new TaxId.Cpf(base + TaxId.Cpf.checkDigits(base));
    }

    /// What this CPF calls up, if anything.
    static Optional<SandboxBehaviour> calledBy(TaxId cpf) {
        return Arrays.stream(values()).filter(each -> each.cpf().equals(cpf)).findFirst();
    }

    /// What stands in the body, to whoever asks about this CPF.
    String answer(TaxId cpf) {
        return answer.isEmpty() ? credit(cpf.value().substring(0, 4)) : answer;
    }

    private static String credit(String figure) {
        return "{\"statusCode\":200,\"body\":{\"credit\":%s}}".formatted(figure);
    }
}
