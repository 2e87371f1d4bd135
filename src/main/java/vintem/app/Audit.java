package vintem.app;

import io.quarkus.arc.All;
import io.quarkus.runtime.QuarkusApplication;
import jakarta.inject.Inject;
import java.util.List;
import vintem.platform.Database;
import vintem.platform.Proof;

/// Runs every module's [Proof] in one snapshot.
public class Audit implements QuarkusApplication {
    /// What one proof found: nothing, where its claim holds.
    public record Finding(String claim, List<String> wrong) {}

    private final Database database;
    private final List<Proof> proofs;

    @Inject
    Audit(Database database, @All List<Proof> proofs) {
        this.database = database;
        this.proofs = proofs;
    }

    @Override
    public int run(String... arguments) {
        var clean = true;
        for (var finding : findings()) {
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
        return database.snapshot(
                snapshot ->
                        proofs.stream()
                                .map(proof -> new Finding(proof.claim(), proof.refute(snapshot)))
                                .toList());
    }
}
