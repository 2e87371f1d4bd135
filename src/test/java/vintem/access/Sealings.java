package vintem.access;

import java.util.List;

/// What seals, for tests of other modules.
public final class Sealings {
    private Sealings() {}

    /// @param secret as `VINTEM_SECRET` would have it
    public static Sealing of(String secret) {
        return new Sealing(new Secrets(secret, List.of()));
    }
}
