package vintem.app;

import io.quarkus.runtime.Quarkus;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Command;
import vintem.platform.Settings;

/// `vintem run`: starts the server and stays until it is told to stop.
@Command(name = "run", description = "Start Vintém.", mixinStandardHelpOptions = true)
class RunCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        Preparation.refuseProduction();
        try (var home = Preparation.open(Settings.dataDirectory())) {
            home.serve();
            var code = new AtomicInteger();
            // The embedded server must outlive Quarkus' pool, also when a signal ends both.
            Quarkus.run(Serve.class, (exit, _) -> code.set(exit));
            return code.get();
        }
    }
}
