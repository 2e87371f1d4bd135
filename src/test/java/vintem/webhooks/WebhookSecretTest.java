package vintem.webhooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Our signatures, read by the Standard Webhooks library's own verifier.
class WebhookSecretTest {
    private static final String ID = "msg_2b3c";
    private static final String BODY = "{\"type\":\"payout.paid\",\"data\":{\"nome\":\"ação\"}}";

    private final Instant now = Instant.now();
    private final WebhookSecret secret = WebhookSecret.fresh();

    @Test
    void the_library_accepts_what_we_sign() throws Exception {
        verify(secret, header(secret), BODY);
    }

    @Test
    void while_a_secret_is_replaced_both_are_accepted() throws Exception {
        var next = WebhookSecret.fresh();
        verify(secret, header(next, secret), BODY);
        verify(next, header(next, secret), BODY);
    }

    @Test
    void another_secret_another_body_and_another_time_are_not_accepted() {
        assertRefused(WebhookSecret.fresh(), header(secret), BODY, now);
        assertRefused(secret, header(secret), BODY + " ", now);
        assertRefused(secret, header(secret), BODY, now.plusSeconds(1));
        var late = now.minus(Duration.ofMinutes(6));
        assertRefused(secret, WebhookSecret.header(List.of(secret), ID, late, bytes()), BODY, late);
    }

    /// The sample of the specification's own libraries.
    @Test
    void the_known_sample_is_signed_as_it_is_everywhere() {
        var known =
                WebhookSecret.of(Base64.getDecoder().decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
        assertThat(known.text()).isEqualTo("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        var header =
                WebhookSecret.header(
                        List.of(known),
                        "msg_p5jXN8AQM9LWM0D4loKWxJek",
                        Instant.ofEpochSecond(1_614_265_330),
                        "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8));
        assertThat(header).isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    @Test
    void a_secret_is_new_each_time_and_does_not_say_itself_by_accident() {
        assertThat(WebhookSecret.fresh().text()).isNotEqualTo(secret.text());
        assertThat(secret.text()).matches("whsec_[A-Za-z0-9+/]{43}=");
        assertThat(secret.toString()).doesNotContain(secret.text().substring(6));
    }

    private String header(WebhookSecret... secrets) {
        return WebhookSecret.header(List.of(secrets), ID, now, bytes());
    }

    private static byte[] bytes() {
        return BODY.getBytes(StandardCharsets.UTF_8);
    }

    private void verify(WebhookSecret with, String header, String body) throws Exception {
        verify(with, header, body, now);
    }

    private static void verify(WebhookSecret with, String header, String body, Instant at)
            throws Exception {
        new Webhook(with.text())
                .verify(
                        body,
                        Map.of(
                                "webhook-id", List.of(ID),
                                "webhook-timestamp", List.of(Long.toString(at.getEpochSecond())),
                                "webhook-signature", List.of(header)));
    }

    private static void assertRefused(WebhookSecret with, String header, String body, Instant at) {
        assertThatThrownBy(() -> verify(with, header, body, at))
                .isInstanceOf(WebhookVerificationException.class);
    }
}
