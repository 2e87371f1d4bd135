package vintem.access;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Admits any credential of these kinds, whatever its roles. The bank comes in only where it is
/// named: `@SignedIn(Caller.Kind.BANK)`.
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
public @interface SignedIn {
    Caller.Kind[] value() default {Caller.Kind.USER, Caller.Kind.KEY, Caller.Kind.RESELLER};
}
