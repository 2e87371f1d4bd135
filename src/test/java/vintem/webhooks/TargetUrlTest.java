package vintem.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Which texts are URLs of endpoints.
class TargetUrlTest {
    @ParameterizedTest
    @CsvSource({
        "https://example.com/hooks, example.com, 443, /hooks",
        "https://example.com, example.com, 443, /",
        "HTTPS://EXAMPLE.com:8443/a/b?c=d%20e, EXAMPLE.com, 8443, /a/b?c=d%20e",
        "http://127.0.0.1:8080/, 127.0.0.1, 8080, /",
        "http://[2001:db8::1]:80/x, 2001:db8::1, 80, /x",
        "https://xn--caf-dma.example/, xn--caf-dma.example, 443, /",
        "https://example.com?x=1, example.com, 443, /?x=1",
    })
    void a_url_is_taken_apart(String text, String host, int port, String path) {
        assertThat(TargetUrl.read(text, false))
                .isInstanceOfSatisfying(
                        TargetUrl.Read.Good.class,
                        it -> {
                            assertThat(it.url().host()).isEqualTo(host);
                            assertThat(it.url().port()).isEqualTo(port);
                            assertThat(it.url().path()).isEqualTo(path);
                        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "example.com",
                "//example.com/",
                "ftp://example.com/",
                "file:///etc/passwd",
                "gopher://example.com/",
                "javascript:alert(1)",
                "https:example.com",
                "https:///path",
                "https://",
                "https://exa mple.com/",
                "https://example.com/a b",
                "https://example.com/\r\nHost: other",
                "https://example.com/\u0000",
                "https://exämple.com/",
                "https://user@example.com/",
                "https://user:password@example.com/",
                "https://example.com@127.0.0.1/",
                "https://example.com/#fragment",
                "https://example.com:0/",
                "https://example.com:22/",
                "https://example.com:25/",
                "https://example.com:65536/",
                "https://example.com:99999999999/",
                "https://example.com:-1/",
                "https://[fe80::1%25eth0]/",
                "https://[::1/",
                "https://example_.com:x/",
                "https://exa_mple/",
            })
    void anything_else_is_none(String text) {
        assertThat(TargetUrl.read(text, false)).isInstanceOf(TargetUrl.Read.Bad.class);
    }

    @Test
    void in_production_it_begins_with_https() {
        assertThat(TargetUrl.read("http://example.com/", true))
                .isInstanceOfSatisfying(
                        TargetUrl.Read.Bad.class,
                        it -> assertThat(it.code()).isEqualTo("webhook.not_secure"));
        assertThat(TargetUrl.read("https://example.com/", true))
                .isInstanceOf(TargetUrl.Read.Good.class);
    }

    @Test
    void a_very_long_one_is_none() {
        assertThat(TargetUrl.read("https://example.com/" + "x".repeat(1_000), false))
                .isInstanceOf(TargetUrl.Read.Bad.class);
    }
}
