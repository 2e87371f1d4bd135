package vintem.billing;

import java.time.LocalDate;

/// What somebody owes: how much it comes to on a day, and how money divides that comes on it.
///
/// Money pays the principal first. What is due because of lateness is taken from what comes above
/// it, and what is short of it is waived. Where a part is paid late, the late terms of that part
/// stay owed until the rest is paid.
///
/// @param paidCents what came in for the principal
/// @param discountCents what a discount took off it
/// @param lateOwedCents late terms of parts that were paid late, while more is open
/// @param due a São Paulo day
record Debt(
        long amountCents,
        long paidCents,
        long discountCents,
        long lateOwedCents,
        LocalDate due,
        LateTerms terms) {

    /// What is due on a day.
    ///
    /// @param principalCents what is open of the principal
    /// @param lateOwedCents late terms of parts that were paid late
    /// @param discountCents what it may be less by, if it is paid on that day
    record Owed(
            long principalCents,
            long lateOwedCents,
            long fineCents,
            long interestCents,
            long discountCents,
            long daysLate) {
        /// What is due because of lateness.
        long lateCents() {
            return lateOwedCents + fineCents + interestCents;
        }

        long totalCents() {
            return principalCents - discountCents + lateCents();
        }
    }

    /// How money divides: its first three parts are all of it.
    ///
    /// @param creditCents what is too much
    /// @param discountCents taken off the principal beside the money
    /// @param waivedCents late terms that nobody asks for any more
    /// @param lateOwedCents late terms that stay owed
    record Split(
            long principalCents,
            long lateCents,
            long creditCents,
            long discountCents,
            long waivedCents,
            long lateOwedCents) {
        /// Money for what is not owed any more.
        static Split allCredit(long cents) {
            return new Split(0, 0, cents, 0, 0, 0);
        }
    }

    long openCents() {
        return amountCents - paidCents - discountCents;
    }

    Owed on(LocalDate day) {
        var open = openCents();
        var ofOpen = terms.due(open, due, day);
        // The discount is on the whole: whoever pays in parts until its day has it, too.
        var discount = Math.min(terms.due(amountCents, due, day).discountCents(), open);
        return new Owed(
                open,
                lateOwedCents,
                ofOpen.fineCents(),
                ofOpen.interestCents(),
                discount,
                ofOpen.daysLate());
    }

    /// @param cents more than zero
    Split pay(long cents, LocalDate day) {
        var owed = on(day);
        var open = owed.principalCents();
        if (cents < open - owed.discountCents()) {
            var left = terms.due(open - cents, due, day);
            // What the late terms come to less, now that less is open.
            var ofPart =
                    owed.fineCents()
                            + owed.interestCents()
                            - left.fineCents()
                            - left.interestCents();
            return new Split(cents, 0, 0, 0, 0, lateOwedCents + Math.max(0, ofPart));
        }
        var principal = Math.min(cents, open);
        var above = cents - principal;
        var late = Math.min(above, owed.lateCents());
        return new Split(
                principal, late, above - late, open - principal, owed.lateCents() - late, 0);
    }
}
