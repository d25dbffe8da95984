package dev.wakebox.functions.operations;

import dev.wakebox.runtime.SnakeCase;
import java.time.Instant;
import java.util.Optional;

/**
 * An alarm of the stack.
 *
 * @param name its name in the template, which docs/operations.md explains
 * @param fullName its name in CloudWatch
 * @param state {@code OK}, {@code ALARM} or {@code INSUFFICIENT_DATA}
 * @param since when it took that state
 */
@SnakeCase
record StackAlarm(String name, String fullName, String state, String description, Optional<Instant> since) {}
