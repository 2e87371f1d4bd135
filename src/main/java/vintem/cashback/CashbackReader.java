package vintem.cashback;

import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import vintem.access.ResellerAccounts;
import vintem.bank.PixKey;
import vintem.platform.BusinessDays;
import vintem.platform.Cents;
import vintem.platform.EmailAddress;
import vintem.platform.Fields;
import vintem.platform.HttpBody;
import vintem.platform.Problem;
import vintem.platform.Settings;
import vintem.platform.TaxId;

/// Reads what is sent to the routes of resellers, purchases and cashback, strictly.
final class CashbackReader {
    /// Purchases in one list.
    static final int MOST_PURCHASES = 10_000;
    /// Purchases that are judged at once.
    static final int MOST_JUDGED = 1_000;

    private static final long MOST_CENTS = Settings.number("purchase-limit-cents", 10_000_000_000L);
    private static final int MOST_BRACKETS = 20;
    private static final int LONGEST_CODE = 64;
    private static final int LONGEST_NAME = 200;
    private static final int LONGEST_EMAIL = 254;
    private static final int LONGEST_REASON = 500;
    private static final int LONGEST_TEXT = 200;
    private static final LocalDate FIRST_DAY = LocalDate.of(2000, 1, 1);
    private static final LocalDate LAST_DAY = LocalDate.of(2199, 12, 31);
    private static final Pattern PHONE = Pattern.compile("\\+?[0-9]{10,13}");
    private static final Pattern PHONE_MASK = Pattern.compile("[ ().-]");
    private static final Pattern UUID_TEXT =
            Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
    private static final Pattern MONTH = Pattern.compile("20[0-9]{2}-(0[1-9]|1[0-2])");

    private CashbackReader() {}

    static RegisterReseller.Request registration(byte[] bytes) {
        var body = HttpBody.object(bytes);
        var fullName = body.requiredText("full_name", LONGEST_NAME).strip();
        var userName = body.requiredText("username", LONGEST_TEXT);
        var password = body.requiredText("password", ResellerAccounts.LONGEST_PASSWORD);
        var cpf = body.requiredText("cpf", LONGEST_TEXT);
        var email = body.requiredText("email", LONGEST_EMAIL);
        var phone = phone(body);
        var name = ResellerAccounts.name(userName);
        if (name.isEmpty() && !userName.isBlank()) {
            body.wrong(
                    "username",
                    "must be %d to %d of a-z, 0-9, dot, dash and underscore, and no CPF"
                            .formatted(
                                    ResellerAccounts.SHORTEST_NAME, ResellerAccounts.LONGEST_NAME));
        }
        if (!password.isBlank()) {
            ResellerAccounts.objection(name.orElse(""), password)
                    .ifPresent(it -> body.wrong("password", it));
        }
        var person = cpf(cpf);
        if (person.isEmpty() && !cpf.isBlank()) {
            body.wrong("cpf", "is not a valid CPF");
        }
        var address = EmailAddress.parse(email);
        if (address.isEmpty() && !email.isBlank()) {
            body.wrong("email", "is not an e-mail address");
        }
        body.orThrow();
        return new RegisterReseller.Request(
                fullName,
                name.orElseThrow(),
                password,
                person.orElseThrow(),
                address.orElseThrow(),
                phone);
    }

    static ChangeReseller.Change resellerChange(byte[] bytes) {
        var body = HttpBody.object(bytes);
        var fullName = body.text("full_name", LONGEST_NAME);
        if (fullName != null && fullName.isBlank()) {
            body.wrong("full_name", "must not be blank");
        }
        var email = body.text("email", LONGEST_EMAIL);
        var address = EmailAddress.parse(email);
        if (email != null && address.isEmpty()) {
            body.wrong("email", "is not an e-mail address");
        }
        for (var fixed : List.of("cpf", "username")) {
            if (body.has(fixed)) {
                body.wrong(fixed, "cannot be changed");
            }
        }
        if (body.has("password")) {
            body.wrong("password", "is changed by POST /auth/password");
        }
        var phone = phone(body);
        body.orThrow();
        return new ChangeReseller.Change(
                fullName == null ? null : fullName.strip(), address.orElse(null), phone);
    }

    static CreatePurchases.Wish purchase(byte[] bytes, Clock clock) {
        var body = HttpBody.object(bytes);
        var wish = purchase(body, clock);
        body.orThrow();
        return wish;
    }

    static List<CreatePurchases.Wish> purchases(byte[] bytes, Clock clock) {
        var body = HttpBody.object(bytes);
        var wishes = new ArrayList<CreatePurchases.Wish>();
        for (var each : body.objects("compras", MOST_PURCHASES)) {
            wishes.add(purchase(each, clock));
        }
        body.orThrow();
        return wishes;
    }

    /// What is wrong is noted in the fields.
    static CreatePurchases.Wish purchase(Fields body, Clock clock) {
        var code = body.requiredText("codigo", LONGEST_CODE).strip();
        var cents = cents(body, "valor", MOST_CENTS, true);
        var day = day(body, "data", clock);
        if (day == null && !body.has("data")) {
            body.wrong("data", "is required");
        }
        var cpf = body.text("cpf", LONGEST_TEXT);
        var resellerId = body.text("revendedor_id", LONGEST_TEXT);
        if (cpf == null && resellerId == null && !body.has("cpf") && !body.has("revendedor_id")) {
            body.wrong("cpf", "is required where there is no revendedor_id");
        }
        var person = cpf(cpf);
        if (cpf != null && person.isEmpty()) {
            body.wrong("cpf", "is not a valid CPF");
        }
        var id = id(resellerId);
        if (resellerId != null && id.isEmpty()) {
            body.wrong("revendedor_id", "is not an id");
        }
        return new CreatePurchases.Wish(
                code,
                cents,
                day == null ? FIRST_DAY : day,
                person.map(TaxId.Cpf::value).orElse(null),
                person.isPresent() ? null : id.orElse(null));
    }

    static ChangePurchase.Change purchaseChange(byte[] bytes, Clock clock) {
        var body = HttpBody.object(bytes);
        var code = body.text("codigo", LONGEST_CODE);
        if (code != null && code.isBlank()) {
            body.wrong("codigo", "must not be blank");
        }
        var cents = body.has("valor") ? cents(body, "valor", MOST_CENTS, false) : null;
        var day = day(body, "data", clock);
        for (var fixed : List.of("cpf", "revendedor_id", "status")) {
            if (body.has(fixed)) {
                body.wrong(fixed, "cannot be changed");
            }
        }
        body.orThrow();
        return new ChangePurchase.Change(code == null ? null : code.strip(), cents, day);
    }

    /// How purchases are to be judged.
    ///
    /// @param ids none where the path has it
    record Verdict(PurchaseStatus status, @Nullable String reason, List<UUID> ids) {}

    static Verdict verdict(byte[] bytes, boolean many) {
        var body = HttpBody.object(bytes);
        var text = body.requiredText("status", LONGEST_TEXT);
        var status = PurchaseStatus.ofLabel(text);
        if (status.isEmpty() && !text.isBlank()) {
            body.wrong("status", "must be one of Em validação, Aprovado, Reprovado");
        }
        var reason = body.text("motivo", LONGEST_REASON);
        var ids = new ArrayList<UUID>();
        if (many) {
            var texts = body.texts("ids", MOST_JUDGED, LONGEST_TEXT);
            if (texts.isEmpty() && !body.has("ids")) {
                body.wrong("ids", "is required");
            }
            for (var i = 0; i < texts.size(); i++) {
                var id = id(texts.get(i));
                if (id.isEmpty()) {
                    body.wrong("ids/" + i, "is not an id");
                } else {
                    ids.add(id.get());
                }
            }
        }
        body.orThrow();
        return new Verdict(
                status.orElseThrow(),
                reason == null || reason.isBlank() ? null : reason.strip(),
                ids);
    }

    /// What is asked to be paid.
    record Redemption(long cents, PixKey pixKey) {}

    static Redemption redemption(byte[] bytes) {
        var body = HttpBody.object(bytes);
        var cents = cents(body, "valor", MOST_CENTS, true);
        var text = body.requiredText("chave_pix", LONGEST_TEXT);
        var key = PixKey.parse(text);
        if (key.isEmpty() && !text.isBlank()) {
            body.wrong("chave_pix", "is not a Pix key");
        }
        body.orThrow();
        return new Redemption(cents, key.orElseThrow());
    }

    /// Rates to be decided.
    record Decision(LocalDate month, Rounding rounding, List<Rates.Bracket> brackets) {}

    static Decision rates(byte[] bytes) {
        var body = HttpBody.object(bytes);
        var monthText = body.requiredText("vigente_desde", LONGEST_TEXT);
        var month = month(monthText);
        if (month.isEmpty() && !monthText.isBlank()) {
            body.wrong("vigente_desde", "must be a month such as 2027-01");
        }
        var word = body.text("arredondamento", LONGEST_TEXT);
        var rounding = word == null ? Optional.of(Rounding.HALF_EVEN) : Rounding.of(word);
        if (rounding.isEmpty()) {
            body.wrong("arredondamento", "must be one of half_even, half_up, down");
        }
        var brackets = new ArrayList<Rates.Bracket>();
        for (var each : body.objects("faixas", MOST_BRACKETS)) {
            brackets.add(bracket(each, brackets));
        }
        body.orThrow();
        return new Decision(month.orElseThrow(), rounding.orElseThrow(), brackets);
    }

    private static Rates.Bracket bracket(Fields fields, List<Rates.Bracket> before) {
        var above = fields.decimal("acima_de");
        long cents = 0;
        if (above == null) {
            fields.wrong("acima_de", "is required");
        } else if (above.stripTrailingZeros().scale() > 2
                || above.signum() < 0
                || above.compareTo(Cents.toReais(MOST_CENTS)) > 0) {
            fields.wrong("acima_de", "must be an amount in reais, with at most two decimals");
        } else {
            cents = Cents.fromReais(above);
            if (before.isEmpty() && cents != 0) {
                fields.wrong("acima_de", "must be 0 in the first one");
            }
            if (!before.isEmpty() && cents <= before.getLast().aboveCents()) {
                fields.wrong("acima_de", "must be more than in the one before");
            }
        }
        var percent = fields.decimal("percentual");
        var rate = 0;
        if (percent == null) {
            fields.wrong("percentual", "is required");
        } else if (percent.stripTrailingZeros().scale() > 2
                || percent.signum() < 0
                || percent.compareTo(java.math.BigDecimal.valueOf(100)) > 0) {
            fields.wrong("percentual", "must be 0 to 100, with at most two decimals");
        } else {
            rate = percent.movePointRight(2).intValueExact();
        }
        return new Rates.Bracket(cents, rate);
    }

    /// Somebody whose purchases need no validation.
    record Approval(TaxId.Cpf cpf, LocalDate from, @Nullable LocalDate until) {}

    static Approval approval(byte[] bytes, Clock clock) {
        var body = HttpBody.object(bytes);
        var text = body.requiredText("cpf", LONGEST_TEXT);
        var cpf = cpf(text);
        if (cpf.isEmpty() && !text.isBlank()) {
            body.wrong("cpf", "is not a valid CPF");
        }
        var today = BusinessDays.today(clock);
        var from = calendarDay(body, "vigente_desde");
        var until = calendarDay(body, "vigente_ate");
        if (from != null && from.isBefore(today)) {
            body.wrong("vigente_desde", "is in the past");
        }
        if (until != null && until.isBefore(from == null ? today : from)) {
            body.wrong("vigente_ate", "is before it begins");
        }
        body.orThrow();
        return new Approval(cpf.orElseThrow(), from == null ? today : from, until);
    }

    /// The `mes` of a body.
    static LocalDate month(byte[] bytes) {
        var body = HttpBody.object(bytes);
        var text = body.requiredText("mes", LONGEST_TEXT);
        var month = month(text);
        if (month.isEmpty() && !text.isBlank()) {
            body.wrong("mes", "must be a month such as 2026-10");
        }
        body.orThrow();
        return month.orElseThrow();
    }

    /// A month's first day; null where nothing is asked for.
    ///
    /// @throws Problem `400` where it is no month
    static @Nullable LocalDate queryMonth(@Nullable String text) {
        if (text == null) {
            return null;
        }
        return month(text)
                .orElseThrow(() -> Problem.invalid("?mes", "must be a month such as 2026-10"));
    }

    static Optional<LocalDate> month(String text) {
        return MONTH.matcher(text).matches()
                ? Optional.of(YearMonth.parse(text).atDay(1))
                : Optional.empty();
    }

    static @Nullable String queryStatus(@Nullable String text) {
        return text == null
                ? null
                : PurchaseStatus.ofLabel(text)
                        .map(PurchaseStatus::word)
                        .orElseThrow(
                                () ->
                                        Problem.invalid(
                                                "?status",
                                                "must be one of Em validação, Aprovado, Reprovado"));
    }

    /// @throws Problem `400` where it is missing or no id
    static UUID queryId(@Nullable String text) {
        return id(text).orElseThrow(() -> Problem.invalid("?id", "must be an id"));
    }

    static @Nullable UUID queryIdOrNull(@Nullable String text) {
        return text == null ? null : queryId(text);
    }

    static Optional<UUID> id(@Nullable String text) {
        return Optional.ofNullable(text)
                .filter(it -> UUID_TEXT.matcher(it).matches())
                .map(UUID::fromString);
    }

    static Optional<TaxId.Cpf> cpf(@Nullable String text) {
        return TaxId.parse(text)
                .flatMap(it -> it instanceof TaxId.Cpf cpf ? Optional.of(cpf) : Optional.empty());
    }

    private static @Nullable String phone(Fields body) {
        var text = body.text("phone", LONGEST_TEXT);
        if (text == null || text.isBlank()) {
            return null;
        }
        var phone = PHONE_MASK.matcher(text).replaceAll("");
        if (!PHONE.matcher(phone).matches()) {
            body.wrong("phone", "is not a phone number");
            return null;
        }
        return phone;
    }

    private static long cents(Fields body, String name, long most, boolean required) {
        var value = body.decimal(name);
        if (value == null) {
            if (required && !body.has(name)) {
                body.wrong(name, "is required");
            }
        } else if (value.stripTrailingZeros().scale() > 2) {
            body.wrong(name, "has more than two decimals");
        } else if (value.signum() <= 0) {
            body.wrong(name, "must be more than zero");
        } else if (value.compareTo(Cents.toReais(most)) > 0) {
            body.wrong(name, "is more than " + Cents.format(most));
        } else {
            return Cents.fromReais(value);
        }
        return 1;
    }

    /// The São Paulo day of a purchase: a date or a moment, which is São Paulo's where it has no
    /// zone. Null where it is missing or wrong.
    private static @Nullable LocalDate day(Fields body, String name, Clock clock) {
        var text = body.text(name, LONGEST_TEXT);
        if (text == null) {
            return null;
        }
        var day = day(text.strip());
        if (day.isEmpty()) {
            body.wrong(name, "must be a date such as 2026-10-31");
            return null;
        }
        if (day.get().isAfter(BusinessDays.today(clock))) {
            body.wrong(name, "is in the future");
            return null;
        }
        return day.get();
    }

    private static @Nullable LocalDate calendarDay(Fields body, String name) {
        var text = body.text(name, LONGEST_TEXT);
        if (text == null) {
            return null;
        }
        var day = day(text.strip());
        if (day.isEmpty()) {
            body.wrong(name, "must be a date such as 2026-10-31");
        }
        return day.orElse(null);
    }

    private static Optional<LocalDate> day(String text) {
        try {
            LocalDate day;
            if (text.length() == "2026-10-31".length()) {
                day = LocalDate.parse(text);
            } else if (text.endsWith("Z") || text.matches(".*[+-][0-9]{2}:[0-9]{2}")) {
                Instant at = OffsetDateTime.parse(text).toInstant();
                day = LocalDate.ofInstant(at, BusinessDays.SAO_PAULO);
            } else {
                day = LocalDateTime.parse(text.replace(' ', 'T')).toLocalDate();
            }
            return Optional.of(day).filter(it -> !it.isBefore(FIRST_DAY) && !it.isAfter(LAST_DAY));
        } catch (DateTimeParseException noDate) {
            return Optional.empty();
        }
    }
}
