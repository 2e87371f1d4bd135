package vintem.billing;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// What a column of a file of debts can be. The names are the contract's.
enum DebtField {
    NAME("name", true),
    GOVERNMENT_ID("governmentId", true),
    EMAIL("email", true),
    DEBT_AMOUNT("debtAmount", true),
    DEBT_DUE_DATE("debtDueDate", true),
    DEBT_ID("debtId", true),
    ADDRESS("address", false),
    CITY("city", false),
    STATE("state", false),
    ZIP("zip", false);

    private final String title;
    private final String bare;
    private final boolean required;

    DebtField(String title, boolean required) {
        this.title = title;
        this.bare = bare(title);
        this.required = required;
    }

    /// As the first row of a file and our answers have it.
    String title() {
        return title;
    }

    boolean required() {
        return required;
    }

    /// The field of that name: `debtId`, `debtID`, `Debt ID` and `debt_id` are the same.
    static Optional<DebtField> of(String title) {
        var bare = bare(title);
        return Arrays.stream(values()).filter(it -> it.bare.equals(bare)).findFirst();
    }

    private static String bare(String title) {
        return title.replaceAll("[\\s_-]", "").toLowerCase(Locale.ROOT);
    }
}
