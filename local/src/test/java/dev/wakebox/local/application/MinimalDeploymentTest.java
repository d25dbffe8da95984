package dev.wakebox.local.application;

import static dev.wakebox.local.application.RunningApplication.jobComplete;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The application deployed with the parameters of the training server only, as {@code sam deploy} without others does. */
class MinimalDeploymentTest {
    @Test
    void application_whenThereIsOnlyATrainingServer_isDeployedWithoutTheRest(@TempDir Path directory) {
        try (var app = RunningApplication.start(
                directory,
                Map.of(
                        "PlatformTokenArn",
                        "",
                        "PlatformTrustedHosts",
                        "",
                        "IngressAnalytics",
                        "",
                        "ProcessingInstanceId",
                        ""))) {
            assertThat(app.functions())
                    .contains("train")
                    .doesNotContain("webhook-egress", "ingress", "upload", "process-upload", "email", "excel");
            assertThat(app.status()).isEqualTo("sleeping");
            assertThat(app.post("/job-complete", jobComplete("a")).status()).isEqualTo(404);
            assertThat(app.post("/uploads", "{}").status()).isEqualTo(404);
            assertThat(app.sqs.listQueues().queueUrls()).noneMatch(url -> url.contains("EgressQueue"));
            var announcements = app.s3.getBucketNotificationConfiguration(request -> request.bucket(app.bucket));
            assertThat(announcements.queueConfigurations())
                    .noneMatch(queue -> queue.queueArn().matches(".*(Ingress|Upload|Mail)Queue.*"));
            assertThat(announcements.topicConfigurations()).isEmpty();
        }
    }
}
