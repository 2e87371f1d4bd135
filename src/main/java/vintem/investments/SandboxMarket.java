package vintem.investments;

import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import vintem.platform.BusinessDays;

/// A market that exists nowhere: the same symbol has the same price on the same day, on every node
/// and in every run. Its prices wander a fifth up and down over the years and a little each day.
final class SandboxMarket implements MarketData {
    static final String SOURCE = "sandbox";
    static final String CDI = "CDI";
    static final BigDecimal CDI_PERCENT = new BigDecimal("0.055131");

    private static final LocalTime CLOSE = LocalTime.of(18, 0);
    private static final LocalDate FIRST_DAY = LocalDate.of(2015, 1, 2);
    private static final long WHOLE = 10_000;
    private static final long SWING = 2_000;
    private static final long TREMBLE = 150;
    private static final long DOLLAR = 530;

    private record Symbol(String name, String exchange, String currency, long cents) {}

    private static final Map<String, Symbol> SYMBOLS = symbols();

    private final Clock clock;

    SandboxMarket(Clock clock) {
        this.clock = clock;
    }

    @Override
    public String source() {
        return SOURCE;
    }

    @Override
    public Optional<Quote> quote(String symbol) {
        return Optional.ofNullable(SYMBOLS.get(symbol))
                .map(
                        it -> {
                            var now = clock.instant();
                            var day = TradingDays.lastUntil(BusinessDays.today(clock));
                            return new Quote(
                                    symbol,
                                    it.name,
                                    it.exchange,
                                    it.currency,
                                    price(symbol, it.cents, day),
                                    earlier(closing(day), now));
                        });
    }

    @Override
    public List<DayPrice> closes(String symbol, LocalDate from, LocalDate to) {
        var it = SYMBOLS.get(symbol);
        return it == null
                ? List.of()
                : days(from, to).stream()
                        .map(day -> new DayPrice(day, price(symbol, it.cents, day)))
                        .toList();
    }

    @Override
    public List<DayPrice> rates(String series, LocalDate from, LocalDate to) {
        return switch (series) {
            case CDI ->
                    over(from, to)
                            .filter(BusinessDays.NATIONAL::isBusinessDay)
                            .map(day -> new DayPrice(day, CDI_PERCENT))
                            .toList();
            case "USD" ->
                    days(from, to).stream()
                            .map(day -> new DayPrice(day, price(series, DOLLAR, day)))
                            .toList();
            default -> List.of();
        };
    }

    @Override
    public Catalogue catalogue(int page, int perPage) {
        var day = TradingDays.lastUntil(BusinessDays.today(clock));
        var items =
                SYMBOLS.entrySet().stream()
                        .skip((page - 1L) * perPage)
                        .limit(perPage)
                        .map(
                                each ->
                                        new Listed(
                                                each.getKey(),
                                                each.getValue().name,
                                                each.getValue().currency,
                                                price(each.getKey(), each.getValue().cents, day)))
                        .toList();
        return new Catalogue(items, SYMBOLS.size());
    }

    private List<LocalDate> days(LocalDate from, LocalDate to) {
        return over(from, to).filter(TradingDays::isOne).toList();
    }

    /// Those days whose closes are known.
    private Stream<LocalDate> over(LocalDate from, LocalDate to) {
        var today = BusinessDays.today(clock);
        var last = clock.instant().isBefore(closing(today)) ? today.minusDays(1) : today;
        var first = from.isBefore(FIRST_DAY) ? FIRST_DAY : from;
        var end = to.isAfter(last) ? last : to;
        return first.isAfter(end) ? Stream.empty() : first.datesUntil(end.plusDays(1));
    }

    static BigDecimal price(String symbol, long cents, LocalDate day) {
        var phase = Math.floorMod(day.toEpochDay() * 7 + mixed(symbol, 0), 4 * SWING);
        var wave = phase < 2 * SWING ? phase - SWING : 3 * SWING - phase;
        var tremble = Math.floorMod(mixed(symbol, day.toEpochDay()), 2 * TREMBLE + 1) - TREMBLE;
        return BigDecimal.valueOf(cents * (WHOLE + wave + tremble) / WHOLE, 2);
    }

    /// The same number for the same two, without a pattern (SplitMix64's last step).
    private static long mixed(String symbol, long day) {
        var z = symbol.hashCode() * 0x9E3779B97F4A7C15L + day * 0xD1B54A32D192ED03L;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    private static Instant closing(LocalDate day) {
        return day.atTime(CLOSE).atZone(BusinessDays.SAO_PAULO).toInstant();
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    private static Map<String, Symbol> symbols() {
        var rows =
                List.of(
                        "ABEV3,Ambev ON,1312",
                        "B3SA3,B3 ON,1184",
                        "BBAS3,Banco do Brasil ON,2741",
                        "BBDC4,Bradesco PN,1388",
                        "BOVA11,iShares Ibovespa,12745",
                        "BPAC11,BTG Pactual UNT,3390",
                        "BRFS3,BRF ON,2215",
                        "CMIG4,Cemig PN,1107",
                        "CPLE6,Copel PNB,1012",
                        "CSAN3,Cosan ON,1290",
                        "ELET3,Eletrobras ON,3871",
                        "EMBR3,Embraer ON,5406",
                        "EQTL3,Equatorial ON,3120",
                        "GGBR4,Gerdau PN,1834",
                        "HGLG11,CSHG Logística FII,15870",
                        "HYPE3,Hypera ON,2644",
                        "ITSA4,Itaúsa PN,1021",
                        "ITUB4,Itaú Unibanco PN,3432",
                        "IVVB11,iShares S&P 500,31210",
                        "JBSS3,JBS ON,3455",
                        "KLBN11,Klabin UNT,2078",
                        "KNRI11,Kinea Renda FII,14920",
                        "LREN3,Lojas Renner ON,1660",
                        "MGLU3,Magazine Luiza ON,1247",
                        "MXRF11,Maxi Renda FII,1004",
                        "NTCO3,Natura ON,1395",
                        "PETR3,Petrobras ON,3902",
                        "PETR4,Petrobras PN,3638",
                        "PRIO3,Prio ON,4410",
                        "RADL3,Raia Drogasil ON,2518",
                        "RAIL3,Rumo ON,2067",
                        "RENT3,Localiza ON,4233",
                        "SANB11,Santander UNT,2756",
                        "SBSP3,Sabesp ON,9180",
                        "SMAL11,iShares Small Cap,9844",
                        "SUZB3,Suzano ON,5563",
                        "TAEE11,Taesa UNT,3447",
                        "VALE3,Vale ON,6124",
                        "VIVT3,Telefônica Brasil ON,5077",
                        "WEGE3,WEG ON,3894");
        var symbols = new LinkedHashMap<String, Symbol>();
        for (var row : rows) {
            var cells = row.split(",");
            symbols.put(cells[0], new Symbol(cells[1], "B3", "BRL", Long.parseLong(cells[2])));
        }
        symbols.put("AAPL", new Symbol("Apple Inc.", "NASDAQ", "USD", 22_540));
        symbols.put("VOO", new Symbol("Vanguard S&P 500 ETF", "NYSE", "USD", 51_230));
        return symbols;
    }
}
