package vintem.bench;

/// What was measured of a bar.
///
/// @param toRaw the product / raw SQL of the same run, 0 where there is no such thing; in whatever
///     the figure counts, so that less is better where the bar says at most
record Figure(Bar bar, double value, double toRaw) {
    boolean isReached() {
        return bar.isReached(value);
    }

    String ofRaw() {
        return toRaw == 0 ? "" : "%.2f".formatted(toRaw);
    }
}
