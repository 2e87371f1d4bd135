package vintem.billing;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The end of the address where a debtor says that they want no more mails: which charge it was
/// about, and 128 bits that only follow from the charge's page key. Links stay good for ever,
/// whatever secrets are changed; and whoever is given one cannot open the debtor's page with it.
record UnsubscribeToken(UUID chargeId, byte[] proof) {
    private static final int PROOF_BYTES = 16;
    private static final Pattern TEXT = Pattern.compile("[A-Za-z0-9_-]{43}");
    private static final byte[] PURPOSE =
            "unsubscribe".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    static UnsubscribeToken of(UUID chargeId, UUID pageKey) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(bytes(pageKey), "HmacSHA256"));
            mac.update(PURPOSE);
            return new UnsubscribeToken(
                    chargeId, Arrays.copyOf(mac.doFinal(bytes(chargeId)), PROOF_BYTES));
        } catch (GeneralSecurityException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }

    /// Empty for anything that is none. Whether its proof is right only the charge tells.
    static Optional<UnsubscribeToken> parse(String text) {
        if (!TEXT.matcher(text).matches()) {
            return Optional.empty();
        }
        try {
            var bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
            var chargeId = new UUID(bytes.getLong(), bytes.getLong());
            var proof = new byte[PROOF_BYTES];
            bytes.get(proof);
            return Optional.of(new UnsubscribeToken(chargeId, proof));
        } catch (IllegalArgumentException notOurs) {
            return Optional.empty();
        }
    }

    /// Takes as long for a wrong proof as for a right one.
    boolean isOf(UUID pageKey) {
        return MessageDigest.isEqual(proof, of(chargeId, pageKey).proof);
    }

    String text() {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(
                        ByteBuffer.allocate(16 + PROOF_BYTES)
                                .put(bytes(chargeId))
                                .put(proof)
                                .array());
    }

    private static byte[] bytes(UUID id) {
        return ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }
}
