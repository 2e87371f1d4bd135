package vintem.cashback;

import static vintem.platform.Sheet.count;
import static vintem.platform.Sheet.day;
import static vintem.platform.Sheet.instant;
import static vintem.platform.Sheet.money;
import static vintem.platform.Sheet.text;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vintem.access.Asking;
import vintem.access.Capability;
import vintem.access.Role;
import vintem.cashback.MonthTable.Month;
import vintem.cashback.RedemptionTable.Redemption;
import vintem.cashback.ResellerTable.ApprovedCpf;
import vintem.platform.Database;
import vintem.platform.ExportedList;
import vintem.platform.ExportedList.Filters;
import vintem.platform.Problem;
import vintem.platform.Sheet;
import vintem.platform.TaxId;

/// The lists of cashback as spreadsheets, for the company. CPFs, addresses and phones are masked or
/// left out for all but administrators, as on the routes.
@Singleton
class CashbackLists implements ExportedList.Source {
    private record Bought(Purchase purchase, Reseller by) {}

    private final PurchaseTable purchases;
    private final ResellerTable resellers;
    private final MonthTable months;
    private final RedemptionTable redemptions;
    private final CloseTable closes;
    private final RateBook.Reader rateBook;
    private final Database database;
    private final Asking asking;

    @Inject
    CashbackLists(
            PurchaseTable purchases,
            ResellerTable resellers,
            MonthTable months,
            RedemptionTable redemptions,
            CloseTable closes,
            RateBook.Reader rateBook,
            Database database,
            Asking asking) {
        this.purchases = purchases;
        this.resellers = resellers;
        this.months = months;
        this.redemptions = redemptions;
        this.closes = closes;
        this.rateBook = rateBook;
        this.database = database;
        this.asking = asking;
    }

    @Override
    public List<ExportedList> lists() {
        return List.of(
                new ExportedList(
                        "purchases",
                        () -> may(Role.READ),
                        Set.of("mes", "status", "revendedor_id"),
                        this::purchases),
                new ExportedList(
                        "resellers",
                        () -> may(Role.READ),
                        Set.of("id", "cpf", "username"),
                        this::resellers),
                new ExportedList(
                        "cashback-months",
                        () -> may(Role.READ),
                        Set.of("mes", "revendedor_id"),
                        this::months),
                new ExportedList(
                        "redemptions",
                        () -> may(Role.READ),
                        Set.of("revendedor_id"),
                        this::redemptions),
                new ExportedList("cashback-closes", () -> may(Role.READ), Set.of(), _ -> closes()),
                new ExportedList(
                        "approved-cpfs", () -> may(Role.ADMIN), Set.of(), _ -> approved()));
    }

    private boolean may(Role role) {
        return asking.caller().may(Capability.CASHBACK, role);
    }

    private Sheet<Bought> purchases(Filters given) {
        var caller = asking.caller();
        var from = CashbackReader.queryMonth(given.get("mes"));
        var filter =
                new PurchaseTable.Filter(
                        CashbackReader.queryIdOrNull(given.get("revendedor_id")),
                        from,
                        from == null ? null : from.plusMonths(1),
                        status(given.get("status")),
                        null);
        var book = database.transaction(rateBook::read);
        return new Sheet<>(
                List.of(
                        text("code", it -> it.purchase().code()),
                        day("bought", it -> it.purchase().boughtOn()),
                        money("amount", it -> it.purchase().amountCents()),
                        text("status", it -> it.purchase().status().label()),
                        text(
                                "rate",
                                it ->
                                        book.of(it.purchase().boughtOn())
                                                .percent(it.purchase().amountCents())),
                        money(
                                "cashback",
                                it ->
                                        book.of(it.purchase().boughtOn())
                                                .cashbackCents(it.purchase().amountCents())),
                        text("reason", it -> it.purchase().reason()),
                        text("name", it -> it.by().fullName()),
                        text("tax_id", it -> ResellerBody.cpfFor(caller, it.by())),
                        instant("created", it -> it.purchase().createdAt()),
                        text("id", it -> it.purchase().id())),
                Sheet.pages(
                        last ->
                                database.snapshot(
                                        tx -> {
                                            var page =
                                                    purchases.after(
                                                            tx,
                                                            filter,
                                                            last == null ? null : last.purchase(),
                                                            Sheet.AT_ONCE);
                                            var people =
                                                    resellers.byIds(
                                                            tx,
                                                            page.stream()
                                                                    .map(Purchase::resellerId)
                                                                    .distinct()
                                                                    .toList());
                                            return page.stream()
                                                    .map(
                                                            it ->
                                                                    new Bought(
                                                                            it,
                                                                            Objects.requireNonNull(
                                                                                    people.get(
                                                                                            it
                                                                                                    .resellerId()))))
                                                    .toList();
                                        })));
    }

    /// As the route has it, `Aprovado`, or as the page has it, `approved`.
    private static @Nullable String status(@Nullable String text) {
        for (var status : PurchaseStatus.values()) {
            if (status.word().equals(text)) {
                return text;
            }
        }
        return CashbackReader.queryStatus(text);
    }

    private Sheet<Reseller> resellers(Filters given) {
        var caller = asking.caller();
        var cpf = CashbackReader.cpf(given.get("cpf"));
        if (given.get("cpf") != null && cpf.isEmpty()) {
            throw Problem.invalid("?cpf", "is not a valid CPF");
        }
        var filter =
                new ResellerTable.Filter(
                        CashbackReader.queryIdOrNull(given.get("id")),
                        cpf.map(TaxId::value).orElse(null),
                        given.get("username"));
        return new Sheet<>(
                List.of(
                        text("name", Reseller::fullName),
                        text("username", Reseller::userName),
                        text("tax_id", it -> ResellerBody.cpfFor(caller, it)),
                        text("email", it -> ResellerBody.of(it, caller).email()),
                        text("phone", it -> ResellerBody.of(it, caller).phone()),
                        instant("created", Reseller::createdAt),
                        text("id", Reseller::id)),
                Sheet.pages(
                        last ->
                                database.transaction(
                                        tx ->
                                                resellers.after(
                                                        tx,
                                                        filter,
                                                        last == null ? new UUID(0, 0) : last.id(),
                                                        Sheet.AT_ONCE))));
    }

    private Sheet<Month> months(Filters given) {
        var month = CashbackReader.queryMonth(given.get("mes"));
        var of = CashbackReader.queryIdOrNull(given.get("revendedor_id"));
        var book = database.transaction(rateBook::read);
        return new Sheet<>(
                List.of(
                        day("month", Month::month),
                        count("purchases", Month::purchases),
                        money("approved", Month::approvedCents),
                        text("rate", it -> book.of(it.month()).percent(it.approvedCents())),
                        money("cashback", Month::accruedCents),
                        money("credited", Month::creditedCents),
                        text("reseller_id", Month::resellerId)),
                Sheet.pages(
                        last ->
                                database.transaction(
                                        tx -> months.after(tx, of, month, last, Sheet.AT_ONCE))));
    }

    private Sheet<Redemption> redemptions(Filters given) {
        var of = CashbackReader.queryIdOrNull(given.get("revendedor_id"));
        return new Sheet<>(
                List.of(
                        instant("created", Redemption::createdAt),
                        money("amount", Redemption::amountCents),
                        text("pix_key", RedemptionBody::maskedKey),
                        text("status", Redemption::status),
                        text("reason", Redemption::reason),
                        instant("ended", Redemption::endedAt),
                        text("reseller_id", Redemption::resellerId),
                        text("id", Redemption::id)),
                Sheet.pages(
                        last ->
                                database.transaction(
                                        tx ->
                                                redemptions.after(
                                                        tx,
                                                        of,
                                                        last == null ? new UUID(-1, -1) : last.id(),
                                                        Sheet.AT_ONCE))));
    }

    private Sheet<CloseTable.Close> closes() {
        return new Sheet<>(
                List.of(
                        day("month", CloseTable.Close::month),
                        instant("started", CloseTable.Close::startedAt),
                        instant("ended", CloseTable.Close::finishedAt),
                        count("resellers", CloseTable.Close::resellers),
                        money("credited", CloseTable.Close::creditedCents),
                        money("taken_back", CloseTable.Close::takenBackCents)),
                Sheet.all(() -> database.transaction(closes::all)));
    }

    private Sheet<ApprovedCpf> approved() {
        return new Sheet<>(
                List.of(
                        text("tax_id", it -> new TaxId.Cpf(it.cpf()).masked()),
                        day("valid_from", ApprovedCpf::validFrom),
                        day("valid_until", ApprovedCpf::validUntil)),
                Sheet.all(() -> database.transaction(resellers::allApproved)));
    }
}
