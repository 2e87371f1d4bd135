package vintem.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import vintem.platform.EmbeddedPostgres.Address;
import vintem.platform.Settings;

/// `vintem backup <file>`: writes a backup of the embedded database that was restored and audited.
@Command(
        name = "backup",
        description = "Write a verified backup of the embedded database, beside a running server.",
        mixinStandardHelpOptions = true)
class BackupCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "a file that does not exist yet, .tar.gz")
    Path file = Path.of("vintem.tar.gz");

    @Spec CommandSpec spec;

    @Override
    public Integer call() {
        var line = spec.commandLine();
        return switch (Backup.backup(Settings.dataDirectory(), file, this::isInOrder)) {
            case Backup.Written(var written, var bytes, var tables, var rows, var took) -> {
                line.getOut()
                        .printf(
                                "%s: %,d bytes in %d s; restored and audited, %,d rows of %d"
                                        + " tables.%n",
                                written, bytes, took.toSeconds(), rows, tables);
                yield 0;
            }
            case Backup.Refused(var reason) -> {
                line.getErr().println("vintem: " + reason);
                yield 1;
            }
            case Backup.Restored _ -> throw new IllegalStateException("a backup restores nothing");
        };
    }

    /// Runs `audit` as a process of its own over the restored copy.
    private boolean isInOrder(Address restored) {
        try {
            var directory = Files.createTempDirectory("vintem-backup-audit-");
            try {
                var process = auditOf(restored, directory).start();
                var said = new String(process.getInputStream().readAllBytes());
                var clean = process.waitFor() == 0;
                if (!clean) {
                    spec.commandLine().getErr().println(said);
                }
                return clean;
            } finally {
                try (var left = Files.walk(directory)) {
                    left.sorted(java.util.Comparator.reverseOrder())
                            .forEach(path -> path.toFile().delete());
                }
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static ProcessBuilder auditOf(Address restored, Path directory) {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var builder =
                new ProcessBuilder(java, "-jar", System.getProperty("java.class.path"), "audit");
        var environment = builder.environment();
        environment.put("VINTEM_DATA_DIR", directory.toString());
        environment.put("VINTEM_DB_URL", restored.url());
        environment.put("VINTEM_DB_USER", restored.user());
        environment.put("VINTEM_DB_PASSWORD", restored.password());
        return builder.redirectErrorStream(true);
    }
}
