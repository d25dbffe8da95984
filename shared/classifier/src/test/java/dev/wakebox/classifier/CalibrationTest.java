package dev.wakebox.classifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.wakebox.classifier.Calibration.Trial;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CalibrationTest {
    @Test
    void of_whenScoresAreTooSure_coolsThemToTheShareThatIsRight() {
        var trials = new ArrayList<Trial>();
        for (int i = 0; i < 100; i++) {
            trials.add(trial(5, i % 5 == 0 ? 1 : 0, i)); // its confidence is 99 %, its accuracy 80 %
        }

        var calibration = Calibration.of(trials, () -> {});

        assertThat(calibration.confidence(new float[] {5, 0})).isCloseTo(0.8, within(0.001));
    }

    @Test
    void of_always_givesUpFivePerCentOfTheRightAnswers() {
        var trials = new ArrayList<Trial>();
        for (int i = 0; i < 100; i++) {
            trials.add(trial(5, 0, i));
            trials.add(trial(5, 1, -1)); // wrong answers don't count
        }

        assertThat(Calibration.of(trials, () -> {}).threshold()).isEqualTo(5);
    }

    @Test
    void of_whenThereAreTooFewTrials_measuresNothing() {
        assertThat(Calibration.of(List.of(trial(5, 0, 99)), () -> {})).isEqualTo(Calibration.UNMEASURED);
    }

    @Test
    void error_always_weighsEachBinByItsTrials() {
        double[] confidences = {0.9, 0.9, 0.9, 0.9, 0.5, 0.5};
        boolean[] right = {true, true, true, false, true, false};

        assertThat(Calibration.error(confidences, right)).isCloseTo(0.6 / 6, within(1e-9));
    }

    private static Trial trial(float score, int label, double inScope) {
        return new Trial(new Head.Scores(new float[] {score, 0}, inScope), label);
    }
}
