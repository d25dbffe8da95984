package dev.wakebox.local.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wakebox.local.ec2.Credentials;
import dev.wakebox.local.host.LocalException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullAndEmptySource;

class DebuggerTest {
    private static final Set<String> MODULES = Set.of("train", "run-checker");
    private static final FunctionConfiguration CONFIGURATION = new FunctionConfiguration(
            "arn",
            "handler",
            Duration.ofSeconds(3),
            128,
            Map.of(),
            new Credentials("ASIA", "secret", "token", Instant.MAX));

    @Test
    void options_ofTheDebuggedFunction_listenOnThisComputerOnly() {
        var debugger = Debugger.of("run-checker:5005", MODULES);

        assertThat(debugger.options("run-checker"))
                .containsExactly("-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:5005");
        assertThat(debugger.options("train")).isEmpty();
        assertThat(debugger.patient("run-checker", CONFIGURATION).timeout()).isEqualTo(Duration.ofMinutes(15));
        assertThat(debugger.patient("train", CONFIGURATION)).isEqualTo(CONFIGURATION);
    }

    /** Two processes can't listen on one port: the second would end before it is ready. */
    @Test
    void options_whileAProcessListens_areNoneAndComeBackAfterIt() throws Exception {
        var debugger = Debugger.of("train:5005", MODULES);
        var process = new ProcessBuilder("sleep", "60").start();
        try {
            debugger.started("run-checker", process);
            assertThat(debugger.options("train")).isNotEmpty();
            debugger.started("train", process);
            assertThat(debugger.options("train")).isEmpty();
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertThat(debugger.options("train")).isNotEmpty();
    }

    @ParameterizedTest
    @NullAndEmptySource
    void of_whenNotSet_debugsNothing(@Nullable String value) {
        assertThat(Debugger.of(value, MODULES).options("train")).isEmpty();
        assertThat(Debugger.of(value, MODULES).options("")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "train | it must be <function>:<port>, like train:5005.",
                "5005 | it must be <function>:<port>, like train:5005.",
                "train:port | it must be <function>:<port>, like train:5005.",
                "train:0 | the port must be from 1 to 65535.",
                "train:65536 | the port must be from 1 to 65535.",
                "trains:5005 | there is no function \"trains\"; there are run-checker, train.",
            })
    void of_whenMistaken_saysWhatItMustBe(String value, String reason) {
        assertThatThrownBy(() -> Debugger.of(value, MODULES))
                .isInstanceOf(LocalException.class)
                .hasMessage("WAKEBOX_DEBUG is \"" + value + "\"; " + reason);
    }
}
