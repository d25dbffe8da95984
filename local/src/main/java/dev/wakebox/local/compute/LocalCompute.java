package dev.wakebox.local.compute;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * EC2 and Systems Manager whose instances are directories and processes of this machine.
 *
 * <p>An instance lives in {@code <directory>/<instance-id>/}: {@code home}, {@code user-data} (decoded) and
 * {@code console.log}. Whenever it starts to run, the image's {@code boot} runs there, with the instance environment,
 * {@code WAKEBOX_INSTANCE_ID}, {@code WAKEBOX_INSTANCE_DIR} and {@code WAKEBOX_IMAGE_DIR}; the instance stays running when
 * {@code boot} ends. Image {@code ami-<name>} is {@code <images>/<name>/}; an id of AWS's own form ({@code ami-0…}) without
 * a directory stands for {@code ami-linux}, an idle box. As on AWS, Systems Manager reaches an instance only if it has an
 * instance profile.
 *
 * <p>Commands find {@code runuser}, {@code sudo} and {@code shutdown} of the instance first on their PATH, and the
 * instance's home wherever they say {@code /home/ec2-user}. Their output is under
 * {@code <directory>/commands/<command-id>/<instance-id>/}, while they run, too.
 *
 * <p>Every process ends with this object, or with this JVM, however it ends. One directory belongs to one LocalCompute:
 * what an earlier one left in it is ended and deleted first. Thread-safe.
 */
public final class LocalCompute implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LocalCompute.class);
    private static final int NOTIFY_SECONDS = 5;

    private final Path directory;
    private final Faults faults = new Faults();
    private final Scheduler scheduler = new Scheduler();
    private final ExecutorService notifier;
    private final InstanceRegistry registry;
    private final CommandRegistry commands;
    private final Ec2Api ec2;
    private final SsmApi ssm;

    /**
     * Where things are.
     *
     * @param directory for the instances and all they write
     * @param images the machine images
     * @param instanceEnvironment what every process on an instance finds in its environment
     */
    public record Config(
            Path directory, Path images, Map<String, String> instanceEnvironment, String region, String accountId) {
        public Config {
            directory = directory.toAbsolutePath().normalize();
            images = images.toAbsolutePath().normalize();
            instanceEnvironment = Map.copyOf(instanceEnvironment);
        }
    }

    /** An instance has reached a state; in EC2's words, as {@code shutting-down}. */
    public record StateChange(String instanceId, String state, Instant time) {}

    /** An HTTP answer. */
    public record Answer(int status, String contentType, byte[] body) {}

    /** @param onStateChange is called for one change after the other, in order, on a thread of its own */
    public LocalCompute(Config config, Clock clock, Consumer<StateChange> onStateChange) {
        this(config, Timing.DEFAULT, clock, onStateChange);
    }

    /** As the other, with a pace of its own. */
    public LocalCompute(Config config, Timing timing, Clock clock, Consumer<StateChange> onStateChange) {
        directory = config.directory();
        Supervisor supervisor = prepare(directory);
        notifier = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name("compute-notify").factory());
        registry = new InstanceRegistry(
                config,
                timing,
                clock,
                supervisor,
                faults,
                scheduler,
                change -> notifier.execute(() -> {
                    try {
                        onStateChange.accept(change);
                    } catch (RuntimeException e) {
                        LOG.error("Nobody learns that {} is {}.", change.instanceId(), change.state(), e);
                    }
                }));
        commands = new CommandRegistry(config, timing, clock, registry, scheduler);
        ec2 = new Ec2Api(registry, config);
        ssm = new SsmApi(registry, commands, config, clock);
    }

    /**
     * EC2's query protocol, version 2016-11-15.
     *
     * @param formBody the request's body, {@code Action=…&Version=…}
     */
    public Answer ec2(String formBody) {
        return ec2.answer(formBody);
    }

    /**
     * Systems Manager's commands, JSON 1.1.
     *
     * @param target the header X-Amz-Target
     * @return empty when the operation isn't one about instances or commands
     */
    public Optional<Answer> ssm(String target, byte[] json) {
        return ssm.answer(target, json);
    }

    /** What shall go wrong. */
    public Faults faults() {
        return faults;
    }

    /** A spot interruption now. */
    public void interrupt(String instanceId) {
        registry.strike(instanceId, Fault.Kind.INTERRUPT);
    }

    /** The hardware under the instance dies now: nothing on it gets to say goodbye. */
    public void kill(String instanceId) {
        registry.strike(instanceId, Fault.Kind.KILL);
    }

    /** Ends every process of every instance; state changes that this makes are not reported. */
    @Override
    public void close() {
        registry.close();
        scheduler.close();
        commands.close();
        notifier.shutdown();
        try {
            Supervisor.killLeftovers(directory);
            notifier.awaitTermination(NOTIFY_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot look for processes left by the instances in " + directory + ".", e);
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
