package vintem.app;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;

/// The shape of an answer that is written by hand, told from its sample: samples are exact and are
/// held to by tests, and generated clients need types.
final class SampleSchema {
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    private SampleSchema() {}

    /// Empty where the sample is shortened, and so is no JSON.
    ///
    /// @param sample as text, or as the tree that was read from it
    static Optional<Schema> of(Object sample) {
        try {
            var tree =
                    sample instanceof String text ? JSON.readTree(text) : JSON.valueToTree(sample);
            return tree instanceof JsonNode node && node.isContainerNode()
                    ? Optional.of(shape(node))
                    : Optional.empty();
        } catch (JsonProcessingException shortened) {
            return Optional.empty();
        }
    }

    private static Schema shape(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> {
                var schema = type(SchemaType.OBJECT);
                node.properties()
                        .forEach(each -> schema.addProperty(each.getKey(), shape(each.getValue())));
                yield schema;
            }
            case ARRAY ->
                    node.isEmpty()
                            ? type(SchemaType.ARRAY).items(OASFactory.createSchema())
                            : type(SchemaType.ARRAY).items(shape(node.get(0)));
            case NUMBER ->
                    node.isIntegralNumber()
                            ? type(SchemaType.INTEGER).format("int64")
                            : type(SchemaType.NUMBER);
            case BOOLEAN -> type(SchemaType.BOOLEAN);
            case STRING -> type(SchemaType.STRING);
            // It may be anything.
            case NULL, MISSING, BINARY, POJO -> OASFactory.createSchema();
        };
    }

    private static Schema type(SchemaType type) {
        return OASFactory.createSchema().type(new ArrayList<>(List.of(type)));
    }
}
