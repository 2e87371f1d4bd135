package vintem.docs;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.commonmark.ext.gfm.tables.TableBlock;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Code;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.Heading;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.node.Text;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.HtmlRenderer;

/// A file of Markdown as HTML: nothing raw, no foreign scheme, headings that can be linked to.
///
/// @param title of its first heading
/// @param html with the heading
/// @param contents its headings of the second level
record Rendered(String title, String html, List<Place> contents) {
    /// A heading and its anchor.
    record Place(String id, String text) {}

    private static final List<TablesExtension> EXTENSIONS =
            List.of((TablesExtension) TablesExtension.create());

    private static final int SHOWN_LEVEL = 2;

    static Rendered of(String markdown, DocLinks links) {
        var document = Parser.builder().extensions(EXTENSIONS).build().parse(markdown);
        var headings = new Headings();
        document.accept(headings);
        document.accept(new Relink(links));
        var html =
                HtmlRenderer.builder()
                        .extensions(EXTENSIONS)
                        .escapeHtml(true)
                        .sanitizeUrls(true)
                        .attributeProviderFactory(
                                _ ->
                                        (node, tag, attributes) ->
                                                decorate(node, tag, attributes, headings.ids))
                        .build()
                        .render(document);
        return new Rendered(headings.title, html, List.copyOf(headings.places));
    }

    private static void decorate(
            Node node, String tag, Map<String, String> attributes, Map<Node, String> ids) {
        if (node instanceof Heading) {
            attributes.put("id", ids.get(node));
        }
        // Wide ones are scrolled, by keyboard as well.
        if (node instanceof FencedCodeBlock && tag.equals("pre")
                || node instanceof TableBlock && tag.equals("table")) {
            attributes.put("tabindex", "0");
        }
        if (node instanceof Link link && link.getDestination().startsWith("http")) {
            attributes.put("rel", "noreferrer");
        }
    }

    /// Gives each heading an anchor as GitHub does, so that links of the files go on to work.
    private static final class Headings extends AbstractVisitor {
        private final Map<Node, String> ids = new HashMap<>();
        private final Set<String> taken = new HashSet<>();
        private final List<Place> places = new ArrayList<>();
        private String title = "";

        @Override
        public void visit(Heading heading) {
            var words = new Words();
            heading.accept(words);
            var text = words.text.toString();
            var id = slug(text);
            for (var again = 1; !taken.add(id); again++) {
                id = slug(text) + "-" + again;
            }
            ids.put(heading, id);
            if (heading.getLevel() == 1 && title.isEmpty()) {
                title = text;
            } else if (heading.getLevel() == SHOWN_LEVEL) {
                places.add(new Place(id, text));
            }
        }

        private static String slug(String text) {
            return Normalizer.normalize(text, Normalizer.Form.NFC)
                    .toLowerCase(Locale.ROOT)
                    .replaceAll("[^\\p{L}\\p{N} _-]", "")
                    .replace(' ', '-');
        }
    }

    private static final class Words extends AbstractVisitor {
        private final StringBuilder text = new StringBuilder();

        @Override
        public void visit(Text node) {
            text.append(node.getLiteral());
        }

        @Override
        public void visit(Code node) {
            text.append(node.getLiteral());
        }
    }

    private static final class Relink extends AbstractVisitor {
        private final DocLinks links;

        Relink(DocLinks links) {
            this.links = links;
        }

        @Override
        public void visit(Link link) {
            visitChildren(link);
            var target = links.page(link.getDestination());
            if (target.isPresent()) {
                link.setDestination(target.get());
                return;
            }
            unwrap(link);
        }

        /// There are none of ours, and pages load nothing from elsewhere.
        @Override
        public void visit(Image image) {
            unwrap(image);
        }

        /// What stands in it stays.
        private static void unwrap(Node node) {
            for (var child = node.getFirstChild(); child != null; child = node.getFirstChild()) {
                node.insertBefore(child);
            }
            node.unlink();
        }
    }
}
