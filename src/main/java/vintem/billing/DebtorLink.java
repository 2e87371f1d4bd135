package vintem.billing;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.UUID;

class DebtorLink {
    static String token(UUID chargeId, UUID pageKey) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(ByteBuffer.allocate(32)
            .putLong(chargeId.getMostSignificantBits()).putLong(chargeId.getLeastSignificantBits())
            .putLong(pageKey.getMostSignificantBits()).putLong(pageKey.getLeastSignificantBits()).array());
    }
}
