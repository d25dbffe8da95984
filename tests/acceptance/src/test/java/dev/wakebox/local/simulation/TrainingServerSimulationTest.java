package dev.wakebox.local.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.compute.InstanceState;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Plays a few thousand stories, the same ones each time, so that a failure is caused by a change. It prints its seed
 * and its story; {@code -Dsimulation.seed=…} plays others.
 */
class TrainingServerSimulationTest {
    private static final int STORIES = 2_000;
    private static final int STORIES_WITH_A_QUEUE = 1_000;
    private static final int PLACES = 3;

    @Test
    void trainingServer_whateverHappens_sleepsInTheEndAndNeverLosesALiveRun() {
        var facts = play(STORIES, 0);

        assertThat(facts)
                .as("every kind of trouble has come up")
                .containsOnlyKeys(Stream.of(World.Fact.values())
                        .filter(fact -> !World.OF_A_QUEUE.contains(fact))
                        .toArray(World.Fact[]::new));
    }

    @Test
    void trainingServer_withAQueue_beginsEachTrainingOnceInOrder_whateverHappens() {
        assertThat(play(STORIES_WITH_A_QUEUE, PLACES))
                .as("every kind of trouble has come up")
                .containsOnlyKeys(World.Fact.values());
    }

    private static ConcurrentMap<World.Fact, Integer> play(int stories, int places) {
        long first = Long.getLong("simulation.seed", 1);
        var facts = new ConcurrentSkipListMap<World.Fact, Integer>();

        LongStream.range(first, first + stories).parallel().forEach(seed -> {
            var world = new World(seed, facts, places);
            world.play();
            if (!world.violations().isEmpty()
                    || world.status().active()
                    || !world.waiting().isEmpty()
                    || world.instance() != InstanceState.STOPPED
                    || world.orderIsLeft()) {
                throw new AssertionError("seed " + seed + ": " + world.violations() + ", in the end "
                        + world.status().state().word() + " and "
                        + world.instance().awsName() + (world.orderIsLeft() ? " with an order" : "") + ", waiting: "
                        + world.waiting() + "\n" + world.story());
            }
        });

        System.out.println("Simulated " + stories + " stories from seed " + first + ": " + facts);
        return facts;
    }
}
