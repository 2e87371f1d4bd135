package vintem.app;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What `Inspect` has to say about a text.
///
/// @param kind what it is, or was meant to be: `br_code`, `boleto`, `utility_slip`, `cpf`, `cnpj`,
/// `phone`, `email`, `evp`, `unknown`
/// @param valid whether it has no problems
/// @param normalized how it is stored and sent; null when it is not valid
/// @param fields what stands in it, in the order to show it
/// @param problems what is wrong and what would be right, in plain English
/// @param notes what should not be so and does no harm, in plain English
record Inspection(
        String kind,
        boolean valid,
        @Nullable String normalized,
        Map<String, String> fields,
        List<String> problems,
        List<String> notes) {
    Inspection {
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        problems = List.copyOf(problems);
        notes = List.copyOf(notes);
    }

    static Inspection valid(String kind, String normalized, Map<String, String> fields) {
        return valid(kind, normalized, fields, List.of());
    }

    static Inspection valid(
            String kind, String normalized, Map<String, String> fields, List<String> notes) {
        return new Inspection(kind, true, normalized, fields, List.of(), notes);
    }

    static Inspection invalid(String kind, Map<String, String> fields, List<String> problems) {
        return new Inspection(kind, false, null, fields, problems, List.of());
    }

    static Inspection invalid(String kind, String problem) {
        return invalid(kind, Map.of(), List.of(problem));
    }
}
