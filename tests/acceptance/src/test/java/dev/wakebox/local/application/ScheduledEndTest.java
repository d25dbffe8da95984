package dev.wakebox.local.application;

import static dev.wakebox.local.application.RunningApplication.A_WHILE;
import static dev.wakebox.local.application.RunningApplication.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.cloudformation.CloudFormationClient;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.scheduler.SchedulerClient;
import software.amazon.awssdk.services.scheduler.model.ActionAfterCompletion;
import software.amazon.awssdk.services.scheduler.model.GetScheduleResponse;
import software.amazon.awssdk.services.scheduler.model.ResourceNotFoundException;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;

/** Every instance of a run ends, even if everything that should end it is gone. The last test deletes the stack. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ScheduledEndTest {
    @TempDir
    static Path directory;

    static RunningApplication app;
    static SchedulerClient scheduler;

    @BeforeAll
    static void start() {
        app = RunningApplication.startWithOnly("Runs", directory.resolve("run"), Map.of());
        scheduler = app.client(SchedulerClient.builder());
    }

    @AfterAll
    static void stop() {
        app.close();
    }

    @Test
    @Order(1)
    void run_whileItsInstanceLives_hasAScheduleThatEndsItAtItsExpiry() {
        String execution = app.startExecution("scheduled", document(true, "sleep 600"));
        Instance instance = launched(execution);
        await("the end is scheduled", A_WHILE, () -> isScheduled(instance));

        GetScheduleResponse schedule = schedule(instance);
        assertThat(schedule.scheduleExpression())
                .isEqualTo("at(" + tag(instance, "wakebox:expires-at").replace("Z", "") + ")");
        assertThat(schedule.target().arn()).isEqualTo("arn:aws:scheduler:::aws-sdk:ec2:terminateInstances");
        assertThat(schedule.target().input()).isEqualTo("{\"InstanceIds\":[\"" + instance.instanceId() + "\"]}");
        assertThat(schedule.actionAfterCompletion()).isEqualTo(ActionAfterCompletion.DELETE);

        app.stepFunctions.stopExecution(request -> request.executionArn(execution));
        await("the instance is gone", A_WHILE, () -> state(instance).equals("terminated"));
    }

    @Test
    @Order(2)
    void run_whenItHasEnded_leavesNoSchedule() {
        String execution = app.startExecution("brief", document(true, "true"));
        Instance instance = launched(execution);

        assertThat(app.awaitEnd(execution, A_WHILE).status()).isEqualTo(ExecutionStatus.SUCCEEDED);

        assertThat(app.statesEntered(execution))
                .extracting(state -> state.name())
                .contains("ScheduleEnd", "UnscheduleEnd");
        assertThat(isScheduled(instance)).isFalse();
    }

    @Test
    @Order(3)
    void schedule_whenItsInstanceWasKeptForItsOwner_doesNotStopIt() {
        String execution = app.startExecution("kept", document(false, "sleep 600"));
        Instance instance = launched(execution);
        await("the end is scheduled", A_WHILE, () -> isScheduled(instance));
        assertThat(schedule(instance).target().arn()).endsWith(":stopInstances");
        await("it is running, because a pending one cannot be stopped", A_WHILE, () -> state(instance)
                .equals("running"));
        app.stepFunctions.stopExecution(request -> request.executionArn(execution));
        await("it has stopped", A_WHILE, () -> state(instance).equals("stopped"));
        await("it is released", A_WHILE, () -> {
            markAsOrphan(instance, Instant.now().minus(Duration.ofMinutes(3))); // the reaper waits for two
            app.sweep();
            return isReleased(instance);
        });
        app.ec2.startInstances(request -> request.instanceIds(instance.instanceId()));
        await("its owner has started it", A_WHILE, () -> state(instance).equals("running"));

        endNow(instance);
        await("the schedule has ended", A_WHILE, () -> !isScheduled(instance));

        assertThat(state(instance)).isEqualTo("running");
        app.ec2.terminateInstances(request -> request.instanceIds(instance.instanceId()));
    }

    @Test
    @Order(4)
    void instance_whenItsRunFailedAndItIsKept_staysForALookAndIsEndedByItsSchedule() {
        String execution = app.startExecution(
                "kept-for-a-look",
                RunningApplication.runDocument(
                        Map.of("ii_terminate_instance", false, "timeout_s", 900, "keep_on_failure_min", 30), "exit 3"));
        Instance instance = launched(execution);

        var end = app.awaitEnd(execution, A_WHILE);
        app.sweep();
        app.sweep();

        String until = tag(described(instance), "wakebox:expires-at");
        assertThat(end.error()).isEqualTo("COMMAND_FAILED");
        assertThat(end.cause())
                .contains("exit code 3", "The instance " + instance.instanceId() + " stays until " + until);
        assertThat(Instant.parse(until))
                .isBetween(end.stopDate().plusSeconds(25 * 60), end.stopDate().plusSeconds(30 * 60));
        assertThat(schedule(instance).scheduleExpression()).isEqualTo("at(" + until.replace("Z", "") + ")");
        assertThat(state(instance)).isEqualTo("running");
        assertThat(described(instance).tags()).extracting(Tag::key).doesNotContain("wakebox:orphan-since");

        endNow(instance);
        await("the schedule has ended the instance", A_WHILE, () -> state(instance)
                .equals("stopped"));
    }

    /** No function, state machine or reaper is left: only the schedule and its role are. */
    @Test
    @Order(5)
    void run_whenItsStackIsDeletedInTheMiddle_endsOnTime() {
        String execution = app.startExecution("deleted", document(true, "sleep 600"));
        Instance instance = launched(execution);
        await("the end is scheduled", A_WHILE, () -> isScheduled(instance));
        await("the commands run", A_WHILE, () -> !app.ssm
                .listCommands(request -> request.instanceId(instance.instanceId()))
                .commands()
                .isEmpty());

        deleteStack();
        assertThat(app.lambda.listFunctions().functions()).isEmpty();
        assertThat(app.stepFunctions.listStateMachines(request -> {}).stateMachines())
                .isEmpty();
        assertThat(state(instance)).isEqualTo("running");
        endNow(instance);

        await("the instance is gone", A_WHILE, () -> state(instance).equals("terminated"));
        await("the schedule is gone, too", A_WHILE, () -> !isScheduled(instance));
    }

    private static Map<String, Object> document(boolean terminate, String command) {
        return RunningApplication.runDocument(Map.of("ii_terminate_instance", terminate, "timeout_s", 900), command);
    }

    private static Instance launched(String execution) {
        await("the instance is launched", A_WHILE, () -> !app.instancesOf(execution)
                .isEmpty());
        return app.instancesOf(execution).getFirst();
    }

    private static void deleteStack() {
        try (CloudFormationClient cloudFormation = app.client(CloudFormationClient.builder())) {
            app.s3.listObjectVersionsPaginator(request -> request.bucket(app.bucket)).versions().stream()
                    .forEach(version -> app.s3.deleteObject(request ->
                            request.bucket(app.bucket).key(version.key()).versionId(version.versionId())));
            cloudFormation.deleteStack(request -> request.stackName("wakebox"));
            await(
                    "the stack is deleted",
                    A_WHILE,
                    () -> app.lambda.listFunctions().functions().isEmpty());
        }
    }

    /** Moves the time of the schedule to now. */
    private static void endNow(Instance instance) {
        GetScheduleResponse schedule = schedule(instance);
        String now = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss")
                .withZone(ZoneOffset.UTC)
                .format(Instant.now());
        scheduler.updateSchedule(request -> request.name(schedule.name())
                .scheduleExpression("at(" + now + ")")
                .flexibleTimeWindow(schedule.flexibleTimeWindow())
                .actionAfterCompletion(schedule.actionAfterCompletion())
                .target(schedule.target()));
    }

    private static GetScheduleResponse schedule(Instance instance) {
        return scheduler.getSchedule(request -> request.name("wakebox-" + instance.instanceId()));
    }

    private static boolean isScheduled(Instance instance) {
        try {
            schedule(instance);
            return true;
        } catch (ResourceNotFoundException e) {
            return false;
        }
    }

    private static void markAsOrphan(Instance instance, Instant since) {
        app.ec2.createTags(request -> request.resources(instance.instanceId())
                .tags(Tag.builder()
                        .key("wakebox:orphan-since")
                        .value(since.toString())
                        .build()));
    }

    private static boolean isReleased(Instance instance) {
        return described(instance).tags().stream().anyMatch(tag -> tag.key().equals("wakebox:released"));
    }

    private static String state(Instance instance) {
        return described(instance).state().nameAsString();
    }

    private static Instance described(Instance instance) {
        return app.ec2
                .describeInstances(request -> request.instanceIds(instance.instanceId()))
                .reservations()
                .getFirst()
                .instances()
                .getFirst();
    }

    private static String tag(Instance instance, String key) {
        return instance.tags().stream()
                .filter(tag -> tag.key().equals(key))
                .map(Tag::value)
                .findFirst()
                .orElseThrow();
    }
}
