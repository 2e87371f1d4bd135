package vintem;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.eclipse.microprofile.config.ConfigProvider;

/// A file that the product hands out, byte by byte.
public record Download(int status, String type, String disposition, byte[] bytes) {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    public static Download of(Http who, String path) {
        var port = ConfigProvider.getConfig().getValue("quarkus.http.test-port", Integer.class);
        var request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path));
        if (!who.header("Authorization").isEmpty()) {
            request.header("Authorization", who.header("Authorization"));
        }
        try {
            var answer = CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            return new Download(
                    answer.statusCode(),
                    answer.headers().firstValue("Content-Type").orElse(""),
                    answer.headers().firstValue("Content-Disposition").orElse(""),
                    answer.body());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    public String text() {
        return new String(bytes, java.nio.charset.StandardCharsets.UTF_8);
    }
}
