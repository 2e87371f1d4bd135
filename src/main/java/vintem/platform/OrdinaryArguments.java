package vintem.platform;

import java.lang.reflect.Type;
import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.argument.Argument;
import org.jdbi.v3.core.argument.ArgumentFactory;
import org.jdbi.v3.core.config.ConfigRegistry;

/// What nearly all parameters are: ready arguments and texts.
///
/// Jdbi asks all its factories, one after the other, for each type in each execution of a
/// statement. Registered last this one is asked first; for short statements, thousands of times a
/// second, the asking was a quarter of what they cost here.
final class OrdinaryArguments implements ArgumentFactory.Preparable {
    private static final Optional<Function<Object, Argument>> READY =
            Optional.of(Argument.class::cast);
    private static final Optional<Function<Object, Argument>> TEXT =
            Optional.of(text -> (place, statement, _) -> statement.setString(place, (String) text));

    @Override
    public Optional<Function<Object, Argument>> prepare(Type type, ConfigRegistry config) {
        if (type == String.class) {
            return TEXT;
        }
        return type instanceof Class<?> known && Argument.class.isAssignableFrom(known)
                ? READY
                : Optional.empty();
    }
}
