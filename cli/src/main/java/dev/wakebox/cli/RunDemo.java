package dev.wakebox.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.wakebox.runs.Runs;
import dev.wakebox.runtime.Json;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.sfn.SfnClient;

/** The second part of the demo: commands on temporary instances, one that computes a result and one that fails. */
final class RunDemo {
    private static final String KEY = "demo/primes.txt";

    private final Application application;
    private final PrintStream out;
    private final Clock clock;

    RunDemo(Application application, PrintStream out, Clock clock) {
        this.application = application;
        this.out = out;
        this.clock = clock;
    }

    /** Runs both; empty when every expected step was observed, otherwise the first missing one. */
    Optional<String> run() throws IOException, InterruptedException {
        long stamp = clock.millis();
        try (SfnClient stepFunctions = application.stepFunctions();
                CloudWatchLogsClient logs = application.logs();
                S3Client s3 = application.s3()) {
            var runs = new Runs(stepFunctions, application.stateMachine(), 0);
            out.println(
                    "\nAn execution launches an instance, runs commands on it, checks the uploaded result, and terminates it.\n");
            String primes = "import sys; n = 200000; sieve = [True] * n; "
                    + "[sieve.__setitem__(slice(i * i, n, i), [False] * len(range(i * i, n, i)))"
                    + " for i in range(2, 448) if sieve[i]]; "
                    + "print(sum(sieve[2:]), 'primes below', n)";
            String good = document(List.of(
                    "echo counting on $(hostname)",
                    "python3 -c \"" + primes + "\" | tee primes.txt",
                    "aws s3 cp --no-progress primes.txt s3://" + application.bucket() + "/" + KEY));
            if (!succeeds(runs, logs, "demo-primes-" + stamp, good)) {
                return Optional.of("the execution that counts primes succeeds");
            }
            try {
                String result = s3.getObjectAsBytes(
                                request -> request.bucket(application.bucket()).key(KEY))
                        .asString(UTF_8);
                out.println("\n  s3://" + application.bucket() + "/" + KEY + ": " + result.strip());
            } catch (NoSuchKeyException e) {
                return Optional.of("the result of the execution is in S3");
            }

            out.println(
                    "\nAnother fails: it publishes its outcome with the standard error, and terminates its instance too.\n");
            String bad = document(List.of("echo about to fail", "ls /no/such/directory", "echo never reached"));
            if (succeeds(runs, logs, "demo-failure-" + stamp, bad)) {
                return Optional.of("the execution with a failing command fails");
            }
            if (instancesLeft()) {
                return Optional.of("the instances of both executions are ended");
            }
            out.println("\nBoth instances are terminated.");
        }
        return Optional.empty();
    }

    private boolean succeeds(Runs runs, CloudWatchLogsClient logs, String name, String document)
            throws InterruptedException {
        return new RunFollower(runs, logs, out, clock, Terminal.plain(out))
                .follow(runs.submit(name, document))
                .succeeded();
    }

    private boolean instancesLeft() {
        try (Ec2Client ec2 = application.ec2()) {
            return !ec2.describeInstances(request -> request.filters(
                            filter("tag-key", "wakebox:execution"),
                            filter("instance-state-name", "pending", "running", "stopping")))
                    .reservations()
                    .isEmpty();
        }
    }

    private static Filter filter(String name, String... values) {
        return Filter.builder().name(name).values(values).build();
    }

    private String document(List<String> commands) {
        return Json.string(Map.of(
                "commands",
                commands,
                "instance_parameters",
                Map.of(
                        "ImageId", "ami-linux",
                        "InstanceType", "t4g.small",
                        "IamInstanceProfile", Map.of("Name", "wakebox-run")),
                "run_options",
                Map.of(
                        "timeout_s",
                        120,
                        "ii_terminate_instance",
                        true,
                        "ii_check_s3",
                        Map.of("bucket", application.bucket(), "prefix", KEY))));
    }
}
