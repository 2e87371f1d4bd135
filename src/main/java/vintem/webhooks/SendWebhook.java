package vintem.webhooks;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import vintem.platform.Settings;

/// One request to an address that was looked up and allowed before. Vert.x' client, because it
/// connects to an address it is given while Host, SNI and the certificate's name are the URL's.
///
/// Whatever the receiver does, this ends within its deadline, holds 4 KiB of the answer, and
/// follows it nowhere. Once the status line is there it counts: who says 200 and then sends nothing
/// more, or too much, has said 200.
@Singleton
class SendWebhook {
    sealed interface Answer {
        /// @param retryAfter zero where it asked for nothing
        record Answered(int status, Duration retryAfter, String body) implements Answer {}

        /// @param error `timeout`, `refused`, `tls` or `broken`
        record Silent(String error) implements Answer {}
    }

    /// @param whole from connecting to the answer's end
    record Patience(Duration connect, Duration whole) {
        static Patience fromSettings() {
            return new Patience(
                    Settings.duration("webhooks-connect-timeout-millis", Duration.ofSeconds(5)),
                    Settings.duration("webhooks-timeout-millis", Duration.ofSeconds(15)));
        }
    }

    private static final int KEPT_BYTES = 4_096;
    private static final int MOST_HEADER_BYTES = 16_384;
    // Each endpoint has few at once; a pool that is a queue would hold up whoever comes later.
    private static final int MOST_CONNECTIONS = 1_000;
    private static final int LONGEST_SECONDS = 9;

    private final HttpClient client;
    private final Patience patience;
    private final Clock clock;

    @Inject
    SendWebhook(Vertx vertx, Clock clock) {
        this(vertx, clock, Patience.fromSettings(), new HttpClientOptions());
    }

    SendWebhook(Vertx vertx, Clock clock, Patience patience, HttpClientOptions options) {
        this.patience = patience;
        this.clock = clock;
        client =
                vertx.createHttpClient(
                        options.setKeepAlive(false)
                                .setConnectTimeout(Math.toIntExact(patience.connect().toMillis()))
                                .setMaxHeaderSize(MOST_HEADER_BYTES)
                                .setVerifyHost(true),
                        new PoolOptions().setHttp1MaxSize(MOST_CONNECTIONS));
    }

    @PreDestroy
    void stop() {
        client.close();
    }

    Duration longest() {
        return patience.whole();
    }

    /// @param address where `url`'s host was found
    Answer send(TargetUrl url, InetAddress address, Map<String, String> headers, byte[] body) {
        var hearing = new Hearing();
        client.request(
                        new RequestOptions()
                                .setMethod(HttpMethod.POST)
                                .setServer(
                                        SocketAddress.inetSocketAddress(
                                                new InetSocketAddress(address, url.port())))
                                .setHost(url.host())
                                .setPort(url.port())
                                .setSsl(url.secure())
                                .setURI(url.path())
                                .setFollowRedirects(false)
                                .setHeaders(headers(headers)))
                .onFailure(hearing::fail)
                .onSuccess(
                        request -> {
                            if (hearing.ask(request)) {
                                request.send(Buffer.buffer(body))
                                        .onFailure(hearing::fail)
                                        .onSuccess(hearing::hear);
                            }
                        });
        try {
            return hearing.answer.get(patience.whole().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            return hearing.giveUp();
        } catch (ExecutionException failed) {
            return new Answer.Silent(word(failed.getCause()));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            hearing.giveUp();
            return new Answer.Silent("broken");
        }
    }

    private static io.vertx.core.MultiMap headers(Map<String, String> headers) {
        return io.vertx.core.MultiMap.caseInsensitiveMultiMap().addAll(headers);
    }

    private static String word(@Nullable Throwable failed) {
        for (var cause = failed; cause != null; cause = cause.getCause()) {
            if (cause instanceof SSLException) {
                return "tls";
            }
            if (cause instanceof io.netty.channel.ConnectTimeoutException) {
                return "timeout";
            }
            if (cause instanceof ConnectException) {
                return "refused";
            }
        }
        return "broken";
    }

    /// What one receiver says. Called on its connection's event loop, except for [#giveUp].
    private final class Hearing {
        private final CompletableFuture<Answer> answer = new CompletableFuture<>();
        private final AtomicReference<@Nullable HttpClientRequest> asked = new AtomicReference<>();
        private final Buffer body = Buffer.buffer();
        private volatile boolean givenUp;
        private volatile @Nullable HttpClientResponse response;

        /// @return whether somebody still waits
        boolean ask(HttpClientRequest request) {
            asked.set(request);
            if (givenUp) {
                end(request);
            }
            return !givenUp;
        }

        void hear(HttpClientResponse heard) {
            response = heard;
            heard.handler(
                    piece -> {
                        var room = KEPT_BYTES - body.length();
                        synchronized (body) {
                            body.appendBuffer(piece, 0, Math.min(room, piece.length()));
                        }
                        if (piece.length() > room) {
                            finish(heard);
                            end(heard.request());
                        }
                    });
            heard.exceptionHandler(_ -> finish(heard));
            heard.endHandler(_ -> finish(heard));
        }

        void fail(Throwable failed) {
            answer.completeExceptionally(failed);
        }

        /// Nobody waits any longer.
        Answer giveUp() {
            givenUp = true;
            var request = asked.get();
            if (request != null) {
                end(request);
            }
            var heard = response;
            return heard == null ? new Answer.Silent("timeout") : answered(heard);
        }

        private void finish(HttpClientResponse heard) {
            answer.complete(answered(heard));
        }

        private Answer answered(HttpClientResponse heard) {
            String text;
            synchronized (body) {
                // What cannot be stored as text is no text.
                text = body.toString(StandardCharsets.UTF_8).replace('\u0000', '\uFFFD');
            }
            return new Answer.Answered(
                    heard.statusCode(), retryAfter(heard.getHeader("Retry-After")), text);
        }

        private void end(HttpClientRequest request) {
            request.connection().close();
        }
    }

    /// Seconds, or a date (RFC 9110, 10.2.3).
    private Duration retryAfter(@Nullable String header) {
        if (header == null) {
            return Duration.ZERO;
        }
        var text = header.strip();
        if (text.matches("[0-9]{1," + LONGEST_SECONDS + "}")) {
            return Duration.ofSeconds(Long.parseLong(text));
        }
        try {
            var at = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
            var pause = Duration.between(clock.instant(), at);
            return pause.isNegative() ? Duration.ZERO : pause;
        } catch (DateTimeException | ArithmeticException none) {
            return Duration.ZERO;
        }
    }
}
