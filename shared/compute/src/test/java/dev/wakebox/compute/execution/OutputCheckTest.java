package dev.wakebox.compute.execution;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutputCheckTest {
    @ParameterizedTest
    @CsvSource({
        "runs/1,  true,  runs/1,                                    true",
        "runs/1,  true,  runs/1/out.nc,                             true",
        "runs/1,  true,  runs/10/out.nc,                            false",
        "runs/1,  true,  runs/1/datastream-metadata/execution.json, false",
        "runs/1,  true,  runs/1/datastream-metadata/profile.txt,    false",
        "runs/1,  true,  runs/1/metadata/execution.json,            false",
        "runs/1,  true,  runs/1/metadata/forcings_metadata/metadata.csv, true",
        "runs/1,  true,  runs/1/datastream-metadatas/out.nc,        true",
        "runs/1/datastream-metadata/profile.txt, false, runs/1/datastream-metadata/profile.txt, true",
        "runs/1,  false, runs/1/metadata/execution.json,            false",
        "runs/1,  false, runs/10/out.nc,                            true",
        "runs/1/, true,  runs/1/out.nc,                             true",
        "out.txt, false, out.txt,                                   true",
        "out.txt, false, other.txt,                                 false",
        "f,       false, failed_executions/a.json,                  false"
    })
    void accepts_whenKeyIsListed_takesTheExactKeyOrWhatIsBelow(
            String prefix, boolean folder, String key, boolean accepted) {
        var check = new OutputCheck(new OutputLocation("b", prefix), folder);

        assertThat(check.accepts(key)).isEqualTo(accepted);
    }
}
