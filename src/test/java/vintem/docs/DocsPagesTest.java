package vintem.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import vintem.Http;
import vintem.World;

@QuarkusTest
@QuarkusTestResource(World.class)
class DocsPagesTest {
    private static final Pattern LINK = Pattern.compile("href=\"([^\"#]+)(#[^\"]*)?\"");
    private static final Pattern MARKDOWN_LINK = Pattern.compile("]\\((/[^)]+)\\)");

    @Test
    void every_file_of_docs_is_in_the_index_and_is_a_page() throws IOException {
        var index = page("/app/docs");
        for (var name : files()) {
            assertThat(index)
                    .as("docs/README.md links to %s.md", name)
                    .contains("href=\"/app/docs/" + name + "\"");
            var page = page("/app/docs/" + name);
            assertThat(page).contains("<h1 id=").contains("doc-text").doesNotContain("&lt;h1");
        }
    }

    @Test
    void every_link_between_pages_leads_somewhere() throws IOException {
        var broken = new ArrayList<String>();
        var seen = new TreeSet<String>();
        var names = new ArrayList<>(files());
        names.addAll(List.of("index", "readme", "readme.pt-br", "architecture", "contributing"));
        for (var name : names) {
            for (var link : LINK.matcher(text(page("/app/docs/" + name))).results().toList()) {
                var target = link.group(1);
                if (!target.startsWith("/app/docs")) {
                    // Others are the server's own, or elsewhere; nothing leads out of the jar.
                    assertThat(target).as(name).matches("(/|https?://|/web/).*");
                    continue;
                }
                var anchor = link.group(2);
                if (!seen.add(target + anchor)) {
                    continue;
                }
                var answer = browser().get(target);
                if (answer.status() != 200
                        || anchor != null
                                && !answer.body().contains("id=\"" + anchor.substring(1) + "\"")) {
                    broken.add(name + " → " + target + (anchor == null ? "" : anchor));
                }
            }
        }
        assertThat(broken).isEmpty();
        assertThat(seen).hasSizeGreaterThan(20);
    }

    @Test
    void nothing_raw_and_nothing_foreign_gets_into_a_page() {
        var rendered =
                Rendered.of(
                        """
                        # Title
                        <script>alert(1)</script>

                        [bad](javascript:alert(1)) [gone](../src/main/Secret.java) ![x](data:text/html,x)

                        ## A `code` heading

                        | a | b |
                        |---|---|
                        | 1 | <b>2</b> |
                        """,
                        new DocLinks(new Docs(), "docs/x.md"));
        assertThat(rendered.html())
                .doesNotContain("<script", "javascript:", "<b>", "Secret.java", "data:text")
                .contains("&lt;script&gt;", "gone", "<table", "id=\"a-code-heading\"");
        assertThat(rendered.title()).isEqualTo("Title");
        assertThat(rendered.contents())
                .containsExactly(new Rendered.Place("a-code-heading", "A code heading"));
    }

    @Test
    void programs_read_the_index_and_each_file_without_a_credential() {
        var index = Http.nobody().get("/llms.txt");
        assertThat(index.status()).isEqualTo(200);
        assertThat(index.header("Content-Type")).startsWith("text/plain");
        assertThat(index.body())
                .startsWith("# Vintém\n\n> ")
                .contains("\n## ", "](/docs-md/tour.md)");
        for (var link : MARKDOWN_LINK.matcher(index.body()).results().toList()) {
            var answer = Http.nobody().get(link.group(1));
            assertThat(answer.status()).as(link.group(1)).isIn(200, 302);
        }
        var file = Http.nobody().get("/docs-md/tour.md");
        assertThat(file.header("Content-Type")).startsWith("text/markdown");
        assertThat(file.body()).startsWith("# Tour").contains("](/docs-md/sandbox.md)");
    }

    @Test
    void what_is_not_there_is_not_found_and_nothing_else_is_read() {
        for (var name : List.of("none", "..%2f..%2fapplication.properties", "a".repeat(300))) {
            assertThat(Http.nobody().get("/docs-md/" + name + ".md").status()).isEqualTo(404);
            assertThat(browser().get("/app/docs/" + name).status()).isEqualTo(404);
        }
        assertThat(Http.nobody().with("Accept", "text/html").get("/app/docs").status())
                .isEqualTo(303);
    }

    @Test
    void the_frame_leads_to_them_in_the_language_of_the_page() {
        var portuguese = browser().with("Accept-Language", "pt-BR").get("/app/docs/ledger").body();
        assertThat(portuguese).contains("Documentação", "Nesta página", "lang=\"en\"");
    }

    private static List<String> files() throws IOException {
        try (var files = Files.list(Path.of("docs"))) {
            return files.map(it -> it.getFileName().toString())
                    .filter(it -> it.endsWith(".md") && !it.equals("README.md"))
                    .map(it -> it.substring(0, it.length() - 3).toLowerCase(Locale.ROOT))
                    .sorted()
                    .toList();
        }
    }

    private static Http browser() {
        return Http.admin().with("Accept", "text/html");
    }

    private static String page(String path) {
        var answer = browser().get(path);
        assertThat(answer.status()).as(path).isEqualTo(200);
        return answer.body();
    }

    /// The document without the frame around it.
    private static String text(String page) {
        var start = page.indexOf("<article");
        return page.substring(start, page.indexOf("</article>"));
    }
}
