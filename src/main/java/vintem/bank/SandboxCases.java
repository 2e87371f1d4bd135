package vintem.bank;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// What the sandbox bank does on request, for a page to list; `docs/sandbox.md` has the same.
public final class SandboxCases {
    /// @param name of the case; a page has a text for it
    /// @param amountCents calls it up
    /// @param key calls it up, too
    public record Case(String name, long amountCents, String key) {}

    private SandboxCases() {}

    /// Without the ordinary one.
    public static List<Case> all() {
        return Arrays.stream(Scenario.values())
                .filter(each -> each != Scenario.CONFIRMED)
                .map(
                        each ->
                                new Case(
                                        each.name().toLowerCase(Locale.ROOT),
                                        each.amountCents(),
                                        each.key()))
                .toList();
    }
}
