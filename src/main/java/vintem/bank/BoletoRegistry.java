package vintem.bank;

import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Where a bank learns of our boletos: before, nobody can pay one. Never called inside a
/// transaction of ours.
public interface BoletoRegistry {
    /// A boleto to register. Its bar code names the bank, the beneficiary, the number (*nosso
    /// número*) and the amount.
    ///
    /// @param id ours, by which the answer names it
    /// @param barCode 44 digits
    /// @param due a São Paulo day
    /// @param governmentId the payer's, as our creditor gave it: not always a CPF or CNPJ
    record Slip(UUID id, String barCode, LocalDate due, String name, String governmentId) {}

    /// What the bank said.
    sealed interface Answer {
        /// From now on it can be paid.
        record Registered() implements Answer {}

        /// It never will be.
        ///
        /// @param reason of `docs/outcomes.md`, or the bank's own
        record Rejected(String reason) implements Answer {}

        /// Not known: it is asked again.
        record Unknown() implements Answer {}
    }

    /// @param id of the slip
    record Answered(UUID id, Answer answer) {}

    /// What becomes of a boleto in the moment it is made, where the bank says that without being
    /// asked, as the sandbox's does. Empty: it is a draft, to be registered.
    ///
    /// @param documentValid whether the payer's is a CPF or CNPJ
    Optional<Answer> atOnce(boolean documentValid);

    /// How long a call may take. Later than twice that another node may ask for the same.
    Duration timeout();

    /// Registers boletos, or finds them registered: safe to repeat with the same bar codes. A list
    /// of answers may lack some slips, and then their outcome is unknown.
    List<Answered> register(List<Slip> slips);
}
