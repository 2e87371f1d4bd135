package vintem.billing;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;
import vintem.billing.UnreadableFile.Reason;

/// The rows of the first visible sheet of an `.xlsx` (ECMA-376), one after the other.
///
/// Libraries for it make room for whatever column a cell says it stands in, and keep all texts as
/// objects; here a file from outside takes bounded memory whatever it says. Read are values, not
/// formulas and not formats: numbers as they stand, and which of them are dates whoever reads the
/// column knows.
final class Spreadsheet implements AutoCloseable {
    /// Columns that a sheet can have.
    private static final int MOST_COLUMNS = 16_384;

    private static final int MOST_ENTRIES = 5_000;
    private static final int MOST_DIRECTORY_BYTES = 1 << 20;
    private static final long MOST_SHEET_BYTES = 2L << 30;
    private static final long MOST_TEXT_BYTES = 256L << 20;
    private static final long MOST_OTHER_BYTES = 16L << 20;

    /// What honest sheets are never compressed to; each may have a few megabytes all the same.
    private static final int MOST_RATIO = 200;

    private static final long ANY_RATIO_BYTES = 10L << 20;
    private static final int LONGEST_TAG = 1 << 20;
    private static final int LONGEST_TEXT = 32_767;
    private static final LocalDate DAY_ZERO = LocalDate.of(1899, 12, 30);
    private static final LocalDate DAY_ZERO_1904 = LocalDate.of(1904, 1, 1);
    private static final int LAST_SERIAL = 2_958_465;
    // The 29 February 1900 that never was.
    private static final int NO_DAY = 60;

    /// A spreadsheet's own precision.
    private static final MathContext PRECISION = new MathContext(15, RoundingMode.HALF_EVEN);

    private static final int LARGEST_EXPONENT = 30;

    /// A cell as it stands: a number, or a text.
    record Cell(String text, boolean isNumber) {
        static final Cell EMPTY = new Cell("", false);
    }

    private static final XMLInputFactory XML = xml();

    private final ZipFile zip;
    private final long length;
    private final Texts texts;
    private final boolean from1904;
    private final XMLStreamReader sheet;
    private final InputStream sheetBytes;
    private int row;
    private int column;
    private final List<Cell> cells = new ArrayList<>();
    private int count;

    private Spreadsheet(ZipFile zip, long length) throws IOException, UnreadableFile {
        this.zip = zip;
        this.length = length;
        try {
            var workbook = Workbook.read(this);
            from1904 = workbook.from1904;
            texts = workbook.texts.isEmpty() ? new Texts() : readTexts(workbook.texts);
            sheetBytes = part(workbook.sheet, MOST_SHEET_BYTES);
            sheet = XML.createXMLStreamReader(sheetBytes);
        } catch (XMLStreamException broken) {
            throw notOne(broken);
        }
    }

    /// @throws UnreadableFile where it is none, or a trap
    static Spreadsheet open(Path file) throws IOException, UnreadableFile {
        checkDirectory(file);
        ZipFile zip = null;
        try {
            zip = new ZipFile(file.toFile());
            return new Spreadsheet(zip, file.toFile().length());
        } catch (ZipException | IllegalArgumentException broken) {
            closeQuietly(zip);
            throw notOne(broken);
        } catch (IOException | UnreadableFile | RuntimeException failed) {
            closeQuietly(zip);
            throw failed;
        }
    }

    /// Whether a file begins as the archive does that a spreadsheet is.
    static boolean isArchive(byte[] beginning) {
        return beginning.length >= 4
                && beginning[0] == 'P'
                && beginning[1] == 'K'
                && beginning[2] == 3
                && beginning[3] == 4;
    }

    /// Goes on to the next row that has cells.
    ///
    /// @return false at the end
    boolean next() throws IOException, UnreadableFile {
        try {
            while (sheet.hasNext()) {
                var event = sheet.next();
                if (event == XMLStreamConstants.START_ELEMENT
                        && sheet.getLocalName().equals("row")) {
                    readRow();
                    if (count > 0) {
                        return true;
                    }
                } else if (event == XMLStreamConstants.END_ELEMENT
                        && sheet.getLocalName().equals("sheetData")) {
                    return false;
                }
            }
            return false;
        } catch (XMLStreamException | NumberFormatException broken) {
            throw notOne(broken);
        }
    }

    /// The present row's number; the first is 1.
    int row() {
        return row;
    }

    /// Up to the last cell that is not empty; also of those that are not kept.
    int count() {
        return count;
    }

    Cell cell(int column) {
        return column < cells.size() ? cells.get(column) : Cell.EMPTY;
    }

    /// A number in plain digits with a decimal point, to the precision that a spreadsheet has.
    static String plain(String number) {
        try {
            if (number.length() > 2 * LARGEST_EXPONENT) {
                return number;
            }
            var value = new BigDecimal(number.strip());
            if (value.signum() == 0) {
                return "0";
            }
            if (Math.abs((long) value.precision() - value.scale()) > LARGEST_EXPONENT) {
                return number;
            }
            return value.round(PRECISION).stripTrailingZeros().toPlainString();
        } catch (NumberFormatException none) {
            return number;
        }
    }

    /// The day that a number means where it stands in a column of dates.
    Optional<LocalDate> day(String number) {
        var plain = plain(number);
        var whole = plain.indexOf('.') < 0 ? plain : plain.substring(0, plain.indexOf('.'));
        if (!whole.matches("[0-9]{1,7}")) {
            return Optional.empty();
        }
        var serial = Integer.parseInt(whole);
        if (serial < 1 || serial > LAST_SERIAL) {
            return Optional.empty();
        }
        if (from1904) {
            return Optional.of(DAY_ZERO_1904.plusDays(serial));
        }
        return serial == NO_DAY
                ? Optional.empty()
                : Optional.of(DAY_ZERO.plusDays(serial < NO_DAY ? serial + 1L : serial));
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }

    private void readRow() throws XMLStreamException, UnreadableFile {
        var number = sheet.getAttributeValue(null, "r");
        var next = number == null ? row + 1 : Integer.parseInt(number);
        if (next <= row) {
            throw notOne(null);
        }
        row = next;
        column = 0;
        count = 0;
        cells.clear();
        while (true) {
            var event = sheet.next();
            if (event == XMLStreamConstants.START_ELEMENT && sheet.getLocalName().equals("c")) {
                readCell();
            } else if (event == XMLStreamConstants.END_ELEMENT
                    && sheet.getLocalName().equals("row")) {
                return;
            } else if (event == XMLStreamConstants.END_DOCUMENT) {
                throw notOne(null);
            }
        }
    }

    private void readCell() throws XMLStreamException, UnreadableFile {
        var place = sheet.getAttributeValue(null, "r");
        if (place != null) {
            column = column(place);
        }
        if (column >= MOST_COLUMNS) {
            throw notOne(null);
        }
        var type = Optional.ofNullable(sheet.getAttributeValue(null, "t")).orElse("n");
        var text = "";
        while (true) {
            var event = sheet.next();
            if (event == XMLStreamConstants.START_ELEMENT) {
                var name = sheet.getLocalName();
                if (name.equals("v")) {
                    text = elementText(sheet);
                } else if (name.equals("is")) {
                    text = stringItem(sheet, "is");
                } else {
                    skip(sheet);
                }
            } else if (event == XMLStreamConstants.END_ELEMENT) {
                break;
            } else if (event == XMLStreamConstants.END_DOCUMENT) {
                throw notOne(null);
            }
        }
        keep(
                switch (type) {
                    case "s" ->
                            text.isBlank()
                                    ? Cell.EMPTY
                                    : new Cell(texts.at(Integer.parseInt(text.strip())), false);
                    case "n" -> new Cell(text.strip(), !text.isBlank());
                    case "b" -> new Cell(text.strip().equals("1") ? "TRUE" : "FALSE", false);
                    // An instant; its day is before the T.
                    case "d" -> new Cell(text.strip().replaceFirst("T.*", ""), false);
                    default -> new Cell(text.strip(), false);
                });
        column++;
    }

    private void keep(Cell cell) {
        if (!cell.text.isBlank()) {
            count = column + 1;
        }
        if (column < RecordScanner.MOST_FIELDS && !cell.text.isBlank()) {
            while (cells.size() < column) {
                cells.add(Cell.EMPTY);
            }
            if (cells.size() == column) {
                cells.add(cell);
            } else {
                cells.set(column, cell);
            }
        }
    }

    /// `C5` is 2.
    private static int column(String place) throws UnreadableFile {
        var column = 0;
        for (var i = 0; i < place.length() && i < 4; i++) {
            var letter = place.charAt(i);
            if (letter < 'A' || letter > 'Z') {
                break;
            }
            column = column * 26 + (letter - 'A' + 1);
        }
        if (column == 0 || column > MOST_COLUMNS) {
            throw notOne(null);
        }
        return column - 1;
    }

    private Texts readTexts(String name) throws IOException, UnreadableFile, XMLStreamException {
        var kept = new Texts();
        try (var bytes = part(name, MOST_TEXT_BYTES)) {
            var reader = XML.createXMLStreamReader(bytes);
            while (reader.hasNext()) {
                if (reader.next() == XMLStreamConstants.START_ELEMENT
                        && reader.getLocalName().equals("si")) {
                    kept.add(stringItem(reader, "si"));
                }
            }
        }
        return kept;
    }

    /// The texts of a string item; how they are pronounced (`rPh`) does not belong to them.
    private static String stringItem(XMLStreamReader reader, String end)
            throws XMLStreamException, UnreadableFile {
        var text = new StringBuilder();
        while (true) {
            switch (reader.next()) {
                case XMLStreamConstants.START_ELEMENT -> {
                    switch (reader.getLocalName()) {
                        case "t" -> text.append(elementText(reader));
                        case "r" -> {
                            // A run of text: what it holds comes next.
                        }
                        default -> skip(reader);
                    }
                    if (text.length() > LONGEST_TEXT) {
                        throw notOne(null);
                    }
                }
                case XMLStreamConstants.END_ELEMENT -> {
                    if (reader.getLocalName().equals(end)) {
                        return text.toString();
                    }
                }
                case XMLStreamConstants.END_DOCUMENT -> throw notOne(null);
                default -> {}
            }
        }
    }

    private static String elementText(XMLStreamReader reader)
            throws XMLStreamException, UnreadableFile {
        var text = new StringBuilder();
        while (true) {
            switch (reader.next()) {
                case XMLStreamConstants.CHARACTERS,
                        XMLStreamConstants.CDATA,
                        XMLStreamConstants.SPACE -> {
                    text.append(
                            reader.getTextCharacters(),
                            reader.getTextStart(),
                            reader.getTextLength());
                    if (text.length() > LONGEST_TEXT) {
                        throw notOne(null);
                    }
                }
                case XMLStreamConstants.END_ELEMENT -> {
                    return text.toString();
                }
                case XMLStreamConstants.COMMENT, XMLStreamConstants.PROCESSING_INSTRUCTION -> {}
                default -> throw notOne(null);
            }
        }
    }

    /// To the end of the present element.
    private static void skip(XMLStreamReader reader) throws XMLStreamException, UnreadableFile {
        for (var depth = 1; depth > 0; ) {
            switch (reader.next()) {
                case XMLStreamConstants.START_ELEMENT -> depth++;
                case XMLStreamConstants.END_ELEMENT -> depth--;
                case XMLStreamConstants.END_DOCUMENT -> throw notOne(null);
                default -> {}
            }
        }
    }

    /// @param most bytes that it may have when it is unpacked
    private InputStream part(String name, long most) throws IOException, UnreadableFile {
        var entry = zip.getEntry(name);
        if (entry == null) {
            throw notOne(null);
        }
        return new Unpacked(
                zip.getInputStream(entry), Math.min(entry.getCompressedSize(), length), most);
    }

    private static UnreadableFile notOne(@Nullable Exception why) {
        if (why instanceof XMLStreamException broken
                && broken.getNestedException() instanceof TooMuch) {
            return tooLarge();
        }
        return new UnreadableFile(Reason.NOT_A_SPREADSHEET, "no_xlsx");
    }

    private static UnreadableFile tooLarge() {
        return new UnreadableFile(Reason.SPREADSHEET_TOO_LARGE, "unpacks_large");
    }

    /// Before a library reads the whole directory into memory, whatever its size.
    private static void checkDirectory(Path path) throws IOException, UnreadableFile {
        try (var file = new RandomAccessFile(path.toFile(), "r")) {
            var tail = new byte[(int) Math.min(file.length(), 22 + 65_535)];
            file.seek(file.length() - tail.length);
            file.readFully(tail);
            var bytes = ByteBuffer.wrap(tail).order(ByteOrder.LITTLE_ENDIAN);
            for (var at = tail.length - 22; at >= 0; at--) {
                if (bytes.getInt(at) == 0x06054b50) {
                    var entries = bytes.getShort(at + 10) & 0xFFFF;
                    var size = bytes.getInt(at + 12) & 0xFFFFFFFFL;
                    if (entries > MOST_ENTRIES || size > MOST_DIRECTORY_BYTES) {
                        throw notOne(null);
                    }
                    return;
                }
            }
            throw notOne(null);
        }
    }

    private static void closeQuietly(@Nullable ZipFile zip) throws IOException {
        if (zip != null) {
            zip.close();
        }
    }

    private static XMLInputFactory xml() {
        var factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_COALESCING, false);
        factory.setProperty("jdk.xml.maxElementDepth", "100");
        return factory;
    }

    /// What the archive's other parts say: which sheet is the first, where its texts are.
    private record Workbook(String sheet, String texts, boolean from1904) {
        private static final String RELATIONS = "xl/_rels/workbook.xml.rels";
        private static final String BOOK = "xl/workbook.xml";

        static Workbook read(Spreadsheet file)
                throws IOException, UnreadableFile, XMLStreamException {
            var first = "";
            var from1904 = false;
            try (var bytes = file.part(BOOK, MOST_OTHER_BYTES)) {
                var reader = XML.createXMLStreamReader(bytes);
                while (reader.hasNext()) {
                    if (reader.next() != XMLStreamConstants.START_ELEMENT) {
                        continue;
                    }
                    if (reader.getLocalName().equals("workbookPr")) {
                        var flag = reader.getAttributeValue(null, "date1904");
                        from1904 = flag != null && (flag.equals("1") || flag.equals("true"));
                    } else if (reader.getLocalName().equals("sheet")
                            && first.isEmpty()
                            && isVisible(reader.getAttributeValue(null, "state"))) {
                        first = relation(reader);
                    }
                }
            }
            var sheet = "";
            var texts = "";
            try (var bytes = file.part(RELATIONS, MOST_OTHER_BYTES)) {
                var reader = XML.createXMLStreamReader(bytes);
                while (reader.hasNext()) {
                    if (reader.next() == XMLStreamConstants.START_ELEMENT
                            && reader.getLocalName().equals("Relationship")) {
                        var target =
                                target(
                                        Optional.ofNullable(
                                                        reader.getAttributeValue(null, "Target"))
                                                .orElse(""));
                        var type = reader.getAttributeValue(null, "Type");
                        if (first.equals(reader.getAttributeValue(null, "Id"))) {
                            sheet = target;
                        } else if (type != null && type.endsWith("/sharedStrings")) {
                            texts = target;
                        }
                    }
                }
            }
            if (sheet.isEmpty()) {
                throw notOne(null);
            }
            return new Workbook(sheet, texts, from1904);
        }

        private static boolean isVisible(@Nullable String state) {
            return state == null || state.equals("visible");
        }

        private static String relation(XMLStreamReader reader) {
            for (var i = 0; i < reader.getAttributeCount(); i++) {
                var space = reader.getAttributeNamespace(i);
                if (reader.getAttributeLocalName(i).equals("id")
                        && space != null
                        && space.endsWith("/relationships")) {
                    return reader.getAttributeValue(i);
                }
            }
            return "";
        }

        private static String target(String target) {
            return target.startsWith("/") ? target.substring(1) : "xl/" + target;
        }
    }

    /// The texts that cells share, in pages of bytes: millions of them are no millions of objects.
    private static final class Texts {
        private static final int PAGE = 1 << 20;
        private static final int MOST_PAGES = 96;

        private final List<byte[]> pages = new ArrayList<>();
        private int used = PAGE;
        private long[] places = new long[1_024];
        private int count;

        void add(String text) throws UnreadableFile {
            var bytes = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
            if (used + bytes.length > PAGE) {
                if (pages.size() == MOST_PAGES) {
                    throw tooLarge();
                }
                pages.add(new byte[PAGE]);
                used = 0;
            }
            System.arraycopy(bytes, 0, pages.getLast(), used, bytes.length);
            if (count == places.length) {
                places = java.util.Arrays.copyOf(places, count * 2);
            }
            // Page, place in it, length.
            places[count++] = (long) (pages.size() - 1) << 44 | (long) used << 22 | bytes.length;
            used += bytes.length;
        }

        String at(int index) throws UnreadableFile {
            if (index < 0 || index >= count) {
                throw notOne(null);
            }
            var place = places[index];
            var mask = (1 << 22) - 1;
            return new String(
                            pages.get((int) (place >>> 44)),
                            (int) (place >>> 22) & mask,
                            (int) place & mask,
                            java.nio.charset.StandardCharsets.UTF_8)
                    .strip();
        }
    }

    /// More than a part of a spreadsheet may unpack to.
    private static final class TooMuch extends IOException {
        private static final long serialVersionUID = 1;

        TooMuch() {
            super("unpacks to more than is read");
        }
    }

    /// A part while it is unpacked: not longer than it may be, not suspiciously well compressed,
    /// and no tag or text so long that a parser could not hold it.
    private static final class Unpacked extends FilterInputStream {
        private final long packed;
        private final long most;
        private long bytes;
        private int sinceTag;

        Unpacked(InputStream in, long packed, long most) {
            super(in);
            this.packed = Math.max(1, packed);
            this.most = most;
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            var read = super.read(into, offset, length);
            if (read > 0) {
                bytes += read;
                if (bytes > most || bytes > ANY_RATIO_BYTES && bytes / packed > MOST_RATIO) {
                    throw new TooMuch();
                }
                for (var i = offset; i < offset + read; i++) {
                    sinceTag = into[i] == '>' ? 0 : sinceTag + 1;
                    if (sinceTag > LONGEST_TAG) {
                        throw new TooMuch();
                    }
                }
            }
            return read;
        }
    }
}
