package vintem.ledger;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import vintem.ledger.AccountCode.Side;

/// The books as one would keep them on paper: a list of transfers, and sums over it.
final class ModelBooks {
    private final List<Transfer> written = new ArrayList<>();
    private final Set<UUID> ids = new HashSet<>();
    private final long[] balances = new long[AccountCode.values().length];

    /// Which entries of the list are posted; the floor refuses the others whole.
    List<Boolean> post(List<Transfer> transfers) {
        var posted = new ArrayList<Boolean>();
        for (var i = 0; i < transfers.size(); ) {
            var entryId = transfers.get(i).entryId();
            var entry = new ArrayList<Transfer>();
            while (i < transfers.size() && transfers.get(i).entryId().equals(entryId)) {
                entry.add(transfers.get(i++));
            }
            var fits = ids.contains(entry.getFirst().id()) || fits(entry);
            if (fits) {
                record(entry);
            }
            entry.forEach(_ -> posted.add(fits));
        }
        return posted;
    }

    void record(List<Transfer> transfers) {
        for (var transfer : transfers) {
            if (ids.add(transfer.id())) {
                written.add(transfer);
                balances[transfer.debit().ordinal()] += effect(transfer, transfer.debit());
                balances[transfer.credit().ordinal()] += effect(transfer, transfer.credit());
            }
        }
    }

    long balance(AccountCode account) {
        return balances[account.ordinal()];
    }

    long[] balances() {
        return balances.clone();
    }

    int size() {
        return written.size();
    }

    /// The account's transfers, oldest first.
    List<Transfer> of(AccountCode account) {
        return written.stream().filter(each -> effect(each, account) != 0).toList();
    }

    static long effect(Transfer transfer, AccountCode account) {
        if (transfer.debit() != account && transfer.credit() != account) {
            return 0;
        }
        var raises = (transfer.debit() == account) == (account.normalSide() == Side.DEBIT);
        return raises ? transfer.amountCents() : -transfer.amountCents();
    }

    private boolean fits(List<Transfer> entry) {
        for (var account : AccountCode.values()) {
            if (account.floorCents().isPresent()) {
                var lowered = entry.stream().anyMatch(each -> effect(each, account) < 0);
                var after = balance(account);
                for (var each : entry) {
                    after += effect(each, account);
                }
                if (lowered && after < account.floorCents().get()) {
                    return false;
                }
            }
        }
        return true;
    }
}
