package vintem.cashback;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jspecify.annotations.Nullable;
import vintem.access.Asking;
import vintem.access.Capability;
import vintem.access.Needs;
import vintem.access.Role;
import vintem.platform.Cents;
import vintem.platform.HttpBody;
import vintem.platform.Ids;
import vintem.platform.Multipart;
import vintem.platform.Pages;
import vintem.platform.Problem;
import vintem.platform.UnreadBodies;

/// The company's page to enter purchases that stand in a spreadsheet, without a script. Each line
/// is entered or refused by itself; what was refused is told with its line, and what was pasted
/// stays there to be mended.
@Path("/app/purchases/import")
@RunOnVirtualThread
@Produces(MediaType.TEXT_HTML)
public class ImportPages {
    private static final int MOST_SHOWN = 100;

    /// @param number of the line that was sent
    public record Refused(int number, String code, String why) {}

    /// @param approved of those that were entered, whose CPFs need no validation
    /// @param more refused ones that are not shown
    public record Result(
            long entered,
            long enteredCents,
            long approved,
            long refused,
            List<Refused> shown,
            long more) {}

    /// @param problem why nothing was read, empty where it was
    /// @param lines what is to be mended, or was pasted and not read
    public record View(String problem, @Nullable Result result, String lines, int most) {}

    /// @param pasted empty where a file was chosen
    private record Sent(byte[] bytes, String pasted) {}

    private final CreatePurchases createPurchases;
    private final UnreadBodies unread;
    private final Pages pages;
    private final Asking asking;
    private final Clock clock;

    @Inject
    ImportPages(
            CreatePurchases createPurchases,
            UnreadBodies unread,
            Pages pages,
            Asking asking,
            Clock clock) {
        this.createPurchases = createPurchases;
        this.unread = unread;
        this.pages = pages;
        this.asking = asking;
        this.clock = clock;
    }

    @GET
    @Needs(capability = Capability.CASHBACK, role = Role.OPERATOR)
    @Operation(hidden = true)
    public Response compose() {
        return show(200, "", null, "");
    }

    @POST
    @Needs(capability = Capability.CASHBACK, role = Role.OPERATOR)
    @Operation(hidden = true)
    public Response send(
            InputStream body, @HeaderParam("Content-Type") @Nullable String contentType) {
        // One that is too large is answered before all of it is read.
        unread.guard();
        try {
            var sent = sent(HttpBody.read(body, HttpBody.USUAL_BYTES), contentType);
            return switch (PurchaseLines.read(sent.bytes(), clock)) {
                case PurchaseLines.Outcome.Refused(var why) -> refuse(400, why, sent.pasted());
                case PurchaseLines.Outcome.Read(var lines) ->
                        enter(lines, !sent.pasted().isEmpty());
            };
        } catch (Problem wrong) {
            return refuse(wrong.status(), wrong.status() == 413 ? "too_large" : "no_form", "");
        } catch (IOException cutOff) {
            return refuse(400, "no_form", "");
        }
    }

    private static Sent sent(byte[] body, @Nullable String contentType) throws IOException {
        if (contentType == null || !Multipart.isOne(contentType)) {
            throw Problem.invalid("Content-Type", "is not multipart/form-data");
        }
        var pasted = part(body, contentType, "linhas");
        var text = new String(pasted, StandardCharsets.UTF_8);
        var file = part(body, contentType, "arquivo");
        return file.length == 0 ? new Sent(pasted, text) : new Sent(file, "");
    }

    private static byte[] part(byte[] body, String contentType, String name) throws IOException {
        return Multipart.file(new ByteArrayInputStream(body), contentType, name)
                .content()
                .readAllBytes();
    }

    private Response enter(List<PurchaseLines.Line> lines, boolean pasted) {
        var requests = new ArrayList<CreatePurchases.Request>();
        var readable = new ArrayList<PurchaseLines.Line>();
        var refused = new ArrayList<Refused>();
        var toMend = new ArrayList<PurchaseLines.Line>();
        for (var line : lines) {
            switch (line) {
                case PurchaseLines.Readable(_, _, var wish) -> {
                    readable.add(line);
                    requests.add(
                            new CreatePurchases.Request(
                                    Ids.next(), wish, asking.caller(), Optional.empty()));
                }
                case PurchaseLines.Wrong(_, _, var wrong) -> {
                    toMend.add(line);
                    refused.add(refused(line, wrong(wrong)));
                }
            }
        }
        var outcomes =
                requests.isEmpty()
                        ? List.<CreatePurchases.Outcome>of()
                        : createPurchases.createAll(requests);
        var entered = new ArrayList<Purchase>();
        for (var i = 0; i < outcomes.size(); i++) {
            var line = readable.get(i);
            switch (outcomes.get(i)) {
                case CreatePurchases.Outcome.Created(var purchase, _) -> entered.add(purchase);
                case CreatePurchases.Outcome.CodeTaken _ -> {
                    toMend.add(line);
                    refused.add(refused(line, say("refused.code-taken")));
                }
                case CreatePurchases.Outcome.UnknownReseller() -> {
                    toMend.add(line);
                    refused.add(refused(line, say("refused.unknown-reseller")));
                }
                case CreatePurchases.Outcome.NotTheirs() ->
                        throw new IllegalStateException("the company enters anybody's");
                case CreatePurchases.Outcome.KeyTaken _ ->
                        throw new IllegalStateException("a list has no keys");
            }
        }
        refused.sort(Comparator.comparingInt(Refused::number));
        toMend.sort(Comparator.comparingInt(PurchaseLines.Line::number));
        var shown = refused.subList(0, Math.min(MOST_SHOWN, refused.size()));
        var result =
                new Result(
                        entered.size(),
                        Cents.sum(entered.stream().mapToLong(Purchase::amountCents)),
                        entered.stream().filter(it -> !it.status().isOpen()).count(),
                        refused.size(),
                        shown,
                        refused.size() - shown.size());
        return show(
                200,
                "",
                result,
                pasted
                        ? toMend.stream()
                                .map(PurchaseLines::write)
                                .collect(Collectors.joining("\n"))
                        : "");
    }

    /// The code stands first in each line.
    private static Refused refused(PurchaseLines.Line line, String why) {
        return new Refused(line.number(), line.fields().getFirst(), why);
    }

    private String wrong(List<String> columns) {
        return columns.stream().map(it -> say("wrong." + it)).collect(Collectors.joining(" · "));
    }

    private String say(String what) {
        return pages.words().say("purchases.import." + what);
    }

    private Response refuse(int status, String why, String lines) {
        var words = pages.words();
        var most = words.number(CashbackReader.MOST_PURCHASES);
        return show(status, words.say("purchases.import.no." + why, most), null, lines);
    }

    private Response show(int status, String problem, @Nullable Result result, String lines) {
        var view = new View(problem, result, lines, CashbackReader.MOST_PURCHASES);
        return pages.show(status, "cashback/import.html", view).build();
    }
}
