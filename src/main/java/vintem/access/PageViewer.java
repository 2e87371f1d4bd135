package vintem.access;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Optional;
import vintem.platform.Pages;

/// Tells the frame of pages who is asking.
@Singleton
class PageViewer implements Pages.Viewer {
    private final Asking asking;

    @Inject
    PageViewer(Asking asking) {
        this.asking = asking;
    }

    @Override
    public Optional<String> name() {
        return asking.callerIfKnown().map(Caller::name);
    }

    @Override
    public String csrfToken() {
        return asking.csrfToken();
    }
}
