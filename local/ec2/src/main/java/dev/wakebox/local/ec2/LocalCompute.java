package dev.wakebox.local.ec2;

import dev.wakebox.runtime.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Emulates EC2 and Systems Manager with instances that are directories and processes of this computer.
 *
 * <p>An instance has the directory {@code <directory>/<instance-id>/} with {@code home}, {@code user-data} (decoded)
 * and {@code console.log}. Whenever it starts to run, the image's {@code boot} is executed there, with the instance
 * environment, {@code WAKEBOX_INSTANCE_ID}, {@code WAKEBOX_INSTANCE_DIR} and {@code WAKEBOX_IMAGE_DIR}; the instance
 * stays running when {@code boot} ends. Image {@code ami-<name>} is {@code <images>/<name>/}; an id in AWS's own format
 * ({@code ami-0…}) without a directory stands for {@code ami-linux}, an idle instance. As on AWS, Systems Manager
 * reaches an instance only if it has an instance profile.
 *
 * <p>Commands find {@code runuser}, {@code sudo} and {@code shutdown} of the instance first on their PATH, and the
 * instance's home wherever they name {@code /home/ec2-user}. Their output is under {@code
 * <directory>/commands/<command-id>/<instance-id>/}, also while they run.
 *
 * <p>Every process ends with this object, or with this JVM, in whatever way it ends. One directory belongs to one
 * LocalCompute: leftovers of an earlier one are ended and deleted first. Thread-safe.
 */
public final class LocalCompute implements AutoCloseable {
    private static final String METADATA_TOKEN = "local";
    private static final Logger LOG = LoggerFactory.getLogger(LocalCompute.class);
    private static final int NOTIFY_SECONDS = 5;

    private final Config config;
    private final Scheduler scheduler = new Scheduler();
    private final ExecutorService notifier;
    private final InstanceRegistry registry;
    private final InstanceProcesses processes;
    private final CommandRegistry commands;
    private final Ec2Api ec2;
    private final SsmApi ssm;
    private final LocalPrices prices;

    /**
     * The directories and environment of instances.
     *
     * @param directory for the instances and all their files
     * @param images the AMIs
     * @param prices a JSON file with the prices of AWS
     * @param instanceEnvironment environment variables of every process on an instance
     * @param credentials of the role in an instance profile, by the profile's name or ARN and the instance's id
     */
    public record Config(
            Path directory,
            Path images,
            Path prices,
            Map<String, String> instanceEnvironment,
            String region,
            String accountId,
            BiFunction<String, String, Credentials> credentials) {
        public Config {
            directory = directory.toAbsolutePath().normalize();
            images = images.toAbsolutePath().normalize();
            prices = prices.toAbsolutePath().normalize();
            instanceEnvironment = Map.copyOf(instanceEnvironment);
        }

        /** The AWS of the programs on instances. */
        String endpoint() {
            String endpoint = instanceEnvironment.get("AWS_ENDPOINT_URL");
            if (endpoint == null) {
                throw new IllegalStateException("Instances have no AWS: set AWS_ENDPOINT_URL in their environment.");
            }
            return endpoint;
        }
    }

    /** A new state of an instance, in EC2's words, such as {@code shutting-down}. */
    public record StateChange(String instanceId, String state, Instant time) {}

    /**
     * An HTTP answer.
     *
     * @param date of the answer, if it differs from this computer's clock
     */
    public record Answer(int status, String contentType, byte[] body, Optional<Instant> date) {
        Answer(int status, String contentType, byte[] body) {
            this(status, contentType, body, Optional.empty());
        }

        Answer at(Optional<Instant> time) {
            return new Answer(status, contentType, body, time);
        }
    }

    /** @param onStateChange is called for one change at a time, in order, on a thread of its own */
    public LocalCompute(Config config, Clock clock, Consumer<StateChange> onStateChange) {
        this(config, Timing.DEFAULT, clock, onStateChange);
    }

    /** As the other constructor, with other durations. */
    public LocalCompute(Config config, Timing timing, Clock clock, Consumer<StateChange> onStateChange) {
        this.config = config;
        Supervisor supervisor = prepare(config.directory());
        notifier = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name("compute-notify").factory());
        registry = new InstanceRegistry();
        processes = new InstanceProcesses(config, registry, supervisor);
        var lifecycle = new InstanceLifecycle(
                registry,
                processes,
                timing,
                clock,
                scheduler,
                change -> notifier.execute(() -> {
                    try {
                        onStateChange.accept(change);
                    } catch (RuntimeException e) {
                        LOG.error("The change of {} to {} was not reported.", change.instanceId(), change.state(), e);
                    }
                }));
        commands = new CommandRegistry(config, timing, clock, registry, lifecycle, scheduler);
        var random = new SecureRandom();
        var check = new FaultCheck(registry, clock);
        prices = new LocalPrices(config, clock);
        ec2 = new Ec2Api(
                config,
                registry,
                new Launcher(config, registry, lifecycle, clock, random),
                new StateOperations(registry, lifecycle, clock),
                check,
                prices,
                random);
        ssm = new SsmApi(config, registry, new CommandOperations(config, registry, commands, clock), check, clock);
    }

    /**
     * EC2's query protocol, version 2016-11-15.
     *
     * @param formBody the body of the request, {@code Action=…&Version=…}
     * @param signed when the client signed the request, by its own clock
     */
    public Answer ec2(String formBody, Optional<Instant> signed) {
        return ec2.answer(formBody, signed);
    }

    /**
     * Systems Manager's commands, JSON 1.1.
     *
     * @param target the header X-Amz-Target
     * @param signed when the client signed the request, by its own clock
     * @return empty when the operation doesn't concern instances or commands
     */
    public Optional<Answer> ssm(String target, byte[] json, Optional<Instant> signed) {
        return ssm.answer(target, json, signed);
    }

    /**
     * The permissions that the caller of an EC2 request needs.
     *
     * @param role the ARN of the role in an instance profile, by the profile's name or ARN
     */
    public List<Permission> ec2Permissions(String formBody, Function<String, String> role) {
        return ec2.permissions(formBody, role);
    }

    /** EC2's answer to a caller without permission. */
    public Answer ec2Refusal(int status, String code, String message) {
        return ec2.refusal(status, code, message);
    }

    /**
     * The permissions that the caller of a Systems Manager request needs.
     *
     * @return empty when the operation doesn't concern instances or commands
     */
    public Optional<List<Permission>> ssmPermissions(String target, byte[] json) {
        return ssm.permissions(target, json);
    }

    /** The answer of Systems Manager and of the Price List API to a caller without permission. */
    public Answer jsonRefusal(String code, String message) {
        return ssm.refusal(code, message);
    }

    /**
     * The Price List API, JSON 1.1.
     *
     * @param target the header X-Amz-Target
     */
    public Answer prices(String target, byte[] json) {
        return prices.products(target, json);
    }

    /**
     * Temporary credentials of the role in an instance's profile. Its programs request them at
     * {@code AWS_CONTAINER_CREDENTIALS_FULL_URI}, which the SDKs and the CLI read.
     *
     * @return empty when there is no such instance, or it has no profile
     */
    public Optional<Answer> instanceCredentials(String instanceId) {
        return registry.find(instanceId)
                .flatMap(instance -> instance.credentials(config))
                .map(given -> new Answer(
                        200,
                        "application/json",
                        Json.bytes(Map.of(
                                "AccessKeyId", given.accessKeyId(),
                                "SecretAccessKey", given.secretAccessKey(),
                                "Token", given.sessionToken(),
                                "Expiration", given.expiration().toString()))));
    }

    /**
     * What the metadata service of an instance answers: a session token, and the interruption of a spot instance from its warning on.
     *
     * @param path with the slash at its beginning
     * @param token of the request's header
     */
    public Answer instanceMetadata(String instanceId, String path, Optional<String> token) {
        if (path.equals("/latest/api/token")) {
            return new Answer(200, "text/plain", METADATA_TOKEN.getBytes(StandardCharsets.UTF_8));
        }
        if (token.filter(METADATA_TOKEN::equals).isEmpty()) {
            return new Answer(401, "text/plain", new byte[0]);
        }
        return registry.find(instanceId)
                .filter(_ -> path.equals("/latest/meta-data/spot/instance-action"))
                .flatMap(instance -> Optional.ofNullable(instance.interruption))
                .map(time -> new Answer(
                        200, "application/json", Json.bytes(Map.of("action", "terminate", "time", time.toString()))))
                .orElseGet(() -> new Answer(404, "text/plain", new byte[0]));
    }

    /** Ends every process of every instance; the resulting state changes are not reported. */
    @Override
    public void close() {
        processes.close();
        registry.all().stream()
                .filter(instance -> instance.state == LocalInstanceState.TERMINATED)
                .forEach(instance -> Directories.delete(instance.directory));
        scheduler.close();
        commands.close();
        notifier.shutdown();
        try {
            Supervisor.killLeftovers(config.directory());
            notifier.awaitTermination(NOTIFY_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Cannot find the processes left by the instances in " + config.directory() + ".", e);
        }
    }

    private static Supervisor prepare(Path directory) {
        try {
            Files.createDirectories(directory);
            Supervisor.killLeftovers(directory);
            for (Path entry : Directories.list(directory)) {
                String name = entry.getFileName().toString();
                if (name.startsWith("i-0") || name.equals("commands")) {
                    Directories.delete(entry);
                }
            }
            return new Supervisor(directory.resolve("bin"));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot prepare " + directory + " for local instances.", e);
        }
    }
}
