package vintem.app;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.mail.MessagingException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vintem.Query;
import vintem.platform.Together;

/// One, two and three processes on one PostgreSQL and one Redis, under load of every kind; some are
/// killed in the middle of it and others come. `-Dvintem.seed=` repeats a run's choices, if not its
/// weather; `-Dvintem.tests=campaign` makes many.
class ManyNodesIT {
    private static final boolean CAMPAIGN =
            System.getProperty("vintem.tests", "suite").equals("campaign");
    private static final int CHANGES = CAMPAIGN ? 40 : 4;
    private static final int MOST_NODES = 3;
    private static final int PAYMENTS = 25;
    // So many mails are under way at one moment, and may go out again when their node dies.
    private static final int MAILS_AT_ONCE = 4;

    @TempDir private Path temporary;

    @Test
    void nothing_is_lost_and_nothing_happens_twice_while_nodes_die_and_come() {
        var seed = Long.getLong("vintem.seed", System.nanoTime() & 0xFFFFFF);
        var random = new Random(seed);
        var kills = 0;
        say(seed, "begins");
        try (var fleet = new Fleet(temporary)) {
            fleet.start(2);
            try (var load = new LiveLoad(fleet::alive, seed)) {
                fleet.alive().forEach(load::look);
                load.start();
                for (var change = 0; change < CHANGES; change++) {
                    load.awaitProgress(PAYMENTS);
                    if (grows(fleet, random, change)) {
                        load.look(fleet.add());
                        say(seed, "a node came, they are " + fleet.alive().size());
                    } else {
                        fleet.kill(fleet.any(random));
                        kills++;
                        say(seed, "a node died, they are " + fleet.alive().size());
                    }
                }
                load.awaitProgress(PAYMENTS);
                load.finish();
                say(seed, load.summary());
                load.prove(fleet.database());
                // Each node had somebody who looked.
                assertThat(load.reconnected()).isGreaterThanOrEqualTo(kills);
                debtorsHeardOnce(fleet, load, kills);
                var audit = fleet.audit();
                assertThat(audit.exit()).as("-Dvintem.seed=%d %s", seed, audit.output()).isZero();
            }
            for (var node : fleet.alive()) {
                assertThat(fleet.stop(node)).isEqualTo(143);
            }
        }
    }

    /// In the suite one comes, one dies, one comes, one dies.
    private static boolean grows(Fleet fleet, Random random, int change) {
        var many = fleet.alive().size();
        if (!CAMPAIGN) {
            return change % 2 == 0;
        }
        return many == 1 || many < MOST_NODES && random.nextBoolean();
    }

    private static void debtorsHeardOnce(Fleet fleet, LiveLoad load, int kills) {
        var debts = load.known().get(LiveLoad.Kind.FILE).size() * LiveLoad.ROWS;
        Together.until(
                "all mails are sent",
                () ->
                        Query.one(
                                        fleet.database(),
                                        "select count(*) from charge_email where status <> 'sent'")
                                .equals("0"));
        assertThat(ids(fleet)).hasSize(debts);
        assertThat(fleet.mail().getReceivedMessages().length - debts)
                .as("mails that came twice, with the same Message-ID")
                .isBetween(0, kills * MAILS_AT_ONCE);
    }

    private static HashSet<String> ids(Fleet fleet) {
        var ids = new HashSet<String>();
        Arrays.stream(fleet.mail().getReceivedMessages())
                .forEach(
                        message -> {
                            try {
                                ids.add(message.getMessageID());
                            } catch (MessagingException failed) {
                                throw new AssertionError(failed);
                            }
                        });
        return ids;
    }

    private static void say(long seed, String what) {
        System.out.println("[seed " + seed + "] " + what);
    }
}
