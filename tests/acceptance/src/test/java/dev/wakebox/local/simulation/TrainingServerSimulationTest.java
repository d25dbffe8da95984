package dev.wakebox.local.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.compute.InstanceState;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Plays a few thousand stories, the same ones each time, so that a failure is caused by a change. It prints its seed
 * and its story; {@code -Dsimulation.seed=…} plays others.
 */
class TrainingServerSimulationTest {
    private static final int STORIES = 2_000;

    @Test
    void trainingServer_whateverHappens_sleepsInTheEndAndNeverLosesALiveRun() {
        long first = Long.getLong("simulation.seed", 1);
        var facts = new ConcurrentSkipListMap<World.Fact, Integer>();

        LongStream.range(first, first + STORIES).parallel().forEach(seed -> {
            var world = new World(seed, facts);
            world.play();
            if (!world.violations().isEmpty()
                    || world.status().active()
                    || world.instance() != InstanceState.STOPPED
                    || world.orderIsLeft()) {
                throw new AssertionError("seed " + seed + ": " + world.violations() + ", in the end "
                        + world.status().state().word() + " and "
                        + world.instance().awsName() + (world.orderIsLeft() ? " with an order" : "") + "\n"
                        + world.story());
            }
        });

        System.out.println("Simulated " + STORIES + " stories from seed " + first + ": " + facts);
        assertThat(facts).as("every kind of trouble has come up").containsOnlyKeys(World.Fact.values());
    }
}
