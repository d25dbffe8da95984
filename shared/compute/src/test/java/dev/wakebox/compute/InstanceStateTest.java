package dev.wakebox.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;

class InstanceStateTest {
    @Test
    void ofAwsName_whenAnyStateOfEc2_isKnownAndTheNameComesBack() {
        assertThat(InstanceStateName.knownValues())
                .hasSameSizeAs(InstanceState.values())
                .allSatisfy(name -> assertThat(
                                InstanceState.ofAwsName(name.toString()).awsName())
                        .isEqualTo(name.toString()));
    }

    @Test
    void ofAwsName_whenNoSuchState_isRefused() {
        assertThatThrownBy(() -> InstanceState.ofAwsName("asleep")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void up_whenPendingOrRunning_only() {
        assertThat(Arrays.stream(InstanceState.values()).filter(InstanceState::up))
                .containsExactly(InstanceState.PENDING, InstanceState.RUNNING);
    }
}
