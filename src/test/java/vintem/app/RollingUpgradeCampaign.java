package vintem.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vintem.Query;
import vintem.app.LiveLoad.Kind;

/// Two nodes of an earlier version are replaced by this one, one after the other, under load: for a
/// while both versions work on the new shape of the database.
///
/// Run by its name, since it builds the earlier version out of git:
///
/// ```sh
/// ./vintem test -Dtest=none -Dsurefire.failIfNoSpecifiedTests=false \
///     -Dit.test=RollingUpgradeCampaign -Dvintem.previous=<commit> -Dvintem.kinds=PAYMENT,BATCH
/// ```
///
/// `vintem.kinds` says what the earlier version can do; everything, where it is not set.
/// `MigrationsTest` holds migrations to what this needs, in every run.
class RollingUpgradeCampaign {
    private static final int PAYMENTS = 60;

    @TempDir private Path temporary;

    @Test
    void nodes_of_two_versions_work_side_by_side_until_the_old_ones_are_gone() throws Exception {
        var seed = Long.getLong("vintem.seed", System.nanoTime() & 0xFFFFFF);
        var previous = System.getProperty("vintem.previous", "HEAD~10");
        var worktree = temporary.resolve("previous");
        run(Path.of(""), "git", "worktree", "add", "--detach", worktree.toString(), previous);
        try (var fleet = new Fleet(temporary)) {
            run(
                    worktree,
                    "mvn",
                    "-q",
                    "-B",
                    "-Dmaven.test.skip=true",
                    "-Dspotless.check.skip=true",
                    "package");
            var jar = worktree.resolve("target/vintem.jar");
            var old = List.of(fleet.add(jar), fleet.add(jar));
            var before = migrations(fleet);
            try (var load = new LiveLoad(fleet::alive, seed, kinds())) {
                load.start();
                load.awaitProgress(PAYMENTS);
                fleet.add();
                say("the new version has come; migrations: %d, then %d", before, migrations(fleet));
                load.awaitProgress(PAYMENTS);
                assertThat(fleet.stop(old.get(0))).isEqualTo(143);
                load.awaitProgress(PAYMENTS);
                fleet.add();
                load.awaitProgress(PAYMENTS);
                assertThat(fleet.stop(old.get(1))).isEqualTo(143);
                load.awaitProgress(PAYMENTS);
                load.finish();
                say("seed %d: %s", seed, load.summary());
                load.prove(fleet.database());
            }
            for (var node : old) {
                assertThat(node.output()).doesNotContain(" ERROR ");
            }
            var audit = fleet.audit();
            assertThat(audit.exit()).as(audit.output()).isZero();
        } finally {
            run(Path.of(""), "git", "worktree", "remove", "--force", worktree.toString());
        }
    }

    private static Set<Kind> kinds() {
        var named = System.getProperty("vintem.kinds", "");
        var kinds = EnumSet.allOf(Kind.class);
        if (!named.isEmpty()) {
            kinds.retainAll(Arrays.stream(named.split(",")).map(Kind::valueOf).toList());
        }
        return kinds;
    }

    private static long migrations(Fleet fleet) {
        return Long.parseLong(
                Query.one(fleet.database(), "select count(*) from flyway_schema_history"));
    }

    private static void run(Path folder, String... command)
            throws IOException, InterruptedException {
        var process =
                new ProcessBuilder(command)
                        .directory(folder.toAbsolutePath().toFile())
                        .inheritIO()
                        .start();
        assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(String.join(" ", command)).isZero();
    }

    private static void say(String format, Object... arguments) {
        System.out.println(format.formatted(arguments));
    }
}
