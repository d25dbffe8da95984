package dev.wakebox.images.trainer;

import dev.wakebox.classifier.Encoder;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.S3ObjectStore;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.s3.S3Client;

/** The program that runs when the instance boots; its standard output is the console log. */
public final class Main {
    /** The seed of every run, so that two runs on the same rows can be compared. */
    private static final long SEED = 77;

    private Main() {}

    public static void main(String[] args) throws InterruptedException {
        var console = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        try {
            var userData = UserData.parse(lines(Path.of("user-data")));
            console.println("trainer: bucket " + userData.bucket());
            try (var encoder = Encoder.open();
                    var s3 = S3Client.builder()
                            .httpClient(UrlConnectionHttpClient.create())
                            .build()) {
                var objects = new S3ObjectStore(s3, userData.bucket());
                new TrainerBoot(
                                objects,
                                encoder,
                                Clock.systemUTC(),
                                Thread::sleep,
                                line -> console.println("trainer: " + line),
                                userData.fault(),
                                SEED)
                        .run();
            }
        } catch (WakeboxException e) {
            console.println("trainer: FAILED: " + e.getMessage());
            System.exit(1);
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new WakeboxException(
                    ErrorCode.INVALID_REQUEST,
                    "The user data cannot be read; expected the file " + file.toAbsolutePath() + ".",
                    e);
        }
    }
}
