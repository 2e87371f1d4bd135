package vintem.platform;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/// What this process counts, under one name for Prometheus and for OTLP. `docs/observability.md`
/// lists all of it.
///
/// Counting is one addition to a striped adder, and nothing is kept for each request, so it is
/// never switched off. Values of labels are few and ours: never an id, a name, or anything that a
/// caller sent.
///
/// A metrics library would cost the hot path more than the counting is worth, and would still have
/// to be bound to OpenTelemetry for its trace ids: what is needed of one is this page.
public final class Metrics {
    enum Kind {
        COUNTER,
        GAUGE,
        HISTOGRAM;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// All series of one name.
    static final class Family {
        private final String name;
        private final String help;
        private final Kind kind;
        private final double[] bounds;
        private final Map<List<String>, Series> series = new ConcurrentHashMap<>();
        // Set where OTLP is on: it wants each value, to keep a trace id beside some of them.
        private volatile @Nullable Listener listener;

        private Family(String name, String help, Kind kind, double[] bounds) {
            this.name = name;
            this.help = help;
            this.kind = kind;
            this.bounds = bounds;
        }

        String name() {
            return name;
        }

        String help() {
            return help;
        }

        Kind kind() {
            return kind;
        }

        List<Double> bounds() {
            return Arrays.stream(bounds).boxed().toList();
        }

        Collection<Series> series() {
            return series.values();
        }

        void listen(@Nullable Listener hearing) {
            listener = hearing;
        }
    }

    /// Hears each value of a histogram.
    @FunctionalInterface
    interface Listener {
        void recorded(List<String> labels, double value);
    }

    /// One line of figures: a family with values for its labels.
    sealed interface Series {
        /// Names and values in turn.
        List<String> labels();
    }

    /// Something that has happened so many times.
    public static final class Counter implements Series {
        private final List<String> labels;
        private final LongAdder sum = new LongAdder();

        private Counter(List<String> labels) {
            this.labels = labels;
        }

        public void increment() {
            sum.increment();
        }

        public void add(long many) {
            sum.add(many);
        }

        public long sum() {
            return sum.sum();
        }

        @Override
        public List<String> labels() {
            return labels;
        }
    }

    /// Something that is so large now. `NaN` where nobody knows.
    record Gauge(List<String> labels, DoubleSupplier value) implements Series {}

    /// How often something was about so large, or took about so long.
    public static final class Histogram implements Series {
        private final Family family;
        private final List<String> labels;
        private final LongAdder[] buckets;
        private final DoubleAdder sum = new DoubleAdder();

        private Histogram(Family family, List<String> labels) {
            this.family = family;
            this.labels = labels;
            buckets = new LongAdder[family.bounds.length + 1];
            Arrays.setAll(buckets, _ -> new LongAdder());
        }

        public void record(double value) {
            var bucket = 0;
            while (bucket < family.bounds.length && value > family.bounds[bucket]) {
                bucket++;
            }
            buckets[bucket].increment();
            sum.add(value);
            var listening = family.listener;
            if (listening != null) {
                listening.recorded(labels, value);
            }
        }

        /// Records the time since `System.nanoTime()` said that, in seconds.
        public void recordSince(long startNanos) {
            record((System.nanoTime() - startNanos) / 1e9);
        }

        @Override
        public List<String> labels() {
            return labels;
        }
    }

    /// From a millisecond to half a minute.
    public static final double[] SECONDS = {
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30
    };

    /// From one to some thousands.
    public static final double[] SIZES = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_000, 5_000};

    private static final Map<String, Family> FAMILIES = new ConcurrentSkipListMap<>();
    private static @Nullable Consumer<Family> observer;

    private Metrics() {}

    /// The counter of that name and those labels; the same one whoever asks.
    ///
    /// @param labels names and values in turn
    public static Counter counter(String name, String help, String... labels) {
        var family = family(name, help, Kind.COUNTER, new double[0]);
        return (Counter) family.series.computeIfAbsent(List.of(labels), Counter::new);
    }

    /// The histogram of that name and those labels; the same one whoever asks.
    ///
    /// @param bounds the upper ends of its buckets, ascending
    public static Histogram histogram(String name, String help, double[] bounds, String... labels) {
        var family = family(name, help, Kind.HISTOGRAM, bounds);
        return (Histogram)
                family.series.computeIfAbsent(List.of(labels), it -> new Histogram(family, it));
    }

    /// Asks for a value whenever the metrics are read. Whoever says it last is asked.
    public static void gauge(String name, String help, DoubleSupplier value, String... labels) {
        var family = family(name, help, Kind.GAUGE, new double[0]);
        family.series.put(List.of(labels), new Gauge(List.of(labels), value));
    }

    /// As Prometheus reads it, its text format 0.0.4.
    public static String prometheus() {
        var text = new StringBuilder(16_384);
        for (var family : FAMILIES.values()) {
            text.append("# HELP ").append(family.name).append(' ').append(family.help);
            text.append("\n# TYPE ").append(family.name).append(' ').append(family.kind.word());
            text.append('\n');
            for (var series : family.series()) {
                switch (series) {
                    case Counter it -> line(text, family.name, it.labels, it.sum());
                    case Gauge it -> line(text, family.name, it.labels, value(it));
                    case Histogram it -> lines(text, family.name, it);
                }
            }
        }
        return text.toString();
    }

    /// Tells of every family, those that are there and those to come; null ends it.
    static void observe(@Nullable Consumer<Family> observing) {
        synchronized (FAMILIES) {
            observer = observing;
            if (observing == null) {
                FAMILIES.values().forEach(family -> family.listen(null));
            } else {
                FAMILIES.values().forEach(observing);
            }
        }
    }

    /// The value now, `NaN` where asking failed: one figure that cannot be had hides no other.
    static double value(Gauge gauge) {
        try {
            return gauge.value.getAsDouble();
        } catch (RuntimeException unknown) {
            return Double.NaN;
        }
    }

    private static Family family(String name, String help, Kind kind, double[] bounds) {
        var known = FAMILIES.get(name);
        if (known != null) {
            return known;
        }
        synchronized (FAMILIES) {
            return FAMILIES.computeIfAbsent(
                    name,
                    it -> {
                        var family = new Family(it, help, kind, bounds);
                        if (observer != null) {
                            observer.accept(family);
                        }
                        return family;
                    });
        }
    }

    private static void lines(StringBuilder text, String name, Histogram histogram) {
        var count = 0L;
        for (var i = 0; i < histogram.buckets.length; i++) {
            count += histogram.buckets[i].sum();
            var bound =
                    i == histogram.family.bounds.length
                            ? "+Inf"
                            : Double.toString(histogram.family.bounds[i]);
            var labels = new ArrayList<>(histogram.labels);
            labels.addAll(List.of("le", bound));
            line(text, name + "_bucket", labels, count);
        }
        line(text, name + "_sum", histogram.labels, histogram.sum.sum());
        line(text, name + "_count", histogram.labels, count);
    }

    private static void line(StringBuilder text, String name, List<String> labels, Number value) {
        text.append(name);
        for (var i = 0; i < labels.size(); i += 2) {
            text.append(i == 0 ? '{' : ',').append(labels.get(i)).append("=\"");
            text.append(escaped(labels.get(i + 1))).append('"');
        }
        text.append(labels.isEmpty() ? " " : "} ").append(value).append('\n');
    }

    private static String escaped(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }
}
