package vintem.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What comes from outside means one thing or is a mistake.
class JsonTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.9",
                "10.0",
                "1e3",
                "1E0",
                "\"77\"",
                "true",
                "[]",
                "{}",
                "[77]",
                "9223372036854775808",
                "-9223372036854775809",
                "99999999999999999999999999999"
            })
    void an_amount_is_an_integer_token_of_64_bits(String value) {
        var fields = object("{\"cents\":" + value + "}");
        assertThat(fields.integer("cents")).isNull();
        assertMistake(fields::orThrow, "/cents");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-0", "77", "9223372036854775807", "-9223372036854775808"})
    void an_integer_token_is_taken_as_it_stands(String value) {
        var fields = object("{\"cents\":" + value + "}");
        assertThat(fields.integer("cents")).isEqualTo(Long.parseLong(value));
        fields.orThrow();
    }

    @Test
    void null_is_the_same_as_missing_and_never_zero() {
        for (var body : new String[] {"{}", "{\"cents\":null}"}) {
            assertThat(object(body).integer("cents")).isNull();
            var fields = object(body);
            fields.requiredInteger("cents");
            assertMistake(fields::orThrow, "/cents");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.9", "0.1", "1e2", "-5", "0.10", "123456789012345678901234.567"})
    void a_decimal_is_exact(String value) {
        var decimal = object("{\"rate\":" + value + "}").decimal("rate");
        assertThat(decimal).isEqualByComparingTo(new BigDecimal(value));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e999999999", "1e-999999999", "1e99999999999", "-1e2147483648"})
    void a_number_that_is_short_to_write_and_long_to_hold_is_a_mistake(String value) {
        assertThatThrownBy(
                        () -> {
                            var fields = object("{\"rate\":" + value + "}");
                            fields.decimal("rate");
                            fields.orThrow();
                        })
                .isInstanceOf(Problem.class);
    }

    static Stream<Arguments> hostile() {
        return Stream.of(
                Arguments.of("nothing", ""),
                Arguments.of("only white space", " \n "),
                Arguments.of("an array", "[{}]"),
                Arguments.of("a text", "\"{}\""),
                Arguments.of("null", "null"),
                Arguments.of("cut off", "{\"a\":1"),
                Arguments.of("equal keys", "{\"a\":1,\"a\":2}"),
                Arguments.of("equal keys further down", "{\"b\":[{\"a\":1,\"a\":2}]}"),
                Arguments.of("equal keys, one written otherwise", "{\"a\":1,\"\\u0061\":2}"),
                Arguments.of("text that follows", "{} x"),
                Arguments.of("a second document", "{}{}"),
                Arguments.of("a comma that follows", "{\"a\":1,}"),
                Arguments.of("a comment", "{/* */}"),
                Arguments.of("single quotes", "{'a':1}"),
                Arguments.of("a key without quotes", "{a:1}"),
                Arguments.of("NaN", "{\"a\":NaN}"),
                Arguments.of("a leading zero", "{\"a\":077}"),
                Arguments.of("a leading plus", "{\"a\":+7}"),
                Arguments.of("a NUL, escaped", "{\"a\":\"x\\u0000\"}"),
                Arguments.of("a NUL, raw", "{\"a\":\"x\u0000\"}"),
                Arguments.of("a NUL in a name", "{\"a\\u0000\":1}"),
                Arguments.of("a NUL further down", "{\"a\":[{\"b\":\"\\u0000\"}]}"),
                Arguments.of("a line break in a text", "{\"a\":\"x\ny\"}"),
                Arguments.of("half a pair, escaped, high", "{\"a\":\"\\ud83d\"}"),
                Arguments.of("half a pair, escaped, low", "{\"a\":\"\\ude00\"}"),
                Arguments.of("a pair the wrong way round", "{\"a\":\"\\ude00\\ud83d\"}"),
                Arguments.of("half a pair in a name", "{\"\\ud83d\":1}"),
                Arguments.of("nesting", "{\"a\":" + "[".repeat(5_000) + "]".repeat(5_000) + "}"),
                Arguments.of("a text of 10 MB", "{\"a\":\"" + "x".repeat(10 << 20) + "\"}"),
                Arguments.of("a name of 10 MB", "{\"" + "x".repeat(10 << 20) + "\":1}"),
                Arguments.of("a number of 10,000 digits", "{\"a\":" + "9".repeat(10_000) + "}"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hostile")
    void a_body_that_is_not_one_clean_object_is_a_mistake_and_never_a_failure(
            String what, String body) {
        assertThatThrownBy(() -> object(body))
                .as(what)
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.status()).isEqualTo(400));
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32", "UTF-32LE", "UTF-32BE"})
    void json_is_utf_8_and_nothing_is_guessed(String charset) {
        var body = "{\"cents\":77}".getBytes(Charset.forName(charset));
        assertThatThrownBy(() -> object(body)).isInstanceOf(Problem.class);
    }

    static Stream<byte[]> brokenBytes() {
        return Stream.of(
                // Half a surrogate pair as three bytes, as CESU-8 has it.
                around(0xED, 0xA0, 0xBD),
                // A slash in two bytes, a NUL in two bytes.
                around(0xC0, 0xAF),
                around(0xC0, 0x80),
                // A start without its end, an end without its start, bytes that are nothing.
                around(0xE2, 0x82),
                around(0x80),
                around(0xFF),
                // Latin-1.
                around(0xE7, 0xE3, 0x6F),
                // Beyond the last character.
                around(0xF4, 0x90, 0x80, 0x80));
    }

    @ParameterizedTest
    @MethodSource("brokenBytes")
    void bytes_that_are_not_utf_8_are_a_mistake(byte[] body) {
        assertThatThrownBy(() -> object(body)).isInstanceOf(Problem.class);
    }

    @Test
    void a_byte_order_mark_never_changes_what_is_read() {
        var body = ("\uFEFF{\"cents\":77}").getBytes(StandardCharsets.UTF_8);
        try {
            assertThat(object(body).integer("cents")).isEqualTo(77);
        } catch (Problem refused) {
            assertThat(refused.status()).isEqualTo(400);
        }
    }

    @Test
    void every_character_there_is_comes_through_raw_and_escaped() {
        for (var text : new String[] {"ação", "€", "😀", "\uE000", "\uFFFF", "a\tb"}) {
            var body = Json.write(java.util.Map.of("a", text));
            assertThat(object(body).text("a", 10)).isEqualTo(text);
        }
        assertThat(object("{\"a\":\"\\ud83d\\ude00\"}").text("a", 10)).isEqualTo("😀");
    }

    @Test
    void one_answer_names_every_mistake_and_says_where() {
        var fields = object("{\"list\":[{\"n\":\"1\"},{\"n\":2.5},7,{}],\"word\":[]}");
        for (var each : fields.objects("list", 10)) {
            each.requiredInteger("n");
        }
        fields.requiredText("word", 5);
        assertThatThrownBy(fields::orThrow)
                .isInstanceOfSatisfying(
                        Problem.class,
                        problem ->
                                assertThat(problem.body("t").toString())
                                        .contains("/list/0/n", "/list/1/n", "/list/2")
                                        .contains("/list/3/n", "/word", "violation_count=5"));
    }

    @Test
    void of_very_many_mistakes_the_first_hundred_are_named_and_all_are_counted() {
        var fields = object("{\"list\":[" + "{},".repeat(299) + "{}]}");
        fields.objects("list", 1_000).forEach(each -> each.requiredInteger("n"));
        assertThatThrownBy(fields::orThrow)
                .isInstanceOfSatisfying(
                        Problem.class,
                        problem -> {
                            assertThat(problem.body("t")).containsEntry("violation_count", 300L);
                            assertThat((java.util.List<?>) problem.body("t").get("violations"))
                                    .hasSize(100);
                        });
    }

    @Test
    void lists_and_texts_have_limits() {
        assertMistake(
                () -> {
                    var fields = object("{\"a\":\"" + "x".repeat(6) + "\"}");
                    fields.text("a", 5);
                    fields.orThrow();
                },
                "/a");
        for (var list : new String[] {"[]", "[{},{},{}]", "{}", "null", "\"x\""}) {
            assertMistake(
                    () -> {
                        var fields = object("{\"a\":" + list + "}");
                        fields.objects("a", 2);
                        fields.orThrow();
                    },
                    "/a");
        }
    }

    private static void assertMistake(Runnable reading, String pointer) {
        assertThatThrownBy(reading::run)
                .isInstanceOfSatisfying(
                        Problem.class,
                        problem -> {
                            assertThat(problem.status()).isEqualTo(400);
                            assertThat(problem.body("t").toString()).contains(pointer);
                        });
    }

    private static byte[] around(int... bytes) {
        var body = new java.io.ByteArrayOutputStream();
        body.writeBytes("{\"a\":\"".getBytes(StandardCharsets.UTF_8));
        for (var each : bytes) {
            body.write(each);
        }
        body.writeBytes("\"}".getBytes(StandardCharsets.UTF_8));
        return body.toByteArray();
    }

    private static Fields object(String body) {
        return object(body.getBytes(StandardCharsets.UTF_8));
    }

    private static Fields object(byte[] body) {
        return Json.object(body);
    }
}
