package vintem.billing;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import vintem.billing.DebtRow.Address;
import vintem.billing.DebtRow.Erratum;
import vintem.billing.DebtRow.Kind;
import vintem.billing.DebtRow.Valid;
import vintem.billing.Dialect.DateOrder;
import vintem.billing.Dialect.DecimalMark;
import vintem.platform.EmailAddress;
import vintem.platform.TaxId;

/// Makes a debt of a row, or says all that is wrong with it.
///
/// A `governmentId` is taken as it is: whether it is a CPF or a CNPJ is noted, since official files
/// hold numbers that are neither.
final class RowReader {
    static final int LONGEST_TEXT = 255;
    private static final int LONGEST_DOCUMENT = 32;
    private static final int LONGEST_ID = 128;

    private final Dialect dialect;
    private final LateTerms lateTerms;
    private final DecimalMark decimalMark;
    private final DateOrder dateOrder;
    private final int columns;
    private final int[] places = new int[DebtField.values().length];
    private final boolean hasAddress;

    private List<String> fields = List.of();
    private @Nullable List<String> wrongColumns;
    private @Nullable List<String> reasons;

    /// @param lateTerms what all debts of the file are charged with
    RowReader(Dialect dialect, LateTerms lateTerms) {
        this.dialect = dialect;
        this.lateTerms = lateTerms;
        // Where no amount has decimals either mark will do.
        decimalMark = Objects.requireNonNullElse(dialect.decimalMark(), DecimalMark.DOT);
        dateOrder = Objects.requireNonNullElse(dialect.dateOrder(), DateOrder.ISO);
        columns = dialect.columns().size();
        for (var field : DebtField.values()) {
            places[field.ordinal()] = dialect.fields().indexOf(Optional.of(field));
        }
        hasAddress =
                places[DebtField.ADDRESS.ordinal()] >= 0
                        || places[DebtField.CITY.ordinal()] >= 0
                        || places[DebtField.STATE.ordinal()] >= 0
                        || places[DebtField.ZIP.ordinal()] >= 0;
    }

    /// Reads the record that a scanner stands on.
    DebtRow read(RecordScanner record) {
        var kept = Math.min(record.fields(), RecordScanner.MOST_FIELDS);
        var texts = new String[kept];
        if (record.isBroken() || record.hasBadQuotes()) {
            for (var i = 0; i < kept; i++) {
                texts[i] = storable(record.whole(i, dialect.charset()));
            }
            return new Erratum(
                    record.line(),
                    List.of(texts),
                    Kind.ERROR,
                    List.of(""),
                    List.of(
                            (record.isBroken() ? Mistake.UNCLOSED_QUOTE : Mistake.BAD_QUOTES)
                                    .word()));
        }
        for (var i = 0; i < kept; i++) {
            texts[i] = record.text(i, dialect.charset());
        }
        return read(record.line(), List.of(texts), record.fields());
    }

    /// Reads a row of texts without spaces around them.
    ///
    /// @param count how many fields the row has; more than are given where it has far too many
    DebtRow read(int line, List<String> texts, int count) {
        fields = texts;
        wrongColumns = null;
        reasons = null;
        if (count != columns) {
            wrong("", count < columns ? Mistake.MISSING_FIELDS : Mistake.EXTRA_FIELDS);
            return erratum(line);
        }
        var name = oneLine(required(DebtField.NAME, LONGEST_TEXT));
        var governmentId = optional(DebtField.GOVERNMENT_ID, LONGEST_DOCUMENT);
        var email = email();
        var amountCents = amountCents();
        var day = DateText.day(text(DebtField.DEBT_DUE_DATE), dateOrder);
        if (day == null) {
            wrong(DebtField.DEBT_DUE_DATE, Mistake.NOT_A_DATE);
        }
        var debtId = required(DebtField.DEBT_ID, LONGEST_ID);
        var address = hasAddress ? address() : null;
        if (reasons == null
                && day != null
                && lateTerms.fine() != null
                && lateTerms.misfits(amountCents, day).containsKey("fine")) {
            wrong(DebtField.DEBT_AMOUNT, Mistake.FINE_ABOVE_DEBT);
        }
        if (reasons != null || day == null) {
            return erratum(line);
        }
        return new Valid(
                line,
                fields,
                debtId,
                name,
                governmentId,
                isTaxId(governmentId),
                email,
                amountCents,
                day,
                address);
    }

    private Erratum erratum(int line) {
        return new Erratum(
                line,
                fields.stream().map(RowReader::storable).toList(),
                Kind.ERROR,
                List.copyOf(Objects.requireNonNull(wrongColumns)),
                List.copyOf(Objects.requireNonNull(reasons)));
    }

    private String text(DebtField field) {
        return plain(fields.get(places[field.ordinal()]));
    }

    private String required(DebtField field, int longest) {
        var text = optional(field, longest);
        if (text.isEmpty()) {
            wrong(field, Mistake.EMPTY);
        }
        return text;
    }

    private String optional(DebtField field, int longest) {
        var text = text(field);
        if (text.length() > longest) {
            wrong(field, Mistake.TOO_LONG);
        } else if (!isClean(text)) {
            wrong(field, Mistake.BAD_CHARACTERS);
        }
        return text;
    }

    private String email() {
        var text = required(DebtField.EMAIL, LONGEST_TEXT);
        if (!text.isEmpty() && !isUsualEmail(text) && EmailAddress.parse(text).isEmpty()) {
            wrong(DebtField.EMAIL, Mistake.BAD_EMAIL);
        }
        return text;
    }

    private long amountCents() {
        var cents = AmountText.cents(text(DebtField.DEBT_AMOUNT), decimalMark);
        if (cents == AmountText.NO_NUMBER) {
            wrong(DebtField.DEBT_AMOUNT, Mistake.NOT_AN_AMOUNT);
        } else if (cents == AmountText.TOO_MANY_DECIMALS) {
            wrong(DebtField.DEBT_AMOUNT, Mistake.TOO_MANY_DECIMALS);
        } else if (cents == AmountText.TOO_LARGE) {
            wrong(DebtField.DEBT_AMOUNT, Mistake.TOO_LARGE);
        } else if (cents <= 0) {
            wrong(DebtField.DEBT_AMOUNT, Mistake.NOT_POSITIVE);
        }
        return cents;
    }

    private @Nullable Address address() {
        var street = part(DebtField.ADDRESS);
        var city = part(DebtField.CITY);
        var state = part(DebtField.STATE);
        var zip = part(DebtField.ZIP);
        return street == null && city == null && state == null && zip == null
                ? null
                : new Address(street, city, state, zip);
    }

    private @Nullable String part(DebtField field) {
        if (places[field.ordinal()] < 0) {
            return null;
        }
        var text = oneLine(optional(field, LONGEST_TEXT));
        return text.isEmpty() ? null : text;
    }

    private void wrong(DebtField field, Mistake mistake) {
        wrong(dialect.columns().get(places[field.ordinal()]), mistake);
    }

    private void wrong(String column, Mistake mistake) {
        if (wrongColumns == null || reasons == null) {
            wrongColumns = new ArrayList<>();
            reasons = new ArrayList<>();
        }
        wrongColumns.add(column);
        reasons.add(mistake.word());
    }

    /// Our errata have an apostrophe before what a spreadsheet would take for a formula.
    private static String plain(String text) {
        return text.length() > 1 && text.charAt(0) == '\'' && ErrataCsv.isFormula(text, 1)
                ? text.substring(1)
                : text;
    }

    /// A name goes into the headers of mails and on one line of a bill.
    private static String oneLine(String text) {
        for (var i = 0; i < text.length(); i++) {
            if (text.charAt(i) < ' ') {
                return text.replaceAll("\\s+", " ");
            }
        }
        return text;
    }

    /// Line breaks and tabs pass: they stand in quoted fields.
    private static boolean isClean(String text) {
        for (var i = 0; i < text.length(); i++) {
            var it = text.charAt(i);
            if (it < ' '
                    ? it != '\n' && it != '\r' && it != '\t'
                    : it >= 0x7F && !isPrintable(it)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isPrintable(char it) {
        return it >= 0xA0 && it != '\uFFFD' && it != '\u2028' && it != '\u2029';
    }

    /// For errata: what PostgreSQL cannot keep is left out.
    private static String storable(String text) {
        return text.indexOf(0) < 0 ? text : text.replace('\0', '\uFFFD');
    }

    /// Nearly all of them, told at a glance: what this takes [EmailAddress] takes, too.
    private static boolean isUsualEmail(String text) {
        var at = text.indexOf('@');
        if (at < 1 || at > 64 || text.length() > 200) {
            return false;
        }
        for (var i = 0; i < at; i++) {
            if (!isWordCharacter(text.charAt(i))
                    && (text.charAt(i) != '.'
                            || i == 0
                            || i == at - 1
                            || text.charAt(i - 1) == '.')) {
                return false;
            }
        }
        var label = at + 1;
        var labels = 0;
        for (var i = at + 1; i <= text.length(); i++) {
            if (i == text.length() || text.charAt(i) == '.') {
                if (i == label || i - label > 63) {
                    return false;
                }
                label = i + 1;
                labels++;
            } else if (!isWordCharacter(text.charAt(i)) || text.charAt(i) == '_') {
                return false;
            }
        }
        var last = text.charAt(text.length() - 1);
        return labels > 1 && (last >= 'a' && last <= 'z' || last >= 'A' && last <= 'Z');
    }

    private static boolean isWordCharacter(char it) {
        return it >= 'a' && it <= 'z'
                || it >= 'A' && it <= 'Z'
                || it >= '0' && it <= '9'
                || it == '_';
    }

    private static boolean isTaxId(String text) {
        // Shorter than any.
        return text.length() >= 11 && TaxId.parse(text).isPresent();
    }
}
