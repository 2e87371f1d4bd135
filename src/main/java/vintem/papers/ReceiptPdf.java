package vintem.papers;

import java.awt.Color;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import vintem.platform.Cents;
import vintem.platform.Paper;
import vintem.platform.Paper.Font;
import vintem.platform.Words;

/// A [Receipt] as a PDF of one page. The same receipt always gives the same bytes.
///
/// A receipt is of something that has happened, so it does not say when it was printed.
final class ReceiptPdf {
    private static final float LEFT = 25;
    private static final float RIGHT = Paper.WIDTH - 25;
    private static final float WIDTH = RIGHT - LEFT;
    private static final float LABELS = 46;
    private static final Color SHADED = new Color(0xEE, 0xEF, 0xF3);
    private static final Color WARNING = new Color(0xFF, 0xF1, 0xC9);

    private static final DateTimeFormatter SECOND =
            DateTimeFormatter.ofPattern("dd/MM/uuuu 'às' HH:mm:ss", Locale.of("pt", "BR"));

    private final Paper paper;
    private final Receipt receipt;

    private ReceiptPdf(Paper paper, Receipt receipt) {
        this.paper = paper;
        this.receipt = receipt;
    }

    static byte[] render(Receipt receipt) {
        try (var paper = new Paper(receipt.title())) {
            new ReceiptPdf(paper, receipt).draw();
            return paper.bytes();
        }
    }

    private void draw() {
        if (receipt.sandbox()) {
            paper.watermark(LEFT + 16, 130, 60, "SANDBOX");
            paper.watermark(LEFT + 8, 236, 60, "SANDBOX");
        }
        var y = 30f;
        paper.textWithin(LEFT, y, WIDTH - 30, Font.BOLD, 18, receipt.title());
        y += 4;
        paper.line(LEFT, y, RIGHT, y, 1.2f);
        y = figure(y + 6);
        if (receipt.sandbox()) {
            y = notice(y, "SANDBOX: nenhum dinheiro se moveu; este papel não comprova nada.");
        }
        if (receipt.status() != null) {
            y = notice(y, receipt.status());
        }
        y = row(y, "Data e hora", SECOND.format(at(receipt.at())) + " (horário de Brasília)");
        y = party(y, "Quem pagou", receipt.from());
        y = party(y, "Quem recebeu", receipt.to());
        y = heading(y, "Identificação");
        for (var field : receipt.fields()) {
            y = row(y, field.label(), field.value());
        }
        paper.line(LEFT, y + 2, RIGHT, y + 2, 0.5f);
        paper.text(
                LEFT,
                y + 7,
                Font.PLAIN,
                7.5f,
                "O ID da transação (endToEndId) identifica este Pix em qualquer banco do Brasil.");
    }

    private static java.time.ZonedDateTime at(Instant at) {
        return at.atZone(Words.SAO_PAULO);
    }

    private float figure(float y) {
        var words = paper.lines(WIDTH - 10, Font.PLAIN, 9.5f, inWords());
        var height = 17 + 4.4f * words.size();
        paper.shade(LEFT, y, WIDTH, height, SHADED);
        paper.text(LEFT + 5, y + 6, Font.PLAIN, 8, "Valor");
        paper.text(LEFT + 5, y + 14, Font.BOLD, 20, Cents.format(receipt.cents()));
        var at = y + 19;
        for (var line : words) {
            paper.text(LEFT + 5, at, Font.PLAIN, 9.5f, line);
            at += 4.4f;
        }
        return y + height + 6;
    }

    private String inWords() {
        return "(" + AmountInWords.of(receipt.cents()) + ")";
    }

    private float notice(float y, String text) {
        var lines = paper.lines(WIDTH - 10, Font.BOLD, 9, text);
        var height = 4 + 4.2f * lines.size();
        paper.shade(LEFT, y, WIDTH, height, WARNING);
        var at = y + 5.2f;
        for (var line : lines) {
            paper.text(LEFT + 5, at, Font.BOLD, 9, line);
            at += 4.2f;
        }
        return y + height + 4;
    }

    private float party(float y, String title, Receipt.Party party) {
        if (!party.isKnown()) {
            return y;
        }
        var next = heading(y, title);
        next = row(next, "Nome", party.name());
        next = row(next, "CPF/CNPJ", party.taxId());
        return row(next, "Chave Pix", party.key());
    }

    private float heading(float y, String text) {
        paper.text(LEFT, y + 7, Font.BOLD, 11, text);
        paper.line(LEFT, y + 9, RIGHT, y + 9, 0.5f);
        return y + 11;
    }

    private float row(float y, String label, @Nullable String value) {
        if (value == null || value.isBlank()) {
            return y;
        }
        paper.text(LEFT, y + 4, Font.PLAIN, 8.5f, label);
        var at = y + 4;
        for (var line : paper.lines(WIDTH - LABELS, Font.PLAIN, 10, value)) {
            paper.text(LEFT + LABELS, at, Font.PLAIN, 10, line);
            at += 4.6f;
        }
        return at + 1.4f;
    }
}
