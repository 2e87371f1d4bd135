package vintem.cashback;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import vintem.access.Asking;
import vintem.access.Caller;
import vintem.access.Capability;
import vintem.access.Role;
import vintem.cashback.RedemptionTable.Redemption;
import vintem.platform.Attention;
import vintem.platform.BusinessDays;
import vintem.platform.Finder;
import vintem.platform.Pages;
import vintem.platform.Sought;
import vintem.platform.Storyteller;

/// What the console hears of cashback: what waits for a person, what is found, and the story of a
/// reseller's account. Cashback is no more this purchase's than that one's once it is credited, so
/// purchases and redemptions of one reseller are one story.
@Singleton
class CashbackTrail implements Attention, Finder, Storyteller {
    private static final String ACCOUNT = "cashback";
    private static final String HOME = "/app/purchases";
    private static final String CLOSES = HOME + "/closes";
    private static final Duration TOO_LONG = Duration.ofMinutes(10);
    private static final int MOST_PURCHASES = 300;
    private static final int MOST_CREDITS = 60;
    private static final int MOST_REDEMPTIONS = 60;

    private final CashbackTrailTable table;
    private final PurchaseTable purchases;
    private final ResellerTable resellers;
    private final RedemptionTable redemptions;
    private final Asking asking;
    private final Clock clock;

    @Inject
    CashbackTrail(
            CashbackTrailTable table,
            PurchaseTable purchases,
            ResellerTable resellers,
            RedemptionTable redemptions,
            Asking asking,
            Clock clock) {
        this.table = table;
        this.purchases = purchases;
        this.resellers = resellers;
        this.redemptions = redemptions;
        this.asking = asking;
        this.clock = clock;
    }

    @Override
    public String section() {
        return "purchases";
    }

    @Override
    public boolean isOpen() {
        return asking.callerIfKnown()
                .filter(caller -> caller.kind() != Caller.Kind.RESELLER)
                .filter(caller -> caller.may(Capability.CASHBACK, Role.READ))
                .isPresent();
    }

    @Override
    public List<Matter> matters(Handle tx, Instant now) {
        var waiting = table.waiting(tx, MOST);
        var unfinished = table.unfinished(tx, now.minus(TOO_LONG));
        var month = BusinessDays.today(clock).withDayOfMonth(1).minusMonths(1);
        return List.of(
                new Matter(
                        "closes_unfinished", unfinished.count(), true, unfinished.oldest(), CLOSES),
                new Matter("purchases_waiting", waiting.count(), false, waiting.oldest(), HOME),
                new Matter(
                        "month_to_close", table.isToClose(tx, month) ? 1 : 0, false, null, CLOSES));
    }

    @Override
    public List<Hit> find(Handle tx, Sought sought, int most) {
        var hits = new ArrayList<Hit>();
        var ids = new ArrayList<UUID>();
        sought.id().ifPresent(ids::add);
        table.byCode(tx, sought.text()).ifPresent(it -> ids.add(it.id()));
        purchases.find(tx, ids).values().forEach(it -> hits.add(hit(it, true)));
        redemptions.find(tx, ids).values().forEach(it -> hits.add(hit(it)));
        Stream.of(
                        sought.id().flatMap(id -> resellers.byId(tx, id)),
                        CashbackReader.cpf(sought.text())
                                .flatMap(it -> resellers.byCpf(tx, it.value())),
                        sought.email().flatMap(it -> resellers.byEmail(tx, it.key())))
                .flatMap(it -> it.stream())
                .forEach(it -> hits.add(hit(it)));
        sought.cents()
                .ifPresent(
                        cents ->
                                purchases
                                        .find(
                                                tx,
                                                table.byAmount(tx, cents, most).stream()
                                                        .map(CashbackTrailTable.Owner::id)
                                                        .toList())
                                        .values()
                                        .stream()
                                        .sorted((a, b) -> b.createdAt().compareTo(a.createdAt()))
                                        .forEach(it -> hits.add(hit(it, false))));
        return hits.stream().limit(most).toList();
    }

    private static Hit hit(Purchase purchase, boolean exact) {
        return new Hit(
                "purchase",
                purchase.code(),
                null,
                purchase.amountCents(),
                new Word("cashback.status", purchase.status().word()),
                purchase.createdAt(),
                purchase.id(),
                page(purchase),
                exact);
    }

    private static Hit hit(Redemption redemption) {
        return new Hit(
                "redemption",
                redemption.id().toString(),
                null,
                redemption.amountCents(),
                new Word("status", redemption.status()),
                redemption.createdAt(),
                redemption.id(),
                HOME,
                true);
    }

    private static Hit hit(Reseller reseller) {
        return new Hit(
                "reseller",
                title(reseller),
                reseller.maskedCpf(),
                null,
                null,
                reseller.createdAt(),
                reseller.id(),
                HOME,
                true);
    }

    @Override
    public List<Subject> recognise(Handle tx, UUID id) {
        return table.owners(tx, List.of(id)).stream()
                .map(it -> new Subject(ACCOUNT, it.resellerId()))
                .distinct()
                .toList();
    }

    /// A payout that somebody was paid cashback by leads to their account.
    @Override
    public Set<Subject> related(Handle tx, Collection<Subject> subjects) {
        var payouts = Storyteller.ids(subjects, "payout");
        return payouts.isEmpty()
                ? Set.of()
                : table.redeemers(tx, payouts).stream()
                        .map(it -> new Subject(ACCOUNT, it.resellerId()))
                        .collect(Collectors.toSet());
    }

    @Override
    public List<Passage> tell(Handle tx, Collection<Subject> subjects) {
        var ids = Storyteller.ids(subjects, ACCOUNT);
        return ids.isEmpty()
                ? List.of()
                : resellers.byIds(tx, ids).values().stream().map(it -> passage(tx, it)).toList();
    }

    private Passage passage(Handle tx, Reseller reseller) {
        var chapters = new ArrayList<Chapter>();
        chapters.add(Chapter.of(reseller.createdAt(), "cashback.registered", null, "plain"));
        for (var each : purchases.ofReseller(tx, reseller.id(), MOST_PURCHASES)) {
            chapters.add(
                    Chapter.of(
                                    each.createdAt(),
                                    "purchase.made",
                                    each.amountCents(),
                                    "plain",
                                    each.code(),
                                    each.boughtOn())
                            .on(page(each)));
            if (!each.status().isOpen()) {
                var approved = each.status() == PurchaseStatus.APPROVED;
                chapters.add(
                        Chapter.of(
                                        each.judgedAt() == null
                                                ? each.createdAt()
                                                : each.judgedAt(),
                                        approved ? "purchase.approved" : "purchase.rejected",
                                        null,
                                        approved ? "good" : "bad",
                                        each.code())
                                .on(page(each))
                                .booked("cashback_accrued", "cashback_reversed"));
            }
        }
        for (var each : table.credits(tx, reseller.id(), MOST_CREDITS)) {
            if (each.finishedAt() != null) {
                chapters.add(
                        Chapter.of(
                                        each.finishedAt(),
                                        "cashback.credited",
                                        each.cents(),
                                        "good",
                                        YearMonth.from(each.month()))
                                .on(CLOSES)
                                .booked(
                                        "cashback_credited",
                                        "cashback_set_off",
                                        "cashback_taken_back",
                                        "cashback_to_recover"));
            }
        }
        var links = new HashSet<Subject>();
        for (var each : redemptions.ofReseller(tx, reseller.id(), MOST_REDEMPTIONS)) {
            links.add(new Subject("payout", each.id()));
            chapters.add(
                    Chapter.of(each.createdAt(), "cashback.asked_for", each.amountCents(), "plain")
                            .on(HOME));
            if (each.endedAt() != null && !each.status().equals("paid")) {
                chapters.add(
                        Chapter.of(each.endedAt(), "cashback.came_back", each.amountCents(), "bad")
                                .booked("cashback_set_off"));
            }
        }
        return new Passage(
                new Subject(ACCOUNT, reseller.id()),
                title(reseller),
                null,
                null,
                HOME,
                chapters,
                links);
    }

    private static String title(Reseller reseller) {
        return reseller.fullName() == null ? reseller.id().toString() : reseller.fullName();
    }

    private static String page(Purchase purchase) {
        var query = new LinkedHashMap<String, String>();
        query.put("status", purchase.status().word());
        query.put("q", purchase.code());
        return Pages.link(HOME, query);
    }
}
