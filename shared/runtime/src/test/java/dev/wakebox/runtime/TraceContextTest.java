package dev.wakebox.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceContextTest {
    private static final String PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    @ParameterizedTest
    @ValueSource(
            strings = {
                PARENT,
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-ff",
                "00-00000000000000000000000000000001-0000000000000001-01",
                "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-the-future-will-be-like"
            })
    void isParent_whenTheStandardAcceptsIt_isTrue(String text) {
        assertThat(TraceContext.isParent(text)).isTrue();
    }

    /** The cases of the W3C's own test suite for services. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
                "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.x",
                " 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\n"
            })
    void isParent_whenTheStandardRefusesIt_isFalse(String text) {
        assertThat(TraceContext.isParent(text)).isFalse();
        assertThat(TraceContext.of(text, "a=1")).isEmpty();
    }

    @Test
    void isState_always_followsTheStandard() {
        String most = "a=1" + ",a=1".repeat(31);

        assertThat(most + "," + "k".repeat(256) + "@0=v a;l\t".strip())
                .satisfies(text -> assertThat(TraceContext.isState(text)).isFalse());
        assertThat(List.of(most, "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE", "a=1 , 0@b=2", "a/b*c_d-e=x y"))
                .allMatch(TraceContext::isState);
        assertThat(List.of(
                        "",
                        "a",
                        "a=",
                        "=1",
                        "A=1",
                        "a=1,",
                        "a=1;b",
                        most + ",b=2",
                        "a=b=c",
                        "a=ä",
                        "a=" + "1".repeat(257),
                        "a=1\r\nx: y"))
                .filteredOn(TraceContext::isState)
                .containsExactly("a=1;b");
        assertThat(TraceContext.isState(("a=" + "1".repeat(250) + ",").repeat(2) + "b=123"))
                .isTrue();
        assertThat(TraceContext.isState(("a=" + "1".repeat(250) + ",").repeat(2) + "b=12345"))
                .isFalse();
    }

    @Test
    void child_forOneName_isAlwaysTheSamePlaceInTheSameTrace() {
        TraceContext caller = TraceContext.of(PARENT, "congo=t61rcWkgMzE").orElseThrow();

        TraceContext child = caller.child("run");

        assertThat(child)
                .isEqualTo(TraceContext.of(PARENT, "congo=t61rcWkgMzE")
                        .orElseThrow()
                        .child("run"));
        assertThat(child.traceparent())
                .matches("00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-01")
                .isNotEqualTo(PARENT);
        assertThat(child.state()).contains("congo=t61rcWkgMzE");
        assertThat(child.spanId()).isNotEqualTo(caller.child("other").spanId());
        assertThat(TraceContext.of(child.toJson())).contains(child);
    }

    @Test
    void of_whenAPartIsUnknown_keepsWhatVersion00Knows() {
        assertThat(TraceContext.of(PARENT.substring(0, 53) + "fe", null)
                        .orElseThrow()
                        .traceparent())
                .endsWith("-02");
        assertThat(TraceContext.of("cc" + PARENT.substring(2) + "-more", "not valid")
                        .orElseThrow()
                        .toJson())
                .isEqualTo(Map.of("traceparent", PARENT));
        assertThat(TraceContext.of(7, null)).isEqualTo(Optional.empty());
    }
}
