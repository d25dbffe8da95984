package dev.wakebox.platform;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** The credentials for the platform and its base URL. Its text form has no key. */
record PlatformToken(String privateKey, URI base) {
    /** Characters that a header may have. Java's own exception for other characters would show the key. */
    private static final Pattern PRINTABLE = Pattern.compile("[\\x21-\\x7e]+");

    private static final String DEFAULT_BASE = "https://api.voxel51.com";

    PlatformToken {
        requireNonNull(privateKey, "privateKey is null");
        requireNonNull(base, "base is null");
    }

    /**
     * Reads the platform's token document, {@code {"access_token": {"private_key": …, "base_api_url": …}}}, or only its
     * inner object.
     *
     * @throws WakeboxException {@code INTERNAL} when it is not such a document
     */
    static PlatformToken parse(String document) {
        try {
            JsonObject token = Json.object(document.getBytes(StandardCharsets.UTF_8));
            if (token.hasObject("access_token")) {
                token = token.object("access_token");
            }
            String key = token.text("private_key").strip();
            if (PRINTABLE.matcher(key).matches()) {
                String url = token.text("base_api_url");
                String base = url.isBlank() ? DEFAULT_BASE : url;
                return new PlatformToken(key, URI.create(base.strip().replaceFirst("(?<!/)/++$", "")));
            }
        } catch (WakeboxException | IllegalArgumentException e) {
            // no cause is passed on, because its message may quote the key
        }
        throw new WakeboxException(
                ErrorCode.INTERNAL,
                "The platform's token is not usable. It must be a JSON document with access_token.private_key, printable"
                        + " characters without spaces, and, if given, a base_api_url that is a URL.");
    }

    @Override
    public String toString() {
        return "token for " + base;
    }
}
