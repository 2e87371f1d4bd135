package vintem.console;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import vintem.access.Caller;
import vintem.access.Capability;
import vintem.access.Needs;
import vintem.access.Role;
import vintem.access.SignedIn;
import vintem.console.Overview.Day;
import vintem.console.Overview.Waiting;
import vintem.platform.Database;
import vintem.platform.Finder.Hit;
import vintem.platform.HttpBody;
import vintem.platform.Json;
import vintem.platform.Pages;
import vintem.platform.Problem;
import vintem.platform.Sought;
import vintem.platform.Words;

/// What the console shows, as JSON: the overview, the search, and the story of a piece of money.
@Path("/console")
@Tag(name = "console", description = "All of it at once")
@RunOnVirtualThread
@Produces(MediaType.APPLICATION_JSON)
public class ConsoleHttp {
    private static final String SAMPLE_OVERVIEW =
            """
            {"bank_cents":100001234,"under_way_cents":0,"owed_to_us_cents":781100,
             "owed_by_us_cents":0,
             "days":[{"day":"2026-11-26","in_cents":1234,"out_cents":0,"owed_to_us_cents":781100,
                      "owed_by_us_cents":0}],
             "attention":[{"section":"payouts","kind":"payouts_unknown","count":2,"more":false,
                           "grave":true,"oldest":"2026-11-26T12:00:00Z",
                           "page":"/app/payouts/batch?id=november&status=processing"}],
             "books":{"balanced":true,"agree":true,"holds":true,"debit_cents":200002468,
                      "credit_cents":200002468,"checkpoint_at":"2026-11-26T12:00:00Z",
                      "audited_at":"2026-11-26T06:00:00Z","audit_clean":true,"wrong":[]}}""";

    private static final String SAMPLE_SEARCH = "{\"q\":\"R$ 1.234,56\"}";

    private static final String SAMPLE_FOUND =
            """
            {"hits":[{"section":"payments","kind":"payment","title":"order-1","detail":null,
              "amount_cents":123456,"status":"paid","at":"2026-11-26T12:00:00Z",
              "story_id":"019aa3f2-6c1e-7000-9a51-6f3b8a1d2c4e",
              "page":"/app/payments/one?id=019aa3f2-6c1e-7000-9a51-6f3b8a1d2c4e","exact":false}],
             "straight_to":null}""";

    private static final String SAMPLE_STORY =
            """
            {"id":"019aa3f2-6c1e-7000-9a51-6f3b8a1d2c4e",
             "subjects":[{"kind":"charge","section":"billing",
               "id":"019aa3f2-6c1e-7000-9a51-6f3b8a1d2c4e","name":"Charge","title":"8291",
               "amount_cents":781100,"status":"Paid","mood":"good",
               "page":"/app/billing/charge?id=019aa3f2-6c1e-7000-9a51-6f3b8a1d2c4e"}],
             "moments":[{"at":"2026-11-26T12:00:00Z","kind":"charge.made_by_row",
               "text":"Charged by row 2 of input.csv, due on 26 Nov 2026","amount_cents":781100,
               "mood":"plain","section":"billing","subject_kind":"charge",
               "subject_id":"019aa3f2-6c1e-7000-9a51-6f3b8a1d2c4e",
               "page":"/app/billing/file?id=019aa3f2-6c1e-7000-9a51-6f3b8a1d2c4d",
               "transfers":[{"id":"019aa3f2-6c1e-7000-9a51-6f3b8a1d2c4f",
                 "entry_id":"019aa3f2-6c1e-7000-9a51-6f3b8a1d2c4f","debit":"receivable",
                 "credit":"already_recognised","amount_cents":781100,"kind":"charge_made",
                 "recorded_at":"2026-11-26T12:00:00Z"}]}],
             "cut":false,"hidden":false}""";

    public record BooksAnswer(
            boolean balanced,
            boolean agree,
            boolean holds,
            long debitCents,
            long creditCents,
            @Nullable Instant checkpointAt,
            @Nullable Instant auditedAt,
            boolean auditClean,
            List<String> wrong) {
        static BooksAnswer of(Overview.Books books) {
            var quick = books.quick();
            var audit = books.audit();
            return new BooksAnswer(
                    quick.balanced(),
                    quick.agree(),
                    quick.holds(),
                    quick.debitCents(),
                    quick.creditCents(),
                    quick.checkpointAt(),
                    audit == null ? null : audit.finishedAt(),
                    audit != null && audit.clean(),
                    audit == null ? List.of() : audit.wrong());
        }
    }

    /// @param days the last thirty, the oldest first
    public record OverviewAnswer(
            long bankCents,
            long underWayCents,
            long owedToUsCents,
            long owedByUsCents,
            List<Day> days,
            List<Waiting> attention,
            BooksAnswer books) {}

    /// @param storyId what its story is asked for by; null where it has none
    /// @param exact it was named by an id of its own
    public record HitAnswer(
            String section,
            String kind,
            String title,
            @Nullable String detail,
            @Nullable Long amountCents,
            @Nullable String status,
            @Nullable Instant at,
            @Nullable UUID storyId,
            String page,
            boolean exact) {
        static HitAnswer of(String section, Hit hit) {
            return new HitAnswer(
                    section,
                    hit.kind(),
                    hit.title(),
                    hit.detail(),
                    hit.cents(),
                    hit.status() == null ? null : hit.status().name(),
                    hit.at(),
                    hit.storyId(),
                    hit.page(),
                    hit.exact());
        }
    }

    /// @param straightTo the page to go to at once, where one thing was named by its id
    public record FoundAnswer(List<HitAnswer> hits, @Nullable String straightTo) {}

    private final Overview overview;
    private final FindAnything findAnything;
    private final TellStory tellStory;
    private final Database database;
    private final Pages pages;

    @Inject
    ConsoleHttp(
            Overview overview,
            FindAnything findAnything,
            TellStory tellStory,
            Database database,
            Pages pages) {
        this.overview = overview;
        this.findAnything = findAnything;
        this.tellStory = tellStory;
        this.database = database;
        this.pages = pages;
    }

    @GET
    @Path("overview")
    @Needs(capability = Capability.CONSOLE, role = Role.READ)
    @Operation(
            summary = "How the business stands",
            description =
                    "Money in and out and what is owed, by São Paulo day; what waits for a person in "
                            + "the areas that are open to you (no count goes beyond 1,000); and "
                            + "whether the books balance.")
    @APIResponse(
            responseCode = "200",
            description = "All of one moment",
            content = @Content(examples = @ExampleObject(name = "sample", value = SAMPLE_OVERVIEW)))
    public Response overview() {
        return json(
                database.snapshot(
                        tx -> {
                            var money = overview.money(tx);
                            return new OverviewAnswer(
                                    money.bankCents(),
                                    money.underWayCents(),
                                    money.owedToUsCents(),
                                    money.owedByUsCents(),
                                    money.days(),
                                    overview.attention(tx),
                                    BooksAnswer.of(overview.books(tx)));
                        }));
    }

    @POST
    @Path("search")
    @SignedIn({Caller.Kind.USER, Caller.Kind.KEY})
    @Operation(
            summary = "Find anything",
            description =
                    "By an id, an external_id, a txid, a debtId, an end-to-end id, a batch id, a "
                            + "purchase code, an e-mail address, a CPF or CNPJ, a Pix key, a name, or "
                            + "an amount as Brazilians write it or plainly. Only in the areas that "
                            + "are open to you; CPFs are masked. It is a POST so that no CPF stands "
                            + "in an address. At most 20 of each area.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = "application/json",
                            examples = @ExampleObject(name = "sample", value = SAMPLE_SEARCH)))
    @APIResponse(
            responseCode = "200",
            description = "What was found, which may be nothing",
            content = @Content(examples = @ExampleObject(name = "sample", value = SAMPLE_FOUND)))
    @APIResponse(responseCode = "400", description = "q is missing, blank or too long")
    @APIResponse(responseCode = "413", description = "The body is too large")
    public Response search(InputStream body) {
        var fields = HttpBody.object(body);
        var q = fields.requiredText("q", Sought.LONGEST);
        fields.orThrow();
        var sought = Sought.of(q).orElseThrow(() -> Problem.invalid("/q", "must not be blank"));
        var found = database.snapshot(tx -> findAnything.find(tx, sought));
        return json(
                new FoundAnswer(
                        found.groups().stream()
                                .flatMap(
                                        group ->
                                                group.hits().stream()
                                                        .map(
                                                                hit ->
                                                                        HitAnswer.of(
                                                                                group.section(),
                                                                                hit)))
                                .toList(),
                        found.straightTo()));
    }

    @GET
    @Path("stories/{id}")
    @SignedIn({Caller.Kind.USER, Caller.Kind.KEY})
    @Operation(
            summary = "Explain this cent",
            description =
                    "What happened to a piece of money across all areas that are open to you, from "
                            + "whichever id of it: of a charge, payment, receipt, refund, settlement, "
                            + "payout, purchase, redemption or reseller, of a transfer or an entry. "
                            + "Texts are in the language of Accept-Language; kinds are stable.")
    @APIResponse(
            responseCode = "200",
            description = "The same from each of its ends, unless it is cut",
            content = @Content(examples = @ExampleObject(name = "sample", value = SAMPLE_STORY)))
    @APIResponse(responseCode = "404", description = "The id names nothing that you may see")
    public Response story(@PathParam("id") String id) {
        Words words = pages.words();
        return StoryPages.id(id)
                .flatMap(it -> database.snapshot(tx -> tellStory.of(tx, it)))
                .map(it -> json(Telling.of(it, words)))
                .orElseThrow(() -> Problem.notFound("There is no such story."));
    }

    private static Response json(Object answer) {
        return Response.ok(Json.text(answer), MediaType.APPLICATION_JSON).build();
    }
}
