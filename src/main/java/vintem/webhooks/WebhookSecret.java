package vintem.webhooks;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// What an endpoint and we share, and the signatures made of it.
///
/// Source: https://www.standardwebhooks.com, *Symmetric signatures*: HMAC-SHA256 of
/// `id.timestamp.payload` by the bytes behind `whsec_`, in Base64 behind `v1,`; the header has one
/// for each secret that is valid.
final class WebhookSecret {
    private static final String PREFIX = "whsec_";
    private static final String VERSION = "v1,";
    private static final String HMAC = "HmacSHA256";
    private static final int BYTES = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final byte[] key;

    private WebhookSecret(byte[] key) {
        this.key = key;
    }

    static WebhookSecret fresh() {
        var bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        return new WebhookSecret(bytes);
    }

    static WebhookSecret of(byte[] key) {
        return new WebhookSecret(key.clone());
    }

    byte[] key() {
        return key.clone();
    }

    /// As it is handed out, once.
    String text() {
        return PREFIX + Base64.getEncoder().encodeToString(key);
    }

    /// The header `webhook-signature`.
    static String header(List<WebhookSecret> secrets, String id, Instant at, byte[] body) {
        return secrets.stream()
                .map(secret -> secret.signature(id, at, body))
                .collect(Collectors.joining(" "));
    }

    private String signature(String id, Instant at, byte[] body) {
        try {
            var mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(key, HMAC));
            mac.update((id + "." + at.getEpochSecond() + ".").getBytes(StandardCharsets.UTF_8));
            return VERSION + Base64.getEncoder().encodeToString(mac.doFinal(body));
        } catch (GeneralSecurityException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }

    /// It says nothing of itself.
    @Override
    public String toString() {
        return PREFIX + "…";
    }
}
