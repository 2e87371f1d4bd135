package vintem.cashback;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.YearMonth;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import vintem.Http;
import vintem.platform.TaxId;

/// Resellers as tests speak of them.
final class Sellers {
    static final String PASSWORD = "uma senha boa";

    private static final AtomicInteger NUMBER = new AtomicInteger(100_000_000);
    private static final AtomicInteger MONTH = new AtomicInteger();
    private static final YearMonth FIRST_MONTH = YearMonth.of(2010, 1);

    /// Somebody who is registered and signed in.
    record Seller(String id, String cpf, String userName, String email, Http http) {
        /// A purchase that is entered, and waits for the company unless they are on the list.
        JsonNode buys(String reais, String day) {
            var answer = http.post("/compra", purchase(newCode(), reais, day, cpf));
            assertThat(answer.status()).as(answer.body()).isEqualTo(201);
            return answer.json();
        }

        /// The same, approved.
        String approved(String reais, String day) {
            var id = buys(reais, day).required("id").asText();
            assertThat(judge(id, "Aprovado").status()).isEqualTo(200);
            return id;
        }

        JsonNode statement(YearMonth month) {
            var answer = http.get("/cashback/extrato?mes=" + month);
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            return answer.json();
        }

        Http.Answer redeems(String reais, String pixKey) {
            return redeems(reais, pixKey, UUID.randomUUID().toString());
        }

        Http.Answer redeems(String reais, String pixKey, String key) {
            return http.with("Idempotency-Key", key)
                    .post(
                            "/cashback/resgates",
                            "{\"valor\":%s,\"chave_pix\":\"%s\"}".formatted(reais, pixKey));
        }
    }

    private Sellers() {}

    static Seller register() {
        return register(newCpf());
    }

    static Seller register(String cpf) {
        var name = "ana." + NUMBER.incrementAndGet();
        var email = name + "@example.com";
        var answer = Http.nobody().post("/revendedor", registration(name, cpf, email));
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        return new Seller(
                answer.json().required("id").asText(),
                TaxId.parse(cpf).orElseThrow().value(),
                name,
                email,
                signedIn(name));
    }

    static Http signedIn(String name) {
        return Http.nobody().signedIn(name, PASSWORD.replace(' ', '+'));
    }

    static String registration(String name, String cpf, String email) {
        return """
               {"full_name":"Ana Souza","username":"%s","password":"%s","cpf":"%s","email":"%s",
               "phone":"+55 11 98765-4321"}"""
                .formatted(name, PASSWORD, cpf, email);
    }

    static String purchase(String code, String reais, String day, String cpf) {
        return "{\"codigo\":\"%s\",\"valor\":%s,\"data\":\"%s\",\"cpf\":\"%s\"}"
                .formatted(code, reais, day, cpf);
    }

    static Http.Answer judge(String id, String status) {
        return judge(Http.admin(), id, "{\"status\":\"%s\"}".formatted(status));
    }

    static Http.Answer judge(Http who, String id, String body) {
        return who.post("/compra/" + id + "/status", body);
    }

    static Http.Answer takeBack(String id) {
        return judge(Http.admin(), id, "{\"status\":\"Reprovado\",\"motivo\":\"devolução\"}");
    }

    static Http.Answer patch(Http who, String path, String body) {
        return who.send("PATCH", path, body.getBytes(StandardCharsets.UTF_8));
    }

    static Http.Answer delete(Http who, String path) {
        return who.send("DELETE", path, new byte[0]);
    }

    /// All tests share one set of books, where months are closed in order: each takes a later one.
    static YearMonth nextMonth() {
        return FIRST_MONTH.plusMonths(MONTH.getAndIncrement());
    }

    static Http.Answer close(YearMonth month) {
        return Http.admin().post("/cashback/fechamentos", "{\"mes\":\"%s\"}".formatted(month));
    }

    /// Bare and valid, and nobody's yet.
    static String newCpf() {
        var base = Integer.toString(NUMBER.incrementAndGet());
        return base + TaxId.Cpf.checkDigits(base);
    }

    static String newCode() {
        return "NF-" + UUID.randomUUID();
    }
}
