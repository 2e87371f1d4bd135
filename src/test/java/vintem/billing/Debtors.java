package vintem.billing;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import vintem.platform.BusinessDays;
import vintem.platform.Database;
import vintem.platform.Ids;

/// People who owe something, charged as the import charges them.
@Singleton
public class Debtors {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final Database database;
    private final MakeCharges makeCharges;
    private final Boletos boletos;
    private final Clock clock;

    @Inject
    Debtors(Database database, MakeCharges makeCharges, Boletos boletos, Clock clock) {
        this.database = database;
        this.makeCharges = makeCharges;
        this.boletos = boletos;
        this.clock = clock;
    }

    NewCharge owe(long cents, LocalDate due) {
        return owe("Ana Lúcia", address(), cents, due, null, null);
    }

    List<NewCharge> owe(int people) {
        return ofFile(people, null);
    }

    /// @param fileId the file that they come from
    List<NewCharge> ofFile(int people, @Nullable UUID fileId) {
        var due = BusinessDays.today(clock).plusDays(30);
        var list =
                IntStream.range(0, people)
                        .mapToObj(i -> of("Debtor " + i, address(), 1_000 + i, due, null, fileId))
                        .toList();
        database.run(tx -> makeCharges.make(tx, list));
        return list;
    }

    NewCharge owe(
            String name,
            String email,
            long cents,
            LocalDate due,
            @Nullable String lateTerms,
            @Nullable UUID fileId) {
        var charge = of(name, email, cents, due, lateTerms, fileId);
        database.run(tx -> makeCharges.make(tx, List.of(charge)));
        return charge;
    }

    static String address() {
        return "debtor-%d@mail.example".formatted(NUMBER.incrementAndGet());
    }

    private NewCharge of(
            String name,
            String email,
            long cents,
            LocalDate due,
            @Nullable String lateTerms,
            @Nullable UUID fileId) {
        var now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        var today = BusinessDays.today(clock);
        var id = Ids.next();
        return new NewCharge(
                id,
                "debt-" + id,
                fileId,
                2,
                name,
                "52998224725",
                true,
                email,
                cents,
                due,
                lateTerms,
                Billed.ALREADY_RECOGNISED,
                UUID.randomUUID(),
                boletos.issue(boletos.take(1), 0, cents, due, today, true),
                now);
    }
}
