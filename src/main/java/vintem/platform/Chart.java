package vintem.platform;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/// A chart as lines and bars of a picture of 1000 by 300, for a page to show: its words and colours
/// are the page's.
///
/// @param zero where nothing is, from the top
public record Chart(
        List<Line> lines, List<Bar> bars, List<Tick> ticks, List<Mark> marks, int zero) {
    static final int WIDTH = 1_000;
    static final int HEIGHT = 300;

    private static final int MARKS = 6;

    /// @param points as `polyline` has them
    public record Line(String name, String points) {}

    /// @param label what it stands for, in words
    public record Bar(String name, int x, int y, int width, int height, String label) {}

    /// A height and its figure.
    public record Tick(int y, String label) {}

    /// A place on the time axis.
    public record Mark(int x, String label) {}

    /// Figures of one name, each for the same places.
    public record Series(String name, List<BigDecimal> values) {}

    public boolean isEmpty() {
        return lines.isEmpty() && bars.isEmpty();
    }

    /// @param labels of the places on the time axis
    public static Chart lines(
            List<Series> series, List<String> labels, Function<BigDecimal, String> figure) {
        return lines(Scale.of(series, true), series, labels, figure);
    }

    /// The same without the nothing far below, where only what changes is of interest.
    public static Chart closeUp(
            Series series, List<String> labels, Function<BigDecimal, String> figure) {
        var only = List.of(series);
        return lines(Scale.of(only, false), only, labels, figure);
    }

    private static Chart lines(
            Scale scale,
            List<Series> series,
            List<String> labels,
            Function<BigDecimal, String> figure) {
        var lines = new ArrayList<Line>();
        for (var each : series) {
            var points = new StringBuilder();
            for (var i = 0; i < each.values().size(); i++) {
                if (i > 0) {
                    points.append(' ');
                }
                points.append(x(i, each.values().size())).append(',');
                points.append(scale.y(each.values().get(i)));
            }
            lines.add(new Line(each.name(), points.toString()));
        }
        return new Chart(
                lines,
                List.of(),
                scale.ticks(figure),
                marks(labels, i -> x(i, labels.size())),
                scale.y(scale.least().max(BigDecimal.ZERO)));
    }

    /// Groups of bars, one for each place.
    public static Chart bars(
            List<Series> series, List<String> labels, Function<BigDecimal, String> figure) {
        var scale = Scale.of(series, true);
        var group = WIDTH / Math.max(1, labels.size());
        var width = Math.max(1, group * 7 / 10 / series.size());
        var zero = scale.y(BigDecimal.ZERO);
        var bars = new ArrayList<Bar>();
        for (var s = 0; s < series.size(); s++) {
            var values = series.get(s).values();
            for (var i = 0; i < values.size(); i++) {
                var y = scale.y(values.get(i));
                bars.add(
                        new Bar(
                                series.get(s).name(),
                                group * i + group * 3 / 20 + s * width,
                                Math.min(y, zero),
                                Math.max(1, width - 2),
                                Math.abs(zero - y),
                                labels.get(i) + ": " + figure.apply(values.get(i))));
            }
        }
        return new Chart(
                List.of(),
                bars,
                scale.ticks(figure),
                marks(labels, i -> group * i + group / 2),
                zero);
    }

    private static int x(int place, int places) {
        return places < 2 ? WIDTH / 2 : WIDTH * place / (places - 1);
    }

    private static List<Mark> marks(List<String> labels, Function<Integer, Integer> x) {
        var marks = new ArrayList<Mark>();
        var step = Math.max(1, (labels.size() + MARKS - 1) / MARKS);
        for (var i = 0; i < labels.size(); i += step) {
            marks.add(new Mark(x.apply(i), labels.get(i)));
        }
        return marks;
    }

    /// From the least figure to the greatest, with nothing between them.
    private record Scale(BigDecimal least, BigDecimal step, int steps) {
        private static final List<String> STEPS = List.of("1", "2", "2.5", "5", "10");

        static Scale of(List<Series> series, boolean withZero) {
            var first = withZero ? BigDecimal.ZERO : series.getFirst().values().getFirst();
            var least = first;
            var most = first;
            for (var each : series) {
                for (var value : each.values()) {
                    least = least.min(value);
                    most = most.max(value);
                }
            }
            var span = most.subtract(least);
            if (span.signum() == 0) {
                return new Scale(least, BigDecimal.ONE, 1);
            }
            var rough = span.divide(BigDecimal.valueOf(4), MathContext.DECIMAL128);
            var power = rough.precision() - rough.scale() - 1;
            var step = BigDecimal.TEN.scaleByPowerOfTen(power);
            for (var each : STEPS) {
                var tried = new BigDecimal(each).scaleByPowerOfTen(power);
                if (tried.compareTo(rough) >= 0) {
                    step = tried;
                    break;
                }
            }
            var lowest = least.divide(step, 0, RoundingMode.FLOOR);
            var highest = most.divide(step, 0, RoundingMode.CEILING);
            return new Scale(
                    lowest.multiply(step),
                    step,
                    Math.max(1, highest.subtract(lowest).intValueExact()));
        }

        int y(BigDecimal value) {
            return HEIGHT
                    - value.subtract(least)
                            .multiply(BigDecimal.valueOf(HEIGHT))
                            .divide(
                                    step.multiply(BigDecimal.valueOf(steps)),
                                    0,
                                    RoundingMode.HALF_EVEN)
                            .intValueExact();
        }

        List<Tick> ticks(Function<BigDecimal, String> figure) {
            var ticks = new ArrayList<Tick>();
            for (var i = 0; i <= steps; i++) {
                var value = least.add(step.multiply(BigDecimal.valueOf(i)));
                ticks.add(new Tick(y(value), figure.apply(value)));
            }
            return ticks;
        }
    }

    /// Figures in words.
    public static final class Figures {
        private Figures() {}

        public static String percent(BigDecimal value, String language) {
            return number(value.setScale(2, RoundingMode.HALF_EVEN), language) + "%";
        }

        /// With cents, and more decimals where it has them.
        public static String price(BigDecimal value, String language) {
            var plain = plain(value);
            return number(plain.scale() < 2 ? plain.setScale(2) : plain, language);
        }

        /// As many decimals as it has.
        public static String number(BigDecimal value, String language) {
            var locale = language.startsWith("pt") ? Locale.of("pt", "BR") : Locale.ENGLISH;
            var format = java.text.NumberFormat.getNumberInstance(locale);
            format.setMinimumFractionDigits(Math.max(0, value.scale()));
            format.setMaximumFractionDigits(Math.max(0, value.scale()));
            return format.format(value).replace('-', '\u2212');
        }

        /// Reais, as an axis has room for: `R$ 1,2 mi`.
        public static String inShort(BigDecimal reais, String language) {
            var pt = language.startsWith("pt");
            var size = reais.abs();
            if (size.compareTo(new BigDecimal("1000000000")) >= 0) {
                return "R$\u00a0" + scaled(reais, 9, language) + (pt ? "\u00a0bi" : "B");
            }
            if (size.compareTo(new BigDecimal("1000000")) >= 0) {
                return "R$\u00a0" + scaled(reais, 6, language) + (pt ? "\u00a0mi" : "M");
            }
            if (size.compareTo(new BigDecimal("1000")) >= 0) {
                return "R$\u00a0" + scaled(reais, 3, language) + (pt ? "\u00a0mil" : "k");
            }
            return "R$\u00a0" + number(plain(reais), language);
        }

        /// Without zeros at its end and without an exponent.
        private static BigDecimal plain(BigDecimal exact) {
            var trimmed = exact.stripTrailingZeros();
            return trimmed.scale() < 0 ? trimmed.setScale(0) : trimmed;
        }

        private static String scaled(BigDecimal value, int power, String language) {
            return number(
                    plain(value.movePointLeft(power).setScale(1, RoundingMode.HALF_EVEN)),
                    language);
        }
    }
}
