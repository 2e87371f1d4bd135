package vintem.privacy;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jspecify.annotations.Nullable;
import vintem.access.Asking;
import vintem.access.Caller.Kind;
import vintem.access.Capability;
import vintem.access.Needs;
import vintem.access.ReadLog;
import vintem.access.Role;
import vintem.platform.Form;
import vintem.platform.Pages;
import vintem.platform.PersonalData.Found;
import vintem.platform.PersonalData.Person;

/// The data-protection officer's page: who is kept where, all of it in a file, and forgetting it.
/// Whom they look for stands in bodies, never in an address.
@Path("/app/privacy")
@RunOnVirtualThread
@Produces(MediaType.TEXT_HTML)
public class PrivacyPages {
    private static final String HOME = "/app/privacy";

    /// Where privacy stands in the navigation.
    @Singleton
    static class Section implements Pages.Section {
        private final Asking asking;

        @Inject
        Section(Asking asking) {
            this.asking = asking;
        }

        @Override
        public int place() {
            return 85;
        }

        @Override
        public String name() {
            return "privacy";
        }

        @Override
        public String path() {
            return HOME;
        }

        @Override
        public boolean isOpen() {
            return asking.callerIfKnown()
                    .filter(it -> it.kind() == Kind.USER)
                    .filter(it -> it.may(Capability.SETTINGS, Role.ADMIN))
                    .isPresent();
        }
    }

    /// @param link to its page, or null
    public record Line(
            String type, String id, Instant at, @Nullable String detail, @Nullable String link) {}

    public record Place(String where, List<Line> rows) {}

    public record Reason(String where, String why) {}

    /// @param q what was looked for, empty where nothing was
    /// @param identified whether it is more than a name, so that it may be forgotten by
    /// @param pseudonym of somebody who was forgotten just now
    /// @param reasons why nobody was
    public record View(
            String q,
            List<Place> places,
            long rows,
            boolean identified,
            @Nullable String pseudonym,
            List<Reason> reasons) {}

    private final People people;
    private final ReadLog reads;
    private final Pages pages;
    private final Asking asking;

    @Inject
    PrivacyPages(People people, ReadLog reads, Pages pages, Asking asking) {
        this.people = people;
        this.reads = reads;
        this.pages = pages;
        this.asking = asking;
    }

    @GET
    @Needs(capability = Capability.SETTINGS, role = Role.ADMIN, by = Kind.USER)
    @Operation(hidden = true)
    public Response page() {
        return show(new View("", List.of(), 0, false, null, List.of()));
    }

    @POST
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    @Needs(capability = Capability.SETTINGS, role = Role.ADMIN, by = Kind.USER)
    @Operation(hidden = true)
    public Response search(InputStream body) {
        var q = Form.read(body).text("q");
        var person = PersonReader.typed(q);
        if (!person.isIdentified() && person.name() == null) {
            return page();
        }
        reads.note(asking.caller(), "search", "", "POST " + HOME);
        return show(view(q, person, null, List.of()));
    }

    @POST
    @Path("export")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    @Needs(capability = Capability.SETTINGS, role = Role.ADMIN, by = Kind.USER)
    @Operation(hidden = true)
    public Response export(InputStream body) {
        var person = PersonReader.identified(PersonReader.typed(Form.read(body).text("q")));
        reads.note(asking.caller(), "person", "", "POST " + HOME + "/export");
        return PrivacyHttp.file(people.export(asking.caller(), person));
    }

    @POST
    @Path("erase")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    @Needs(capability = Capability.SETTINGS, role = Role.ADMIN, by = Kind.USER)
    @Operation(hidden = true)
    public Response erase(InputStream body) {
        var form = Form.read(body);
        var q = form.text("q");
        var person = PersonReader.identified(PersonReader.typed(q));
        if (!form.text("sure").equals("yes")) {
            return show(view(q, person, null, List.of()));
        }
        return switch (people.forget(asking.caller(), person, !form.text("proof").equals("no"))) {
            case People.Outcome.Forgotten(var pseudonym, _) ->
                    show(view("", person, pseudonym, List.of()));
            case People.Outcome.NotNow(var reasons) ->
                    show(
                            view(
                                    q,
                                    person,
                                    null,
                                    reasons.entrySet().stream()
                                            .map(it -> new Reason(it.getKey(), it.getValue()))
                                            .toList()));
        };
    }

    private View view(String q, Person person, @Nullable String pseudonym, List<Reason> reasons) {
        var found = people.find(person);
        return new View(
                q,
                found.entrySet().stream()
                        .filter(it -> !it.getValue().isEmpty())
                        .map(PrivacyPages::place)
                        .toList(),
                People.flat(found).size(),
                person.isIdentified(),
                pseudonym,
                reasons);
    }

    private static Place place(Map.Entry<String, List<Found>> found) {
        return new Place(
                found.getKey(),
                found.getValue().stream()
                        .map(it -> new Line(it.type(), it.id(), it.at(), it.detail(), link(it)))
                        .toList());
    }

    private static @Nullable String link(Found it) {
        return switch (it.type()) {
            case "payment" -> Pages.link("/app/payments/one", Map.of("id", it.id()));
            case "charge" -> Pages.link("/app/billing/charge", Map.of("id", it.id()));
            case "client" -> Pages.link("/app/investments/client", Map.of("id", it.id()));
            case "user" -> Pages.link("/app/access/user", Map.of("id", it.id()));
            default -> null;
        };
    }

    private Response show(View view) {
        return pages.show("privacy/people.html", view);
    }
}
