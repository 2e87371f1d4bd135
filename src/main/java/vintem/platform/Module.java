package vintem.platform;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Marks a package as a module and names the modules below it that it may call.
///
/// `ModulesTest` holds the whole tree to what is declared here.
@Target(ElementType.PACKAGE)
@Retention(RetentionPolicy.RUNTIME)
public @interface Module {
    /// The short names of the packages this one may use, for example `"platform"`.
    String[] uses();
}
