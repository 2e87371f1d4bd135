package vintem;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import vintem.platform.TaxId;

/// Looks for CPFs, CNPJs and e-mail addresses in what was written for nobody in particular.
final class PersonalDataScan {
    private static final Pattern MASKED_OR_BARE =
            Pattern.compile(
                    "(?<![0-9A-Za-z.-])(?:[0-9]{3}\\.[0-9]{3}\\.[0-9]{3}-[0-9]{2}|[0-9]{11}"
                            + "|[0-9]{2}\\.[0-9]{3}\\.[0-9]{3}/[0-9]{4}-[0-9]{2})"
                            + "(?![0-9A-Za-z.-])");

    private static final Pattern EMAIL =
            Pattern.compile(
                    "[A-Za-z0-9][A-Za-z0-9._%+-]*@[A-Za-z0-9-]+(?:\\.[A-Za-z0-9-]+)*\\.[a-z]{2,}");

    // What the product says of itself: keys and senders of the sandbox.
    private static final Pattern OURS =
            Pattern.compile(".*@(?:sandbox|vintem|apagado)\\.(?:invalid|dev|local)|u1@email\\.com");

    private PersonalDataScan() {}

    /// What a line gives away.
    static List<String> findings(String line) {
        var found = new ArrayList<String>();
        MASKED_OR_BARE
                .matcher(line)
                .results()
                .map(it -> it.group())
                .filter(it -> TaxId.parse(it).isPresent())
                .forEach(found::add);
        EMAIL.matcher(line)
                .results()
                .map(it -> it.group())
                .filter(it -> !OURS.matcher(it).matches())
                .forEach(found::add);
        return found;
    }

    /// Lines of other people's programs that run in tests only (mail servers, browsers, HTTP
    /// servers), and of the tests themselves: one of them says a CPF to see that no span has it.
    static boolean isOfATool(String line) {
        return line.contains("[com.icegreen")
                || line.contains("[org.wiremock")
                || line.contains("[vintem.test]");
    }
}
