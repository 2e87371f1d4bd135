package vintem.bench;

import static vintem.bench.Bar.Relation.AT_LEAST;
import static vintem.bench.Bar.Relation.AT_MOST;
import static vintem.bench.Bar.Relation.HOLDS;

/// What is asked for, by flow: the bars of the plan, and a few more that would show a step back.
///
/// They stand in one place so that the table of all of them also names those that a benchmark that
/// failed has never measured.
enum Bar {
    BATCH("payouts", "a batch of 5,000, one sender", AT_LEAST, 20_000, "items/s"),
    BATCH_TO_RAW("payouts", "a batch of 5,000 / raw SQL", AT_LEAST, 0.5, ""),
    TWO_BATCHES_TO_RAW("payouts", "two batches at once / raw SQL", AT_LEAST, 0.5, ""),
    BATCH_FLAT("payouts", "cost per item, 100,000 items / 1,000", AT_MOST, 1.25, ""),
    HUGE_BATCH("payouts", "batches of 100,000, all paid, with -Xmx512m", HOLDS, 1, ""),

    CREATE_TO_LOOP("payments", "create, 128 connections / row by row, 32", AT_LEAST, 1.5, ""),
    CONFIRM_TO_CREATE("payments", "confirm / create", AT_LEAST, 0.8, ""),
    FRAME("payments", "written → frame p99, 10,000 WebSockets", AT_MOST, 100, "ms"),
    SOCKET_IO_FRAME("payments", "written → frame p99, 2,000 of Socket.IO", AT_MOST, 100, "ms"),
    PAYMENTS_HEAP("payments", "all of it with -Xmx512m", HOLDS, 1, ""),

    FILE("billing", "1,100,000 rows, upload to last row", AT_MOST, 60, "s"),
    FILE_TO_RAW("billing", "1,100,000 rows / best raw SQL", AT_MOST, 1.5, ""),
    FILE_HEAP("billing", "all of it with -Xmx256m", HOLDS, 1, ""),
    FILE_AGAIN("billing", "the same file again", AT_MOST, 2, "s"),

    PURCHASE_TO_PAYMENT("cashback", "create a purchase / a payment", AT_LEAST, 0.8, ""),
    STATEMENT("cashback", "one month of 1,000,000 purchases, p99", AT_MOST, 20, "ms"),

    SINGLE_TRANSFERS("ledger", "single transfers, coalescer", AT_LEAST, 10_000, "/s"),
    TRANSFERS_IN_LISTS("ledger", "transfers in lists of 1,000", AT_LEAST, 100_000, "/s"),

    COALESCED_TO_LOOP("coalescer", "128 callers / row by row, 32", AT_LEAST, 1.5, ""),

    CAPTADO("investments", "first captado of 10,000 clients", AT_MOST, 1_000, "ms"),
    TICK("investments", "tick after one change, median", AT_MOST, 20, "ms"),
    TICK_P99("investments", "tick after one change, p99", AT_MOST, 20, "ms"),
    FRAMES_ONCE("investments", "frames worked out, 1,000 sockets / 1", AT_MOST, 1.25, ""),
    EXPORT_HEAP("investments", "everything exported with -Xmx512m", HOLDS, 1, ""),

    PAGE("pages", "slowest page, 1,000,000 rows behind it, p50", AT_MOST, 50, "ms"),
    PAGE_BYTES("pages", "heaviest page and all it loads, compressed", AT_MOST, 200, "KB"),

    START("start", "existing data to first answer", AT_MOST, 4_000, "ms"),
    IDLE("start", "idle, resident, database apart", AT_MOST, 400, "MB"),

    TELEMETRY("telemetry", "create, all traced / nothing sent", AT_LEAST, 0.7, "");

    enum Relation {
        AT_LEAST,
        AT_MOST,
        /// It is so, 1, or it is not, 0.
        HOLDS
    }

    private final String flow;
    private final String what;
    private final Relation relation;
    private final double asked;
    private final String unit;

    Bar(String flow, String what, Relation relation, double asked, String unit) {
        this.flow = flow;
        this.what = what;
        this.relation = relation;
        this.asked = asked;
        this.unit = unit;
    }

    /// The name of the benchmark that measures it.
    String flow() {
        return flow;
    }

    String what() {
        return what;
    }

    /// As `≥ 20,000 items/s`.
    String asked() {
        return switch (relation) {
            case AT_LEAST -> "≥ " + number(asked);
            case AT_MOST -> "≤ " + number(asked);
            case HOLDS -> "yes";
        };
    }

    String shown(double figure) {
        return relation == Relation.HOLDS ? figure == 1 ? "yes" : "no" : number(figure);
    }

    /// The figure as a share of the bar; nothing where there is none.
    String share(double figure) {
        return relation == Relation.HOLDS ? "" : "%.2f".formatted(figure / asked);
    }

    boolean isReached(double figure) {
        return relation == Relation.AT_MOST ? figure <= asked : figure >= asked;
    }

    private String number(double figure) {
        var text =
                figure == Math.rint(figure) ? "%,.0f".formatted(figure) : Printout.number(figure);
        return unit.isEmpty() ? text : text + " " + unit;
    }
}
