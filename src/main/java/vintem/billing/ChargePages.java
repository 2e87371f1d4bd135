package vintem.billing;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.access.Asking;
import vintem.access.Capability;
import vintem.access.Needs;
import vintem.access.ReadsPerson;
import vintem.access.Role;
import vintem.billing.DebtorPages.OwedView;
import vintem.ledger.Ledger;
import vintem.payments.RefundPayment;
import vintem.platform.BusinessDays;
import vintem.platform.Database;
import vintem.platform.Page;
import vintem.platform.Pages;
import vintem.platform.Words;

/// The operator's pages of charges, and of money that was paid for debts which nobody has.
@Path("/app/billing")
@RunOnVirtualThread
@Produces(MediaType.TEXT_HTML)
public class ChargePages {
    private static final String CHARGES = "/app/billing/charges";
    private static final String UNKNOWN = "/app/billing/unknown";
    private static final int LINES = 50;

    /// @param governmentId masked
    public record ChargeLine(
            UUID id,
            String debtId,
            String name,
            String governmentId,
            LocalDate due,
            long amountCents,
            long openCents,
            String status,
            String boletoStatus) {
        static ChargeLine of(Charge it) {
            return new ChargeLine(
                    it.id(),
                    it.debtId(),
                    it.name(),
                    ChargesHttp.masked(it.governmentId()),
                    it.dueDate(),
                    it.amountCents(),
                    it.status().owes() ? it.debt().openCents() : 0,
                    it.status().word(),
                    it.boletoStatus().word());
        }
    }

    public record Choice(String status, boolean chosen) {}

    /// What was asked for, as it is written into the form again.
    public record Asked(
            @Nullable String status,
            @Nullable String dueFrom,
            @Nullable String dueTo,
            @Nullable String debtor,
            @Nullable String debtId,
            @Nullable String fileId) {
        public boolean isAnything() {
            return !query().isEmpty();
        }

        Map<String, String> query() {
            var query = new LinkedHashMap<String, String>();
            put(query, "status", status);
            put(query, "due_from", dueFrom);
            put(query, "due_to", dueTo);
            put(query, "debtor", debtor);
            put(query, "debt_id", debtId);
            put(query, "file_id", fileId);
            return query;
        }

        private static void put(Map<String, String> query, String name, @Nullable String value) {
            if (value != null) {
                query.put(name, value);
            }
        }
    }

    public record ListView(
            List<ChargeLine> charges,
            Asked asked,
            List<Choice> choices,
            @Nullable String next,
            boolean later,
            String first) {}

    public record BoletoView(
            String status,
            @Nullable String reason,
            String number,
            String line,
            String printedLine,
            LocalDate due,
            long amountCents) {}

    /// Something that happened to a charge.
    ///
    /// @param detail in the words of the page
    public record Moment(String kind, Instant at, @Nullable Long cents, @Nullable String detail) {}

    public record SettlementView(
            String channel,
            Instant paidAt,
            @Nullable String paidBy,
            long amountCents,
            long principalCents,
            long lateCents,
            long creditCents,
            long discountCents,
            long waivedCents,
            @Nullable String reason) {
        static SettlementView of(Settlement it) {
            return new SettlementView(
                    it.channel().word(),
                    it.paidAt(),
                    it.paidBy(),
                    it.amountCents(),
                    it.principalCents(),
                    it.lateCents(),
                    it.creditCents(),
                    it.discountCents(),
                    it.waivedCents(),
                    it.reason() == null ? null : it.reason().word());
        }
    }

    public record EmailView(
            String what, String status, Instant at, @Nullable String reply, boolean repeated) {}

    /// @param governmentId whole
    /// @param creditCents what its debtor has paid too much, and not got back
    /// @param refundableCents what of that a Pix can give back at this moment
    /// @param owed null where nothing is owed any more
    /// @param terms the late terms in sentences
    /// @param page the debtor's
    /// @param today the first day that a new due date may be
    public record OneView(
            ChargeLine charge,
            String governmentId,
            boolean documentValid,
            String email,
            String billed,
            @Nullable UUID fileId,
            int line,
            long paidCents,
            long creditCents,
            long refundableCents,
            @Nullable OwedView owed,
            List<String> terms,
            @Nullable BoletoView boleto,
            String page,
            List<Moment> moments,
            List<SettlementView> settlements,
            List<Ledger.Recorded> transfers,
            List<EmailView> emails,
            Instant createdAt,
            LocalDate today,
            boolean open,
            boolean mayAct) {}

    public record UnknownLine(
            UUID id,
            @Nullable String debtId,
            long amountCents,
            Instant paidAt,
            Instant recordedAt,
            @Nullable String paidBy,
            @Nullable String bankPaymentId,
            @Nullable String endToEndId) {
        static UnknownLine of(Settlement it) {
            return new UnknownLine(
                    it.id(),
                    it.debtId(),
                    it.amountCents(),
                    it.paidAt(),
                    it.recordedAt(),
                    it.paidBy(),
                    it.bankPaymentId(),
                    it.endToEndId());
        }
    }

    public record UnknownView(
            List<UnknownLine> money, @Nullable String next, boolean later, boolean mayAct) {}

    private final ChargeLookupTable lookups;
    private final SettlementTable settlements;
    private final ChargeRefundTable refunds;
    private final GiveCreditBack giveCreditBack;
    private final ChargeEmailTable emails;
    private final ChargeAnswers answers;
    private final Ledger ledger;
    private final Database database;
    private final Pages pages;
    private final Asking asking;
    private final Clock clock;

    @Inject
    ChargePages(
            ChargeLookupTable lookups,
            SettlementTable settlements,
            ChargeRefundTable refunds,
            GiveCreditBack giveCreditBack,
            ChargeEmailTable emails,
            ChargeAnswers answers,
            Ledger ledger,
            Database database,
            Pages pages,
            Asking asking,
            Clock clock) {
        this.lookups = lookups;
        this.settlements = settlements;
        this.refunds = refunds;
        this.giveCreditBack = giveCreditBack;
        this.emails = emails;
        this.answers = answers;
        this.ledger = ledger;
        this.database = database;
        this.pages = pages;
        this.asking = asking;
        this.clock = clock;
    }

    @GET
    @Path("charges")
    @Needs(capability = Capability.BILLING, role = Role.READ)
    @Operation(hidden = true)
    public Response list(
            @QueryParam("status") @Nullable String status,
            @QueryParam("due_from") @Nullable String dueFrom,
            @QueryParam("due_to") @Nullable String dueTo,
            @QueryParam("debtor") @Nullable String debtor,
            @QueryParam("debt_id") @Nullable String debtId,
            @QueryParam("file_id") @Nullable String fileId,
            @QueryParam("after") @Nullable String after) {
        var asked =
                new Asked(
                        given(status),
                        given(dueFrom),
                        given(dueTo),
                        given(debtor),
                        given(debtId),
                        given(fileId));
        var filter =
                ChargesHttp.filter(
                        asked.status(),
                        asked.dueFrom(),
                        asked.dueTo(),
                        asked.debtor(),
                        asked.debtId(),
                        asked.fileId(),
                        given(after));
        var rows = database.transaction(tx -> lookups.list(tx, filter, LINES + 1));
        var page = Page.of(rows, LINES, each -> each.id().toString());
        var next = asked.query();
        if (page.next() != null) {
            next.put("after", page.next());
        }
        return pages.show(
                "billing/charges.html",
                new ListView(
                        page.items().stream().map(ChargeLine::of).toList(),
                        asked,
                        Arrays.stream(ChargeStatus.values())
                                .map(ChargeStatus::word)
                                .map(it -> new Choice(it, it.equals(asked.status())))
                                .toList(),
                        page.next() == null ? null : Pages.link(CHARGES, next),
                        filter.after() != null,
                        Pages.link(CHARGES, asked.query())));
    }

    /// While something is owed, the page asks for itself again and takes over what has changed.
    @GET
    @Path("charge")
    @ReadsPerson("charge")
    @Needs(capability = Capability.BILLING, role = Role.READ)
    @Operation(hidden = true)
    public Response one(@QueryParam("id") @Nullable String id) {
        var words = pages.words();
        var view =
                Optional.ofNullable(id)
                        .flatMap(ChargesHttp::parse)
                        .flatMap(
                                it ->
                                        database.snapshot(
                                                tx ->
                                                        lookups.find(tx, it)
                                                                .map(
                                                                        charge ->
                                                                                view(
                                                                                        tx, charge,
                                                                                        words))));
        return view.map(found -> pages.show("billing/charge.html", found))
                .orElseGet(() -> pages.show(404, "billing/no-charge.html", Map.of()).build());
    }

    @GET
    @Path("unknown")
    @Needs(capability = Capability.BILLING, role = Role.READ)
    @Operation(hidden = true)
    public Response unknown(@QueryParam("after") @Nullable String after) {
        var place = Optional.ofNullable(after).flatMap(ChargesHttp::parse).orElse(null);
        var rows = database.transaction(tx -> settlements.unknown(tx, place, LINES + 1));
        var page = Page.of(rows, LINES, each -> each.id().toString());
        return pages.show(
                "billing/unknown-money.html",
                new UnknownView(
                        page.items().stream().map(UnknownLine::of).toList(),
                        page.next() == null
                                ? null
                                : Pages.link(UNKNOWN, Map.of("after", page.next())),
                        place != null,
                        mayAct()));
    }

    private OneView view(Handle tx, Charge charge, Words words) {
        var money = settlements.ofCharge(tx, charge.id());
        var transfers = ledger.transfersOf(tx, charge.id());
        var mails = emails.ofCharge(tx, charge.id());
        var back = refunds.ofCharge(tx, charge.id());
        var owes = charge.status().owes();
        return new OneView(
                ChargeLine.of(charge),
                charge.governmentId(),
                charge.documentValid(),
                charge.email(),
                charge.billed().word(),
                charge.fileId(),
                charge.line(),
                charge.debt().paidCents(),
                refunds.creditCents(tx, charge.id()),
                giveCreditBack
                        .possible(tx, charge.id())
                        .map(RefundPayment.Part::amountCents)
                        .orElse(0L),
                owes ? OwedView.of(charge.owedAt(clock.instant())) : null,
                charge.terms().sentences(words, charge.dueDate()),
                boleto(charge),
                DebtorLink.of(charge).path(),
                moments(
                        charge,
                        lookups.former(tx, charge.id()),
                        money,
                        back,
                        transfers,
                        mails,
                        words),
                money.stream().map(SettlementView::of).toList(),
                transfers,
                mails.stream()
                        .map(
                                it ->
                                        new EmailView(
                                                what(it.reason(), words),
                                                it.status(),
                                                it.endedAt() == null ? it.queuedAt() : it.endedAt(),
                                                it.reply(),
                                                it.repeated()))
                        .toList(),
                charge.createdAt(),
                BusinessDays.today(clock),
                owes,
                mayAct());
    }

    private @Nullable BoletoView boleto(Charge charge) {
        var issued = charge.boleto();
        if (issued == null) {
            return null;
        }
        var boleto = issued.boleto();
        return new BoletoView(
                charge.boletoStatus().word(),
                charge.boletoReason(),
                answers.printedNumber(issued.beneficiaryId(), issued.number()),
                boleto.line(),
                boleto.printedLine(),
                issued.due(),
                boleto.amountCents());
    }

    /// What happened, in the order in which it did.
    private static List<Moment> moments(
            Charge charge,
            List<ChargeLookupTable.Former> former,
            List<Settlement> money,
            List<ChargeRefund> back,
            List<Ledger.Recorded> transfers,
            List<ChargeEmailTable.Line> mails,
            Words words) {
        var moments = new ArrayList<Moment>();
        moments.add(new Moment("made", charge.createdAt(), charge.amountCents(), null));
        for (var each : former) {
            moments.add(
                    new Moment(
                            "replaced",
                            each.replacedAt(),
                            null,
                            words.say("billing.moment.replaced.detail", words.day(each.due()))));
        }
        for (var each : mails) {
            if (each.endedAt() != null) {
                moments.add(
                        new Moment(
                                "mail_" + each.status(),
                                each.endedAt(),
                                null,
                                what(each.reason(), words)));
            }
        }
        for (var each : money) {
            moments.add(
                    new Moment(
                            "settled_" + each.channel().word(),
                            each.recordedAt(),
                            each.amountCents(),
                            each.reason() == null
                                    ? null
                                    : words.name("billing.credit", each.reason().word())));
        }
        for (var each : back) {
            moments.add(
                    new Moment(
                            each.byBank() ? "taken_back" : "refunded",
                            each.recordedAt(),
                            each.amountCents(),
                            each.principalCents() == 0
                                    ? null
                                    : words.say(
                                            "billing.moment.owed_again",
                                            words.money(each.principalCents()))));
        }
        for (var each : transfers) {
            if (each.kind().equals(CancelCharges.KIND)) {
                moments.add(new Moment("cancelled", each.recordedAt(), each.amountCents(), null));
            }
        }
        moments.sort(Comparator.comparing(Moment::at));
        return moments;
    }

    /// Why a mail was written, in words.
    private static String what(String reason, Words words) {
        var why = MailReason.of(reason);
        var due = why.due() == null ? "" : words.day(why.due());
        return switch (why.kind()) {
            case ISSUED -> words.say("billing.mail.issued");
            case REISSUED -> words.say("billing.mail.reissued", due);
            case REMINDER -> {
                if (why.days() == 0) {
                    yield words.say("billing.mail.reminder.today", due);
                }
                var way = why.days() < 0 ? "ahead" : "late";
                yield words.count("billing.mail.reminder." + way, Math.abs(why.days()))
                        + " ("
                        + due
                        + ")";
            }
        };
    }

    private static @Nullable String given(@Nullable String text) {
        return text == null || text.isBlank() ? null : text.strip();
    }

    private boolean mayAct() {
        return asking.caller().may(Capability.BILLING, Role.OPERATOR);
    }
}
