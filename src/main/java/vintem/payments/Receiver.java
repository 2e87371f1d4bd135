package vintem.payments;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import vintem.bank.BrCode;
import vintem.bank.PixKey;
import vintem.bank.TxId;
import vintem.platform.Settings;

/// Who is paid: what a static code says of us.
///
/// In the sandbox the key is one that no bank knows, whatever is configured: real money must not
/// follow a code from here.
///
/// @param shown name and city, as payers see them
record Receiver(PixKey key, BrCode.Receiver shown) {
    private static final String SANDBOX_KEY = "sandbox@vintem.invalid";

    /// @throws IllegalArgumentException in words for the operator, where production lacks a setting
    static Receiver configured() {
        return configured(
                Settings.mode(),
                Settings.text("pix-key").orElse(null),
                Settings.text("receiver-name").orElse(null),
                Settings.text("receiver-city").orElse(null));
    }

    static Receiver configured(
            Settings.Mode mode,
            @Nullable String key,
            @Nullable String name,
            @Nullable String city) {
        return switch (mode) {
            case SANDBOX ->
                    new Receiver(
                            PixKey.parse(SANDBOX_KEY).orElseThrow(),
                            new BrCode.Receiver(
                                    "SANDBOX " + (name == null ? "VINTEM" : name),
                                    city == null ? "SAO PAULO" : city));
            case PRODUCTION ->
                    new Receiver(
                            PixKey.parse(required("pix-key", key))
                                    .orElseThrow(
                                            () ->
                                                    new IllegalArgumentException(
                                                            "VINTEM_PIX_KEY is not a Pix key")),
                            new BrCode.Receiver(
                                    required("receiver-name", name),
                                    required("receiver-city", city)));
        };
    }

    /// The text of a code that any bank pays, as often as somebody pays it.
    ///
    /// @param description what the payer's bank shows; cut to what fits
    String code(TxId txid, long amountCents, @Nullable String description) {
        var account = new BrCode.Account.Key(key, description, null);
        return new BrCode(account, shown, amountCents, txid, null).text();
    }

    private static String required(String setting, @Nullable String value) {
        if (value == null) {
            throw new IllegalArgumentException(
                    "VINTEM_%s is missing: a static code names its receiver"
                            .formatted(setting.toUpperCase(Locale.ROOT).replace('-', '_')));
        }
        return value;
    }
}
