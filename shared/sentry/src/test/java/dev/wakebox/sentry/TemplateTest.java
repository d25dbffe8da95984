package dev.wakebox.sentry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Covers every function of the template, also one that is added later. */
class TemplateTest {
    private static final Pattern FUNCTION = Pattern.compile("(?m)^  (\\w+):\\n    Type: AWS::Serverless::Function\\n");

    @Test
    void policy_always_isAttachedToTheRoleOfEveryFunction() throws IOException {
        String template = Files.readString(Path.of("../../template.yaml"));
        List<String> functions = FUNCTION.matcher(template)
                .results()
                .map(result -> result.group(1))
                .toList();
        Matcher policy =
                Pattern.compile("(?ms)^  SentryDsnAccess:\\n(.*?)^  \\w").matcher(template);

        assertThat(functions).hasSizeGreaterThan(20);
        assertThat(policy.find()).isTrue();
        assertThat(functions).allSatisfy(function -> assertThat(policy.group(1)).contains("!Ref " + function + "Role"));
    }

    @Test
    void environment_always_namesTheArnForEveryFunction() throws IOException {
        String globals = Files.readString(Path.of("../../template.yaml")).split("(?m)^Resources:", 2)[0];

        assertThat(globals).contains("SENTRY_DSN_ARN: !Ref SentryDsnArn");
    }
}
