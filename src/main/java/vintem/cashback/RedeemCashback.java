package vintem.cashback;

import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import vintem.bank.PixKey;
import vintem.cashback.MonthTable.Account;
import vintem.cashback.RedemptionTable.Redemption;
import vintem.cashback.SettleRedemptions.News;
import vintem.ledger.AccountCode;
import vintem.payouts.Payouts;
import vintem.platform.BusinessDays;
import vintem.platform.Coalescer;
import vintem.platform.Database;
import vintem.platform.Idempotency;
import vintem.platform.Idempotency.Claim;
import vintem.platform.Ids;
import vintem.platform.Traces;

/// Pays cashback out by Pix.
///
/// What is asked for is taken from what is available, and the payout intended, in one transaction;
/// only then the bank hears of it. Whoever dies after that leaves a payout that is asked about, and
/// what was not paid comes back. A reseller's requests take turns at the lock of their account, so
/// that together they never get more than there is.
///
/// Locks: keys, accounts by reseller; then those of payouts.
@Singleton
class RedeemCashback {
    /// @param id the redemption's and the payout's, derived from the key: whoever takes a key over
    ///     from somebody who died finds what that one had written
    record Request(
            UUID id, UUID resellerId, long amountCents, PixKey pixKey, Idempotency.Request key) {
        static Request of(
                UUID resellerId,
                long amountCents,
                PixKey pixKey,
                Idempotency.Identity identity,
                byte[] body) {
            var hash = Idempotency.hash(body);
            var name =
                    Idempotency.hash(
                            "%s %s "
                                    .formatted(resellerId, identity.key())
                                    .getBytes(StandardCharsets.UTF_8),
                            hash);
            var id = UUID.nameUUIDFromBytes(name);
            // The holder is this very request; the row is whoever's had the key first.
            var key = new Idempotency.Request(identity, hash, Ids.next());
            return new Request(id, resellerId, amountCents, pixKey, key);
        }
    }

    sealed interface Outcome {
        record Asked(Redemption redemption) implements Outcome {}

        record NotEnough(long availableCents) implements Outcome {}

        /// The key names another person or a company.
        record NotTheirKey() implements Outcome {}

        /// The key was used before, or is being used.
        record KeyTaken(Claim claim) implements Outcome {}
    }

    private sealed interface Reserved {
        record Intended(Redemption redemption, Payouts.Intent intent) implements Reserved {}

        /// A request with this key reserved it before and did not come to its answer. What it did
        /// not send nobody sends: the bank is asked.
        record Standing(UUID redemptionId) implements Reserved {}

        record Refused(Outcome outcome) implements Reserved {}
    }

    private static final int CREATED = 201;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String SEEN_BY_PAYEE = "Cashback";

    private final Database database;
    private final RedemptionTable table;
    private final MonthTable months;
    private final CloseTable closes;
    private final ResellerTable resellers;
    private final SettleRedemptions settle;
    private final Payouts payouts;
    private final Idempotency idempotency;
    private final Clock clock;
    private final Coalescer<Request, Reserved> line;

    @Inject
    RedeemCashback(
            Database database,
            RedemptionTable table,
            MonthTable months,
            CloseTable closes,
            ResellerTable resellers,
            SettleRedemptions settle,
            Payouts payouts,
            Idempotency idempotency,
            Clock clock) {
        this.database = database;
        this.table = table;
        this.months = months;
        this.closes = closes;
        this.resellers = resellers;
        this.settle = settle;
        this.payouts = payouts;
        this.idempotency = idempotency;
        this.clock = clock;
        line = new Coalescer<>("redemptions", database, Coalescer.Limits.USUAL, this::reserve);
    }

    /// Answers when the bank has, or when the answer is due.
    ///
    /// @throws Coalescer.Unavailable where too much is waiting or the database is away
    Outcome redeem(Request request) {
        return Traces.span(
                "RedeemCashback", "vintem.redemption.id", request.id(), () -> settled(request));
    }

    private Outcome settled(Request request) {
        return switch (line.call(request, PATIENCE)) {
            case Reserved.Refused(var outcome) -> outcome;
            case Reserved.Standing(var id) -> answer(request, id, Optional.empty());
            case Reserved.Intended(var redemption, var intent) ->
                    answer(request, redemption.id(), send(redemption, intent));
        };
    }

    @PreDestroy
    void stop() {
        line.close();
    }

    private Optional<News> send(Redemption redemption, Payouts.Intent intent) {
        return intent.refusal().isPresent()
                ? Optional.empty()
                : News.of(redemption.id(), payouts.send(intent));
    }

    private Outcome answer(Request request, UUID id, Optional<News> news) {
        return database.transaction(
                tx -> {
                    news.ifPresent(it -> settle.settle(tx, List.of(it)));
                    var now = table.find(tx, id).orElseThrow();
                    idempotency.finish(
                            tx, request.key().identity(), CREATED, RedemptionBody.of(now).json());
                    return new Outcome.Asked(now);
                });
    }

    private List<Reserved> reserve(Handle tx, List<Request> list) {
        var reserved = new HashMap<UUID, Reserved>();
        var open = claimKeys(tx, list, reserved);
        var standing = table.find(tx, open.stream().map(Request::id).toList());
        var whose = open.stream().map(Request::resellerId).distinct().toList();
        var accounts = months.lockAccounts(tx, whose);
        var people = resellers.byIds(tx, whose);
        var adjustments = months.adjustments(tx, whose, closes.last(tx));
        var granted = new ArrayList<Request>();
        for (var request : open) {
            var person = Objects.requireNonNull(people.get(request.resellerId()));
            var account = Objects.requireNonNull(accounts.get(request.resellerId()));
            var free = free(account, adjustments.getOrDefault(request.resellerId(), 0L));
            if (standing.containsKey(request.id())) {
                reserved.put(request.id(), new Reserved.Standing(request.id()));
            } else if (person.cpf() == null || isSomebodyElses(request.pixKey(), person.cpf())) {
                reserved.put(request.id(), new Reserved.Refused(new Outcome.NotTheirKey()));
            } else if (request.amountCents() > free) {
                reserved.put(request.id(), new Reserved.Refused(new Outcome.NotEnough(free)));
            } else {
                granted.add(request);
                accounts.put(request.resellerId(), take(account, request.amountCents()));
            }
        }
        intend(tx, granted, people, accounts, reserved);
        releaseKeys(tx, open, reserved);
        return list.stream().map(it -> Objects.requireNonNull(reserved.get(it.id()))).toList();
    }

    private List<Request> claimKeys(Handle tx, List<Request> list, Map<UUID, Reserved> reserved) {
        var claims = idempotency.claim(tx, list.stream().map(Request::key).toList());
        var open = new ArrayList<Request>();
        for (var i = 0; i < list.size(); i++) {
            if (claims.get(i) instanceof Claim.Fresh) {
                open.add(list.get(i));
            } else {
                reserved.put(
                        list.get(i).id(),
                        new Reserved.Refused(new Outcome.KeyTaken(claims.get(i))));
            }
        }
        return open;
    }

    private void intend(
            Handle tx,
            List<Request> granted,
            Map<UUID, Reseller> people,
            Map<UUID, Account> accounts,
            Map<UUID, Reserved> reserved) {
        if (granted.isEmpty()) {
            return;
        }
        var now = clock.instant();
        var batchId = "cashback-" + BusinessDays.today(clock);
        var intents =
                payouts.intend(
                        tx,
                        granted.stream()
                                .map(
                                        it ->
                                                order(
                                                        it,
                                                        Objects.requireNonNull(
                                                                people.get(it.resellerId())),
                                                        batchId,
                                                        now))
                                .toList());
        var written = new ArrayList<Redemption>();
        var changed = new LinkedHashMap<UUID, Account>();
        for (var i = 0; i < granted.size(); i++) {
            var request = granted.get(i);
            var intent = intents.get(i);
            var redemption = redemption(request, intent.refusal(), now);
            written.add(redemption);
            var account = Objects.requireNonNull(accounts.get(request.resellerId()));
            if (intent.refusal().isPresent()) {
                account = take(account, -request.amountCents());
                accounts.put(request.resellerId(), account);
            }
            changed.put(request.resellerId(), account);
            reserved.put(request.id(), new Reserved.Intended(redemption, intent));
        }
        table.insert(tx, written);
        months.save(tx, changed.values());
    }

    private void releaseKeys(Handle tx, List<Request> open, Map<UUID, Reserved> reserved) {
        // Refused before anything was written: the same request may succeed tomorrow.
        idempotency.release(
                tx,
                open.stream()
                        .filter(it -> reserved.get(it.id()) instanceof Reserved.Refused)
                        .map(it -> it.key().identity())
                        .toList());
    }

    private static Payouts.Order order(
            Request request, Reseller person, String batchId, Instant now) {
        return new Payouts.Order(
                request.id(),
                batchId,
                "cashback-" + request.id(),
                AccountCode.CASHBACK_AVAILABLE,
                request.pixKey(),
                request.amountCents(),
                Objects.requireNonNull(person.cpf()),
                SEEN_BY_PAYEE,
                now);
    }

    private static Redemption redemption(Request request, Optional<String> refusal, Instant now) {
        return new Redemption(
                request.id(),
                request.resellerId(),
                request.amountCents(),
                request.pixKey().value(),
                refusal.isPresent() ? "failed" : "processing",
                refusal.orElse(null),
                now,
                refusal.isPresent() ? now : null);
    }

    /// What may be asked for: not what the next close takes back.
    ///
    /// @param changedCents what that moves
    static long free(Account account, long changedCents) {
        return Math.max(0, account.availableCents() - Math.max(0, -changedCents));
    }

    /// A CPF or CNPJ tells its owner by itself; of other keys the bank knows, which compares it
    /// with the CPF that goes along.
    private static boolean isSomebodyElses(PixKey key, String cpf) {
        return switch (key.kind()) {
            case CPF -> !key.value().equals(cpf);
            case CNPJ -> true;
            case PHONE, EMAIL, EVP -> false;
        };
    }

    private static Account take(Account account, long cents) {
        return new Account(
                account.resellerId(),
                Math.subtractExact(account.availableCents(), cents),
                account.recoverableCents());
    }
}
