package vintem.payouts;

import static vintem.platform.Sheet.count;
import static vintem.platform.Sheet.instant;
import static vintem.platform.Sheet.money;
import static vintem.platform.Sheet.text;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import vintem.access.Asking;
import vintem.access.Capability;
import vintem.access.Role;
import vintem.bank.PixKey;
import vintem.payouts.HoldTable.Hold;
import vintem.payouts.HoldTable.Line;
import vintem.payouts.PayoutLookupTable.Batch;
import vintem.payouts.PayoutLookupTable.Payout;
import vintem.platform.Database;
import vintem.platform.ExportedList;
import vintem.platform.Sheet;

/// The lists of payouts as spreadsheets.
@Singleton
class PayoutLists implements ExportedList.Source {
    private final PayoutLookupTable lookups;
    private final HoldTable holds;
    private final Database database;
    private final Asking asking;

    @Inject
    PayoutLists(PayoutLookupTable lookups, HoldTable holds, Database database, Asking asking) {
        this.lookups = lookups;
        this.holds = holds;
        this.database = database;
        this.asking = asking;
    }

    @Override
    public List<ExportedList> lists() {
        return List.of(
                new ExportedList(
                        "payouts",
                        this::isOpen,
                        Set.of("external_id", "status", "user_id"),
                        this::payouts),
                new ExportedList(
                        "batch", this::isOpen, Set.of("id", "status"), this::payoutsOfBatch),
                new ExportedList("batches", this::isOpen, Set.of(), _ -> batches()),
                new ExportedList("holds", this::isOpen, Set.of("state"), this::holds),
                new ExportedList("hold", this::isOpen, Set.of("id"), this::payoutsOfHold));
    }

    private boolean isOpen() {
        return asking.caller().may(Capability.PAYOUTS, Role.READ);
    }

    private Sheet<Payout> payouts(ExportedList.Filters given) {
        var status = PayoutsHttp.status(given.get("status"));
        return sheet(
                last ->
                        database.transaction(
                                tx ->
                                        lookups.list(
                                                tx,
                                                given.get("external_id"),
                                                status,
                                                given.get("user_id"),
                                                last == null ? null : last.id(),
                                                Sheet.AT_ONCE)));
    }

    /// In the order in which it was sent; of no batch, nothing.
    private Sheet<Payout> payoutsOfBatch(ExportedList.Filters given) {
        var status = PayoutsHttp.status(given.get("status"));
        var id = Objects.requireNonNullElse(given.get("id"), "");
        return sheet(
                last ->
                        database.transaction(
                                tx ->
                                        lookups.pageOfBatch(
                                                tx,
                                                id,
                                                status,
                                                last == null ? null : last.id(),
                                                Sheet.AT_ONCE)));
    }

    private static Sheet<Payout> sheet(Sheet.Next<Payout> next) {
        return new Sheet<>(
                List.of(
                        instant("created", Payout::createdAt),
                        text("external_id", Payout::externalId),
                        text("batch_id", Payout::batchId),
                        text("user_id", Payout::userId),
                        money("amount", Payout::amountCents),
                        text("pix_key", it -> masked(it.pixKey())),
                        text("status", Payout::status),
                        text("reason", Payout::reason),
                        instant("updated", Payout::updatedAt),
                        text("id", Payout::id)),
                Sheet.pages(next));
    }

    private Sheet<Batch> batches() {
        return new Sheet<>(
                List.of(
                        instant("created", Batch::createdAt),
                        text("batch_id", Batch::id),
                        count("items", Batch::items),
                        count("paid_items", Batch::paid),
                        count("failed_items", Batch::failed),
                        count("processing_items", Batch::processing),
                        count("returned_items", Batch::returned)),
                Sheet.pages(
                        last ->
                                database.transaction(
                                        tx ->
                                                lookups.batches(
                                                        tx,
                                                        last == null ? null : last.id(),
                                                        Sheet.AT_ONCE))));
    }

    private Sheet<Hold> holds(ExportedList.Filters given) {
        var state = HoldsHttp.state(given.get("state"));
        return new Sheet<>(
                List.of(
                        instant("created", Hold::createdAt),
                        text("kind", Hold::kind),
                        text("batch_id", Hold::batchId),
                        count("items", Hold::items),
                        money("amount", Hold::cents),
                        count("lookalikes", Hold::lookalikes),
                        text("who", Hold::callerName),
                        text("status", Hold::state),
                        instant("scheduled", Hold::scheduledFor),
                        instant("expires", Hold::expiresAt),
                        text("by", Hold::decidedByName),
                        instant("decided", Hold::decidedAt),
                        text("reason", Hold::decisionNote),
                        instant("ended", Hold::endedAt),
                        text("digest", Hold::digest),
                        text("id", Hold::id)),
                Sheet.pages(
                        last ->
                                database.transaction(
                                        tx ->
                                                holds.list(
                                                        tx,
                                                        state,
                                                        last == null ? null : last.id(),
                                                        Sheet.AT_ONCE))));
    }

    /// In the order in which it was sent; of no hold, nothing.
    private Sheet<Line> payoutsOfHold(ExportedList.Filters given) {
        var id = HoldsHttp.parse(Objects.requireNonNullElse(given.get("id"), ""));
        return new Sheet<>(
                List.of(
                        text("external_id", Line::externalId),
                        text("user_id", Line::userId),
                        money("amount", Line::amountCents),
                        text("pix_key", it -> masked(it.pixKey())),
                        text("description", Line::description),
                        text("status", Line::status),
                        text("reason", Line::reason),
                        text("lookalike", Line::lookalike),
                        text("recipient", Line::recipient)),
                Sheet.pages(
                        last ->
                                id.map(
                                                it ->
                                                        database.transaction(
                                                                tx ->
                                                                        holds.lines(
                                                                                tx,
                                                                                it,
                                                                                last == null
                                                                                        ? -1
                                                                                        : last
                                                                                                .position(),
                                                                                false,
                                                                                Sheet.AT_ONCE)))
                                        .orElse(List.of())));
    }

    private static String masked(String storedKey) {
        return PixKey.parse(storedKey).map(PixKey::masked).orElse("—");
    }
}
