package vintem.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import javax.crypto.spec.SecretKeySpec;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.lang.JoseException;
import org.junit.jupiter.api.Test;

class TokensTest {
    private static final String SECRET = "the secret that all our nodes share";
    private static final UUID SESSION = UUID.randomUUID();

    private final AccessWorld.MovableClock clock = new AccessWorld.MovableClock();
    private final Tokens tokens = new Tokens(new Secrets(SECRET, List.of()), clock);

    @Test
    void a_token_names_its_session_until_it_expires() {
        var expiresAt = clock.instant().plus(Duration.ofHours(1));
        var token = tokens.issue(UUID.randomUUID(), SESSION, expiresAt);
        assertThat(tokens.session(token)).hasValue(SESSION);
        clock.passes(Duration.ofMinutes(59));
        assertThat(tokens.session(token)).hasValue(SESSION);
        clock.passes(Duration.ofMinutes(1));
        assertThat(tokens.session(token)).isEmpty();
    }

    @Test
    void what_we_would_sign_ourselves_is_accepted() throws JoseException {
        assertThat(tokens.session(signed(SECRET, claims()))).hasValue(SESSION);
    }

    @Test
    void another_key_is_a_forgery() throws JoseException {
        assertThat(tokens.session(signed(SECRET + "!", claims()))).isEmpty();
    }

    @Test
    void algorithm_none_is_a_forgery() {
        var header = encode("{\"alg\":\"none\"}");
        assertThat(tokens.session(header + "." + encode(claims()) + ".")).isEmpty();
    }

    @Test
    void another_algorithm_with_the_right_key_is_a_forgery() throws JoseException {
        var long64 = SECRET + SECRET;
        var others = new Tokens(new Secrets(long64, List.of()), clock);
        assertThat(others.session(signed(long64, claims(), AlgorithmIdentifiers.HMAC_SHA512)))
                .isEmpty();
    }

    @Test
    void each_claim_must_be_there_and_ours() throws JoseException {
        for (var change :
                List.of(
                        List.of("\"vintem-api\"", "\"another\""),
                        List.of("\"iss\":\"vintem\"", "\"iss\":\"evil\""),
                        List.of("\"aud\"", "\"bud\""),
                        List.of("\"iss\"", "\"kiss\""),
                        List.of("\"exp\"", "\"expo\""),
                        List.of("\"sub\"", "\"tub\""),
                        List.of("\"jti\"", "\"jto\""),
                        List.of(SESSION.toString(), "not a session"),
                        List.of("\"exp\":", "\"exp\":-"))) {
            var changed = claims().replace(change.get(0), change.get(1));
            assertThat(changed).isNotEqualTo(claims());
            assertThat(tokens.session(signed(SECRET, changed))).as(changed).isEmpty();
        }
    }

    @Test
    void rubbish_is_no_token() {
        for (var rubbish : List.of("", ".", "..", "a.b.c", "é.é.é", "x".repeat(15_000))) {
            assertThat(tokens.session(rubbish)).isEmpty();
        }
    }

    private String claims() {
        return """
        {"iss":"vintem","aud":"vintem-api","sub":"somebody","jti":"%s","exp":%d}
        """
                .formatted(SESSION, clock.instant().getEpochSecond() + 60);
    }

    private static String signed(String secret, String claims) throws JoseException {
        return signed(secret, claims, AlgorithmIdentifiers.HMAC_SHA256);
    }

    private static String signed(String secret, String claims, String algorithm)
            throws JoseException {
        var signature = new JsonWebSignature();
        signature.setAlgorithmHeaderValue(algorithm);
        signature.setKey(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        signature.setPayload(claims);
        return signature.getCompactSerialization();
    }

    private static String encode(String json) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }
}
