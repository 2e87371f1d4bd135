package vintem.webhooks;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;
import vintem.platform.Proof;

/// Whoever wants news is told.
@Singleton
class WebhookProof implements Proof {
    private final WebhookProofTable table;

    @Inject
    WebhookProof(WebhookProofTable table) {
        this.table = table;
    }

    @Override
    public String claim() {
        return "each endpoint is told all that it wants, and what counts as delivered was answered";
    }

    @Override
    public List<String> refute(Handle snapshot) {
        var wrong = new ArrayList<String>();
        for (var each : table.untold(snapshot, QueueDeliveries.NAME)) {
            wrong.add("there is no delivery for endpoint " + each);
        }
        for (var each : table.unheard(snapshot)) {
            wrong.add("delivery %s counts as delivered, and nobody answered".formatted(each));
        }
        for (var each : table.withoutSecret(snapshot)) {
            wrong.add("endpoint %s has no secret in force".formatted(each));
        }
        return wrong;
    }
}
