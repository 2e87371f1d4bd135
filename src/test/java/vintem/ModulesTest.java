package vintem;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import vintem.platform.Module;

/// Holds the tree to what each `package-info.java` declares.
class ModulesTest {
    private static final String ROOT = "vintem.";

    // Put products together by hand, where no container does it.
    private static final Set<String> ASSEMBLERS = Set.of("bench");

    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .importUrl(Module.class.getProtectionDomain().getCodeSource().getLocation());

    private static final Map<String, Set<String>> DECLARED = declared();

    @Test
    void every_package_is_a_module_and_says_what_it_uses() {
        var packages =
                CLASSES.stream()
                        .map(JavaClass::getPackageName)
                        .collect(Collectors.toCollection(TreeSet::new));
        for (var each : packages) {
            assertThat(each)
                    .as("a module is one flat package: move the classes of %s up", each)
                    .matches("vintem\\.[a-z]+");
            assertThat(DECLARED)
                    .as("give %s a package-info.java with @Module(uses = {…})", each)
                    .containsKey(module(each));
        }
        DECLARED.forEach(
                (module, uses) ->
                        assertThat(DECLARED.keySet())
                                .as("@Module of %s names a module that is none", module)
                                .containsAll(uses));
    }

    @Test
    void a_module_calls_only_what_it_declares() {
        var wrong = new ArrayList<String>();
        for (var dependency : dependencies()) {
            var from = module(dependency.getOriginClass().getPackageName());
            var to = module(dependency.getTargetClass().getPackageName());
            if (!from.equals(to) && !DECLARED.getOrDefault(from, Set.of()).contains(to)) {
                wrong.add(dependency.getDescription());
            }
        }
        assertThat(wrong)
                .as(
                        "calls go down, news go up: publish an event instead, or, where the map"
                                + " itself is wrong, change @Module and ARCHITECTURE.md")
                .isEmpty();
    }

    @Test
    void the_platform_knows_no_module() {
        assertThat(DECLARED.get("platform"))
                .as("the platform stands below all modules: move what knows one into it")
                .isEmpty();
    }

    @Test
    void there_are_no_cycles() {
        var left = new TreeMap<>(DECLARED);
        while (!left.isEmpty()) {
            var lowest =
                    left.entrySet().stream()
                            .filter(each -> each.getValue().stream().noneMatch(left::containsKey))
                            .map(Map.Entry::getKey)
                            .toList();
            assertThat(lowest)
                    .as("these modules use each other in a circle: %s", left)
                    .isNotEmpty();
            lowest.forEach(left::remove);
        }
    }

    @Test
    void a_table_is_used_only_inside_its_module() {
        var wrong =
                dependencies().stream()
                        .filter(each -> isTable(each.getTargetClass()))
                        .filter(
                                each ->
                                        !ASSEMBLERS.contains(
                                                module(each.getOriginClass().getPackageName())))
                        .filter(
                                each ->
                                        !each.getOriginClass()
                                                .getPackageName()
                                                .equals(each.getTargetClass().getPackageName()))
                        .map(Dependency::getDescription)
                        .toList();
        assertThat(wrong).as("ask the module's door, not its tables").isEmpty();
    }

    private static List<Dependency> dependencies() {
        return CLASSES.stream()
                .flatMap(each -> each.getDirectDependenciesFromSelf().stream())
                .filter(each -> each.getTargetClass().getPackageName().startsWith(ROOT))
                .toList();
    }

    private static boolean isTable(JavaClass type) {
        return outermost(type).matches(".*Tables?");
    }

    private static String outermost(JavaClass type) {
        return type.getName().split("[$\\[]", 2)[0];
    }

    private static String module(String packageName) {
        return packageName.substring(ROOT.length());
    }

    private static Map<String, Set<String>> declared() {
        var declared = new TreeMap<String, Set<String>>();
        for (var each : CLASSES) {
            var module = each.getPackage().tryGetAnnotationOfType(Module.class);
            if (module.isPresent()) {
                declared.put(module(each.getPackageName()), Set.of(module.get().uses()));
            }
        }
        return declared;
    }
}
