package dev.wakebox.functions.console;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** The page as it was built; skipped where it was not, because there is no Node.js. */
class PageFilesTest {
    private static final Pattern LINK = Pattern.compile("(?:src|href)=\"\\./([^\"]+)\"");

    @Test
    void page_whenBuilt_hasEveryFileItNamesInEveryEncoding() throws IOException {
        PageFiles files = PageFiles.ofPackage();
        assumeFalse(files.isEmpty(), "the page was not built: ./wakebox console needs Node.js");

        String html = new String(files.find("index.html").orElseThrow().plain(), UTF_8);
        assertThat(html).contains("<base href=\"/console/\"");
        var links = LINK.matcher(html).results().map(link -> link.group(1)).toList();
        assertThat(links).anyMatch(link -> link.endsWith(".js")).anyMatch(link -> link.endsWith(".css"));
        for (String link : links) {
            PageFile file = files.find(link).orElseThrow(() -> new AssertionError("there is no " + link));
            assertThat(file.encodings()).as(link).contains("br", "gzip");
            assertThat(new GZIPInputStream(new ByteArrayInputStream(file.content("gzip"))).readAllBytes())
                    .isEqualTo(file.plain());
        }
    }

    @Test
    void page_whenBuilt_hasNothingThatItsPolicyForbids() {
        PageFiles files = PageFiles.ofPackage();
        assumeFalse(files.isEmpty(), "the page was not built: ./wakebox console needs Node.js");

        String html = new String(files.find("index.html").orElseThrow().plain(), UTF_8);
        assertThat(html).doesNotContain("<style", "style=\"", "onload=", "http://", "https://");
        assertThat(html).doesNotContainPattern("<script[^>]*>[^<]");
    }
}
