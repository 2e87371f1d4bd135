package vintem;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import vintem.platform.Module;

/// The map of the house is what its packages say of themselves, and the code keeps to it.
class ModulesTest {
    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("vintem");

    @Test
    void every_package_is_one_flat_module_that_declares_what_it_may_use() {
        for (var module : modules().keySet()) {
            assertThat(module.split("\\."))
                    .as("%s: packages are flat, one per module", module)
                    .hasSize(1);
        }
        var uses = declared();
        assertThat(uses.keySet())
                .as("each package has a package-info.java with @Module")
                .isEqualTo(modules().keySet());
        uses.forEach(
                (module, used) ->
                        assertThat(uses.keySet())
                                .as("%s uses modules that exist", module)
                                .containsAll(used));
    }

    @Test
    void a_module_calls_only_modules_that_it_declares() {
        var uses = declared();
        var wrong = new ArrayList<String>();
        for (var javaClass : CLASSES) {
            var from = module(javaClass);
            for (var dependency : javaClass.getDirectDependenciesFromSelf()) {
                var to = module(dependency.getTargetClass());
                if (!to.isEmpty() && !to.equals(from) && !uses.get(from).contains(to)) {
                    wrong.add(
                            "%s → %s: %s. Call downwards, or pass it up as an event."
                                    .formatted(from, to, dependency.getDescription()));
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void no_two_modules_need_each_other() {
        var uses = declared();
        for (var module : uses.keySet()) {
            assertThat(below(module, uses))
                    .as("%s is not below itself", module)
                    .doesNotContain(module);
        }
    }

    @Test
    void a_table_is_touched_by_its_own_module_alone() {
        var wrong = new ArrayList<String>();
        for (var javaClass : CLASSES) {
            for (var dependency : javaClass.getDirectDependenciesFromSelf()) {
                var target = dependency.getTargetClass();
                if (target.getName().matches("vintem\\..*Tables?(\\$.*)?")
                        && !module(target).equals(module(javaClass))) {
                    wrong.add(dependency.getDescription());
                }
            }
        }
        assertThat(wrong).as("ask the module's door instead").isEmpty();
    }

    private static Map<String, Set<String>> declared() {
        var declared = new TreeMap<String, Set<String>>();
        for (var javaClass : CLASSES) {
            if (javaClass.getSimpleName().equals("package-info")
                    && javaClass.isAnnotatedWith(Module.class)) {
                var uses = javaClass.getAnnotationOfType(Module.class).uses();
                declared.put(module(javaClass), new TreeSet<>(List.of(uses)));
            }
        }
        return declared;
    }

    private static Map<String, Integer> modules() {
        var modules = new TreeMap<String, Integer>();
        for (var javaClass : CLASSES) {
            modules.merge(module(javaClass), 1, Integer::sum);
        }
        return modules;
    }

    private static Set<String> below(String module, Map<String, Set<String>> uses) {
        var below = new TreeSet<String>();
        var open = new ArrayList<>(uses.get(module));
        while (!open.isEmpty()) {
            var next = open.removeLast();
            if (below.add(next)) {
                open.addAll(uses.get(next));
            }
        }
        return below;
    }

    private static String module(JavaClass javaClass) {
        var name = javaClass.getPackageName();
        return name.startsWith("vintem.") ? name.substring("vintem.".length()) : "";
    }
}
