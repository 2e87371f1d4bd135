package vintem.app;

import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import vintem.platform.BusinessDays;
import vintem.platform.Json;

/// `vintem inspect '<text>'`: explains a BR Code, a Pix key, a CPF, a CNPJ, a boleto, the slip of a
/// utility. Exits with 1 where it is not valid.
@Command(
        name = "inspect",
        description = "Explain a BR Code, a Pix key, a CPF, a CNPJ, a boleto, a utility's slip.",
        mixinStandardHelpOptions = true)
class InspectCommand implements Callable<Integer> {
    @Parameters(paramLabel = "TEXT", description = "what to explain")
    String text = "";

    @Spec CommandSpec spec;

    @Override
    public Integer call() {
        var inspection = Inspect.inspect(text, BusinessDays.today(Clock.systemUTC()));
        spec.commandLine().getOut().println(Json.text(inspection));
        return inspection.valid() ? 0 : 1;
    }
}
