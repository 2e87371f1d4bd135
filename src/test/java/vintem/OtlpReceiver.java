package vintem;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/// A collector that understands OTLP over HTTP, as APM Server and the OpenTelemetry Collector do.
public final class OtlpReceiver implements AutoCloseable {
    private final HttpServer server;
    private final List<Span> spans = new CopyOnWriteArrayList<>();
    private final List<Metric> metrics = new CopyOnWriteArrayList<>();
    private final List<LogRecord> logs = new CopyOnWriteArrayList<>();
    private final List<String> words = new CopyOnWriteArrayList<>();
    // Of spans and logs: numbers of metrics may look like a CPF.
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final List<String> authorizations = new CopyOnWriteArrayList<>();

    private OtlpReceiver(HttpServer server) {
        this.server = server;
    }

    public static OtlpReceiver open() {
        try {
            var server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            var receiver = new OtlpReceiver(server);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.createContext("/", receiver::take);
            server.start();
            return receiver;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    public List<Span> spans() {
        return spans;
    }

    public List<Metric> metrics() {
        return metrics;
    }

    public List<LogRecord> logs() {
        return logs;
    }

    public List<String> authorizations() {
        return authorizations;
    }

    /// Everything that came, with whatever text is in it.
    public String everything() {
        return String.join("\n", words);
    }

    public static String hex(ByteString id) {
        return HexFormat.of().formatHex(id.toByteArray());
    }

    /// What it was told is looked through for personal data afterwards.
    @Override
    public void close() {
        server.stop(0);
        try {
            var scanned = Files.createDirectories(Path.of("target/scan"));
            Files.write(Files.createTempFile(scanned, "spans-", ".txt"), told);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private void take(HttpExchange call) throws IOException {
        try (call) {
            var body = call.getRequestBody().readAllBytes();
            authorizations.add(String.valueOf(call.getRequestHeaders().getFirst("Authorization")));
            keep(call.getRequestURI().getPath(), body);
            call.getResponseHeaders().add("Content-Type", "application/x-protobuf");
            call.sendResponseHeaders(200, -1);
        }
    }

    private void keep(String path, byte[] body) throws InvalidProtocolBufferException {
        switch (path) {
            case "/v1/traces" -> {
                var request = ExportTraceServiceRequest.parseFrom(body);
                words.add(request.toString());
                told.add(request.toString());
                request.getResourceSpansList().stream()
                        .flatMap(it -> it.getScopeSpansList().stream())
                        .forEach(it -> spans.addAll(it.getSpansList()));
            }
            case "/v1/metrics" -> {
                var request = ExportMetricsServiceRequest.parseFrom(body);
                words.add(request.toString());
                request.getResourceMetricsList().stream()
                        .flatMap(it -> it.getScopeMetricsList().stream())
                        .forEach(it -> metrics.addAll(it.getMetricsList()));
            }
            case "/v1/logs" -> {
                var request = ExportLogsServiceRequest.parseFrom(body);
                words.add(request.toString());
                told.add(request.toString());
                request.getResourceLogsList().stream()
                        .flatMap(it -> it.getScopeLogsList().stream())
                        .forEach(it -> logs.addAll(it.getLogRecordsList()));
            }
            default -> throw new IllegalArgumentException(path);
        }
    }
}
