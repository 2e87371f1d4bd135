package vintem.platform;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Properties;

/// What pages say in one language: `messages/pt.properties` and `messages/en.properties`, which
/// have the same keys. Money is written the Brazilian way in both.
public enum Words {
    PT("pt", "pt-BR", Locale.of("pt", "BR"), "dd/MM/uuuu", "MM/uuuu"),
    EN("en", "en", Locale.ENGLISH, "d MMM uuuu", "MMM uuuu");

    /// Days and times on pages are São Paulo's.
    public static final ZoneId SAO_PAULO = ZoneId.of("America/Sao_Paulo");

    private final String tag;
    private final Properties texts;
    private final Locale locale;
    private final DateTimeFormatter day;
    private final DateTimeFormatter month;
    private final DateTimeFormatter minute;
    private final DateTimeFormatter second;

    Words(String file, String tag, Locale locale, String day, String month) {
        this.tag = tag;
        this.texts = load(file);
        this.locale = locale;
        this.day = DateTimeFormatter.ofPattern(day, locale);
        this.month = DateTimeFormatter.ofPattern(month, locale);
        minute = DateTimeFormatter.ofPattern(day + " HH:mm", locale);
        second = DateTimeFormatter.ofPattern(day + " HH:mm:ss", locale);
    }

    /// Portuguese, unless English is asked for before it.
    public static Words of(List<Locale> wanted) {
        for (var language : wanted) {
            switch (language.getLanguage()) {
                case "pt" -> {
                    return PT;
                }
                case "en" -> {
                    return EN;
                }
                default -> {}
            }
        }
        return PT;
    }

    /// For programs: English, as ever, unless Portuguese is asked for before it.
    static Words ofProgram(List<Locale> wanted) {
        return wanted.stream()
                .map(Locale::getLanguage)
                .filter(it -> it.equals("pt") || it.equals("en"))
                .findFirst()
                .filter("pt"::equals)
                .map(_ -> PT)
                .orElse(EN);
    }

    /// As `lang` and `Content-Language` have it.
    public String tag() {
        return tag;
    }

    public boolean knows(String key) {
        return texts.containsKey(key);
    }

    /// The text under a key, with `{0}`, `{1}` … filled in.
    ///
    /// @throws IllegalArgumentException where there is none: a page's mistake
    public String say(String key, Object... arguments) {
        var text = texts.getProperty(key);
        if (text == null) {
            throw new IllegalArgumentException("nothing to say for " + key);
        }
        for (var i = 0; i < arguments.length; i++) {
            text = text.replace("{" + i + "}", Objects.toString(arguments[i]));
        }
        return text;
    }

    /// The text under `group.name`, or the name itself where it is new to us: a bank's reason.
    public String name(String group, String name) {
        var key = group + "." + name;
        return knows(key) ? say(key) : name;
    }

    /// One of `key.one` and `key.many`, with the number in it.
    public String count(String key, long number) {
        return say(key + (number == 1 ? ".one" : ".many"), number(number));
    }

    public String number(long number) {
        return String.format(locale, "%,d", number);
    }

    /// With a space that does not break, and a minus that looks like one.
    public String money(long cents) {
        return Cents.format(cents).replace(' ', '\u00A0').replace('-', '\u2212');
    }

    public String day(TemporalAccessor day) {
        return this.day.format(
                day instanceof Instant at ? LocalDate.ofInstant(at, SAO_PAULO) : day);
    }

    public String month(YearMonth month) {
        return this.month.format(month);
    }

    public String minute(Instant at) {
        return minute.format(at.atZone(SAO_PAULO));
    }

    public String second(Instant at) {
        return second.format(at.atZone(SAO_PAULO));
    }

    /// Every text whose key starts so, for scripts.
    public java.util.SortedMap<String, String> all(String prefix) {
        var found = new java.util.TreeMap<String, String>();
        for (var key : texts.stringPropertyNames()) {
            if (key.startsWith(prefix)) {
                found.put(key, texts.getProperty(key));
            }
        }
        return found;
    }

    /// For a value in a query.
    static String url(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static Properties load(String file) {
        var name = "/messages/" + file + ".properties";
        try (var in = Words.class.getResourceAsStream(name)) {
            var texts = new Properties();
            texts.load(
                    new InputStreamReader(
                            Objects.requireNonNull(in, name), StandardCharsets.UTF_8));
            return texts;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
