package vintem.billing;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import vintem.Http;
import vintem.Http.Answer;
import vintem.Rows;
import vintem.World;
import vintem.bank.EndToEndId;
import vintem.platform.BusinessDays;
import vintem.platform.Cents;
import vintem.platform.Json;

/// What tests do with charges, in a creditor's and the bank's words.
final class Debts {
    private Debts() {}

    /// The bank, by its secret.
    static Http bank() {
        return Http.nobody().bearer(World.BANK_SECRET);
    }

    static LocalDate today(Clock clock) {
        return BusinessDays.today(clock);
    }

    /// A debt of nobody else's name.
    static String newDebt() {
        return "d-" + UUID.randomUUID();
    }

    /// A charge to be asked for: right in everything, until something is changed.
    static Map<String, Object> wish(String debtId, String amount, LocalDate due) {
        var wish = new LinkedHashMap<String, Object>();
        wish.put("name", "Ana Souza");
        wish.put("governmentId", "529.982.247-25");
        wish.put("email", "ana@example.com");
        wish.put("debtAmount", new BigDecimal(amount));
        wish.put("debtDueDate", due.toString());
        wish.put("debtId", debtId);
        return wish;
    }

    static Answer tryCharge(Http creditor, Map<String, Object> wish) {
        return creditor.post("/charges", Json.text(wish));
    }

    /// The charge that was made.
    static JsonNode charge(Http creditor, Map<String, Object> wish) {
        var answer = tryCharge(creditor, wish);
        if (answer.status() != 201) {
            throw new AssertionError(answer.status() + " " + answer.body());
        }
        return answer.json();
    }

    static JsonNode look(Http creditor, String id) {
        return creditor.get("/charges/" + id).json();
    }

    static String status(Http creditor, String id) {
        return look(creditor, id).at("/charge/status").asText();
    }

    /// The contract's own four fields.
    static String told(String debtId, String amount, String paidAt) {
        return "{\"debtId\":\"%s\",\"paidAt\":\"%s\",\"paidAmount\":%s,\"paidBy\":\"John Doe\"}"
                .formatted(debtId, paidAt, amount);
    }

    static String told(String debtId, String amount, String paidAt, String paymentId) {
        return "{\"debtId\":\"%s\",\"paidAt\":\"%s\",\"paidAmount\":%s,\"payment_id\":\"%s\"}"
                .formatted(debtId, paidAt, amount, paymentId);
    }

    /// So much of a charge is paid, as a bank tells of it.
    static void pay(UUID chargeId, long cents) {
        var debtId = Rows.text("select debt_id from charge where id = ?", chargeId);
        var paidAt = OffsetDateTime.now(ZoneOffset.UTC).minusMinutes(1).toString();
        var answer = tell(told(debtId, Cents.toReais(cents).toPlainString(), paidAt));
        if (answer.status() != 200) {
            throw new AssertionError(answer.status() + " " + answer.body());
        }
    }

    /// Somebody pays a code, and the bank tells of it.
    static void pay(ChargePix.Code code, String amount) {
        var txid = Rows.text("select txid from payment where id = ?", code.paymentId());
        var endToEndId = EndToEndId.create("12345678", Instant.now()).value();
        var answer =
                bank().post(
                                "/payments/pix/confirmation",
                                "{\"bank_payment_id\":\"%s\",\"value\":%s,\"end_to_end_id\":\"%s\"}"
                                        .formatted(txid, amount, endToEndId));
        if (answer.status() != 200 || answer.body().contains("receipt_id")) {
            throw new AssertionError(answer.body());
        }
    }

    static void cancel(UUID chargeId) {
        var answer = Http.admin().post("/charges/" + chargeId + "/cancel", "");
        if (answer.status() != 200) {
            throw new AssertionError(answer.status() + " " + answer.body());
        }
    }

    static Answer tell(String body) {
        return bank().post("/billing/payments", body);
    }

    /// Transfers of a charge, by kind, in cents.
    static long cents(String chargeId, String kind) {
        return Rows.number(
                "select coalesce(sum(amount_cents), 0) from transfer"
                        + " where subject_id = ?::uuid and kind = ?",
                chargeId,
                kind);
    }

    static long news(String subject, String type) {
        return Rows.number(
                "select count(*) from outbox where subject = ? and type = ?", subject, type);
    }

    static long balance(String account) {
        return Rows.number(
                "select coalesce(sum(case when d.code = ? then t.amount_cents"
                        + " else -t.amount_cents end), 0)"
                        + " from transfer t join account d on d.id = t.debit_account"
                        + " join account c on c.id = t.credit_account"
                        + " where ? in (d.code, c.code)",
                account,
                account);
    }
}
