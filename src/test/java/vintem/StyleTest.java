package vintem;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// How the code is written, where a machine can see it.
class StyleTest {
    private static final Path MAIN = Path.of("src/main/java");
    private static final Path TESTS = Path.of("src/test/java");

    private static final Pattern SQL =
            Pattern.compile(
                    "\"\\s*(select|insert into|update|delete from|with|copy|truncate)\\s",
                    Pattern.CASE_INSENSITIVE);

    // They speak to a server, not to tables: creating the database, taking a backup, looking at
    // what is there.
    private static final List<String> SPEAK_TO_A_SERVER =
            List.of("EmbeddedPostgres.java", "Backup.java", "Doctor.java", "Pool.java");

    // The one helper, and those that wait for processes which they started, kill or pause.
    private static final List<String> MAY_SLEEP =
            List.of(
                    "Together.java",
                    "BackupTest.java",
                    "ContraryBankTest.java",
                    "EmbeddedPostgresTest.java",
                    "HugeBatchIT.java",
                    "KilledBatchIT.java",
                    "KilledCloseIT.java",
                    "KilledMailIT.java",
                    "KilledPaymentsIT.java",
                    "Node.java",
                    "ReturnedPayoutStory.java",
                    "RevocationTest.java",
                    "ServerIT.java");

    @Test
    void no_package_is_a_layer() throws IOException {
        refute(
                MAIN,
                "a package is a capability, not a layer",
                Pattern.compile(
                        "^package .*\\.(controllers?|services?|repositor(y|ies)|dtos?|mappers?|utils?"
                                + "|impl|exceptions?|helpers?|entit(y|ies)|models?);",
                        Pattern.MULTILINE));
    }

    @Test
    void no_class_is_named_after_its_layer() throws IOException {
        refute(
                MAIN,
                "name it by what it is or does",
                Pattern.compile(
                        "\\b(class|record|interface|enum) \\w*(Impl|Service|Manager|Utils?|Helper"
                                + "|Dto|DTO|Controller|Repository)\\b"));
    }

    @Test
    void sql_lives_in_tables() throws IOException {
        var wrong = new ArrayList<String>();
        sources(MAIN)
                .forEach(
                        (path, text) -> {
                            var name = path.getFileName().toString();
                            if (!name.matches("\\w*Tables?\\.java")
                                    && !SPEAK_TO_A_SERVER.contains(name)
                                    && SQL.matcher(text.replaceAll("\"\"\"\\s*", "\"")).find()) {
                                wrong.add(path.toString());
                            }
                        });
        assertThat(wrong).as("statements belong into a class named …Table").isEmpty();
    }

    @Test
    void every_package_introduces_itself_and_has_no_nulls_by_default() throws IOException {
        try (var paths = Files.walk(MAIN.resolve("vintem"), 1)) {
            for (var module :
                    paths.filter(Files::isDirectory)
                            .filter(each -> !each.endsWith("vintem"))
                            .toList()) {
                assertThat(module.resolve("package-info.java"))
                        .content()
                        .as("%s says what it is for", module)
                        .contains("///", "@Module(", "@NullMarked");
            }
        }
    }

    @Test
    void money_is_never_a_floating_number() throws IOException {
        refute(
                MAIN,
                "money is long cents, or BigDecimal at the edge",
                Pattern.compile(
                        "\\b(double|float|Double|Float)\\b[^;(]*"
                                + "([Aa]mount|[Cc]ents|[Bb]alance|[Pp]rice|[Vv]alor)\\w*"));
    }

    @Test
    void nothing_is_switched_off_or_left_for_later() throws IOException {
        var later =
                Pattern.compile("@Disabled|\\bTODO\\b|\\bFIXME\\b|UnsupportedOperationException");
        refute(MAIN, "finish it or leave it out", later);
        sources(TESTS)
                .forEach(
                        (path, text) -> {
                            if (!path.endsWith("StyleTest.java")) {
                                assertThat(later.matcher(text).find()).as("%s", path).isFalse();
                            }
                        });
    }

    /// A test that nobody finds is green for ever: so is one that returns before its work is done.
    @Test
    void every_test_is_found_and_waited_for() throws IOException {
        var says = Pattern.compile("@(Test|ParameterizedTest|RepeatedTest|Property)\\b");
        var unseen =
                Pattern.compile(
                        "@Test\\s+(?:private |static |(?:public )?(?:CompletableFuture|CompletionStage"
                                + "|Future|Uni|boolean|int|long|String)\\b)");
        sources(TESTS)
                .forEach(
                        (path, text) -> {
                            if (says.matcher(text).find()) {
                                assertThat(path.getFileName().toString())
                                        .as("surefire and failsafe go by the name")
                                        .matches("\\w+(Test|IT|Story|Campaign)\\.java");
                            }
                            assertThat(unseen.matcher(text).find()).as("%s", path).isFalse();
                        });
    }

    @Test
    void only_commands_print() throws IOException {
        var wrong = new ArrayList<String>();
        sources(MAIN)
                .forEach(
                        (path, text) -> {
                            if (text.contains("System.out")
                                    && !path.toString().contains("/app/")
                                    && !path.toString().contains("/bench/")) {
                                wrong.add(path.toString());
                            }
                        });
        assertThat(wrong).as("log it").isEmpty();
    }

    @Test
    void no_use_case_looks_at_the_wall_clock() throws IOException {
        sources(MAIN)
                .forEach(
                        (path, text) -> {
                            if (!path.endsWith("Doctor.java")
                                    && !path.toString().contains("/bench/")) {
                                assertThat(text)
                                        .as("%s: take a Clock and ask clock.instant()", path)
                                        .doesNotContain("Instant.now()", "LocalDate.now()");
                            }
                        });
    }

    @Test
    void no_test_hopes_that_some_time_is_enough() throws IOException {
        sources(TESTS)
                .forEach(
                        (path, text) -> {
                            var name = path.getFileName().toString();
                            if (!MAY_SLEEP.contains(name)) {
                                assertThat(text)
                                        .as("%s: wait for what happens, Together.until(…)", path)
                                        .doesNotContain("Thread." + "sleep(");
                            }
                        });
    }

    private static void refute(Path root, String instead, Pattern pattern) throws IOException {
        var wrong = new ArrayList<String>();
        sources(root)
                .forEach(
                        (path, text) -> {
                            var matcher = pattern.matcher(text);
                            if (matcher.find()) {
                                wrong.add(path + ": " + matcher.group());
                            }
                        });
        assertThat(wrong).as(instead).isEmpty();
    }

    private static Map<Path, String> sources(Path root) throws IOException {
        var sources = new TreeMap<Path, String>();
        try (var paths = Files.walk(root)) {
            for (var path : paths.filter(each -> each.toString().endsWith(".java")).toList()) {
                sources.put(path, Files.readString(path));
            }
        }
        assertThat(sources).isNotEmpty();
        return sources;
    }
}
