package dev.wakebox.images.processor;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * The program that runs when the instance boots; its standard output is the console log. With the argument {@code page}
 * it is the API of an instance for a web page.
 */
public final class Main {
    private Main() {}

    public static void main(String[] args) throws InterruptedException {
        var console = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        try {
            var userData = ProcessorUserData.read(Path.of("user-data"));
            Instant ready = Clock.systemUTC().instant().plusSeconds(userData.startSeconds());
            var s3 = S3Client.builder()
                    .httpClient(UrlConnectionHttpClient.create())
                    .forcePathStyle(true)
                    .build();
            Consumer<String> lines = line -> console.println("processor: " + line);
            if (args.length == 1 && args[0].equals("page")) {
                var processing = new FileProcessing(s3, new ProgressReports("", userData.page(), lines), lines);
                try (var api = new PageApi(userData, processing::process, s3)) {
                    console.println("processor: the page's API listens on port " + api.port());
                    new CountDownLatch(1).await();
                }
            }
            var processing = new FileProcessing(s3, new ProgressReports(userData.api(), "", lines), lines);
            try (var api =
                    new Api(userData.port(), () -> !Clock.systemUTC().instant().isBefore(ready), processing::process)) {
                console.println("processor: the processing API listens on port " + api.port());
                new CountDownLatch(1).await();
            }
        } catch (IOException e) {
            console.println("processor: FAILED: " + e.getMessage());
            System.exit(1);
        }
    }
}
