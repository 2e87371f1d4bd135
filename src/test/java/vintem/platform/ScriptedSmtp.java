package vintem.platform;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/// A mail server that misbehaves as it is told: what it answers to each command, once after the
/// other, the last answer again and again.
public final class ScriptedSmtp implements AutoCloseable {
    /// Says nothing more, and keeps the line.
    public static final String HANG = "HANG";

    /// Closes the line.
    public static final String DROP = "DROP";

    /// Names of what is answered besides commands: the greeting, and the dot after the data.
    public static final String GREETING = "GREETING";

    public static final String DOT = ".";

    /// What it took, or at least was given up to the last dot.
    public record Taken(String from, String to, String data) {}

    private static final Map<String, String> POLITE =
            Map.of(
                    GREETING,
                    "220 scripted.example ready",
                    "EHLO",
                    "250-scripted.example\r\n250-SIZE 1000000\r\n250 8BITMIME",
                    "DATA",
                    "354 go on",
                    DOT,
                    "250 2.0.0 taken",
                    "QUIT",
                    "221 bye");

    private final ServerSocket listening;
    private final Map<String, Deque<String>> answers = new HashMap<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);

    public final List<String> commands = new CopyOnWriteArrayList<>();
    public final List<Taken> taken = new CopyOnWriteArrayList<>();

    /// Everything that was given up to the last dot, taken or not.
    public final List<Taken> given = new CopyOnWriteArrayList<>();

    private SSLContext tls;
    private boolean implicit;
    private volatile boolean reads = true;

    public ScriptedSmtp() {
        try {
            listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    public ScriptedSmtp answering(String command, String... inTurn) {
        synchronized (answers) {
            answers.put(command, new ArrayDeque<>(List.of(inTurn)));
        }
        return this;
    }

    public ScriptedSmtp secured(SSLContext context, boolean fromTheFirstByte) {
        tls = context;
        implicit = fromTheFirstByte;
        return this;
    }

    /// Stops reading when the data begins.
    public ScriptedSmtp deaf() {
        reads = false;
        return this;
    }

    public ScriptedSmtp start() {
        Thread.ofVirtual()
                .start(
                        () -> {
                            while (!listening.isClosed()) {
                                accept();
                            }
                        });
        return this;
    }

    public int port() {
        return listening.getLocalPort();
    }

    public int connections() {
        return sockets.size();
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            listening.close();
            for (var socket : sockets) {
                socket.close();
            }
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    private void accept() {
        try {
            var socket = listening.accept();
            sockets.add(socket);
            Thread.ofVirtual().start(() -> serve(socket));
        } catch (IOException over) {
            // It is closed.
        }
    }

    private void serve(Socket raw) {
        try (raw) {
            new Conversation(implicit ? secured(raw) : raw).run();
        } catch (IOException gone) {
            // The other side is away.
        }
    }

    private Socket secured(Socket raw) throws IOException {
        var socket = (SSLSocket) tls.getSocketFactory().createSocket(raw, null, true);
        socket.setUseClientMode(false);
        socket.startHandshake();
        return socket;
    }

    private final class Conversation {
        private Socket socket;
        private InputStream in;
        private String from = "";
        private String to = "";

        Conversation(Socket socket) throws IOException {
            this.socket = socket;
            in = socket.getInputStream();
        }

        void run() throws IOException {
            if (!answer(GREETING, true)) {
                return;
            }
            while (true) {
                var line = line();
                commands.add(line);
                var verb = line.split(" ", 2)[0].toUpperCase(Locale.ROOT);
                if (verb.equals("MAIL")) {
                    from = line.replaceFirst("MAIL FROM:<([^>]*)>.*", "$1");
                }
                if (verb.equals("RCPT")) {
                    to = line.replaceFirst("RCPT TO:<([^>]*)>.*", "$1");
                }
                if (!answer(verb, false)) {
                    return;
                }
                if (verb.equals("STARTTLS")) {
                    socket = secured(socket);
                    in = socket.getInputStream();
                }
            }
        }

        /// Whether it goes on.
        private boolean answer(String command, boolean first) throws IOException {
            var answer = next(command);
            if (answer.equals(HANG)) {
                hang();
                return false;
            }
            if (answer.equals(DROP)) {
                socket.close();
                return false;
            }
            socket.getOutputStream().write((answer + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            if (answer.startsWith("221") || answer.startsWith("421")) {
                return false;
            }
            return !answer.startsWith("354") || data();
        }

        private boolean data() throws IOException {
            if (!reads) {
                hang();
                return false;
            }
            var lines = new ArrayList<String>();
            for (var line = line(); !line.equals("."); line = line()) {
                lines.add(line.startsWith(".") ? line.substring(1) : line);
            }
            var message = new Taken(from, to, String.join("\r\n", lines) + "\r\n");
            given.add(message);
            if (peek(DOT).startsWith("250")) {
                taken.add(message);
            }
            return answer(DOT, false);
        }

        private String line() throws IOException {
            var line = new ByteArrayOutputStream();
            for (var value = in.read(); value != '\n'; value = in.read()) {
                if (value < 0) {
                    throw new IOException("closed");
                }
                if (value != '\r') {
                    line.write(value);
                }
            }
            return line.toString(StandardCharsets.UTF_8);
        }

        private void hang() {
            try {
                closed.await();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private String peek(String command) {
        synchronized (answers) {
            var scripted = answers.get(command);
            return scripted == null
                    ? POLITE.getOrDefault(command, "250 2.1.0 fine")
                    : scripted.getFirst();
        }
    }

    private String next(String command) {
        synchronized (answers) {
            var answer = peek(command);
            var scripted = answers.get(command);
            if (scripted != null && scripted.size() > 1) {
                scripted.removeFirst();
            }
            return answer;
        }
    }
}
