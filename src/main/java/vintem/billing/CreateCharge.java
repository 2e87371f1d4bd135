package vintem.billing;

import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import vintem.platform.BusinessDays;
import vintem.platform.Coalescer;
import vintem.platform.Database;
import vintem.platform.Idempotency;
import vintem.platform.Idempotency.Claim;
import vintem.platform.Outbox;
import vintem.platform.Traces;

/// Charges one debtor, or a list of requests that came at the same moment.
@Singleton
class CreateCharge {
    /// What is asked for.
    ///
    /// @param governmentId as it was given; whether it is a CPF or CNPJ is noted, not demanded
    /// @param debtId null where the debt has no name of its own: the charge's id is taken
    record Wish(
            @Nullable String debtId,
            String name,
            String governmentId,
            boolean documentValid,
            String email,
            long amountCents,
            LocalDate dueDate,
            LateTerms terms,
            Billed billed) {}

    /// @param base scheme and host under which the debtor reaches us
    record Request(UUID id, Wish wish, String base, Optional<Idempotency.Request> key, Instant at) {
        String debtId() {
            return wish.debtId() == null ? id.toString() : wish.debtId();
        }
    }

    sealed interface Outcome {
        /// @param body the answer, as the key keeps it
        record Created(Charge charge, byte[] body) implements Outcome {}

        /// The key was used before, or is being used.
        record KeyTaken(Claim claim) implements Outcome {}

        /// A debt is charged once, for ever: by this charge.
        ///
        /// @param differs what was asked for otherwise than it stands there
        record ChargedBefore(UUID chargeId, List<String> differs) implements Outcome {}

        /// The beneficiary has no numbers for boletos left.
        record NoNumbers() implements Outcome {}
    }

    private static final int CREATED = 201;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final MakeCharges makeCharges;
    private final ChargeLookupTable lookups;
    private final Boletos boletos;
    private final ChargeAnswers answers;
    private final Idempotency idempotency;
    private final Outbox outbox;
    private final Clock clock;
    private final Coalescer<Request, Outcome> line;

    @Inject
    CreateCharge(
            Database database,
            MakeCharges makeCharges,
            ChargeLookupTable lookups,
            Boletos boletos,
            ChargeAnswers answers,
            Idempotency idempotency,
            Outbox outbox,
            Clock clock) {
        this.makeCharges = makeCharges;
        this.lookups = lookups;
        this.boletos = boletos;
        this.answers = answers;
        this.idempotency = idempotency;
        this.outbox = outbox;
        this.clock = clock;
        line =
                new Coalescer<>(
                        "charges", database, Coalescer.Limits.HELPED_IN_CROWDS, this::create);
    }

    /// @throws Coalescer.Unavailable where too much is waiting or the database is away
    Outcome create(Request request) {
        try {
            return Traces.span(
                    "CreateCharge",
                    "vintem.charge.id",
                    request.id(),
                    () -> line.call(request, PATIENCE));
        } catch (Boletos.Exhausted nothingLeft) {
            return new Outcome.NoNumbers();
        }
    }

    @PreDestroy
    void stop() {
        line.close();
    }

    private List<Outcome> create(Handle tx, List<Request> list) {
        var outcomes = new LinkedHashMap<UUID, Outcome>();
        var keyed = list.stream().filter(each -> each.key().isPresent()).toList();
        var claims =
                idempotency.claim(tx, keyed.stream().flatMap(it -> it.key().stream()).toList());
        for (var i = 0; i < keyed.size(); i++) {
            if (!(claims.get(i) instanceof Claim.Fresh)) {
                outcomes.put(keyed.get(i).id(), new Outcome.KeyTaken(claims.get(i)));
            }
        }
        var open = list.stream().filter(each -> !outcomes.containsKey(each.id())).toList();
        if (!open.isEmpty()) {
            charge(tx, open, outcomes);
        }
        return list.stream().map(each -> Objects.requireNonNull(outcomes.get(each.id()))).toList();
    }

    private void charge(Handle tx, List<Request> open, Map<UUID, Outcome> outcomes) {
        var wanted = charges(open);
        var made = makeCharges.makeNew(tx, wanted);
        // Read by the next statement: what stood in the way has been committed by now.
        var standing =
                lookups
                        .findByDebt(
                                tx,
                                open.stream()
                                        .filter(each -> !made.contains(each.id()))
                                        .map(Request::debtId)
                                        .collect(Collectors.toCollection(LinkedHashSet::new)))
                        .stream()
                        .collect(Collectors.toMap(Charge::debtId, Function.identity()));
        var answered = new LinkedHashMap<Idempotency.Identity, byte[]>();
        var given = new ArrayList<Idempotency.Identity>();
        var news = new ArrayList<Outbox.News>();
        for (var i = 0; i < open.size(); i++) {
            var request = open.get(i);
            var charge = Charge.of(wanted.get(i));
            var before = standing.get(request.debtId());
            // A list that is run again finds what it had written.
            if (made.contains(request.id()) || before != null && before.id().equals(request.id())) {
                var body = answers.body(charge, null, request.base(), request.at()).json();
                outcomes.put(request.id(), new Outcome.Created(charge, body));
                request.key().ifPresent(key -> answered.put(key.identity(), body));
            } else {
                var other = Objects.requireNonNull(before, "it stands, or it was made");
                outcomes.put(
                        request.id(),
                        new Outcome.ChargedBefore(other.id(), differs(other, request.wish())));
                request.key().ifPresent(key -> given.add(key.identity()));
            }
            if (made.contains(request.id())) {
                news.add(
                        new ChargeEvent.Created(
                                        charge.id(),
                                        charge.debtId(),
                                        charge.amountCents(),
                                        charge.dueDate())
                                .news());
            }
        }
        idempotency.finish(tx, CREATED, answered);
        idempotency.release(tx, given);
        outbox.publish(tx, news);
    }

    private List<NewCharge> charges(List<Request> requests) {
        // A transaction of its own beside this one. Numbers of what turns out to be charged before
        // are lost, which costs nothing.
        var numbers = boletos.take(requests.size());
        var today = BusinessDays.today(clock);
        var charges = new ArrayList<NewCharge>(requests.size());
        for (var i = 0; i < requests.size(); i++) {
            var request = requests.get(i);
            var wish = request.wish();
            charges.add(
                    new NewCharge(
                            request.id(),
                            request.debtId(),
                            null,
                            0,
                            wish.name(),
                            wish.governmentId(),
                            wish.documentValid(),
                            wish.email(),
                            wish.amountCents(),
                            wish.dueDate(),
                            wish.terms().equals(LateTerms.NONE) ? null : wish.terms().text(),
                            wish.billed(),
                            DebtorLink.newKey(),
                            boletos.issue(
                                    numbers,
                                    i,
                                    wish.amountCents(),
                                    wish.dueDate(),
                                    today,
                                    wish.documentValid()),
                            request.at()));
        }
        return charges;
    }

    private static List<String> differs(Charge before, Wish wish) {
        var differs = new ArrayList<String>();
        if (!before.name().equals(wish.name())) {
            differs.add("name");
        }
        if (!before.governmentId().equals(wish.governmentId())) {
            differs.add("governmentId");
        }
        if (!before.email().equals(wish.email())) {
            differs.add("email");
        }
        if (before.amountCents() != wish.amountCents()) {
            differs.add("debtAmount");
        }
        if (!before.dueDate().equals(wish.dueDate())) {
            differs.add("debtDueDate");
        }
        return differs;
    }
}
