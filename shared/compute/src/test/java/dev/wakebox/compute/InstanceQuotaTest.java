package dev.wakebox.compute;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InstanceQuotaTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            VcpuLimitExceeded            | t4g.small     | false | Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances | L-1216C47A
            VcpuLimitExceeded            | g5.xlarge     | false | Running On-Demand G and VT instances                             | L-DB2E81BA
            VcpuLimitExceeded            | p5.48xlarge   | true  | All P4, P3 and P2 Spot Instance Requests                         | L-7212CCBC
            MaxSpotInstanceCountExceeded | m8g.large     | false | All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests  | L-34B43A08
            InstanceLimitExceeded        | inf2.xlarge   | false | Running On-Demand Inf instances                                  | L-1945791B
            VcpuLimitExceeded            | u-6tb1.metal  | false | vCPUs of u-6tb1.metal                                            | ''
            """)
    void exceeded_byErrorAndType_namesTheQuota(String error, String type, boolean spot, String name, String code) {
        assertThat(InstanceQuota.exceeded(error, type, spot)).hasValue(new InstanceQuota(name, code));
    }

    @Test
    void exceeded_whenOnlyATemplateNamesTheType_namesNoCode() {
        InstanceQuota quota =
                InstanceQuota.exceeded("VcpuLimitExceeded", null, false).orElseThrow();

        assertThat(quota).hasToString("\"Running On-Demand instances\"");
        assertThat(quota.page()).endsWith("/servicequotas/home/services/ec2/quotas");
    }

    @Test
    void exceeded_forAnotherError_isEmpty() {
        assertThat(InstanceQuota.exceeded("InsufficientInstanceCapacity", "t4g.small", false))
                .isEmpty();
        assertThat(InstanceQuota.exceeded("VolumeLimitExceeded", "t4g.small", false))
                .isEmpty();
    }
}
