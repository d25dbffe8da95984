package dev.wakebox.functions.console;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.HttpRequest;
import dev.wakebox.runtime.HttpResponse;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.LambdaFunction;
import dev.wakebox.runtime.Sha256;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * {@code GET /console} and what is below it: the web page, its files, and {@code config.json} with what this stack has.
 * Nothing here is secret, so no token is needed; the page sends the user's token to the API. Thread-safe.
 */
public final class ConsoleHandler extends LambdaFunction {
    private static final String ROOT = "/console";
    private static final String INDEX = "index.html";
    private static final String SETTINGS = "config.json";
    private static final String HTML = "text/html; charset=utf-8";
    /** In index.html. The page's address decides what it must be: it may be below a stage, with a slash at its end or without. */
    private static final String BASE = "<base href=\"/console/\"";

    private static final int ETAG_BYTES = 12;

    private static final Map<String, String> SECURITY = Map.of(
            "strict-transport-security",
            "max-age=31536000",
            "x-content-type-options",
            "nosniff",
            "x-frame-options",
            "DENY",
            "referrer-policy",
            "no-referrer",
            "permissions-policy",
            "camera=(), geolocation=(), microphone=()",
            "cross-origin-opener-policy",
            "same-origin",
            "cross-origin-resource-policy",
            "same-origin");

    private final PageFiles files;
    private final ConsoleSettings settings;
    private final Set<String> uploadOrigins;
    private final Optional<SignIn> signIn;

    public ConsoleHandler() {
        this(
                PageFiles.ofPackage(),
                ConsoleSettings.ofEnvironment(),
                Environment.optional("AWS_ENDPOINT_URL")
                        .map(Set::of)
                        .orElseGet(() -> Environment.list("UPLOAD_ORIGINS")),
                SignIn.ofEnvironment());
    }

    /**
     * @param uploadOrigins to which the page may send files, besides its own
     * @param signIn empty if users type a token in
     */
    ConsoleHandler(PageFiles files, ConsoleSettings settings, Set<String> uploadOrigins, Optional<SignIn> signIn) {
        this.files = requireNonNull(files, "files is null");
        this.settings = requireNonNull(settings, "settings is null");
        this.uploadOrigins = Set.copyOf(uploadOrigins);
        this.signIn = requireNonNull(signIn, "signIn is null");
    }

    @Override
    protected boolean answersRest(String rest) {
        return true;
    }

    @Override
    protected Map<String, String> headers() {
        var headers = new HashMap<>(SECURITY);
        headers.put("content-security-policy", policy());
        return headers;
    }

    /** The page has no inline scripts or styles, loads nothing from elsewhere, and can't be put into a frame. */
    private String policy() {
        String origins = Stream.concat(
                        Stream.of("'self'"),
                        Stream.concat(uploadOrigins.stream(), signIn.flatMap(SignIn::tokenOrigin).stream())
                                .distinct()
                                .sorted())
                .collect(Collectors.joining(" "));
        return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src " + origins
                + "; base-uri 'self'; form-action 'none'; frame-ancestors 'none'";
    }

    @Override
    protected HttpResponse http(HttpRequest request) {
        String name = request.path().equals(ROOT) ? "" : request.path().substring((ROOT + "/").length());
        if (name.equals(SETTINGS)) {
            return unlessKnown(
                    request, "application/json", Json.string(settings.toJson(signIn.map(SignIn::toJson))), "");
        }
        if (files.isEmpty()) {
            return page(
                    404,
                    "The console is not built",
                    "This stack has the console's function, but the page was not built, because that needs Node.js."
                            + " Install Node.js 20.19 or newer, run <code>./wakebox console</code> in the checkout, and then"
                            + " <code>sam build</code> and <code>sam deploy</code>, or on your computer"
                            + " <code>./wakebox up</code>.");
        }
        if (name.isEmpty() || name.equals(INDEX)) {
            // A page that the browser has already must not keep an old policy.
            return unlessKnown(request, HTML, index(request), policy());
        }
        return files.find(name).map(file -> file(request, file)).orElseGet(() -> missing(request));
    }

    private String index(HttpRequest request) {
        String html = new String(files.find(INDEX).orElseThrow().plain(), UTF_8);
        return html.replace(BASE, "<base href=\"" + escaped(request.stagePath()) + "/console/\"");
    }

    /** A file whose name has a hash of its content. It never changes, so a browser asks for it once. */
    private static HttpResponse file(HttpRequest request, PageFile file) {
        String encoding = ContentNegotiation.best(
                Optional.ofNullable(request.header("accept-encoding")).orElse(""), file.encodings());
        var headers = new LinkedHashMap<String, String>();
        headers.put("content-type", file.type());
        headers.put("cache-control", file.hashed() ? "public, max-age=31536000, immutable" : "no-cache");
        headers.put("vary", "accept-encoding");
        if (!encoding.equals(ContentNegotiation.IDENTITY)) {
            headers.put("content-encoding", encoding);
        }
        return HttpResponse.ofBytes(200, headers, file.content(encoding));
    }

    private static HttpResponse missing(HttpRequest request) {
        String root = escaped(request.stagePath()) + "/console/";
        return page(
                404,
                "There is no such page",
                "The address may be mistyped, or it is of an earlier version of the console. <a href=\"" + root
                        + "\">Open the console</a> and start there.");
    }

    private static HttpResponse page(int status, String title, String text) {
        return new HttpResponse(
                status,
                Map.of("content-type", HTML, "cache-control", "no-store"),
                "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\""
                        + " content=\"width=device-width\"><title>" + title + " - Wakebox</title><main><h1>" + title
                        + "</h1><p>" + text + "</p></main></html>\n");
    }

    /** 200 with this body, or 304 when the browser has it, with the same context. */
    private static HttpResponse unlessKnown(HttpRequest request, String type, String body, String context) {
        String etag = "\"" + Sha256.hex(context + body, ETAG_BYTES) + "\"";
        boolean known = Arrays.stream(
                        request.headers().getOrDefault("if-none-match", "").split(","))
                .map(tag -> tag.strip().replaceFirst("^W/", ""))
                .anyMatch(tag -> tag.equals(etag) || tag.equals("*"));
        return new HttpResponse(
                known ? 304 : 200,
                Map.of("content-type", type, "cache-control", "no-cache", "etag", etag),
                known ? "" : body);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
    }
}
