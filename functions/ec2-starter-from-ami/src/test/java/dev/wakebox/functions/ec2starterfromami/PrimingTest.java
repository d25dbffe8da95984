package dev.wakebox.functions.ec2starterfromami;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.runtime.RehearsedFunction;
import org.junit.jupiter.api.Test;

class PrimingTest {
    @Test
    void priming_whenAwsWouldTakeAll_asksForNothingButWhatReads() {
        assertThat(RehearsedFunction.callsThatLeave(EC2StarterFromAMIHandler::new))
                .containsExactly("DescribeInstances");
    }
}
