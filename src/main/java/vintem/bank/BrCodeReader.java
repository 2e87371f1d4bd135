package vintem.bank;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import vintem.bank.BrCode.Account;
import vintem.bank.BrCode.Finding;
import vintem.bank.BrCode.Invalid;
import vintem.bank.BrCode.Read;
import vintem.bank.BrCode.Reading;
import vintem.bank.BrCode.Reason;
import vintem.bank.BrCode.Receiver;
import vintem.bank.BrCode.Use;
import vintem.platform.Cents;

/// One reading of one text. It goes on after what is wrong, so that all of it is told at once.
final class BrCodeReader {
    private static final String CRC_TAG = "6304";
    private static final int CRC_LENGTH = 4;
    private static final int LONGEST_QUOTE = 40;

    private static final Pattern AMOUNT = Pattern.compile("[0-9]{1,10}\\.[0-9]{2}");
    private static final Pattern CATEGORY = Pattern.compile("[0-9]{4}");
    private static final Pattern POSTAL_CODE = Pattern.compile("[0-9]{8}");
    private static final Pattern LETTERS_AND_DIGITS = Pattern.compile("[0-9A-Za-z]+");

    private final String text;
    private final Map<String, String> fields = new LinkedHashMap<>();
    private final Set<String> seen = new HashSet<>();
    private final List<Finding> reasons = new ArrayList<>();
    private final List<Finding> notes = new ArrayList<>();

    BrCodeReader(String text) {
        this.text = text;
    }

    Reading read() {
        if (text.length() > BrCode.MAX_LENGTH) {
            refuse(
                    "",
                    Reason.TOO_LONG,
                    "the code has %d characters, at most %d are allowed"
                            .formatted(text.length(), BrCode.MAX_LENGTH));
            return invalid(null);
        }
        var isWellFormed = takeApart("", text.codePoints().toArray());
        var expectedCrc = crc(isWellFormed);
        // In a text that breaks off, all that is missing would be told twice.
        var code = isWellFormed ? code() : null;
        if (code == null || expectedCrc == null || !reasons.isEmpty()) {
            return invalid(expectedCrc);
        }
        return new Read(code, Collections.unmodifiableMap(fields), expectedCrc, List.copyOf(notes));
    }

    private Invalid invalid(@Nullable String expectedCrc) {
        return new Invalid(Collections.unmodifiableMap(fields), expectedCrc, List.copyOf(reasons));
    }

    /// Tag, length, value, and again, also inside the templates.
    ///
    /// @param parent path of the template, empty for the code itself
    private boolean takeApart(String parent, int[] characters) {
        var at = 0;
        while (at < characters.length) {
            var tag = twoDigits(characters, at);
            var length = twoDigits(characters, at + 2);
            if (tag < 0 || length < 0) {
                refuse(
                        parent,
                        Reason.MALFORMED,
                        "a tag and a length of two digits each belong where %s stands"
                                .formatted(quote(string(characters, at, characters.length - at))));
                return false;
            }
            var path = (parent.isEmpty() ? "" : parent + ".") + "%02d".formatted(tag);
            at += 4;
            if (length == 0 || length > characters.length - at) {
                refuse(
                        path,
                        Reason.MALFORMED,
                        length == 0
                                ? "has no value, a field has at least one character"
                                : "says that it has %d characters, and %d follow"
                                        .formatted(length, characters.length - at));
                return false;
            }
            if (!seen.add(path)) {
                refuse(path, Reason.DUPLICATE, "stands here a second time");
            } else if (!isTemplate(parent, tag)) {
                fields.put(path, string(characters, at, length));
            } else if (!takeApart(path, Arrays.copyOfRange(characters, at, at + length))) {
                return false;
            }
            at += length;
        }
        return true;
    }

    private static boolean isTemplate(String parent, int tag) {
        return parent.isEmpty() && (tag >= 26 && tag <= 51 || tag == 62 || tag >= 80);
    }

    /// -1 where there are none. Other digits than ASCII's are none.
    private static int twoDigits(int[] characters, int at) {
        if (at + 1 >= characters.length) {
            return -1;
        }
        var tens = characters[at] - '0';
        var ones = characters[at + 1] - '0';
        return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1 : 10 * tens + ones;
    }

    private static String string(int[] characters, int at, int length) {
        return new String(characters, at, length);
    }

    /// Of the text as it stands, so that it tells a damaged copy from a code that was made wrong.
    private @Nullable String crc(boolean isWellFormed) {
        var at = text.length() - CRC_LENGTH;
        if (!text.startsWith(CRC_TAG, at - CRC_TAG.length())) {
            if (fields.containsKey("63")) {
                refuse("63", Reason.WRONG_ORDER, "the CRC is the last field and has 4 characters");
            } else {
                refuse("63", Reason.MISSING, "the CRC is missing, a code ends in 6304 and the CRC");
            }
            return null;
        }
        var actual = text.substring(at);
        var expected = BrCode.crc(text.substring(0, at));
        if (!actual.equals(expected)) {
            refuse(
                    "63",
                    Reason.CRC_MISMATCH,
                    "the CRC is %s, should be %s: a character was changed or lost, or it was never"
                                    .formatted(quote(actual), expected)
                            + " right");
        } else if (isWellFormed && !fields.containsKey("63")) {
            refuse("63", Reason.MISSING, "the CRC is missing, its text is part of another field");
        }
        return expected;
    }

    private @Nullable BrCode code() {
        checkFrame();
        var recurrence = recurrence();
        var pix = onlyOne(26, 51);
        var account = pix == null ? null : account(pix, recurrence);
        var isStatic = pix != null && fields.containsKey(pix + ".01");
        var receiver = receiver();
        var amountCents = amountCents(isStatic);
        var txid = txid(isStatic);
        return reasons.isEmpty() && account != null && receiver != null
                ? new BrCode(account, receiver, amountCents, txid, recurrence)
                : null;
    }

    private void checkFrame() {
        if (fields.containsKey("00") && !text.startsWith("00")) {
            refuse("00", Reason.WRONG_ORDER, "the version is the first field");
        }
        required("00", "the version")
                .filter(version -> !version.equals("01"))
                .ifPresent(version -> wrongValue("00", "the version", version, "01"));
        Optional.ofNullable(fields.get("01"))
                .filter(use -> !use.equals("11") && !use.equals("12"))
                .ifPresent(
                        use ->
                                wrongValue(
                                        "01",
                                        "the use",
                                        use,
                                        "11 (for many payments) or 12 (for one)"));
        required("52", "the merchant category")
                .filter(category -> !CATEGORY.matcher(category).matches())
                .ifPresent(category -> wrongValue("52", "the merchant category", category, "0000"));
        required("53", "the currency")
                .filter(currency -> !currency.equals("986"))
                .ifPresent(currency -> wrongValue("53", "the currency", currency, "986 (BRL)"));
        required("58", "the country")
                .filter(country -> !country.equals("BR"))
                .ifPresent(country -> wrongValue("58", "the country", country, "BR"));
        Optional.ofNullable(fields.get("61"))
                .filter(postalCode -> !POSTAL_CODE.matcher(postalCode).matches())
                .ifPresent(_ -> note("61", Reason.UNUSUAL, "a CEP has 8 digits"));
    }

    private @Nullable Account account(String pix, @Nullable String recurrence) {
        var key = fields.get(pix + ".01");
        var url = fields.get(pix + ".25");
        if (key != null && url != null) {
            refuse(
                    pix + ".25",
                    Reason.AMBIGUOUS,
                    "here is a location and in %s.01 a key, a code has one of them".formatted(pix));
            return null;
        }
        if (key != null) {
            return key(pix, key);
        }
        ignored(pix + ".02", "the description of a dynamic code comes from its location");
        ignored(pix + ".03", "a dynamic code has no facilitator here");
        if (url != null) {
            var use = "12".equals(fields.get("01")) ? Use.ONCE : Use.MANY;
            return location(pix + ".25", url) ? new Account.Location(url, use) : null;
        }
        if (recurrence == null) {
            refuse(
                    pix + ".01",
                    Reason.MISSING,
                    "neither a key here nor a location in %s.25".formatted(pix));
            return null;
        }
        return new Account.None();
    }

    private Account.@Nullable Key key(String pix, String text) {
        var description = fields.get(pix + ".02");
        if (description != null) {
            noteUnlessAscii(pix + ".02", "the description", description);
        }
        var facilitator = fields.get(pix + ".03");
        var isFacilitator = facilitator == null || BrCode.isIspb(facilitator);
        if (!isFacilitator) {
            refuse(
                    pix + ".03",
                    Reason.NOT_AN_ISPB,
                    "the facilitator is an ISPB of 8 digits and upper-case letters, not %s"
                            .formatted(quote(facilitator)));
        }
        if ("12".equals(fields.get("01"))) {
            note("01", Reason.IGNORED, "12 is for one payment, and no bank counts those of a key");
        }
        var key = PixKey.parse(text);
        if (key.isEmpty()) {
            refuse(
                    pix + ".01",
                    Reason.NOT_A_KEY,
                    "this is no Pix key: a CPF, a CNPJ, a phone with its +55, an e-mail or a random"
                            + " key");
            return null;
        }
        var value = key.get().value();
        if (!value.equalsIgnoreCase(text)) {
            refuse(
                    pix + ".01",
                    Reason.NOT_A_KEY,
                    "the key is to be written without mask and spaces, as the directory does");
            return null;
        }
        if (!value.equals(text)) {
            note(
                    pix + ".01",
                    Reason.UNUSUAL,
                    "the directory writes a CNPJ in upper case, other keys in lower case");
        }
        return isFacilitator ? new Account.Key(key.get(), description, facilitator) : null;
    }

    private @Nullable String recurrence() {
        if (arrangements(80, 99).isEmpty()) {
            return null;
        }
        var pix = onlyOne(80, 99);
        if (pix == null) {
            return null;
        }
        var url = fields.get(pix + ".25");
        if (url == null) {
            refuse(pix + ".25", Reason.MISSING, "the location of the recurrence is missing");
            return null;
        }
        return location(pix + ".25", url) ? url : null;
    }

    private boolean location(String path, String url) {
        if (BrCode.isLocation(url)) {
            return true;
        }
        if (url.contains("://")) {
            refuse(
                    path,
                    Reason.HAS_SCHEME,
                    "the location begins with its host, without %s"
                            .formatted(quote(url.substring(0, url.indexOf("://") + 3))));
        } else {
            refuse(
                    path,
                    Reason.NOT_A_LOCATION,
                    "a location is a host and a path, at most 77 characters without spaces or"
                            + " accents");
        }
        return false;
    }

    private @Nullable Receiver receiver() {
        var name = named("59", "the receiver's name", Receiver.MAX_NAME);
        var city = named("60", "the receiver's city", Receiver.MAX_CITY);
        return name.isPresent() && city.isPresent() ? new Receiver(name.get(), city.get()) : null;
    }

    private Optional<String> named(String path, String what, int most) {
        var value = required(path, what);
        if (value.isEmpty()) {
            return value;
        }
        var length = value.get().codePointCount(0, value.get().length());
        if (length > most) {
            refuse(
                    path,
                    Reason.TOO_LONG,
                    "%s has %d characters, at most %d are allowed".formatted(what, length, most));
            return Optional.empty();
        }
        if (BrCode.ascii(value.get(), most).isEmpty()) {
            refuse(path, Reason.NOT_ASCII, what + " has nothing that can be read");
            return Optional.empty();
        }
        noteUnlessAscii(path, what, value.get());
        return value;
    }

    private @Nullable Long amountCents(boolean isStatic) {
        var amount = fields.get("54");
        if (amount == null) {
            return null;
        }
        if (!AMOUNT.matcher(amount).matches()) {
            refuse(
                    "54",
                    Reason.NOT_AN_AMOUNT,
                    "the amount is %s, should be up to ten digits, a point and two decimals, such"
                                    .formatted(quote(amount))
                            + " as 1234.50");
            return null;
        }
        if (!isStatic) {
            ignored("54", "the amount of a dynamic code comes from its location");
            return null;
        }
        var cents = Cents.fromReais(new BigDecimal(amount));
        if (cents == 0) {
            refuse("54", Reason.ZERO_AMOUNT, "the amount is zero, leave it out for any amount");
            return null;
        }
        return cents;
    }

    private @Nullable TxId txid(boolean isStatic) {
        var txid = fields.get("62.05");
        if (txid == null) {
            note("62.05", Reason.MISSING, "the txid is missing, where there is none *** stands");
            return null;
        }
        if (txid.equals(BrCode.NO_TXID)) {
            return null;
        }
        if (!LETTERS_AND_DIGITS.matcher(txid).matches()) {
            refuse(
                    "62.05",
                    Reason.NOT_A_TXID,
                    "the txid is letters and digits or ***, not %s".formatted(quote(txid)));
            return null;
        }
        if (txid.length() > TxId.MAX_IN_STATIC_CODE) {
            refuse(
                    "62.05",
                    Reason.TOO_LONG,
                    "the txid has %d characters, at most %d are allowed"
                            .formatted(txid.length(), TxId.MAX_IN_STATIC_CODE));
            return null;
        }
        if (!isStatic) {
            ignored("62.05", "the txid of a dynamic code comes from its location, here is ***");
            return null;
        }
        return new TxId(txid);
    }

    /// The template of that range that is about Pix.
    private @Nullable String onlyOne(int first, int last) {
        var found = arrangements(first, last);
        if (found.isEmpty()) {
            refuse(
                    first + ".00",
                    Reason.NOT_PIX,
                    "no field of %d to %d is about %s".formatted(first, last, BrCode.ARRANGEMENT));
            return null;
        }
        if (found.size() > 1) {
            refuse(
                    found.get(1) + ".00",
                    Reason.DUPLICATE,
                    "%s is about Pix already, and which of them counts nobody knows"
                            .formatted(found.getFirst()));
            return null;
        }
        return found.getFirst();
    }

    private List<String> arrangements(int first, int last) {
        return IntStream.rangeClosed(first, last)
                .mapToObj(Integer::toString)
                .filter(
                        tag ->
                                fields.getOrDefault(tag + ".00", "")
                                        .toLowerCase(Locale.ROOT)
                                        .equals(BrCode.ARRANGEMENT))
                .toList();
    }

    private Optional<String> required(String path, String what) {
        var value = Optional.ofNullable(fields.get(path));
        if (value.isEmpty()) {
            refuse(path, Reason.MISSING, what + " is missing");
        }
        return value;
    }

    private void wrongValue(String path, String what, String value, String right) {
        refuse(
                path,
                Reason.WRONG_VALUE,
                "%s is %s, should be %s".formatted(what, quote(value), right));
    }

    private void ignored(String path, String sentence) {
        if (fields.containsKey(path)) {
            note(path, Reason.IGNORED, sentence);
        }
    }

    private void noteUnlessAscii(String path, String what, String value) {
        if (!BrCode.isAscii(value)) {
            note(path, Reason.NOT_ASCII, what + " has characters that banks read differently");
        }
    }

    private void refuse(String path, Reason reason, String sentence) {
        reasons.add(new Finding(path, reason, sentence));
    }

    private void note(String path, Reason reason, String sentence) {
        notes.add(new Finding(path, reason, sentence));
    }

    private static String quote(String text) {
        return text.length() <= LONGEST_QUOTE
                ? "'" + text + "'"
                : "'" + text.substring(0, LONGEST_QUOTE) + "…'";
    }
}
