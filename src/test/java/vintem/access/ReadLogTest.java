package vintem.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import vintem.Http;
import vintem.Rows;
import vintem.World;
import vintem.platform.Together;

/// Who read what about whom.
@QuarkusTest
@QuarkusTestResource(World.class)
class ReadLogTest {
    @Inject ReadLog reads;

    private static String charge() {
        var answer =
                Http.admin()
                        .post(
                                "/charges",
                                """
                                {"name":"Ana Souza","governmentId":"529.982.247-25",
                                 "email":"ana@example.com","debtAmount":5.00,
                                 "debtDueDate":"2030-02-01","debtId":"d-%s"}"""
                                        .formatted(UUID.randomUUID()));
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        return answer.json().required("id").asText();
    }

    private static long noted(String subject) {
        return Rows.number("select count(*) from read_log where subject_id = ?", subject);
    }

    @Test
    void whoever_looks_at_a_persons_row_is_noted_by_route_and_page() {
        var id = charge();
        Http.admin().get("/charges/" + id);
        Http.admin().with("Accept", "text/html").get("/app/billing/charge?id=" + id);
        assertThat(noted(id)).isEqualTo(2);
        var log = Http.admin().get("/read-log?type=charge&subject_id=" + id);
        assertThat(log.body())
                .contains("GET /charges/{id}", "GET /app/billing/charge", "\"admin\"")
                .doesNotContain("Ana", "529982", "ana@example");
        assertThat(
                        Http.admin()
                                .with("Accept", "text/html")
                                .get("/app/access/reads?subject_id=" + id)
                                .body())
                .contains(id, "GET /charges/{id}");
    }

    @Test
    void what_is_not_there_or_not_allowed_is_no_read() {
        var nobodys = UUID.randomUUID().toString();
        assertThat(Http.admin().get("/charges/" + nobodys).status()).isEqualTo(404);
        var id = charge();
        assertThat(Http.nobody().get("/charges/" + id).status()).isEqualTo(401);
        assertThat(noted(nobodys)).isZero();
        assertThat(noted(id)).isZero();
    }

    @Test
    void many_who_read_at_once_are_all_noted() {
        var id = charge();
        var admin = Http.admin();
        Together.atOnce(20, () -> admin.get("/charges/" + id).status());
        assertThat(noted(id)).isEqualTo(20);
    }

    @Test
    void old_reads_are_forgotten() {
        var old = UUID.randomUUID().toString();
        Rows.change(
                """
                insert into read_log (id, at, caller_kind, caller_id, subject_type, subject_id, route)
                values ('0161e000-0000-7000-8000-%s', '2018-03-01', 'user', gen_random_uuid(),
                        'charge', '%s', 'GET /')"""
                        .formatted(old.substring(24), old));
        reads.forget();
        assertThat(noted(old)).isZero();
    }
}
