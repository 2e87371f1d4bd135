package vintem.billing;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import vintem.billing.UnreadableFile.Reason;

/// Finds out, from all the bytes of a file as they come, in which encoding its text is.
///
/// UTF-8 has so much structure that text in another encoding hardly ever passes for it. What is not
/// UTF-8 is taken for what spreadsheets in Brazil write: ISO-8859-1, or Windows-1252 where it has
/// characters that are none in the former. A file that is UTF-8 but for a few places stays UTF-8:
/// the rows with those places are mistakes.
final class Encoding {
    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final long ONES = 0x0101010101010101L;
    // How many characters must be right for each that is not.
    private static final int FAR_MORE = 10;

    private long characters;
    private long mistakes;
    private boolean windows;

    /// Bytes that must still follow in the character under way, and the bounds of the next.
    private int expected;

    private int least = 0x80;
    private int most = 0xBF;

    /// @throws UnreadableFile at a NUL, which no text has
    void look(byte[] bytes, int from, int length) throws UnreadableFile {
        var end = from + length;
        var at = from;
        while (at < end) {
            if (expected == 0) {
                at = skipAscii(bytes, at, end);
                if (at == end) {
                    return;
                }
            }
            look(bytes[at++] & 0xFF);
        }
    }

    /// After the last byte.
    Charset charset() {
        var wrong = mistakes + (expected > 0 ? 1 : 0);
        if (wrong == 0 || characters > wrong * FAR_MORE) {
            return StandardCharsets.UTF_8;
        }
        return windows ? Dialect.WINDOWS : StandardCharsets.ISO_8859_1;
    }

    /// Eight at a time: most of a file is ASCII.
    private static int skipAscii(byte[] bytes, int from, int end) throws UnreadableFile {
        var at = from;
        while (at + 8 <= end) {
            var eight = (long) LONGS.get(bytes, at);
            if (((eight | (eight - ONES)) & HIGH_BITS) != 0) {
                break;
            }
            at += 8;
        }
        while (at < end && bytes[at] > 0) {
            at++;
        }
        if (at < end && bytes[at] == 0) {
            throw new UnreadableFile(Reason.NOT_TEXT, "nul_bytes");
        }
        return at;
    }

    /// Table 3-7 of the Unicode standard: which bytes may follow which.
    private void look(int it) throws UnreadableFile {
        if (expected > 0) {
            if (it >= least && it <= most) {
                least = 0x80;
                most = 0xBF;
                if (--expected == 0) {
                    characters++;
                }
                return;
            }
            mistakes++;
            expected = 0;
            least = 0x80;
            most = 0xBF;
            if (it == 0) {
                throw new UnreadableFile(Reason.NOT_TEXT, "nul_bytes");
            }
            if (it < 0x80) {
                return;
            }
        }
        if (it >= 0xC2 && it <= 0xDF) {
            expected = 1;
        } else if (it >= 0xE0 && it <= 0xEF) {
            expected = 2;
            least = it == 0xE0 ? 0xA0 : 0x80;
            most = it == 0xED ? 0x9F : 0xBF;
        } else if (it >= 0xF0 && it <= 0xF4) {
            expected = 3;
            least = it == 0xF0 ? 0x90 : 0x80;
            most = it == 0xF4 ? 0x8F : 0xBF;
        } else {
            mistakes++;
            // The 32 characters that Windows-1252 has where ISO-8859-1 has none.
            windows |= it < 0xA0;
        }
    }
}
