package dev.wakebox.local;

import java.time.Duration;
import java.util.Map;

/** A function's settings as they are deployed. */
record FunctionConfiguration(
        String arn, String handler, Duration timeout, int memoryMb, Map<String, String> variables) {}
