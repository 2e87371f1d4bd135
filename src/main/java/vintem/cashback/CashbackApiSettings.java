package vintem.cashback;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.eclipse.microprofile.config.ConfigProvider;
import vintem.platform.Settings;
import vintem.platform.Settings.Mode;
import vintem.platform.TaxId;

/// Where the outside API is, and how long it is waited for, believed and left alone.
///
/// @param base asked for at each call, because the sandbox's own stub has an address only once the
///     server listens; gives nothing where no API is configured
/// @param deadline of one answer, all tries together
/// @param tryDeadline of one try
/// @param fresh how long a figure is answered without asking again
/// @param keep how long it is remembered for when asking fails
/// @param rest how long an API that fails is left alone
record CashbackApiSettings(
        Supplier<Optional<URI>> base,
        String token,
        Duration deadline,
        Duration tryDeadline,
        Duration fresh,
        Duration keep,
        Duration rest) {
    /// What the sandbox's stub takes for a token where none is set.
    static final String SANDBOX_TOKEN = "sandbox";

    private static final Duration DEADLINE = Duration.ofSeconds(2);
    private static final Duration FRESH = Duration.ofMinutes(1);
    private static final Duration KEEP = Duration.ofDays(1);
    private static final Duration REST = Duration.ofSeconds(5);
    // Three tries and what lies between them have room within the deadline.
    private static final int TRIES_IN_DEADLINE = 4;

    /// From `VINTEM_CASHBACK_API_URL`, `_TOKEN`, `_DEADLINE_MILLIS` and `_FRESH_SECONDS`. In the
    /// sandbox the bundled stub is asked where no address is set; in production nobody is.
    ///
    /// @throws IllegalArgumentException in words for the operator
    static CashbackApiSettings configured() {
        var address = Settings.text("cashback-api-url").map(CashbackApiSettings::parse);
        var isSandbox = Settings.mode() == Mode.SANDBOX;
        var token = Settings.text("cashback-api-token");
        if (!isSandbox && address.isPresent()) {
            if (SandboxCashbackHttp.isMeantBy(address.get())) {
                throw new IllegalArgumentException(
                        "VINTEM_CASHBACK_API_URL names the sandbox's stub, which production mode"
                                + " refuses: name the real API.");
            }
            if (token.isEmpty()) {
                throw new IllegalArgumentException(
                        "VINTEM_CASHBACK_API_URL is set: set VINTEM_CASHBACK_API_TOKEN, too.");
            }
        }
        Supplier<Optional<URI>> base =
                address.isEmpty() && isSandbox ? () -> Optional.of(ourStub()) : () -> address;
        return of(
                base,
                token.orElse(SANDBOX_TOKEN),
                Settings.duration("cashback-api-deadline-millis", DEADLINE),
                Settings.duration("cashback-api-fresh-seconds", FRESH),
                REST);
    }

    static CashbackApiSettings of(
            Supplier<Optional<URI>> base,
            String token,
            Duration deadline,
            Duration fresh,
            Duration rest) {
        return new CashbackApiSettings(
                base,
                token,
                deadline,
                deadline.dividedBy(TRIES_IN_DEADLINE),
                fresh,
                fresh.compareTo(KEEP) > 0 ? fresh : KEEP,
                rest);
    }

    boolean isConfigured() {
        return base.get().isPresent();
    }

    /// Where the credit of this CPF is asked for.
    URI address(TaxId cpf) {
        return URI.create(base.get().orElseThrow() + "/v1/cashback?cpf=" + cpf.value());
    }

    private static URI parse(String text) {
        try {
            var address = new URI(text.replaceAll("/+$", ""));
            var isHttp = "http".equals(address.getScheme()) || "https".equals(address.getScheme());
            if (isHttp
                    && address.getHost() != null
                    && address.getRawQuery() == null
                    && address.getRawFragment() == null
                    && address.getRawUserInfo() == null) {
                return address;
            }
        } catch (URISyntaxException noAddress) {
            // The same sentence.
        }
        throw new IllegalArgumentException(
                "VINTEM_CASHBACK_API_URL is an address like https://api.example/path");
    }

    private static URI ourStub() {
        var config = ConfigProvider.getConfig();
        // In tests the server listens on a port of its own.
        var test =
                io.quarkus.runtime.LaunchMode.current() == io.quarkus.runtime.LaunchMode.TEST
                        ? "test-"
                        : "";
        var port = config.getValue("quarkus.http." + test + "port", Integer.class);
        var host = Settings.text("host").filter(it -> !it.equals("0.0.0.0")).orElse("127.0.0.1");
        return URI.create("http://%s:%d%s".formatted(host, port, SandboxCashbackHttp.PATH));
    }
}
