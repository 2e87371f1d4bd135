package vintem.access;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Who is asking, in the request that is being answered.
@RequestScoped
public class Asking {
    private final Sessions sessions;
    private Credentials.@Nullable Identity identity;

    @Inject
    Asking(Sessions sessions) {
        this.sessions = sessions;
    }

    /// @throws IllegalStateException on a route that is [Open]: nobody was asked for a credential
    public Caller caller() {
        return identity().caller();
    }

    /// Empty on a route that is [Open], and where nobody came with a credential.
    public Optional<Caller> callerIfKnown() {
        return Optional.ofNullable(identity).map(Credentials.Identity::caller);
    }

    /// For the hidden field `csrf` of a page's forms and the header `X-CSRF-Token` of its scripts;
    /// empty where there is no session.
    public String csrfToken() {
        return identity == null || identity.sessionId() == null
                ? ""
                : sessions.csrf(identity.sessionId());
    }

    /// @throws IllegalStateException where the caller came without a session
    UUID sessionId() {
        var sessionId = identity().sessionId();
        if (sessionId == null) {
            throw new IllegalStateException("this route must be @SignedIn(USER)");
        }
        return sessionId;
    }

    void is(Credentials.Identity identity) {
        this.identity = identity;
    }

    private Credentials.Identity identity() {
        if (identity == null) {
            throw new IllegalStateException("nobody is known on an @Open route");
        }
        return identity;
    }
}
