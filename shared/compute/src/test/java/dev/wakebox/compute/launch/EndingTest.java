package dev.wakebox.compute.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.compute.InstanceState;
import dev.wakebox.compute.launch.Ending.Step;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EndingTest {
    private static final String TERMINATE = "terminate";
    private static final String STOP = "stop";

    @ParameterizedTest
    @EnumSource(
            value = InstanceState.class,
            names = {"PENDING", "RUNNING", "STOPPING", "STOPPED"})
    void of_whenItEndsTerminated_terminatesOnceAndIsDone(InstanceState state) {
        assertThat(Ending.of(List.of(machine(state, TERMINATE, false)), List.of()))
                .isEqualTo(new Ending(List.of(new Step.Terminate("i-1")), true));
    }

    @ParameterizedTest
    @EnumSource(
            value = InstanceState.class,
            names = {"SHUTTING_DOWN", "TERMINATED"})
    void of_whenGone_doesNothing(InstanceState state) {
        assertThat(Ending.of(List.of(machine(state, TERMINATE, false), machine(state, STOP, true)), List.of()))
                .isEqualTo(new Ending(List.of(), true));
    }

    @Test
    void of_whenItEndsStopped_stopsThenReleases() {
        assertThat(Ending.of(List.of(machine(InstanceState.PENDING, STOP, false)), List.of()))
                .isEqualTo(new Ending(List.of(), false));
        assertThat(Ending.of(List.of(machine(InstanceState.RUNNING, STOP, false)), List.of()))
                .isEqualTo(new Ending(List.of(new Step.Stop("i-1")), false));
        assertThat(Ending.of(List.of(machine(InstanceState.STOPPING, STOP, false)), List.of()))
                .isEqualTo(new Ending(List.of(new Step.Release("i-1")), true));
    }

    @Test
    void of_whenReleased_leavesItAloneWhateverItsState() {
        var released = new Machine(
                "i-1",
                InstanceState.RUNNING,
                Map.of(RunTags.END, STOP, RunTags.RELEASED, "true"),
                Optional.empty(),
                Optional.empty());

        assertThat(Ending.of(List.of(released), List.of())).isEqualTo(new Ending(List.of(), true));
    }

    @Test
    void of_whenTagsAreMissing_terminates() {
        var bare = new Machine("i-1", InstanceState.RUNNING, Map.of(), Optional.empty(), Optional.empty());

        assertThat(Ending.of(List.of(bare), List.of()).steps()).containsExactly(new Step.Terminate("i-1"));
    }

    @Test
    void of_whenTheVolumeIsToGo_marksItBeforeItsInstanceForgetsIt() {
        var attached = new Volume("vol-1", "in-use", Optional.of("i-1"), Map.of());

        assertThat(Ending.of(List.of(machine(InstanceState.RUNNING, TERMINATE, true)), List.of(attached)))
                .isEqualTo(new Ending(List.of(new Step.MarkVolume("vol-1"), new Step.Terminate("i-1")), false));
    }

    @Test
    void of_whenTheVolumeStaysOnAnotherInstance_leavesItAlone() {
        assertThat(Ending.of(
                        List.of(machine(InstanceState.TERMINATED, TERMINATE, true)),
                        List.of(new Volume(
                                "vol-1", "in-use", Optional.of("i-other"), Map.of(RunTags.DELETE_VOLUME, "true")))))
                .isEqualTo(new Ending(List.of(), true));
    }

    @Test
    void of_whenAVolumeIsNotMarked_isNeverDeleted() {
        assertThat(Ending.of(List.of(), List.of(new Volume("vol-2", "available", Optional.empty(), Map.of()))))
                .isEqualTo(new Ending(List.of(), true));
    }

    /** Whatever fails in between: the instance ends as it should, its root volume goes only where it should. */
    @RepeatedTest(200)
    void carryOut_whenCallsFailAtRandom_endsAllOfIt(RepetitionInfo repetition) {
        var random = new Random(repetition.getCurrentRepetition());
        boolean terminates = random.nextBoolean();
        boolean deletes = random.nextBoolean();
        boolean goesAlong = random.nextBoolean();
        var machines = new InMemoryMachines();
        machines.launch(request(terminates, deletes, goesAlong));
        machines.fail(() -> random.nextInt(4) == 0, () -> random.nextInt(4) == 0);
        boolean done = false;
        for (int call = 0; call < 200 && !done; call++) {
            try {
                var ending = Ending.of(machines.tagged("run", "1"), machines.volumesTagged("run", "1"));
                ending.carryOut(machines);
                done = ending.done();
            } catch (dev.wakebox.runtime.WakeboxException e) {
                assertThat(e.code()).isEqualTo(dev.wakebox.runtime.ErrorCode.UNAVAILABLE);
            }
            if (random.nextBoolean()) {
                machines.advance();
            }
        }
        machines.advance();

        assertThat(done).isTrue();
        assertThat(machines.all()).singleElement().satisfies(machine -> assertThat(machine.state())
                .isEqualTo(terminates ? InstanceState.TERMINATED : InstanceState.STOPPED));
        boolean volumeLeft = terminates ? !goesAlong && !deletes : !deletes;
        assertThat(machines.allVolumes()).hasSize(volumeLeft ? 1 : 0);
    }

    private static Machine machine(InstanceState state, String end, boolean deletesVolume) {
        var tags = new HashMap<>(Map.of(RunTags.END, end));
        if (deletesVolume) {
            tags.put(RunTags.DELETE_VOLUME, "true");
        }
        return new Machine("i-1", state, tags, Optional.empty(), Optional.of(new Machine.RootVolume("vol-1", false)));
    }

    private static Map<String, @Nullable Object> request(boolean terminates, boolean deletes, boolean goesAlong) {
        var tags = new java.util.ArrayList<>(List.of(
                Map.of("Key", "run", "Value", "1"),
                Map.of("Key", RunTags.END, "Value", terminates ? TERMINATE : STOP)));
        if (deletes) {
            tags.add(Map.of("Key", RunTags.DELETE_VOLUME, "Value", "true"));
        }
        return Map.of(
                "ClientToken",
                "t",
                "BlockDeviceMappings",
                List.of(Map.of("Ebs", Map.of("DeleteOnTermination", goesAlong))),
                "TagSpecifications",
                List.of(
                        Map.of("ResourceType", "instance", "Tags", tags),
                        Map.of("ResourceType", "volume", "Tags", List.of(Map.of("Key", "run", "Value", "1")))));
    }
}
