package vintem.access;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// This route shows somebody's data: each answer of it is noted in the log of reads, before it
/// leaves.
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface ReadsPerson {
    /// Whose row it is: `payment`, `charge`, `reseller` …
    String value();

    /// The path or query parameter that holds the row's id. An id of ours, never a person's own.
    String id() default "id";
}
