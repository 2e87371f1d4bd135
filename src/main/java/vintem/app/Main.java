package vintem.app;

import io.quarkus.runtime.annotations.QuarkusMain;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import vintem.platform.EmbeddedPostgres;

/// The commands of `./vintem`.
@QuarkusMain
@Command(
        name = "vintem",
        description = "The back office of a Brazilian business's money.",
        mixinStandardHelpOptions = true,
        subcommands = {
            RunCommand.class,
            AuditCommand.class,
            DoctorCommand.class,
            BenchCommand.class,
            InspectCommand.class,
            BackupCommand.class,
            RestoreCommand.class,
        })
public class Main {
    public static void main(String[] arguments) {
        var out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        var err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        var code =
                new CommandLine(new Main())
                        .setOut(out)
                        .setErr(err)
                        .setExecutionExceptionHandler((failed, line, _) -> fail(failed, line))
                        .execute(arguments);
        System.exit(code);
    }

    /// What the operator can mend is said in a sentence; a bug shows where it is.
    private static int fail(Exception failed, CommandLine line) {
        if (failed instanceof EmbeddedPostgres.InUse
                || failed instanceof IllegalArgumentException) {
            line.getErr().println("vintem: " + failed.getMessage());
        } else {
            failed.printStackTrace(line.getErr());
        }
        return 1;
    }
}
