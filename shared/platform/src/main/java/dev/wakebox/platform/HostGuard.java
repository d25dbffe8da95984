package dev.wakebox.platform;

import static java.util.stream.Collectors.toUnmodifiableSet;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Set;

/**
 * Restricts URLs from other systems to HTTPS and public addresses, except for hosts that the configuration names.
 * Thread-safe.
 *
 * <p>Java caches the addresses of a name for 30 seconds, so the following connection uses the addresses that were
 * checked.
 */
public final class HostGuard {
    private final Set<String> trusted;

    /**
     * @param trusted host names or addresses, each with or without a port, that may be private and may be used without
     *     TLS
     */
    public HostGuard(Set<String> trusted) {
        this.trusted =
                trusted.stream().map(host -> host.toLowerCase(Locale.ROOT)).collect(toUnmodifiableSet());
    }

    /**
     * Checks a URL. A trusted host without a port is trusted on the default ports, and on the port of the configured
     * URL.
     *
     * @param configured the URL of the configuration, from which redirects may have led to this one
     * @throws WakeboxException {@code BAD_GATEWAY} when the URL is not allowed
     * @throws UnknownHostException when its host has no address
     */
    public void check(URI url, URI configured) throws UnknownHostException {
        String host = url.getHost() == null ? "" : url.getHost().toLowerCase(Locale.ROOT);
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        boolean http = scheme.equals("http") || scheme.equals("https");
        if (!http || host.isEmpty() || url.getRawUserInfo() != null) {
            throw refused(host, "only https URLs without credentials are followed");
        }
        if (isTrusted(host, url, configured)) {
            return;
        }
        if (scheme.equals("http")) {
            throw refused(host, "http is only for trusted hosts, at the ports that the configuration gives them");
        }
        for (InetAddress address : InetAddress.getAllByName(host)) {
            if (!isPublic(address)) {
                throw refused(host, "it is a private or reserved address");
            }
        }
    }

    private boolean isTrusted(String host, URI url, URI configured) {
        boolean usual = url.getPort() < 0 || port(url) == 80 || port(url) == 443;
        boolean asConfigured = host.equalsIgnoreCase(configured.getHost()) && port(url) == port(configured);
        return trusted.contains(host + ":" + port(url)) || (trusted.contains(host) && (usual || asConfigured));
    }

    private static int port(URI url) {
        if (url.getPort() >= 0) {
            return url.getPort();
        }
        return "http".equalsIgnoreCase(url.getScheme()) ? 80 : 443;
    }

    private static WakeboxException refused(String host, String why) {
        return new WakeboxException(
                ErrorCode.BAD_GATEWAY, "A URL leads to \"" + host + "\", which is refused: " + why + ".");
    }

    static boolean isPublic(InetAddress address) {
        if (address.isLoopbackAddress()
                || address.isAnyLocalAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()) {
            return false;
        }
        byte[] bytes = address.getAddress();
        int first = bytes[0] & 0xff;
        int second = bytes[1] & 0xff;
        if (address instanceof Inet6Address) {
            // Global unicast is 2000::/3; of it 2002::/16 (6to4) and 2001:0000::/32 (Teredo) carry an IPv4 address.
            boolean teredo = first == 0x20 && second == 0x01 && bytes[2] == 0 && bytes[3] == 0;
            return (first & 0xe0) == 0x20 && !(first == 0x20 && second == 0x02) && !teredo;
        }
        boolean carrier = first == 100 && (second & 0xc0) == 64;
        boolean benchmark = first == 198 && (second & 0xfe) == 18;
        boolean protocol = first == 192 && second == 0 && bytes[2] == 0;
        return first != 0 && first < 224 && !carrier && !benchmark && !protocol;
    }
}
