package dev.wakebox.mentors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.graphql.GraphQl;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MentorSourceTest {
    @ParameterizedTest
    @CsvSource({", 10, 20", "10, 10, 20", "45, 45, 90"})
    void limits_whateverIsSet_leaveTimeForTwoAttempts(String seconds, long attempt, long all) {
        GraphQl.Limits limits = MentorSource.limits(Optional.ofNullable(seconds));

        assertThat(limits.attempt()).isEqualTo(Duration.ofSeconds(attempt));
        assertThat(limits.all()).isEqualTo(Duration.ofSeconds(all));
    }
}
