package vintem.platform;

import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/// The fields of an `application/x-www-form-urlencoded` body, read as strictly as JSON is.
public final class Form {
    private final Map<String, String> fields = new LinkedHashMap<>();

    private Form() {}

    /// @throws Problem `400` where it is no form or names a field twice, `413` beyond the usual
    ///     limit
    public static Form read(InputStream body) {
        var form = new Form();
        var text = new String(HttpBody.read(body, HttpBody.USUAL_BYTES), StandardCharsets.UTF_8);
        for (var field : text.split("&")) {
            var equals = field.indexOf('=');
            if (equals > 0) {
                form.put(decode(field.substring(0, equals)), decode(field.substring(equals + 1)));
            }
        }
        return form;
    }

    /// The field's text, empty where it is missing.
    public String text(String name) {
        return fields.getOrDefault(name, "");
    }

    private void put(String name, String value) {
        if (fields.putIfAbsent(name, value) != null) {
            throw Problem.invalid("/" + name, "is there twice");
        }
    }

    private static String decode(String text) {
        try {
            var decoded = URLDecoder.decode(text, StandardCharsets.UTF_8);
            if (Json.isClean(decoded)) {
                return decoded;
            }
        } catch (IllegalArgumentException notEncoded) {
            // Answered below, like everything else that is no form.
        }
        throw Problem.invalid("", "is not application/x-www-form-urlencoded");
    }
}
