package vintem.reconciliation;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import vintem.platform.BusinessDays;

/// Open Financial Exchange, 1.x (SGML, whose elements with a text are not closed) and 2.x (XML),
/// read by one small scanner: tags and texts, and nothing else. There is no parser behind it that
/// could be told of an entity, a file or an address: `<!` is refused wherever it stands.
///
/// Source: OFX 1.6 and 2.2, chapters 3 (structure), 3.2.8 (dates) and 11 (bank statements).
final class Ofx {
    private static final int DEEPEST = 32;
    private static final int LONGEST_NAME = 32;
    private static final int LONGEST_TEXT = 1_000;
    // In SGML an element without a text looks like one that others follow in.
    private static final Set<String> LEAVES =
            Set.of(
                    "MEMO",
                    "NAME",
                    "CHECKNUM",
                    "REFNUM",
                    "FITID",
                    "TRNTYPE",
                    "TRNAMT",
                    "DTPOSTED",
                    "DTUSER",
                    "CURDEF",
                    "BANKID",
                    "BRANCHID",
                    "ACCTID",
                    "ACCTTYPE",
                    "ACCTKEY",
                    "ORG",
                    "FID",
                    "LANGUAGE",
                    "CODE",
                    "SEVERITY",
                    "MESSAGE",
                    "TRNUID",
                    "DTSERVER",
                    "DTSTART",
                    "DTEND",
                    "BALAMT",
                    "DTASOF",
                    "PAYEEID",
                    "SIC",
                    "MKTGINFO");
    private static final Pattern NAME = Pattern.compile("[A-Z0-9._]{1,32}");
    private static final Pattern DATE =
            Pattern.compile(
                    "([0-9]{8})(?:([0-9]{6})(?:\\.[0-9]{1,6})?(?:\\[([+-]?[0-9]{1,2})"
                            + "(?:\\.[0-9]{1,2})?(?::[A-Za-z]{1,5})?\\])?)?");
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("uuuuMMdd").withResolverStyle(ResolverStyle.STRICT);
    private static final DateTimeFormatter SECOND =
            DateTimeFormatter.ofPattern("uuuuMMddHHmmss").withResolverStyle(ResolverStyle.STRICT);

    private final String text;
    private int place;
    private final ArrayDeque<String> open = new ArrayDeque<>();
    private final ArrayList<StatementFile.Line> lines = new ArrayList<>();
    private Map<String, String> transaction = new HashMap<>();
    private int statements;
    private @Nullable LocalDate first;
    private @Nullable LocalDate last;
    private @Nullable Long closing;
    private @Nullable LocalDate closingDay;

    private Ofx(String text) {
        this.text = text;
    }

    static boolean looksLike(String text) {
        var head = text.substring(0, Math.min(text.length(), 4_096));
        return head.startsWith("OFXHEADER") || head.contains("<OFX>") || head.contains("<?OFX");
    }

    static StatementFile read(String text) {
        return new Ofx(text).file();
    }

    private StatementFile file() {
        place = text.indexOf('<');
        while (place >= 0 && place < text.length()) {
            tag();
        }
        if (!open.isEmpty() || statements != 1) {
            throw StatementFile.unreadable(
                    open.isEmpty() ? "holds %d statements, not one" : "ends inside of <%s>",
                    open.isEmpty() ? (Object) statements : open.peek());
        }
        for (var line : lines) {
            first = first == null || line.day().isBefore(first) ? line.day() : first;
            last = last == null || line.day().isAfter(last) ? line.day() : last;
        }
        if (first == null || last == null) {
            throw StatementFile.unreadable("says of no day that it covers it");
        }
        // A balance of another moment than the end of what it covers proves nothing of that end.
        var atTheEnd = last.equals(closingDay) ? closing : null;
        return new StatementFile("ofx", first, last, lines, atTheEnd);
    }

    /// One tag and the text behind it.
    private void tag() {
        var end = text.indexOf('>', place);
        if (end < 0) {
            throw StatementFile.unreadable("ends inside of a tag");
        }
        var inside = text.substring(place + 1, Math.min(end, place + 400));
        place = end + 1;
        if (inside.startsWith("?")) {
            var next = text.indexOf('<', place);
            place = next < 0 ? text.length() : next;
            return;
        }
        var closes = inside.startsWith("/");
        var name = closes ? inside.substring(1) : inside;
        if (name.length() > LONGEST_NAME || !NAME.matcher(name).matches()) {
            throw StatementFile.unreadable("has a tag that is none of OFX");
        }
        var next = text.indexOf('<', place);
        var content = text.substring(place, next < 0 ? text.length() : next).strip();
        place = next < 0 ? text.length() : next;
        if (closes) {
            close(name);
        } else if (content.isEmpty() && !LEAVES.contains(name) && !closesAtOnce(name)) {
            begin(name);
        } else {
            leaf(name, content);
            skipClosing(name);
        }
    }

    private boolean closesAtOnce(String name) {
        return text.startsWith("</" + name + ">", place);
    }

    private void skipClosing(String name) {
        if (closesAtOnce(name)) {
            place += name.length() + 3;
            var next = text.indexOf('<', place);
            place = next < 0 ? text.length() : next;
        }
    }

    private void begin(String name) {
        if (open.size() == DEEPEST) {
            throw StatementFile.unreadable("is nested too deeply");
        }
        open.push(name);
        if (name.equals("STMTTRN")) {
            transaction = new HashMap<>();
        } else if (name.equals("BANKTRANLIST")) {
            statements++;
        }
    }

    private void close(String name) {
        if (!name.equals(open.poll())) {
            throw StatementFile.unreadable("closes <%s> where it is not open", name);
        }
        if (name.equals("STMTTRN")) {
            if (lines.size() == StatementFile.MOST_LINES) {
                throw StatementFile.unreadable("has too many lines");
            }
            lines.add(line());
        }
    }

    private void leaf(String name, String content) {
        if (content.length() > LONGEST_TEXT) {
            throw StatementFile.unreadable("has a text that is too long");
        }
        var value = unescaped(content);
        var parent = open.peek();
        if ("STMTTRN".equals(parent)) {
            transaction.put(name, value);
        } else if ("BANKTRANLIST".equals(parent) && name.equals("DTSTART")) {
            first = day(value);
        } else if ("BANKTRANLIST".equals(parent) && name.equals("DTEND")) {
            last = day(value);
        } else if ("LEDGERBAL".equals(parent) && name.equals("BALAMT")) {
            closing =
                    StatementFile.cents(value)
                            .orElseThrow(() -> StatementFile.unreadable("tells no balance"));
        } else if ("LEDGERBAL".equals(parent) && name.equals("DTASOF")) {
            closingDay = day(value);
        } else if (name.equals("CURDEF") && !value.equals("BRL")) {
            throw StatementFile.unreadable("is not in BRL");
        }
    }

    private StatementFile.Line line() {
        var number = lines.size() + 1;
        var posted = transaction.get("DTPOSTED");
        var amount = transaction.get("TRNAMT");
        if (posted == null || amount == null) {
            throw StatementFile.unreadable("lacks day or amount in line %d", number);
        }
        var cents =
                StatementFile.cents(amount)
                        .filter(each -> each != 0)
                        .orElseThrow(
                                () -> StatementFile.unreadable("has no amount in line %d", number));
        var memo = transaction.get("MEMO");
        var name = transaction.get("NAME");
        var id = transaction.get("FITID");
        return new StatementFile.Line(
                day(posted),
                cents,
                StatementFile.reference(
                        StatementFile.clean(id), id, transaction.get("CHECKNUM"), memo, name),
                StatementFile.clean(memo != null ? memo : name));
    }

    /// The day in São Paulo: as it stands where no zone is said.
    private static LocalDate day(String text) {
        var found = DATE.matcher(text);
        if (!found.matches()) {
            throw StatementFile.unreadable("has a day that is none");
        }
        try {
            if (found.group(2) == null || found.group(3) == null) {
                return LocalDate.parse(found.group(1), DAY);
            }
            return LocalDateTime.parse(found.group(1) + found.group(2), SECOND)
                    .atOffset(ZoneOffset.ofHours(Integer.parseInt(found.group(3))))
                    .atZoneSameInstant(BusinessDays.SAO_PAULO)
                    .toLocalDate();
        } catch (DateTimeException notADay) {
            throw StatementFile.unreadable("has a day that is none");
        }
    }

    /// The five names that SGML and XML share; whatever else begins with `&` stays as it is.
    private static String unescaped(String text) {
        return text.indexOf('&') < 0
                ? text
                : text.replace("&lt;", "<")
                        .replace("&gt;", ">")
                        .replace("&quot;", "\"")
                        .replace("&apos;", "'")
                        .replace("&amp;", "&");
    }
}
