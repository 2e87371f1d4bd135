package vintem.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import vintem.platform.ClientAddress;

class AccessValuesTest {
    private static final Grant OPERATOR =
            new Grant(Map.of(Capability.PAYOUTS, Role.OPERATOR), 1_000, 5_000);

    @Test
    void a_role_includes_those_before_it_and_none_of_another_capability() {
        var caller = new Caller(UUID.randomUUID(), Caller.Kind.USER, "ana", OPERATOR);
        assertThat(caller.may(Capability.PAYOUTS, Role.READ)).isTrue();
        assertThat(caller.may(Capability.PAYOUTS, Role.OPERATOR)).isTrue();
        assertThat(caller.may(Capability.PAYOUTS, Role.ADMIN)).isFalse();
        assertThat(caller.may(Capability.PAYMENTS, Role.READ)).isFalse();
        assertThat(Caller.BANK.may(Capability.PAYMENTS, Role.READ)).isFalse();
    }

    @Test
    void a_grant_covers_what_is_no_more_than_itself() {
        assertThat(Grant.EVERYTHING.covers(OPERATOR)).isTrue();
        assertThat(OPERATOR.covers(OPERATOR)).isTrue();
        assertThat(OPERATOR.covers(Grant.NOTHING)).isTrue();
        assertThat(OPERATOR.covers(Grant.EVERYTHING)).isFalse();
        assertThat(OPERATOR.covers(new Grant(OPERATOR.roles(), 1_001, 5_000))).isFalse();
        assertThat(OPERATOR.covers(new Grant(OPERATOR.roles(), 1_000, 5_001))).isFalse();
        var admin = Map.of(Capability.PAYOUTS, Role.ADMIN);
        assertThat(OPERATOR.covers(new Grant(admin, 1_000, 5_000))).isFalse();
    }

    @Test
    void what_two_grants_allow_is_the_lesser_of_both() {
        assertThat(OPERATOR.within(Grant.EVERYTHING)).isEqualTo(OPERATOR);
        assertThat(Grant.EVERYTHING.within(OPERATOR)).isEqualTo(OPERATOR);
        assertThat(OPERATOR.within(Grant.NOTHING)).isEqualTo(Grant.NOTHING);
    }

    @Test
    void a_grant_comes_back_from_its_columns() {
        for (var grant : List.of(OPERATOR, Grant.EVERYTHING, Grant.NOTHING)) {
            assertThat(
                            Grant.of(
                                    grant.roleColumn(),
                                    grant.perItemLimitColumn(),
                                    grant.dailyLimitColumn()))
                    .isEqualTo(grant);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"short", "1234567", "joao.silva", "JOAO.SILVA"})
    void weak_passwords_are_objected_to(String password) {
        assertThat(Passwords.objection("joao.silva", password)).isPresent();
    }

    @Test
    void a_password_has_8_to_256_characters() {
        assertThat(Passwords.objection("ana", "12345678")).isEmpty();
        assertThat(Passwords.objection("ana", "x".repeat(256))).isEmpty();
        assertThat(Passwords.objection("ana", "🦜".repeat(256))).isEmpty();
        assertThat(Passwords.objection("ana", "🦜".repeat(7))).isPresent();
        assertThat(Passwords.objection("ana", "x".repeat(257))).isPresent();
    }

    @Test
    void long_passwords_count_to_their_last_character() {
        var passwords = new Passwords(4);
        var hash = passwords.hash("x".repeat(255) + "a");
        assertThat(passwords.matches("x".repeat(255) + "a", hash)).isTrue();
        assertThat(passwords.matches("x".repeat(255) + "b", hash)).isFalse();
        assertThat(passwords.matches("x".repeat(72), hash)).isFalse();
        assertThat(passwords.matches("anything", null)).isFalse();
    }

    /// Who measures does not learn which users there are.
    @Test
    void without_a_user_it_takes_as_long_as_with_one() {
        var passwords = new Passwords(10);
        var hash = passwords.hash("right, and long enough");
        var nobody = fastestOfThree(() -> passwords.matches("right, and long enough", null));
        var somebody = fastestOfThree(() -> passwords.matches("right, and long enough", hash));
        assertThat(nobody).isBetween(somebody / 2, somebody * 2);
    }

    private static long fastestOfThree(Runnable work) {
        return LongStream.range(0, 3)
                .map(
                        _ -> {
                            var start = System.nanoTime();
                            work.run();
                            return System.nanoTime() - start;
                        })
                .min()
                .orElseThrow();
    }

    @Test
    void a_password_is_the_same_however_its_accents_were_typed() {
        var passwords = new Passwords(4);
        assertThat(passwords.matches("coracao\u0303 de mae", passwords.hash("coracaõ de mae")))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Ana", "ana.b@mail.com", "a", "x-1_2"})
    void user_names_are_lower_cased(String typed) {
        assertThat(Users.name(typed)).hasValue(typed.toLowerCase(java.util.Locale.ROOT));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ana", "ana\n", "joão", "a b", "ana;--"})
    void what_is_no_user_name_is_none(String typed) {
        assertThat(Users.name(typed)).isEmpty();
        assertThat(Users.name("x".repeat(65))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "//evil.example",
                "/\\evil.example",
                "\\/evil.example",
                "https://evil.example",
                "javascript:alert(1)",
                "/\t/evil.example",
                "/app\r\nSet-Cookie: a=b",
                "/app\u0000",
                "/ evil",
                "app",
                "",
                "/açaí",
                "/app\"><script>"
            })
    void after_signing_in_nobody_is_sent_elsewhere(String wanted) {
        assertThat(NextPath.of(wanted)).isEqualTo("/app");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/app", "/app/payouts?after=1&x=%2F%2Fa", "/c/abc"})
    void after_signing_in_one_goes_where_one_wanted(String wanted) {
        assertThat(NextPath.of(wanted)).isEqualTo(wanted);
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "4, 0", "5, 30", "6, 60", "9, 480", "10, 900", "1000000, 900"})
    void waits_double_up_to_a_quarter_of_an_hour(int attempts, int seconds) {
        assertThat(SignInLimit.waitAfter(attempts, 5)).isEqualTo(Duration.ofSeconds(seconds));
    }

    @Test
    void an_ipv6_client_is_its_network() {
        assertThat(ClientAddress.of("192.0.2.7")).isEqualTo("192.0.2.7");
        assertThat(ClientAddress.of("2001:db8::1")).isEqualTo(ClientAddress.of("2001:db8::ffff"));
        assertThat(ClientAddress.of("2001:db8::1"))
                .isNotEqualTo(ClientAddress.of("2001:db8:0:1::1"));
        assertThat(ClientAddress.of("not.an.address")).isEqualTo("not.an.address");
    }

    @Test
    void keys_are_long_and_random_and_kept_as_a_hash() {
        assertThat(Opaque.freshKey()).matches("vtm_[0-9a-f]{64}").isNotEqualTo(Opaque.freshKey());
        assertThat(Opaque.hash("abc"))
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    @Test
    void weak_secrets_stop_the_start_with_a_sentence() {
        assertThatThrownBy(() -> new Secrets("x".repeat(31), List.of()))
                .hasMessageContaining("VINTEM_SECRET must have at least 32 bytes");
        assertThatThrownBy(() -> new Secrets("x".repeat(32), List.of("short")))
                .hasMessageContaining("VINTEM_BANK_SECRET");
    }

    @Test
    void the_bank_may_have_two_secrets_while_one_replaces_the_other() {
        var one = "the first bank secret";
        var other = "the second bank secret";
        var secrets = new Secrets("x".repeat(32), List.of(one, other));
        assertThat(secrets.isBank(one)).isTrue();
        assertThat(secrets.isBank(other)).isTrue();
        assertThat(secrets.isBank(one + "," + other)).isFalse();
        assertThat(secrets.isBank("")).isFalse();
        assertThat(new Secrets("x".repeat(32), List.of()).isBank("")).isFalse();
    }
}
