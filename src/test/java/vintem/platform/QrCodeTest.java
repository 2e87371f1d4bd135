package vintem.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vintem.NodeJs;

class QrCodeTest {
    private static final String BR_CODE =
            "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-4266554400005204000053039865406"
                    + "123.455802BR5913Fulano de Tal6008BRASILIA62290525ABCDEFGHIJKLMNOPQRSTUVWXY6304"
                    + "ABCD";

    private static final Pattern RUN = Pattern.compile("M(\\d+) (\\d+)h(\\d+)v1h-(\\d+)z");

    @Test
    void another_program_reads_exactly_the_text(@TempDir Path folder) throws IOException {
        var texts = new ArrayList<String>();
        var files = new ArrayList<String>();
        var longest = "0002" + "x".repeat(508);
        for (var text : List.of(BR_CODE, longest, "BRASÍLIA 😀", "0", " two  spaces ")) {
            for (var pixelsPerModule : List.of(2, 5, 8)) {
                var file = folder.resolve(files.size() + ".png");
                Files.write(file, QrCode.png(text, pixelsPerModule));
                texts.add(text);
                files.add(file.toString());
            }
        }

        var read =
                new ObjectMapper().readTree(NodeJs.run("qr-text.js", files.toArray(String[]::new)));

        assertThat(read).map(each -> each.textValue()).containsExactlyElementsOf(texts);
    }

    @Test
    void an_image_is_small_sharp_and_has_its_quiet_zone() throws IOException {
        var bytes = QrCode.png(BR_CODE, 3);
        var image = ImageIO.read(new ByteArrayInputStream(bytes));

        assertThat(bytes).hasSizeLessThan(2_000);
        assertThat(image.getColorModel().getPixelSize()).isEqualTo(1);
        assertThat(image.getWidth()).isEqualTo((53 + 8) * 3).isEqualTo(image.getHeight());
        for (var at = 0; at < image.getWidth(); at++) {
            for (var margin = 0; margin < 4 * 3; margin++) {
                assertThat(isBlack(image.getRGB(at, margin))).isFalse();
                assertThat(isBlack(image.getRGB(margin, at))).isFalse();
                assertThat(isBlack(image.getRGB(at, image.getHeight() - 1 - margin))).isFalse();
                assertThat(isBlack(image.getRGB(image.getWidth() - 1 - margin, at))).isFalse();
            }
        }
        assertThat(isBlack(image.getRGB(4 * 3, 4 * 3))).isTrue();
    }

    @Test
    void the_svg_has_the_same_modules() throws IOException {
        var image = ImageIO.read(new ByteArrayInputStream(QrCode.png(BR_CODE, 1)));
        var black = new boolean[image.getWidth()][image.getHeight()];
        var runs = RUN.matcher(QrCode.svg(BR_CODE));
        while (runs.find()) {
            var x = Integer.parseInt(runs.group(1));
            for (var i = 0; i < Integer.parseInt(runs.group(3)); i++) {
                black[x + i][Integer.parseInt(runs.group(2))] = true;
            }
        }
        for (var x = 0; x < image.getWidth(); x++) {
            for (var y = 0; y < image.getHeight(); y++) {
                assertThat(black[x][y]).isEqualTo(isBlack(image.getRGB(x, y)));
            }
        }
    }

    @Test
    void the_svg_may_stand_in_a_page_that_allows_no_styles_and_no_scripts() {
        assertThat(QrCode.svg(BR_CODE))
                .startsWith("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 61 61\"")
                .contains("shape-rendering=\"crispEdges\"")
                .containsOnlyOnce("<path")
                .doesNotContain("style", "script", "000201")
                .endsWith("/></svg>");
    }

    @Test
    void a_text_that_no_qr_code_holds_is_refused() {
        assertThat(QrCode.png("x".repeat(2_331), 1)).isNotEmpty();
        assertIllegal(() -> QrCode.png("x".repeat(2_332), 1));
        assertIllegal(() -> QrCode.svg("x".repeat(1_000_000)));
        assertIllegal(() -> QrCode.png("x", 0));
        assertIllegal(() -> QrCode.png("x", 65));
    }

    private static void assertIllegal(Runnable work) {
        assertThatThrownBy(work::run).isInstanceOf(IllegalArgumentException.class);
    }

    private static boolean isBlack(int rgb) {
        return (rgb & 0xFFFFFF) == 0;
    }
}
