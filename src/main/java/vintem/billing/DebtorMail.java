package vintem.billing;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.URI;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import vintem.billing.ChargeEmailTable.Due;
import vintem.platform.BusinessDays;
import vintem.platform.EmailAddress;
import vintem.platform.MailMessage;
import vintem.platform.Mailbox;
import vintem.platform.Pages;
import vintem.platform.QrCode;
import vintem.platform.Settings;
import vintem.platform.Words;

/// Writes the mails that debtors get: what is owed, until when, and all it takes to pay it.
@Singleton
class DebtorMail {
    /// A mail that is ready to go.
    record Letter(Due mail, MailMessage message, @Nullable String pixCode) {}

    /// What the templates show.
    ///
    /// @param sender as people know it
    /// @param debtId the creditor's own name of the debt; null where it has none
    /// @param preview what mail programs show beside the subject
    /// @param boletoDue null where it is the due date, or there is no boleto
    /// @param line the boleto's, as it is printed; null where there is none to be paid
    /// @param boleto `payable`, `pending` or `none`
    /// @param growing fine or interest are due once it is late
    public record View(
            String sender,
            @Nullable String name,
            @Nullable String debtId,
            String lead,
            String preview,
            long openCents,
            long amountCents,
            LocalDate dueDate,
            @Nullable LocalDate boletoDue,
            String boleto,
            @Nullable String line,
            @Nullable String pixCode,
            String qr,
            String link,
            String unsubscribe,
            boolean growing,
            boolean sandbox,
            String language) {}

    private static final String CID = "pix@vintem";

    /// How the HTML names the image of the Pix code.
    static final String QR = "cid:" + CID;
    private static final int PIXELS_PER_MODULE = 6;
    private static final int LONGEST_SENDER = 80;

    private final Pages pages;
    private final Words words;

    @Inject
    DebtorMail(Pages pages) {
        this.pages = pages;
        words = language(Settings.text("billing-language").orElse("pt"));
    }

    static Words language(String setting) {
        return switch (setting) {
            case "pt" -> Words.PT;
            case "en" -> Words.EN;
            default ->
                    throw new IllegalArgumentException("VINTEM_BILLING_LANGUAGE is `pt` or `en`");
        };
    }

    /// @param from whom it is from
    /// @param base scheme and host under which debtors reach us
    /// @param code null where there is none
    /// @return empty where nothing can be written to the address
    Optional<Letter> write(
            Due due, ChargePix.@Nullable Code code, Mailbox from, String base, Instant now) {
        var pixCode = code == null ? null : code.copyAndPaste();
        return EmailAddress.parse(due.email())
                .map(
                        address -> {
                            var today = LocalDate.ofInstant(now, BusinessDays.SAO_PAULO);
                            var reason = MailReason.of(due.reason());
                            var view = view(due, reason, pixCode, from, base, today);
                            var subject = subject(due, reason, today, view.sender());
                            var message =
                                    new MailMessage(
                                            from,
                                            new Mailbox(view.name(), address),
                                            view.sandbox() ? "[SANDBOX] " + subject : subject,
                                            messageId(due, from),
                                            now,
                                            words.tag(),
                                            URI.create(view.unsubscribe()),
                                            pages.write("billing/mail/notice.txt", words, view),
                                            pages.write("billing/mail/notice.html", words, view),
                                            images(pixCode));
                            return new Letter(due, message, pixCode);
                        });
    }

    /// The same for the same charge and reason, however often it is written.
    private static String messageId(Due due, Mailbox from) {
        return due.chargeId() + "." + due.reason() + "@" + from.address().domain();
    }

    private String subject(Due due, MailReason reason, LocalDate today, String sender) {
        var money = words.money(due.openCents());
        if (reason.kind() == MailReason.Kind.REISSUED) {
            return words.say("mail.subject.again", sender, money, words.day(due.dueDate()));
        }
        var left = ChronoUnit.DAYS.between(today, due.dueDate());
        return reason.kind() == MailReason.Kind.REMINDER && left > 0
                ? words.say("mail.subject.left", sender, money, words.count("mail.days", left))
                : words.say(
                        "mail.subject." + state(due.dueDate(), today),
                        sender,
                        money,
                        words.day(due.dueDate()));
    }

    private View view(
            Due due,
            MailReason reason,
            @Nullable String pixCode,
            Mailbox from,
            String base,
            LocalDate today) {
        var payable = payable(due);
        var sender = sender(from);
        var state =
                reason.kind() == MailReason.Kind.REISSUED ? "again" : state(due.dueDate(), today);
        return new View(
                sender,
                Mailbox.oneLine(due.name()),
                due.debtId().equals(due.chargeId().toString()) ? null : due.debtId(),
                words.say("mail.lead." + state, sender),
                words.say(
                        "mail.preview." + state,
                        words.money(due.openCents()),
                        words.day(due.dueDate())),
                due.openCents(),
                due.amountCents(),
                due.dueDate(),
                due.boletoDue() == null || due.boletoDue().equals(due.dueDate())
                        ? null
                        : due.boletoDue(),
                payable,
                payable.equals("payable") && due.barCode() != null
                        ? new Boleto(due.barCode(), due.boletoDue()).printedLine()
                        : null,
                pixCode,
                QR,
                base + new DebtorLink(due.chargeId(), due.pageKey()).path(),
                base + "/unsubscribe/" + UnsubscribeToken.of(due.chargeId(), due.pageKey()).text(),
                due.lateTerms() != null,
                Settings.mode() == Settings.Mode.SANDBOX,
                words.tag());
    }

    /// What falls due on a day without banks is paid in time on the next that has them (law
    /// 7.089/1983).
    static String state(LocalDate due, LocalDate today) {
        if (due.isAfter(today)) {
            return "ahead";
        }
        return BusinessDays.NATIONAL.next(due).isBefore(today) ? "over" : "today";
    }

    /// Before a bank has registered a boleto nobody can pay it; and its amount stays what it was.
    private static String payable(Due due) {
        if (due.barCode() != null
                && new Boleto(due.barCode(), due.boletoDue()).amountCents() != due.openCents()) {
            return "none";
        }
        return switch (due.boletoStatus()) {
            case "registered" -> "payable";
            case "draft", "registering" -> "pending";
            default -> "none";
        };
    }

    private static String sender(Mailbox from) {
        var name =
                from.name() != null
                        ? from.name()
                        : Settings.text("receiver-name").orElse(from.address().domain());
        return name.length() <= LONGEST_SENDER ? name : name.substring(0, LONGEST_SENDER);
    }

    private static List<MailMessage.Image> images(@Nullable String pixCode) {
        return pixCode == null
                ? List.of()
                : List.of(
                        new MailMessage.Image(
                                CID, "pix.png", QrCode.png(pixCode, PIXELS_PER_MODULE)));
    }
}
