package vintem.ledger;

import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import vintem.access.AccessLog;
import vintem.access.Caller;
import vintem.ledger.Ledger.Posting;
import vintem.ledger.Ledger.Recorded;
import vintem.platform.Cents;
import vintem.platform.Coalescer;
import vintem.platform.Database;
import vintem.platform.Idempotency;
import vintem.platform.Idempotency.Claim;
import vintem.platform.Idempotency.Identity;
import vintem.platform.Json;

/// Posts by hand: one entry per request, all of its transfers or none.
///
/// For what no use-case books: the first money, a top-up, the bank's fees, a correction. An account
/// whose balance repeats another table is out of reach, or the two would differ from then on.
@Singleton
public class PostTransfers {
    /// What may be posted by hand. All other kinds are the use-cases' own, and their proofs count
    /// on that.
    public static final Set<String> KINDS = Set.of("top_up", "bank_fee", "correction", "opening");

    /// R$ 100 billion in one transfer: far above any business, and far from where sums overflow.
    public static final long MOST_CENTS = 10_000_000_000_000L;

    public static final int MOST_TRANSFERS = 100;

    /// @param id given before the first attempt, as all ids are
    public record Leg(
            UUID id,
            String debit,
            String credit,
            long amountCents,
            String kind,
            UUID subjectId,
            Instant occurredAt) {}

    public record Request(UUID entryId, List<Leg> legs, Caller caller, Idempotency.Request key) {}

    public sealed interface Outcome {
        record Posted(Entry entry) implements Outcome {}

        /// The account would fall below its floor; nothing was written, not even the key.
        record InsufficientFunds(AccountCode account) implements Outcome {}

        /// The account's balance repeats another table's.
        record MirroredAccount(int leg, AccountCode account) implements Outcome {}

        record UnknownAccount(int leg, String code) implements Outcome {}

        /// The key was used before, or is being used.
        record KeyTaken(Claim claim) implements Outcome {}
    }

    /// What was posted, as it is answered and as the key keeps it.
    public record Entry(UUID entryId, List<Recorded> transfers) {
        byte[] json() {
            return Json.write(this);
        }
    }

    private record Ready(Request request, List<Transfer> transfers) {}

    private static final int CREATED = 201;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Ledger ledger;
    private final Idempotency idempotency;
    private final AccessLog log;
    private final Coalescer<Ready, Outcome> line;

    @Inject
    PostTransfers(Database database, Ledger ledger, Idempotency idempotency, AccessLog log) {
        this.ledger = ledger;
        this.idempotency = idempotency;
        this.log = log;
        line = new Coalescer<>("transfers", database, Coalescer.Limits.USUAL, this::post);
    }

    /// @throws Coalescer.Unavailable where too much is waiting or the database is away
    public Outcome post(Request request) {
        var transfers = new ArrayList<Transfer>(request.legs().size());
        for (var leg : request.legs()) {
            var debit = AccountCode.of(leg.debit());
            var credit = AccountCode.of(leg.credit());
            var number = transfers.size();
            if (debit.isEmpty() || credit.isEmpty()) {
                var unknown = debit.isEmpty() ? leg.debit() : leg.credit();
                return new Outcome.UnknownAccount(number, unknown);
            }
            for (var account : List.of(debit.get(), credit.get())) {
                if (account.mirrored()) {
                    return new Outcome.MirroredAccount(number, account);
                }
            }
            transfers.add(transfer(request.entryId(), leg, debit.get(), credit.get()));
        }
        return line.call(new Ready(request, transfers), PATIENCE);
    }

    @PreDestroy
    void stop() {
        line.close();
    }

    /// The whole list in one transaction. Run again, it answers what stands there: an entry under
    /// one of our ids is ours, whichever run wrote it.
    private List<Outcome> post(Handle tx, List<Ready> list) {
        // First of all: where an earlier run of this list is still committing, the claim waits
        // until that is decided.
        var claims = idempotency.claim(tx, list.stream().map(each -> each.request.key()).toList());
        var fresh = new ArrayList<Ready>(list.size());
        for (var i = 0; i < list.size(); i++) {
            if (claims.get(i) instanceof Claim.Fresh) {
                fresh.add(list.get(i));
            }
        }
        var refusals = refusals(tx, fresh);
        var standing = standing(tx, list);
        keep(tx, fresh, standing);
        var outcomes = new ArrayList<Outcome>(list.size());
        for (var i = 0; i < list.size(); i++) {
            var entry = standing.get(list.get(i).request.entryId());
            var refusal = refusals.get(list.get(i).request.entryId());
            if (entry != null) {
                outcomes.add(new Outcome.Posted(entry));
            } else if (refusal != null) {
                outcomes.add(refusal);
            } else {
                outcomes.add(new Outcome.KeyTaken(claims.get(i)));
            }
        }
        return outcomes;
    }

    /// Posts, and tells what was refused, by entry.
    private Map<UUID, Outcome> refusals(Handle tx, List<Ready> fresh) {
        var refusals = new HashMap<UUID, Outcome>();
        var transfers = fresh.stream().flatMap(each -> each.transfers.stream()).toList();
        var postings = ledger.post(tx, transfers);
        for (var i = 0; i < transfers.size(); i++) {
            if (postings.get(i) instanceof Posting.InsufficientFunds(var account)) {
                refusals.put(transfers.get(i).entryId(), new Outcome.InsufficientFunds(account));
            }
        }
        return refusals;
    }

    private Map<UUID, Entry> standing(Handle tx, List<Ready> list) {
        var transfers = list.stream().flatMap(each -> each.transfers.stream()).toList();
        var byEntry =
                ledger.standing(tx, transfers).stream()
                        .collect(Collectors.groupingBy(Recorded::entryId, Collectors.toList()));
        var entries = new HashMap<UUID, Entry>();
        byEntry.forEach((id, legs) -> entries.put(id, new Entry(id, legs)));
        return entries;
    }

    private void keep(Handle tx, List<Ready> fresh, Map<UUID, Entry> standing) {
        var answers = new LinkedHashMap<Identity, byte[]>();
        var refused = new ArrayList<Identity>();
        var deeds = new ArrayList<AccessLog.Deed>();
        for (var ready : fresh) {
            var identity = ready.request.key().identity();
            var entry = standing.get(ready.request.entryId());
            if (entry == null) {
                // The same request may succeed tomorrow.
                refused.add(identity);
            } else {
                answers.put(identity, entry.json());
                deeds.add(
                        new AccessLog.Deed(
                                ready.request.caller(),
                                "transfers.posted",
                                entry.entryId().toString(),
                                entry.transfers().stream()
                                        .map(PostTransfers::inWords)
                                        .collect(Collectors.joining(", "))));
            }
        }
        idempotency.finish(tx, CREATED, answers);
        idempotency.release(tx, refused);
        log.record(tx, deeds);
    }

    private static String inWords(Recorded transfer) {
        return "%s %s: %s to %s"
                .formatted(
                        transfer.kind(),
                        Cents.format(transfer.amountCents()),
                        transfer.credit(),
                        transfer.debit());
    }

    private static Transfer transfer(UUID entryId, Leg leg, AccountCode debit, AccountCode credit) {
        return new Transfer(
                leg.id(),
                entryId,
                debit,
                credit,
                leg.amountCents(),
                leg.kind(),
                leg.subjectId(),
                leg.occurredAt());
    }
}
