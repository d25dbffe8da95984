package dev.wakebox.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookUrlTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://example.org",
                "https://hooks.Example.org/a/b?token=x%20y&z=1",
                "https://example.org:8443/wakebox",
                "https://localhost.example.org/",
                "https://example.org?a=b"
            })
    void isPublic_whenHttpsToANamedHost_isTrue(String url) {
        assertThat(WebhookUrl.isPublic(url)).isTrue();
        assertThat(URI.create(url).getHost()).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "example.org",
                "http://example.org/",
                "ftp://example.org/",
                "https://user:secret@example.org/",
                "https://example.org@10.0.0.1/",
                "https://localhost/",
                "https://a.localhost:8443/",
                "https://printer.LOCAL",
                "https://metadata.google.internal/",
                "https://127.0.0.1/",
                "https://2130706433/",
                "https://0x7f.1/",
                "https://[::1]/",
                "https://example.org:99999/",
                "https://example.org/a b",
                "https://example.org/%zz",
                "https://example.org/#fragment",
                "https://example.org/\n"
            })
    void isPublic_whenAnythingElse_isFalse(String url) {
        assertThat(WebhookUrl.isPublic(url)).isFalse();
    }

    @Test
    void isPublic_whenTooLong_isFalse() {
        assertThat(WebhookUrl.isPublic("https://example.org/" + "a".repeat(2028)))
                .isTrue();
        assertThat(WebhookUrl.isPublic("https://example.org/" + "a".repeat(2029)))
                .isFalse();
    }
}
