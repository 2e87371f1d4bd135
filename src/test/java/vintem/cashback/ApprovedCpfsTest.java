package vintem.cashback;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import vintem.access.Caller;
import vintem.access.Logs;
import vintem.platform.TaxId;
import vintem.platform.TestDatabase;

/// The list of those whose purchases need no validation, on a database of its own.
class ApprovedCpfsTest {
    private static final TaxId.Cpf SPECIAL = new TaxId.Cpf("15350946056");
    private static final LocalDate TODAY = LocalDate.of(2026, 11, 26);

    // In São Paulo it is still the day before the one in UTC.
    private final Clock clock = Clock.fixed(Instant.parse("2026-11-27T02:59:59Z"), ZoneOffset.UTC);
    private final TestDatabase world = TestDatabase.fresh();
    private final ApprovedCpfs list =
            new ApprovedCpfs(world.database(), new ResellerTable(), Logs.of(clock), clock);

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void it_is_empty_where_nobody_opens_a_sandbox() {
        assertThat(list.all()).isEmpty();
    }

    @Test
    void the_sandboxs_begins_with_the_one_that_the_challenge_names_and_stays_ended_once_it_is() {
        list.openSandbox();
        list.openSandbox();
        assertThat(list.all())
                .singleElement()
                .satisfies(it -> assertThat(it.cpf()).isEqualTo(SPECIAL.value()));
        assertThat(list.end(Caller.SYSTEM, list.all().getFirst().id())).isTrue();
        list.openSandbox();
        assertThat(list.all())
                .singleElement()
                .satisfies(it -> assertThat(it.validUntil()).isEqualTo(TODAY));
    }

    @Test
    void an_entry_holds_from_its_first_to_its_last_day_and_on_no_other() {
        var reseller =
                new Reseller(
                        java.util.UUID.randomUUID(),
                        "ana",
                        "Ana",
                        SPECIAL.value(),
                        "ana@example.com",
                        null,
                        clock.instant(),
                        null,
                        null);
        var table = new ResellerTable();
        world.database().run(tx -> table.insert(tx, reseller));
        list.add(Caller.SYSTEM, SPECIAL, TODAY, TODAY.plusDays(2));
        for (var day = TODAY.minusDays(2); day.isBefore(TODAY.plusDays(5)); day = day.plusDays(1)) {
            var asked = day;
            var approved =
                    world.database()
                            .transaction(
                                    tx ->
                                            table.buyers(
                                                            tx,
                                                            List.of(),
                                                            List.of(SPECIAL.value()),
                                                            asked)
                                                    .getFirst()
                                                    .approved());
            assertThat(approved)
                    .as("%s", day)
                    .isEqualTo(!day.isBefore(TODAY) && !day.isAfter(TODAY.plusDays(2)));
        }
    }
}
