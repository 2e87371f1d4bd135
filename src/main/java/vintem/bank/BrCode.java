package vintem.bank;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import vintem.platform.Cents;

/// The text behind a Pix QR code (EMV MPM), "Pix copia e cola".
///
/// What we write is ASCII, since readers count and sum other characters in different ways: names
/// lose their accents and whatever else has no ASCII, and are cut to the room there is. What we
/// read may have more. So reading a code that was written here gives the same value again, and a
/// code that a bank gave us is shown as it came, never rewritten.
///
/// Source: BACEN, *Manual de Padrões para Iniciação do Pix* and *Manual do BR Code*.
///
/// @param amountCents what is to be paid, 1 to 999,999,999,999; null where the payer chooses or
/// the bank at the location says it
/// @param txid null where there is none, written `***`
/// @param recurrence location of a recurrence (Pix Automático, a *composite* code), or null
public record BrCode(
        Account account,
        Receiver receiver,
        @Nullable Long amountCents,
        @Nullable TxId txid,
        @Nullable String recurrence) {
    /// The longest code, and the longest `pixCopiaECola` of the Pix API.
    public static final int MAX_LENGTH = 512;

    static final String ARRANGEMENT = "br.gov.bcb.pix";

    static final String NO_TXID = "***";

    private static final int MAX_FIELD = 99;

    private static final int MAX_LOCATION = 77;

    // Ten digits and two decimals.
    /// The largest amount that a code can hold.
    public static final long MAX_CENTS = 999_999_999_999L;

    // The parts have no character in common where they meet, so that there is nothing to backtrack
    // over.
    private static final Pattern LOCATION =
            Pattern.compile("[0-9A-Za-z][0-9A-Za-z.-]*(?::[0-9]{1,5})?(?:/[!-~]*)?");

    private static final Pattern ISPB = Pattern.compile("[0-9A-Z]{8}");

    private static final Pattern SPACES = Pattern.compile("[\\s\\p{Z}]+");

    private static final Pattern NOT_ASCII = Pattern.compile("[^ -~]");

    private static final int CRC_POLYNOMIAL = 0x1021;
    private static final int CRC_START = 0xFFFF;
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    /// Where the money goes.
    public sealed interface Account {
        /// A *static* code: all that the payer's bank needs stands in it. It can be paid by anyone,
        /// at any time, any number of times.
        ///
        /// @param description for the payer to see; what the key leaves room for, null for none
        /// @param facilitator ISPB of who hands out the cash of a Pix Saque; null for all others
        record Key(PixKey key, @Nullable String description, @Nullable String facilitator)
                implements Account {
            /// @throws IllegalArgumentException for a facilitator that is no ISPB, or that a long
            /// key leaves no room for
            public Key {
                if (facilitator != null && !isIspb(facilitator)) {
                    throw new IllegalArgumentException("not an ISPB");
                }
                var used = field("00", ARRANGEMENT) + field("01", key.value());
                if (facilitator != null) {
                    used += field("03", facilitator);
                }
                if (used.length() > MAX_FIELD) {
                    throw new IllegalArgumentException("key and facilitator do not fit together");
                }
                if (description != null) {
                    var room = MAX_FIELD - used.length() - "02LL".length();
                    var ascii = ascii(description, Math.max(0, room));
                    description = ascii.isEmpty() ? null : ascii;
                }
            }
        }

        /// A *dynamic* code: the payer's bank asks the receiver's bank at this location.
        ///
        /// @param url host and path without `https://`, at most 77 characters
        record Location(String url, Use use) implements Account {
            /// @throws IllegalArgumentException for anything but a host and a path
            public Location {
                requireLocation(url);
            }
        }

        /// Nowhere yet: the code asks for a recurrence alone.
        record None() implements Account {}
    }

    /// How often a dynamic code may be paid.
    public enum Use {
        ONCE,
        MANY
    }

    /// Whom the payer sees.
    ///
    /// @param name at most 25 ASCII characters
    /// @param city at most 15 ASCII characters
    public record Receiver(String name, String city) {
        static final int MAX_NAME = 25;
        static final int MAX_CITY = 15;

        /// Takes any text and keeps what a code can hold: `São Paulo` becomes `Sao Paulo`.
        ///
        /// @throws IllegalArgumentException where nothing is left of it
        public Receiver {
            name = ascii(name, MAX_NAME);
            city = ascii(city, MAX_CITY);
            if (name.isEmpty() || city.isEmpty()) {
                throw new IllegalArgumentException("name and city have at least one ASCII letter");
            }
        }
    }

    /// What came of reading a text.
    public sealed interface Reading {
        /// What stands in it, path to value, in the order in which it stands there: `59` is a field
        /// of the code, `26.01` one of the template 26.
        Map<String, String> fields();

        /// The CRC that belongs to the text before it; null where the text is too long or does not
        /// end in a CRC.
        @Nullable String expectedCrc();
    }

    /// A code that a bank would take.
    ///
    /// @param notes what it has that it should not have, and that does no harm
    public record Read(
            BrCode code, Map<String, String> fields, String expectedCrc, List<Finding> notes)
            implements Reading {
        /// Without the fields, where the key is not masked.
        @Override
        public String toString() {
            return code + " " + notes;
        }
    }

    /// A text that a bank would refuse.
    ///
    /// @param reasons all that are wrong, not only the first
    public record Invalid(
            Map<String, String> fields, @Nullable String expectedCrc, List<Finding> reasons)
            implements Reading {
        /// Without the fields, where a key may stand.
        @Override
        public String toString() {
            return reasons.toString();
        }
    }

    /// One thing about one field.
    ///
    /// @param path of the field; empty for the whole text
    /// @param sentence what it is and what would be right, in plain English, about that field
    public record Finding(String path, Reason reason, String sentence) {
        @Override
        public String toString() {
            return path.isEmpty() ? sentence : path + ": " + sentence;
        }
    }

    /// Why a field is refused or noted. The names stay what they are.
    public enum Reason {
        /// Tags and lengths do not lead from one field to the next.
        MALFORMED,
        /// A field stands twice.
        DUPLICATE,
        /// A field that must be there is not.
        MISSING,
        /// A field stands where another must.
        WRONG_ORDER,
        /// A field has not the one value that it may have.
        WRONG_VALUE,
        TOO_LONG,
        /// No part of the code is about Pix.
        NOT_PIX,
        /// It has both a key and a location.
        AMBIGUOUS,
        NOT_A_KEY,
        NOT_A_LOCATION,
        /// The location begins with `https://` or its like.
        HAS_SCHEME,
        NOT_AN_ISPB,
        NOT_AN_AMOUNT,
        ZERO_AMOUNT,
        NOT_A_TXID,
        /// Characters that we leave out or write without their accents.
        NOT_ASCII,
        CRC_MISMATCH,
        /// Banks do not look at it in a code of this kind.
        IGNORED,
        /// Not as the directory or the post office writes it, and still clear.
        UNUSUAL
    }

    /// @throws IllegalArgumentException for an amount out of range; an amount, a txid that belong
    /// to static codes only, in another one; a txid of more than 25 characters; a recurrence that
    /// is no location; no account and no recurrence
    public BrCode {
        if (amountCents != null && (amountCents < 1 || amountCents > MAX_CENTS)) {
            throw new IllegalArgumentException("an amount has 1 to " + MAX_CENTS + " cents");
        }
        if (!(account instanceof Account.Key) && (amountCents != null || txid != null)) {
            throw new IllegalArgumentException("only a static code has amount and txid");
        }
        if (txid != null && !txid.fitsStaticCode()) {
            throw new IllegalArgumentException("the txid is too long for a static code");
        }
        if (recurrence != null) {
            requireLocation(recurrence);
        } else if (account instanceof Account.None) {
            throw new IllegalArgumentException("neither an account nor a recurrence");
        }
    }

    /// A code that anyone may pay, any amount.
    public static BrCode staticCode(PixKey key, Receiver receiver) {
        return new BrCode(new Account.Key(key, null, null), receiver, null, null, null);
    }

    /// A code for one payment, whose amount the payer's bank fetches from the receiver's.
    ///
    /// @param url host and path without `https://`, at most 77 characters
    public static BrCode dynamicCode(String url, Receiver receiver) {
        return new BrCode(new Account.Location(url, Use.ONCE), receiver, null, null, null);
    }

    public BrCode withAmountCents(long cents) {
        return new BrCode(account, receiver, cents, txid, recurrence);
    }

    public BrCode withTxId(TxId id) {
        return new BrCode(account, receiver, amountCents, id, recurrence);
    }

    public BrCode withRecurrence(String url) {
        return new BrCode(account, receiver, amountCents, txid, url);
    }

    /// @param text for the payer; made ASCII and cut to the room that the key leaves
    /// @throws IllegalArgumentException unless this is a static code
    public BrCode withDescription(String text) {
        if (!(account instanceof Account.Key(var key, _, var facilitator))) {
            throw new IllegalArgumentException("only a static code has a description");
        }
        return new BrCode(
                new Account.Key(key, text, facilitator), receiver, amountCents, txid, recurrence);
    }

    /// Reads a text exactly as it is: with a space around it, it is another text with another CRC.
    /// Never throws, and takes time in proportion to the text, of which no more than 512
    /// characters are looked at.
    ///
    /// Lengths count characters (code points), as the manual's examples do; the CRC is over their
    /// UTF-8. Some programs count bytes; a code of theirs is refused where that makes a difference,
    /// because a text that may be read in two ways may pay two people.
    public static Reading read(String text) {
        return new BrCodeReader(text).read();
    }

    /// The code as text, at most 512 ASCII characters.
    public String text() {
        var code = new StringBuilder(field("00", "01"));
        var pix = field("00", ARRANGEMENT);
        switch (account) {
            case Account.Key(var key, var description, var facilitator) ->
                    pix +=
                            field("01", key.value())
                                    + optional("02", description)
                                    + optional("03", facilitator);
            case Account.Location(var url, var use) -> {
                pix += field("25", url);
                // Banks write it in codes for one payment only.
                code.append(use == Use.ONCE ? field("01", "12") : "");
            }
            case Account.None() -> {}
        }
        code.append(field("26", pix)).append(field("52", "0000")).append(field("53", "986"));
        if (amountCents != null) {
            code.append(field("54", Cents.toReais(amountCents).toPlainString()));
        }
        code.append(field("58", "BR"))
                .append(field("59", receiver.name()))
                .append(field("60", receiver.city()))
                .append(field("62", field("05", txid == null ? NO_TXID : txid.value())));
        if (recurrence != null) {
            code.append(field("80", field("00", ARRANGEMENT) + field("25", recurrence)));
        }
        code.append("6304");
        return code + crc(code.toString());
    }

    private static String optional(String id, @Nullable String value) {
        return value == null ? "" : field(id, value);
    }

    private static String field(String id, String value) {
        if (value.isEmpty() || value.length() > MAX_FIELD) {
            throw new IllegalArgumentException("field %s has 1 to 99 characters".formatted(id));
        }
        return id + (value.length() < 10 ? "0" : "") + value.length() + value;
    }

    /// Letters without their accents; what is no ASCII then is left out, and so is what is too
    /// much. Doing it again changes nothing.
    static String ascii(String text, int most) {
        var apart = Normalizer.normalize(text, Normalizer.Form.NFD);
        var ascii = NOT_ASCII.matcher(SPACES.matcher(apart).replaceAll(" ")).replaceAll("");
        var tidy = SPACES.matcher(ascii).replaceAll(" ").strip();
        return tidy.length() <= most ? tidy : tidy.substring(0, most).strip();
    }

    static boolean isAscii(String text) {
        return !NOT_ASCII.matcher(text).find();
    }

    static boolean isLocation(String text) {
        return text.length() <= MAX_LOCATION && LOCATION.matcher(text).matches();
    }

    static boolean isIspb(String text) {
        return ISPB.matcher(text).matches();
    }

    private static void requireLocation(String text) {
        if (!isLocation(text)) {
            throw new IllegalArgumentException(
                    "a location is a host and a path, at most %d characters"
                            .formatted(MAX_LOCATION));
        }
    }

    /// CRC-16/CCITT-FALSE: of `123456789` it is `29B1`.
    ///
    /// @param text the code up to and with `6304`
    static String crc(String text) {
        var crc = CRC_START;
        for (var each : text.getBytes(StandardCharsets.UTF_8)) {
            crc ^= (each & 0xFF) << 8;
            for (var bit = 0; bit < 8; bit++) {
                crc = (crc & 0x8000) == 0 ? crc << 1 : (crc << 1) ^ CRC_POLYNOMIAL;
            }
        }
        return HEX.toHexDigits((short) crc);
    }
}
