package dev.wakebox.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostGuardTest {
    private final HostGuard guard = new HostGuard(Set.of("Trusted.test", "10.1.2.3", "10.9.9.9:8443"));
    private final URI configured = URI.create("http://10.1.2.3:8080/api");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://169.254.169.254/latest/meta-data/",
                "https://127.0.0.1/",
                "https://127.9.9.9:8443/",
                "https://[::1]/",
                "https://[::ffff:169.254.169.254]/",
                "https://[fd00::1]/",
                "https://[fe80::1]/",
                "https://[2002:7f00:1::]/",
                "https://[64:ff9b::a9fe:a9fe]/",
                "https://10.0.0.1/",
                "https://172.16.0.1/",
                "https://192.168.1.1/",
                "https://100.64.0.1/",
                "https://0.0.0.0/",
                "https://224.0.0.1/",
                "https://255.255.255.255/",
                "https://2130706433/",
                "http://8.8.8.8/",
                "https://user:secret@8.8.8.8/",
                "https://user:secret@trusted.test/",
                "http://:@10.1.2.3/",
                "http://trusted.test:99/",
                "http://trusted.test:8080/",
                "http://10.1.2.3:2375/",
                "https://10.1.2.3:8081/",
                "https://10.9.9.9/",
                "https://10.9.9.9:8444/",
                "ftp://trusted.test/",
                "file:///etc/passwd",
                "https:///nowhere"
            })
    void check_whenItLeadsInside_isRefused(String url) {
        assertThatThrownBy(() -> guard.check(URI.create(url), configured))
                .isInstanceOfSatisfying(
                        WakeboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_GATEWAY))
                .hasMessageContaining("refused");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://8.8.8.8/",
                "https://8.8.8.8:8443/",
                "https://[2606:4700::1]/",
                "http://trusted.TEST/",
                "https://trusted.test:443/",
                "http://10.1.2.3/",
                "http://10.1.2.3:8080/redirected",
                "https://10.9.9.9:8443/"
            })
    void check_whenPublicOrTrusted_passes(String url) {
        assertThatCode(() -> guard.check(URI.create(url), configured)).doesNotThrowAnyException();
    }

    @Test
    void isPublic_whenAnyPublicAddress_isTrue() throws UnknownHostException {
        assertThat(HostGuard.isPublic(InetAddress.getByName("1.1.1.1"))).isTrue();
        assertThat(HostGuard.isPublic(InetAddress.getByName("198.20.0.1"))).isTrue();
        assertThat(HostGuard.isPublic(InetAddress.getByName("198.19.0.1"))).isFalse();
    }
}
