package vintem;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/// A file of YAML as its readers see it: anchors and what is merged are put in their places.
final class Yaml {
    private Yaml() {}

    static JsonNode read(Path file) throws IOException {
        var options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        var yaml = new org.yaml.snakeyaml.Yaml(new SafeConstructor(options));
        Object read = yaml.load(Files.readString(file));
        return new ObjectMapper().valueToTree(read);
    }
}
