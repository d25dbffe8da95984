package dev.wakebox.platform;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Computes the target of a redirect.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-10.2.2">RFC 9110, 10.2.2</a>
 */
final class RedirectTarget {
    /** Characters that no URI may have but that servers don't escape, such as spaces and bytes beyond ASCII. */
    private static final Pattern ILLEGAL =
            Pattern.compile("%(?![0-9A-Fa-f]{2})|[^!#$%&'()*+,\\-./0-9:;=?@A-Z\\[\\]_a-z~]");

    private static final HexFormat PERCENT = HexFormat.of().withUpperCase().withPrefix("%");

    private static final Pattern ABOVE_THE_ROOT = Pattern.compile("^(?:/\\.\\.(?=/|$))+");

    private RedirectTarget() {}

    /**
     * The next URL.
     *
     * @param locations the values of {@code Location}
     * @throws WakeboxException {@code BAD_GATEWAY} unless there is exactly one, and it is a URL
     */
    static URI of(URI from, List<String> locations) {
        if (locations.stream().distinct().count() == 1 && !locations.getFirst().isBlank()) {
            try {
                return resolve(
                        from, ILLEGAL.matcher(locations.getFirst().strip()).replaceAll(RedirectTarget::encoded));
            } catch (IllegalArgumentException e) {
                throw unusable(e);
            }
        }
        throw unusable(null);
    }

    /** Follows RFC 3986; Java's own method follows the older RFC 2396. */
    private static URI resolve(URI from, String location) {
        String path = from.getRawPath().isEmpty() ? "/" : from.getRawPath();
        URI base = URI.create(from.getScheme() + "://" + from.getRawAuthority() + path);
        if (location.startsWith("?")) {
            return URI.create(base + location);
        }
        URI target = base.resolve(location);
        if (target.getRawAuthority() == null) {
            return target;
        }
        String below = ABOVE_THE_ROOT.matcher(target.getRawPath()).replaceFirst("");
        return URI.create(target.getScheme() + "://" + target.getRawAuthority() + (below.isEmpty() ? "/" : below)
                + (target.getRawQuery() == null ? "" : "?" + target.getRawQuery()));
    }

    /** Java decodes headers as ISO 8859-1, so each character is one byte of what was most likely UTF-8. */
    private static String encoded(MatchResult illegal) {
        return PERCENT.formatHex(illegal.group().getBytes(StandardCharsets.ISO_8859_1));
    }

    private static WakeboxException unusable(@Nullable Throwable cause) {
        String message = "The platform redirects without one Location that is a URL.";
        return cause == null
                ? new WakeboxException(ErrorCode.BAD_GATEWAY, message)
                : new WakeboxException(ErrorCode.BAD_GATEWAY, message, cause);
    }
}
