package vintem.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import vintem.access.Sessions.By;

/// What stops being worth anything, and when.
class RevocationTest {
    private static final Grant READER =
            new Grant(Map.of(Capability.LEDGER, Role.READ), 1_000, 5_000);

    private final AccessWorld world = new AccessWorld();
    private UserTable.User admin;
    private UserTable.User ana;

    @BeforeEach
    void admin_and_ana_are_users() {
        admin = world.user("admin", Grant.EVERYTHING);
        ana = world.user("ana", READER);
    }

    @Test
    void a_revoked_key_is_refused_at_once_here_and_within_two_seconds_elsewhere()
            throws InterruptedException {
        var key = world.key(admin, READER);
        var elsewhere = world.node();
        assertThat(world.credentials.bearer(key.secret())).isPresent();
        assertThat(elsewhere.bearer(key.secret())).isPresent();
        world.keys.revoke(admin.caller(), key.key().id());
        assertThat(world.credentials.bearer(key.secret())).isEmpty();
        Thread.sleep(Duration.ofMillis(2_100));
        assertThat(elsewhere.bearer(key.secret())).isEmpty();
    }

    @Test
    void a_key_ends_when_it_expires() {
        var expiresAt = world.clock.instant().plus(Duration.ofMinutes(5));
        var made = world.keys.create(admin.caller(), "for five minutes", READER, expiresAt);
        var secret = ((Keys.Outcome.Created) made).secret();
        assertThat(world.credentials.bearer(secret)).isPresent();
        world.clock.passes(Duration.ofMinutes(5));
        assertThat(world.credentials.bearer(secret)).isEmpty();
        assertThat(world.node().bearer(secret)).isEmpty();
    }

    @Test
    void a_key_cannot_be_made_with_more_than_its_creator_has() {
        assertThat(world.keys.create(ana.caller(), "more", Grant.EVERYTHING, null))
                .isEqualTo(new Keys.Outcome.MoreThanYours());
        var noLimit = new Grant(READER.roles(), 1_000, Grant.NO_LIMIT);
        assertThat(world.keys.create(ana.caller(), "more", noLimit, null))
                .isEqualTo(new Keys.Outcome.MoreThanYours());
    }

    @Test
    void a_key_shrinks_with_its_creator() {
        var other = world.user("other", Grant.EVERYTHING);
        var key = world.key(other, Grant.EVERYTHING);
        var less = new Users.Change(READER.roles(), 1_000L, 5_000L, null);
        world.users.change(admin.caller(), other.id(), less);
        assertThat(world.credentials.bearer(key.secret()).orElseThrow().caller().grant())
                .isEqualTo(READER);
        var gone = new Users.Change(null, null, null, false);
        world.users.change(admin.caller(), other.id(), gone);
        assertThat(world.credentials.bearer(key.secret())).isEmpty();
    }

    @Test
    void signing_out_ends_this_session_and_no_other() {
        var token = world.signedIn(ana, By.TOKEN);
        var cookie = world.signedIn(ana, By.COOKIE);
        var sessionId = world.credentials.bearer(token).orElseThrow().sessionId();
        world.signOut.here(ana.caller(), sessionId);
        assertThat(world.credentials.bearer(token)).isEmpty();
        assertThat(world.credentials.cookie(cookie)).isPresent();
    }

    @Test
    void signing_out_everywhere_ends_all() {
        var token = world.signedIn(ana, By.TOKEN);
        var cookie = world.signedIn(ana, By.COOKIE);
        world.signOut.everywhere(ana.caller());
        assertThat(world.credentials.bearer(token)).isEmpty();
        assertThat(world.credentials.cookie(cookie)).isEmpty();
    }

    @Test
    void a_new_password_ends_every_session_but_the_one_that_asked() {
        var dead = world.signedIn(ana, By.COOKIE);
        var deadId = world.credentials.cookie(dead).orElseThrow().sessionId();
        world.signOut.everywhere(ana.caller());
        var here = world.signedIn(ana, By.TOKEN);
        var elsewhere = world.signedIn(ana, By.COOKIE);
        var hereId = world.credentials.bearer(here).orElseThrow().sessionId();
        assertThat(changePassword(hereId, AccessWorld.PASSWORD, "a new password"))
                .isEqualTo(new ChangePassword.Outcome.Changed());
        assertThat(world.credentials.bearer(here)).isPresent();
        assertThat(world.credentials.cookie(elsewhere)).isEmpty();

        // A session that had ended before does not come back to life by asking.
        changePassword(deadId, "a new password", "an even newer one");
        assertThat(world.credentials.cookie(dead)).isEmpty();
    }

    @Test
    void guessing_the_old_password_has_to_wait_too() {
        var token = world.signedIn(ana, By.TOKEN);
        var id = world.credentials.bearer(token).orElseThrow().sessionId();
        for (var i = 0; i < SignInLimit.FREE_BY_USER; i++) {
            assertThat(changePassword(id, "wrong", "a new password"))
                    .isEqualTo(new ChangePassword.Outcome.WrongPassword());
        }
        assertThat(changePassword(id, AccessWorld.PASSWORD, "a new password"))
                .isInstanceOf(ChangePassword.Outcome.TooManyAttempts.class);
    }

    @Test
    void a_session_ends_after_12_idle_hours_and_after_7_days_in_any_case() {
        var idle = world.signedIn(ana, By.COOKIE);
        world.clock.passes(Duration.ofHours(12));
        assertThat(world.node().cookie(idle)).isEmpty();

        var busy = world.signedIn(ana, By.COOKIE);
        for (var hours = 10; hours < 7 * 24; hours += 10) {
            world.clock.passes(Duration.ofHours(10));
            assertThat(world.node().cookie(busy)).isPresent();
        }
        world.clock.passes(Duration.ofHours(10));
        assertThat(world.node().cookie(busy)).isEmpty();
    }

    @Test
    void a_reset_ticket_works_once_ends_all_sessions_and_lifts_the_wait() {
        var token = world.signedIn(ana, By.TOKEN);
        var ticket = world.resetPassword.offer(admin.caller(), ana.id()).orElseThrow().ticket();
        assertThat(world.resetPassword.use(ticket, "short", "192.0.2.1"))
                .isInstanceOf(ResetPassword.Outcome.TooWeak.class);
        var answers =
                AccessWorld.atOnce(
                        10, () -> world.resetPassword.use(ticket, "a new password", "192.0.2.1"));
        assertThat(answers).filteredOn(it -> it instanceof ResetPassword.Outcome.Reset).hasSize(1);
        assertThat(world.credentials.bearer(token)).isEmpty();
        assertThat(world.signIn.withPassword("ana", "a new password", "192.0.2.2", By.TOKEN))
                .isInstanceOf(SignIn.Outcome.Welcome.class);
    }

    @Test
    void a_reset_ticket_is_replaced_by_a_newer_one_and_expires() {
        var old = world.resetPassword.offer(admin.caller(), ana.id()).orElseThrow().ticket();
        var late = world.resetPassword.offer(admin.caller(), ana.id()).orElseThrow().ticket();
        assertThat(world.resetPassword.use(old, "a new password", "192.0.2.1"))
                .isEqualTo(new ResetPassword.Outcome.NoSuchTicket());
        world.clock.passes(Duration.ofHours(1));
        assertThat(world.resetPassword.use(late, "a new password", "192.0.2.1"))
                .isEqualTo(new ResetPassword.Outcome.NoSuchTicket());
    }

    @Test
    void the_bank_is_known_by_either_of_its_secrets() {
        for (var secret : new String[] {AccessWorld.BANK_SECRET, AccessWorld.OTHER_BANK_SECRET}) {
            assertThat(world.credentials.bearer(secret).orElseThrow().caller())
                    .isEqualTo(Caller.BANK);
        }
        assertThat(world.credentials.cookie(AccessWorld.BANK_SECRET)).isEmpty();
    }

    private ChangePassword.Outcome changePassword(
            java.util.UUID sessionId, String oldPassword, String newPassword) {
        return world.changePassword.handle(
                ana.caller(), sessionId, oldPassword, newPassword, AccessWorld.ADDRESS);
    }
}
