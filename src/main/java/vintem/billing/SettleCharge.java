package vintem.billing;

import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.access.Caller;
import vintem.ledger.AccountCode;
import vintem.platform.Coalescer;
import vintem.platform.Database;
import vintem.platform.Idempotency;
import vintem.platform.Traces;

/// Settles charges by what the bank's webhook tells.
///
/// Safe twice: the bank's ids tell a message that comes again from money that comes again, and
/// where it gives none, all that the message says does. A debt that nobody has keeps its message;
/// once the debt is charged and the bank tells of it again, or an operator says whose it is, it is
/// booked.
@Singleton
class SettleCharge {
    /// What the bank tells.
    ///
    /// @param id given before the first attempt, as all ids are
    /// @param bankPaymentId, endToEndId which payment it was; null where the bank does not say
    record Message(
            UUID id,
            String debtId,
            long amountCents,
            Instant paidAt,
            @Nullable String paidBy,
            @Nullable String bankPaymentId,
            @Nullable String endToEndId,
            Instant toldAt) {

        /// What tells the message from others, where it has no id.
        @Nullable String fingerprint() {
            if (bankPaymentId != null || endToEndId != null) {
                return null;
            }
            // No part can run into the next one: texts have no U+0000.
            var all =
                    String.join(
                            "\0",
                            debtId,
                            Long.toString(amountCents),
                            paidAt.toString(),
                            Objects.requireNonNullElse(paidBy, ""));
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(Idempotency.hash(all.getBytes(StandardCharsets.UTF_8)));
        }
    }

    sealed interface Outcome {
        /// The money is booked, now or since an earlier message.
        ///
        /// @param charge as it stands now
        record Settled(Settlement settlement, Charge charge, boolean repeated) implements Outcome {}

        /// Nobody has this debt: the message is kept.
        record Unknown(UUID settlementId) implements Outcome {}

        /// This very payment came before, with another amount or for another debt.
        record Contradiction() implements Outcome {}
    }

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ChargeTable charges;
    private final SettlementTable settlements;
    private final BookSettlements bookSettlements;
    private final Coalescer<Message, Outcome> line;

    @Inject
    SettleCharge(
            Database database,
            ChargeTable charges,
            SettlementTable settlements,
            BookSettlements bookSettlements) {
        this.charges = charges;
        this.settlements = settlements;
        this.bookSettlements = bookSettlements;
        line =
                new Coalescer<>(
                        "settlements", database, Coalescer.Limits.HELPED_IN_CROWDS, this::settle);
    }

    /// @throws Coalescer.Unavailable where too much is waiting or the database is away: the bank
    ///     tells again
    Outcome settle(Message message) {
        return Traces.span("SettleCharge", () -> line.call(message, PATIENCE));
    }

    @PreDestroy
    void stop() {
        line.close();
    }

    /// A list of messages in one transaction, each as if the ones before it had been committed.
    List<Outcome> settle(Handle tx, List<Message> messages) {
        var named = SettlementTable.Names.of(messages);
        var ids = new LinkedHashSet<>(charges.ids(tx, debts(messages)).values());
        // Whose it is never changes, once it is said.
        settlements.known(tx, named).stream()
                .flatMap(each -> each.ofCharge().stream())
                .forEach(ids::add);
        var booking = bookSettlements.open(tx, ids);
        var deciding = new Deciding(booking, settlements.lockKnown(tx, named));
        var outcomes = messages.stream().map(deciding::decide).toList();
        booking.write(tx);
        return outcomes;
    }

    private static Set<String> debts(List<Message> messages) {
        return messages.stream()
                .map(Message::debtId)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static final class Deciding {
        private final BookSettlements.Booking booking;
        private final Map<String, Settlement> before = new HashMap<>();

        Deciding(BookSettlements.Booking booking, List<Settlement> known) {
            this.booking = booking;
            known.forEach(this::remember);
        }

        Outcome decide(Message message) {
            var found =
                    names(message.bankPaymentId(), message.endToEndId(), message.fingerprint())
                            .map(before::get)
                            .filter(Objects::nonNull)
                            .map(Objects::requireNonNull)
                            .collect(Collectors.toMap(Settlement::id, it -> it, (it, _) -> it));
            return switch (found.size()) {
                case 0 -> first(message);
                case 1 -> again(message, found.values().iterator().next());
                default -> new Outcome.Contradiction();
            };
        }

        private Outcome first(Message message) {
            var money = money(message);
            var charge = booking.charge(message.debtId());
            if (charge.isEmpty()) {
                remember(booking.keep(money));
                return new Outcome.Unknown(money.id());
            }
            var settled = booking.bookNew(money, charge.get(), AccountCode.BANK);
            remember(settled);
            return settled(settled, false);
        }

        private Outcome again(Message message, Settlement known) {
            if (known.amountCents() != message.amountCents()
                    || !message.debtId().equals(known.debtId())) {
                return new Outcome.Contradiction();
            }
            var named = booking.name(known, message.bankPaymentId(), message.endToEndId());
            remember(named);
            if (named.status() == Settlement.Status.SETTLED) {
                return settled(named, true);
            }
            var charge = booking.charge(message.debtId());
            if (charge.isEmpty()) {
                return new Outcome.Unknown(named.id());
            }
            // The debt has been charged since.
            var settled = booking.bookWaiting(named, charge.get(), Caller.BANK.name());
            remember(settled);
            return settled(settled, false);
        }

        private Outcome settled(Settlement settled, boolean repeated) {
            var charge =
                    settled.ofCharge()
                            .flatMap(booking::charge)
                            .orElseThrow(
                                    () -> new Database.TryAgain("an operator has just matched it"));
            return new Outcome.Settled(settled, charge, repeated);
        }

        private void remember(Settlement it) {
            names(it.bankPaymentId(), it.endToEndId(), it.fingerprint())
                    .forEach(name -> before.put(name, it));
        }

        private static Stream<String> names(
                @Nullable String paymentId,
                @Nullable String endToEndId,
                @Nullable String fingerprint) {
            return Stream.of(
                            paymentId == null ? "" : "p" + paymentId,
                            endToEndId == null ? "" : "e" + endToEndId,
                            fingerprint == null ? "" : "f" + fingerprint)
                    .filter(name -> !name.isEmpty());
        }

        private static Settlement money(Message message) {
            return new Settlement(
                    message.id(),
                    Settlement.Channel.BOLETO,
                    Settlement.Status.UNKNOWN,
                    null,
                    message.debtId(),
                    message.amountCents(),
                    message.paidAt(),
                    message.paidBy(),
                    message.bankPaymentId(),
                    message.endToEndId(),
                    message.fingerprint(),
                    null,
                    0,
                    0,
                    0,
                    0,
                    0,
                    null,
                    message.toldAt(),
                    null,
                    null);
        }
    }
}
