package dev.wakebox.compute.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.compute.InstanceState;
import dev.wakebox.compute.execution.VolumeSize;
import dev.wakebox.compute.launch.Teardown.Step;
import dev.wakebox.runtime.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TeardownTest {
    private static final VolumeSize SIZE = new VolumeSize("gp3", 8);

    private static final String TERMINATE = "terminate";
    private static final String STOP = "stop";

    @ParameterizedTest
    @EnumSource(
            value = InstanceState.class,
            names = {"PENDING", "RUNNING", "STOPPING", "STOPPED"})
    void of_whenItEndsTerminated_terminatesOnceAndIsDone(InstanceState state) {
        assertThat(Teardown.plan(List.of(instance(state, TERMINATE, false)), List.of()))
                .isEqualTo(new Teardown(List.of(new Step.Terminate("i-1")), true));
    }

    @ParameterizedTest
    @EnumSource(
            value = InstanceState.class,
            names = {"SHUTTING_DOWN", "TERMINATED"})
    void of_whenGone_doesNothing(InstanceState state) {
        assertThat(Teardown.plan(List.of(instance(state, TERMINATE, false), instance(state, STOP, true)), List.of()))
                .isEqualTo(new Teardown(List.of(), true));
    }

    @Test
    void of_whenItEndsStopped_stopsThenReleases() {
        assertThat(Teardown.plan(List.of(instance(InstanceState.PENDING, STOP, false)), List.of()))
                .isEqualTo(new Teardown(List.of(), false));
        assertThat(Teardown.plan(List.of(instance(InstanceState.RUNNING, STOP, false)), List.of()))
                .isEqualTo(new Teardown(List.of(new Step.Stop("i-1")), false));
        assertThat(Teardown.plan(List.of(instance(InstanceState.STOPPING, STOP, false)), List.of()))
                .isEqualTo(new Teardown(List.of(new Step.Release("i-1")), true));
    }

    @Test
    void of_whenReleased_leavesItAloneWhateverItsState() {
        var released = new RunInstance(
                "i-1",
                InstanceState.RUNNING,
                Map.of(RunTags.END, STOP, RunTags.RELEASED, "true"),
                Optional.empty(),
                Optional.empty());

        assertThat(Teardown.plan(List.of(released), List.of())).isEqualTo(new Teardown(List.of(), true));
    }

    @Test
    void of_whenTagsAreMissing_terminates() {
        var bare = new RunInstance("i-1", InstanceState.RUNNING, Map.of(), Optional.empty(), Optional.empty());

        assertThat(Teardown.plan(List.of(bare), List.of()).steps()).containsExactly(new Step.Terminate("i-1"));
    }

    @Test
    void of_whenTheVolumeIsToGo_marksItBeforeItsInstanceForgetsIt() {
        var attached = new Volume("vol-1", "in-use", SIZE, Optional.of("i-1"), Map.of());

        assertThat(Teardown.plan(List.of(instance(InstanceState.RUNNING, TERMINATE, true)), List.of(attached)))
                .isEqualTo(new Teardown(List.of(new Step.MarkVolume("vol-1"), new Step.Terminate("i-1")), false));
    }

    @Test
    void of_whenTheVolumeStaysOnAnotherInstance_leavesItAlone() {
        assertThat(Teardown.plan(
                        List.of(instance(InstanceState.TERMINATED, TERMINATE, true)),
                        List.of(new Volume(
                                "vol-1",
                                "in-use",
                                SIZE,
                                Optional.of("i-other"),
                                Map.of(RunTags.DELETE_VOLUME, "true")))))
                .isEqualTo(new Teardown(List.of(), true));
    }

    @Test
    void of_whenAVolumeIsNotMarked_isNeverDeleted() {
        assertThat(Teardown.plan(
                        List.of(), List.of(new Volume("vol-2", "available", SIZE, Optional.empty(), Map.of()))))
                .isEqualTo(new Teardown(List.of(), true));
    }

    /** The instance ends as ordered in spite of failures, and its root volume is deleted only if that was ordered. */
    @RepeatedTest(200)
    void apply_whenCallsFailAtRandom_endsAllOfIt(RepetitionInfo repetition) {
        var random = new Random(repetition.getCurrentRepetition());
        boolean terminates = random.nextBoolean();
        boolean deletes = random.nextBoolean();
        boolean goesAlong = random.nextBoolean();
        var resources = new InMemoryRunResources();
        resources.launch(request(terminates, deletes, goesAlong));
        resources.fail(() -> random.nextInt(4) == 0, () -> random.nextInt(4) == 0);
        boolean done = false;
        for (int call = 0; call < 200 && !done; call++) {
            try {
                var teardown = Teardown.plan(resources.tagged("run", "1"), resources.volumesTagged("run", "1"));
                teardown.apply(resources);
                done = teardown.done();
            } catch (dev.wakebox.runtime.WakeboxException e) {
                assertThat(e.code()).isEqualTo(dev.wakebox.runtime.ErrorCode.UNAVAILABLE);
            }
            if (random.nextBoolean()) {
                resources.advance();
            }
        }
        resources.advance();

        assertThat(done).isTrue();
        assertThat(resources.all()).singleElement().satisfies(instance -> assertThat(instance.state())
                .isEqualTo(terminates ? InstanceState.TERMINATED : InstanceState.STOPPED));
        boolean volumeLeft = terminates ? !goesAlong && !deletes : !deletes;
        assertThat(resources.allVolumes()).hasSize(volumeLeft ? 1 : 0);
    }

    private static RunInstance instance(InstanceState state, String end, boolean deletesVolume) {
        var tags = new HashMap<>(Map.of(RunTags.END, end));
        if (deletesVolume) {
            tags.put(RunTags.DELETE_VOLUME, "true");
        }
        return new RunInstance(
                "i-1", state, tags, Optional.empty(), Optional.of(new RunInstance.RootVolume("vol-1", false)));
    }

    private static JsonObject request(boolean terminates, boolean deletes, boolean goesAlong) {
        var tags = new java.util.ArrayList<>(List.of(
                Map.of("Key", "run", "Value", "1"),
                Map.of("Key", RunTags.END, "Value", terminates ? TERMINATE : STOP)));
        if (deletes) {
            tags.add(Map.of("Key", RunTags.DELETE_VOLUME, "Value", "true"));
        }
        return JsonObject.of("ClientToken", "t")
                .with("BlockDeviceMappings", List.of(Map.of("Ebs", Map.of("DeleteOnTermination", goesAlong))))
                .with(
                        "TagSpecifications",
                        List.of(
                                Map.of("ResourceType", "instance", "Tags", tags),
                                Map.of("ResourceType", "volume", "Tags", List.of(Map.of("Key", "run", "Value", "1")))));
    }
}
