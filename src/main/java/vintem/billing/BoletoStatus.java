package vintem.billing;

import java.util.Locale;

/// How the boleto of a charge stands at the bank.
enum BoletoStatus {
    /// The amount is too large for one.
    NONE,
    DRAFT,
    REGISTERING,
    REGISTERED,
    PAID,
    /// Nobody is to pay it any more: paid by Pix, cancelled, or replaced.
    WRITTEN_OFF,
    REJECTED;

    /// Once the charge is paid, by it or by another way.
    BoletoStatus settledBy(Settlement.Channel channel) {
        return isOpen() && channel == Settlement.Channel.BOLETO ? PAID : writtenOff();
    }

    BoletoStatus writtenOff() {
        return isOpen() ? WRITTEN_OFF : this;
    }

    private boolean isOpen() {
        return switch (this) {
            case DRAFT, REGISTERING, REGISTERED -> true;
            case NONE, PAID, WRITTEN_OFF, REJECTED -> false;
        };
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static BoletoStatus of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
