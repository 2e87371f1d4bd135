package vintem.investments;

import java.math.BigDecimal;
import java.time.LocalDate;
import vintem.investments.AllocationTable.Allocation;
import vintem.platform.Outbox.News;

/// What clients did. Names and members are a contract: `docs/events.md`. Clients are told by their
/// ids alone.
sealed interface InvestmentEvent {
    /// @param price of one unit, in the asset's currency
    record AllocationCreated(
            long allocationId,
            long clientId,
            long assetId,
            BigDecimal quantity,
            BigDecimal price,
            LocalDate date)
            implements InvestmentEvent {}

    String ALLOCATION_CREATED = "allocation.created";

    static InvestmentEvent created(Allocation it) {
        return new AllocationCreated(
                it.id(), it.clientId(), it.assetId(), it.quantity(), it.buyPrice(), it.buyDate());
    }

    default News news() {
        return switch (this) {
            case AllocationCreated it ->
                    new News(ALLOCATION_CREATED, Long.toString(it.allocationId()), it);
        };
    }
}
