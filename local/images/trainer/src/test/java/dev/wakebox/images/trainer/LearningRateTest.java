package dev.wakebox.images.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.wakebox.images.trainer.LearningRate.ReduceOnPlateau;
import dev.wakebox.images.trainer.LearningRate.StepLr;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LearningRateTest {
    @Test
    void after_withoutSchedule_staysTheSame() {
        assertThat(rates(0.5, null, null, 1, 2, 3)).containsExactly(0.5, 0.5, 0.5, 0.5);
    }

    @Test
    void after_withStepLr_fallsEveryStepSizeEpochs() {
        assertThat(rates(0.8, new StepLr(2, 0.5), null, 1, 1, 1, 1, 1)).containsExactly(0.8, 0.8, 0.4, 0.4, 0.2, 0.2);
    }

    @Test
    void after_withPlateau_fallsOnceMoreThanPatienceEpochsWereBad() {
        assertThat(rates(1, null, new ReduceOnPlateau(0.1, 1, 0), 5, 5, 5, 5, 5))
                .usingElementComparator((a, b) -> Math.abs(a - b) < 1e-12 ? 0 : Double.compare(a, b))
                .containsExactly(1.0, 1.0, 1.0, 0.1, 0.1, 0.01);
    }

    @Test
    void after_whenTheLossImproves_countsBadEpochsFromAnew() {
        assertThat(rates(1, null, new ReduceOnPlateau(0.5, 1, 0), 5, 5, 4, 4, 3))
                .containsOnly(1.0);
    }

    @Test
    void after_whenTheLossHardlyImproves_isBad() {
        assertThat(rates(1, null, new ReduceOnPlateau(0.5, 0, 0), 5, 4.9999)).containsExactly(1.0, 1.0, 0.5);
    }

    @Test
    void after_withPlateau_doesNotFallBelowMinLr() {
        assertThat(rates(1, null, new ReduceOnPlateau(0.5, 0, 0.4), 5, 5, 5, 5))
                .containsExactly(1.0, 1.0, 0.5, 0.4, 0.4);
    }

    @Test
    void after_whenTheRateIsBelowMinLrAlready_doesNotRise() {
        assertThat(rates(0.1, null, new ReduceOnPlateau(0.5, 0, 0.4), 5, 5)).containsExactly(0.1, 0.1, 0.1);
    }

    @Test
    void after_withBoth_appliesBoth() {
        var rate = LearningRate.initial(1)
                .after(1, 5, null, null)
                .after(2, 5, new StepLr(2, 0.5), new ReduceOnPlateau(0.1, 0, 0));

        assertThat(rate.value()).isCloseTo(0.05, within(1e-12));
    }

    /** The rates of the first epoch and of each one after these losses. */
    private static List<Double> rates(
            double initial, @Nullable StepLr step, @Nullable ReduceOnPlateau plateau, double... losses) {
        var rates = new ArrayList<Double>();
        var rate = LearningRate.initial(initial);
        rates.add(rate.value());
        for (int epoch = 1; epoch <= losses.length; epoch++) {
            rate = rate.after(epoch, losses[epoch - 1], step, plateau);
            rates.add(rate.value());
        }
        return rates;
    }
}
