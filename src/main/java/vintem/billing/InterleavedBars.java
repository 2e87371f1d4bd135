package vintem.billing;

import java.util.ArrayList;
import java.util.List;

/// Digits as black bars, *interleaved 2 of 5* (ITF): of each pair the first digit is in the bars,
/// the second in the gaps between them, and two of five are wide.
///
/// Source: ISO/IEC 16390. A wide one is as broad as three narrow ones, which makes the 44 digits of
/// a boleto 405 narrow bars long, and a narrow one a quarter of a millimetre on FEBRABAN's 103.
///
/// @param length of the whole, in narrow bars
/// @param bars from left to right
record InterleavedBars(int length, List<Bar> bars) {
    private static final int WIDE = 3;

    // Which two of the five are wide, by digit.
    private static final String[] PATTERNS = {
        "nnwwn", "wnnnw", "nwnnw", "wwnnn", "nnwnw", "wnwnn", "nwwnn", "nnnww", "wnnwn", "nwnwn"
    };

    /// One black bar, in narrow bars from the left.
    record Bar(int from, int width) {}

    /// @param digits an even number of them
    static InterleavedBars of(String digits) {
        var widths = new ArrayList<Integer>(digits.length() * 5 + 7);
        widths.addAll(List.of(1, 1, 1, 1));
        for (var pair = 0; pair < digits.length(); pair += 2) {
            var black = PATTERNS[digits.charAt(pair) - '0'];
            var white = PATTERNS[digits.charAt(pair + 1) - '0'];
            for (var i = 0; i < black.length(); i++) {
                widths.add(width(black.charAt(i)));
                widths.add(width(white.charAt(i)));
            }
        }
        widths.addAll(List.of(WIDE, 1, 1));
        var bars = new ArrayList<Bar>();
        var at = 0;
        for (var i = 0; i < widths.size(); i++) {
            if (i % 2 == 0) {
                bars.add(new Bar(at, widths.get(i)));
            }
            at += widths.get(i);
        }
        return new InterleavedBars(at, bars);
    }

    private static int width(char pattern) {
        return pattern == 'w' ? WIDE : 1;
    }
}
