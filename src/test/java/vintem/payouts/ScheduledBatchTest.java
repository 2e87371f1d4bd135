package vintem.payouts;

import static org.assertj.core.api.Assertions.assertThat;
import static vintem.payouts.Batches.batch;
import static vintem.payouts.Batches.item;
import static vintem.payouts.Treasury.cancel;
import static vintem.payouts.Treasury.code;
import static vintem.payouts.Treasury.details;
import static vintem.payouts.Treasury.hold;
import static vintem.payouts.Treasury.person;
import static vintem.payouts.Treasury.release;
import static vintem.payouts.Treasury.status;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import vintem.Books;
import vintem.Http;
import vintem.MovableClock;
import vintem.World;
import vintem.platform.BusinessDays;
import vintem.platform.Ids;
import vintem.platform.Together;

/// A batch for a day and hour in São Paulo: sent when it is due, or taken back before.
@QuarkusTest
@QuarkusTestResource(World.class)
class ScheduledBatchTest {
    private static final Duration HOUR = Duration.ofHours(1);

    @Inject BankStatement statement;
    @Inject ReleaseDueHolds job;
    @Inject ReleaseHold releaseHold;
    @Inject MovableClock clock;

    private final String run = Ids.next().toString();

    @AfterEach
    void nothing_was_sent_twice() {
        assertThat(statement.sentAgain(run)).isEmpty();
    }

    @AfterAll
    static void every_cent_is_there() {
        Books.assertInOrder();
    }

    @Test
    void it_is_sent_when_its_hour_has_come() {
        var answer = schedule(Http.admin());
        assertThat(answer.status()).isEqualTo(202);
        assertThat(details(answer)).containsExactly(run + " processing scheduled");
        job.run();
        assertThat(status(run)).isEqualTo("held scheduled");
        clock.passes(HOUR);
        job.run();
        assertThat(status(run)).isEqualTo("paid");
        assertThat(hold(run).get("state").textValue()).isEqualTo("released");
        assertThat(statement.payments(run)).isEqualTo(1);
        assertThat(code(cancel(Http.admin(), hold(run)))).isEqualTo("409 decided-otherwise");
    }

    @Test
    void two_nodes_whose_jobs_run_at_once_send_it_once() {
        schedule(Http.admin());
        clock.passes(HOUR);
        Together.atOnce(
                4,
                () -> {
                    job.run();
                    return true;
                });
        assertThat(status(run)).isEqualTo("paid");
        assertThat(statement.payments(run)).isEqualTo(1);
    }

    @Test
    void it_is_taken_back_before_its_hour() {
        schedule(Http.admin());
        assertThat(cancel(Http.admin(), hold(run)).status()).isEqualTo(200);
        assertThat(cancel(Http.admin(), hold(run)).status()).isEqualTo(200);
        clock.passes(HOUR);
        job.run();
        assertThat(status(run)).isEqualTo("failed cancelled_before_sending");
        assertThat(statement.payments(run)).isZero();
        // Its ids were never paid: they may be sent again.
        assertThat(details(Http.admin().post("/payouts/batch", batch(run, item(run, 700)))))
                .containsExactly(run + " paid");
    }

    @Test
    void cancelled_at_the_last_second_it_has_one_outcome() {
        for (var round = 0; round < 6; round++) {
            var id = run + "-" + round;
            var admin = Http.admin();
            scheduleAs(admin, id);
            var hold = hold(id);
            clock.passes(HOUR);
            var answers =
                    Together.<Integer>atOnce(
                            List.of(
                                    () -> cancel(admin, hold).status(),
                                    () -> {
                                        job.run();
                                        return 0;
                                    }));
            var cancelled = answers.getFirst() == 200;
            // The job leaves alone what is locked at this moment.
            job.run();
            assertThat(status(id))
                    .isEqualTo(cancelled ? "failed cancelled_before_sending" : "paid");
            assertThat(statement.payments(id)).isEqualTo(cancelled ? 0 : 1);
            assertThat(hold(id).get("state").textValue())
                    .isEqualTo(cancelled ? "cancelled" : "released");
        }
    }

    @Test
    void a_second_person_comes_first_and_then_the_hour() {
        var ana = person(Map.of("release_above_cents", 100));
        assertThat(details(schedule(ana.http())))
                .containsExactly(run + " processing awaiting_release");
        var released = release(person(Map.of()).http(), hold(run));
        assertThat(released.json().get("state").textValue()).isEqualTo("scheduled");
        assertThat(status(run)).isEqualTo("held scheduled");
        assertThat(statement.payments(run)).isZero();
        clock.passes(HOUR);
        job.run();
        assertThat(status(run)).isEqualTo("paid");
        assertThat(statement.payments(run)).isEqualTo(1);
    }

    @Test
    void what_is_due_and_not_released_waits_for_its_person() {
        var ana = person(Map.of("release_above_cents", 100));
        schedule(ana.http());
        clock.passes(HOUR.plusMinutes(1));
        job.run();
        assertThat(status(run)).isEqualTo("held awaiting_release");
        assertThat(release(person(Map.of()).http(), hold(run)).status()).isEqualTo(200);
        assertThat(status(run)).isEqualTo("paid");
    }

    @Test
    void an_hour_that_is_over_fails_the_item_and_pays_nothing() {
        var at = localHour(Duration.ofMinutes(-5));
        var answer = Http.admin().post("/payouts/batch", scheduled(run, at));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(details(answer)).containsExactly(run + " failed schedule_in_past");
        assertThat(statement.payments(run)).isZero();
    }

    @Test
    void an_hour_with_its_offset_is_that_instant_and_a_csv_names_it_in_the_query() {
        var at = clock.instant().plus(HOUR).truncatedTo(ChronoUnit.SECONDS);
        var csv = "external_id,amount_cents,pix_key\n%s,700,ana@mail.com\n".formatted(run);
        var answer =
                Http.admin()
                        .with("Content-Type", "text/csv")
                        .post("/payouts/batch?batch_id=" + run + "&scheduled_for=" + at, csv);
        assertThat(answer.status()).as(answer.body()).isEqualTo(202);
        assertThat(hold(run).get("scheduled_for").textValue()).isEqualTo(at.toString());
        assertThat(cancel(Http.admin(), hold(run)).status()).isEqualTo(200);
    }

    @Test
    void what_is_no_hour_is_a_mistake_of_shape() {
        for (var wrong :
                List.of("\"tomorrow\"", "7", "\"2026-11-27\"", "[]", "\"9999-12-31T00:00\"")) {
            var body =
                    "{\"batch_id\":\"%s\",\"scheduled_for\":%s,\"items\":[%s]}"
                            .formatted(run, wrong, item(run, 700));
            var answer = Http.admin().post("/payouts/batch", body);
            assertThat(answer.status()).as(wrong).isEqualTo(400);
            assertThat(Batches.pointers(answer)).containsExactly("/scheduled_for");
        }
    }

    @Test
    void a_sender_who_may_not_pay_any_more_pays_nothing_at_its_hour() {
        var ana = person(Map.of());
        schedule(ana.http());
        var id =
                Http.admin()
                        .get("/users?limit=100")
                        .json()
                        .required("items")
                        .findParents("name")
                        .stream()
                        .filter(each -> each.get("name").textValue().equals(ana.name()))
                        .map(each -> each.get("id").textValue())
                        .findFirst();
        id.ifPresent(
                it ->
                        Http.admin()
                                .send(
                                        "PATCH",
                                        "/users/" + it,
                                        "{\"active\":false}"
                                                .getBytes(
                                                        java.nio.charset.StandardCharsets.UTF_8)));
        clock.passes(HOUR);
        job.run();
        assertThat(status(run)).isEqualTo(id.isPresent() ? "failed sender_gone" : "paid");
    }

    private Http.Answer schedule(Http caller) {
        return scheduleAs(caller, run);
    }

    private Http.Answer scheduleAs(Http caller, String id) {
        return caller.post("/payouts/batch", scheduled(id, localHour(HOUR)));
    }

    private static String scheduled(String id, LocalDateTime at) {
        return "{\"batch_id\":\"%s\",\"scheduled_for\":\"%s\",\"items\":[%s]}"
                .formatted(id, at, item(id, 700));
    }

    /// As a clock in São Paulo shows it.
    private LocalDateTime localHour(Duration ahead) {
        return LocalDateTime.ofInstant(clock.instant().plus(ahead), BusinessDays.SAO_PAULO)
                .truncatedTo(ChronoUnit.SECONDS);
    }
}
