package vintem;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Refusals in the caller's language: what is for people is translated, what is for machines is
// not.
@QuarkusTest
@QuarkusTestResource(World.class)
class LanguagesTest {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z-]+)` \\| \\d{3} \\|");
    private static final Pattern GAP = Pattern.compile("\\{\\d}");

    @Test
    void every_code_has_its_title_and_its_detail_in_both_languages() throws IOException {
        var english = texts("en");
        var portuguese = texts("pt");
        assertThat(portuguese.stringPropertyNames()).isEqualTo(english.stringPropertyNames());
        var codes = new TreeSet<String>();
        ROW.matcher(Files.readString(Path.of("docs/outcomes.md")))
                .results()
                .forEach(it -> codes.add(it.group(1)));
        assertThat(codes).hasSizeGreaterThan(50);
        for (var code : codes) {
            for (var member : new String[] {"title.", "detail."}) {
                assertThat(english.getProperty(member + code)).as(member + code).isNotBlank();
                assertThat(portuguese.getProperty(member + code))
                        .as("add %s%s to messages/problems_pt.properties", member, code)
                        .isNotBlank()
                        .isNotEqualTo(english.getProperty(member + code));
            }
        }
    }

    @Test
    void a_translation_has_the_gaps_of_what_it_translates() {
        var english = texts("en");
        var portuguese = texts("pt");
        for (var key : english.stringPropertyNames()) {
            assertThat(gaps(portuguese.getProperty(key)))
                    .as(key)
                    .isEqualTo(gaps(english.getProperty(key)));
        }
    }

    @Test
    void whoever_asks_for_portuguese_is_answered_in_it_and_the_code_stays() {
        var body = "{\"value\":0,\"expires_in\":-1,\"nothing\":1}";
        var english = Http.admin().post("/payments/pix", body);
        var portuguese =
                Http.admin().with("Accept-Language", "pt-BR,en;q=0.5").post("/payments/pix", body);
        assertThat(english.header("Content-Language")).isEqualTo("en");
        assertThat(portuguese.header("Content-Language")).isEqualTo("pt-BR");
        assertThat(portuguese.header("Vary")).contains("Accept-Language");
        assertThat(english.json().get("title").asText()).isEqualTo("The request is not valid");
        assertThat(portuguese.json().get("title").asText()).isEqualTo("A requisição não é válida");
        assertThat(portuguese.json().get("detail").asText())
                .matches("Há (um erro|\\d erros) nela\\.");
        for (var member : new String[] {"type", "status", "violation_count", "message"}) {
            assertThat(portuguese.json().get(member))
                    .as(member)
                    .isEqualTo(english.json().get(member));
        }
        var first = portuguese.json().at("/violations/0");
        assertThat(first.get("pointer")).isEqualTo(english.json().at("/violations/0/pointer"));
        assertThat(portuguese.json().get("violations").findValuesAsText("reason"))
                .contains("deve ser maior que zero", "deve ser de 1 a 31536000 segundos");
    }

    @Test
    void other_languages_and_no_language_are_answered_in_english() {
        for (var wanted : new String[] {"en", "en-GB,pt;q=0.9", "fr", "*", ";;q=x"}) {
            var answer = Http.admin().with("Accept-Language", wanted).get("/payouts/none");
            assertThat(answer.status()).as(wanted).isIn(404, 400);
            assertThat(answer.json().get("title").asText()).isIn("Not found", "Bad Request");
        }
        var without = Http.nobody().with("Accept-Language", "pt").get("/payouts/none");
        assertThat(without.json().get("title").asText()).isEqualTo("Quem é você?");
        assertThat(without.json().get("detail").asText())
                .isEqualTo("É preciso uma credencial válida.");
    }

    private static TreeSet<String> gaps(String text) {
        var gaps = new TreeSet<String>();
        GAP.matcher(text).results().forEach(it -> gaps.add(it.group()));
        return gaps;
    }

    private static Properties texts(String language) {
        var name = "/messages/problems_" + language + ".properties";
        try (var in = LanguagesTest.class.getResourceAsStream(name)) {
            var texts = new Properties();
            texts.load(new InputStreamReader(Objects.requireNonNull(in), StandardCharsets.UTF_8));
            return texts;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
