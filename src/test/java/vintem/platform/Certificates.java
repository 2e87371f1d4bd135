package vintem.platform;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// Certificates for servers of tests, made by the JDK's own keytool.
public final class Certificates {
    private static final char[] PASSWORD = "changeit".toCharArray();

    private Certificates() {}

    /// For a server of this name, signed by itself: who trusts it uses it, too.
    public static SSLContext of(Path directory, String name) {
        var file = directory.resolve(name + ".p12");
        try {
            var keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
            var process =
                    new ProcessBuilder(
                                    keytool,
                                    "-genkeypair",
                                    "-alias",
                                    "server",
                                    "-keyalg",
                                    "EC",
                                    "-dname",
                                    "CN=" + name,
                                    "-ext",
                                    "SAN=DNS:" + name,
                                    "-validity",
                                    "2",
                                    "-keystore",
                                    file.toString(),
                                    "-storetype",
                                    "PKCS12",
                                    "-storepass",
                                    new String(PASSWORD))
                            .redirectErrorStream(true)
                            .start();
            if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new AssertionError(new String(process.getInputStream().readAllBytes()));
            }
            try (InputStream in = Files.newInputStream(file)) {
                return context(in);
            }
        } catch (IOException | GeneralSecurityException failed) {
            throw new AssertionError(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    private static SSLContext context(InputStream store)
            throws IOException, GeneralSecurityException {
        var keys = KeyStore.getInstance("PKCS12");
        keys.load(store, PASSWORD);
        var own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, PASSWORD);
        var trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("server", keys.getCertificate("server"));
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        var context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }
}
