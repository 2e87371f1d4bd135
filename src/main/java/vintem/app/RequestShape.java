package vintem.app;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.models.examples.Example;
import org.eclipse.microprofile.openapi.models.media.MediaType;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;

/// The shape of a request's body, told from its samples: they show every member that is read, and
/// what one of them leaves out is not required. `RequestSamplesTest` holds them to the routes.
///
/// A number is an integer where no sample has decimals, and a text has a format where every sample
/// has it: whoever takes other forms shows one of them.
final class RequestShape {
    /// Objects whose members' names are data: a role by each capability.
    private static final Set<String> MAPS = Set.of("roles");

    private static final Map<String, Pattern> FORMATS =
            Map.of(
                    "date",
                    Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}"),
                    "date-time",
                    Pattern.compile("[0-9]{4}(-[0-9]{2}){2}T[0-9:.]{8,}(Z|[+-][0-9]{2}:[0-9]{2})"),
                    "uuid",
                    Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"));

    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    private RequestShape() {}

    /// @param type the body's media type
    static Schema of(String type, MediaType body) {
        if (type.startsWith("multipart/")) {
            return schema(SchemaType.OBJECT).addProperty("file", file()).addRequired("file");
        }
        if (type.endsWith("json")) {
            return shape("", samples(body).stream().map(RequestShape::tree).toList());
        }
        if (type.endsWith("urlencoded")) {
            return shape("", samples(body).stream().map(RequestShape::form).toList());
        }
        return type.startsWith("text/") || type.endsWith("ofx")
                ? schema(SchemaType.STRING)
                : file();
    }

    private static List<Object> samples(MediaType body) {
        return body.getExamples() == null
                ? List.of()
                : body.getExamples().values().stream()
                        .map(Example::getValue)
                        .filter(Objects::nonNull)
                        .toList();
    }

    private static JsonNode tree(Object sample) {
        try {
            return sample instanceof String text ? JSON.readTree(text) : JSON.valueToTree(sample);
        } catch (JsonProcessingException shortened) {
            throw new IllegalStateException("a request's sample is whole: " + sample, shortened);
        }
    }

    private static JsonNode form(Object sample) {
        var form = JSON.createObjectNode();
        for (var field : sample.toString().split("&")) {
            form.put(field.substring(0, field.indexOf('=')), "");
        }
        return form;
    }

    /// What all of these are.
    private static Schema shape(String name, List<JsonNode> values) {
        var kinds = EnumSet.noneOf(JsonNodeType.class);
        values.forEach(each -> kinds.add(each.getNodeType()));
        var mayBeNull = kinds.remove(JsonNodeType.NULL);
        var said = values.stream().filter(each -> !each.isNull()).toList();
        if (kinds.size() != 1) {
            // It may be anything.
            return OASFactory.createSchema();
        }
        var shape =
                switch (kinds.iterator().next()) {
                    case OBJECT ->
                            MAPS.contains(name)
                                    ? schema(SchemaType.OBJECT)
                                            .additionalPropertiesSchema(schema(SchemaType.STRING))
                                    : object(said);
                    case ARRAY -> schema(SchemaType.ARRAY).items(shape("", elements(said)));
                    case NUMBER ->
                            said.stream().allMatch(JsonNode::isIntegralNumber)
                                    ? schema(SchemaType.INTEGER).format("int64")
                                    : schema(SchemaType.NUMBER);
                    case BOOLEAN -> schema(SchemaType.BOOLEAN);
                    case STRING -> schema(SchemaType.STRING).format(format(said).orElse(null));
                    case NULL, MISSING, BINARY, POJO -> OASFactory.createSchema();
                };
        return mayBeNull ? shape.addType(SchemaType.NULL) : shape;
    }

    private static Schema object(List<JsonNode> objects) {
        var members = new LinkedHashMap<String, List<JsonNode>>();
        for (var object : objects) {
            object.properties()
                    .forEach(
                            each ->
                                    members.computeIfAbsent(each.getKey(), _ -> new ArrayList<>())
                                            .add(each.getValue()));
        }
        var schema = schema(SchemaType.OBJECT);
        members.forEach(
                (name, values) -> {
                    schema.addProperty(name, shape(name, values));
                    if (values.size() == objects.size()) {
                        schema.addRequired(name);
                    }
                });
        return schema;
    }

    private static List<JsonNode> elements(List<JsonNode> arrays) {
        return arrays.stream().flatMap(JsonNode::valueStream).toList();
    }

    private static Optional<String> format(List<JsonNode> texts) {
        return FORMATS.entrySet().stream()
                .filter(
                        each ->
                                texts.stream()
                                        .allMatch(
                                                it ->
                                                        each.getValue()
                                                                .matcher(it.textValue())
                                                                .matches()))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    private static Schema file() {
        return schema(SchemaType.STRING).format("binary");
    }

    private static Schema schema(SchemaType... types) {
        return OASFactory.createSchema().type(new ArrayList<>(Arrays.asList(types)));
    }
}
