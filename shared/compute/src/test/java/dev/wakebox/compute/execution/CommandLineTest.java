package dev.wakebox.compute.execution;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "job --s3_bucket b --s3_prefix a/b",
                "runuser -l ec2-user -c 'job --S3_BUCKET b --S3_PREFIX a/b'",
                "job --s3_bucket=b --s3_prefix=\"a/b/\" && true",
                "job --s3_bucket 'b' --s3_prefix 'a/b//'",
                "ARGUMENTS=--s3_bucket=b\\ --s3_prefix=a/b;",
                "runuser -l ec2-user -c 'cd x && ./scripts/datastream -s 1 -S b -o a/b'",
                "--s3_prefix a/b --s3_bucket 'b'; ls"
            })
    void output_whenNamed_isFound(String command) {
        assertThat(CommandLine.output(List.of("echo", command.replace("b\\ ", "b "))))
                .contains(new OutputLocation("b", "a/b"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "curl -S -o file.txt example.org",
                "job --s3_bucket b",
                "job --s3_prefix a",
                "job --s3_buckets b --s3_prefix a",
                "job --s3_prefix a --s3_bucket"
            })
    void output_whenNotNamed_isEmpty(String command) {
        assertThat(CommandLine.output(List.of(command))).isEqualTo(Optional.empty());
    }

    @Test
    void output_whenNamedTwice_isTheFirstOfTheLastCommand() {
        assertThat(CommandLine.output(List.of(
                        "a --s3_bucket one --s3_prefix x",
                        "b --s3_bucket two",
                        "c --s3_prefix y --s3_bucket two --s3_prefix z")))
                .contains(new OutputLocation("two", "y"));
    }

    /** The longest document has 262,144 bytes; validation reads a command of 120,000 many times. */
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "x, 120000",
                "0, 120000",
                "deadbeef, 15000",
                "` `, 120000",
                "', 120000",
                "\", 120000",
                "-, 120000",
                "=, 120000",
                "/, 120000",
                "a/, 60000",
                "/00/, 30000",
                "t00z, 30000",
                "DAILY, 24000",
                "--s3_prefix, 11000",
                "`--s3_prefix `, 10000",
                "`-F `, 40000",
                "-F=, 40000",
                "--s3_prefix=/, 9000",
                "/scripts/datastream, 6000",
                "-o \", 30000",
                "a://, 30000",
                "\\, 120000"
            })
    void execution_whenACommandIsLong_isReadInTimeLinearInIt(String part, int times) {
        String long1 = part.repeat(times);
        var commands = List.of(
                long1,
                "x --s3_bucket b --forcing_source MEDIUM_RANGE_00_2 --s3_prefix p/DAILY" + long1,
                "y -F " + long1 + "x --s3_prefix " + long1);
        Runnable reading = () -> {
            var dated = Dating.of(commands, Optional.empty(), Instant.EPOCH);
            CommandLine.output(dated.commands());
            CommandLine.callsDatastream(dated.commands());
        };
        reading.run();

        assertThat(computing(reading)).isLessThan(Duration.ofMillis(500));
    }

    @ParameterizedTest
    @ValueSource(ints = {2000, 60_000})
    void dating_whenThePrefixIsNearlyEverywhere_isDoneInTimeLinearInTheCommands(int letters) {
        String prefix = "a".repeat(letters) + "bDAILY";
        var commands = List.of("a".repeat(120_000), "-F " + prefix + " --s3_prefix " + prefix);
        Runnable dating = () -> Dating.of(commands, Optional.empty(), Instant.EPOCH);
        dating.run();

        assertThat(computing(dating)).isLessThan(Duration.ofSeconds(1));
    }

    /** Measures the thread's CPU time, because other processes use this computer. */
    private static Duration computing(Runnable task) {
        var threads = ManagementFactory.getThreadMXBean();
        long begun = threads.getCurrentThreadCpuTime();
        task.run();
        return Duration.ofNanos(threads.getCurrentThreadCpuTime() - begun);
    }
}
