package vintem.reconciliation;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import vintem.platform.Problem;
import vintem.platform.TaxId;

/// A statement as its file tells it: CSV, or OFX of either generation.
///
/// @param firstDay of the days that it covers, both included
/// @param closingCents the balance at the end of the last day, where it tells one
record StatementFile(
        String source,
        LocalDate firstDay,
        LocalDate lastDay,
        List<Line> lines,
        @Nullable Long closingCents) {
    static final int MOST_LINES = 200_000;
    static final int LONGEST_TEXT = 200;

    private static final Charset WINDOWS = Charset.forName("windows-1252");
    // E, the bank's number, the minute, and eleven characters: what a Pix is called everywhere.
    private static final Pattern END_TO_END =
            Pattern.compile("\\b[ED][0-9A-Z]{8}[0-9]{12}[0-9A-Za-z]{11}\\b");
    // CPF and CNPJ, with and without their marks.
    private static final Pattern TAX_ID =
            Pattern.compile(
                    "\\b[0-9]{3}\\.?[0-9]{3}\\.?[0-9]{3}-?[0-9]{2}\\b"
                            + "|\\b[0-9A-Z]{2}\\.?[0-9A-Z]{3}\\.?[0-9A-Z]{3}/?[0-9A-Z]{4}-?[0-9]{2}\\b");
    private static final Pattern AMOUNT = Pattern.compile("[+-]?[0-9]{1,15}(?:[.,][0-9]{1,6})?");
    private static final DateTimeFormatter BRAZILIAN =
            DateTimeFormatter.ofPattern("dd/MM/uuuu").withResolverStyle(ResolverStyle.STRICT);

    /// @param amountCents what came in is more than zero
    /// @param reference an end-to-end id, or the bank's own number
    record Line(
            LocalDate day,
            long amountCents,
            @Nullable String reference,
            @Nullable String description) {}

    /// @param from the first day that it covers, where the file does not say so itself
    /// @throws Problem `400` where it cannot be read, with the reason
    static StatementFile read(byte[] bytes, @Nullable LocalDate from, @Nullable LocalDate to) {
        var text = text(bytes);
        var file = Ofx.looksLike(text) ? Ofx.read(text) : StatementCsv.read(text);
        var first = from == null ? file.firstDay() : from;
        var last = to == null ? file.lastDay() : to;
        if (first.isAfter(last)) {
            throw Problem.invalid("?to", "is before the first day");
        }
        for (var line : file.lines()) {
            if (line.day().isBefore(first) || line.day().isAfter(last)) {
                throw unreadable("has a line of %s, outside of the days it covers", line.day());
            }
        }
        return new StatementFile(file.source(), first, last, file.lines(), file.closingCents());
    }

    /// What banks write: UTF-8, or what Windows wrote before it.
    private static String text(byte[] bytes) {
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException older) {
            text = new String(bytes, WINDOWS);
        }
        if (text.indexOf('\0') >= 0) {
            throw unreadable("is no text");
        }
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    /// `-1234.56`, `1234,56`, or with dots between thousands and a comma, to the cent.
    static Optional<Long> cents(String text) {
        var plain = text.strip().replace("R$", "").replace(" ", "").replace("\u00A0", "");
        if (plain.matches("[+-]?[0-9]{1,3}(\\.[0-9]{3})+,[0-9]{2}")) {
            plain = plain.replace(".", "");
        }
        if (!AMOUNT.matcher(plain).matches()) {
            return Optional.empty();
        }
        try {
            var cents = new BigDecimal(plain.replace(',', '.')).movePointRight(2);
            return Optional.of(cents.longValueExact());
        } catch (ArithmeticException fractionOfACent) {
            return Optional.empty();
        }
    }

    /// `2026-11-26` or `26/11/2026`.
    static Optional<LocalDate> day(String text) {
        try {
            return Optional.of(
                    text.contains("/") ? LocalDate.parse(text, BRAZILIAN) : LocalDate.parse(text));
        } catch (DateTimeException notADay) {
            return Optional.empty();
        }
    }

    /// What the line is called: the end-to-end id in any of its texts, or the bank's own number.
    static @Nullable String reference(@Nullable String number, @Nullable String... texts) {
        for (var text : texts) {
            if (text != null) {
                var found = END_TO_END.matcher(text);
                if (found.find()) {
                    return found.group();
                }
            }
        }
        return number;
    }

    static @Nullable String clean(@Nullable String text) {
        if (text == null || text.isBlank()) {
            return null;
        }
        var stripped = text.strip();
        return stripped.length() > LONGEST_TEXT ? stripped.substring(0, LONGEST_TEXT) : stripped;
    }

    /// For people, and without the tax ids that banks like to put into it.
    static @Nullable String masked(@Nullable String description) {
        return description == null ? null : TAX_ID.matcher(description).replaceAll("***");
    }

    /// Some banks put the payer's CPF where a number of the line should be.
    static @Nullable String withoutTaxId(@Nullable String reference) {
        return TaxId.parse(reference).map(TaxId::masked).orElse(reference);
    }

    static Problem unreadable(String why, Object... given) {
        return Problem.invalid("", why.formatted(given));
    }
}
