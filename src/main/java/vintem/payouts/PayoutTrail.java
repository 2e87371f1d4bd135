package vintem.payouts;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.access.Asking;
import vintem.access.Capability;
import vintem.access.Role;
import vintem.bank.EndToEndId;
import vintem.bank.PixKey;
import vintem.payouts.HoldTable.Hold;
import vintem.payouts.PayoutLookupTable.Batch;
import vintem.payouts.PayoutLookupTable.Payout;
import vintem.payouts.PayoutTrailTable.Alarm;
import vintem.payouts.PayoutTrailTable.Attempt;
import vintem.platform.Attention;
import vintem.platform.Finder;
import vintem.platform.Pages;
import vintem.platform.Sought;
import vintem.platform.Storyteller;
import vintem.platform.TaxId;

/// What the console hears of payouts: what waits for a person, what is found of them and of what is
/// held, and the story of a payout.
@Singleton
class PayoutTrail implements Attention, Finder, Storyteller {
    static final String PAYOUT = "payout";

    private static final String HOME = "/app/payouts";
    private static final String BATCH = HOME + "/batch";
    private static final String ONE = HOME + "/one";
    // An alarm stays in the books; after a week somebody has seen it.
    private static final Duration ALARMING = Duration.ofDays(7);

    private final PayoutTrailTable table;
    private final PayoutLookupTable lookups;
    private final HoldTrail holds;
    private final Asking asking;

    @Inject
    PayoutTrail(PayoutTrailTable table, PayoutLookupTable lookups, HoldTrail holds, Asking asking) {
        this.table = table;
        this.lookups = lookups;
        this.holds = holds;
        this.asking = asking;
    }

    @Override
    public String section() {
        return "payouts";
    }

    @Override
    public boolean isOpen() {
        return asking.callerIfKnown()
                .filter(caller -> caller.may(Capability.PAYOUTS, Role.READ))
                .isPresent();
    }

    @Override
    public List<Matter> matters(Handle tx, Instant now) {
        var unknown = table.unknown(tx, MOST);
        var alarms = table.alarms(tx, now.minus(ALARMING), MOST);
        return List.of(
                new Matter(
                        "payouts_unknown",
                        unknown.count(),
                        true,
                        unknown.oldest(),
                        unknown.batchId() == null ? HOME : processing(unknown.batchId())),
                new Matter("payout_alarms", alarms.count(), true, alarms.oldest(), HOME));
    }

    private static String processing(String batchId) {
        var query = new LinkedHashMap<String, String>();
        query.put("id", batchId);
        query.put("status", "processing");
        return Pages.link(BATCH, query);
    }

    @Override
    public List<Hit> find(Handle tx, Sought sought, int most) {
        var text = sought.text();
        var endToEndId = EndToEndId.parse(text).orElse(null);
        var hits = new ArrayList<Hit>();
        var ids =
                Stream.concat(
                                sought.id().stream(),
                                ProviderId.parse(text).map(ProviderId::payoutId).stream())
                        .toList();
        table.byIds(tx, ids).forEach(each -> hits.add(hit(each, true)));
        // A CPF is a key and may be a phone without its +55.
        var keys =
                Stream.concat(
                                PixKey.parse(text).map(PixKey::value).stream(),
                                PixKey.parse("+55" + text).map(PixKey::value).stream())
                        .distinct()
                        .toList();
        var taxId = sought.taxId().map(TaxId::value).orElse(null);
        table.byName(tx, text, endToEndId, keys, taxId, most)
                .forEach(
                        each ->
                                hits.add(
                                        hit(
                                                each,
                                                endToEndId != null
                                                        || each.externalId().equals(text))));
        lookups.batch(tx, text).ifPresent(each -> hits.add(hit(each)));
        hits.addAll(holds.find(tx, sought, most));
        sought.cents()
                .ifPresent(
                        cents ->
                                table.byAmount(tx, cents, most)
                                        .forEach(each -> hits.add(hit(each, false))));
        return hits.stream().limit(most).toList();
    }

    private static Hit hit(Payout payout, boolean exact) {
        return new Hit(
                PAYOUT,
                payout.externalId(),
                masked(payout),
                payout.amountCents(),
                new Word("status", payout.status()),
                payout.createdAt(),
                payout.id(),
                page(payout),
                exact);
    }

    private static Hit hit(Batch batch) {
        return new Hit(
                "payout_batch",
                batch.id(),
                null,
                null,
                null,
                batch.createdAt(),
                null,
                Pages.link(BATCH, Map.of("id", batch.id())),
                true);
    }

    @Override
    public List<Subject> recognise(Handle tx, UUID id) {
        return table.byIds(tx, List.of(id)).stream().map(_ -> new Subject(PAYOUT, id)).toList();
    }

    @Override
    public List<Passage> tell(Handle tx, Collection<Subject> subjects) {
        var ids = Storyteller.ids(subjects, PAYOUT);
        if (ids.isEmpty()) {
            return List.of();
        }
        var attempts = table.attempts(tx, ids);
        var alarms = table.alarmsOf(tx, ids);
        var held = holds.ofPayouts(tx, ids);
        return table.byIds(tx, ids).stream()
                .map(
                        each ->
                                passage(
                                        each,
                                        attempts,
                                        alarms,
                                        held.getOrDefault(each.id(), List.of())))
                .toList();
    }

    private static Passage passage(
            Payout payout, List<Attempt> attempts, List<Alarm> alarms, List<Hold> held) {
        var page = page(payout);
        var chapters = new ArrayList<Chapter>();
        held.forEach(each -> chapters.addAll(HoldTrail.asPartOf(each, payout.amountCents())));
        var own = attempts.stream().filter(each -> each.payoutId().equals(payout.id())).toList();
        if (own.isEmpty() && !payout.status().equals("held")) {
            // It never left: refused before the bank heard of it, at once or when it was released.
            chapters.add(
                    Chapter.of(
                                    payout.updatedAt(),
                                    "payout.never_sent",
                                    payout.amountCents(),
                                    "bad",
                                    new Word("reason", orEmpty(payout.reason())))
                            .on(page));
        }
        for (var each : own) {
            chapters.add(
                    Chapter.of(
                                    each.startedAt(),
                                    each.number() == 1 ? "payout.intended" : "payout.sent_again",
                                    payout.amountCents(),
                                    "plain",
                                    payout.batchId())
                            .on(Pages.link(BATCH, Map.of("id", payout.batchId())))
                            .booked("payout_intended"));
            if (each.outcome() == null) {
                chapters.add(
                        Chapter.of(
                                        each.startedAt(),
                                        "payout.unknown",
                                        null,
                                        "wait",
                                        Integer.toString(each.timesAsked()))
                                .on(page));
            } else if (each.endedAt() != null) {
                var paid = each.outcome().equals("paid");
                chapters.add(
                        Chapter.of(
                                        each.endedAt(),
                                        "payout." + each.outcome(),
                                        payout.amountCents(),
                                        paid ? "good" : "bad",
                                        paid
                                                ? orEmpty(each.endToEndId())
                                                : new Word("reason", orEmpty(each.reason())))
                                .on(page)
                                .booked(
                                        "payout_settled",
                                        "payout_reversed",
                                        "payout_paid_after_closed"));
            }
        }
        if (payout.status().equals("returned")) {
            chapters.add(
                    Chapter.of(payout.updatedAt(), "payout.returned", payout.amountCents(), "bad")
                            .on(page)
                            .booked("payout_returned"));
        }
        for (var each : alarms) {
            if (each.payoutId().equals(payout.id())) {
                chapters.add(Chapter.of(each.raisedAt(), "payout.alarm", null, "bad").on(page));
            }
        }
        return new Passage(
                new Subject(PAYOUT, payout.id()),
                payout.externalId(),
                payout.amountCents(),
                new Word("status", payout.status()),
                page,
                chapters,
                HoldTrail.links(held));
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    private static String masked(Payout payout) {
        return PixKey.parse(payout.pixKey()).map(PixKey::masked).orElse("—");
    }

    private static String page(Payout payout) {
        return Pages.link(ONE, Map.of("external_id", payout.externalId()));
    }
}
