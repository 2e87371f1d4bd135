package vintem.access;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// Keeps what must be read again, and must not be read out of a copy of the database: AES-256-GCM
/// (NIST SP 800-38D) by a key that is derived from `VINTEM_SECRET`.
@Singleton
public class Sealing {
    private static final String CIPHER = "AES/GCM/NoPadding";
    private static final String PURPOSE = "vintem sealing, version 1";
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final SecretKey key;

    @Inject
    Sealing(Secrets secrets) {
        // A MAC of its own text is a key that tells nothing of those that sign tokens.
        key = new SecretKeySpec(secrets.mac(PURPOSE.getBytes(StandardCharsets.UTF_8)), "AES");
    }

    /// @param place where it will lie: opened anywhere else it is refused, so that rows cannot be
    ///     exchanged
    public byte[] seal(String place, byte[] open) {
        var nonce = new byte[NONCE_BYTES];
        RANDOM.nextBytes(nonce);
        try {
            var sealed = cipher(Cipher.ENCRYPT_MODE, nonce, place).doFinal(open);
            var all = Arrays.copyOf(nonce, nonce.length + sealed.length);
            System.arraycopy(sealed, 0, all, nonce.length, sealed.length);
            return all;
        } catch (GeneralSecurityException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }

    /// What was sealed; empty where it was changed, lay elsewhere, or was sealed by another
    /// `VINTEM_SECRET`.
    public Optional<byte[]> open(String place, byte[] sealed) {
        if (sealed.length < NONCE_BYTES) {
            return Optional.empty();
        }
        var nonce = Arrays.copyOf(sealed, NONCE_BYTES);
        try {
            return Optional.of(
                    cipher(Cipher.DECRYPT_MODE, nonce, place)
                            .doFinal(sealed, NONCE_BYTES, sealed.length - NONCE_BYTES));
        } catch (AEADBadTagException notOurs) {
            return Optional.empty();
        } catch (GeneralSecurityException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }

    private Cipher cipher(int mode, byte[] nonce, String place) throws GeneralSecurityException {
        var cipher = Cipher.getInstance(CIPHER);
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(place.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }
}
