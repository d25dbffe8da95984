package dev.wakebox.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class EnvironmentTest {
    @Test
    void required_whenSet_isTheValue() {
        assertThat(Environment.required("AWS_REGION")).isEqualTo("us-east-1");
    }

    @Test
    void required_whenMissing_namesTheVariable() {
        assertThatThrownBy(() -> Environment.required("WAKEBOX_NOT_SET"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("WAKEBOX_NOT_SET");
    }

    @Test
    void minutes_whenNotANumber_namesTheVariableAndTheValue() {
        assertThatThrownBy(() -> Environment.minutes("AWS_REGION"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("AWS_REGION")
                .hasMessageContaining("us-east-1");
    }
}
