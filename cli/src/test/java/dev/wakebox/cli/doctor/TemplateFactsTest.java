package dev.wakebox.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the checks know of the template is what it says. */
class TemplateFactsTest {
    private static final Path ROOT =
            Path.of(System.getProperty("wakebox.root", "..")).toAbsolutePath().normalize();

    private String template;

    @BeforeEach
    void read() throws IOException {
        template = Files.readString(ROOT.resolve("template.yaml"));
    }

    @Test
    void names_haveTheseEnds() {
        assertThat(all("FunctionName: !Sub \\$\\{AWS::StackName}(-\\S+)"))
                .contains(NameChecks.LONGEST_FUNCTION, NameChecks.LONGEST_FUNCTION_OF_RUNS)
                .allSatisfy(end -> assertThat(end).hasSizeLessThanOrEqualTo(NameChecks.LONGEST_FUNCTION.length()));
        assertThat(all("BucketName: !Sub \\$\\{AWS::StackName}(-\\S+)"))
                .containsExactlyInAnyOrder(
                        "-data-${AWS::AccountId}-${AWS::Region}", "-models-${AWS::AccountId}-${AWS::Region}");
    }

    @Test
    void functions_haveAtMostThisMemory() {
        assertThat(all("MemorySize: (\\d+)").stream()
                        .mapToInt(Integer::parseInt)
                        .max())
                .hasValue(QuotaChecks.LARGEST_FUNCTION_MB);
    }

    @Test
    void parametersWithTheArnOfASecret_areChecked() {
        assertThat(
                        all(
                                "(?m)^  (\\w+):\\n    Type: String\\n.*\\n.*\\n    MaxLength: .*\\n    AllowedPattern: .*secretsmanager"))
                .containsExactlyInAnyOrderElementsOf(SecretChecks.ARNS);
    }

    @Test
    void defaults_areThoseOfTheTemplate() {
        var parameters = StackParameters.of(Map.of());

        assertThat(parameters.isTrue("Runs")).isTrue();
        assertThat(parameters.text("JwtSecretParameter")).isEqualTo("/wakebox/jwt-secret");
        assertThat(parameters.has("TrainingInstanceId")).isFalse();
        assertThat(parameters.findings()).extracting(Finding::status).containsExactly(Finding.Status.OK);
    }

    private List<String> all(String pattern) {
        return Pattern.compile(pattern)
                .matcher(template)
                .results()
                .map((MatchResult found) -> found.group(1))
                .toList();
    }
}
