package vintem.billing;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import vintem.access.Caller;
import vintem.billing.ReceiveDebtFile.Upload;
import vintem.platform.Json;
import vintem.platform.Multipart;
import vintem.platform.Problem;
import vintem.platform.Violations;
import vintem.platform.Words;

/// Reads what a request for an upload says around the file itself.
final class UploadReader {
    /// What the query says.
    record Query(
            @Nullable String name,
            @Nullable String billed,
            @Nullable String fine,
            @Nullable String interest,
            @Nullable String discount,
            @Nullable String columns) {}

    /// The file's bytes, not read yet, and what they are called.
    record Content(String name, InputStream bytes) {}

    private static final int LONGEST_NAME = 200;
    private static final int LONGEST_TITLE = 100;
    private static final String NAMELESS = "debts";
    private static final Set<String> TYPES =
            Set.of(
                    "text/csv",
                    "text/plain",
                    "application/csv",
                    "application/vnd.ms-excel",
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                    "application/octet-stream");

    private UploadReader() {}

    /// @throws Problem `415` for a body of another type, `400` for a form without the file
    static Content content(
            InputStream body,
            @Nullable String contentType,
            @Nullable String contentEncoding,
            @Nullable String name) {
        if (contentEncoding != null && !contentEncoding.equalsIgnoreCase("identity")) {
            throw unsupported("A file is sent as it is, without a Content-Encoding.");
        }
        var type = contentType == null ? "" : contentType;
        if (Multipart.isOne(type)) {
            var part = Multipart.file(body, type, "file");
            return new Content(name(name == null ? part.fileName() : name), part.content());
        }
        if (!TYPES.contains(type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT))) {
            throw unsupported("A file is text/csv, an .xlsx, or multipart/form-data with both.");
        }
        return new Content(name(name == null ? "" : name), body);
    }

    /// @throws Problem `400` with all that is wrong
    static Upload upload(Query query, String name, Caller caller) {
        var violations = new Violations();
        var billed =
                query.billed() == null
                        ? Optional.of(Billed.ALREADY_RECOGNISED)
                        : Billed.of(query.billed());
        if (billed.isEmpty()) {
            violations.add("?billed", "must be already_recognised, revenue or owed_to_creditor");
        }
        var terms =
                switch (LateTerms.read(query.fine(), query.interest(), query.discount())) {
                    case LateTerms.Read(var read) -> read;
                    case LateTerms.Wrong(var reasons) -> {
                        reasons.forEach(
                                (field, it) ->
                                        violations.add(
                                                "?" + field, it.inWords(Words.EN), it.violation()));
                        yield LateTerms.NONE;
                    }
                };
        var titles = titles(query.columns(), violations);
        violations.orThrow();
        return new Upload(name, titles, terms, billed.orElseThrow(), caller);
    }

    /// `{"name":"Nome do devedor","debtId":"Contrato"}`
    private static Map<DebtField, String> titles(@Nullable String columns, Violations violations) {
        var titles = new EnumMap<DebtField, String>(DebtField.class);
        if (columns == null) {
            return titles;
        }
        Map<String, String> given;
        try {
            var wrapped = "{\"columns\":" + columns + "}";
            var object = Json.object(wrapped.getBytes(StandardCharsets.UTF_8));
            given = object.textMap("columns", DebtField.values().length, LONGEST_TITLE);
            object.orThrow();
        } catch (Problem notJson) {
            violations.add("?columns", "must be a JSON object of names and titles");
            return titles;
        }
        given.forEach(
                (name, title) ->
                        DebtField.of(name)
                                .ifPresentOrElse(
                                        field -> titles.put(field, title.strip()),
                                        () ->
                                                violations.add(
                                                        "?columns",
                                                        "has a name that is no field")));
        if (new HashSet<>(titles.values()).size() < titles.size()) {
            violations.add("?columns", "has two fields in one column");
        }
        return titles;
    }

    /// The last part of a path, without what no file is called.
    static String name(String given) {
        var clean = new StringBuilder();
        given.codePoints()
                .filter(
                        it ->
                                !Character.isISOControl(it)
                                        && Character.getType(it) != Character.SURROGATE
                                        && Character.getType(it) != Character.FORMAT)
                .limit(4L * LONGEST_NAME)
                .forEach(clean::appendCodePoint);
        var name = clean.toString().replace('\\', '/').replaceAll(".*/", "").strip();
        if (name.length() > LONGEST_NAME) {
            // Its end says what it is.
            name = name.substring(name.length() - LONGEST_NAME);
            if (Character.isLowSurrogate(name.charAt(0))) {
                name = name.substring(1);
            }
        }
        return name.isEmpty() ? NAMELESS : name;
    }

    private static Problem unsupported(String detail) {
        return Problem.of(415, "unsupported-media-type", "Unsupported Media Type", detail);
    }
}
