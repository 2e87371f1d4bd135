package vintem.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import vintem.access.Sessions.By;
import vintem.access.SignIn.Outcome;

class SignInTest {
    private static final Grant READER = new Grant(Map.of(Capability.LEDGER, Role.READ), 0, 0);

    private final AccessWorld world = new AccessWorld();
    private UserTable.User ana;

    @BeforeEach
    void ana_is_a_user() {
        ana = world.user("ana", READER);
    }

    @Test
    void the_right_password_opens_a_session_and_says_so_in_the_log() {
        var token = world.signedIn(ana, By.TOKEN);
        var cookie = world.signedIn(ana, By.COOKIE);
        assertThat(world.credentials.bearer(token).orElseThrow().caller()).isEqualTo(ana.caller());
        assertThat(world.credentials.cookie(cookie).orElseThrow().caller()).isEqualTo(ana.caller());
        assertThat(world.credentials.bearer(cookie)).isEmpty();
        assertThat(world.credentials.cookie(token)).isEmpty();
        var deeds = world.database.transaction(tx -> world.logTable.page(tx, Long.MAX_VALUE, 2));
        assertThat(deeds)
                .allSatisfy(
                        deed -> {
                            assertThat(deed.action()).isEqualTo("user.signed_in");
                            assertThat(deed.callerName()).isEqualTo("ana");
                        });
    }

    @Test
    void fifty_guesses_at_once_are_not_more_than_five() {
        var answers =
                AccessWorld.atOnce(
                        50, () -> world.signIn.withPassword("ana", "wrong", "192.0.2.1", By.TOKEN));
        assertThat(answers).filteredOn(it -> it instanceof Outcome.Wrong).hasSize(5);
        assertThat(answers).filteredOn(it -> it instanceof Outcome.TooManyAttempts).hasSize(45);
    }

    @Test
    void guesses_from_many_addresses_at_once_are_not_more_than_five_either() {
        var number = new AtomicInteger();
        var answers =
                AccessWorld.atOnce(
                        50,
                        () ->
                                world.signIn.withPassword(
                                        "ana",
                                        "wrong",
                                        "192.0.2." + number.incrementAndGet(),
                                        By.TOKEN));
        assertThat(answers).filteredOn(it -> it instanceof Outcome.Wrong).hasSize(5);
    }

    @Test
    void guesses_at_many_names_from_one_address_are_not_more_than_twenty() {
        var number = new AtomicInteger();
        var answers =
                AccessWorld.atOnce(
                        50,
                        () ->
                                world.signIn.withPassword(
                                        "user" + number.incrementAndGet(),
                                        "wrong",
                                        "192.0.2.1",
                                        By.TOKEN));
        assertThat(answers).filteredOn(it -> it instanceof Outcome.Wrong).hasSize(20);
    }

    @Test
    void what_is_no_user_name_counts_for_the_address() {
        for (var i = 0; i < SignInLimit.FREE_BY_ADDRESS; i++) {
            assertThat(world.signIn.withPassword("no name!", "wrong", "192.0.2.1", By.TOKEN))
                    .isEqualTo(new Outcome.Wrong());
        }
        assertThat(world.signIn.withPassword("ana", "wrong", "192.0.2.1", By.TOKEN))
                .isInstanceOf(Outcome.TooManyAttempts.class);
    }

    @Test
    void the_wait_ends_and_the_next_is_longer() {
        guessFiveTimes();
        assertThat(right()).isEqualTo(new Outcome.TooManyAttempts(Duration.ofSeconds(30)));
        world.clock.passes(Duration.ofSeconds(30));
        assertThat(wrong()).isEqualTo(new Outcome.Wrong());
        assertThat(right()).isEqualTo(new Outcome.TooManyAttempts(Duration.ofSeconds(60)));
        world.clock.passes(Duration.ofSeconds(60));
        assertThat(right()).isInstanceOf(Outcome.Welcome.class);
        assertThat(right()).isInstanceOf(Outcome.Welcome.class);
    }

    @Test
    void attempts_are_forgotten_after_an_hour() {
        guessFiveTimes();
        world.clock.passes(Duration.ofMinutes(61));
        guessFiveTimes();
        assertThat(right()).isInstanceOf(Outcome.TooManyAttempts.class);
    }

    @Test
    void many_who_are_right_never_wait() {
        for (var i = 0; i < 30; i++) {
            assertThat(right()).isInstanceOf(Outcome.Welcome.class);
        }
    }

    @Test
    void an_account_of_ones_own_does_not_clear_the_address() {
        world.user("mallory", READER);
        var guesses = 0;
        for (var i = 0; i < 60; i++) {
            var guess =
                    world.signIn.withPassword("victim" + i, "wrong", AccessWorld.ADDRESS, By.TOKEN);
            guesses += guess instanceof Outcome.Wrong ? 1 : 0;
            world.signIn.withPassword(
                    "mallory", AccessWorld.PASSWORD, AccessWorld.ADDRESS, By.TOKEN);
        }
        assertThat(guesses).isEqualTo(SignInLimit.FREE_BY_ADDRESS);
    }

    @Test
    void a_deactivated_user_cannot_sign_in_and_nobody_is_told_why() {
        world.user("admin", Grant.EVERYTHING);
        var change = new Users.Change(null, null, null, false);
        world.users.change(Caller.SYSTEM, ana.id(), change);
        assertThat(right()).isEqualTo(new Outcome.Wrong());
    }

    @Test
    void a_one_time_link_works_once_however_many_follow_it() {
        assertThat(world.links.create()).isEmpty();
        world.user("admin", Grant.EVERYTHING);
        var link = world.links.create().orElseThrow();
        var ticket = link.substring("/app/sign-in?ticket=".length());
        var answers = AccessWorld.atOnce(20, () -> world.signIn.withTicket(ticket));
        assertThat(answers).filteredOn(Optional::isPresent).hasSize(1);
    }

    @Test
    void a_one_time_link_lives_ten_minutes() {
        world.user("admin", Grant.EVERYTHING);
        var link = world.links.create().orElseThrow();
        world.clock.passes(Duration.ofMinutes(10));
        var ticket = link.substring("/app/sign-in?ticket=".length());
        assertThat(world.signIn.withTicket(ticket)).isEmpty();
    }

    @Test
    void what_expired_is_deleted_and_what_lives_stays() {
        world.user("admin", Grant.EVERYTHING);
        world.links.create();
        wrong();
        world.signedIn(ana, By.COOKIE);
        world.clock.passes(Duration.ofHours(13));
        var cookie = world.signedIn(ana, By.COOKIE);
        new ForgetExpired(
                        world.database,
                        world.sessionTable,
                        world.ticketTable,
                        new SignInFailureTable(),
                        world.clock)
                .handle();
        assertThat(world.credentials.cookie(cookie)).isPresent();
        assertThat(world.count("session")).isEqualTo(1);
        assertThat(world.count("one_time_ticket")).isZero();
    }

    private void guessFiveTimes() {
        for (var i = 0; i < SignInLimit.FREE_BY_USER; i++) {
            assertThat(wrong()).isEqualTo(new Outcome.Wrong());
        }
    }

    private Outcome wrong() {
        return world.signIn.withPassword("ana", "wrong", AccessWorld.ADDRESS, By.TOKEN);
    }

    private Outcome right() {
        return world.signIn.withPassword(
                "ana", AccessWorld.PASSWORD, AccessWorld.ADDRESS, By.TOKEN);
    }
}
