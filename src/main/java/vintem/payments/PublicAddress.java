package vintem.payments;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.UriInfo;
import vintem.platform.Settings;

/// Under which address payers reach us: `VINTEM_PUBLIC_URL`, or the one that this request came to.
@Singleton
public class PublicAddress {
    private final UriInfo uri;

    @Inject
    PublicAddress(UriInfo uri) {
        this.uri = uri;
    }

    /// Scheme and host, without a slash at the end.
    public String base() {
        var base = Settings.text("public-url").orElseGet(() -> uri.getBaseUri().toString());
        return base.endsWith("/") ? base.substring(0, base.length() - 1) : base;
    }
}
