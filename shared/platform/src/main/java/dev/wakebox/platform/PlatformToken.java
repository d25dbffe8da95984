package dev.wakebox.platform;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.WakeboxException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Pattern;

/** Who we are to the platform, and where it is. Its text form shows no key. */
record PlatformToken(String privateKey, URI base) {
    /** What a header takes: the message of Java's refusal of anything else would show the key. */
    private static final Pattern PRINTABLE = Pattern.compile("[\\x21-\\x7e]+");

    private static final String DEFAULT_BASE = "https://api.voxel51.com";

    PlatformToken {
        requireNonNull(privateKey, "privateKey is null");
        requireNonNull(base, "base is null");
    }

    /**
     * Reads the platform's token document, {@code {"access_token": {"private_key": …, "base_api_url": …}}}, or only what
     * is inside.
     *
     * @throws WakeboxException {@code INTERNAL} when it isn't one
     */
    static PlatformToken parse(String document) {
        try {
            Map<?, ?> token = Json.object(document.getBytes(StandardCharsets.UTF_8));
            if (token.get("access_token") instanceof Map<?, ?> inner) {
                token = inner;
            }
            if (token.get("private_key") instanceof String key
                    && PRINTABLE.matcher(key.strip()).matches()) {
                String base = token.get("base_api_url") instanceof String url && !url.isBlank() ? url : DEFAULT_BASE;
                return new PlatformToken(key.strip(), URI.create(base.strip().replaceFirst("/+$", "")));
            }
        } catch (WakeboxException | IllegalArgumentException e) {
            // Neither is passed on: its message may show a part of the key.
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
