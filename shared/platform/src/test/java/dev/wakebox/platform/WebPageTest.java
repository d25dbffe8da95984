package dev.wakebox.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebPageTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "<!DOCTYPE html><title>Sign in</title>",
                "<!doctype HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\">",
                "<!DOCTYPE\n  html>",
                "<HTML>",
                "<html lang=\"en\">",
                "\r\n\t <html>",
                "<!-- a proxy -->\n<!-- and another --><html>",
                "<?xml version=\"1.0\"?>\n<!DOCTYPE html>",
                "<head><title>502</title></head>",
                "<META http-equiv=refresh content='0; url=/login'>",
                "<center><h1>502 Bad Gateway</h1></center>",
                "<h1>Not found</h1>",
                "<p>Please sign in.</p>",
                "<table><tr><td>Sign in",
                "<noscript>Your browser …",
                "<form action=/login>",
                "<script>location='/login'</script>"
            })
    void beginsWith_whenAPage_isTrueInEveryEncoding(String page) {
        for (Charset charset : List.of(StandardCharsets.UTF_8, StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE)) {
            assertThat(begins(page, charset)).as(charset.name()).isTrue();
            assertThat(begins("\ufeff" + page, charset))
                    .as(charset + " with a mark")
                    .isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"html\": \"<html>\"}",
                "[\"<html>\"]",
                "id,html\n1,<html>",
                "<?xml version=\"1.0\"?><annotations/>",
                "<!-- tracks --><annotation>",
                "<header>",
                "<htmlx>",
                "<body-parts>",
                "<meta:xmp>",
                "<link.list>",
                "<!DOCTYPE annotation>",
                "<",
                "<!--",
                "",
                "text"
            })
    void beginsWith_whenNoPage_isFalse(String text) {
        assertThat(begins(text, StandardCharsets.UTF_8)).isFalse();
    }

    @Test
    void beginsWith_whenMadeToTakeLong_takesNoTime() {
        for (String part : List.of(" ", "<!--", "<!-- -->", "<?xml", "<?xml?>", "<")) {
            assertThat(begins(part.repeat(WebPage.BEGINNING / part.length()), StandardCharsets.UTF_8))
                    .isFalse();
        }
    }

    private static boolean begins(String text, Charset charset) {
        byte[] bytes = text.getBytes(charset);
        return WebPage.beginsWith(bytes, bytes.length);
    }
}
