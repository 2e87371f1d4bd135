package vintem.app;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import vintem.platform.Settings;

/// `vintem restore <file>`: fills an empty data directory from a backup.
@Command(
        name = "restore",
        description = "Restore a backup into an empty data directory.",
        mixinStandardHelpOptions = true)
class RestoreCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "what `backup` wrote")
    Path file = Path.of("vintem.tar.gz");

    @Spec CommandSpec spec;

    @Override
    public Integer call() {
        var line = spec.commandLine();
        return switch (Backup.restore(file, Settings.dataDirectory())) {
            case Backup.Restored(var directory) -> {
                line.getOut().println("Restored to %s.".formatted(directory));
                yield 0;
            }
            case Backup.Refused(var reason) -> {
                line.getErr().println("vintem: " + reason);
                yield 1;
            }
            case Backup.Written _ -> throw new IllegalStateException("a restore writes no backup");
        };
    }
}
