package vintem.payouts;

import static vintem.platform.Sheet.count;
import static vintem.platform.Sheet.instant;
import static vintem.platform.Sheet.money;
import static vintem.platform.Sheet.text;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Set;
import vintem.access.Asking;
import vintem.access.Capability;
import vintem.access.Role;
import vintem.bank.PixKey;
import vintem.payouts.PayoutLookupTable.Batch;
import vintem.payouts.PayoutLookupTable.Payout;
import vintem.platform.Database;
import vintem.platform.ExportedList;
import vintem.platform.Sheet;

/// The lists of payouts as spreadsheets.
@Singleton
class PayoutLists implements ExportedList.Source {
    private final PayoutLookupTable lookups;
    private final Database database;
    private final Asking asking;

    @Inject
    PayoutLists(PayoutLookupTable lookups, Database database, Asking asking) {
        this.lookups = lookups;
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
                new ExportedList("batches", this::isOpen, Set.of(), _ -> batches()));
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
        var id = java.util.Objects.requireNonNullElse(given.get("id"), "");
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

    private static String masked(String storedKey) {
        return PixKey.parse(storedKey).map(PixKey::masked).orElse("—");
    }
}
