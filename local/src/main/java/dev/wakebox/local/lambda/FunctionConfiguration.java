package dev.wakebox.local.lambda;

import dev.wakebox.local.ec2.Credentials;
import java.time.Duration;
import java.util.Map;

/**
 * A function's settings as they are deployed.
 *
 * @param credentials of the function's role, made for the environment that is started with these settings
 */
public record FunctionConfiguration(
        String arn,
        String handler,
        Duration timeout,
        int memoryMb,
        Map<String, String> variables,
        Credentials credentials) {
    FunctionConfiguration withTimeout(Duration other) {
        return new FunctionConfiguration(arn, handler, other, memoryMb, variables, credentials);
    }
}
