package dev.wakebox.functions.console;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.runtime.Invocation;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConsoleHandlerTest {
    private static final String SCRIPT = "assets/index-Ab12.js";
    private static final PageFiles BUILT = new PageFiles(Map.of(
            "index.html",
            new PageFile(
                    "text/html; charset=utf-8",
                    false,
                    Map.of("identity", bytes("<head><base href=\"/console/\" /><script src=\"./x.js\">"))),
            SCRIPT,
            new PageFile(
                    "text/javascript; charset=utf-8",
                    true,
                    Map.of("identity", bytes("plain"), "br", bytes("brotli"), "gzip", bytes("gzipped"))),
            "icon.svg",
            new PageFile("image/svg+xml", false, Map.of("identity", bytes("<svg/>")))));
    private static final ConsoleSettings SETTINGS =
            new ConsoleSettings("wakebox", true, false, false, true, false, "cognito:groups");

    private static final Set<String> BUCKET = Set.of("https://bucket.s3.amazonaws.com", "https://a.example");

    private record Answer(int status, JsonObject headers, String body) {
        String header(String name) {
            return headers.text(name);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static Answer get(PageFiles files, String path, String stage, Map<String, String> headers) {
        JsonObject event = JsonObject.of("version", "2.0")
                .with("rawPath", path)
                .with("headers", headers)
                .with(
                        "requestContext",
                        JsonObject.of("stage", stage)
                                .with("http", JsonObject.of("method", "GET").with("path", path)));
        String rest = path.replaceFirst("^(/Prod)?/console/?", "");
        if (path.contains("/console/")) {
            event = event.with("pathParameters", JsonObject.of("proxy", rest));
        }
        var answer = JsonObject.copyOf(
                Invocation.of(new ConsoleHandler(files, SETTINGS, BUCKET, Optional.empty()), Json.string(event)));
        String body = answer.text("body");
        return new Answer(
                requireNonNull(answer.number("statusCode")).intValue(),
                answer.object("headers"),
                answer.isTrue("isBase64Encoded")
                        ? new String(Base64.getDecoder().decode(body), UTF_8)
                        : body);
    }

    private static Answer get(String path, String... headers) {
        var map = new HashMap<String, String>();
        for (int i = 0; i < headers.length; i += 2) {
            map.put(headers[i], headers[i + 1]);
        }
        return get(BUILT, path, "$default", map);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/console", "/console/", "/console/index.html"})
    void page_atEachAddress_hasTheBaseOfItsLinks(String path) {
        var answer = get(path);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).contains("<base href=\"/console/\" />");
        assertThat(answer.header("content-type")).isEqualTo("text/html; charset=utf-8");
        assertThat(answer.header("cache-control")).isEqualTo("no-cache");
    }

    @Test
    void page_belowAStage_hasTheBaseBelowIt() {
        assertThat(get(BUILT, "/Prod/console/", "Prod", Map.of()).body()).contains("<base href=\"/Prod/console/\" />");
    }

    @Test
    void page_whenTheBrowserHasIt_is304() {
        String etag = get("/console/").header("etag");

        for (String known : new String[] {etag, "W/" + etag, "\"other\", " + etag, "*"}) {
            var answer = get("/console/", "If-None-Match", known);
            assertThat(answer.status()).as(known).isEqualTo(304);
            assertThat(answer.body()).isEmpty();
            assertThat(answer.header("etag")).isEqualTo(etag);
        }
        assertThat(get("/console/", "If-None-Match", "\"other\"").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gzip, deflate, br, zstd | br       | brotli",
                "gzip, deflate           | gzip     | gzipped",
                "br;q=0, gzip;q=0.5      | gzip     | gzipped",
                "BR                      | br       | brotli",
                "*                       | br       | brotli",
                "*;q=0.000               | ''       | plain",
                "br;q=0.0, *             | gzip     | gzipped",
                "identity                | ''       | plain",
                "''                      | ''       | plain"
            })
    void file_sentInTheBestAcceptedEncoding(String accepted, String encoding, String body) {
        var answer = get("/console/" + SCRIPT, "Accept-Encoding", accepted);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("content-encoding")).isEqualTo(encoding);
        assertThat(answer.header("vary")).isEqualTo("accept-encoding");
        assertThat(answer.body()).isEqualTo(body);
    }

    @Test
    void file_whoseNameHasAHash_isKeptForever() {
        assertThat(get("/console/" + SCRIPT).header("cache-control")).isEqualTo("public, max-age=31536000, immutable");
        assertThat(get("/console/icon.svg").header("cache-control")).isEqualTo("no-cache");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/console/assets/index-old.js",
                "/console/assets",
                "/console/files.json",
                "/console/" + SCRIPT + ".br",
                "/console/../prime.json",
                "/console/..%2fprime.json",
                "/console/page/../../prime.json",
                "/console//etc/passwd",
                "/console/assets/../index.html",
                "/console/<script>alert(1)</script>"
            })
    void path_thatIsNoFileOfThePage_is404AndSaysWhatToDo(String path) {
        var answer = get(path);

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.header("content-type")).isEqualTo("text/html; charset=utf-8");
        assertThat(answer.header("cache-control")).isEqualTo("no-store");
        assertThat(answer.body()).contains("<a href=\"/console/\">").doesNotContain("alert");
    }

    @Test
    void page_whenItWasNotBuilt_saysHowToBuildIt() {
        var answer = get(new PageFiles(Map.of()), "/console/", "$default", Map.of());

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.body()).contains("./wakebox console").contains("Node.js");
    }

    @Test
    void settings_whenRead_sayWhatTheStackHas() {
        var answer = get("/console/config.json");

        assertThat(answer.header("content-type")).isEqualTo("application/json");
        assertThat(answer.header("cache-control")).isEqualTo("no-cache");
        assertThat(Json.object(bytes(answer.body())))
                .isEqualTo(JsonObject.of("stack", "wakebox")
                        .with("runs", true)
                        .with("training", false)
                        .with("uploads", false)
                        .with("classifier", true)
                        .with("requireAuth", false)
                        .with("roleClaim", "cognito:groups"));
        assertThat(get("/console/config.json", "If-None-Match", answer.header("etag"))
                        .status())
                .isEqualTo(304);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/console/", "/console/config.json", "/console/" + SCRIPT, "/console/no-such-file"})
    void answer_whateverItIs_hasTheSecurityHeaders(String path) {
        var answer = get(path);

        assertThat(answer.header("content-security-policy"))
                .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'self'")
                .contains("; connect-src 'self' https://a.example https://bucket.s3.amazonaws.com;")
                .doesNotContain("unsafe");
        assertThat(answer.header("x-content-type-options")).isEqualTo("nosniff");
        assertThat(answer.header("x-frame-options")).isEqualTo("DENY");
        assertThat(answer.header("referrer-policy")).isEqualTo("no-referrer");
        assertThat(answer.header("strict-transport-security")).startsWith("max-age=");
        assertThat(answer.header("cross-origin-opener-policy")).isEqualTo("same-origin");
    }
}
