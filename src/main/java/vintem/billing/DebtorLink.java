package vintem.billing;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;

/// The address of a debtor's page: `/c/` and a token of 43 characters, the charge's id and its key.
/// Nobody reaches the page without it, and the key alone has 128 random bits.
record DebtorLink(UUID chargeId, UUID pageKey) {
    private static final int BYTES = 32;
    private static final int CHARACTERS = 43;
    private static final SecureRandom RANDOM = new SecureRandom();

    /// A key for a new charge.
    static UUID newKey() {
        return new UUID(RANDOM.nextLong(), RANDOM.nextLong());
    }

    static DebtorLink of(Charge charge) {
        return new DebtorLink(charge.id(), charge.pageKey());
    }

    static String token(UUID chargeId, UUID pageKey) {
        return new DebtorLink(chargeId, pageKey).token();
    }

    /// Reads a token as we write it, in its one form. Empty for anything else.
    static Optional<DebtorLink> parse(String token) {
        if (token.length() != CHARACTERS) {
            return Optional.empty();
        }
        try {
            var bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(token));
            var link = new DebtorLink(uuid(bytes), uuid(bytes));
            // The last character has bits to spare: only one of four is ours.
            return link.token().equals(token) ? Optional.of(link) : Optional.empty();
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
    }

    String token() {
        var bytes = ByteBuffer.allocate(BYTES);
        put(bytes, chargeId);
        put(bytes, pageKey);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
    }

    String path() {
        return "/c/" + token();
    }

    /// Whether it opens this charge. Takes the same time, however much of the key is right.
    boolean opens(Charge charge) {
        return MessageDigest.isEqual(bytes(pageKey), bytes(charge.pageKey()))
                && chargeId.equals(charge.id());
    }

    private static byte[] bytes(UUID key) {
        var bytes = ByteBuffer.allocate(BYTES / 2);
        put(bytes, key);
        return bytes.array();
    }

    private static void put(ByteBuffer bytes, UUID id) {
        bytes.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    }

    private static UUID uuid(ByteBuffer bytes) {
        return new UUID(bytes.getLong(), bytes.getLong());
    }
}
