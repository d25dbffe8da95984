package dev.wakebox.local.application;

import static dev.wakebox.local.application.RunningApplication.A_WHILE;
import static dev.wakebox.local.application.RunningApplication.await;
import static dev.wakebox.local.application.RunningApplication.jobComplete;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.runtime.Json;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.iam.IamClient;

/** Each capability works when it is deployed alone; {@link RunsAloneTest} tests runs. */
class DeployedPartsTest {
    static final Map<String, String> OFF = Map.of(
            "Console", "false",
            "Runs", "false",
            "Classifier", "false",
            "TrainingInstanceId", "",
            "ProcessingInstanceId", "",
            "PlatformTokenArn", "",
            "PlatformTrustedHosts", "",
            "IngressAnalytics", "");

    private static final String ROLE_PATH = "/teams/vision/";

    private static final Map<String, String> ROUTES = Map.of(
            "status", "/status",
            "upload", "/uploads/1",
            "classifier-predict", "/classifier/questions");

    @TempDir
    Path directory;

    @Test
    void trainingServer_whenAlone_claimsAndIsSwept() {
        try (var app = alone("TrainingInstanceId")) {
            assertThat(app.functions()).containsExactlyInAnyOrder("reaper", "start", "status", "stop", "train");
            assertThat(app.status()).isEqualTo("sleeping");
            assertThat(app.post("/train", "{}").status()).isEqualTo(400);
            assertThat(app.sweep()).containsEntry("action", "nothing").doesNotContainKey("orphans_found");
            onlyItsRoutes(app);
        }
    }

    @Test
    void uploads_whenAlone_takeAFile() {
        try (var app = alone("ProcessingInstanceId")) {
            assertThat(app.functions()).containsExactlyInAnyOrder("email", "excel", "process-upload", "upload");
            var request = Map.of("filename", "junction-4.mp4", "email", "ana@example.org", "name", "Ana");
            var announced = app.post("/uploads", Json.string(request), "content-type", "application/json");
            assertThat(announced.status()).isEqualTo(201);
            app.put("videos/" + announced.text("id") + ".mp4", "");
            await("the empty file failed", A_WHILE, () -> app.get("/uploads/" + announced.text("id"))
                    .text("state")
                    .equals("FAILED"));
            onlyItsRoutes(app);
        }
    }

    @Test
    void platform_whenAlone_hasItsOutputsStored() {
        try (var app = alone("PlatformTokenArn", "PlatformTrustedHosts", "IngressAnalytics")) {
            assertThat(app.functions()).containsExactlyInAnyOrder("webhook-egress", "egress-worker", "ingress");
            String id = app.order("bytes=10");
            assertThat(app.post("/job-complete", jobComplete(id)).status()).isEqualTo(200);
            assertThat(app.object("labels/" + id + ".json")).isPresent();
            assertThat(app.post("/job-complete", jobComplete(id)).text("duplicate"))
                    .isEqualTo("true");
            onlyItsRoutes(app);
        }
    }

    @Test
    void classifier_whenAlone_answers() {
        try (var app = alone("Classifier")) {
            assertThat(app.functions()).hasSize(7).contains("authorizer", "classifier-predict", "classifier-train");
            String token = "Bearer " + app.fact("token");
            assertThat(app.get("/classifier/ping", "authorization", token).status())
                    .isEqualTo(200);
            assertThat(app.get("/classifier/ping").status()).isEqualTo(401);
            onlyItsRoutes(app);
        }
    }

    /** The application with the local values of these parameters only. */
    private RunningApplication alone(String... parameters) {
        var others = new HashMap<>(OFF);
        List.of(parameters).forEach(others::remove);
        others.put("RolePath", ROLE_PATH);
        return RunningApplication.start(directory, others);
    }

    private static void onlyItsRoutes(RunningApplication app) {
        try (var iam = app.client(IamClient.builder())) {
            assertThat(iam.listRolesPaginator(request -> request.pathPrefix(ROLE_PATH))
                            .roles())
                    .as("roles of the functions with the path of the stack")
                    .hasSize(app.functions().size());
        }
        ROUTES.forEach((function, path) -> {
            if (!app.functions().contains(function)) {
                assertThat(app.get(path).status()).as(path).isEqualTo(404);
            }
        });
        if (!app.functions().contains("webhook-egress")) {
            assertThat(app.post("/job-complete", jobComplete("a")).status()).isEqualTo(404);
        }
    }
}
