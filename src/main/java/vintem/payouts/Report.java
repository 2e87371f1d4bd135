package vintem.payouts;

import com.fasterxml.jackson.core.JsonFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/// What the sender of a batch is answered: one detail per item, in the order of the request.
record Report(String batchId, List<String> externalIds, List<Outcome> outcomes) {
    private static final JsonFactory JSON = new JsonFactory();

    /// @param processing items whose outcome the bank has not told yet
    public record Counts(long successful, long failed, long duplicates, long processing) {}

    /// Whether any of it waits for a person or for its hour.
    boolean holds() {
        return outcomes.stream().anyMatch(each -> each instanceof Outcome.Held);
    }

    Counts counts() {
        return counts(false);
    }

    /// @param preflight what would wait would be paid in the end
    private Counts counts(boolean preflight) {
        var successful = 0L;
        var failed = 0L;
        var duplicates = 0L;
        var processing = 0L;
        for (var outcome : outcomes) {
            switch (outcome) {
                case Outcome.Paid _, Outcome.WouldPay _ -> successful++;
                case Outcome.Failed _ -> failed++;
                case Outcome.Duplicate _ -> duplicates++;
                case Outcome.Processing _ -> processing++;
                case Outcome.Held _ -> {
                    successful += preflight ? 1 : 0;
                    processing += preflight ? 0 : 1;
                }
            }
        }
        return new Counts(successful, failed, duplicates, processing);
    }

    /// The contract's body; the order of the members is part of it. The fifth count and the members
    /// beyond the third of a detail appear only where they say something.
    byte[] json(boolean preflight) {
        var bytes = new ByteArrayOutputStream(64 + 96 * outcomes.size());
        var counts = counts(preflight);
        try (var json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeStringField("batch_id", batchId);
            json.writeNumberField("processed", outcomes.size());
            json.writeNumberField("successful", counts.successful());
            json.writeNumberField("failed", counts.failed());
            json.writeNumberField("duplicates", counts.duplicates());
            if (counts.processing() > 0) {
                json.writeNumberField("processing", counts.processing());
            }
            json.writeArrayFieldStart("details");
            for (var i = 0; i < outcomes.size(); i++) {
                json.writeStartObject();
                json.writeStringField("external_id", externalIds.get(i));
                writeDetail(json, outcomes.get(i), preflight);
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException inMemory) {
            throw new UncheckedIOException(inMemory);
        }
        return bytes.toByteArray();
    }

    private static void writeDetail(
            com.fasterxml.jackson.core.JsonGenerator json, Outcome outcome, boolean preflight)
            throws IOException {
        json.writeStringField("status", status(outcome, preflight));
        json.writeNumberField("amount_cents", outcome.amountCents());
        switch (outcome) {
            case Outcome.Failed(_, var reason, var mismatch) -> {
                json.writeStringField("reason", reason);
                writeMismatch(json, mismatch);
            }
            case Outcome.Duplicate(_, var originalStatus, var mismatch) -> {
                if (originalStatus.isPresent()) {
                    json.writeStringField("original_status", originalStatus.get());
                }
                if (!mismatch.isEmpty()) {
                    json.writeStringField("reason", Outcome.MISMATCH);
                }
                writeMismatch(json, mismatch);
            }
            case Outcome.Held(_, var reason) -> json.writeStringField("reason", reason);
            case Outcome.Paid _, Outcome.Processing _, Outcome.WouldPay _ -> {}
        }
    }

    private static void writeMismatch(
            com.fasterxml.jackson.core.JsonGenerator json, List<String> mismatch)
            throws IOException {
        if (!mismatch.isEmpty()) {
            json.writeArrayFieldStart("mismatch");
            for (var member : mismatch) {
                json.writeString(member);
            }
            json.writeEndArray();
        }
    }

    private static String status(Outcome outcome, boolean preflight) {
        return switch (outcome) {
            case Outcome.Paid _ -> "paid";
            case Outcome.WouldPay _ -> "would_pay";
            case Outcome.Failed _ -> preflight ? "would_fail" : "failed";
            case Outcome.Duplicate _ -> "duplicate";
            case Outcome.Processing _ -> "processing";
            // What programs know: it is not paid yet, and must not be sent by another way.
            case Outcome.Held _ -> preflight ? "would_pay" : "processing";
        };
    }
}
