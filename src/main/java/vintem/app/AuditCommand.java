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
        if (running.isPresent() && Preparation.externalAddress().isEmpty()) {
            Preparation.connect(running.get());
            Preparation.provideSecrets(Settings.dataDirectory());
            return audit();
        }
        try (var home = Preparation.open(Settings.dataDirectory())) {
            Preparation.connect(home.address());
            return audit();
        }
    }

    private static int audit() {
        var code = new AtomicInteger();
        Quarkus.run(
                Audit.class,
                (exit, failed) -> {
                    code.set(exit);
                    // What found nothing out is not silent, or it looks like books in disorder.
                    if (failed != null) {
                        failed.printStackTrace(System.err);
                    }
                });
        return code.get();
    }
}
