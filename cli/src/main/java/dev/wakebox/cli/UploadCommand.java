package dev.wakebox.cli;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "upload",
        description = {
            "Uploads a file to be processed, and waits until it is done. The exit code is 1 if its processing failed.",
            "The owner gets a mail, as after an upload from a page (docs/uploads.md)."
        })
final class UploadCommand extends ApiCommand {
    @Parameters(
            paramLabel = "FILE",
            description = "A video: .mp4, .mov, .avi, .mkv or .webm, at most UploadSizeLimit (300 MB).")
    String file = "";

    @Option(
            names = "--email",
            paramLabel = "ADDRESS",
            required = true,
            description = "The address of the file's owner.")
    String email = "";

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "The owner's name in the mail. Default: the address up to its @.")
    @Nullable
    String name;

    @Option(names = "--language", paramLabel = "en|es", description = "The language of the mail. Default: the stack's.")
    @Nullable
    String language;

    @Option(names = "--no-wait", description = "Only upload the file.")
    boolean uploadOnly;

    private Path path = Path.of("");
    private long bytes;

    UploadCommand(Context context) {
        super(context);
    }

    @Override
    void prepare() throws IOException {
        path = context.directory().resolve(file);
        if (!Files.isRegularFile(path)) {
            throw new WakeboxException(
                    ErrorCode.INVALID_REQUEST,
                    Files.isDirectory(path) ? path + " is a directory." : "there is no file " + path + ".");
        }
        bytes = Files.size(path);
        if (bytes == 0) {
            throw new WakeboxException(ErrorCode.INVALID_REQUEST, path + " is empty.");
        }
    }

    @Override
    int run(Target stack, StackApi api) throws IOException, InterruptedException {
        Terminal terminal = terminal();
        var timeline = new Timeline(out(), context.clock());
        JsonObject announced = api.post("/uploads", announcement());
        String id = announced.text("id");
        try (InputStream content = new ProgressStream(
                Files.newInputStream(path),
                sent -> terminal.progress(Terminal.bar((double) sent / bytes) + "  " + megabytes(sent)))) {
            api.put(announced, content, bytes);
        } finally {
            terminal.clear();
        }
        if (!asJson) {
            timeline.add("Uploaded " + path.getFileName() + " (" + megabytes(bytes) + ") as " + id);
        }
        JobFollower.Poll<JsonObject> poll = () -> api.get("/uploads/" + id);
        JsonObject upload = uploadOnly
                ? poll.poll()
                : new JobFollower<JsonObject>(terminal, timeline, asJson)
                        .follow(
                                poll,
                                now -> now.text("state"),
                                now -> Terminal.bar(progress(now)) + "  " + now.text("state"),
                                now -> List.of("DONE", "FAILED").contains(now.text("state")));
        end(upload);
        return upload.text("state").equals("FAILED") ? JOB_FAILED : SUCCEEDED;
    }

    private JsonObject announcement() {
        return JsonObject.of("filename", path.getFileName().toString())
                .with("email", email)
                .with("name", name == null ? email.replaceAll("@.*", "") : name)
                .with("contentLength", bytes)
                .withPresent("language", Optional.ofNullable(language));
    }

    private void end(JsonObject upload) {
        if (asJson) {
            print(upload);
            return;
        }
        upload.optionalText("reason").ifPresent(out()::println);
        upload.object("links").forEach((kind, url) -> out().printf("%-10s  %s%n", kind, url));
    }

    private static double progress(JsonObject upload) {
        Number percent = upload.number("progress");
        return percent == null ? 0 : percent.doubleValue() / 100;
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }
}
