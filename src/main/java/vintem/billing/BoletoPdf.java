package vintem.billing;

import java.awt.Color;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import vintem.platform.Cents;
import vintem.platform.Paper;
import vintem.platform.Paper.Font;
import vintem.platform.QrCode;
import vintem.platform.TaxId;

/// A boleto on paper: above the cut what the payer keeps, below it the *ficha de compensação* with
/// the bar code, and beside it the QR code of Pix where there is one.
///
/// Only a registered boleto has its line and its bar code: all others say in large letters why they
/// cannot be paid, because a bar code on paper is paid whatever is written around it. The same bill
/// always gives the same bytes.
///
/// Source: FEBRABAN and the banks' manuals for the fields, their order and the bar code of 103 by
/// 13 millimetres.
final class BoletoPdf {
    private static final float LEFT = 15;
    private static final float RIGHT = Paper.WIDTH - 15;
    private static final float WIDTH = RIGHT - LEFT;

    /// Where the right column of the tables begins.
    private static final float COLUMN = RIGHT - 48;

    private static final float ROW = 8;
    private static final float LABEL_SIZE = 6;
    private static final float VALUE_SIZE = 9;
    private static final float PADDING = 1.2f;

    private static final float BARS_WIDTH = 103;
    private static final float BARS_HEIGHT = 13;

    private static final float QR_SIDE = 36;

    private static final float CUT = 138;

    private static final Color SHADED = new Color(0xEE, 0xEF, 0xF3);
    private static final Color WARNING = new Color(0xFF, 0xF1, 0xC9);

    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("dd/MM/uuuu", Locale.of("pt", "BR"));

    /// Who is on it.
    ///
    /// @param document a CPF or CNPJ, bare or masked; anything else is printed as it is
    record Party(String name, String document) {
        private String text() {
            if (document.isBlank()) {
                return name;
            }
            return name
                    + " – "
                    + TaxId.parse(document)
                            .map(
                                    taxId ->
                                            (taxId instanceof TaxId.Cpf ? "CPF " : "CNPJ ")
                                                    + taxId.formatted())
                            .orElse("CPF/CNPJ " + document);
        }
    }

    /// What is printed.
    ///
    /// @param status of the boleto; of a debt that was paid in another way it is *paid*, so that
    /// nobody asks for another
    /// @param reason what the bank said, where it has rejected it
    /// @param sandbox whether all of it is a game, which is then written across the page
    /// @param account in whose name it was made, as it was then
    /// @param number the nosso número
    /// @param debtId the number of the document
    /// @param dueDate of the debt; the boleto's own may be later, and both are shown
    /// @param instructions sentences, such as [LateTerms#sentences]; as many as there is room for
    /// @param pix text of the QR code, or null: its amount is fixed, so that it does not belong
    /// here once late terms apply
    record Bill(
            BoletoStatus status,
            @Nullable String reason,
            boolean sandbox,
            Party beneficiary,
            Party payer,
            Beneficiary account,
            long number,
            Boleto boleto,
            String debtId,
            LocalDate dueDate,
            LocalDate issuedOn,
            List<String> instructions,
            @Nullable String pix) {
        /// @throws IllegalArgumentException where there is no boleto, or for a number that is not
        /// the one in the bar code
        Bill {
            instructions = List.copyOf(instructions);
            if (status == BoletoStatus.NONE) {
                throw new IllegalArgumentException("there is no boleto");
            }
            if (account.bank() != boleto.bank()
                    || !account.freeField(number).equals(boleto.freeField())) {
                throw new IllegalArgumentException("another number stands in the bar code");
            }
        }

        /// What has been paid or written off must not be paid again, in any way.
        private @Nullable String payablePix() {
            return switch (status) {
                case DRAFT, REGISTERING, REGISTERED, REJECTED -> pix;
                case NONE, PAID, WRITTEN_OFF -> null;
            };
        }

        private boolean isPayable() {
            return status == BoletoStatus.REGISTERED;
        }

        private String due() {
            var due = boleto.due();
            return due == null ? "Contra apresentação" : day(due);
        }

        private String amount() {
            return boleto.amountCents() == 0 ? "" : money(boleto.amountCents());
        }

        private String printedNumber() {
            return account.printedNumber(number);
        }

        private String bank() {
            return Banks.name(boleto.bank()).orElse("Banco");
        }
    }

    private final Paper sheet;
    private final Bill bill;

    private BoletoPdf(Paper sheet, Bill bill) {
        this.sheet = sheet;
        this.bill = bill;
    }

    /// The bill as a PDF of one page. Characters that have no place in it are replaced.
    static byte[] render(Bill bill) {
        try (var sheet = new Paper("Boleto " + bill.printedNumber())) {
            new BoletoPdf(sheet, bill).draw();
            return sheet.bytes();
        }
    }

    private void draw() {
        if (bill.sandbox()) {
            sheet.watermark(LEFT + 22, 118, 60, "SANDBOX");
            sheet.watermark(LEFT + 14, 234, 60, "SANDBOX");
        }
        payersPart();
        sheet.dashedLine(LEFT, CUT, RIGHT);
        sheet.textTo(RIGHT, CUT - 1.2f, Font.PLAIN, LABEL_SIZE, "Corte na linha pontilhada");
        banksPart();
    }

    /// *Recibo do pagador*.
    private void payersPart() {
        sheet.textWithin(LEFT, 18, WIDTH - 52, Font.BOLD, 14, bill.beneficiary().name());
        sheet.textTo(RIGHT, 18, Font.BOLD, 10, "Recibo do Pagador");
        if (bill.sandbox()) {
            sheet.textTo(RIGHT, 22.5f, Font.PLAIN, 7.5f, "SANDBOX: sem valor, não pague");
        }
        var y = notice(24);
        y = heading(y);
        y =
                row(
                        y,
                        cell(WIDTH - 48, "Beneficiário", bill.beneficiary().text()),
                        right("Agência/Código do Beneficiário", bill.account().printedAccount()));
        y =
                row(
                        y,
                        cell(WIDTH - 48, "Pagador", bill.payer().text()),
                        right("Nosso Número", bill.printedNumber()));
        y =
                row(
                        y,
                        cell(44, "Nº do Documento", bill.debtId()),
                        cell(44, "Data do Documento", day(bill.issuedOn())),
                        cell(44, "Vencimento", bill.due()),
                        right("Valor do Documento", bill.amount()));
        y = explanation(y);
        pixText(y);
        sheet.textTo(RIGHT, CUT - 6, Font.PLAIN, LABEL_SIZE, "Autenticação Mecânica");
    }

    /// What has to be known before anything else.
    private float notice(float y) {
        if (bill.isPayable()) {
            return y;
        }
        var lines = sheet.lines(WIDTH - 6, Font.PLAIN, 9, detail());
        var height = 8.5f + 4 * lines.size();
        sheet.shade(LEFT, y, WIDTH, height, WARNING);
        sheet.frame(LEFT, y, WIDTH, height, 0.8f);
        sheet.text(LEFT + 3, y + 6, Font.BOLD, 11, headline());
        var at = y + 10.5f;
        for (var line : lines) {
            sheet.text(LEFT + 3, at, Font.PLAIN, 9, line);
            at += 4;
        }
        return y + height + 3;
    }

    private String headline() {
        return switch (bill.status()) {
            case DRAFT, REGISTERING -> "ESTE BOLETO AINDA NÃO PODE SER PAGO";
            case NONE, REGISTERED -> "";
            case PAID -> "ESTE BOLETO JÁ FOI PAGO";
            case WRITTEN_OFF -> "ESTE BOLETO FOI BAIXADO E NÃO PODE MAIS SER PAGO";
            case REJECTED -> "ESTE BOLETO NÃO PODE SER PAGO";
        };
    }

    private String detail() {
        var detail =
                switch (bill.status()) {
                    case DRAFT -> "Ele ainda não foi registrado em nenhum banco.";
                    case REGISTERING -> "O banco ainda não confirmou o registro.";
                    case NONE, REGISTERED -> "";
                    case PAID -> "Não pague de novo.";
                    case WRITTEN_OFF -> "Fale com o beneficiário se precisar de outro.";
                    case REJECTED ->
                            "O banco recusou o registro"
                                    + (bill.reason() == null ? "" : ": " + bill.reason())
                                    + ".";
                };
        var codes =
                switch (bill.status()) {
                    case DRAFT, REGISTERING ->
                            " A linha digitável e o código de barras aparecem aqui depois do"
                                    + " registro.";
                    case NONE, REGISTERED, PAID, WRITTEN_OFF, REJECTED -> "";
                };
        return detail
                + codes
                + (bill.payablePix() == null ? "" : " O Pix deste documento já pode ser pago.");
    }

    /// Bank, its number in large digits, and the line.
    private float heading(float y) {
        var bottom = y + 9;
        sheet.textWithin(LEFT + PADDING, y + 6.6f, 38, Font.BOLD, 13, bill.bank());
        sheet.line(LEFT + 42, y + 2, LEFT + 42, bottom, 1);
        sheet.text(LEFT + 44.5f, y + 6.8f, Font.BOLD, 15, Banks.printed(bill.boleto().bank()));
        sheet.line(LEFT + 61, y + 2, LEFT + 61, bottom, 1);
        if (bill.isPayable()) {
            sheet.textWithinTo(
                    RIGHT, y + 6.6f, WIDTH - 63, Font.BOLD, 12, bill.boleto().printedLine());
        } else {
            sheet.textWithinTo(RIGHT, y + 6.6f, WIDTH - 63, Font.BOLD, 11, instead());
        }
        sheet.line(LEFT, bottom, RIGHT, bottom, 1.2f);
        return bottom;
    }

    /// Where the line and the bar code would be.
    private String instead() {
        return switch (bill.status()) {
            case DRAFT, REGISTERING -> "Não registrado: ainda não pode ser pago";
            case NONE, REGISTERED -> "";
            case PAID -> "Já foi pago";
            case WRITTEN_OFF -> "Baixado: não pode ser pago";
            case REJECTED -> "Registro recusado: não pode ser pago";
        };
    }

    private float explanation(float y) {
        var at = y + 5;
        var room = bill.payablePix() == null ? 10 : 7;
        for (var sentence : sentences(WIDTH, 8.5f, room)) {
            sheet.text(LEFT + PADDING, at, Font.PLAIN, 8.5f, sentence);
            at += 4;
        }
        return at;
    }

    /// For who has the page on a screen and nothing to read a QR code with.
    private void pixText(float y) {
        var pix = bill.payablePix();
        if (pix == null) {
            return;
        }
        var lines = sheet.pieces(WIDTH - 8, Font.PLAIN, 7.5f, pix);
        if (y + 8 + 3.4f * lines.size() > CUT - 8) {
            return;
        }
        sheet.frame(LEFT, y, WIDTH, 6.5f + 3.4f * lines.size(), 0.5f);
        sheet.text(LEFT + 3, y + 4.2f, Font.BOLD, 8, "Pix copia e cola");
        var at = y + 8;
        for (var line : lines) {
            sheet.text(LEFT + 3, at, Font.PLAIN, 7.5f, line);
            at += 3.4f;
        }
    }

    private List<String> sentences(float width, float size, int most) {
        var sentences = new ArrayList<String>();
        var due = bill.boleto().due();
        if (due == null || !due.equals(bill.dueDate())) {
            sentences.add("Vencimento original da dívida: " + day(bill.dueDate()) + ".");
        }
        sentences.addAll(bill.instructions());
        var lines = new ArrayList<String>();
        for (var sentence : sentences) {
            lines.addAll(sheet.lines(width - 2 * PADDING, Font.PLAIN, size, sentence));
        }
        return lines.subList(0, Math.min(most, lines.size()));
    }

    /// *Ficha de compensação*.
    private void banksPart() {
        var y = heading(CUT + 3);
        var top = y;
        y =
                row(
                        y,
                        cell(WIDTH - 48, "Local de Pagamento", placeOfPayment()),
                        shaded("Vencimento", bill.due()));
        y =
                row(
                        y,
                        cell(WIDTH - 48, "Beneficiário", bill.beneficiary().text()),
                        right("Agência/Código do Beneficiário", bill.account().printedAccount()));
        y =
                row(
                        y,
                        cell(28, "Data do Documento", day(bill.issuedOn())),
                        cell(42, "Nº do Documento", bill.debtId()),
                        cell(18, "Espécie Doc.", "DM"),
                        cell(14, "Aceite", "N"),
                        cell(30, "Data do Processamento", day(bill.issuedOn())),
                        right("Nosso Número", bill.printedNumber()));
        y =
                row(
                        y,
                        cell(28, "Uso do Banco", ""),
                        cell(20, "Carteira", bill.account().wallet()),
                        cell(20, "Espécie", "R$"),
                        cell(30, "Quantidade", ""),
                        cell(34, "(x) Valor", ""),
                        shaded("(=) Valor do Documento", bill.amount()));
        var instructions = y;
        for (var label :
                List.of(
                        "(-) Desconto/Abatimento",
                        "(-) Outras Deduções",
                        "(+) Mora/Multa",
                        "(+) Outros Acréscimos",
                        "(=) Valor Cobrado")) {
            sheet.line(COLUMN, y, RIGHT, y, 0.5f);
            sheet.text(COLUMN + PADDING, y + 2.6f, Font.PLAIN, LABEL_SIZE, label);
            y += ROW;
        }
        instructions(instructions);
        sheet.line(COLUMN, top, COLUMN, y, 0.5f);
        sheet.line(LEFT, y, RIGHT, y, 0.5f);
        sheet.text(LEFT + PADDING, y + 2.6f, Font.PLAIN, LABEL_SIZE, "Pagador");
        sheet.textWithin(
                LEFT + PADDING,
                y + 7,
                WIDTH - 2 * PADDING,
                Font.PLAIN,
                VALUE_SIZE,
                bill.payer().text());
        y += 10;
        sheet.line(LEFT, y, RIGHT, y, 1);
        codes(y);
    }

    private String placeOfPayment() {
        if (!bill.isPayable()) {
            return instead();
        }
        return bill.sandbox()
                ? "Nenhum: isto é um teste (SANDBOX)"
                : "Pagável em qualquer banco ou pelo aplicativo do seu banco";
    }

    private void instructions(float y) {
        sheet.text(
                LEFT + PADDING,
                y + 2.6f,
                Font.PLAIN,
                LABEL_SIZE,
                "Instruções (texto de responsabilidade do beneficiário)");
        var at = y + 7.5f;
        for (var line : sentences(WIDTH - 48, VALUE_SIZE, 8)) {
            sheet.text(LEFT + PADDING, at, Font.PLAIN, VALUE_SIZE, line);
            at += 4.2f;
        }
    }

    private void codes(float y) {
        sheet.textTo(
                RIGHT,
                y + 2.8f,
                Font.PLAIN,
                LABEL_SIZE,
                "Autenticação Mecânica – Ficha de Compensação");
        var left = LEFT + 5;
        if (bill.isPayable()) {
            var bars = InterleavedBars.of(bill.boleto().barCode());
            var narrow = BARS_WIDTH / bars.length();
            for (var bar : bars.bars()) {
                sheet.rectangle(
                        left + bar.from() * narrow, y + 6, bar.width() * narrow, BARS_HEIGHT);
            }
            sheet.fill();
        } else {
            sheet.shade(left, y + 6, BARS_WIDTH, BARS_HEIGHT, WARNING);
            sheet.frame(left, y + 6, BARS_WIDTH, BARS_HEIGHT, 0.6f);
            sheet.text(left + 4, y + 14, Font.BOLD, 11, instead());
        }
        var pix = bill.payablePix();
        if (pix != null) {
            // Lower than the bars: a scanner that looks at a whole row of the page would find these
            // squares where the bars should end.
            qrCode(pix, y + 14);
        }
    }

    private void qrCode(String pix, float y) {
        var left = RIGHT - QR_SIDE;
        var modules = QrCode.runs(pix);
        // Four white modules on each side, as scanners need them: right of it is the margin.
        var module = QR_SIDE / modules.side();
        for (var run : modules.runs()) {
            sheet.rectangle(
                    left + run.x() * module, y + run.y() * module, run.length() * module, module);
        }
        sheet.fill();
        var right = left - 5;
        sheet.textTo(right, y + 18, Font.BOLD, 10, "Pague com Pix");
        sheet.textTo(right, y + 22, Font.PLAIN, 7, "Leia o código no aplicativo do seu banco.");
        if (bill.isPayable()) {
            sheet.textTo(right, y + 25, Font.PLAIN, 7, "Pague o Pix ou o boleto, só um dos dois.");
        }
    }

    /// A field of a table.
    private record Cell(float width, String label, String value, boolean shaded, boolean atRight) {}

    private static Cell cell(float width, String label, String value) {
        return new Cell(width, label, value, false, false);
    }

    private static Cell right(String label, String value) {
        return new Cell(48, label, value, false, true);
    }

    private static Cell shaded(String label, String value) {
        return new Cell(48, label, value, true, true);
    }

    private float row(float y, Cell... cells) {
        var x = LEFT;
        for (var cell : cells) {
            if (cell.shaded()) {
                sheet.shade(x, y + 0.2f, cell.width(), ROW - 0.4f, SHADED);
            }
            if (x > LEFT) {
                sheet.line(x, y, x, y + ROW, 0.5f);
            }
            sheet.text(x + PADDING, y + 2.6f, Font.PLAIN, LABEL_SIZE, cell.label());
            var font = cell.shaded() ? Font.BOLD : Font.PLAIN;
            var size = cell.shaded() ? VALUE_SIZE + 1 : VALUE_SIZE;
            var room = cell.width() - 2 * PADDING;
            if (cell.atRight()) {
                sheet.textWithinTo(
                        x + cell.width() - PADDING, y + 6.6f, room, font, size, cell.value());
            } else {
                sheet.textWithin(x + PADDING, y + 6.6f, room, font, size, cell.value());
            }
            x += cell.width();
        }
        sheet.line(LEFT, y + ROW, RIGHT, y + ROW, 0.5f);
        return y + ROW;
    }

    private static String day(LocalDate day) {
        return DAY.format(day);
    }

    private static String money(long cents) {
        return Cents.format(cents);
    }
}
