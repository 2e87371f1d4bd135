package vintem.payments;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import vintem.Http;
import vintem.World;
import vintem.payments.QrImages.Format;
import vintem.platform.Broadcast;
import vintem.platform.Together;

/// Images of codes carry what was written to a payer: they are kept in memory, and not after
/// somebody was forgotten.
@QuarkusTest
@QuarkusTestResource(World.class)
class QrImagesTest {
    @Inject QrImages images;
    @Inject Broadcast broadcast;

    @Test
    void an_erasure_on_this_node_leaves_no_image() {
        look("para Zuleica");
        assertThat(images.kept()).isPositive();
        var id = UUID.randomUUID();
        var answer = Http.admin().post("/privacy/erasures", "{\"id\":\"%s\"}".formatted(id));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(images.kept()).isZero();
    }

    @Test
    void an_erasure_on_another_node_leaves_no_image_here() {
        look("para Zuleica");
        assertThat(images.kept()).isPositive();
        broadcast.tell("people.forgotten", "another node");
        Together.until("no image is kept", () -> images.kept() == 0);
    }

    @Test
    void an_image_begun_before_an_erasure_is_shown_and_not_kept() {
        var own = new QrImages();
        var image =
                own.image(
                        () -> {
                            own.forget();
                            return Optional.of("para Zuleica");
                        },
                        Format.PNG);
        assertThat(image).isPresent();
        assertThat(own.kept()).isZero();
        own.image(() -> Optional.of("para Zuleica"), Format.PNG);
        assertThat(own.kept()).isEqualTo(1);
        assertThat(own.image(Optional::empty, Format.PNG)).isEmpty();
    }

    private static void look(String description) {
        var created =
                Http.admin()
                        .post(
                                "/payments/pix",
                                "{\"value\":1.23,\"description\":\"%s\"}".formatted(description));
        assertThat(created.status()).as(created.body()).isEqualTo(200);
        var id = created.json().at("/payment/id").asText();
        assertThat(Http.nobody().get("/payments/pix/qr_code/qr_code_payment_" + id).status())
                .isEqualTo(200);
    }
}
