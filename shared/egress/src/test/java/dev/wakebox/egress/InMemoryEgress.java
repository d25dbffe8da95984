package dev.wakebox.egress;

import static java.util.Objects.requireNonNull;

import dev.wakebox.jobs.InMemoryJobStore;
import dev.wakebox.jobs.Job;
import dev.wakebox.jobs.JobId;
import dev.wakebox.jobs.JobStore;
import dev.wakebox.local.platform.PlatformStandIn;
import dev.wakebox.platform.HostGuard;
import dev.wakebox.platform.Platform;
import dev.wakebox.runtime.JumpingClock;
import dev.wakebox.runtime.Retries;
import dev.wakebox.secrets.Secret;
import dev.wakebox.storage.InMemoryObjectStreams;
import java.util.Set;
import java.util.UUID;

/** The collaborators of an {@link Egress}: records and objects in memory, and a stand-in of the platform. */
public final class InMemoryEgress implements AutoCloseable {
    /** The job of the events in {@code events/}. */
    public static final String ID = "016f6063-8ab5-4d6c-9a4e-5a8a0a5e3f2b";

    public final JumpingClock clock = new JumpingClock();
    public final PlatformStandIn platform = PlatformStandIn.start(0);
    public final InMemoryObjectStreams objects = new InMemoryObjectStreams();
    public final InMemoryJobStore jobs = new InMemoryJobStore(clock);

    /** An egress on these collaborators. */
    public Egress with(Egress.Limits limits) {
        return with(limits, jobs);
    }

    Egress with(Egress.Limits limits, JobStore store) {
        return new Egress(
                new Platform(new Secret(platform::tokenDocument, clock), new HostGuard(Set.of("127.0.0.1")), clock),
                objects,
                store,
                new Retries(clock, clock::jump, () -> 0.5),
                "data",
                limits,
                clock,
                () -> UUID.randomUUID().toString());
    }

    /** The record of {@link #ID}. */
    public Job record() {
        return jobs.find(new JobId("egress", ID)).orElseThrow();
    }

    /** The stored output of a job. */
    public InMemoryObjectStreams.Written written(String id) {
        return requireNonNull(objects.objects().get("labels/" + id + ".json"), id);
    }

    @Override
    public void close() {
        platform.close();
    }
}
