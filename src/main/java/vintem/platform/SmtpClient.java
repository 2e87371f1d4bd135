package vintem.platform;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/// One connection to the server that takes our mail (SMTP, RFC 5321), for many messages one after
/// another. It is used by one thread.
///
/// What became of a message is told apart as sharply as SMTP allows: before the dot that ends the
/// message nothing was handed over; once the dot is written only the server's answer tells. A
/// general mail library hides that moment, which is why this is here.
///
/// A message and the opening each have a deadline, however slowly the server answers or reads.
public final class SmtpClient implements AutoCloseable {
    /// What became of one message.
    public sealed interface Answer {
        /// The server has it (250).
        record Accepted(String reply) implements Answer {}

        /// It will never take this message (5xx).
        ///
        /// @param noSuchMailbox the server says that the address is at fault (RFC 3463, 5.1.x or
        ///     5.2.1)
        record Refused(String reply, boolean noSuchMailbox) implements Answer {}

        /// Not this message, not now (4xx).
        record Later(String reply) implements Answer {}

        /// It takes no message from us now, whichever: 421, or it does not like the sender. The
        /// connection is closed.
        record Unwilling(String reply) implements Answer {}

        /// The connection broke, or said what is no SMTP, before the message was handed over. It is
        /// closed.
        record NotSent(String why) implements Answer {}

        /// It broke after the last dot: the server may have the message, or not. It is closed.
        record Unknown(String why) implements Answer {}
    }

    /// No connection, or none that may be used. The message is for the operator and has no secret.
    public static final class Unavailable extends RuntimeException {
        private static final long serialVersionUID = 1;

        Unavailable(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /// What the server said, in one line of ours.
    private record Reply(int code, List<String> lines) {
        private static final int LONGEST_TEXT = 300;

        boolean isGood() {
            return code / 100 == 2;
        }

        boolean closes() {
            return code == 421;
        }

        boolean isForGood() {
            return code / 100 == 5;
        }

        boolean blamesTheMailbox() {
            return lines.getFirst().matches("5\\.(1\\.[0-9]{1,3}|2\\.1)( .*)?");
        }

        String text() {
            var text = code + " " + String.join(" ", lines);
            return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT);
        }
    }

    /// The server breaks the protocol.
    private static final class NoSmtp extends IOException {
        private static final long serialVersionUID = 1;

        NoSmtp(String message) {
            super(message);
        }
    }

    private static final Duration GOOD_BYE = Duration.ofSeconds(2);
    private static final int LONGEST_LINE = 2_000;
    private static final int MOST_LINES = 100;
    private static final int DATA = 354;
    private static final int AUTH = 334;

    // A blocked write has no time-out of its own: whoever is late has the socket closed.
    private static final ScheduledThreadPoolExecutor DEADLINES = deadlines();

    private final Socket raw;
    private final Duration patience;
    private Socket socket;
    private InputStream in;
    private OutputStream out;
    private final byte[] buffer = new byte[4_096];
    private int next;
    private int end;
    private Map<String, String> extensions = Map.of();
    private boolean open = true;
    private volatile boolean late;

    private SmtpClient(Socket raw, Duration patience) throws IOException {
        this.raw = raw;
        this.patience = patience;
        socket = raw;
        in = raw.getInputStream();
        out = raw.getOutputStream();
    }

    /// Connects, secures the line and signs in.
    ///
    /// @param patience how long that may take, and each message after it
    /// @throws Unavailable where any of it fails
    public static SmtpClient open(SmtpServer server, SSLSocketFactory tls, Duration patience) {
        var raw = new Socket();
        try {
            raw.connect(
                    new InetSocketAddress(server.host(), server.port()),
                    Math.toIntExact(patience.toMillis()));
            raw.setTcpNoDelay(true);
            var client = new SmtpClient(raw, patience);
            client.begin(server, tls);
            return client;
        } catch (IOException failed) {
            closeQuietly(raw);
            throw new Unavailable(
                    "the mail server %s cannot be used: %s".formatted(server, what(failed)),
                    failed);
        } catch (RuntimeException failed) {
            closeQuietly(raw);
            throw failed;
        }
    }

    private void begin(SmtpServer server, SSLSocketFactory tls) throws IOException {
        var deadline = deadline(patience);
        try {
            greet(server, tls);
        } catch (IOException failed) {
            throw late ? new NoSmtp("no answer within %s".formatted(seconds())) : failed;
        } finally {
            deadline.cancel(false);
        }
    }

    /// Hands over one message.
    ///
    /// @param mayHandOver asked once, when all but the last dot is written: false ends it as not
    ///     sent, and closes the connection
    public Answer send(
            EmailAddress from, EmailAddress to, byte[] message, BooleanSupplier mayHandOver) {
        if (!open) {
            return new Answer.NotSent("the connection was closed before");
        }
        var handedOver = false;
        var deadline = deadline(patience);
        try {
            var utf8 = from.needsUtf8() || to.needsUtf8();
            if (utf8 && !extensions.containsKey("SMTPUTF8")) {
                return new Answer.Refused(
                        "the mail server takes no address with letters beyond ASCII", false);
            }
            var mail = command("MAIL FROM:<" + from.value() + ">" + parameters(message, utf8));
            if (!mail.isGood()) {
                // What it says of the sender it says of every message, unless it is the size or the
                // letters of this one that it does not like.
                return mail.code() == 552 || utf8 && mail.isForGood()
                        ? refuse(mail)
                        : unwilling(mail);
            }
            var recipient = command("RCPT TO:<" + to.value() + ">");
            if (!recipient.isGood()) {
                return refuse(recipient);
            }
            var data = command("DATA");
            if (data.code() != DATA) {
                return refuse(data);
            }
            out.write(stuffed(message));
            out.flush();
            if (!mayHandOver.getAsBoolean()) {
                close(false);
                return new Answer.NotSent("it took too long");
            }
            handedOver = true;
            var answer = command(".");
            if (answer.isGood()) {
                return new Answer.Accepted(answer.text());
            }
            if (answer.code() / 100 == 3) {
                throw new NoSmtp("it answered out of turn: " + answer.text());
            }
            return refuse(answer);
        } catch (IOException failed) {
            close(false);
            var why = late ? "no answer within " + seconds() : what(failed);
            return handedOver ? new Answer.Unknown(why) : new Answer.NotSent(why);
        } finally {
            deadline.cancel(false);
        }
    }

    /// Whether another message may be tried.
    public boolean isOpen() {
        return open;
    }

    /// Says good-bye.
    @Override
    public void close() {
        close(true);
    }

    private void greet(SmtpServer server, SSLSocketFactory tls) throws IOException {
        if (server.tls() == SmtpServer.Tls.IMPLICIT) {
            secure(server, tls);
        }
        expect(read());
        hello();
        if (server.tls() == SmtpServer.Tls.STARTTLS) {
            // Whoever sits in between can take the offer away: without it we do not go on.
            if (!extensions.containsKey("STARTTLS")) {
                throw new NoSmtp("it does not offer STARTTLS");
            }
            expect(command("STARTTLS"));
            if (next < end) {
                // Somebody put it there before there was a secret (CVE-2011-0411 and its kind).
                throw new NoSmtp("something followed its answer to STARTTLS in the clear");
            }
            secure(server, tls);
            hello();
        }
        if (server.user() != null) {
            signIn(server.user(), Objects.requireNonNull(server.password()));
        }
    }

    private void secure(SmtpServer server, SSLSocketFactory tls) throws IOException {
        var secured = (SSLSocket) tls.createSocket(raw, server.host(), server.port(), true);
        var parameters = secured.getSSLParameters();
        // Without it any valid certificate of anybody would do.
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
        secured.setSSLParameters(parameters);
        secured.startHandshake();
        socket = secured;
        in = secured.getInputStream();
        out = secured.getOutputStream();
        next = 0;
        end = 0;
    }

    private void hello() throws IOException {
        var here = raw.getLocalAddress();
        var address = here.getHostAddress().replaceFirst("%.*", "");
        var reply =
                command(
                        here instanceof Inet6Address
                                ? "EHLO [IPv6:" + address + "]"
                                : "EHLO [" + address + "]");
        expect(reply);
        var offered = new HashMap<String, String>();
        for (var line : reply.lines().subList(1, reply.lines().size())) {
            var words = line.split(" ", 2);
            offered.put(words[0].toUpperCase(Locale.ROOT), words.length == 2 ? words[1] : "");
        }
        extensions = offered;
    }

    private void signIn(String user, String password) throws IOException {
        var ways = List.of(extensions.getOrDefault("AUTH", "").toUpperCase(Locale.ROOT).split(" "));
        if (ways.contains("PLAIN")) {
            expect(command("AUTH PLAIN " + base64("\0" + user + "\0" + password)));
        } else if (ways.contains("LOGIN")) {
            ask(command("AUTH LOGIN"));
            ask(command(base64(user)));
            expect(command(base64(password)));
        } else {
            throw new NoSmtp("it offers neither AUTH PLAIN nor AUTH LOGIN");
        }
    }

    private static void ask(Reply reply) throws IOException {
        if (reply.code() != AUTH) {
            throw new NoSmtp("it said " + reply.text());
        }
    }

    private static void expect(Reply reply) throws IOException {
        if (!reply.isGood()) {
            throw new NoSmtp("it said " + reply.text());
        }
    }

    private String parameters(byte[] message, boolean utf8) {
        return (extensions.containsKey("SIZE") ? " SIZE=" + message.length : "")
                + (utf8 ? " SMTPUTF8" : "")
                + (utf8 && extensions.containsKey("8BITMIME") ? " BODY=8BITMIME" : "");
    }

    /// The message is not taken; the connection goes on, where it can.
    private Answer refuse(Reply reply) {
        if (reply.closes()) {
            return unwilling(reply);
        }
        if (!reply.isForGood() && reply.code() / 100 != 4) {
            close(false);
            return new Answer.NotSent("it answered out of turn: " + reply.text());
        }
        reset();
        return reply.isForGood()
                ? new Answer.Refused(reply.text(), reply.blamesTheMailbox())
                : new Answer.Later(reply.text());
    }

    private Answer unwilling(Reply reply) {
        close(true);
        return new Answer.Unwilling(reply.text());
    }

    private void reset() {
        try {
            if (!command("RSET").isGood()) {
                close(true);
            }
        } catch (IOException broken) {
            close(false);
        }
    }

    private void close(boolean politely) {
        if (!open) {
            return;
        }
        open = false;
        if (politely) {
            var deadline = deadline(GOOD_BYE);
            try {
                command("QUIT");
            } catch (IOException whoCares) {
                // It has closed before us.
            } finally {
                deadline.cancel(false);
            }
        }
        closeQuietly(raw);
    }

    private Reply command(String line) throws IOException {
        out.write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
        return read();
    }

    private Reply read() throws IOException {
        var code = 0;
        var lines = new ArrayList<String>();
        while (true) {
            var line = line();
            if (!line.matches("[2-5][0-9]{2}([ -].*)?")) {
                throw new NoSmtp("it does not speak SMTP");
            }
            var given = Integer.parseInt(line.substring(0, 3));
            if (!lines.isEmpty() && given != code || lines.size() == MOST_LINES) {
                throw new NoSmtp("its answer has no end, or two");
            }
            code = given;
            lines.add(line.length() > 4 ? line.substring(4) : "");
            if (line.length() == 3 || line.charAt(3) == ' ') {
                return new Reply(code, lines);
            }
        }
    }

    /// One line without its end, and without what would not be one in our log.
    private String line() throws IOException {
        var line = new ByteArrayOutputStream(80);
        while (true) {
            if (next == end) {
                next = 0;
                end = Math.max(0, in.read(buffer));
                if (end == 0) {
                    throw new EOFException("it closed the connection");
                }
            }
            var value = buffer[next++];
            if (value == '\n') {
                return line.toString(StandardCharsets.UTF_8)
                        .replaceAll("\\r$", "")
                        .replaceAll("[\\p{Cc}\\p{Cf}]", " ");
            }
            if (line.size() == LONGEST_LINE) {
                throw new NoSmtp("its answer has no end");
            }
            line.write(value);
        }
    }

    /// With a second dot where a line starts with one (RFC 5321, 4.5.2), and an end of line last.
    private static byte[] stuffed(byte[] message) {
        var stuffed = new ByteArrayOutputStream(message.length + 64);
        for (var i = 0; i < message.length; i++) {
            if (message[i] == '.' && (i == 0 || message[i - 1] == '\n')) {
                stuffed.write('.');
            }
            stuffed.write(message[i]);
        }
        if (message.length < 2 || message[message.length - 1] != '\n') {
            stuffed.writeBytes(new byte[] {'\r', '\n'});
        }
        return stuffed.toByteArray();
    }

    private ScheduledFuture<?> deadline(Duration time) {
        late = false;
        return DEADLINES.schedule(
                () -> {
                    late = true;
                    // Not the secured one: that waits for the write which hangs.
                    closeQuietly(raw);
                },
                time.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    private static ScheduledThreadPoolExecutor deadlines() {
        var executor =
                new ScheduledThreadPoolExecutor(
                        1, Thread.ofPlatform().daemon().name("smtp-deadlines").factory());
        executor.setRemoveOnCancelPolicy(true);
        return executor;
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException whoCares) {
            // There is nothing to lose any more.
        }
    }

    private String seconds() {
        return "%.1f s".formatted(patience.toMillis() / 1_000.0);
    }

    private static String what(IOException failed) {
        if (failed instanceof SSLException) {
            return "no secure connection (%s)".formatted(failed.getMessage());
        }
        return failed.getMessage() == null
                ? failed.getClass().getSimpleName()
                : failed.getMessage();
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
