package vintem.cashback;

import jakarta.inject.Singleton;
import org.jdbi.v3.core.Handle;

/// The table `sandbox_cashback_api`.
@Singleton
class SandboxCashbackTable {
    private static final String READ = "select behaviour from sandbox_cashback_api";

    private static final String WRITE =
            """
            insert into sandbox_cashback_api (behaviour) values (:behaviour)
            on conflict (one) do update set behaviour = excluded.behaviour
            """;

    /// Normal until somebody says otherwise.
    SandboxBehaviour behaviour(Handle tx) {
        return tx.createQuery(READ)
                .mapTo(String.class)
                .findOne()
                .flatMap(SandboxBehaviour::parse)
                .orElse(SandboxBehaviour.NORMAL);
    }

    void behave(Handle tx, SandboxBehaviour behaviour) {
        tx.createUpdate(WRITE).bind("behaviour", behaviour.word()).execute();
    }
}
