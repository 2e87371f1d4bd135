package vintem.cashback;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import vintem.access.OtherNames;
import vintem.platform.EmailAddress;
import vintem.platform.TaxId;

/// Resellers sign in by their CPF, with or without mask, and by their e-mail address, too.
@Singleton
class ResellerNames implements OtherNames {
    private final ResellerTable table;

    @Inject
    ResellerNames(ResellerTable table) {
        this.table = table;
    }

    @Override
    public Optional<UUID> user(Handle tx, String typed) {
        return TaxId.parse(typed)
                .flatMap(it -> table.byCpf(tx, it.value()))
                .or(() -> EmailAddress.parse(typed).flatMap(it -> table.byEmail(tx, it.key())))
                .map(Reseller::id);
    }
}
