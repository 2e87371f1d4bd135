package vintem.billing;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import vintem.ledger.AccountCode;
import vintem.ledger.Ledger;
import vintem.ledger.Transfer;

/// Writes charges with all that comes with them: the receivable, and the e-mail that tells of them.
/// Three facts, one transaction, the caller's.
@Singleton
class MakeCharges {
    /// The reason of the first e-mail.
    static final String ISSUED = "issued";

    static final String KIND = "charge_made";

    private final ChargeTable charges;
    private final ChargeEmailTable emails;
    private final Ledger ledger;

    @Inject
    MakeCharges(ChargeTable charges, ChargeEmailTable emails, Ledger ledger) {
        this.charges = charges;
        this.emails = emails;
        this.ledger = ledger;
    }

    /// Charges that nobody has been charged before: a debtId that is there already fails the whole
    /// list (SQLState 23505), and whoever called decides what to do.
    void make(Handle tx, List<NewCharge> list) {
        if (list.isEmpty()) {
            return;
        }
        charges.copy(tx, list);
        follow(tx, list);
    }

    /// Those of them that nobody has been charged before; the others stay as they are.
    ///
    /// @return the ids of the new ones
    Set<UUID> makeNew(Handle tx, List<NewCharge> list) {
        if (list.isEmpty()) {
            return Set.of();
        }
        var made = charges.insertNew(tx, list);
        follow(tx, list.stream().filter(each -> made.contains(each.id())).toList());
        return made;
    }

    private void follow(Handle tx, List<NewCharge> list) {
        if (list.isEmpty()) {
            return;
        }
        var transfers = new ArrayList<Transfer>(list.size());
        for (var charge : list) {
            transfers.add(
                    Transfer.of(
                            AccountCode.RECEIVABLE,
                            charge.billed().account(),
                            charge.amountCents(),
                            KIND,
                            charge.id(),
                            charge.createdAt()));
        }
        ledger.record(tx, transfers);
        emails.queue(tx, ISSUED, list);
    }
}
