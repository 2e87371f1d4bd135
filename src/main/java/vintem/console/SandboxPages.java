package vintem.console;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Arrays;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import vintem.access.Asking;
import vintem.access.Caller;
import vintem.access.Capability;
import vintem.access.Needs;
import vintem.access.Role;
import vintem.bank.SandboxCases;
import vintem.cashback.SandboxBehaviours;
import vintem.ledger.AccountCode;
import vintem.ledger.Ledger;
import vintem.platform.Database;
import vintem.platform.Pages;
import vintem.platform.Problem;
import vintem.platform.Settings;
import vintem.platform.Settings.Mode;

/// The sandbox's controls: what stands in for the outside world, and how to make it misbehave. They
/// go through routes that are there for everybody. Production has no such page.
@Path(SandboxPages.PATH)
@RunOnVirtualThread
@Produces(MediaType.TEXT_HTML)
public class SandboxPages {
    static final String PATH = "/app/sandbox";

    /// Where the sandbox stands in the navigation.
    @Singleton
    static class Section implements Pages.Section {
        private final Asking asking;

        @Inject
        Section(Asking asking) {
            this.asking = asking;
        }

        @Override
        public int place() {
            return 96;
        }

        @Override
        public String name() {
            return "sandbox";
        }

        @Override
        public String path() {
            return PATH;
        }

        @Override
        public boolean isOpen() {
            return Settings.mode() == Mode.SANDBOX
                    && asking.callerIfKnown().filter(OverviewPages::maySee).isPresent();
        }
    }

    public record Behaviour(String word, boolean chosen) {}

    /// @param bankCents what our account at the simulated bank holds
    public record View(
            long bankCents,
            long openingCents,
            List<SandboxCases.Case> cases,
            List<Behaviour> behaviours,
            boolean mayCreate,
            boolean mayPlayTheBank,
            boolean mayMisbehave) {}

    private final Ledger ledger;
    private final SandboxBehaviours behaviours;
    private final Database database;
    private final Pages pages;
    private final Asking asking;

    @Inject
    SandboxPages(
            Ledger ledger,
            SandboxBehaviours behaviours,
            Database database,
            Pages pages,
            Asking asking) {
        this.ledger = ledger;
        this.behaviours = behaviours;
        this.database = database;
        this.pages = pages;
        this.asking = asking;
    }

    @GET
    @Needs(capability = Capability.CONSOLE, role = Role.READ, by = Caller.Kind.USER)
    @Operation(hidden = true)
    public Response controls() {
        if (Settings.mode() == Mode.PRODUCTION) {
            throw Problem.notFound("There is no such page.");
        }
        var caller = asking.caller();
        return pages.show(
                "console/sandbox.html",
                database.snapshot(
                        tx -> {
                            var now = behaviours.now(tx);
                            return new View(
                                    ledger.balanceCents(tx, AccountCode.BANK),
                                    ledger.balanceCents(tx, AccountCode.OPENING),
                                    SandboxCases.all(),
                                    Arrays.stream(SandboxBehaviours.words())
                                            .map(it -> new Behaviour(it, it.equals(now)))
                                            .toList(),
                                    caller.may(Capability.PAYMENTS, Role.OPERATOR),
                                    caller.may(Capability.PAYMENTS, Role.OPERATOR),
                                    caller.may(Capability.CASHBACK, Role.ADMIN));
                        }));
    }
}
