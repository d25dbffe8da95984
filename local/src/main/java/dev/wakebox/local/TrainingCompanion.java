package dev.wakebox.local;

import dev.wakebox.local.ec2.LocalCompute.StateChange;
import java.util.Map;
import java.util.Optional;

/** The training server's instance, unless the user names another one. */
final class TrainingCompanion implements Companion {
    private static final String INSTANCE = "TrainingInstanceId";

    private final Context context;
    private final SleepingInstance instance;

    TrainingCompanion(Context context) {
        this.context = context;
        this.instance = new SleepingInstance(context.compute(), "trainer");
    }

    @Override
    public Map<String, String> parameters() {
        return context.needs(INSTANCE)
                ? Map.of(INSTANCE, instance.launch("BUCKET=" + context.dataBucket() + "\n"))
                : Map.of();
    }

    @Override
    public void instanceChanged(StateChange change) {
        instance.changed(change);
    }

    @Override
    public Optional<String> awaitReady() {
        return instance.awaitAsleep().map(id -> "The training instance " + id + " is stopped");
    }

    @Override
    public Map<String, String> facts() {
        return instance.id().map(id -> Map.of("instance", id)).orElse(Map.of());
    }
}
