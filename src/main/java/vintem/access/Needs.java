package vintem.access;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Admits users and API keys with at least this role in this capability.
///
/// On a route, or on a class for all its routes that say nothing themselves. Together with
/// [SignedIn] either one is enough.
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
public @interface Needs {
    Capability capability();

    Role role();

    /// `USER` alone keeps API keys out, whatever their roles.
    Caller.Kind[] by() default {Caller.Kind.USER, Caller.Kind.KEY};
}
