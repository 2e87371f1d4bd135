package vintem.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class UsersTest {
    private static final Users.Change DEACTIVATED = new Users.Change(null, null, null, false);
    private static final Users.Change DEMOTED = new Users.Change(Map.of(), null, null, null);

    private final AccessWorld world = new AccessWorld();

    @Test
    void the_last_admin_stays() {
        var admin = world.user("admin", Grant.EVERYTHING);
        for (var change : new Users.Change[] {DEACTIVATED, DEMOTED}) {
            assertThat(world.users.change(admin.caller(), admin.id(), change))
                    .isEqualTo(new Users.Outcome.LastAdmin());
        }
        assertThat(world.users.find(admin.id())).hasValue(admin);
    }

    @Test
    void admins_who_remove_each_other_at_once_leave_one() {
        var admins =
                java.util.stream.IntStream.range(0, 8)
                        .mapToObj(it -> world.user("admin" + it, Grant.EVERYTHING))
                        .toList();
        var next = new AtomicInteger();
        var answers =
                AccessWorld.atOnce(
                        8,
                        () -> {
                            var number = next.getAndIncrement();
                            return world.users.change(
                                    Caller.SYSTEM,
                                    admins.get(number).id(),
                                    number % 2 == 0 ? DEACTIVATED : DEMOTED);
                        });
        assertThat(answers).filteredOn(it -> it instanceof Users.Outcome.LastAdmin).hasSize(1);
    }

    @Test
    void a_change_leaves_what_it_does_not_name() {
        world.user("admin", Grant.EVERYTHING);
        var grant = new Grant(Map.of(Capability.PAYOUTS, Role.OPERATOR), 1_000, 5_000);
        var ana = world.user("ana", grant);
        var change = new Users.Change(null, null, Grant.NO_LIMIT, null);
        var outcome = world.users.change(Caller.SYSTEM, ana.id(), change);
        var saved = ((Users.Outcome.Saved) outcome).user();
        assertThat(saved.grant()).isEqualTo(new Grant(grant.roles(), 1_000, Grant.NO_LIMIT));
        assertThat(saved.active()).isTrue();
    }

    @Test
    void a_name_is_taken_once() {
        var made =
                AccessWorld.atOnce(
                        10,
                        () ->
                                world.users.create(
                                        Caller.SYSTEM, "ana", AccessWorld.PASSWORD, Grant.NOTHING));
        assertThat(made).filteredOn(it -> it instanceof Users.Outcome.Saved).hasSize(1);
    }

    @Test
    void pages_of_users_meet_without_gap_or_overlap() {
        for (var i = 0; i < 5; i++) {
            world.user("user" + i, Grant.NOTHING);
        }
        var first = world.users.page(new java.util.UUID(0, 0), 3);
        var second = world.users.page(first.getLast().id(), 3);
        assertThat(first)
                .extracting(UserTable.User::name)
                .containsExactly("user0", "user1", "user2");
        assertThat(second).extracting(UserTable.User::name).containsExactly("user3", "user4");
    }

    @Test
    void the_first_start_of_several_nodes_makes_one_admin_and_prints_one_password() {
        // Set by the tests that run the whole product in this JVM.
        System.clearProperty("vintem.admin-password");
        var printed =
                AccessWorld.atOnce(4, world.firstStart::prepare).stream()
                        .flatMap(Optional::stream)
                        .toList();
        assertThat(printed).hasSize(1);
        assertThat(world.count("app_user")).isEqualTo(1);
        assertThat(
                        world.signIn.withPassword(
                                "admin",
                                printed.getFirst(),
                                AccessWorld.ADDRESS,
                                Sessions.By.TOKEN))
                .isInstanceOf(SignIn.Outcome.Welcome.class);
        assertThat(world.firstStart.prepare()).isEmpty();
        assertThat(world.links.create().orElseThrow()).startsWith("/app/sign-in?ticket=");
    }

    @Test
    void the_admin_password_that_was_chosen_is_not_printed_and_must_be_fit() {
        System.setProperty("vintem.admin-password", "short");
        try {
            assertThatThrownBy(world.firstStart::prepare)
                    .hasMessage("VINTEM_ADMIN_PASSWORD must have 8 to 256 characters");
            System.setProperty("vintem.admin-password", "chosen by the operator");
            assertThat(world.firstStart.prepare()).isEmpty();
            assertThat(
                            world.signIn.withPassword(
                                    "admin",
                                    "chosen by the operator",
                                    AccessWorld.ADDRESS,
                                    Sessions.By.TOKEN))
                    .isInstanceOf(SignIn.Outcome.Welcome.class);
        } finally {
            System.clearProperty("vintem.admin-password");
        }
    }

    @Test
    void the_log_only_grows() {
        world.user("admin", Grant.EVERYTHING);
        assertThat(world.count("access_log")).isEqualTo(1);
        for (var statement :
                new String[] {
                    "update access_log set action = 'nothing'",
                    "delete from access_log",
                    "truncate access_log"
                }) {
            assertThatThrownBy(() -> world.database.transaction(tx -> tx.execute(statement)))
                    .hasMessageContaining("permission denied");
            assertThatThrownBy(() -> world.asOwner(statement))
                    .hasMessageContaining("access_log only grows");
        }
        assertThat(world.count("access_log")).isEqualTo(1);
    }

    @Test
    void the_log_and_its_deed_stand_or_fall_together() {
        var before = world.count("access_log");
        assertThatThrownBy(
                        () ->
                                world.database.transaction(
                                        tx -> {
                                            world.log.record(tx, Caller.SYSTEM, "a", "b", "");
                                            throw new IllegalStateException("the deed failed");
                                        }))
                .hasMessage("the deed failed");
        assertThat(world.count("access_log")).isEqualTo(before);
    }
}
