package vintem.app;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.models.examples.Example;

/// One sample for each code that a route may refuse with, kept once and pointed to.
///
/// Most statuses have one code. What a `409` or a `422` means each route says in words, and the
/// words tell the code.
final class ProblemSamples {
    private static final Map<String, String> BY_STATUS =
            Map.ofEntries(
                    Map.entry("400", "invalid-request"),
                    Map.entry("401", "unauthenticated"),
                    Map.entry("403", "forbidden"),
                    Map.entry("404", "not-found"),
                    Map.entry("405", "method-not-allowed"),
                    Map.entry("406", "not-acceptable"),
                    Map.entry("408", "too-slow"),
                    Map.entry("413", "too-large"),
                    Map.entry("415", "unsupported-media-type"),
                    Map.entry("426", "upgrade-required"),
                    Map.entry("429", "too-many-requests"),
                    Map.entry("503", "unavailable"));

    /// In the words of `@APIResponse`.
    private static final Map<String, List<String>> BY_WORDS = new LinkedHashMap<>();

    private static final String REF = "#/components/examples/";

    static {
        say("key is under way", "request-in-flight");
        say("Idempotency-Key is under way", "request-in-flight");
        say("key belongs to another body", "idempotency-key-reused");
        say("Idempotency-Key belongs to another body", "idempotency-key-reused");
        say("the key was used", "idempotency-key-reused");
        say("Another purchase has this code", "code-taken");
        say("code is taken", "code-taken");
        say("It was judged", "purchase-judged");
        say("There is no such move", "no-such-move");
        say("does not wait for money", "payment-ended");
        say("It is paid with another value", "payment-ended");
        say("It was paid or has expired", "payment-ended");
        say("he payment is paid", "payment-ended");
        say("It is paid or cancelled", "charge-ended");
        say("The charge is paid", "charge-ended");
        say("It had failed before", "file-failed");
        say("cancelled it while it arrived", "file-cancelled");
        say("It is booked", "decided-otherwise");
        say("It is money", "decided-otherwise");
        say("Somebody decided otherwise", "decided-otherwise");
        say("It was removed before", "allocation-removed");
        say("Nobody would be left", "last-admin");
        say("Nothing was paid", "nothing-to-refund");
        say("no credit that came with a Pix", "nothing-to-refund");
        say("That month has begun", "month-has-begun");
        say("The month is not over", "month-not-over", "later-month-closed");
        say("The CPF, e-mail or user name", "cpf-taken", "email-taken", "username-taken");
        say("The address is another client's", "email-taken");
        say("The e-mail is taken", "email-taken");
        say("The client is not active", "client-inactive");
        say("The debt was charged before", "debt-charged-before");
        say("The name is taken", "name-taken");
        say("There is one of that day", "split-taken");
        say("There is one of this ticker", "ticker-taken");
        say("They are being paid", "payout-under-way");
        say("This payment was told before", "other-value-before");
        say("aid with another value", "other-value-before");
        say(
                "An account would fall below its floor",
                "insufficient-funds",
                "mirrored-account",
                "unknown-account");
        say("More than is left", "more-than-was-paid");
        say("oo late, above a limit", "refund-too-late", "over-limit", "insufficient-funds");
        say("More was sold than would be there", "more-than-is-left");
        say("That many units are not left", "more-than-is-left", "before-it-was-bought");
        say("No such client, asset", "no-such-client", "no-such-asset", "unknown-symbol");
        say("Nobody of that CPF or id", "unknown-reseller");
        say("Not enough is available", "not-enough-cashback", "key-of-somebody-else");
        say("all_or_nothing", "not-all-payable");
    }

    private final Map<String, String> statuses = new TreeMap<>();

    /// The samples of what a route answers with this status; empty where nothing is known of it.
    Map<String, Example> of(String status, String description) {
        var codes = codes(status, description);
        var samples = new LinkedHashMap<String, Example>();
        for (var code : codes) {
            statuses.put(code, status);
            samples.put(code, OASFactory.createExample().ref(REF + code));
        }
        return samples;
    }

    /// Those that were pointed to.
    Map<String, Example> all() {
        var texts = texts();
        var samples = new TreeMap<String, Example>();
        statuses.forEach((code, status) -> samples.put(code, sample(texts, code, status)));
        return samples;
    }

    private static Set<String> codes(String status, String description) {
        var codes = new LinkedHashSet<String>();
        var only = BY_STATUS.get(status);
        if (only != null) {
            codes.add(only);
            return codes;
        }
        BY_WORDS.forEach(
                (words, meant) -> {
                    if (description.contains(words)) {
                        codes.addAll(meant);
                    }
                });
        return codes;
    }

    private static Properties texts() {
        var name = "/messages/problems_en.properties";
        try (var in = ProblemSamples.class.getResourceAsStream(name)) {
            var texts = new Properties();
            texts.load(
                    new InputStreamReader(
                            Objects.requireNonNull(in, name), StandardCharsets.UTF_8));
            return texts;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static Example sample(Properties texts, String code, String status) {
        var value = new LinkedHashMap<String, Object>();
        value.put("type", "https://vintem.dev/problems/" + code);
        value.put("title", texts.getProperty("title." + code, ""));
        value.put("status", Integer.valueOf(status));
        value.put("detail", texts.getProperty("detail." + code, ""));
        value.put("trace_id", "0af7651916cd43dd8448eb211c80319c");
        return OASFactory.createExample().value(value);
    }

    private static void say(String words, String... codes) {
        BY_WORDS.put(words, List.of(codes));
    }
}
