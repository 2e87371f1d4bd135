package vintem.app;

import io.quarkus.runtime.QuarkusApplication;
import jakarta.inject.Inject;
import java.util.List;
import vintem.platform.Audits;
import vintem.platform.Audits.Finding;

/// `vintem audit`: runs every module's proof in one snapshot and says what was found.
public class Audit implements QuarkusApplication {
    private final Audits audits;

    @Inject
    Audit(Audits audits) {
        this.audits = audits;
    }

    @Override
    public int run(String... arguments) {
        var clean = true;
        for (var finding : audits.run()) {
            System.out.println(
                    (finding.wrong().isEmpty() ? "ok     " : "WRONG  ") + finding.claim());
            for (var wrong : finding.wrong()) {
                System.out.println("       - " + wrong);
                clean = false;
            }
        }
        System.out.println(clean ? "The books are in order." : "The books are NOT in order.");
        return clean ? 0 : 1;
    }

    /// All proofs at one moment.
    public List<Finding> findings() {
        return audits.findings();
    }
}
