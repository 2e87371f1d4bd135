package vintem.billing;

import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vintem.platform.BusinessDays;

/// A charge as it stands in the database.
///
/// @param fileId the file and the line it came from; null where it was asked for by itself
/// @param governmentId as it was given; `documentValid` tells whether it is a CPF or CNPJ
/// @param pageKey the second half of the address of its debtor's page
/// @param boleto the one that is in force; null where the amount is too large for one
record Charge(
        UUID id,
        String debtId,
        @Nullable UUID fileId,
        int line,
        String name,
        String governmentId,
        boolean documentValid,
        String email,
        LateTerms terms,
        Billed billed,
        UUID pageKey,
        ChargeStatus status,
        Debt debt,
        @Nullable Instant paidAt,
        @Nullable Issued boleto,
        BoletoStatus boletoStatus,
        @Nullable String boletoReason,
        Instant createdAt,
        Instant updatedAt) {

    /// A boleto that was made.
    ///
    /// @param due when the bank takes it, which may be later than the debt was due
    record Issued(int beneficiaryId, long number, LocalDate due, String barCode, Instant at) {
        Boleto boleto() {
            return new Boleto(barCode, due);
        }
    }

    long amountCents() {
        return debt.amountCents();
    }

    LocalDate dueDate() {
        return debt.due();
    }

    /// What is due on the day that an instant falls on in São Paulo.
    Debt.Owed owedAt(Instant at) {
        return debt.on(day(at));
    }

    static LocalDate day(Instant at) {
        return LocalDate.ofInstant(at, BusinessDays.SAO_PAULO);
    }

    /// As it was just written.
    static Charge of(NewCharge it) {
        var terms = it.lateTerms() == null ? LateTerms.NONE : LateTerms.of(it.lateTerms());
        var made = it.boleto();
        return new Charge(
                it.id(),
                it.debtId(),
                it.fileId(),
                it.line(),
                it.name(),
                it.governmentId(),
                it.documentValid(),
                it.email(),
                terms,
                it.billed(),
                it.pageKey(),
                ChargeStatus.OPEN,
                new Debt(it.amountCents(), 0, 0, 0, it.dueDate(), terms),
                null,
                made == null
                        ? null
                        : new Issued(
                                made.beneficiaryId(),
                                made.number(),
                                made.due(),
                                made.barCode(),
                                it.createdAt()),
                made == null ? BoletoStatus.NONE : BoletoStatus.of(made.status().word()),
                made == null ? null : made.reason(),
                it.createdAt(),
                it.createdAt());
    }

    /// The same, once this money has come.
    Charge settled(Debt.Split split, Settlement.Channel channel, Instant at, Instant now) {
        if (!status.owes()) {
            return this;
        }
        var after =
                new Debt(
                        debt.amountCents(),
                        debt.paidCents() + split.principalCents(),
                        debt.discountCents() + split.discountCents(),
                        split.lateOwedCents(),
                        debt.due(),
                        terms);
        var whole = after.openCents() == 0;
        return changed(
                whole ? ChargeStatus.PAID : ChargeStatus.PARTIALLY_PAID,
                after,
                whole ? at : null,
                boleto,
                whole ? boletoStatus.settledBy(channel) : boletoStatus,
                boletoReason,
                now);
    }

    /// The same, once so much of what was paid of the principal has gone back: it is owed again,
    /// and so is a discount that had come with it. Late terms of parts that were paid late are owed
    /// for the parts that are left. A cancelled charge stays so; a boleto that was closed stays so,
    /// too.
    ///
    /// @param cents at most what was paid
    Charge givenBack(long cents, Instant now) {
        if (cents == 0) {
            return this;
        }
        var left = debt.paidCents() - cents;
        var after =
                new Debt(
                        debt.amountCents(),
                        left,
                        0,
                        part(debt.lateOwedCents(), left, debt.paidCents()),
                        debt.due(),
                        terms);
        var next =
                status == ChargeStatus.CANCELLED
                        ? ChargeStatus.CANCELLED
                        : left == 0 ? ChargeStatus.OPEN : ChargeStatus.PARTIALLY_PAID;
        return with(next, after, null, boleto, boletoStatus, boletoReason, now);
    }

    private static long part(long cents, long of, long whole) {
        return BigInteger.valueOf(cents)
                .multiply(BigInteger.valueOf(of))
                .divide(BigInteger.valueOf(whole))
                .longValueExact();
    }

    Charge cancelled(Instant now) {
        return changed(
                ChargeStatus.CANCELLED,
                debt,
                null,
                boleto,
                boletoStatus.writtenOff(),
                boletoReason,
                now);
    }

    /// The same with another due date, and with the boleto of that one.
    Charge postponed(LocalDate due, @Nullable NewBoleto made, Instant now) {
        return changed(
                status,
                new Debt(
                        debt.amountCents(),
                        debt.paidCents(),
                        debt.discountCents(),
                        debt.lateOwedCents(),
                        due,
                        terms),
                null,
                made == null
                        ? null
                        : new Issued(
                                made.beneficiaryId(),
                                made.number(),
                                made.due(),
                                made.barCode(),
                                now),
                made == null ? BoletoStatus.NONE : BoletoStatus.of(made.status().word()),
                made == null ? null : made.reason(),
                now);
    }

    private Charge changed(
            ChargeStatus next,
            Debt debtNow,
            @Nullable Instant paid,
            @Nullable Issued boletoNow,
            BoletoStatus boletoStatusNow,
            @Nullable String boletoReasonNow,
            Instant now) {
        if (next != status && !status.mayBecome(next)) {
            throw new IllegalStateException(
                    "a charge that is %s is not %s".formatted(status, next));
        }
        return with(next, debtNow, paid, boletoNow, boletoStatusNow, boletoReasonNow, now);
    }

    private Charge with(
            ChargeStatus next,
            Debt debtNow,
            @Nullable Instant paid,
            @Nullable Issued boletoNow,
            BoletoStatus boletoStatusNow,
            @Nullable String boletoReasonNow,
            Instant now) {
        return new Charge(
                id,
                debtId,
                fileId,
                line,
                name,
                governmentId,
                documentValid,
                email,
                terms,
                billed,
                pageKey,
                next,
                debtNow,
                paid,
                boletoNow,
                boletoStatusNow,
                boletoReasonNow,
                createdAt,
                now);
    }
}
