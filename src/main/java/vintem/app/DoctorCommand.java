package vintem.app;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import vintem.platform.Settings;

/// `vintem doctor`: checks what Vintém stands on and says what to mend. Exits with 1 where anything
/// is wrong.
@Command(
        name = "doctor",
        description = "Check the configuration and say what to mend.",
        mixinStandardHelpOptions = true)
class DoctorCommand implements Callable<Integer> {
    @Spec CommandSpec spec;

    @Override
    public Integer call() {
        var doctor = new Doctor(Settings.dataDirectory(), Preparation.externalAddress());
        var checks = doctor.examine();
        spec.commandLine().getOut().print(Doctor.render(checks));
        spec.commandLine().getOut().flush();
        return Doctor.isWell(checks) ? 0 : 1;
    }
}
