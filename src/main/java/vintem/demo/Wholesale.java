package vintem.demo;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.URI;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import vintem.platform.BusinessDays;

/// The cafés that buy on account: a file of debts each month, with a few mistakes in it, boletos
/// and codes by e-mail, most paid in time, some late or in part, some not at all.
@Singleton
class Wholesale {
    private enum How {
        BOLETO,
        LATE,
        IN_PART,
        BY_PIX,
        TWICE,
        CANCELLED,
        POSTPONED
    }

    private record Visit(String debtId, long cents, How how) {}

    private static final int DEBTORS = 42;
    private static final LocalTime OFFICE_OPENS = LocalTime.of(8, 20);
    private static final LocalTime BANK_TELLS = LocalTime.of(13, 30);
    private static final DateTimeFormatter PAID_AT =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss").withZone(BusinessDays.SAO_PAULO);

    // The last field of a static code's field 62 is its txid, 25 characters long.
    private static final Pattern TXID = Pattern.compile("0525([0-9A-Za-z]{25})");

    private final Wire wire;
    private final Then then;
    private final TreeMap<LocalDate, List<Visit>> diary = new TreeMap<>();

    @Inject
    Wholesale(Wire wire, Then then) {
        this.wire = wire;
        this.then = then;
    }

    /// A month's file is sent, and what will become of each debt is settled.
    ///
    /// @param number of the file; each has its own debts
    void areBilled(LocalDate day, int number, Random dice) {
        then.is(day, OFFICE_OPENS);
        var rows = new StringBuilder("name,governmentId,email,debtAmount,debtDueDate,debtId\n");
        for (var i = 0; i < DEBTORS; i++) {
            var who = People.of(100 + i);
            var due = day.plusDays(10L + dice.nextInt(18));
            var cents = 18_000L + dice.nextInt(240_000);
            var id = "cafe-%d-%03d".formatted(number, i);
            row(rows, "Café " + who.name(), who.cpf(), who.email(), cents, due, id);
            plan(id, cents, day, due, dice);
        }
        var again = People.of(100);
        // A debt with another amount than before, and three rows that no file should have.
        row(rows, again.name(), again.cpf(), again.email(), 77_700, day, "cafe-0-000");
        rows.append("Café Sem Valor,90000019933,sem.valor@example.com,,")
                .append("%s,cafe-%d-901\n".formatted(day.plusDays(9), number));
        rows.append("Café Sem Data,90000019933,sem.data@example.com,120.00,")
                .append("amanhã,cafe-%d-902\n".formatted(number));
        rows.append("Café Sem Mail,90000019933,sem-arroba,95.50,")
                .append("%s,cafe-%d-903\n".formatted(day.plusDays(9), number));
        wire.file(
                "/billing/files?billed=revenue&fine=2%25&interest=1%25%2Fmonth&name=cafes-"
                        + day
                        + ".csv",
                "text/csv",
                rows.toString());
        then.jobsRan();
    }

    /// Those who asked not to be written to.
    void whoWantsNoMail() {
        wire.post("/billing/suppressions", Map.of("email", People.of(107).email()));
        wire.post("/billing/suppressions", Map.of("email", People.of(141).email()));
    }

    /// What the diary has for a day.
    void pay(LocalDate day) {
        var visits = diary.remove(day);
        if (visits == null) {
            return;
        }
        then.is(day, BANK_TELLS);
        var calls = new ArrayList<Callable<Boolean>>();
        visits.forEach(
                it ->
                        calls.add(
                                () -> {
                                    visit(it);
                                    return true;
                                }));
        Wire.together(calls);
    }

    /// The bank tells of a debt that nobody has.
    void payWhatNobodyOwes(LocalDate day) {
        then.is(day, BANK_TELLS);
        wire.tellStrange("/billing/payments", message("contrato-7781", 31_990));
    }

    /// One of those that are due pays.
    void goOn(Random dice) {
        var open = wire.get("/charges?status=open&limit=40").get("items");
        if (!open.isEmpty()) {
            var line = open.get(dice.nextInt(open.size()));
            if (dice.nextBoolean()) {
                payLate(line.get("debt_id").asText());
            } else {
                payByPix(line.get("debt_id").asText());
            }
        }
    }

    private void plan(String id, long cents, LocalDate day, LocalDate due, Random dice) {
        var chance = dice.nextInt(100);
        var spread = dice.nextInt(6);
        if (chance < 52) {
            on(due.minusDays(spread), id, cents, How.BOLETO);
        } else if (chance < 66) {
            on(due.plusDays(3L + 2 * spread), id, cents, How.LATE);
        } else if (chance < 72) {
            on(due.minusDays(1), id, cents / 2, How.IN_PART);
        } else if (chance < 84) {
            on(due.minusDays(spread), id, cents, How.BY_PIX);
        } else if (chance < 86) {
            on(due.minusDays(1), id, cents, How.TWICE);
        } else if (chance < 88) {
            on(day.plusDays(2), id, cents, How.CANCELLED);
        } else if (chance < 91) {
            on(day.plusDays(3), id, cents, How.POSTPONED);
        }
    }

    private void on(LocalDate day, String id, long cents, How how) {
        diary.computeIfAbsent(day, _ -> new ArrayList<>()).add(new Visit(id, cents, how));
    }

    private void visit(Visit visit) {
        switch (visit.how()) {
            case BOLETO, IN_PART -> tell(visit.debtId(), visit.cents());
            case LATE -> payLate(visit.debtId());
            case BY_PIX -> payByPix(visit.debtId());
            case TWICE -> {
                tell(visit.debtId(), visit.cents());
                tell(visit.debtId(), visit.cents());
            }
            case CANCELLED -> wire.post(path(visit.debtId()) + "/cancel", Map.of());
            case POSTPONED ->
                    wire.post(
                            path(visit.debtId()) + "/due-date",
                            Map.of("due_date", then.today().plusDays(30).toString()));
        }
    }

    private void payLate(String debtId) {
        tell(debtId, cents(due(wire.get(path(debtId)))));
    }

    /// The debtor opens the page, which makes the day's code, and pays it.
    private void payByPix(String debtId) {
        var path = path(debtId);
        var page = URI.create(wire.get(path).get("charge").get("page_url").asText());
        wire.look(page.getPath());
        var details = wire.get(path);
        var code = details.get("charge").get("pix_copia_e_cola").asText("");
        var txid = TXID.matcher(code);
        if (txid.find()) {
            wire.tell(
                    "/payments/pix/confirmation",
                    Map.of(
                            "bank_payment_id", txid.group(1),
                            "value", due(details).decimalValue(),
                            "end_to_end_id", then.endToEndId()));
        }
    }

    private void tell(String debtId, long cents) {
        wire.tell(
                "/billing/payments",
                Map.of(
                        "debtId",
                        debtId,
                        "paidAt",
                        PAID_AT.format(then.now()),
                        "paidAmount",
                        Then.reais(cents),
                        "paidBy",
                        "pagador de exemplo",
                        "payment_id",
                        "999-" + then.endToEndId()));
    }

    private Map<String, Object> message(String debtId, long cents) {
        return Map.of(
                "debtId",
                debtId,
                "paidAt",
                PAID_AT.format(then.now()),
                "paidAmount",
                Then.reais(cents),
                "paidBy",
                "pagador de exemplo",
                "payment_id",
                "999-" + then.endToEndId());
    }

    private String path(String debtId) {
        var found = wire.get("/charges?limit=1&debt_id=" + Wire.encoded(debtId)).get("items");
        return "/charges/" + found.get(0).get("id").asText();
    }

    private static JsonNode due(JsonNode details) {
        return details.get("charge").get("due_today").get("total_amount");
    }

    private static long cents(JsonNode reais) {
        return reais.decimalValue().movePointRight(2).longValueExact();
    }

    private static void row(
            StringBuilder rows,
            String name,
            String cpf,
            String email,
            long cents,
            LocalDate due,
            String id) {
        rows.append("%s,%s,%s,%s,%s,%s\n".formatted(name, cpf, email, Then.reais(cents), due, id));
    }
}
