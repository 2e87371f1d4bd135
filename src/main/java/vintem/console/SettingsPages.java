package vintem.console;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import vintem.access.Asking;
import vintem.access.Caller;
import vintem.access.Capability;
import vintem.access.Needs;
import vintem.access.Role;
import vintem.platform.Pages;

/// Every setting, as it is on the node that answers. Nothing can be changed here: settings come
/// from outside, and hold from the start.
@Path(SettingsPages.PATH)
@RunOnVirtualThread
@Produces(MediaType.TEXT_HTML)
public class SettingsPages {
    static final String PATH = "/app/settings";

    /// Where the settings stand in the navigation.
    @Singleton
    static class Section implements Pages.Section {
        private final Asking asking;

        @Inject
        Section(Asking asking) {
            this.asking = asking;
        }

        @Override
        public int place() {
            return 95;
        }

        @Override
        public String name() {
            return "settings";
        }

        @Override
        public String path() {
            return PATH;
        }

        @Override
        public boolean isOpen() {
            return asking.callerIfKnown()
                    .filter(caller -> caller.kind() == Caller.Kind.USER)
                    .filter(caller -> caller.may(Capability.SETTINGS, Role.ADMIN))
                    .isPresent();
        }
    }

    public record View(List<SettingsList.Line> lines) {}

    private final Pages pages;

    @Inject
    SettingsPages(Pages pages) {
        this.pages = pages;
    }

    @GET
    @Needs(capability = Capability.SETTINGS, role = Role.ADMIN, by = Caller.Kind.USER)
    @Operation(hidden = true)
    public Response all() {
        return pages.show("console/settings.html", new View(SettingsList.now()));
    }
}
