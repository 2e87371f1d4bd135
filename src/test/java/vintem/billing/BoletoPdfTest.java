package vintem.billing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.zxing.BarcodeFormat;
import com.google.zxing.BinaryBitmap;
import com.google.zxing.DecodeHintType;
import com.google.zxing.PlanarYUVLuminanceSource;
import com.google.zxing.Reader;
import com.google.zxing.ReaderException;
import com.google.zxing.common.HybridBinarizer;
import com.google.zxing.oned.ITFReader;
import com.google.zxing.qrcode.QRCodeReader;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.rendering.ImageType;
import org.apache.pdfbox.rendering.PDFRenderer;
import org.apache.pdfbox.text.PDFTextStripper;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import vintem.billing.BoletoPdf.Bill;
import vintem.billing.BoletoPdf.Party;
import vintem.platform.Paper;
import vintem.platform.Words;

class BoletoPdfTest {
    /// Dots per inch of an ordinary printer.
    private static final int PAPER = 300;

    private static final LocalDate DUE = LocalDate.of(2026, 12, 1);

    private static final Boleto BOLETO = Boleto.write(Beneficiary.SANDBOX, 123, 12_345_678, DUE);

    private static final String PIX =
            "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-4266554400005204000053039865406"
                    + "123.455802BR5913Fulano de Tal6008BRASILIA62290525ABCDEFGHIJKLMNOPQRSTUVWXY6304"
                    + "ABCD";

    private static final Party SCHOOL =
            new Party("Escola São João da Conceição Ltda.", "11222333000181");

    private static final Party JOSE = new Party("José Antônio de Araújo", "52998224725");

    @Test
    void a_bill_says_all_that_has_to_be_known() {
        var text = text(bill(BoletoStatus.REGISTERED));

        assertThat(text)
                .contains("34191.10006 00012.360053 71234.570001 7 16470012345678")
                .contains("R$ 123.456,78")
                .contains("01/12/2026")
                .contains("Vencimento original da dívida: 12/10/2022.")
                .contains("22/11/2026")
                .contains("Escola São João da Conceição Ltda. – CNPJ 11.222.333/0001-81")
                .contains("José Antônio de Araújo – CPF 529.982.247-25")
                .contains("110/00000123-6")
                .contains("0057/12345-7")
                .contains("1adb6ccf-ff16-467f-bea7-5f05d494280f")
                .contains("Itaú", "341-7")
                .contains("Após o vencimento, multa de 2%.")
                .contains("Pagável em qualquer banco")
                .contains("Pague com Pix")
                .contains("Pague o Pix ou o boleto, só um dos dois.")
                .doesNotContain("SANDBOX", "NÃO PODE", "JÁ FOI PAGO");
        for (var label :
                List.of(
                        "Recibo do Pagador",
                        "Local de Pagamento",
                        "Vencimento",
                        "Beneficiário",
                        "Agência/Código do Beneficiário",
                        "Data do Documento",
                        "Nº do Documento",
                        "Espécie Doc.",
                        "Aceite",
                        "Nosso Número",
                        "Carteira",
                        "Valor do Documento",
                        "Instruções",
                        "Pagador",
                        "Autenticação Mecânica – Ficha de Compensação",
                        "Corte na linha pontilhada")) {
            assertThat(text).contains(label);
        }
        assertThat(text.replace("\n", "")).contains(PIX);
    }

    @Test
    void the_bar_code_and_the_qr_code_are_read_by_another_program_from_paper() {
        var page = page(bill(BoletoStatus.REGISTERED), PAPER);

        assertThat(barCode(page)).contains(BOLETO.barCode());
        assertThat(qrCode(page)).contains(PIX);
    }

    @Test
    void the_watermark_of_the_sandbox_is_in_nobodys_way() {
        var bill = bill(BoletoStatus.REGISTERED, null, true, PIX);
        var page = page(bill, PAPER);

        assertThat(text(bill)).contains("SANDBOX", "SANDBOX: sem valor, não pague");
        assertThat(barCode(page)).contains(BOLETO.barCode());
        assertThat(qrCode(page)).contains(PIX);
    }

    @Test
    void the_bar_code_is_as_large_as_the_banks_want_it() {
        var page = page(bill(BoletoStatus.REGISTERED), PAPER);
        var columns = new ArrayList<Integer>();
        // A row through the middle of the bars.
        var y = Math.round((138 + 3 + 9 + 4 * 8 + 5 * 8 + 10 + 6 + 6.5f) * PAPER / 25.4f);
        for (var x = 0; x < page.getWidth() * 0.62; x++) {
            if (page.getRaster().getSample(x, y, 0) < 128) {
                columns.add(x);
            }
        }
        var millimetres = (columns.getLast() - columns.getFirst() + 1) * 25.4 / PAPER;

        assertThat(millimetres).isBetween(102.8, 103.2);
    }

    @Test
    void without_pix_there_is_none_to_be_seen() {
        var bill = bill(BoletoStatus.REGISTERED, null, false, null);
        var page = page(bill, PAPER);

        assertThat(text(bill)).doesNotContain("Pix", "QR");
        assertThat(qrCode(page)).isEmpty();
        assertThat(barCode(page)).contains(BOLETO.barCode());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "DRAFT | ESTE BOLETO AINDA NÃO PODE SER PAGO | Ele ainda não foi registrado",
                "REGISTERING | ESTE BOLETO AINDA NÃO PODE SER PAGO | O banco ainda não confirmou o"
                        + " registro.",
                "PAID | ESTE BOLETO JÁ FOI PAGO | Não pague de novo.",
                "WRITTEN_OFF | ESTE BOLETO FOI BAIXADO E NÃO PODE MAIS SER PAGO | Fale com o"
                        + " beneficiário",
                "REJECTED | ESTE BOLETO NÃO PODE SER PAGO | O banco recusou o registro: CPF"
                        + " inválido"
            })
    void what_is_not_registered_says_so_and_has_nothing_that_could_be_paid(
            BoletoStatus status, String headline, String detail) {
        var bill = bill(status, "CPF inválido", true, PIX);
        var text = text(bill);
        var page = page(bill, PAPER);

        assertThat(text).contains(headline, detail).doesNotContain("Pagável em qualquer banco");
        assertThat(text.replaceAll("[. \n]", "")).doesNotContain(BOLETO.line());
        assertThat(text).doesNotContain(BOLETO.barCode());
        assertThat(barCode(page)).isEmpty();
        // Pix needs no registration; what has been paid needs no Pix.
        var isOver = status == BoletoStatus.PAID || status == BoletoStatus.WRITTEN_OFF;
        assertThat(qrCode(page)).isEqualTo(isOver ? Optional.empty() : Optional.of(PIX));
        assertThat(text.replaceAll("\\s+", " ").contains("O Pix deste documento já pode ser pago."))
                .isEqualTo(!isOver);
        assertThat(text.contains("Pix")).isEqualTo(!isOver);
    }

    @Test
    void the_same_bill_gives_the_same_bytes_and_few_of_them() {
        var bytes = BoletoPdf.render(bill(BoletoStatus.REGISTERED));

        assertThat(BoletoPdf.render(bill(BoletoStatus.REGISTERED))).isEqualTo(bytes);
        assertThat(bytes).hasSizeLessThan(16_000).startsWith('%', 'P', 'D', 'F');
    }

    @Test
    void names_from_anywhere_are_printed_as_well_as_can_be() {
        assertThat(Paper.printable("Ação & Cia “ñ” – R$ 5,00 € …"))
                .isEqualTo("Ação & Cia “ñ” – R$ 5,00 € …");
        assertThat(Paper.printable("Łukasz Żółć Čapek")).isEqualTo("?ukasz Zó?c Capek");
        assertThat(Paper.printable("Jose\u0301 \u202eAna\u00ad\u00a0B")).isEqualTo("Jose Ana B");
        assertThat(Paper.printable("山田 太郎 😀\0\t\n\ud800")).isEqualTo("?? ?? ??  ?");
        assertThat(Paper.printable("ﬁ № ½")).isEqualTo("fi No ½");

        var text =
                text(
                        with(
                                new Party("山田 太郎 " + "Nome muito comprido ".repeat(30), "9558"),
                                "x".repeat(300),
                                List.of("palavra".repeat(100), "frase ".repeat(400))));
        assertThat(text).contains("?? ?? Nome muito").contains("…");
    }

    @Test
    void who_has_no_document_and_a_boleto_that_has_no_due_date_and_no_amount_are_printed() {
        var open = Boleto.write(Beneficiary.SANDBOX, 1, 0, null);
        var bill =
                new Bill(
                        BoletoStatus.REGISTERED,
                        null,
                        false,
                        SCHOOL,
                        new Party("Maria", " "),
                        Beneficiary.SANDBOX,
                        1,
                        open,
                        "8291",
                        DUE,
                        DUE,
                        List.of(),
                        null);

        assertThat(text(bill)).contains("Contra apresentação", "Maria").doesNotContain("CPF/CNPJ");
        assertThat(barCode(page(bill, PAPER))).contains(open.barCode());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "237:agency=1172,account=0403005,wallet=09 | Bradesco | 237-2 | 09/00000000123-9",
                "001:agreement=1238798,wallet=17 | Banco do Brasil | 001-9 | 12387980000000123",
                "033:beneficiary=1234567,wallet=101 | Santander | 033-7 | 000000000123-6",
                "104:beneficiary=123456 | Caixa | 104-0 | 14000000000000123-1"
            })
    void the_bill_of_each_bank_is_printed_and_read(
            String config, String bank, String printed, String number) {
        var account = Beneficiary.parse(config);
        var boleto = Boleto.write(account, 123, 9_900, DUE);
        var bill =
                new Bill(
                        BoletoStatus.REGISTERED,
                        null,
                        false,
                        SCHOOL,
                        JOSE,
                        account,
                        123,
                        boleto,
                        "8291",
                        DUE,
                        DUE,
                        List.of(),
                        PIX);

        assertThat(text(bill))
                .contains(bank, printed, number, boleto.printedLine())
                .doesNotContain("Vencimento original");
        assertThat(barCode(page(bill, PAPER))).contains(boleto.barCode());
    }

    @Test
    void a_number_that_is_not_the_one_in_the_bar_code_is_not_printed() {
        assertThatThrownBy(() -> bill(BoletoStatus.NONE))
                .isInstanceOf(IllegalArgumentException.class);
        for (var account :
                List.of(Beneficiary.SANDBOX, Beneficiary.parse("104:beneficiary=123456"))) {
            assertThatThrownBy(
                            () ->
                                    new Bill(
                                            BoletoStatus.REGISTERED,
                                            null,
                                            false,
                                            SCHOOL,
                                            JOSE,
                                            account,
                                            124,
                                            BOLETO,
                                            "8291",
                                            DUE,
                                            DUE,
                                            List.of(),
                                            null))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Property(tries = 20)
    void no_text_keeps_a_bill_from_being_printed(
            @ForAll String name, @ForAll String document, @ForAll String sentence) {
        assertThat(BoletoPdf.render(with(new Party(name, document), name, List.of(sentence))))
                .isNotEmpty();
    }

    private static Bill bill(BoletoStatus status) {
        return bill(status, null, false, PIX);
    }

    private static Bill bill(
            BoletoStatus status, @Nullable String reason, boolean sandbox, @Nullable String pix) {
        return new Bill(
                status,
                reason,
                sandbox,
                SCHOOL,
                JOSE,
                Beneficiary.SANDBOX,
                123,
                BOLETO,
                "1adb6ccf-ff16-467f-bea7-5f05d494280f",
                LocalDate.of(2022, 10, 12),
                LocalDate.of(2026, 11, 22),
                LateTerms.of("fine=2%;interest=1%/month").sentences(Words.PT, DUE),
                pix);
    }

    private static Bill with(Party payer, String debtId, List<String> instructions) {
        return new Bill(
                BoletoStatus.REGISTERED,
                null,
                true,
                SCHOOL,
                payer,
                Beneficiary.SANDBOX,
                123,
                BOLETO,
                debtId,
                DUE,
                DUE,
                instructions,
                PIX);
    }

    private static String text(Bill bill) {
        try (var document = Loader.loadPDF(BoletoPdf.render(bill))) {
            assertThat(document.getNumberOfPages()).isEqualTo(1);
            return new PDFTextStripper().getText(document);
        } catch (IOException inMemory) {
            throw new UncheckedIOException(inMemory);
        }
    }

    private static BufferedImage page(Bill bill, int dpi) {
        try (PDDocument document = Loader.loadPDF(BoletoPdf.render(bill))) {
            return new PDFRenderer(document).renderImageWithDPI(0, dpi, ImageType.GRAY);
        } catch (IOException inMemory) {
            throw new UncheckedIOException(inMemory);
        }
    }

    private static Optional<String> barCode(BufferedImage page) {
        return read(
                page,
                new ITFReader(),
                Map.of(
                        DecodeHintType.ALLOWED_LENGTHS,
                        new int[] {44},
                        DecodeHintType.TRY_HARDER,
                        true,
                        DecodeHintType.POSSIBLE_FORMATS,
                        List.of(BarcodeFormat.ITF)));
    }

    private static Optional<String> qrCode(BufferedImage page) {
        return read(page, new QRCodeReader(), Map.of(DecodeHintType.TRY_HARDER, true));
    }

    private static Optional<String> read(
            BufferedImage page, Reader reader, Map<DecodeHintType, ?> hints) {
        // What is below the tables: somebody holds the scanner there.
        var from = page.getHeight() * 230 / 297;
        var height = page.getHeight() - from;
        var pixels = ((DataBufferByte) page.getRaster().getDataBuffer()).getData();
        var source =
                new PlanarYUVLuminanceSource(
                        pixels,
                        page.getWidth(),
                        page.getHeight(),
                        0,
                        from,
                        page.getWidth(),
                        height,
                        false);
        try {
            return Optional.of(
                    reader.decode(new BinaryBitmap(new HybridBinarizer(source)), hints).getText());
        } catch (ReaderException nothingThere) {
            return Optional.empty();
        }
    }
}
