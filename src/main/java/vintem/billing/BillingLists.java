package vintem.billing;

import static vintem.platform.Sheet.count;
import static vintem.platform.Sheet.day;
import static vintem.platform.Sheet.instant;
import static vintem.platform.Sheet.money;
import static vintem.platform.Sheet.text;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.access.Asking;
import vintem.access.Capability;
import vintem.access.Role;
import vintem.billing.SuppressionTable.Suppression;
import vintem.platform.Database;
import vintem.platform.ExportedList;
import vintem.platform.ExportedList.Filters;
import vintem.platform.Problem;
import vintem.platform.Sheet;

/// The lists of billing as spreadsheets.
@Singleton
class BillingLists implements ExportedList.Source {
    private final ChargeLookupTable charges;
    private final SettlementTable settlements;
    private final DebtFileTable files;
    private final ErratumTable errata;
    private final ChargeEmailTable emails;
    private final SandboxMailTable sandbox;
    private final SuppressionTable suppressions;
    private final Database database;
    private final Asking asking;

    @Inject
    BillingLists(
            ChargeLookupTable charges,
            SettlementTable settlements,
            DebtFileTable files,
            ErratumTable errata,
            ChargeEmailTable emails,
            SandboxMailTable sandbox,
            SuppressionTable suppressions,
            Database database,
            Asking asking) {
        this.charges = charges;
        this.settlements = settlements;
        this.files = files;
        this.errata = errata;
        this.emails = emails;
        this.sandbox = sandbox;
        this.suppressions = suppressions;
        this.database = database;
        this.asking = asking;
    }

    @Override
    public List<ExportedList> lists() {
        return List.of(
                new ExportedList(
                        "charges",
                        this::isOpen,
                        Set.of("status", "due_from", "due_to", "debtor", "debt_id", "file_id"),
                        this::charges),
                new ExportedList("settlements", this::isOpen, Set.of("only"), this::settlements),
                new ExportedList(
                        "credits",
                        this::isOpen,
                        Set.of(),
                        _ -> settlements(settlements::withCredit)),
                new ExportedList(
                        "unknown-money",
                        this::isOpen,
                        Set.of(),
                        _ -> settlements(settlements::unknown)),
                new ExportedList("files", this::isOpen, Set.of(), _ -> files()),
                new ExportedList("errata", this::isOpen, Set.of("file_id"), this::errata),
                new ExportedList("duplicates", this::isOpen, Set.of("file_id"), this::duplicates),
                new ExportedList(
                        "emails", this::isOpen, Set.of("status", "repeated"), this::emails),
                new ExportedList("outbox", this::isOpen, Set.of(), _ -> outbox()),
                new ExportedList("suppressions", this::isOpen, Set.of(), _ -> suppressions()));
    }

    private boolean isOpen() {
        return asking.caller().may(Capability.BILLING, Role.READ);
    }

    private Sheet<Charge> charges(Filters given) {
        var filter =
                ChargesHttp.filter(
                        given.get("status"),
                        given.get("due_from"),
                        given.get("due_to"),
                        given.get("debtor"),
                        given.get("debt_id"),
                        given.get("file_id"),
                        null);
        return new Sheet<>(
                List.of(
                        text("debt_id", Charge::debtId),
                        text("name", Charge::name),
                        text("tax_id", it -> ChargesHttp.masked(it.governmentId())),
                        money("amount", Charge::amountCents),
                        day("due", Charge::dueDate),
                        text("status", it -> it.status().word()),
                        money("paid", it -> it.debt().paidCents()),
                        money("open", it -> it.status().owes() ? it.debt().openCents() : 0L),
                        instant("paid_at", Charge::paidAt),
                        text("boleto", it -> it.boletoStatus().word()),
                        instant("created", Charge::createdAt),
                        text("file_id", Charge::fileId),
                        text("id", Charge::id)),
                Sheet.pages(
                        last ->
                                database.transaction(
                                        tx ->
                                                charges.list(
                                                        tx, after(filter, last), Sheet.AT_ONCE))));
    }

    private static ChargeLookupTable.Filter after(
            ChargeLookupTable.Filter filter, @Nullable Charge last) {
        return new ChargeLookupTable.Filter(
                filter.statuses(),
                filter.dueFrom(),
                filter.dueTo(),
                filter.documents(),
                filter.email(),
                filter.name(),
                filter.debtId(),
                filter.fileId(),
                last == null ? null : last.id());
    }

    private Sheet<Settlement> settlements(Filters given) {
        return switch (given.get("only")) {
            case null -> settlements(settlements::all);
            case "credit" -> settlements(settlements::withCredit);
            case "waived" -> settlements(settlements::withWaived);
            default -> throw Problem.invalid("?only", "must be credit or waived");
        };
    }

    private interface SettlementPages {
        List<Settlement> page(Handle tx, @Nullable UUID after, int most);
    }

    private Sheet<Settlement> settlements(SettlementPages of) {
        return new Sheet<>(
                List.of(
                        instant("paid_at", Settlement::paidAt),
                        text("channel", it -> it.channel().word()),
                        text("status", it -> it.status().word()),
                        text("debt_id", Settlement::debtId),
                        money("amount", Settlement::amountCents),
                        money("principal", Settlement::principalCents),
                        money("late", Settlement::lateCents),
                        money("credit", Settlement::creditCents),
                        money("discount", Settlement::discountCents),
                        money("waived", Settlement::waivedCents),
                        text("reason", it -> it.reason() == null ? null : it.reason().word()),
                        text("paid_by", Settlement::paidBy),
                        text("end_to_end_id", Settlement::endToEndId),
                        text("bank_payment_id", Settlement::bankPaymentId),
                        instant("recorded", Settlement::recordedAt),
                        text("charge_id", Settlement::chargeId),
                        text("id", Settlement::id)),
                Sheet.pages(
                        last ->
                                database.transaction(
                                        tx ->
                                                of.page(
                                                        tx,
                                                        last == null ? null : last.id(),
                                                        Sheet.AT_ONCE))));
    }

    private Sheet<DebtFile> files() {
        return new Sheet<>(
                List.of(
                        instant("received", DebtFile::receivedAt),
                        text("file", DebtFile::name),
                        text("status", it -> it.status().word()),
                        text("reason", DebtFile::reason),
                        count("rows", it -> it.counts().rows()),
                        count("imported", it -> it.counts().imported()),
                        money("amount", it -> it.counts().importedCents()),
                        count("duplicates", it -> it.counts().duplicates()),
                        count("errors", it -> it.counts().errors()),
                        count("conflicts", it -> it.counts().conflicts()),
                        count("boletos", it -> it.counts().boletos()),
                        count("mails_sent", it -> it.afterwards().emailsSent()),
                        count("mails_failed", it -> it.afterwards().emailsFailed()),
                        count("paid_items", it -> it.afterwards().paid()),
                        instant("ended", DebtFile::endedAt),
                        text("by", DebtFile::callerName),
                        text("id", DebtFile::id)),
                Sheet.pages(
                        last ->
                                database.transaction(
                                        tx ->
                                                files.list(
                                                        tx,
                                                        last == null ? null : last.id(),
                                                        Sheet.AT_ONCE))));
    }

    private UUID file(Filters given) {
        var id = given.get("file_id");
        if (id == null) {
            throw Problem.invalid("?file_id", "is required");
        }
        if (!id.matches("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")) {
            throw Problem.invalid("?file_id", "must be the id of a file");
        }
        return UUID.fromString(id);
    }

    private Sheet<DebtRow.Erratum> errata(Filters given) {
        var file = file(given);
        return new Sheet<>(
                List.of(
                        count("line", it -> (long) it.line()),
                        text("kind", it -> it.kind().word()),
                        text("columns", it -> String.join(" | ", it.columns())),
                        text("mistakes", it -> String.join(" | ", it.reasons())),
                        text("fields", it -> String.join(" | ", it.fields()))),
                Sheet.pages(
                        last ->
                                database.transaction(
                                        tx ->
                                                errata.page(
                                                        tx,
                                                        file,
                                                        last == null ? 0 : last.line(),
                                                        Sheet.AT_ONCE))));
    }

    private Sheet<ErratumTable.Duplicate> duplicates(Filters given) {
        var file = file(given);
        return new Sheet<>(
                List.of(
                        count("line", it -> (long) it.line()),
                        text("debt_id", ErratumTable.Duplicate::debtId)),
                Sheet.pages(
                        last ->
                                database.transaction(
                                        tx ->
                                                errata.duplicates(
                                                        tx,
                                                        file,
                                                        last == null ? 0 : last.line(),
                                                        Sheet.AT_ONCE))));
    }

    private Sheet<ChargeEmailTable.Line> emails(Filters given) {
        var status = given.get("status");
        var repeated = given.get("repeated");
        MailHttp.check(status, repeated);
        return new Sheet<>(
                List.of(
                        text("debt_id", ChargeEmailTable.Line::debtId),
                        text("reason", ChargeEmailTable.Line::reason),
                        text("status", ChargeEmailTable.Line::status),
                        count("attempts", it -> (long) it.attempts()),
                        text("reply", ChargeEmailTable.Line::reply),
                        instant("queued", ChargeEmailTable.Line::queuedAt),
                        instant("ended", ChargeEmailTable.Line::endedAt),
                        text("charge_id", ChargeEmailTable.Line::chargeId)),
                Sheet.pages(
                        last ->
                                database.transaction(
                                        tx ->
                                                emails.page(
                                                        tx,
                                                        status,
                                                        repeated != null,
                                                        MailHttp.place(last),
                                                        Sheet.AT_ONCE))));
    }

    private Sheet<SandboxMailTable.Head> outbox() {
        return new Sheet<>(
                List.of(
                        instant("written", SandboxMailTable.Head::writtenAt),
                        text("recipient", it -> MailHttp.masked(it.recipient())),
                        text("subject", SandboxMailTable.Head::subject),
                        text("reason", SandboxMailTable.Head::reason),
                        text("charge_id", SandboxMailTable.Head::chargeId)),
                Sheet.pages(
                        last ->
                                database.transaction(
                                        tx ->
                                                sandbox.page(
                                                        tx,
                                                        null,
                                                        last == null ? Long.MAX_VALUE : last.id(),
                                                        Sheet.AT_ONCE))));
    }

    private Sheet<Suppression> suppressions() {
        return new Sheet<>(
                List.of(
                        instant("since", Suppression::since),
                        text("recipient", Suppression::shown),
                        text("reason", Suppression::reason),
                        text("by", Suppression::by)),
                Sheet.pages(
                        last -> {
                            var place =
                                    SuppressionsHttp.cursor(
                                            last == null ? null : SuppressionsHttp.cursor(last));
                            return database.transaction(
                                    tx ->
                                            suppressions.page(
                                                    tx,
                                                    place.since(),
                                                    place.hash(),
                                                    Sheet.AT_ONCE));
                        }));
    }
}
