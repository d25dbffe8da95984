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
 * Keeps the platform's URLs away from what is ours: HTTPS to public addresses only, but for hosts that the configuration
 * names. Thread-safe.
 *
 * <p>Java remembers what a name resolved to for 30 seconds, so the connection that follows goes to the addresses that
 * were looked at.
 */
public final class HostGuard {
    private final Set<String> trusted;

    /** @param trusted host names or addresses that may be private and may be spoken to without TLS */
    public HostGuard(Set<String> trusted) {
        this.trusted =
                trusted.stream().map(host -> host.toLowerCase(Locale.ROOT)).collect(toUnmodifiableSet());
    }

    /**
     * Lets a URL pass.
     *
     * @throws WakeboxException {@code BAD_GATEWAY} when it leads where it must not
     * @throws UnknownHostException when its host has no address
     */
    void check(URI url) throws UnknownHostException {
        String host = url.getHost() == null ? "" : url.getHost().toLowerCase(Locale.ROOT);
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        if (trusted.contains(host) && (scheme.equals("http") || scheme.equals("https"))) {
            return;
        }
        if (!scheme.equals("https") || host.isEmpty() || url.getUserInfo() != null) {
            throw refused(host, "only https URLs without credentials are followed");
        }
        for (InetAddress address : InetAddress.getAllByName(host)) {
            if (!isPublic(address)) {
                throw refused(host, "it is a private or reserved address");
            }
        }
    }

    private static WakeboxException refused(String host, String why) {
        return new WakeboxException(
                ErrorCode.BAD_GATEWAY, "The platform's URL leads to \"" + host + "\", which is refused: " + why + ".");
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
