package vintem.console;

import static vintem.platform.Sheet.count;
import static vintem.platform.Sheet.instant;
import static vintem.platform.Sheet.text;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Set;
import vintem.access.Asking;
import vintem.access.Capability;
import vintem.access.Role;
import vintem.platform.Database;
import vintem.platform.ExportedList;
import vintem.platform.ParkedNews;
import vintem.platform.ParkedNews.Parked;
import vintem.platform.Sheet;

/// What subscribers stumbled over, as a spreadsheet; what the events say stays here.
@Singleton
class ParkedLists implements ExportedList.Source {
    private final ParkedNews parked;
    private final Database database;
    private final Asking asking;

    @Inject
    ParkedLists(ParkedNews parked, Database database, Asking asking) {
        this.parked = parked;
        this.database = database;
        this.asking = asking;
    }

    @Override
    public List<ExportedList> lists() {
        return List.of(
                new ExportedList(
                        "parked-events",
                        () -> asking.caller().may(Capability.CONSOLE, Role.READ),
                        Set.of(),
                        _ -> parked()));
    }

    private Sheet<Parked> parked() {
        return new Sheet<>(
                List.of(
                        text("subscriber", Parked::subscriber),
                        text("event", Parked::type),
                        text("subject_id", Parked::subject),
                        text("last_error", Parked::error),
                        count("attempts", it -> (long) it.tries()),
                        instant("since", Parked::parkedAt),
                        text("event_id", Parked::eventId)),
                Sheet.pages(
                        last ->
                                database.transaction(
                                        tx ->
                                                parked.page(
                                                        tx,
                                                        last == null
                                                                ? ParkedNews.Place.FIRST
                                                                : last.place(),
                                                        Sheet.AT_ONCE))));
    }
}
