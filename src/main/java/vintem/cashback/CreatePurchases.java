package vintem.cashback;

import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.access.Caller;
import vintem.cashback.ResellerTable.Buyer;
import vintem.platform.BusinessDays;
import vintem.platform.Coalescer;
import vintem.platform.Database;
import vintem.platform.Idempotency;
import vintem.platform.Idempotency.Claim;
import vintem.platform.Idempotency.Identity;
import vintem.platform.Outbox;
import vintem.platform.Traces;

/// Enters purchases. Who is on the list of approved CPFs has them approved, and their cashback
/// accrued, at once; all others wait for the company.
///
/// A list is one transaction of a few statements, whether it is a file of thousands or the single
/// requests that wait at this moment.
@Singleton
class CreatePurchases {
    /// @param cpf whose; or `resellerId`, one of the two
    record Wish(
            String code,
            long amountCents,
            LocalDate boughtOn,
            @Nullable String cpf,
            @Nullable UUID resellerId) {}

    /// @param id the row it will become
    record Request(UUID id, Wish wish, Caller caller, Optional<Idempotency.Request> key) {}

    sealed interface Outcome {
        /// @param body the answer, as the key keeps it
        record Created(Purchase purchase, byte[] body) implements Outcome {}

        /// Another purchase has the code.
        record CodeTaken(String code) implements Outcome {}

        /// Nobody of that CPF or id is registered.
        record UnknownReseller() implements Outcome {}

        /// A reseller enters their own purchases alone.
        record NotTheirs() implements Outcome {}

        /// The key was used before, or is being used.
        record KeyTaken(Claim claim) implements Outcome {}
    }

    private static final int CREATED = 201;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Database database;
    private final PurchaseTable table;
    private final ResellerTable resellers;
    private final RateBook.Reader rateBook;
    private final AccrueCashback accrue;
    private final Idempotency idempotency;
    private final Outbox outbox;
    private final Clock clock;
    private final Coalescer<Request, Outcome> line;

    @Inject
    CreatePurchases(
            Database database,
            PurchaseTable table,
            ResellerTable resellers,
            RateBook.Reader rateBook,
            AccrueCashback accrue,
            Idempotency idempotency,
            Outbox outbox,
            Clock clock) {
        this.database = database;
        this.table = table;
        this.resellers = resellers;
        this.rateBook = rateBook;
        this.accrue = accrue;
        this.idempotency = idempotency;
        this.outbox = outbox;
        this.clock = clock;
        line =
                new Coalescer<>(
                        "purchases", database, Coalescer.Limits.HELPED_IN_CROWDS, this::create);
    }

    /// @throws Coalescer.Unavailable where too much is waiting or the database is away
    Outcome create(Request request) {
        return Traces.span(
                "CreatePurchase",
                "vintem.purchase.id",
                request.id(),
                () -> line.call(request, PATIENCE));
    }

    /// A whole list, in one transaction; one outcome each, in order.
    List<Outcome> createAll(List<Request> requests) {
        return Traces.span(
                "CreatePurchases", () -> database.transaction(tx -> create(tx, requests)));
    }

    @PreDestroy
    void stop() {
        line.close();
    }

    /// One list while it is decided.
    private final class Deciding {
        private final Instant now = clock.instant();
        private final Map<UUID, Outcome> outcomes = new HashMap<>();
        private final Map<UUID, Buyer> buyers = new HashMap<>();
        private final List<Request> open = new ArrayList<>();
        private final List<Purchase> wanted = new ArrayList<>();

        void takeKeys(Handle tx, List<Request> list) {
            var keyed = list.stream().filter(it -> it.key().isPresent()).toList();
            var claims =
                    idempotency.claim(
                            tx, keyed.stream().map(it -> it.key().orElseThrow()).toList());
            for (var i = 0; i < keyed.size(); i++) {
                if (!(claims.get(i) instanceof Claim.Fresh)) {
                    outcomes.put(keyed.get(i).id(), new Outcome.KeyTaken(claims.get(i)));
                }
            }
            list.stream().filter(it -> !outcomes.containsKey(it.id())).forEach(open::add);
        }

        void findResellers(Handle tx) {
            var ids = new HashSet<UUID>();
            var cpfs = new HashSet<String>();
            for (var request : open) {
                Optional.ofNullable(request.wish().resellerId()).ifPresent(ids::add);
                Optional.ofNullable(request.wish().cpf()).ifPresent(cpfs::add);
            }
            var idOf = new HashMap<String, UUID>();
            for (var buyer : resellers.buyers(tx, ids, cpfs, BusinessDays.today(clock))) {
                buyers.put(buyer.id(), buyer);
                idOf.put(buyer.cpf(), buyer.id());
            }
            for (var request : open) {
                var wish = request.wish();
                var id = wish.cpf() == null ? wish.resellerId() : idOf.get(wish.cpf());
                if (isStranger(request.caller(), id)) {
                    // The same for whoever is registered and whoever is not.
                    outcomes.put(request.id(), new Outcome.NotTheirs());
                    continue;
                }
                var buyer = id == null ? null : buyers.get(id);
                if (buyer == null) {
                    outcomes.put(request.id(), new Outcome.UnknownReseller());
                } else {
                    wanted.add(purchase(request, buyer.id(), buyer.approved()));
                }
            }
        }

        private static boolean isStranger(Caller caller, @Nullable UUID resellerId) {
            return caller.kind() == Caller.Kind.RESELLER && !caller.id().equals(resellerId);
        }

        private Purchase purchase(Request request, UUID resellerId, boolean approved) {
            return new Purchase(
                    request.id(),
                    request.wish().code(),
                    resellerId,
                    request.wish().amountCents(),
                    request.wish().boughtOn(),
                    approved ? PurchaseStatus.APPROVED : PurchaseStatus.VALIDATING,
                    now,
                    approved ? now : null,
                    null);
        }

        void write(Handle tx) {
            if (wanted.isEmpty()) {
                return;
            }
            var rates = rateBook.read(tx, buyers.values().iterator().next().rates());
            var all = table.insert(tx, wanted) == wanted.size();
            var standing =
                    all ? Map.<UUID, PurchaseTable.Standing>of() : table.standing(tx, wanted);
            var booking = accrue.open();
            var news = new ArrayList<Outbox.News>();
            var callers = new HashMap<UUID, Caller>();
            open.forEach(it -> callers.put(it.id(), it.caller()));
            for (var each : wanted) {
                var found = standing.get(each.id());
                if (all || found != null) {
                    var body =
                            PurchaseBody.of(
                                    each,
                                    Objects.requireNonNull(buyers.get(each.resellerId())),
                                    rates,
                                    Objects.requireNonNull(callers.get(each.id())));
                    outcomes.put(each.id(), new Outcome.Created(each, body.json()));
                } else {
                    outcomes.put(each.id(), new Outcome.CodeTaken(each.code()));
                }
                // What an earlier run of this list had written, it had accrued, too.
                var fresh = all || found != null && found.fresh();
                if (fresh && each.status() == PurchaseStatus.APPROVED) {
                    booking.approved(each);
                    news.add(CashbackEvent.approved(each).news());
                }
            }
            booking.write(tx, rates, now);
            outbox.publish(tx, news);
        }

        void keepKeys(Handle tx) {
            var answers = new LinkedHashMap<Identity, byte[]>();
            var refused = new ArrayList<Identity>();
            for (var request : open) {
                if (request.key().isEmpty()) {
                    continue;
                }
                var identity = request.key().get().identity();
                if (outcomes.get(request.id()) instanceof Outcome.Created(_, var body)) {
                    answers.put(identity, body);
                } else {
                    // The same request may succeed tomorrow.
                    refused.add(identity);
                }
            }
            idempotency.finish(tx, CREATED, answers);
            idempotency.release(tx, refused);
        }
    }

    private List<Outcome> create(Handle tx, List<Request> list) {
        var deciding = new Deciding();
        deciding.takeKeys(tx, list);
        deciding.findResellers(tx);
        deciding.write(tx);
        deciding.keepKeys(tx);
        return list.stream()
                .map(it -> Objects.requireNonNull(deciding.outcomes.get(it.id())))
                .toList();
    }
}
