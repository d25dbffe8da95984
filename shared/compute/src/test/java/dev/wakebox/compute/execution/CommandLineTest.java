package dev.wakebox.compute.execution;

import static org.assertj.core.api.Assertions.assertThat;

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
                "runuser -l ec2-user -c 'cd x && ./scripts/datastream -s 1 -S b -o a/b'",
                "--s3_prefix a/b --s3_bucket 'b'; ls"
            })
    void output_whenNamed_isFound(String command) {
        assertThat(CommandLine.output(List.of("echo", command))).contains(new OutputLocation("b", "a/b"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"curl -S -o file.txt example.org", "job --s3_bucket b", "job --s3_prefix a", "x--s3_bucket b"})
    void output_whenNotNamed_isEmpty(String command) {
        assertThat(CommandLine.output(List.of(command))).isEqualTo(Optional.empty());
    }

    @Test
    void output_whenNamedTwice_isTheLast() {
        assertThat(CommandLine.output(List.of(
                        "a --s3_bucket one --s3_prefix x", "b --s3_bucket two", "c --s3_prefix y --s3_bucket two")))
                .contains(new OutputLocation("two", "y"));
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', textBlock = """
            job -s DAILY -n 3,                                 job -s 20260302 -n 3
            job --start=DAILY,                                 job --start=20260302
            runuser -c 'job -s DAILY',                         runuser -c 'job -s 20260302'
            job --S3_PREFIX x/DAILY/y,                         job --S3_PREFIX x/20260302/y
            aws s3 cp a s3://b/ngen.DAILY/DAILY.csv,           aws s3 cp a s3://b/ngen.20260302/20260302.csv
            ./scripts/datastream -s 1 -S b -o r/DAILY,         ./scripts/datastream -s 1 -S b -o r/20260302
            job -s DAILY -e 202602090000 -F s3://b/DAILY,      job -s DAILY -e 202602090000 -F s3://b/20260302
            job -s DAILY -e DAILY,                             job -s 20260302 -e 20260302
            echo DAILY news,                                   echo DAILY news
            job -s DAILYISH --s3_prefix x/DAILYISH,            job -s DAILYISH --s3_prefix x/DAILYISH
            """)
    void dated_whenDailyStandsForADate_replacesItThere(String command, String dated) {
        assertThat(CommandLine.dated(command, "20260302")).isEqualTo(dated);
    }
}
