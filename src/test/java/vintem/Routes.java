package vintem;

import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// The JAX-RS routes of the product, found in its compiled classes.
public final class Routes {
    /// @param path with its parameters, `/users/{id}`
    public record Route(String verb, String path, Method method) {
        @Override
        public String toString() {
            return verb + " " + path;
        }

        /// The path with something in the place of each parameter.
        public String concrete(String something) {
            return path.replaceAll("\\{[^}]*}", something);
        }

        /// A page or a part of one, which only browsers ask for.
        public boolean isPage() {
            return path.equals("/") || path.equals("/app") || path.startsWith("/app/");
        }

        public boolean takesForms() {
            return consumes().contains("application/x-www-form-urlencoded");
        }

        private List<String> consumes() {
            var consumes = method.getAnnotation(jakarta.ws.rs.Consumes.class);
            return consumes == null ? List.of() : List.of(consumes.value());
        }
    }

    private static final java.nio.file.Path CLASSES = java.nio.file.Path.of("target/classes");

    private Routes() {}

    public static List<Route> all() {
        try (var files = Files.walk(CLASSES.resolve("vintem"))) {
            return files.filter(file -> file.toString().endsWith(".class"))
                    .map(Routes::load)
                    .filter(type -> type.isAnnotationPresent(Path.class))
                    .flatMap(Routes::of)
                    .sorted(java.util.Comparator.comparing(Route::toString))
                    .toList();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static Class<?> load(java.nio.file.Path file) {
        var name = CLASSES.relativize(file).toString();
        try {
            return Class.forName(
                    name.substring(0, name.length() - ".class".length()).replace('/', '.'),
                    false,
                    Thread.currentThread().getContextClassLoader());
        } catch (ClassNotFoundException failed) {
            throw new AssertionError(failed);
        }
    }

    private static Stream<Route> of(Class<?> type) {
        var root = type.getAnnotation(Path.class).value();
        return Arrays.stream(type.getMethods())
                .flatMap(
                        method ->
                                verbs(method)
                                        .map(verb -> new Route(verb, path(root, method), method)));
    }

    private static Stream<String> verbs(Method method) {
        return Arrays.stream(method.getAnnotations())
                .map(each -> each.annotationType().getAnnotation(HttpMethod.class))
                .filter(java.util.Objects::nonNull)
                .map(HttpMethod::value);
    }

    private static String path(String root, Method method) {
        var own = method.getAnnotation(Path.class);
        var whole = "/" + root + "/" + (own == null ? "" : own.value());
        var path = whole.replaceAll("\\{\\s*(\\w+)\\s*:[^}]*}", "{$1}").replaceAll("/+", "/");
        return path.length() > 1 && path.endsWith("/")
                ? path.substring(0, path.length() - 1)
                : path;
    }
}
