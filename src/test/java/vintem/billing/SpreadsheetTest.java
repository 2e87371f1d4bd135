package vintem.billing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.dhatim.fastexcel.Workbook;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vintem.billing.DebtRow.Erratum;
import vintem.billing.DebtRow.Valid;
import vintem.billing.Dialect.DateOrder;
import vintem.billing.Dialect.DecimalMark;
import vintem.billing.Dialect.Format;
import vintem.billing.UnreadableFile.Reason;

/// Spreadsheets that another library wrote, and such as nobody writes.
class SpreadsheetTest {
    private static final List<String> TITLES =
            List.of("name", "governmentId", "email", "debtAmount", "debtDueDate", "debtId");
    private static final String HEADER =
            "<row r=\"1\">"
                    + TITLES.stream()
                            .map(it -> "<c t=\"inlineStr\"><is><t>" + it + "</t></is></c>")
                            .reduce("", String::concat)
                    + "</row>";

    @TempDir private Path directory;

    @Test
    void debts_are_read_from_numbers_dates_and_texts() throws Exception {
        var file =
                written(
                        sheet -> {
                            sheet.value(1, 0, "João da Conceição");
                            sheet.value(1, 1, 11111111111L);
                            sheet.value(1, 2, "joao@example.com");
                            sheet.value(1, 3, new BigDecimal("1234.56"));
                            sheet.value(1, 4, LocalDate.of(2022, 10, 12));
                            sheet.style(1, 4).format("dd/MM/yyyy").set();
                            sheet.value(1, 5, 8291);
                            sheet.value(2, 0, " Ana ");
                            sheet.value(2, 1, "529.982.247-25");
                            sheet.value(2, 2, "ana@example.com");
                            sheet.value(2, 3, "1.000,10");
                            sheet.value(2, 4, "31/01/2025");
                            sheet.value(2, 5, "1adb6ccf-ff16-467f-bea7-5f05d494280f ");
                            sheet.value(4, 0, "nothing else");
                        });
        var rows = read(file);
        assertThat(rows).hasSize(3);
        var first = (Valid) rows.get(0);
        assertThat(first.name()).isEqualTo("João da Conceição");
        assertThat(first.governmentId()).isEqualTo("11111111111");
        assertThat(first.documentValid()).isFalse();
        assertThat(first.amountCents()).isEqualTo(123_456);
        assertThat(first.dueDate()).isEqualTo("2022-10-12");
        assertThat(first.debtId()).isEqualTo("8291");
        assertThat(first.fields().get(3)).isEqualTo("1234,56");
        assertThat(first.fields().get(4)).isEqualTo("12/10/2022");
        var second = (Valid) rows.get(1);
        assertThat(second.name()).isEqualTo("Ana");
        assertThat(second.documentValid()).isTrue();
        assertThat(second.amountCents()).isEqualTo(100_010);
        assertThat(second.debtId()).isEqualTo("1adb6ccf-ff16-467f-bea7-5f05d494280f");
        var third = (Erratum) rows.get(2);
        assertThat(third.line()).isEqualTo(5);
        assertThat(third.columns()).contains("email", "debtAmount", "debtDueDate", "debtId");
    }

    @Test
    void its_dialect_is_that_of_its_texts() throws Exception {
        var file =
                written(
                        sheet -> {
                            sheet.value(1, 3, "1.234,56");
                            sheet.value(1, 4, "31/01/2025");
                        });
        try (var sheet = Spreadsheet.open(file)) {
            var found = new Survey(Map.of()).spreadsheet(sheet);
            assertThat(found.dialect().format()).isEqualTo(Format.XLSX);
            assertThat(found.dialect().decimalMark()).isEqualTo(DecimalMark.COMMA);
            assertThat(found.dialect().dateOrder()).isEqualTo(DateOrder.DAY_FIRST);
            assertThat(found.dialect().delimiter()).isNull();
            assertThat(found.rows()).isEqualTo(1);
            assertThat(found.position()).isEqualTo(1);
        }
    }

    @Test
    void numbers_are_what_a_spreadsheet_shows() {
        assertThat(Spreadsheet.plain("1234.5599999999999")).isEqualTo("1234.56");
        assertThat(Spreadsheet.plain("0.30000000000000004")).isEqualTo("0.3");
        assertThat(Spreadsheet.plain("1.0E+3")).isEqualTo("1000");
        assertThat(Spreadsheet.plain("1e-2")).isEqualTo("0.01");
        assertThat(Spreadsheet.plain("-5")).isEqualTo("-5");
        assertThat(Spreadsheet.plain("0.00")).isEqualTo("0");
        assertThat(Spreadsheet.plain("1e999999999")).isEqualTo("1e999999999");
        assertThat(Spreadsheet.plain("x")).isEqualTo("x");
    }

    @Test
    void days_are_counted_as_spreadsheets_count_them() throws Exception {
        try (var sheet = Spreadsheet.open(made(HEADER))) {
            assertThat(sheet.day("1")).contains(LocalDate.of(1900, 1, 1));
            assertThat(sheet.day("59")).contains(LocalDate.of(1900, 2, 28));
            assertThat(sheet.day("60")).isEmpty();
            assertThat(sheet.day("61")).contains(LocalDate.of(1900, 3, 1));
            assertThat(sheet.day("44846.75")).contains(LocalDate.of(2022, 10, 12));
            assertThat(sheet.day("2958466")).isEmpty();
            assertThat(sheet.day("-1")).isEmpty();
            assertThat(sheet.day("1e30")).isEmpty();
        }
        var from1904 = parts(HEADER);
        from1904.put(
                "xl/workbook.xml",
                from1904.get("xl/workbook.xml")
                        .replace("<sheets>", "<workbookPr date1904=\"1\"/><sheets>"));
        try (var sheet = Spreadsheet.open(zip(from1904))) {
            assertThat(sheet.day("43384")).contains(LocalDate.of(2022, 10, 12));
        }
    }

    @Test
    void the_first_sheet_that_can_be_seen_counts() throws Exception {
        var parts = parts(HEADER + row(2, "x"));
        parts.put(
                "xl/workbook.xml",
                parts.get("xl/workbook.xml")
                        .replace(
                                "<sheets>",
                                "<sheets><sheet name=\"a\" sheetId=\"9\" state=\"hidden\" r:id=\"rId9\"/>"));
        try (var sheet = Spreadsheet.open(zip(parts))) {
            assertThat(sheet.next()).isTrue();
            assertThat(sheet.cell(0).text()).isEqualTo("name");
            assertThat(sheet.next()).isTrue();
            assertThat(sheet.row()).isEqualTo(2);
            assertThat(sheet.next()).isFalse();
        }
    }

    @Test
    void cells_may_leave_places_out_and_texts_may_have_runs() throws Exception {
        var rows =
                "<row r=\"2\"><c r=\"C2\" t=\"inlineStr\"><is><r><t>a</t></r><r><t xml:space=\"preserve\"> b"
                        + "</t></r><rPh><t>no</t></rPh></is></c><c r=\"E2\"><f>1+1</f><v>2</v></c>"
                        + "<c r=\"F2\" t=\"str\"><v>s</v></c><c t=\"b\"><v>1</v></c>"
                        + "<c t=\"e\"><v>#N/A</v></c><c t=\"d\"><v>2024-01-19T10:00:00</v></c></row>";
        try (var sheet = Spreadsheet.open(made(HEADER + rows))) {
            sheet.next();
            sheet.next();
            assertThat(sheet.cell(0).text()).isEmpty();
            assertThat(sheet.cell(2).text()).isEqualTo("a b");
            assertThat(sheet.cell(4)).isEqualTo(new Spreadsheet.Cell("2", true));
            assertThat(sheet.cell(5).text()).isEqualTo("s");
            assertThat(sheet.cell(6).text()).isEqualTo("TRUE");
            assertThat(sheet.cell(7).text()).isEqualTo("#N/A");
            assertThat(sheet.cell(8).text()).isEqualTo("2024-01-19");
            assertThat(sheet.count()).isEqualTo(9);
        }
    }

    @Test
    void it_goes_on_at_any_row() throws Exception {
        var file =
                written(
                        sheet -> {
                            for (var row = 1; row <= 20; row++) {
                                fill(sheet, row);
                            }
                        });
        try (var survey = Spreadsheet.open(file);
                var sheet = Spreadsheet.open(file)) {
            var dialect = new Survey(Map.of()).spreadsheet(survey).dialect();
            var rows = new SheetRows(sheet, dialect, LateTerms.NONE, 15);
            var lines = new ArrayList<Integer>();
            for (var row = rows.next(); row != null; row = rows.next()) {
                lines.add(row.line());
            }
            assertThat(lines).containsExactly(16, 17, 18, 19, 20, 21);
            assertThat(rows.position()).isEqualTo(21);
        }
    }

    @Test
    void what_is_an_archive_and_no_spreadsheet_is_refused() throws Exception {
        assertRefused(Reason.NOT_A_SPREADSHEET, zip(Map.of("debts.csv", "name,email\n")));
        assertRefused(Reason.NOT_A_SPREADSHEET, file("PK\3\4 and then nothing"));
        assertRefused(Reason.NOT_A_SPREADSHEET, file(""));
        var whole = Files.readAllBytes(made(HEADER + row(2, "x")));
        for (var length : List.of(10, whole.length / 2, whole.length - 30)) {
            var cut = directory.resolve("cut-" + length);
            Files.write(cut, java.util.Arrays.copyOf(whole, length));
            assertRefused(Reason.NOT_A_SPREADSHEET, cut);
        }
        for (var name : parts(HEADER).keySet()) {
            if (!name.equals("[Content_Types].xml")) {
                var lacking = parts(HEADER);
                lacking.remove(name);
                assertRefused(Reason.NOT_A_SPREADSHEET, zip(lacking));
                var broken = parts(HEADER);
                broken.put(name, "<no<xml");
                assertRefused(Reason.NOT_A_SPREADSHEET, zip(broken));
            }
        }
    }

    @Test
    void traps_are_refused_in_little_memory_and_time() throws Exception {
        for (var row :
                List.of(
                        "<row r=\"2\"><c r=\"ZZZZZZZ2\"><v>1</v></c></row>",
                        "<row r=\"2\"><c r=\"2\"><v>1</v></c></row>",
                        "<row r=\"1\"><c><v>1</v></c></row>",
                        "<row r=\"99999999999\"><c><v>1</v></c></row>",
                        "<row r=\"x\"><c><v>1</v></c></row>",
                        "<row r=\"2\">" + "<c><v>1</v></c>".repeat(20_000) + "</row>",
                        "<row r=\"2\"><c t=\"s\"><v>5</v></c></row>",
                        "<row r=\"2\"><c t=\"s\"><v>-1</v></c></row>",
                        "<row r=\"2\"><c t=\"s\"><v>x</v></c></row>",
                        "<row r=\"2\"><c t=\"inlineStr\"><is><t>"
                                + "x".repeat(40_000)
                                + "</t></is></c></row>",
                        "<row r=\"2\"><c><v>&#0;</v></c></row>",
                        "<a>".repeat(10_000))) {
            assertRefused(Reason.NOT_A_SPREADSHEET, made(HEADER + row));
        }
        var entities = parts(HEADER + row(2, "&b;"));
        entities.compute(
                "xl/worksheets/sheet1.xml",
                (_, xml) ->
                        xml.replaceFirst(
                                "\\?>",
                                "?><!DOCTYPE a [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b SYSTEM"
                                        + " \"file:///etc/passwd\">]>"));
        assertRefused(Reason.NOT_A_SPREADSHEET, zip(entities));
    }

    @Test
    void bombs_are_refused_before_they_go_off() throws Exception {
        var bomb = parts("");
        bomb.remove("xl/worksheets/sheet1.xml");
        var file = directory.resolve("bomb.xlsx");
        try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
            write(zip, bomb);
            zip.putNextEntry(new ZipEntry("xl/worksheets/sheet1.xml"));
            zip.write("<worksheet><sheetData><row>".getBytes(StandardCharsets.UTF_8));
            var nothing = "<c><v></v></c>".repeat(10_000).getBytes(StandardCharsets.UTF_8);
            for (var i = 0; i < 400; i++) {
                zip.write(nothing);
                zip.write("</row><row>".getBytes(StandardCharsets.UTF_8));
            }
        }
        assertRefused(Reason.SPREADSHEET_TOO_LARGE, file);
        var attribute = parts("<row a=\"" + "x".repeat(3_000_000) + "\"></row>");
        assertRefused(Reason.SPREADSHEET_TOO_LARGE, zip(attribute));
        var many = directory.resolve("many.xlsx");
        try (var zip = new ZipOutputStream(Files.newOutputStream(many))) {
            for (var i = 0; i < 6_000; i++) {
                zip.putNextEntry(new ZipEntry("e" + i));
            }
        }
        assertRefused(Reason.NOT_A_SPREADSHEET, many);
    }

    private interface Filling {
        void fill(org.dhatim.fastexcel.Worksheet sheet);
    }

    private Path written(Filling filling) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var book = new Workbook(bytes, "test", "1.0")) {
            var sheet = book.newWorksheet("debts");
            for (var i = 0; i < TITLES.size(); i++) {
                sheet.value(0, i, TITLES.get(i));
            }
            filling.fill(sheet);
        }
        var file = directory.resolve("written-" + bytes.hashCode() + ".xlsx");
        Files.write(file, bytes.toByteArray());
        return file;
    }

    private static void fill(org.dhatim.fastexcel.Worksheet sheet, int row) {
        sheet.value(row, 0, "Ana");
        sheet.value(row, 1, 9558);
        sheet.value(row, 2, "ana@example.com");
        sheet.value(row, 3, row);
        sheet.value(row, 4, LocalDate.of(2024, 1, 19));
        sheet.value(row, 5, "id-" + row);
    }

    private List<DebtRow> read(Path file) throws IOException, UnreadableFile {
        try (var survey = Spreadsheet.open(file);
                var sheet = Spreadsheet.open(file)) {
            var found = new Survey(Map.of()).spreadsheet(survey);
            var rows = new SheetRows(sheet, found.dialect(), LateTerms.NONE, found.position());
            var all = new ArrayList<DebtRow>();
            for (var row = rows.next(); row != null; row = rows.next()) {
                all.add(row);
            }
            return all;
        }
    }

    private static String row(int number, String text) {
        return "<row r=\"%d\"><c t=\"inlineStr\"><is><t>%s</t></is></c></row>"
                .formatted(number, text);
    }

    /// The least that a spreadsheet is, with these rows.
    private Path made(String rows) throws IOException {
        return zip(parts(rows));
    }

    private static Map<String, String> parts(String rows) {
        var space = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";
        var relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        var xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
        var parts = new LinkedHashMap<String, String>();
        parts.put("[Content_Types].xml", xml + "<Types/>");
        parts.put(
                "xl/workbook.xml",
                xml
                        + "<workbook "
                        + space
                        + " xmlns:r=\""
                        + relations
                        + "\"><sheets><sheet name=\"s\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>");
        parts.put(
                "xl/_rels/workbook.xml.rels",
                xml
                        + "<Relationships><Relationship Id=\"rId1\" Type=\""
                        + relations
                        + "/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>");
        parts.put(
                "xl/worksheets/sheet1.xml",
                xml + "<worksheet " + space + "><sheetData>" + rows + "</sheetData></worksheet>");
        return parts;
    }

    private Path zip(Map<String, String> parts) throws IOException {
        var file = Files.createTempFile(directory, "made-", ".xlsx");
        try (OutputStream out = Files.newOutputStream(file);
                var zip = new ZipOutputStream(out)) {
            write(zip, parts);
        }
        return file;
    }

    private static void write(ZipOutputStream zip, Map<String, String> parts) throws IOException {
        for (var part : parts.entrySet()) {
            zip.putNextEntry(new ZipEntry(part.getKey()));
            zip.write(part.getValue().getBytes(StandardCharsets.UTF_8));
            zip.closeEntry();
        }
    }

    private Path file(String text) throws IOException {
        var file = Files.createTempFile(directory, "file-", "");
        Files.writeString(file, text, StandardCharsets.ISO_8859_1);
        return file;
    }

    private static void assertRefused(Reason reason, Path file) {
        assertThatThrownBy(
                        () -> {
                            try (var sheet = Spreadsheet.open(file)) {
                                while (sheet.next()) {
                                    // To the end of it.
                                }
                            }
                        })
                .as(file.toString())
                .isInstanceOfSatisfying(
                        UnreadableFile.class, it -> assertThat(it.reason()).isEqualTo(reason));
    }
}
