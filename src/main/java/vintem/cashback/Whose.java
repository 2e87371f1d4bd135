package vintem.cashback;

import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vintem.access.Caller;
import vintem.platform.Problem;

/// Resellers see and touch only what is theirs; the company sees what its roles allow.
final class Whose {
    private Whose() {}

    /// The one reseller whom the caller may see, or empty where they may see all.
    static Optional<UUID> of(Caller caller) {
        return caller.kind() == Caller.Kind.RESELLER ? Optional.of(caller.id()) : Optional.empty();
    }

    /// The reseller who is asked about.
    ///
    /// @throws Problem `404` where the caller is another reseller: nobody is told who exists
    static UUID ofAsked(Caller caller, UUID asked) {
        if (of(caller).filter(it -> !it.equals(asked)).isPresent()) {
            throw noReseller();
        }
        return asked;
    }

    /// The reseller who is asked about, themselves where a reseller names nobody.
    ///
    /// @throws Problem `400` where the company names nobody
    static UUID ofAskedOrSelf(Caller caller, @Nullable UUID asked) {
        if (asked != null) {
            return ofAsked(caller, asked);
        }
        return of(caller)
                .orElseThrow(
                        () -> Problem.invalid("?revendedor_id", "says whose, and is required"));
    }

    static Problem noReseller() {
        return Problem.notFound("There is no such reseller.");
    }
}
