package vintem.platform;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.Level;
import org.junit.jupiter.api.Test;
import vintem.OtlpReceiver;

class EcsFormatterTest {
    private static final String AWKWARD = "one \"line\"\nand\tanother \u0000 ção";

    @Test
    void a_line_is_one_json_object_by_the_names_of_the_schema() throws IOException {
        var record = record("paid %d of %s");
        record.setParameters(new Object[] {3, "four"});
        record.setInstant(Instant.parse("2026-11-26T12:00:00.123456Z"));
        var text = new EcsFormatter().format(record);
        assertThat(text).endsWith("}\n").hasLineCount(1);
        var line = read(text);
        assertThat(line.required("@timestamp").textValue())
                .isEqualTo("2026-11-26T12:00:00.123456Z");
        assertThat(line.required("log.level").textValue()).isEqualTo("WARN");
        assertThat(line.required("message").textValue()).isEqualTo("paid 3 of four");
        assertThat(line.required("log.logger").textValue()).isEqualTo("vintem.Somebody");
        assertThat(line.required("service.name").textValue()).isEqualTo("vintem");
        assertThat(line.required("ecs.version").textValue()).startsWith("8.");
        assertThat(line.has("trace.id")).isFalse();
        assertThat(line.has("error.type")).isFalse();
    }

    @Test
    void whatever_is_said_stays_one_line() throws IOException {
        var record = new ExtLogRecord(Level.INFO, AWKWARD, EcsFormatterTest.class.getName());
        record.setLoggerName("vintem.Somebody");
        var text = new EcsFormatter().format(record);
        assertThat(text).hasLineCount(1);
        assertThat(read(text).required("message").textValue()).isEqualTo(AWKWARD);
    }

    @Test
    void an_exception_is_its_types_and_places_and_not_its_words() throws IOException {
        var record = record("failed");
        record.setThrown(
                new IllegalStateException("of 529.982.247-25", new IOException("ana@example.com")));
        var text = new EcsFormatter().format(record);
        assertThat(text).doesNotContain("529.982", "ana@");
        assertThat(read(text).required("error.type").textValue())
                .isEqualTo("java.lang.IllegalStateException");
        assertThat(read(text).required("error.stack_trace").textValue())
                .contains("EcsFormatterTest", "Caused by: java.io.IOException");
    }

    @Test
    void a_line_names_the_trace_that_it_was_written_in() throws IOException {
        try (var receiver = OtlpReceiver.open();
                var _ = Otlp.open(receiver.endpoint())) {
            var seen =
                    Traces.span(
                            "Somewhere",
                            () ->
                                    List.of(
                                            Traces.traceId().orElseThrow(),
                                            new EcsFormatter().format(record("within"))));
            assertThat(read(seen.getLast()).required("trace.id").textValue())
                    .isEqualTo(seen.getFirst());
            assertThat(read(seen.getLast()).required("span.id").textValue()).hasSize(16);
        }
    }

    private static ExtLogRecord record(String message) {
        var record =
                new ExtLogRecord(
                        Level.WARN,
                        message,
                        ExtLogRecord.FormatStyle.PRINTF,
                        EcsFormatterTest.class.getName());
        record.setLoggerName("vintem.Somebody");
        return record;
    }

    private static JsonNode read(String text) throws IOException {
        return new ObjectMapper().readTree(text);
    }
}
