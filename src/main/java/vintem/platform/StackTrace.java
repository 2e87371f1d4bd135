package vintem.platform;

/// An exception as it may leave the house: what it was and where, not what it said.
final class StackTrace {
    private static final int MOST_FRAMES = 60;
    private static final int MOST_CAUSES = 8;

    private StackTrace() {}

    static String withoutMessages(Throwable thrown) {
        var text = new StringBuilder();
        var causes = 0;
        for (Throwable it = thrown; it != null && causes < MOST_CAUSES; it = it.getCause()) {
            text.append(causes == 0 ? "" : "Caused by: ").append(it.getClass().getName());
            text.append('\n');
            var frames = it.getStackTrace();
            for (var i = 0; i < Math.min(MOST_FRAMES, frames.length); i++) {
                text.append("\tat ").append(frames[i]).append('\n');
            }
            causes++;
        }
        return text.toString();
    }
}
