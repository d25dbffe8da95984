package dev.wakebox.compute.launch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LaunchErrorTest {
    @ParameterizedTest
    @CsvSource({
        "InsufficientInstanceCapacity, true, NEXT_CANDIDATE",
        "InsufficientHostCapacity, true, NEXT_CANDIDATE",
        "InsufficientFreeAddressesInSubnet, false, NEXT_CANDIDATE",
        "UnfulfillableCapacity, true, NEXT_CANDIDATE",
        "SpotMaxPriceTooLow, false, NEXT_CANDIDATE",
        "MaxSpotInstanceCountExceeded, false, NEXT_CANDIDATE",
        "VcpuLimitExceeded, false, NEXT_CANDIDATE",
        "InstanceLimitExceeded, false, NEXT_CANDIDATE",
        "Unsupported, false, NEXT_CANDIDATE",
        "RequestLimitExceeded, true, TRANSIENT",
        "RequestLimitExceeded, false, TRANSIENT",
        "ServiceUnavailable, true, TRANSIENT",
        "HTTP 502, true, TRANSIENT",
        "UnauthorizedOperation, false, FINAL",
        "InvalidAMIID.NotFound, false, FINAL",
        "InvalidParameterValue, false, FINAL",
        "InvalidParameterCombination, false, FINAL",
        "IdempotentParameterMismatch, false, FINAL",
        "SomethingNew, false, FINAL",
    })
    void of_always_tellsWhatFollows(String code, boolean mayPass, LaunchError expected) {
        assertThat(LaunchError.of(code, mayPass)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "Server.SpotInstanceTermination, true",
        "Server.InsufficientInstanceCapacity, true",
        "Client.UserInitiatedShutdown, false",
        "Client.InvalidSnapshot.NotFound, false",
        "'', false",
    })
    void endedForEc2sReasons_always_readsTheCode(String code, boolean expected) {
        assertThat(LaunchError.endedForEc2sReasons(code)).isEqualTo(expected);
    }
}
