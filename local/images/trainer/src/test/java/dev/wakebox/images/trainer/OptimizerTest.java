package dev.wakebox.images.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptimizerTest {
    @ParameterizedTest
    @CsvSource({
        "sgd, 0.8, 0.6", // 1 - 0.1·2, twice
        "adam, 0.9, 0.8", // a constant gradient: its sign times the rate
        "adamw, 0.899, 0.798101", // the same, after a weight decay of 0.01 times the rate
        "rmsprop, 0.683772, 0.454357", // 2/√(0.1·4), then 2/√(0.9·0.4 + 0.1·4)
    })
    void update_whenTheGradientIsConstant_followsTheRule(String name, double first, double second) {
        var optimizer = Optimizer.named(name, 3).orElseThrow();
        float[] weights = {5, 1, 5};
        float[] gradient = {9, 2, 9};

        optimizer.update(weights, gradient, 1, 2, 0.1, 1);
        assertThat((double) weights[1]).isCloseTo(first, within(1e-5));
        optimizer.update(weights, gradient, 1, 2, 0.1, 2);
        assertThat((double) weights[1]).isCloseTo(second, within(1e-5));

        assertThat(weights[0]).isEqualTo(5);
        assertThat(weights[2]).isEqualTo(5);
    }

    @Test
    void named_whenUnknown_isEmpty() {
        assertThat(Optimizer.named("lion", 1)).isEmpty();
    }
}
