package vintem.app;

import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Optional;
import vintem.access.FirstStart;
import vintem.platform.Settings;

/// What a server does before its first door opens: the first user, and the sandbox's first money.
@Singleton
class Opening {
    private final OpenSandbox sandbox;
    private final FirstStart firstStart;
    private Optional<String> generatedPassword = Optional.empty();

    @Inject
    Opening(OpenSandbox sandbox, FirstStart firstStart) {
        this.sandbox = sandbox;
        this.firstStart = firstStart;
    }

    void open(@Observes StartupEvent event) {
        // A command that only reads, such as `audit`, opens nothing.
        if (Settings.flag("serving")) {
            sandbox.open();
            generatedPassword = firstStart.prepare();
        }
    }

    /// The password of `admin`, where this start made it up.
    Optional<String> generatedPassword() {
        return generatedPassword;
    }
}
