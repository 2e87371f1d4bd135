package vintem.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Nodes are replaced one after the other, so for a while nodes of the version before work on the
/// new shape of the database. A migration must not break them: what it takes away, renames or
/// demands waits for a later version, when no node needs it any more.
///
/// A statement that is safe all the same says why in a comment before it: `-- contract: …`.
/// `RollingUpgradeCampaign` runs two versions side by side.
class MigrationsTest {
    private static final Path MIGRATIONS = Path.of("src/main/resources/db/migration");
    /// The last migration of which no node runs without it: those before it need not be compared.
    private static final String BASELINE = "20261126_1900";

    private static final Pattern VERSION = Pattern.compile("V([0-9]{8}_[0-9]{4})__.*\\.sql");
    private static final String NAME = "(?:if (?:not )?exists )?(?:only )?([a-z_.\"]+)";
    private static final Pattern NEW_TABLE = Pattern.compile("^create (?:unlogged )?table " + NAME);

    /// What breaks nodes that do not know of it, and why.
    private static final Map<Pattern, String> DANGERS =
            Map.ofEntries(
                    danger("^drop (?:table|view|function|type|schema|trigger|sequence)\\b", "gone"),
                    danger(
                            "^drop index\\b",
                            "an `on conflict` of the version before may need a unique one"),
                    danger("^alter table .*\\brename\\b", "it still asks for the old name"),
                    danger(
                            "^alter (?:type|view|function|schema|sequence)\\b",
                            "it knows the old one"),
                    danger("^alter table .*\\bdrop column\\b", "it still names the column"),
                    danger(
                            "^alter table .*\\bdrop (?:constraint|default|expression)\\b",
                            "it meets values that it does not know, or must give what it does not"),
                    danger("^alter table .*\\bset not null\\b", "it may leave it out"),
                    danger("^alter table .*\\bdrop not null\\b", "it may read what is not there"),
                    danger(
                            "^alter table .*\\balter (?:column )?\\S+ (?:set data )?type\\b",
                            "it reads and writes the old type"),
                    danger(
                            "^alter table .*\\badd (?:constraint|check|unique|primary|foreign|exclude)\\b",
                            "it may write what is refused now"),
                    danger("^create unique index\\b", "it may write what is refused now"),
                    danger(
                            "^create (?:or replace )?(?:constraint )?(?:trigger|function)\\b",
                            "it writes without knowing of it"),
                    danger("^(?:revoke|truncate|delete|update)\\b", "it relies on what was there"));

    private static final Pattern ADDS_COLUMN =
            Pattern.compile("\\badd (?:column )?(?:if not exists )?[a-z_\"]+ [a-z]");
    private static final Pattern ON_TABLE =
            Pattern.compile(
                    "^(?:alter table|create (?:unique )?index (?:concurrently )?"
                            + "(?:if not exists )?[a-z_]+ on|update|delete from|truncate"
                            + "|revoke .* on|create .*trigger .* on) "
                            + NAME);

    @Test
    void no_migration_since_the_baseline_breaks_the_version_before() throws IOException {
        var wrong = new ArrayList<String>();
        var made = new HashSet<String>();
        for (var file : since(BASELINE)) {
            for (var problem : problems(Files.readString(file), made)) {
                wrong.add(file.getFileName() + ": " + problem);
            }
        }
        assertThat(wrong)
                .as("say why it is safe, `-- contract: …`, before the statement; or do it later")
                .isEmpty();
    }

    @Test
    void the_baseline_is_one_of_the_migrations() throws IOException {
        assertThat(all()).anyMatch(it -> version(it).equals(BASELINE));
    }

    @Test
    void what_breaks_an_older_node_is_seen() {
        for (var statement :
                List.of(
                        "alter table payment drop column note;",
                        "ALTER TABLE payment\n    RENAME COLUMN note TO remark;",
                        "alter table payment rename to pix_payment;",
                        "drop table payment;",
                        "drop index payment_txid;",
                        "alter table payment alter column note set not null;",
                        "alter table payment alter note drop not null;",
                        "alter table payment alter column note type integer using 1;",
                        "alter table payment add column note text not null;",
                        "alter table payment add note text not null;",
                        "alter table payment add column a text, add column b text not null;",
                        "alter table payment add constraint c check (note <> '');",
                        "alter table payment drop constraint payment_status_check;",
                        "create unique index payment_note on payment (note);",
                        "create trigger t before insert on payment execute function f();",
                        "update payment set note = '';",
                        "revoke insert on payment from vintem_app;",
                        "-- A reason that is none.\ndrop table payment;")) {
            assertThat(problems(statement, new HashSet<>())).as(statement).hasSize(1);
        }
    }

    @Test
    void what_older_nodes_need_not_know_is_free() {
        for (var statement :
                List.of(
                        "create table note (id uuid primary key, text text not null);",
                        "create table note (id uuid); create unique index n on note (id);",
                        "create table if not exists note (id uuid);"
                                + " alter table note add constraint c check (true);",
                        "create index payment_note on payment (note);",
                        "alter table payment add column note text;",
                        "alter table payment add column note text not null default '';",
                        "alter table payment add column note text default 'a, not null';",
                        "insert into account values (99, 'drop table');",
                        "grant insert on payment to vintem_app;",
                        "comment on table payment is 'we drop table; and update';",
                        "-- We could drop table payment; but do not.\nselect 1;",
                        "-- contract: no node has asked for it since 0.1.\ndrop table payment;")) {
            assertThat(problems(statement, new HashSet<>())).as(statement).isEmpty();
        }
    }

    @Test
    void a_reason_is_one_statements_own() {
        var text =
                """
                -- contract: empty since 0.1.
                drop table one;
                drop table two;
                """;
        assertThat(problems(text, new HashSet<>())).hasSize(1);
    }

    /// @param made tables that no older node knows, by those that were read before; added to
    private static List<String> problems(String text, Set<String> made) {
        var found = new ArrayList<String>();
        for (var statement : Statement.all(text)) {
            var sql = statement.sql;
            var table = NEW_TABLE.matcher(sql);
            if (table.find()) {
                made.add(table.group(1));
            }
            if (statement.hasReason || isOn(made, sql)) {
                continue;
            }
            DANGERS.entrySet().stream()
                    .filter(danger -> danger.getKey().matcher(sql).find())
                    .findFirst()
                    .ifPresent(danger -> found.add(sql + ": " + danger.getValue()));
            if (sql.startsWith("alter table ")) {
                // Each of its parts by itself.
                for (var part : sql.split(",(?![^(]*\\))")) {
                    if (ADDS_COLUMN.matcher(part).find()
                            && part.contains("not null")
                            && !part.contains(" default ")
                            && !part.contains(" generated ")
                            && !part.matches(".*\\badd (?:constraint|check)\\b.*")) {
                        found.add(sql + ": it writes rows without it");
                    }
                }
            }
        }
        return found;
    }

    private static boolean isOn(Set<String> tables, String sql) {
        var on = ON_TABLE.matcher(sql);
        return on.find() && tables.contains(on.group(on.groupCount()));
    }

    /// A statement in one line, in small letters, its texts taken out.
    private record Statement(String sql, boolean hasReason) {
        private static final Pattern PART =
                Pattern.compile(
                        "(?<comment>--[^\n]*|(?s:/\\*.*?\\*/))"
                                + "|(?<text>'(?:[^']|'')*'|(?s:(\\$[a-z_]*\\$).*?\\3))"
                                + "|(?<end>;)"
                                + "|(?<rest>(?s:.))");

        static List<Statement> all(String file) {
            var statements = new ArrayList<Statement>();
            var sql = new StringBuilder();
            var hasReason = false;
            var parts = PART.matcher(file);
            while (parts.find()) {
                if (parts.group("comment") != null) {
                    hasReason |= parts.group("comment").startsWith("-- contract: ");
                } else if (parts.group("text") != null) {
                    sql.append("''");
                } else if (parts.group("end") != null) {
                    statements.add(of(sql, hasReason));
                    sql.setLength(0);
                    hasReason = false;
                } else {
                    sql.append(parts.group("rest"));
                }
            }
            if (!sql.toString().isBlank()) {
                statements.add(of(sql, hasReason));
            }
            return statements;
        }

        private static Statement of(CharSequence sql, boolean hasReason) {
            var line = sql.toString().strip().replaceAll("\\s+", " ").toLowerCase(Locale.ROOT);
            return new Statement(line, hasReason);
        }
    }

    private static List<Path> since(String baseline) throws IOException {
        return all().stream().filter(it -> version(it).compareTo(baseline) > 0).toList();
    }

    /// In the order of their versions.
    private static List<Path> all() throws IOException {
        try (var files = Files.walk(MIGRATIONS)) {
            return files.filter(it -> it.toString().endsWith(".sql"))
                    .sorted(java.util.Comparator.comparing(MigrationsTest::version))
                    .toList();
        }
    }

    private static String version(Path file) {
        var name = VERSION.matcher(file.getFileName().toString());
        assertThat(name.matches()).as(file.toString()).isTrue();
        return name.group(1);
    }

    private static Map.Entry<Pattern, String> danger(String pattern, String why) {
        return Map.entry(Pattern.compile(pattern), why);
    }
}
