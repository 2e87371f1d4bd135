package vintem.ledger;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import vintem.access.Asking;
import vintem.access.Capability;
import vintem.access.Role;
import vintem.ledger.Ledger.Recorded;
import vintem.platform.Finder;
import vintem.platform.Sought;
import vintem.platform.Storyteller;

/// What the console hears of the ledger: accounts, transfers and entries that are found, and the
/// story of what was posted by hand. The other transfers are told by those whose they are.
@Singleton
class LedgerTrail implements Finder, Storyteller {
    private static final String POSTING = "posting";
    private static final String HOME = "/app/ledger";
    private static final int MOST = 100;

    private final Ledger ledger;
    private final Asking asking;

    @Inject
    LedgerTrail(Ledger ledger, Asking asking) {
        this.ledger = ledger;
        this.asking = asking;
    }

    @Override
    public String section() {
        return "ledger";
    }

    @Override
    public boolean isOpen() {
        return asking.callerIfKnown()
                .filter(caller -> caller.may(Capability.LEDGER, Role.READ))
                .isPresent();
    }

    @Override
    public List<Hit> find(Handle tx, Sought sought, int most) {
        var hits = new ArrayList<Hit>();
        AccountCode.of(sought.text())
                .ifPresent(
                        it ->
                                hits.add(
                                        new Hit(
                                                "account",
                                                it.code(),
                                                null,
                                                ledger.balanceCents(tx, it),
                                                null,
                                                null,
                                                null,
                                                HOME + "/" + it.code(),
                                                false)));
        sought.id()
                .ifPresent(
                        id ->
                                ledger.transfersOf(tx, ledger.subjectsOf(tx, id), MOST).stream()
                                        .filter(it -> it.id().equals(id) || it.entryId().equals(id))
                                        .limit(most)
                                        .forEach(it -> hits.add(hit(it))));
        return hits;
    }

    private static Hit hit(Recorded transfer) {
        return new Hit(
                "transfer",
                transfer.debit() + " ← " + transfer.credit(),
                null,
                transfer.amountCents(),
                new Word("kind", transfer.kind()),
                transfer.recordedAt(),
                transfer.subjectId(),
                HOME + "/" + transfer.debit(),
                true);
    }

    @Override
    public List<Subject> recognise(Handle tx, UUID id) {
        return ledger.transfersOf(tx, List.of(id), MOST).stream()
                        .anyMatch(it -> PostTransfers.KINDS.contains(it.kind()))
                ? List.of(new Subject(POSTING, id))
                : List.of();
    }

    @Override
    public List<Passage> tell(Handle tx, Collection<Subject> subjects) {
        var ids = Storyteller.ids(subjects, POSTING);
        if (ids.isEmpty()) {
            return List.of();
        }
        var bySubject = new LinkedHashMap<UUID, List<Recorded>>();
        for (var each : ledger.transfersOf(tx, ids, MOST)) {
            if (PostTransfers.KINDS.contains(each.kind())) {
                bySubject.computeIfAbsent(each.subjectId(), _ -> new ArrayList<>()).add(each);
            }
        }
        return bySubject.entrySet().stream()
                .map(it -> passage(it.getKey(), it.getValue()))
                .toList();
    }

    private static Passage passage(UUID subject, List<Recorded> transfers) {
        var chapters = new LinkedHashMap<UUID, Chapter>();
        for (var each : transfers) {
            chapters.putIfAbsent(
                    each.entryId(),
                    Chapter.of(
                                    each.occurredAt(),
                                    "posting",
                                    null,
                                    "plain",
                                    new Word("kind", each.kind()))
                            .bookedOf(each.entryId()));
        }
        return new Passage(
                new Subject(POSTING, subject),
                subject.toString(),
                null,
                null,
                HOME,
                List.copyOf(chapters.values()),
                Set.of());
    }
}
