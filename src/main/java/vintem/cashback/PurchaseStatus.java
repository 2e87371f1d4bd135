package vintem.cashback;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/// Where a purchase stands, and all the moves there are.
///
/// ```
/// Em validação ──► Aprovado ──(an administrator, with a reason)──► Reprovado
///       └────────────────────────────────────────────────────────────▲
/// ```
///
/// It can be edited and deleted only while it is `Em validação`.
enum PurchaseStatus {
    VALIDATING("validating", "Em validação"),
    APPROVED("approved", "Aprovado"),
    REJECTED("rejected", "Reprovado");

    private final String word;
    private final String label;

    PurchaseStatus(String word, String label) {
        this.word = word;
        this.label = label;
    }

    /// As the database has it.
    String word() {
        return word;
    }

    /// As the contract has it.
    String label() {
        return label;
    }

    boolean isOpen() {
        return this == VALIDATING;
    }

    Set<PurchaseStatus> next() {
        return switch (this) {
            case VALIDATING -> Set.of(APPROVED, REJECTED);
            case APPROVED -> Set.of(REJECTED);
            case REJECTED -> Set.of();
        };
    }

    static PurchaseStatus ofWord(String word) {
        return Arrays.stream(values())
                .filter(it -> it.word.equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no such status: " + word));
    }

    static Optional<PurchaseStatus> ofLabel(String label) {
        return Arrays.stream(values()).filter(it -> it.label.equals(label)).findFirst();
    }
}
