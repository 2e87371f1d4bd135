package vintem.access;

import io.quarkus.runtime.Startup;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import vintem.platform.Settings;

/// The secrets that come from outside: `VINTEM_SECRET`, which all nodes share, and
/// `VINTEM_BANK_SECRET`, two values while it is being changed.
///
/// Made at start, so that a node with a weak secret refuses to start.
@Startup
@Singleton
class Secrets {
    private static final int SHORTEST_SECRET = 32;
    private static final int SHORTEST_BANK_SECRET = 16;
    private static final String HMAC = "HmacSHA256";

    private final Key signing;
    private final List<byte[]> bankHashes;

    @Inject
    Secrets() {
        this(Settings.text("secret").orElse(""), Settings.list("bank-secret"));
    }

    Secrets(String secret, List<String> bankSecrets) {
        var bytes = secret.getBytes(StandardCharsets.UTF_8);
        if (bytes.length < SHORTEST_SECRET) {
            throw new IllegalArgumentException(
                    "VINTEM_SECRET must have at least %d bytes; `openssl rand -hex 32` makes one."
                            .formatted(SHORTEST_SECRET));
        }
        if (bankSecrets.stream().anyMatch(it -> it.length() < SHORTEST_BANK_SECRET)) {
            throw new IllegalArgumentException(
                    "Each value of VINTEM_BANK_SECRET must have at least %d characters."
                            .formatted(SHORTEST_BANK_SECRET));
        }
        signing = new SecretKeySpec(bytes, HMAC);
        bankHashes = bankSecrets.stream().map(Opaque::sha256).toList();
    }

    Key signing() {
        return signing;
    }

    /// Compares hashes: the time taken tells neither length nor beginning of the secret.
    boolean isBank(String secret) {
        var hash = Opaque.sha256(secret);
        var found = false;
        for (var bankHash : bankHashes) {
            found |= MessageDigest.isEqual(bankHash, hash);
        }
        return found;
    }

    /// A code that only holders of `VINTEM_SECRET` can make for this text.
    String mac(String text) {
        return HexFormat.of().formatHex(mac(text.getBytes(StandardCharsets.UTF_8)));
    }

    byte[] mac(byte[] bytes) {
        try {
            var mac = Mac.getInstance(HMAC);
            mac.init(signing);
            return mac.doFinal(bytes);
        } catch (GeneralSecurityException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }
}
