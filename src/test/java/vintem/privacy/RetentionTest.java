package vintem.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import vintem.Rows;
import vintem.World;

/// A table that can hold a text says in `docs/privacy.md` whether it holds somebody's, for how
/// long, and what ends it. A new table must decide.
@QuarkusTest
@QuarkusTestResource(World.class)
class RetentionTest {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z_.]+)` \\|");

    @Test
    void every_table_with_texts_stands_in_the_list_and_no_other() throws IOException {
        var tables =
                new TreeSet<>(
                        List.of(
                                Rows.text(
                                                """
                                                select string_agg(distinct case table_schema
                                                    when 'public' then table_name
                                                    else table_schema || '.' || table_name end, ',')
                                                from information_schema.columns
                                                join information_schema.tables
                                                    using (table_schema, table_name)
                                                where table_type = 'BASE TABLE'
                                                and table_schema in ('public', 'simulated_bank')
                                                and table_name not like 'flyway%'
                                                and data_type in ('text', 'bytea', 'jsonb', 'json',
                                                                  'ARRAY', 'character varying')
                                                """)
                                        .split(",")));
        var listed = new TreeSet<String>();
        ROW.matcher(Files.readString(Path.of("docs/privacy.md")))
                .results()
                .forEach(it -> listed.add(it.group(1)));
        assertThat(listed).isEqualTo(tables);
    }
}
