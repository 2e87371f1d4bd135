package vintem.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.arc.All;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import vintem.World;
import vintem.platform.Errand;

@QuarkusTest
@QuarkusTestResource(World.class)
class ThenTest {
    @Inject @All List<Errand> errands;

    @Test
    void a_moments_errands_stand_in_one_order_however_the_container_gives_them() {
        var dice = new Random(1);
        var order = names(Then.inOrder(errands));
        for (var i = 0; i < 100; i++) {
            var shuffled = new ArrayList<>(errands);
            Collections.shuffle(shuffled, dice);
            assertThat(names(Then.inOrder(shuffled))).isEqualTo(order);
        }
        // What is imported is mailed at the same moment, and so are reminders.
        assertThat(order)
                .containsSubsequence(
                        "ImportFiles",
                        "RegisterBoletos",
                        "RemindDebtors",
                        "NotifyDebtors",
                        "OutboxRelay")
                .contains("BookIncoming", "ExpirePayments");
    }

    private static List<String> names(List<Errand> errands) {
        return errands.stream().map(it -> it.getClass().getSimpleName()).toList();
    }
}
