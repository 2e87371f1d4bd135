package vintem.payouts;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import vintem.access.Asking;
import vintem.access.Caller.Kind;
import vintem.access.Capability;
import vintem.access.Needs;
import vintem.access.ReadsPerson;
import vintem.access.Role;
import vintem.bank.PixKey;
import vintem.payouts.HoldTable.Hold;
import vintem.payouts.HoldTable.KindSum;
import vintem.payouts.HoldTable.Line;
import vintem.platform.Cents;
import vintem.platform.Database;
import vintem.platform.HttpBody;
import vintem.platform.Page;
import vintem.platform.Problem;

/// What is held: a second person releases or refuses it, and whoever may pay takes it back.
@Path("/payouts/holds")
@Tag(name = "payouts", description = "Money out by Pix")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class HoldsHttp {
    private static final Set<String> STATES =
            Set.of("waiting", "scheduled", "released", "refused", "cancelled", "expired");
    private static final int LONGEST_REASON = 200;
    private static final String SAMPLE_RELEASE =
            """
            {"digest":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}""";

    /// Payouts that are held together.
    ///
    /// @param kind `approval`, `schedule` or `lookalike`
    /// @param state `waiting` (for a person), `scheduled`, or how it ended
    /// @param digest what a release has to name
    public record HoldAnswer(
            UUID id,
            String batchId,
            String kind,
            String state,
            long items,
            long amountCents,
            long lookalikes,
            String digest,
            String sentBy,
            Instant createdAt,
            @Nullable Instant scheduledFor,
            @Nullable Instant expiresAt,
            @Nullable String decidedBy,
            @Nullable Instant decidedAt,
            @Nullable String reason,
            @Nullable Instant endedAt) {
        static HoldAnswer of(Hold hold) {
            return new HoldAnswer(
                    hold.id(),
                    hold.batchId(),
                    hold.kind(),
                    hold.state(),
                    hold.items(),
                    hold.cents(),
                    hold.lookalikes(),
                    hold.digest(),
                    hold.callerName(),
                    hold.createdAt(),
                    hold.scheduledFor(),
                    hold.expiresAt(),
                    hold.decidedByName(),
                    hold.decidedAt(),
                    hold.decisionNote(),
                    hold.endedAt());
        }
    }

    /// A hold with what a person looks at before they release it.
    ///
    /// @param changed whether it is not any more what was submitted: it can only be refused
    public record HoldDetail(
            HoldAnswer hold,
            boolean changed,
            List<KindSum> byKeyKind,
            HoldTable.Recipients recipients,
            List<ItemAnswer> details,
            @Nullable Integer next) {}

    /// @param recipient `known`, `new`, `other_key` or `unnamed`
    public record ItemAnswer(
            String externalId,
            @Nullable String userId,
            String pixKey,
            long amountCents,
            @Nullable String description,
            String status,
            @Nullable String reason,
            boolean lookalike,
            String recipient) {}

    private final HoldTable table;
    private final ReleaseHold release;
    private final Database database;
    private final Asking asking;

    @Inject
    HoldsHttp(HoldTable table, ReleaseHold release, Database database, Asking asking) {
        this.table = table;
        this.release = release;
        this.database = database;
        this.asking = asking;
    }

    @GET
    @Needs(capability = Capability.PAYOUTS, role = Role.READ)
    @Operation(summary = "List what is held, newest first; with ?state= also what was decided")
    @APIResponse(responseCode = "200", description = "A page of holds")
    @APIResponse(responseCode = "400", description = "A state, cursor or limit that cannot be")
    public Page<HoldAnswer> list(
            @QueryParam("state") @Nullable String state,
            @QueryParam("after") @Nullable String after,
            @QueryParam("limit") @Nullable String limit) {
        var wanted = state(state);
        var size = Page.size(limit);
        var place = after == null ? null : parse(after).orElseThrow(HoldsHttp::notACursor);
        var rows = database.transaction(tx -> table.list(tx, wanted, place, size + 1));
        return Page.of(rows, size, row -> row.id().toString()).map(HoldAnswer::of);
    }

    @GET
    @Path("/{id}")
    @Needs(capability = Capability.PAYOUTS, role = Role.READ)
    @ReadsPerson("payout_hold")
    @Operation(
            summary = "Look at a hold: its digest, its sums, and its payouts",
            description =
                    "Payouts come in the order in which they were sent; `next` goes into ?after=.")
    @APIResponse(responseCode = "200", description = "The hold and a page of its payouts")
    @APIResponse(responseCode = "400", description = "A cursor or limit that cannot be")
    @APIResponse(responseCode = "404", description = "No such hold")
    public HoldDetail find(
            @PathParam("id") String id,
            @QueryParam("after") @Nullable String after,
            @QueryParam("limit") @Nullable String limit) {
        var size = Page.size(limit);
        if (after != null && !after.matches("[0-9]{1,9}")) {
            throw notACursor();
        }
        var place = after == null ? -1 : Integer.parseInt(after);
        var holdId = known(id);
        var whole = asking.caller().may(Capability.PAYOUTS, Role.OPERATOR);
        return database.snapshot(
                tx -> {
                    var hold = table.find(tx, holdId).orElseThrow(HoldsHttp::noSuchHold);
                    var lines = table.lines(tx, holdId, place, false, size + 1);
                    var page = Page.of(lines, size, line -> Integer.toString(line.position()));
                    return new HoldDetail(
                            HoldAnswer.of(hold),
                            hold.isOpen()
                                    && !ReleaseHold.digest(hold, table.items(tx, holdId))
                                            .equals(hold.digest()),
                            table.sums(tx, holdId),
                            table.recipients(tx, holdId),
                            page.items().stream().map(line -> item(line, whole)).toList(),
                            page.next() == null ? null : Integer.valueOf(page.next()));
                });
    }

    @POST
    @Path("/{id}/release")
    @Needs(capability = Capability.PAYOUTS, role = Role.OPERATOR, by = Kind.USER)
    @Operation(
            summary = "Release what was seen",
            description =
                    "Sends exactly what has this digest, at once or at its hour. Another person"
                            + " than the one who sent it; never by an API key. Safe to repeat.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = "application/json",
                            examples = @ExampleObject(name = "sample", value = SAMPLE_RELEASE)))
    @APIResponse(responseCode = "200", description = "It is released, now or before")
    @APIResponse(responseCode = "400", description = "The digest is not named")
    @APIResponse(responseCode = "403", description = "You sent it yourself")
    @APIResponse(responseCode = "404", description = "No such hold")
    @APIResponse(
            responseCode = "409",
            description =
                    "It is not what you saw, somebody decided otherwise, or its sender is gone")
    @APIResponse(
            responseCode = "422",
            description = "Above what you may release; or all or nothing, and not all can be paid")
    public HoldAnswer release(@PathParam("id") String id, InputStream body) {
        var fields = HttpBody.object(body);
        var digest = fields.requiredText("digest", 64);
        fields.orThrow();
        return answer(release.release(asking.caller(), known(id), digest));
    }

    @POST
    @Path("/{id}/refusal")
    @Needs(capability = Capability.PAYOUTS, role = Role.OPERATOR, by = Kind.USER)
    @Operation(
            summary = "Refuse what is held",
            description =
                    "Nothing of it is sent; its payouts fail, and may be sent again corrected.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = "application/json",
                            examples =
                                    @ExampleObject(
                                            name = "sample",
                                            value = "{\"reason\":\"paid by hand on Monday\"}")))
    @APIResponse(responseCode = "200", description = "It is refused, now or before")
    @APIResponse(responseCode = "400", description = "The reason is missing")
    @APIResponse(responseCode = "404", description = "No such hold")
    @APIResponse(responseCode = "409", description = "Somebody decided otherwise")
    public HoldAnswer refuse(@PathParam("id") String id, InputStream body) {
        var fields = HttpBody.object(body);
        var why = fields.requiredText("reason", LONGEST_REASON);
        fields.orThrow();
        return answer(release.refuse(asking.caller(), known(id), why));
    }

    @POST
    @Path("/{id}/cancellation")
    @Needs(capability = Capability.PAYOUTS, role = Role.OPERATOR)
    @Operation(summary = "Take back what was not sent yet")
    @APIResponse(responseCode = "200", description = "It is cancelled, now or before")
    @APIResponse(responseCode = "404", description = "No such hold")
    @APIResponse(responseCode = "409", description = "It was sent, or somebody decided otherwise")
    public HoldAnswer cancel(@PathParam("id") String id) {
        return answer(release.cancel(asking.caller(), known(id)));
    }

    /// @throws Problem `400` for what is no state
    static @Nullable String state(@Nullable String state) {
        if (state != null && !STATES.contains(state)) {
            throw Problem.invalid(
                    "?state",
                    "must be one of waiting, scheduled, released, refused, cancelled, expired");
        }
        return state;
    }

    private static HoldAnswer answer(ReleaseHold.Outcome outcome) {
        return switch (outcome) {
            case ReleaseHold.Outcome.Done(var hold, _) -> HoldAnswer.of(hold);
            case ReleaseHold.Outcome.Unknown() -> throw noSuchHold();
            case ReleaseHold.Outcome.SamePerson() ->
                    throw Problem.of(
                            403,
                            "same-person",
                            "Another person must release it",
                            "You sent it, or one of your keys did: another person has to look.");
            case ReleaseHold.Outcome.OverLimit(var limit) ->
                    throw Problem.refused(
                            422,
                            "over-limit",
                            "Above your limit",
                            "You may release batches of at most %s.".formatted(Cents.format(limit)),
                            List.of(),
                            0);
            case ReleaseHold.Outcome.Changed(_) ->
                    throw Problem.conflict(
                            "changed-since-seen",
                            "It is not what you named: look at it again. Nothing was sent.");
            case ReleaseHold.Outcome.DecidedOtherwise(var hold) ->
                    throw Problem.conflict(
                            "decided-otherwise",
                            hold.isWaiting()
                                    ? "Its time is over."
                                    : "It is %s.".formatted(hold.state()));
            case ReleaseHold.Outcome.SenderGone() ->
                    throw Problem.conflict(
                            "sender-gone",
                            "Whoever sent it may not pay any more: refuse it. Nothing was sent.");
            case ReleaseHold.Outcome.NotAll(var report) -> throw PayoutsHttp.notAll(report);
        };
    }

    /// Whoever decides must see the whole key; others see it masked.
    private static ItemAnswer item(Line line, boolean whole) {
        return new ItemAnswer(
                line.externalId(),
                line.userId(),
                whole ? line.pixKey() : masked(line.pixKey()),
                line.amountCents(),
                line.description(),
                line.status(),
                line.reason(),
                line.lookalike(),
                line.recipient());
    }

    static String masked(String storedKey) {
        return PixKey.parse(storedKey).map(PixKey::masked).orElse("—");
    }

    static Optional<UUID> parse(String id) {
        return id.matches("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
                ? Optional.of(UUID.fromString(id))
                : Optional.empty();
    }

    private static UUID known(String id) {
        return parse(id).orElseThrow(HoldsHttp::noSuchHold);
    }

    private static Problem notACursor() {
        return Problem.invalid("?after", "is not a cursor of this list");
    }

    private static Problem noSuchHold() {
        return Problem.notFound("Nothing is held under this id.");
    }
}
