package vintem.app;

import io.quarkus.runtime.Quarkus;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import vintem.demo.Demo;
import vintem.platform.Settings;

/// `vintem run`: starts the server and stays until it is told to stop.
@Command(name = "run", description = "Start Vintém.", mixinStandardHelpOptions = true)
class RunCommand implements Callable<Integer> {
    @Option(
            names = "--demo",
            description =
                    "Begin with an invented company and months of its history; for an empty data"
                            + " directory, or one where a demo began.")
    private boolean demo;

    @Override
    public Integer call() {
        if (demo && Settings.mode() == Settings.Mode.PRODUCTION) {
            throw new IllegalArgumentException(
                    "production mode refuses --demo: an invented company's money would stand"
                            + " between real money. Run it with VINTEM_MODE=sandbox.");
        }
        Preparation.refuseProduction();
        try (var home = Preparation.open(Settings.dataDirectory())) {
            if (demo) {
                Demo.prepare(home.address());
            }
            home.serve();
            var code = new AtomicInteger();
            var failure = new AtomicReference<Optional<Throwable>>(Optional.empty());
            // The embedded server must outlive Quarkus' pool, also when a signal ends both.
            Quarkus.run(
                    Serve.class,
                    (exit, failed) -> {
                        code.set(exit);
                        failure.set(Optional.ofNullable(failed));
                    });
            // Whoever takes the exit into their own hands has to say what failed, too.
            failure.get().ifPresent(RunCommand::raise);
            return code.get();
        }
    }

    /// A setting that is wrong is found somewhere inside what failed, in words for the operator.
    private static void raise(Throwable failed) {
        for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
            if (cause instanceof IllegalArgumentException wrongSetting) {
                throw wrongSetting;
            }
        }
        throw new IllegalStateException("the server failed", failed);
    }
}
