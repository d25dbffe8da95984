package dev.wakebox.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.WakeboxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.cloudformation.model.StackResourceSummary;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.InvokeRequest;
import software.amazon.awssdk.services.lambda.model.InvokeResponse;

@Command(
        name = "invoke",
        description = {
            "Sends an event to a function and prints its result. The exit code is 1 if the function failed.",
            "The function does what the event says, for anyone whom the event names: the policies of the stack do not allow it."
        })
final class InvokeCommand extends StackCommand {
    /** Lambda's limit for the event of a synchronous invocation. */
    private static final int MOST_EVENT_BYTES = 6 * 1024 * 1024;

    private static final String OF_EMULATOR = "Proxy target returned HTTP 500: ";

    @Parameters(paramLabel = "FUNCTION", description = "The function: train, TrainFunction or <stack>-train.")
    String function = "";

    @Option(
            names = {"-e", "--event"},
            paramLabel = "FILE",
            required = true,
            description = "A file with the event, such as events/status-get.json.")
    String event = "";

    private byte[] payload = new byte[0];

    InvokeCommand(Context context) {
        super(context);
    }

    @Override
    void prepare() throws IOException {
        Path file = context.directory().resolve(event);
        if (!Files.isRegularFile(file)) {
            throw new WakeboxException(
                    ErrorCode.INVALID_REQUEST,
                    Files.isDirectory(file) ? file + " is a directory." : "there is no file " + file + ".");
        }
        payload = JsonFile.read(file, MOST_EVENT_BYTES);
    }

    @Override
    int run(Target stack) {
        try (LambdaClient lambda = stack.lambda()) {
            InvokeResponse answer = lambda.invoke(request(stack));
            out().println(result(answer.payload().asUtf8String()));
            return answer.functionError() == null ? SUCCEEDED : JOB_FAILED;
        }
    }

    /** An invocation as the stack's own events make it: of the published version, where the function has one. */
    private InvokeRequest request(Target stack) {
        StackResourceSummary named = named(stack);
        boolean published = stack.resources("AWS::Lambda::Alias").stream()
                .anyMatch(alias -> alias.logicalResourceId().equals(named.logicalResourceId() + "Aliaslive"));
        return InvokeRequest.builder()
                .functionName(named.physicalResourceId())
                .qualifier(published ? "live" : null)
                .payload(SdkBytes.fromByteArray(payload))
                .build();
    }

    private StackResourceSummary named(Target stack) {
        List<StackResourceSummary> functions = stack.resources("AWS::Lambda::Function");
        return functions.stream()
                .filter(each -> List.of(each.logicalResourceId(), each.physicalResourceId())
                                .contains(function)
                        || each.physicalResourceId().equals(stack.stack() + "-" + function))
                .findFirst()
                .orElseThrow(() -> new WakeboxException(
                        ErrorCode.NOT_FOUND,
                        "the stack has no function \"" + function + "\"; there are: "
                                + functions.stream()
                                        .map(each -> each.physicalResourceId().replaceFirst(stack.stack() + "-", ""))
                                        .collect(Collectors.joining(" "))
                                + "."));
    }

    /** The function's result; the local application's emulator wraps a function's error into its own. */
    private static String result(String payload) {
        if (!payload.contains(OF_EMULATOR) || !payload.startsWith("{\"errorMessage\":")) {
            return payload;
        }
        String message = Json.object(payload.getBytes(UTF_8)).text("errorMessage");
        return message.substring(message.indexOf('{'));
    }
}
