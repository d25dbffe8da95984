package dev.wakebox.functions.runsapi;

import static java.util.Objects.requireNonNull;

import dev.wakebox.aws.AwsErrors;
import dev.wakebox.aws.AwsHttp;
import dev.wakebox.compute.launch.Ec2RunResources;
import dev.wakebox.compute.launch.LaunchCheck;
import dev.wakebox.runs.OutputReader;
import dev.wakebox.runs.RunArrays;
import dev.wakebox.runs.Runs;
import dev.wakebox.runs.RunsCaller;
import dev.wakebox.runtime.Environment;
import dev.wakebox.runtime.HttpRequest;
import dev.wakebox.runtime.HttpResponse;
import dev.wakebox.runtime.LambdaFunction;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.S3ObjectStore;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.sfn.SfnClient;

/** The routes below {@code /runs} and {@code /instances}: with a JWT, and below {@code /iam} with AWS credentials. */
public final class RunsApiHandler extends LambdaFunction {
    private static final Logger log = LoggerFactory.getLogger(RunsApiHandler.class);

    private static final String CHALLENGE = "www-authenticate";
    private static final String BEARER = "Bearer realm=\"wakebox\"";

    private final RunsRoutes routes;

    /** Reads {@code STATE_MACHINE_ARN}, {@code STACK_NAME}, {@code BUCKET} and {@code OUTPUT_BUCKETS}. */
    public RunsApiHandler() {
        SfnClient stepFunctions =
                SfnClient.builder().httpClient(AwsHttp.client()).build();
        String stateMachine = Environment.required("STATE_MACHINE_ARN");
        Runs runs =
                new Runs(stepFunctions, stateMachine, Integer.parseInt(Environment.required("MAX_CONCURRENT_RUNS")));
        this(new RunsRoutes(
                runs,
                new RunArrays(stepFunctions, stateMachine),
                new OutputReader(CloudWatchLogsClient.builder()
                        .httpClient(AwsHttp.client())
                        .build()),
                new RunTemplates(S3ObjectStore.ofBucket(Environment.required("BUCKET"))),
                new RunSubmission(
                        runs,
                        new LaunchCheck(Environment.list("OUTPUT_BUCKETS")),
                        new SecureRandom(),
                        Clock.systemUTC()),
                Ec2RunResources.create(),
                Environment.required("STACK_NAME")));
    }

    RunsApiHandler(RunsRoutes routes) {
        this.routes = requireNonNull(routes, "routes is null");
    }

    @Override
    protected HttpResponse http(HttpRequest request) {
        try {
            return routes.answer(request);
        } catch (InvalidDocumentException e) {
            log.info("Request refused: {}", e.getMessage());
            return ProblemDetails.ofDocument(e.errors()).response(Map.of());
        } catch (SdkException e) {
            throw AwsErrors.failed("answer " + request.method() + " " + request.path(), e);
        }
    }

    @Override
    protected HttpResponse refusal(WakeboxException e) {
        return ProblemDetails.of(e).response(challenge(e));
    }

    /**
     * What the client lacks.
     *
     * @see <a href="https://www.rfc-editor.org/rfc/rfc6750#section-3">RFC 6750, 3</a>
     */
    private static Map<String, String> challenge(WakeboxException e) {
        return switch (e.code()) {
            case UNAUTHORIZED ->
                Map.of(
                        CHALLENGE,
                        RunsCaller.NO_TOKEN.equals(e.getMessage()) ? BEARER : BEARER + ", error=\"invalid_token\"");
            case FORBIDDEN -> Map.of(CHALLENGE, BEARER + ", error=\"insufficient_scope\"");
            default -> Map.of();
        };
    }
}
