package vintem.platform;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The members of one JSON object, taken out as the types they must have. Members nobody asks for
/// are ignored; `null` is the same as missing.
///
/// A mistake is noted and something harmless is returned, so that one answer names every mistake;
/// the reader ends with [#orThrow].
public final class Fields {
    private static final BigInteger LONG_MAX = BigInteger.valueOf(Long.MAX_VALUE);
    private static final BigInteger LONG_MIN = BigInteger.valueOf(Long.MIN_VALUE);

    private static final int LARGEST_SCALE = 100;

    private final JsonNode object;
    private final String pointer;
    private final Violations violations;

    Fields(JsonNode object) {
        this(object, "", new Violations());
    }

    public Fields(JsonNode object, String pointer, Violations violations) {
        this.object = object;
        this.pointer = pointer;
        this.violations = violations;
    }

    /// A text of at most so many characters, or null where it is missing.
    public @Nullable String text(String name, int longest) {
        var node = present(name);
        if (node == null) {
            return null;
        }
        if (!node.isTextual()) {
            wrong(name, "must be a string");
            return null;
        }
        var text = node.textValue();
        if (text.length() > longest) {
            wrong(name, "is longer than %d characters".formatted(longest));
            return null;
        }
        return text;
    }

    /// A text that must be there and not blank.
    public String requiredText(String name, int longest) {
        var text = text(name, longest);
        if (text == null || text.isBlank()) {
            if (present(name) == null || (text != null && text.isBlank())) {
                wrong(name, "is required");
            }
            return "";
        }
        return text;
    }

    /// A 64-bit integer from an integer token, or null where it is missing: `10.9`, `1e3` and
    /// `"77"` are mistakes.
    public @Nullable Long integer(String name) {
        var node = present(name);
        if (node == null) {
            return null;
        }
        if (!node.isIntegralNumber()) {
            wrong(name, "must be an integer number");
            return null;
        }
        var value = node.bigIntegerValue();
        if (value.compareTo(LONG_MAX) > 0 || value.compareTo(LONG_MIN) < 0) {
            wrong(name, "does not fit in 64 bits");
            return null;
        }
        return value.longValue();
    }

    /// A 64-bit integer that must be there.
    public long requiredInteger(String name) {
        var value = integer(name);
        if (value == null) {
            if (present(name) == null) {
                wrong(name, "is required");
            }
            return 0;
        }
        return value;
    }

    /// A decimal number from its token, exactly, or null where it is missing.
    public @Nullable BigDecimal decimal(String name) {
        var node = present(name);
        if (node == null) {
            return null;
        }
        if (!node.isNumber()) {
            wrong(name, "must be a number");
            return null;
        }
        var value = node.decimalValue();
        if (Math.abs((long) value.scale()) > LARGEST_SCALE) {
            // 1e999999999 is short to write and fills the memory once it is written out.
            wrong(name, "is out of range");
            return null;
        }
        return value;
    }

    public @Nullable Boolean flag(String name) {
        var node = present(name);
        if (node == null) {
            return null;
        }
        if (!node.isBoolean()) {
            wrong(name, "must be true or false");
            return null;
        }
        return node.booleanValue();
    }

    /// Texts of at most so many characters each; empty where the member is missing.
    public List<String> texts(String name, int most, int longest) {
        var node = present(name);
        if (node == null) {
            return List.of();
        }
        if (!node.isArray() || node.size() > most) {
            wrong(name, "must be an array of at most %d strings".formatted(most));
            return List.of();
        }
        var texts = new ArrayList<String>();
        for (var i = 0; i < node.size(); i++) {
            var element = node.get(i);
            if (element.isTextual() && element.textValue().length() <= longest) {
                texts.add(element.textValue());
            } else {
                wrong(
                        name + "/" + i,
                        "must be a string of at most %d characters".formatted(longest));
            }
        }
        return texts;
    }

    /// Name and text of each member of an object whose values are texts; empty where it is missing.
    public Map<String, String> textMap(String name, int most, int longest) {
        var node = present(name);
        if (node == null) {
            return Map.of();
        }
        if (!node.isObject() || node.size() > most) {
            wrong(name, "must be an object of at most %d members".formatted(most));
            return Map.of();
        }
        var texts = new LinkedHashMap<String, String>();
        for (var member : node.properties()) {
            if (member.getValue().isTextual()
                    && member.getValue().textValue().length() <= longest) {
                texts.put(member.getKey(), member.getValue().textValue());
            } else {
                wrong(
                        name + "/" + Json.escaped(member.getKey()),
                        "must be a string of at most %d characters".formatted(longest));
            }
        }
        return texts;
    }

    /// The object that a member is, with its own pointer; empty where it is missing.
    public Optional<Fields> object(String name) {
        var node = present(name);
        if (node == null) {
            return Optional.empty();
        }
        if (!node.isObject()) {
            wrong(name, "must be an object");
            return Optional.empty();
        }
        return Optional.of(new Fields(node, pointer + "/" + name, violations));
    }

    /// The objects of an array that must be there and not empty, each with its own pointer.
    public List<Fields> objects(String name, int most) {
        var node = present(name);
        if (node == null || !node.isArray() || node.isEmpty() || node.size() > most) {
            wrong(name, "must be an array of 1 to %d objects".formatted(most));
            return List.of();
        }
        var objects = new ArrayList<Fields>();
        for (var i = 0; i < node.size(); i++) {
            var element = node.get(i);
            if (element.isObject()) {
                objects.add(new Fields(element, pointer + "/" + name + "/" + i, violations));
            } else {
                wrong(name + "/" + i, "must be an object");
            }
        }
        return objects;
    }

    public boolean has(String name) {
        return present(name) != null;
    }

    /// Said to be `null` outright: in a `PATCH` that takes the member away (RFC 7396).
    public boolean cleared(String name) {
        var node = object.get(name);
        return node != null && node.isNull();
    }

    /// Notes a mistake that the caller found.
    public void wrong(String name, String reason) {
        wrong(name, reason, null);
    }

    /// @param code of the reason, by which pages find it in their language; null where it has none
    public void wrong(String name, String reason, @Nullable String code) {
        violations.add(pointer + "/" + name, reason, code);
    }

    /// @throws Problem `400` with every mistake noted so far
    public void orThrow() {
        violations.orThrow();
    }

    private @Nullable JsonNode present(String name) {
        var node = object.get(name);
        return node == null || node.isNull() ? null : node;
    }
}
