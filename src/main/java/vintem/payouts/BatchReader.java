package vintem.payouts;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vintem.bank.PixKey;
import vintem.payouts.Submission.Item;
import vintem.platform.BusinessDays;
import vintem.platform.Fields;
import vintem.platform.Idempotency;
import vintem.platform.Ids;
import vintem.platform.Json;
import vintem.platform.Problem;
import vintem.platform.Settings;
import vintem.platform.Violations;

/// Reads a batch from outside: strict JSON or CSV. Mistakes of shape refuse the whole batch with a
/// pointer each; mistakes of value are left to the items.
final class BatchReader {
    /// Items in one batch, at most.
    static final int MOST_ITEMS = Math.toIntExact(Settings.number("payouts-max-items", 100_000));

    static final int LONGEST_ID = 255;
    private static final int LONGEST_KEY = 255;
    private static final int LONGEST_TAX_ID = 32;
    private static final int LONGEST_DESCRIPTION = 140;
    private static final Set<String> COLUMNS = Set.of("external_id", "amount_cents", "pix_key");

    /// What was read.
    ///
    /// @param scheduledFor when it is to be sent; null at once
    record Batch(String batchId, List<Item> items, @Nullable Instant scheduledFor) {}

    private record Raw(
            @Nullable String externalId,
            @Nullable String userId,
            String pixKey,
            long amountCents,
            @Nullable String taxId,
            @Nullable String description) {}

    private final Violations violations = new Violations();
    private final List<Raw> raws = new ArrayList<>();
    private @Nullable String batchId;
    private @Nullable Instant scheduledFor;

    private BatchReader() {}

    /// @param key the request's `Idempotency-Key`, from which missing ids are derived
    /// @param scheduledFor from the query, where the body has none
    /// @throws Problem `400`
    static Batch json(
            byte[] body, @Nullable String scheduledFor, Optional<Idempotency.Identity> key) {
        var reader = new BatchReader();
        reader.scheduledFor = reader.time("?scheduled_for", scheduledFor);
        reader.readJson(body);
        return reader.batch(key);
    }

    /// Columns by name: `external_id,user_id,amount_cents,pix_key`, and the optional `tax_id` and
    /// `description`; separated by commas or semicolons.
    ///
    /// @param batchId from the query, as the file has no place for it
    /// @param scheduledFor likewise
    /// @throws Problem `400`
    static Batch csv(
            byte[] body,
            @Nullable String batchId,
            @Nullable String scheduledFor,
            Optional<Idempotency.Identity> key) {
        var reader = new BatchReader();
        reader.batchId = reader.checkedBatchId(batchId);
        reader.scheduledFor = reader.time("?scheduled_for", scheduledFor);
        reader.readCsv(body);
        return reader.batch(key);
    }

    private void readJson(byte[] body) {
        var items = false;
        try (var parser = Json.parser(new ByteArrayInputStream(body))) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw Problem.invalid("", "must be a JSON object");
            }
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                var name = parser.currentName();
                if (!Json.isClean(name)) {
                    throw Problem.invalid("", "has a name with U+0000 or half of a surrogate pair");
                }
                parser.nextToken();
                if (name.equals("items") && parser.currentToken() == JsonToken.START_ARRAY) {
                    items = true;
                    while (parser.nextToken() != JsonToken.END_ARRAY) {
                        readItem(Json.value(parser));
                    }
                } else {
                    JsonNode value = Json.value(parser);
                    Json.checkTexts(value, "/" + Json.escaped(name));
                    if (name.equals("batch_id") && !value.isNull()) {
                        if (value.isTextual()) {
                            batchId = checkedBatchId(value.textValue());
                        } else {
                            violations.add("/batch_id", "must be a string");
                        }
                    }
                    if (name.equals("scheduled_for") && !value.isNull()) {
                        scheduledFor =
                                time("/scheduled_for", value.isTextual() ? value.textValue() : "");
                    }
                }
            }
            Json.end(parser);
        } catch (IOException failed) {
            throw Json.problem(failed);
        }
        if (!items) {
            violations.add("/items", "must be an array of 1 to %d items".formatted(MOST_ITEMS));
        }
    }

    private void readItem(JsonNode node) {
        var pointer = "/items/" + raws.size();
        checkCount();
        Json.checkTexts(node, pointer);
        if (!node.isObject()) {
            violations.add(pointer, "must be an object");
            raws.add(new Raw(null, null, "", 0, null, null));
            return;
        }
        var fields = new Fields(node, pointer, violations);
        var externalId = fields.text("external_id", LONGEST_ID);
        if (externalId != null && externalId.isBlank()) {
            fields.wrong("external_id", "must not be blank");
        }
        var key = fields.text("pix_key", LONGEST_KEY);
        raws.add(
                new Raw(
                        externalId,
                        fields.text("user_id", LONGEST_ID),
                        key == null ? "" : key,
                        fields.requiredInteger("amount_cents"),
                        fields.text("tax_id", LONGEST_TAX_ID),
                        fields.text("description", LONGEST_DESCRIPTION)));
    }

    private void readCsv(byte[] body) {
        var text = utf8(body);
        var firstLine = text.lines().findFirst().orElse("");
        var separator = firstLine.indexOf(';') >= 0 ? ';' : ',';
        try (var records =
                CsvReader.builder()
                        .fieldSeparator(separator)
                        .maxBufferSize(1 << 20)
                        .ofNamedCsvRecord(text)) {
            for (var row : records) {
                if (raws.isEmpty() && !row.getHeader().containsAll(COLUMNS)) {
                    throw Problem.invalid(
                            "/0", "the first line must name external_id, amount_cents and pix_key");
                }
                readRow(row);
            }
        } catch (CsvParseException notCsv) {
            throw Problem.invalid("", "is not CSV near row " + (raws.size() + 1));
        } catch (IOException inMemory) {
            throw Json.problem(inMemory);
        }
    }

    private void readRow(NamedCsvRecord row) {
        checkCount();
        var pointer = "/items/" + raws.size();
        raws.add(
                new Raw(
                        field(row, pointer, "external_id", LONGEST_ID),
                        field(row, pointer, "user_id", LONGEST_ID),
                        Optional.ofNullable(field(row, pointer, "pix_key", LONGEST_KEY)).orElse(""),
                        amount(row, pointer),
                        field(row, pointer, "tax_id", LONGEST_TAX_ID),
                        field(row, pointer, "description", LONGEST_DESCRIPTION)));
    }

    private long amount(NamedCsvRecord row, String pointer) {
        var text = field(row, pointer, "amount_cents", 100);
        if (text == null || !text.matches("-?[0-9]{1,60}")) {
            violations.add(pointer + "/amount_cents", "must be an integer number");
            return 0;
        }
        var value = new BigInteger(text);
        if (value.bitLength() > 63) {
            violations.add(pointer + "/amount_cents", "does not fit in 64 bits");
            return 0;
        }
        return value.longValue();
    }

    private @Nullable String field(NamedCsvRecord row, String pointer, String name, int longest) {
        var text = row.findField(name).map(String::strip).filter(each -> !each.isEmpty());
        if (text.isPresent() && text.get().length() > longest) {
            violations.add(pointer + "/" + name, "is longer than %d characters".formatted(longest));
            return null;
        }
        return text.orElse(null);
    }

    private static String utf8(byte[] body) {
        try {
            var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
            if (text.indexOf('\0') >= 0) {
                throw Problem.invalid("", "holds U+0000");
            }
            // Spreadsheets put a byte order mark in front.
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException notUtf8) {
            throw Problem.invalid("", "is not UTF-8");
        }
    }

    private @Nullable String checkedBatchId(@Nullable String id) {
        if (id == null) {
            return null;
        }
        if (id.isBlank() || id.length() > LONGEST_ID || !Json.isClean(id)) {
            violations.add("/batch_id", "must be 1 to %d characters".formatted(LONGEST_ID));
            return null;
        }
        return id;
    }

    /// An instant with its offset, or a day and hour as the clocks of São Paulo show it.
    private @Nullable Instant time(String pointer, @Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            var at =
                    DateTimeFormatter.ISO_DATE_TIME.parseBest(
                            text, OffsetDateTime::from, LocalDateTime::from);
            return switch (at) {
                case OffsetDateTime exact -> exact.toInstant().truncatedTo(ChronoUnit.SECONDS);
                case LocalDateTime local ->
                        local.atZone(BusinessDays.SAO_PAULO)
                                .toInstant()
                                .truncatedTo(ChronoUnit.SECONDS);
                default -> throw new IllegalStateException("neither of the two was asked for");
            };
        } catch (DateTimeException notATime) {
            violations.add(
                    pointer,
                    "must be a date and time, 2026-11-27T09:00 in São Paulo or with its offset");
            return null;
        }
    }

    private void checkCount() {
        if (raws.size() == MOST_ITEMS) {
            throw Problem.invalid("/items", "has more than %d items".formatted(MOST_ITEMS));
        }
    }

    private Batch batch(Optional<Idempotency.Identity> key) {
        if (raws.isEmpty() && violations.none()) {
            violations.add("/items", "must be an array of 1 to %d items".formatted(MOST_ITEMS));
        }
        var prefix = Optional.ofNullable(batchId).or(() -> key.map(BatchReader::fromKey));
        for (var i = 0; prefix.isEmpty() && i < raws.size(); i++) {
            if (raws.get(i).externalId() == null) {
                // An id invented here would be another one on a retry, and pay twice.
                violations.add(
                        "/items/%d/external_id".formatted(i),
                        "is required where there is neither a batch_id nor an Idempotency-Key");
            }
        }
        violations.orThrow();
        var items = new ArrayList<Item>(raws.size());
        for (var i = 0; i < raws.size(); i++) {
            var raw = raws.get(i);
            var externalId = raw.externalId();
            items.add(
                    new Item(
                            Ids.next(),
                            externalId == null ? prefix.orElseThrow() + "#" + i : externalId,
                            raw.userId(),
                            raw.pixKey(),
                            PixKey.parse(raw.pixKey()).orElse(null),
                            raw.amountCents(),
                            raw.taxId(),
                            raw.description()));
        }
        return new Batch(prefix.orElseGet(() -> UUID.randomUUID().toString()), items, scheduledFor);
    }

    // The same for the same caller and key, different for everybody else.
    private static String fromKey(Idempotency.Identity identity) {
        var named = identity.callerId() + "\n" + identity.key();
        var hash = Idempotency.hash(named.getBytes(StandardCharsets.UTF_8));
        return "key-" + HexFormat.of().formatHex(hash, 0, 16);
    }
}
