package vintem.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import vintem.Http;
import vintem.Rows;
import vintem.World;

/// `Idempotency-Key` on `POST /users` and `POST /keys`.
@QuarkusTest
@QuarkusTestResource(World.class)
class CreateOnceTest {
    private static final String KEY =
            "{\"name\":\"a program\",\"roles\":{\"payouts\":\"operator\"}}";

    private Http admin;
    private String once;

    @BeforeEach
    void somebody_is_there() {
        once = "once-" + UUID.randomUUID();
        admin = Http.admin().with("Idempotency-Key", once);
    }

    @Test
    void a_user_is_made_once_and_the_same_bytes_are_answered_again() {
        var first = admin.post("/users", user("good enough"));
        assertThat(first.status()).isEqualTo(201);
        assertThat(first.header("Idempotency-Hit")).isEmpty();
        var again = admin.post("/users", user("good enough"));
        assertThat(again.status()).isEqualTo(201);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(again.header("Location")).isEqualTo(first.header("Location"));
        assertThat(again.header("Idempotency-Hit")).isEqualTo("true");
    }

    @Test
    void the_same_key_with_another_password_is_another_request() {
        admin.post("/users", user("good enough"));
        var other = admin.post("/users", user("another one"));
        assertThat(other.status()).isEqualTo(422);
        assertThat(other.body()).contains("idempotency-key-reused");
    }

    @Test
    void a_refused_request_leaves_its_key_free() {
        var name = once;
        Http.admin().post("/users", user("good enough"));
        var taken = admin.post("/users", user("good enough"));
        assertThat(taken.status()).isEqualTo(409);
        assertThat(taken.body()).contains("name-taken");
        once = name + "-2";
        assertThat(admin.post("/users", user("good enough")).status()).isEqualTo(201);
    }

    @Test
    void a_key_is_made_once_and_shown_once() {
        var before = Rows.number("select count(*) from api_key");
        var first = admin.post("/keys", KEY);
        assertThat(first.status()).isEqualTo(201);
        var secret = first.json().required("key").textValue();
        var again = admin.post("/keys", KEY);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.header("Idempotency-Hit")).isEqualTo("true");
        assertThat(again.header("Cache-Control")).isEqualTo("no-store");
        assertThat(again.header("Location")).isEqualTo(first.header("Location"));
        assertThat(again.json().required("id")).isEqualTo(first.json().required("id"));
        assertThat(again.json().required("key").isNull()).isTrue();
        assertThat(Rows.number("select count(*) from api_key")).isEqualTo(before + 1);
        assertThat(Http.nobody().bearer(secret).get("/me").status()).isEqualTo(200);
    }

    @Test
    void neither_key_nor_password_can_be_read_or_guessed_from_what_is_kept() {
        var secret = admin.post("/keys", KEY).json().required("key").textValue();
        Http.admin().with("Idempotency-Key", once + "-u").post("/users", user("good enough"));
        var kept =
                Rows.text(
                        "select string_agg(convert_from(body, 'UTF8') || encode(request_hash,"
                                + " 'hex'), ' ') from idempotency_key where key like ?",
                        once + "%");
        assertThat(kept).contains(once).doesNotContain(secret.substring(4)).doesNotContain("good");
        var plain =
                Rows.text(
                        "select encode(sha256(convert_to(?, 'UTF8')), 'hex')", user("good enough"));
        assertThat(kept).as("a plain hash invites guessing").doesNotContain(plain);
    }

    @Test
    void many_at_once_make_one() throws Exception {
        var before = Rows.number("select count(*) from api_key");
        var tasks = new ArrayList<Callable<Integer>>();
        for (var i = 0; i < 12; i++) {
            tasks.add(() -> admin.post("/keys", KEY).status());
        }
        var statuses = new ArrayList<Integer>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var each : threads.invokeAll(tasks)) {
                statuses.add(each.get());
            }
        }
        assertThat(statuses).containsOnlyOnce(201).isSubsetOf(201, 200, 409);
        assertThat(Rows.number("select count(*) from api_key")).isEqualTo(before + 1);
    }

    private String user(String password) {
        return "{\"name\":\"%s\",\"password\":\"%s\"}".formatted(once, password);
    }
}
