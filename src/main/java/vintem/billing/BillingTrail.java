package vintem.billing;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.access.Asking;
import vintem.access.Capability;
import vintem.access.Role;
import vintem.platform.Attention;
import vintem.platform.Finder;
import vintem.platform.Pages;
import vintem.platform.Sought;
import vintem.platform.Storyteller;

/// What the console hears of billing: what waits for a person, what is found, and the story of a
/// charge, from its row in a file to its last cent.
@Singleton
class BillingTrail implements Attention, Finder, Storyteller {
    private static final String CHARGE = "charge";
    private static final String SETTLEMENT = "settlement";
    private static final String HOME = "/app/billing";
    private static final String UNKNOWN = HOME + "/unknown";
    private static final String OUTBOX = HOME + "/outbox";
    private static final Duration LATELY = Duration.ofDays(7);
    private static final int MOST_CODES = 20;

    private final BillingTrailTable table;
    private final ChargeLookupTable lookups;
    private final SettlementTable settlements;
    private final ChargeRefundTable refunds;
    private final ChargeEmailTable emails;
    private final DebtFileTable files;
    private final Asking asking;

    @Inject
    BillingTrail(
            BillingTrailTable table,
            ChargeLookupTable lookups,
            SettlementTable settlements,
            ChargeRefundTable refunds,
            ChargeEmailTable emails,
            DebtFileTable files,
            Asking asking) {
        this.table = table;
        this.lookups = lookups;
        this.settlements = settlements;
        this.refunds = refunds;
        this.emails = emails;
        this.files = files;
        this.asking = asking;
    }

    @Override
    public String section() {
        return "billing";
    }

    @Override
    public boolean isOpen() {
        return asking.callerIfKnown()
                .filter(caller -> caller.may(Capability.BILLING, Role.READ))
                .isPresent();
    }

    @Override
    public List<Matter> matters(Handle tx, Instant now) {
        var since = now.minus(LATELY);
        var unknown = table.unknown(tx, MOST);
        var rows = table.rows(tx, since);
        var errata = rows.files() == 1 && rows.first() != null ? file(rows.first()) : HOME;
        var mails = table.failedMails(tx, since, MOST);
        var paused = table.paused(tx, now);
        var rejected = table.rejected(tx, MOST);
        return List.of(
                new Matter("settlements_unknown", unknown.count(), true, unknown.oldest(), UNKNOWN),
                new Matter(
                        "rows_in_conflict",
                        Math.min(MOST, rows.conflicts()),
                        true,
                        rows.oldest(),
                        errata),
                new Matter(
                        "rows_in_error",
                        Math.min(MOST, rows.errors()),
                        false,
                        rows.oldest(),
                        errata),
                new Matter("mails_failed", mails.count(), false, mails.oldest(), OUTBOX),
                new Matter(
                        "mails_paused",
                        paused.isPresent() ? 1 : 0,
                        true,
                        paused.orElse(null),
                        OUTBOX),
                new Matter(
                        "boletos_rejected",
                        rejected.count(),
                        false,
                        rejected.oldest(),
                        rejected.first() == null ? HOME : page(rejected.first())));
    }

    @Override
    public List<Hit> find(Handle tx, Sought sought, int most) {
        var text = sought.text();
        var hits = new ArrayList<Hit>();
        sought.id()
                .ifPresent(
                        id -> {
                            lookups.find(tx, id).ifPresent(it -> hits.add(hit(it, true)));
                            files.find(tx, id).ifPresent(it -> hits.add(hit(it)));
                            table.owners(tx, List.of(id))
                                    .forEach(it -> hits.addAll(hits(tx, it.chargeId(), id)));
                        });
        lookups.findByDebt(tx, List.of(text)).forEach(it -> hits.add(hit(it, true)));
        var names = new SettlementTable.Names(Set.of(text), Set.of(text), Set.of());
        for (var each : settlements.known(tx, names)) {
            hits.addAll(hits(tx, each.chargeId(), each.id()));
        }
        if (sought.taxId().isPresent() || sought.email().isPresent() || sought.isName()) {
            lookups.list(tx, ChargesHttp.filter(null, null, null, text, null, null, null), most)
                    .forEach(it -> hits.add(hit(it, false)));
        }
        sought.cents()
                .ifPresent(
                        cents ->
                                lookups.find(tx, table.byAmount(tx, cents, most)).stream()
                                        .sorted((a, b) -> b.createdAt().compareTo(a.createdAt()))
                                        .forEach(it -> hits.add(hit(it, false))));
        return hits.stream().limit(most).toList();
    }

    /// The charge that money was for; where nobody knows, the money itself.
    private List<Hit> hits(Handle tx, @Nullable UUID chargeId, UUID settlementId) {
        return chargeId == null
                ? List.of(
                        new Hit(
                                SETTLEMENT,
                                settlementId.toString(),
                                null,
                                null,
                                null,
                                null,
                                settlementId,
                                UNKNOWN,
                                true))
                : lookups.find(tx, chargeId).stream().map(it -> hit(it, true)).toList();
    }

    private static Hit hit(Charge charge, boolean exact) {
        return new Hit(
                CHARGE,
                charge.debtId(),
                charge.name() + " · " + ChargesHttp.masked(charge.governmentId()),
                charge.amountCents(),
                new Word("billing.charge", charge.status().word()),
                charge.createdAt(),
                charge.id(),
                page(charge.id()),
                exact);
    }

    private static Hit hit(DebtFile file) {
        return new Hit(
                "debt_file",
                file.name(),
                null,
                null,
                new Word("billing.status", file.status().word()),
                file.receivedAt(),
                null,
                file(file.id()),
                true);
    }

    @Override
    public List<Subject> recognise(Handle tx, UUID id) {
        var found = new ArrayList<Subject>();
        lookups.find(tx, id).ifPresent(_ -> found.add(new Subject(CHARGE, id)));
        for (var each : table.owners(tx, List.of(id))) {
            found.add(
                    each.chargeId() == null
                            ? new Subject(SETTLEMENT, id)
                            : new Subject(CHARGE, each.chargeId()));
        }
        return found;
    }

    /// A payment that was made for a charge leads to it.
    @Override
    public Set<Subject> related(Handle tx, Collection<Subject> subjects) {
        var payments = Storyteller.ids(subjects, "payment");
        var found = new HashSet<Subject>();
        if (!payments.isEmpty()) {
            table.chargesOf(tx, payments)
                    .forEach(each -> found.add(new Subject(CHARGE, each.chargeId())));
        }
        return found;
    }

    // A payment is for one charge: a story has one of them, and each is told by itself.
    @Override
    public List<Passage> tell(Handle tx, Collection<Subject> subjects) {
        var told = new ArrayList<Passage>();
        var charges = Storyteller.ids(subjects, CHARGE);
        if (!charges.isEmpty()) {
            lookups.find(tx, charges).forEach(each -> told.add(passage(tx, each)));
        }
        var unknown = Storyteller.ids(subjects, SETTLEMENT);
        if (!unknown.isEmpty()) {
            table.owners(tx, unknown).forEach(each -> told.add(passage(each)));
        }
        return told;
    }

    /// Money for a debt that nobody has: nothing is booked until somebody says whose it is.
    private static Passage passage(BillingTrailTable.Owner unknown) {
        return new Passage(
                new Subject(SETTLEMENT, unknown.settlementId()),
                unknown.settlementId().toString(),
                unknown.amountCents(),
                null,
                UNKNOWN,
                List.of(
                        Chapter.of(
                                        unknown.recordedAt(),
                                        "settlement.unknown",
                                        unknown.amountCents(),
                                        "wait")
                                .on(UNKNOWN)),
                Set.of());
    }

    private Passage passage(Handle tx, Charge charge) {
        var page = page(charge.id());
        var chapters = new ArrayList<Chapter>();
        chapters.add(made(tx, charge));
        var boleto = charge.boleto();
        if (boleto != null) {
            chapters.add(
                    Chapter.of(boleto.at(), "charge.boleto", null, "plain", boleto.due()).on(page));
        }
        for (var each : lookups.former(tx, charge.id())) {
            chapters.add(
                    Chapter.of(each.issuedAt(), "charge.boleto", null, "plain", each.due())
                            .on(page));
            chapters.add(
                    Chapter.of(
                            each.replacedAt(),
                            "charge.boleto_replaced",
                            null,
                            "plain",
                            each.due()));
        }
        for (var each : emails.ofCharge(tx, charge.id())) {
            chapters.add(mail(each).on(page));
        }
        for (var each : settlements.ofCharge(tx, charge.id())) {
            chapters.add(
                    Chapter.of(
                                    each.recordedAt(),
                                    "charge.settled_" + each.channel().word(),
                                    each.amountCents(),
                                    "good")
                            .on(page)
                            .bookedOf(each.id()));
        }
        for (var each : refunds.ofCharge(tx, charge.id())) {
            chapters.add(
                    Chapter.of(
                                    each.recordedAt(),
                                    each.byBank() ? "charge.taken_back" : "charge.refunded",
                                    each.amountCents(),
                                    "bad")
                            .on(page)
                            .bookedOf(each.id()));
        }
        if (charge.status() == ChargeStatus.CANCELLED) {
            chapters.add(
                    Chapter.of(charge.updatedAt(), "charge.cancelled", null, "bad")
                            .on(page)
                            .booked(CancelCharges.KIND));
        }
        var links = new HashSet<Subject>();
        table.paymentsOf(tx, charge.id(), MOST_CODES)
                .forEach(each -> links.add(new Subject("payment", each.paymentId())));
        return new Passage(
                new Subject(CHARGE, charge.id()),
                charge.debtId(),
                charge.amountCents(),
                new Word("billing.charge", charge.status().word()),
                page,
                chapters,
                links);
    }

    /// The row of its file, where it came by one.
    private Chapter made(Handle tx, Charge charge) {
        if (charge.fileId() == null) {
            return Chapter.of(
                            charge.createdAt(),
                            "charge.made",
                            charge.amountCents(),
                            "plain",
                            charge.dueDate())
                    .on(page(charge.id()))
                    .booked("charge_made");
        }
        var name = files.find(tx, charge.fileId()).map(DebtFile::name).orElse("—");
        return Chapter.of(
                        charge.createdAt(),
                        "charge.made_by_row",
                        charge.amountCents(),
                        "plain",
                        Integer.toString(charge.line()),
                        name,
                        charge.dueDate())
                .on(file(charge.fileId()))
                .booked("charge_made");
    }

    private static Chapter mail(ChargeEmailTable.Line mail) {
        var why = MailReason.of(mail.reason()).kind().name().toLowerCase(Locale.ROOT);
        var known = mail.endedAt() != null;
        return Chapter.of(
                known ? mail.endedAt() : mail.queuedAt(),
                "mail." + (known ? mail.status() : "queued"),
                null,
                mail.status().equals("failed") ? "bad" : known ? "plain" : "wait",
                new Word("story.mail.reason", why));
    }

    private static String page(UUID chargeId) {
        return Pages.link(HOME + "/charge", Map.of("id", chargeId.toString()));
    }

    private static String file(UUID fileId) {
        return Pages.link(HOME + "/file", Map.of("id", fileId.toString()));
    }
}
