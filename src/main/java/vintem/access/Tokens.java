package vintem.access;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.lang.JoseException;

/// JWTs, signed HS256 with `VINTEM_SECRET`. A token names a session, and is worth as much as that
/// session still is: that is how signing out and a new password reach it.
@Singleton
class Tokens {
    private static final String ISSUER = "vintem";
    private static final String AUDIENCE = "vintem-api";

    private final Secrets secrets;
    private final Clock clock;

    @Inject
    Tokens(Secrets secrets, Clock clock) {
        this.secrets = secrets;
        this.clock = clock;
    }

    String issue(UUID userId, UUID sessionId, Instant expiresAt) {
        var claims = new JwtClaims();
        claims.setIssuer(ISSUER);
        claims.setAudience(AUDIENCE);
        claims.setSubject(userId.toString());
        claims.setJwtId(sessionId.toString());
        claims.setIssuedAt(NumericDate.fromMilliseconds(clock.millis()));
        claims.setExpirationTime(NumericDate.fromSeconds(expiresAt.getEpochSecond()));
        var signature = new JsonWebSignature();
        signature.setAlgorithmHeaderValue(AlgorithmIdentifiers.HMAC_SHA256);
        signature.setKey(secrets.signing());
        signature.setPayload(claims.toJson());
        try {
            return signature.getCompactSerialization();
        } catch (JoseException ours) {
            throw new IllegalStateException("a token could not be signed", ours);
        }
    }

    /// The session of a token that we signed, for this audience, and that has not expired.
    Optional<UUID> session(String token) {
        var consumer =
                new JwtConsumerBuilder()
                        .setJwsAlgorithmConstraints(
                                ConstraintType.PERMIT, AlgorithmIdentifiers.HMAC_SHA256)
                        .setVerificationKey(secrets.signing())
                        .setExpectedIssuer(ISSUER)
                        .setExpectedAudience(AUDIENCE)
                        .setRequireSubject()
                        .setRequireJwtId()
                        .setRequireExpirationTime()
                        .setEvaluationTime(NumericDate.fromMilliseconds(clock.millis()))
                        .build();
        try {
            return Optional.of(UUID.fromString(consumer.processToClaims(token).getJwtId()));
        } catch (InvalidJwtException | MalformedClaimException | IllegalArgumentException forged) {
            return Optional.empty();
        }
    }
}
