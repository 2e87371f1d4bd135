package vintem.billing;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import vintem.access.Open;
import vintem.payments.Payment;
import vintem.payments.Payments;
import vintem.payments.PublicAddress;
import vintem.platform.Database;
import vintem.platform.Pages;
import vintem.platform.Words;

/// What a debtor reaches with nothing but the link that their e-mail has: what they owe today and
/// why, the boleto, the Pix code, and whether it is paid.
@Path("/c/{token}")
@Tag(name = "billing", description = "Charges, boletos and what settles them")
@RunOnVirtualThread
public class DebtorPages {
    /// How the page shows the boleto.
    ///
    /// @param payable a bank takes it today, for what is owed
    /// @param said the name of the sentence that says how it stands
    public record BoletoView(
            boolean payable,
            String said,
            String line,
            String printedLine,
            LocalDate due,
            boolean dueLater,
            long amountCents) {}

    /// What it comes to today.
    ///
    /// @param openCents of the principal
    /// @param lateOwedCents late terms of parts that were paid late
    public record OwedView(
            long totalCents,
            long openCents,
            long lateOwedCents,
            long fineCents,
            long interestCents,
            long discountCents,
            long daysLate) {
        static OwedView of(Debt.Owed owed) {
            return new OwedView(
                    owed.totalCents(),
                    owed.principalCents(),
                    owed.lateOwedCents(),
                    owed.fineCents(),
                    owed.interestCents(),
                    owed.discountCents(),
                    owed.daysLate());
        }
    }

    /// A Pix code that pays it, drawn where `image` is.
    public record PixView(UUID paymentId, String code, String image, long amountCents) {}

    /// What came in.
    public record PaidView(long cents, Instant at, long creditCents, long waivedCents) {}

    /// @param status the charge's; *paid* as soon as the bank has confirmed its Pix
    /// @param state what the page watches: another one is another page
    /// @param sentences the late terms in words
    /// @param share what a messenger is given, and `shareLink` where a browser has none to ask
    public record DebtorView(
            String status,
            String state,
            String token,
            String receiver,
            String debtor,
            String debtId,
            long amountCents,
            LocalDate due,
            OwedView owed,
            long paidCents,
            List<String> sentences,
            @Nullable BoletoView boleto,
            @Nullable PixView pix,
            @Nullable PaidView paid,
            String share,
            String shareLink) {
        /// Whether how it adds up has to be read before anything else: it is not the amount that
        /// the debtor knows.
        public boolean isExplained() {
            return paidCents > 0 || owed.totalCents() != owed.openCents();
        }
    }

    private static final String SHARE = "https://wa.me/?text=";
    private static final String PAID = ChargeStatus.PAID.word();

    private final ChargeLookupTable lookups;
    private final SettlementTable settlements;
    private final ChargePixTable codes;
    private final ChargePix chargePix;
    private final PrintBoleto printBoleto;
    private final Payments payments;
    private final Database database;
    private final PublicAddress address;
    private final Pages pages;
    private final Clock clock;

    @Inject
    DebtorPages(
            ChargeLookupTable lookups,
            SettlementTable settlements,
            ChargePixTable codes,
            ChargePix chargePix,
            PrintBoleto printBoleto,
            Payments payments,
            Database database,
            PublicAddress address,
            Pages pages,
            Clock clock) {
        this.lookups = lookups;
        this.settlements = settlements;
        this.codes = codes;
        this.chargePix = chargePix;
        this.printBoleto = printBoleto;
        this.payments = payments;
        this.database = database;
        this.address = address;
        this.pages = pages;
        this.clock = clock;
    }

    @GET
    @Open
    @Operation(
            summary = "The debtor's page",
            description =
                    "Open to whoever has the link: its token is the charge's id and 128 random bits.")
    @APIResponse(
            responseCode = "200",
            description = "The page",
            content =
                    @Content(
                            mediaType = MediaType.TEXT_HTML,
                            examples = @ExampleObject(name = "page", value = "<!doctype html>…")))
    @APIResponse(responseCode = "404", description = "No such page; a page says so")
    public Response show(@PathParam("token") String token) {
        return find(token)
                .map(charge -> pages.show("billing/debtor.html", view(charge)))
                .orElseGet(() -> pages.show(404, "billing/unknown.html", Map.of()).build());
    }

    @GET
    @Path("/boleto.pdf")
    @Open
    @Produces("application/pdf")
    @Operation(summary = "The debtor's boleto on paper")
    @APIResponse(
            responseCode = "200",
            description = "A PDF of one page",
            content =
                    @Content(
                            mediaType = "application/pdf",
                            schema = @Schema(type = SchemaType.STRING, format = "binary")))
    @APIResponse(responseCode = "404", description = "No such page, or the charge has no boleto")
    public Response pdf(@PathParam("token") String token) {
        return find(token)
                .flatMap(it -> printBoleto.print(it).map(bytes -> ChargesHttp.pdf(bytes, it)))
                .orElseThrow(ChargesHttp::noSuchBoleto);
    }

    private Optional<Charge> find(String token) {
        return DebtorLink.parse(token)
                .flatMap(
                        link ->
                                database.transaction(tx -> lookups.find(tx, link.chargeId()))
                                        .filter(link::opens));
    }

    private DebtorView view(Charge charge) {
        var words = pages.words();
        var now = clock.instant();
        var paid = paid(charge);
        var status = paid == null ? charge.status().word() : PAID;
        var code =
                charge.status().owes() && paid == null
                        ? chargePix.codes(List.of(charge.id())).get(charge.id())
                        : null;
        var pix =
                code == null
                        ? null
                        : new PixView(
                                code.paymentId(),
                                code.copyAndPaste(),
                                Payments.imagePath(code.paymentId()),
                                code.amountCents());
        var boleto = charge.boleto() == null ? null : boleto(charge, charge.boleto(), now);
        var owed = OwedView.of(charge.owedAt(now));
        var share = share(words, charge, owed, boleto, pix);
        return new DebtorView(
                status,
                "%s-%d".formatted(status, charge.debt().paidCents()),
                DebtorLink.of(charge).token(),
                payments.receiver(),
                charge.name(),
                charge.debtId(),
                charge.amountCents(),
                charge.dueDate(),
                owed,
                charge.debt().paidCents(),
                charge.terms().sentences(words, charge.dueDate()),
                boleto,
                pix,
                paid,
                share,
                // Messengers take a plus for what it is.
                SHARE + URLEncoder.encode(share, StandardCharsets.UTF_8).replace("+", "%20"));
    }

    /// What paid the charge: null while something is owed. A Pix that the bank has confirmed counts
    /// before its news have reached the charge.
    private @Nullable PaidView paid(Charge charge) {
        return database.transaction(
                tx -> {
                    var all = settlements.ofCharge(tx, charge.id());
                    if (charge.status() == ChargeStatus.PAID) {
                        return new PaidView(
                                all.stream().mapToLong(Settlement::amountCents).sum(),
                                Objects.requireNonNull(charge.paidAt()),
                                all.stream().mapToLong(Settlement::creditCents).sum(),
                                all.stream().mapToLong(Settlement::waivedCents).sum());
                    }
                    if (!charge.status().owes()) {
                        return null;
                    }
                    var shown = codes.shown(tx, List.of(charge.id())).values();
                    return payments
                            .find(tx, shown.stream().map(ChargePixTable.Code::paymentId).toList())
                            .stream()
                            .filter(Payment::isPaid)
                            .findFirst()
                            .filter(it -> pays(charge, it))
                            .map(
                                    it ->
                                            new PaidView(
                                                    Objects.requireNonNull(it.paidCents()),
                                                    Objects.requireNonNull(it.paidAt()),
                                                    0,
                                                    0))
                            .orElse(null);
                });
    }

    private static boolean pays(Charge charge, Payment payment) {
        var cents = Objects.requireNonNull(payment.paidCents());
        var day = Charge.day(Objects.requireNonNull(payment.paidAt()));
        var split = charge.debt().pay(cents, day);
        return split.principalCents() + split.discountCents() == charge.debt().openCents();
    }

    private static BoletoView boleto(Charge charge, Charge.Issued issued, Instant now) {
        var said =
                switch (charge.boletoStatus()) {
                    case NONE, PAID, WRITTEN_OFF -> "closed";
                    case DRAFT, REGISTERING -> "registering";
                    case REJECTED -> "rejected";
                    case REGISTERED -> {
                        if (issued.due().isBefore(Charge.day(now))) {
                            yield "overdue";
                        }
                        yield issued.boleto().amountCents() == charge.debt().openCents()
                                ? "registered"
                                : "other_amount";
                    }
                };
        var boleto = issued.boleto();
        return new BoletoView(
                said.equals("registered"),
                said,
                boleto.line(),
                boleto.printedLine(),
                issued.due(),
                issued.due().isAfter(charge.dueDate()),
                boleto.amountCents());
    }

    /// What somebody sends to themselves or to whoever pays for them.
    private String share(
            Words words,
            Charge charge,
            OwedView owed,
            @Nullable BoletoView boleto,
            @Nullable PixView pix) {
        var text =
                new StringBuilder(
                        words.say(
                                "debtor.share.text",
                                payments.receiver(),
                                words.money(owed.totalCents()),
                                words.day(charge.dueDate())));
        if (boleto != null && boleto.payable()) {
            text.append("\n\n")
                    .append(words.say("debtor.share.boleto"))
                    .append('\n')
                    .append(boleto.line());
        }
        if (pix != null) {
            text.append("\n\n")
                    .append(words.say("debtor.share.pix"))
                    .append('\n')
                    .append(pix.code());
        }
        return text.append("\n\n")
                .append(address.base())
                .append(DebtorLink.of(charge).path())
                .toString();
    }
}
