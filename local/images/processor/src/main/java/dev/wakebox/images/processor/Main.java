package dev.wakebox.images.processor;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.s3.S3Client;

/** What the box does at boot; its standard output is the console log. */
public final class Main {
    private Main() {}

    public static void main(String[] args) throws InterruptedException {
        var console = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        try {
            var userData = UserData.read(Path.of("user-data"));
            Instant ready = Clock.systemUTC().instant().plusSeconds(userData.startSeconds());
            var s3 = S3Client.builder()
                    .httpClient(UrlConnectionHttpClient.create())
                    .forcePathStyle(true)
                    .build();
            var box = new Box(s3, userData.api(), line -> console.println("processor: " + line));
            try (var api =
                    new Api(userData.port(), () -> !Clock.systemUTC().instant().isBefore(ready), box::process)) {
                console.println("processor: the processing API listens on port " + api.port());
                new CountDownLatch(1).await();
            }
        } catch (IOException e) {
            console.println("processor: FAILED: " + e.getMessage());
            System.exit(1);
        }
    }
}
