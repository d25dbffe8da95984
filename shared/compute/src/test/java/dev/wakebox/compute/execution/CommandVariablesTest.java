package dev.wakebox.compute.execution;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import dev.wakebox.compute.execution.SecretReference.ManagedSecret;
import dev.wakebox.compute.execution.SecretReference.StoredParameter;
import dev.wakebox.runtime.Json;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandVariablesTest {
    private static final String ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-AbCdEf";

    @Test
    void options_ofVariables_areRead() {
        var variables = Execution.of(document(Map.of(
                        "env", Map.of("LEVEL", "debug", "_2", ""),
                        "secrets", Map.of("PASSWORD", ARN + ":password::"))))
                .options()
                .variables();

        assertThat(variables.texts()).containsOnly(entry("LEVEL", "debug"), entry("_2", ""));
        assertThat(variables.secrets())
                .containsOnly(entry(
                        "PASSWORD",
                        new ManagedSecret(
                                ARN + ":password::",
                                "us-east-1",
                                ARN,
                                Optional.of("password"),
                                Optional.empty(),
                                Optional.empty())));
    }

    @Test
    void options_withoutVariables_haveNone() {
        assertThat(Execution.of(document(Map.of())).options().variables())
                .isEqualTo(new CommandVariables(Map.of(), Map.of()));
    }

    @Test
    void reference_ofEachForm_isUnderstood() {
        assertThat(SecretReference.of(ARN + "::AWSPREVIOUS:"))
                .contains(new ManagedSecret(
                        ARN + "::AWSPREVIOUS:",
                        "us-east-1",
                        ARN,
                        Optional.empty(),
                        Optional.of("AWSPREVIOUS"),
                        Optional.empty()));
        assertThat(SecretReference.of(ARN + ":a key::0a-1")).hasValueSatisfying(reference -> assertThat(reference)
                .extracting("key", "version")
                .containsExactly(Optional.of("a key"), Optional.of("0a-1")));
        String parameter = "arn:aws-us-gov:ssm:us-gov-west-1:123456789012:parameter/a/b.c";
        assertThat(SecretReference.of(parameter)).contains(new StoredParameter(parameter, "us-gov-west-1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hunter2-is-no-arn",
                "prod/db-AbCdEf",
                "arn:aws:secretsmanager:us-east-1:123456789012:secret:",
                "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf:key",
                "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf:key:stage:version:more",
                "arn:aws:secretsmanager:us-east-1:123456789012:secret:db AbCdEf",
                "arn:aws:secretsmanager:us-east-1:123456789012:secret:db';reboot;'",
                "arn:aws:ssm:us-east-1:123456789012:parameter/",
                "arn:aws:ssm:us-east-1:123456789012:parameter/a:3",
                "arn:aws:ssm:$(reboot):123456789012:parameter/a",
                "arn:aws:s3:::bucket"
            })
    void reference_ofAnotherForm_isRefusedWithoutItsText(String text) {
        assertThat(mistakes(Map.of("secrets", Map.of("PASSWORD", text))))
                .singleElement()
                .satisfies(mistake -> {
                    assertThat(mistake.path()).isEqualTo("$.run_options.secrets.PASSWORD");
                    assertThat(mistake.rule())
                            .startsWith("must be the ARN of a secret in Secrets Manager")
                            .doesNotContain(text);
                });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            PATH                     | must not be set
            LD_PRELOAD               | must not be set
            WAKEBOX_ATTEMPT          | must not be set
            wakebox_run              | must not be set
            AWS_ACCESS_KEY_ID        | must not be set
            AWS_SECRET_ACCESS_KEY    | must not be set
            AWS_SESSION_TOKEN        | must not be set
            AWS_CONTAINER_CREDENTIALS_FULL_URI | must not be set
            UID                      | must not be set
            2ND                      | must be the name of a variable
            A-B                      | must be the name of a variable
            A=B                      | must be the name of a variable
            `A$(reboot)`             | must be the name of a variable
            `A B`                    | must be the name of a variable
            Ñ                        | must be the name of a variable
            ``                       | must be the name of a variable
            """)
    void name_thatIsNone_isRefused(String name, String rule) {
        assertThat(mistakes(Map.of("env", Map.of(name, "x"), "secrets", Map.of("OTHER", ARN))))
                .singleElement()
                .hasToString("$.run_options.env." + name + ": " + rule + restOf(rule));
        assertThat(mistakes(Map.of("secrets", Map.of(name, ARN))))
                .singleElement()
                .satisfies(mistake -> assertThat(mistake.rule()).startsWith(rule));
    }

    private static String restOf(String rule) {
        return rule.endsWith("set")
                ? ": PATH, LD_…, WAKEBOX_…, the credentials in AWS_… and what a shell protects are the instance's own"
                : ": letters A to Z, digits and _, with no digit first";
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"HOME", "LANG", "AWS_REGION", "AWS_PROFILE", "PATHS", "_PATH", "LDFLAGS", "a", "WAKEBOX", "TZ"})
    void name_ofAnotherVariable_isAccepted(String name) {
        assertThat(mistakes(Map.of("env", Map.of(name, "x")))).isEmpty();
    }

    @Test
    void variable_inBoth_isRefused() {
        assertThat(mistakes(Map.of("env", Map.of("A", "x"), "secrets", Map.of("A", ARN))))
                .singleElement()
                .hasToString("$.run_options.secrets.A: is also in $.run_options.env");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"env": "hunter2"}           | $.run_options.env: must be an object
            {"env": ["hunter2"]}         | $.run_options.env: must be an object
            {"env": {"A": 74520}}        | $.run_options.env.A: must be a string
            {"env": {"A": null}}         | $.run_options.env.A: must be a string
            {"env": {"A": "\\u0000"}}    | $.run_options.env.A: must be a string
            {"secrets": "hunter2"}       | $.run_options.secrets: must be an object
            {"secrets": {"A": 74520}}    | $.run_options.secrets.A: must be the ARN
            {"secret": {"A": "x"}}       | $.run_options.secret: is not an option; did you mean secrets?
            """)
    void options_ofAnotherShape_areRefusedWithoutTheirValues(String options, String message) {
        assertThat(mistakes(Json.object(options.getBytes(UTF_8))))
                .singleElement()
                .satisfies(mistake ->
                        assertThat(mistake.toString()).startsWith(message).doesNotContain("hunter2", "74520"));
    }

    /** None of them is a key that works; each is put together here, so that no scanner takes this file for a leak. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            A   | AKIA            | IOSFODNN7EXAMPLE                              | an access key of AWS
            A   | id=ASIA         | IOSFODNN7EXAMPLE;                             | an access key of AWS
            AWS_SECRET_KEY | wJalrXUtnFEMI/K7MDENG/ | bPxRfiCYEXAMPLEKEY         | the secret half of an access key of AWS
            A   | -----BEGIN RSA  | PRIVATE KEY-----                              | a private key
            A   | -----BEGIN      | PRIVATE KEY-----                              | a private key
            A   | -----BEGIN OPENSSH | PRIVATE KEY-----                           | a private key
            A   | -----BEGIN PGP  | PRIVATE KEY BLOCK-----                        | a private key
            A   | postgres://me:  | hunter2@db.example.org/prod                   | a URL with a password
            A   | x https://:     | hunter2@example.org                           | a URL with a password
            A   | eyJhbGciOiJIUzI1NiJ9. | eyJzdWIiOiIxMjM0NTY3ODkwIn0.aaaa        | a JSON web token
            A   | ghp_            | 0123456789abcdefABCDEF0123456789abcd          | a token of GitHub
            A   | github_pat_     | 0123456789abcdefABCDEF_0123456789             | a token of GitHub
            A   | glpat-          | 0123456789abcdefABCD                          | a token of GitLab
            A   | xoxb-           | 0123456789-0123456789                         | a token of Slack
            A   | https://hooks.slack.com/ | services/T000/B000/XXXX              | a token of Slack
            A   | sk_live_        | 0123456789abcdef                              | a key of Stripe
            A   | AIza            | 0123456789abcdefABCDEF0123456789abc           | a key of Google
            A   | sk-proj-        | 0123456789abcdefABCDEF0123456789              | a key of an API of models
            A   | hf_             | 0123456789abcdefABCDEF01234567                | a key of an API of models
            A   | npm_            | 0123456789abcdefABCDEF0123456789abcd          | a token of a package registry
            A   | SG.0123456789abcdefABCDEF. | 0123456789abcdefABCDEF0123456789abcdefABCDE | a key of SendGrid
            A   | AccountName=a;AccountKey= | 0123456789abcdefABCDEF0123456789abcdefABCDE== | a key of Azure Storage
            """)
    void text_thatLooksLikeAKey_isRefusedAndNotRepeated(String name, String beginning, String rest, String kind) {
        String key = beginning.startsWith("-----") ? beginning + " " + rest : beginning + rest;

        assertThat(mistakes(Map.of("env", Map.of(name, key)))).singleElement().satisfies(mistake -> {
            assertThat(mistake.path()).isEqualTo("$.run_options.env." + name);
            assertThat(mistake.rule())
                    .startsWith("looks like " + kind + ",")
                    .contains("$.run_options.secrets", "replace the key")
                    .doesNotContain(rest);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "AKIA",
                "MAKIAIOSFODNN7EXAMPLEX",
                "da39a3ee5e6b4b0d3255bfef95601890afd80709",
                "-----BEGIN CERTIFICATE-----",
                "-----BEGIN PUBLIC KEY-----",
                "https://example.org:8080/a@b",
                "https://user@example.org/",
                "postgres://me:$PASSWORD@db.example.org/prod",
                "postgres://me:<password>@db.example.org/prod",
                "s3://bucket/a:b@c",
                "arn:aws:iam::123456789012:role/sk-reader",
                "task-sk-1",
                "a,b;c=d e\nf"
            })
    void text_thatIsOrdinary_isAccepted(String text) {
        assertThat(mistakes(Map.of("env", Map.of("A", text)))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.", "eyJ-", "a:", "AKIA", "SG.", "-----BEGIN ", "a://", "://a:b"})
    void text_ofAnyLength_isSearchedQuickly(String repeated) {
        String text = repeated.repeat(200_000 / repeated.length());

        assertTimeout(Duration.ofSeconds(10), () -> PlainTextKey.in("A", text));
    }

    private static List<Mistake> mistakes(Map<String, ?> options) {
        return Execution.mistakes(document(options), _ -> Map.of());
    }

    private static RunDocument document(Map<String, ?> options) {
        return Documents.started(Map.of(
                "commands",
                List.of("true"),
                "instance_parameters",
                Map.of("ImageId", "ami-1", "InstanceType", "t4g.nano", "IamInstanceProfile", Map.of("Name", "p")),
                "run_options",
                options));
    }
}
