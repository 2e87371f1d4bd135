package vintem.investments;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.format.TextStyle;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import vintem.investments.CaptadoTable.Sums;
import vintem.platform.Chart.Figures;
import vintem.platform.Json;
import vintem.platform.Words;

/// What the pages of investments have in common: figures put into words, and what somebody asked
/// for; what cannot be is as if it were not there.
final class PageFigures {
    private static final int LONGEST_SEARCH = 200;

    private PageFigures() {}

    static String monthLabel(YearMonth month, Words words) {
        return month.getMonth()
                        .getDisplayName(TextStyle.SHORT_STANDALONE, locale(words))
                        .replace(".", "")
                + "/"
                + month.getYear() % 100;
    }

    static Locale locale(Words words) {
        return words == Words.PT ? Locale.of("pt", "BR") : Locale.ENGLISH;
    }

    static String percentOver(Sums sums, String tag) {
        return Figures.percent(Decimals.percentOver(sums.atual(), sums.captado()), tag);
    }

    static long cents(BigDecimal reais) {
        return Decimals.money(reais).movePointRight(2).longValueExact();
    }

    static <T> BigDecimal sum(List<T> list, Function<T, BigDecimal> value) {
        return list.stream().map(value).reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    static String searched(@Nullable String search) {
        return search == null || search.length() > LONGEST_SEARCH || !Json.isClean(search)
                ? ""
                : search.strip();
    }

    static Optional<Integer> number(@Nullable String text, int least, int most) {
        if (text == null || !text.matches("[0-9]{1,9}")) {
            return Optional.empty();
        }
        return Optional.of(Integer.parseInt(text)).filter(it -> it >= least && it <= most);
    }

    static Optional<LocalDate> day(@Nullable String text) {
        try {
            return text == null ? Optional.empty() : Optional.of(Days.parse(text));
        } catch (DateTimeException none) {
            return Optional.empty();
        }
    }
}
