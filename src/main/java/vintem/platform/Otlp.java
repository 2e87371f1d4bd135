package vintem.platform;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.exporter.otlp.http.logs.OtlpHttpLogRecordExporter;
import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.export.BatchLogRecordProcessor;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.logging.LogManager;
import org.eclipse.microprofile.config.ConfigProvider;
import vintem.platform.Metrics.Counter;
import vintem.platform.Metrics.Family;
import vintem.platform.Metrics.Gauge;

/// Traces, metrics and logs on their way to a collector, by OTLP over HTTP.
///
/// What waits for a collector that is slow or away waits in queues of fixed length; when they are
/// full, what is newer is dropped. Nobody who is served waits for it.
final class Otlp implements AutoCloseable {
    private static final String NAME = "vintem";
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration GOOD_BYE = Duration.ofSeconds(3);
    private static final int LONGEST_QUEUE = 8_192;
    private static final int LONGEST_BATCH = 1_024;
    private static final long ALL = 100;

    private final SdkTracerProvider traces;
    private final SdkMeterProvider metrics;
    private final SdkLoggerProvider logs;
    private final LogShipper shipper;

    private Otlp(URI endpoint) {
        var headers = headers();
        var resource = resource();
        var percent = Settings.number("otlp-traces-percent", ALL);
        if (percent < 0 || percent > ALL) {
            throw new IllegalArgumentException("VINTEM_OTLP_TRACES_PERCENT is 0 to 100");
        }
        traces =
                SdkTracerProvider.builder()
                        .setResource(resource)
                        .setSampler(Sampler.traceIdRatioBased(percent / (double) ALL))
                        .addSpanProcessor(
                                BatchSpanProcessor.builder(
                                                OtlpHttpSpanExporter.builder()
                                                        .setEndpoint(endpoint + "/v1/traces")
                                                        .setHeaders(() -> headers)
                                                        .setTimeout(PATIENCE)
                                                        .build())
                                        .setMaxQueueSize(LONGEST_QUEUE)
                                        .setMaxExportBatchSize(LONGEST_BATCH)
                                        .build())
                        .build();
        metrics =
                SdkMeterProvider.builder()
                        .setResource(resource)
                        .registerMetricReader(
                                PeriodicMetricReader.builder(
                                                OtlpHttpMetricExporter.builder()
                                                        .setEndpoint(endpoint + "/v1/metrics")
                                                        .setHeaders(() -> headers)
                                                        .setTimeout(PATIENCE)
                                                        .build())
                                        .setInterval(
                                                Settings.duration(
                                                        "otlp-metrics-millis",
                                                        Duration.ofSeconds(15)))
                                        .build())
                        .build();
        logs =
                SdkLoggerProvider.builder()
                        .setResource(resource)
                        .addLogRecordProcessor(
                                BatchLogRecordProcessor.builder(
                                                OtlpHttpLogRecordExporter.builder()
                                                        .setEndpoint(endpoint + "/v1/logs")
                                                        .setHeaders(() -> headers)
                                                        .setTimeout(PATIENCE)
                                                        .build())
                                        .build())
                        .build();
        shipper = new LogShipper(logs.get(NAME));
    }

    static Otlp open(URI endpoint) {
        var otlp = new Otlp(endpoint);
        Traces.use(otlp.traces.get(NAME));
        var meter = otlp.metrics.get(NAME);
        Metrics.observe(family -> register(meter, family));
        LogManager.getLogManager().getLogger("").addHandler(otlp.shipper);
        return otlp;
    }

    /// Sends what waits, a moment long, and ends.
    @Override
    public void close() {
        LogManager.getLogManager().getLogger("").removeHandler(shipper);
        Traces.use(null);
        Metrics.observe(null);
        for (var ending : List.of(traces.shutdown(), metrics.shutdown(), logs.shutdown())) {
            ending.join(GOOD_BYE.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /// `VINTEM_OTLP_HEADERS`, for example `Authorization=Bearer secret`; several with commas.
    private static Map<String, String> headers() {
        var headers = new LinkedHashMap<String, String>();
        for (var header : Settings.list("otlp-headers")) {
            var end = header.indexOf('=');
            if (end < 1) {
                throw new IllegalArgumentException(
                        "VINTEM_OTLP_HEADERS is a list of name=value, separated by commas");
            }
            headers.put(header.substring(0, end), header.substring(end + 1));
        }
        return headers;
    }

    private static Resource resource() {
        var version =
                ConfigProvider.getConfig()
                        .getOptionalValue("quarkus.application.version", String.class)
                        .orElse("unknown");
        var mode = Settings.mode().name().toLowerCase(Locale.ROOT);
        return Resource.create(
                Attributes.builder()
                        .put("service.name", NAME)
                        .put("service.version", version)
                        .put("service.instance.id", UUID.randomUUID().toString())
                        .put("deployment.environment.name", mode)
                        .build());
    }

    private static void register(Meter meter, Family family) {
        var attributes = remembered();
        switch (family.kind()) {
            case COUNTER ->
                    meter.counterBuilder(family.name())
                            .setDescription(family.help())
                            .buildWithCallback(
                                    out -> {
                                        for (var it : family.series()) {
                                            if (it instanceof Counter counter) {
                                                out.record(
                                                        counter.sum(),
                                                        attributes.apply(counter.labels()));
                                            }
                                        }
                                    });
            case GAUGE ->
                    meter.gaugeBuilder(family.name())
                            .setDescription(family.help())
                            .buildWithCallback(
                                    out -> {
                                        for (var it : family.series()) {
                                            if (it instanceof Gauge gauge) {
                                                out.record(
                                                        Metrics.value(gauge),
                                                        attributes.apply(gauge.labels()));
                                            }
                                        }
                                    });
            case HISTOGRAM -> {
                var histogram =
                        meter.histogramBuilder(family.name())
                                .setDescription(family.help())
                                .setExplicitBucketBoundariesAdvice(family.bounds())
                                .build();
                family.listen((labels, value) -> histogram.record(value, attributes.apply(labels)));
            }
        }
    }

    private static Function<List<String>, Attributes> remembered() {
        var known = new ConcurrentHashMap<List<String>, Attributes>();
        return labels -> known.computeIfAbsent(labels, Otlp::attributes);
    }

    private static Attributes attributes(List<String> labels) {
        AttributesBuilder attributes = Attributes.builder();
        for (var i = 0; i < labels.size(); i += 2) {
            attributes.put(labels.get(i), labels.get(i + 1));
        }
        return attributes.build();
    }
}
