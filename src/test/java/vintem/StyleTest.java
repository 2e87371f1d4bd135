package vintem;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The house style, as far as a machine can see it. What a test finds it tells how to mend.
class StyleTest {
    private static final Path MAIN = Path.of("src/main/java");
    private static final Path TESTS = Path.of("src/test/java");

    private static final Set<String> LAYERS =
            Set.of(
                    "api",
                    "common",
                    "controller",
                    "controllers",
                    "core",
                    "dao",
                    "dto",
                    "entity",
                    "exception",
                    "exceptions",
                    "helper",
                    "helpers",
                    "impl",
                    "infra",
                    "mapper",
                    "model",
                    "models",
                    "repository",
                    "resource",
                    "resources",
                    "rest",
                    "service",
                    "services",
                    "shared",
                    "util",
                    "utils",
                    "web");

    private static final Pattern LAYER_NAME =
            Pattern.compile(".*(Impl|Service|Manager|Utils?|Helper|Dto|DTO|Entity|Mapper)\\.java");

    private static final Pattern TEXT_BLOCK =
            Pattern.compile("\"\"\"\\s*\\n(.*?)\"\"\"", Pattern.DOTALL);

    private static final Pattern STRING = Pattern.compile("\"((?:[^\"\\\\\\n]|\\\\.)*)\"");

    private static final Pattern SQL =
            Pattern.compile(
                    "^\\s*(select\\s.+|insert\\s+into\\s.+|update\\s+\\w+\\s+set\\s.+|delete\\s+from\\s.+"
                            + "|with\\s+\\w+.*\\sas\\s.+|copy\\s+\\w+.*|truncate\\s+\\w+.*)",
                    Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    // The benchmarks write raw SQL to compare with; the others speak with the server about itself,
    // and with no table of ours.
    private static final Pattern MAY_SPEAK_SQL =
            Pattern.compile(
                    "vintem/(bench/.*|app/(Backup|Doctor)\\.java"
                            + "|platform/(Database|Pool|EmbeddedPostgres)\\.java)");

    // Wait for processes that they started, kill or pause, or for a clock that is not ours.
    private static final Set<String> MAY_SLEEP =
            Set.of(
                    "vintem/Node.java",
                    "vintem/access/RevocationTest.java",
                    "vintem/app/BackupTest.java",
                    "vintem/app/ServerIT.java",
                    "vintem/payouts/ContraryBankTest.java",
                    "vintem/payouts/HugeBatchIT.java",
                    "vintem/payouts/KilledBatchIT.java",
                    "vintem/payouts/ReturnedPayoutStory.java",
                    "vintem/platform/EmbeddedPostgresTest.java",
                    "vintem/platform/Together.java");

    // One statement each, in the class that is the table's only reader or writer.
    private static final Set<String> OWNS_ITS_STATEMENT = Set.of("vintem/platform/Outbox.java");

    @Test
    void packages_are_named_for_what_they_do_not_for_a_layer() {
        var wrong =
                sources(MAIN)
                        .map(file -> MAIN.relativize(file).getParent())
                        .flatMap(folder -> names(folder).filter(LAYERS::contains))
                        .toList();
        assertThat(wrong).as("name the package for a capability: payouts, ledger …").isEmpty();
    }

    @Test
    void classes_are_named_for_what_they_are_not_for_a_layer() {
        var wrong =
                Stream.concat(sources(MAIN), sources(TESTS))
                        .map(file -> file.getFileName().toString())
                        .filter(LAYER_NAME.asMatchPredicate())
                        .toList();
        assertThat(wrong)
                .as("name a use-case by verb and noun, a door by the plural of what it keeps")
                .isEmpty();
    }

    @Test
    void sql_stands_in_tables_only() {
        var wrong = new ArrayList<String>();
        sources(MAIN)
                .filter(file -> !file.getFileName().toString().matches(".*Tables?\\.java"))
                .filter(file -> !MAY_SPEAK_SQL.matcher(name(file)).matches())
                .filter(file -> !OWNS_ITS_STATEMENT.contains(name(file)))
                .forEach(
                        file ->
                                texts(read(file)).stream()
                                        .filter(text -> SQL.matcher(text).matches())
                                        .forEach(text -> wrong.add(name(file) + ": " + text)));
        assertThat(wrong).as("move the statement into the …Table of its module").isEmpty();
    }

    @Test
    void every_package_introduces_itself_and_has_no_nulls_by_default() {
        var packages = new TreeSet<Path>();
        sources(MAIN).forEach(file -> packages.add(file.getParent()));
        for (var each : packages) {
            var introduction = each.resolve("package-info.java");
            assertThat(introduction)
                    .as("say in %s what the module is for and what always holds", introduction)
                    .exists();
            assertThat(read(introduction))
                    .as("%s needs a /// introduction, @Module and @NullMarked", introduction)
                    .contains("///", "@Module(", "@NullMarked");
        }
    }

    @Test
    void money_is_never_a_floating_point_number() {
        var money =
                Pattern.compile(
                        "\\b(float|double|Float|Double)\\b[^;=(]*"
                                + "(?i:cents|amount|price|balance|valor|money)");
        assertThat(lines(MAIN, money)).as("money is a long of cents, or a BigDecimal").isEmpty();
    }

    @Test
    void only_commands_print() {
        var printing = Pattern.compile("System\\.(out|err)|printStackTrace\\(\\)");
        var wrong =
                lines(MAIN, printing).stream()
                        .filter(each -> !each.matches("vintem/(app|bench)/.*"))
                        .toList();
        assertThat(wrong).as("log it, or throw").isEmpty();
    }

    @Test
    void the_clock_is_asked_only_where_it_is_handed_out() {
        // Instant.now() in a use-case cannot be moved by a test.
        var clock = Pattern.compile("(Instant|LocalDate|LocalDateTime|OffsetDateTime)\\.now\\(\\)");
        var wrong =
                lines(MAIN, clock).stream()
                        // Compares clocks, and measures.
                        .filter(each -> !each.matches("vintem/(app/Doctor\\.java|bench/).*"))
                        .toList();
        assertThat(wrong).as("take a Clock and ask clock.instant()").isEmpty();
    }

    @Test
    void no_test_is_switched_off() {
        var off = Pattern.compile("@" + "Disabled\\b");
        assertThat(lines(TESTS, off)).as("mend the test or take it out").isEmpty();
    }

    @Test
    void no_test_hopes_that_some_time_is_enough() {
        var sleeping = Pattern.compile("Thread\\." + "sleep\\(");
        var wrong =
                lines(TESTS, sleeping).stream()
                        .filter(each -> !MAY_SLEEP.contains(each.split(":", 2)[0]))
                        .toList();
        assertThat(wrong).as("wait for what you wait for: Together.until(…)").isEmpty();
    }

    @Test
    void tests_have_sentences_for_names() {
        var name = Pattern.compile("void ([A-Za-z0-9_]+)\\(");
        var wrong = new ArrayList<String>();
        for (var file : sources(TESTS).toList()) {
            var lines = read(file).lines().toList();
            for (var i = 1; i < lines.size(); i++) {
                var found = name.matcher(lines.get(i));
                if (isTest(lines, i) && found.find() && !found.group(1).matches("[a-z0-9_]+")) {
                    wrong.add(name(file) + ": " + found.group(1));
                }
            }
        }
        assertThat(wrong).as("a test is called what it proves, in_snake_case").isEmpty();
    }

    private static boolean isTest(List<String> lines, int method) {
        for (var i = method - 1; i >= 0 && !lines.get(i).isBlank(); i--) {
            if (lines.get(i).strip().matches("@(Test|ParameterizedTest|Property|RepeatedTest).*")) {
                return true;
            }
        }
        return false;
    }

    private static List<String> texts(String source) {
        var code = source.replaceAll("(?m)^\\s*//.*$", "");
        var texts = new ArrayList<String>();
        var blocks = TEXT_BLOCK.matcher(code);
        while (blocks.find()) {
            texts.add(blocks.group(1));
        }
        var strings = STRING.matcher(TEXT_BLOCK.matcher(code).replaceAll(""));
        while (strings.find()) {
            texts.add(strings.group(1));
        }
        return texts;
    }

    private static List<String> lines(Path root, Pattern pattern) {
        var found = new ArrayList<String>();
        for (var file : sources(root).toList()) {
            read(file)
                    .lines()
                    .filter(line -> !line.strip().startsWith("//"))
                    .filter(line -> pattern.matcher(line).find())
                    .forEach(line -> found.add(relative(root, file) + ": " + line.strip()));
        }
        return found;
    }

    private static Stream<String> names(Path folder) {
        return java.util.stream.StreamSupport.stream(folder.spliterator(), false)
                .map(Path::toString);
    }

    private static String name(Path file) {
        return relative(file.startsWith(MAIN) ? MAIN : TESTS, file);
    }

    private static String relative(Path root, Path file) {
        return root.relativize(file).toString().replace('\\', '/');
    }

    private static Stream<Path> sources(Path root) {
        try (var files = Files.walk(root)) {
            return files
                    .filter(file -> file.toString().endsWith(".java"))
                    .sorted()
                    .toList()
                    .stream();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
