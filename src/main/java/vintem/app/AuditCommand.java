package vintem.app;

import io.quarkus.runtime.Quarkus;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Command;
import vintem.platform.EmbeddedPostgres;
import vintem.platform.Settings;

/// `vintem audit`: proves the books, beside a running server or without one.
@Command(
        name = "audit",
        description = "Prove the books; exits with 1 and the list of what is wrong.",
        mixinStandardHelpOptions = true)
class AuditCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        var running = EmbeddedPostgres.running(Settings.dataDirectory());
        var silent = System.getProperty("quarkus.log.level") == null;
        if (silent) {
            System.setProperty("quarkus.log.level", "ERROR");
        }
        // No door opens and no job runs: it only reads.
        System.setProperty("quarkus.http.host-enabled", "false");
        System.setProperty("quarkus.scheduler.enabled", "false");
        var code = new AtomicInteger();
        if (running.isPresent() && Preparation.externalAddress().isEmpty()) {
            Preparation.connect(running.get());
            Preparation.provideSecrets(Settings.dataDirectory());
            Quarkus.run(Audit.class, (exit, _) -> code.set(exit));
            return code.get();
        }
        try (var home = Preparation.open(Settings.dataDirectory())) {
            Preparation.connect(home.address());
            Quarkus.run(Audit.class, (exit, _) -> code.set(exit));
            return code.get();
        }
    }
}
