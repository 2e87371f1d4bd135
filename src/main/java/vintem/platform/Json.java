package vintem.platform;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.util.BufferRecycler;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.core.util.RecyclerPool;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// Strict JSON: what is read means one thing only, what is written is `snake_case`.
///
/// Jackson's defaults corrupt money: `10.9` becomes 10, `"77"` becomes 77, the last of two equal
/// keys wins, what follows the document is ignored. Here equal keys, trailing text, U+0000 and
/// lone surrogates are mistakes, and numbers are taken from their token by [Fields].
public final class Json {
    private static final String TOO_MUCH =
            "is beyond a limit of JSON: nested too deeply, or a name, a number or a text too long";
    private static final int DEEPEST = 32;
    private static final int LONGEST_NUMBER = 100;
    private static final int LONGEST_STRING = 1 << 20;
    private static final int LONGEST_NAME = 1_000;

    // The usual pool belongs to a thread, and a virtual one lives for one request: each would
    // allocate its buffers anew.
    private static final RecyclerPool<BufferRecycler> BUFFERS =
            JsonRecyclerPools.sharedConcurrentDequePool();

    private static final JsonFactory STRICT =
            JsonFactory.builder()
                    .recyclerPool(BUFFERS)
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(DEEPEST)
                                    .maxNumberLength(LONGEST_NUMBER)
                                    .maxStringLength(LONGEST_STRING)
                                    .maxNameLength(LONGEST_NAME)
                                    .build())
                    .build();

    private static final ObjectMapper READER =
            JsonMapper.builder(STRICT)
                    .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .build();

    private static final ObjectMapper WRITER =
            configure(new ObjectMapper(JsonFactory.builder().recyclerPool(BUFFERS).build()));

    private Json() {}

    /// How answers are written; Quarkus' own mapper is set up by the same function.
    static ObjectMapper configure(ObjectMapper mapper) {
        return mapper.setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .registerModule(new JavaTimeModule())
                .registerModule(new Jdk8Module())
                .configure(JsonGenerator.Feature.WRITE_BIGDECIMAL_AS_PLAIN, true)
                .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS);
    }

    public static byte[] write(Object value) {
        try {
            return WRITER.writeValueAsBytes(value);
        } catch (JsonProcessingException ours) {
            throw new IllegalStateException("this cannot be written as JSON", ours);
        }
    }

    public static String text(Object value) {
        return new String(write(value), StandardCharsets.UTF_8);
    }

    /// Reads what we wrote ourselves, an event for example.
    public static <T> T readOwn(String text, Class<T> type) {
        try {
            return WRITER.readValue(text, type);
        } catch (JsonProcessingException ours) {
            throw new IllegalStateException("this was not written by us", ours);
        }
    }

    /// The one object that the body is. It is decoded at once: a stream's buffers are larger than
    /// most bodies.
    ///
    /// @throws Problem `400` where it is anything else
    public static Fields object(byte[] body) {
        try {
            var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body));
            try (var parser = STRICT.createParser(text.array(), 0, text.length())) {
                if (parser.nextToken() != JsonToken.START_OBJECT) {
                    throw Problem.invalid("", "must be a JSON object");
                }
                var object = (ObjectNode) value(parser);
                end(parser);
                checkTexts(object, "");
                return new Fields(object);
            }
        } catch (IOException failed) {
            throw problem(failed);
        }
    }

    /// A parser for bodies that are read piece by piece; every text it gives must go through
    /// [#checkTexts] or [#isClean].
    public static JsonParser parser(InputStream body) throws IOException {
        // Left alone Jackson guesses UTF-16 and UTF-32, and takes overlong bytes for letters.
        return STRICT.createParser(
                new InputStreamReader(body, StandardCharsets.UTF_8.newDecoder()));
    }

    /// A member's name as it stands in a pointer (RFC 6901).
    public static String escaped(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }

    /// The value that starts at the parser's current token.
    ///
    /// @throws Problem `400` where it holds a number that no machine can
    public static JsonNode value(JsonParser parser) throws IOException {
        try {
            return READER.readTree(parser);
        } catch (NumberFormatException beyond) {
            // An exponent of more than 32 bits; Jackson passes it on as it is.
            throw Problem.invalid("", "has a number with too large an exponent");
        }
    }

    /// Nothing but white space may follow.
    public static void end(JsonParser parser) throws IOException {
        if (parser.nextToken() != null) {
            throw Problem.invalid("", "something follows the JSON document");
        }
    }

    /// A failure while reading a body: the sender's JSON, or a body that is too large or cut off.
    public static RuntimeException problem(IOException failed) {
        if (failed instanceof CharacterCodingException) {
            return Problem.invalid("", "is not UTF-8");
        }
        if (failed instanceof StreamConstraintsException) {
            return Problem.invalid("", TOO_MUCH);
        }
        if (failed instanceof JsonProcessingException notJson) {
            var at = notJson.getLocation();
            return Problem.invalid(
                    "",
                    at == null
                            ? "is not JSON"
                            : "is not strict JSON at line %d, column %d"
                                    .formatted(at.getLineNr(), at.getColumnNr()));
        }
        return new UncheckedIOException(failed);
    }

    /// @throws Problem `400` where a name or a text holds U+0000 or half a surrogate pair
    public static void checkTexts(JsonNode node, String pointer) {
        if (node.isTextual() && !isClean(node.textValue())) {
            throw Problem.invalid(pointer, "holds U+0000 or half of a surrogate pair");
        }
        if (node.isObject()) {
            for (var entry : node.properties()) {
                if (!isClean(entry.getKey())) {
                    throw Problem.invalid(
                            pointer, "has a name with U+0000 or half of a surrogate pair");
                }
                checkTexts(entry.getValue(), pointer + "/" + escaped(entry.getKey()));
            }
        }
        if (node.isArray()) {
            for (var i = 0; i < node.size(); i++) {
                checkTexts(node.get(i), pointer + "/" + i);
            }
        }
    }

    /// PostgreSQL cannot store U+0000, and half a surrogate pair is no character.
    public static boolean isClean(String text) {
        for (var i = 0; i < text.length(); i++) {
            var character = text.charAt(i);
            if (character == 0) {
                return false;
            }
            if (Character.isSurrogate(character)) {
                if (!Character.isHighSurrogate(character)
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }
}
