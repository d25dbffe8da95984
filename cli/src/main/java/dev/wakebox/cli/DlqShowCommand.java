package dev.wakebox.cli;

import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;

@Command(
        name = "show",
        description = {
            "Shows messages of a dead-letter queue, which stay there. Others can receive them five seconds later.",
            "A token in a message is left out."
        })
final class DlqShowCommand extends StackCommand {
    private static final int MOST_PER_CALL = 10;
    private static final int HIDDEN_SECONDS = 5;

    /** The header of a caller that a training's message carries. */
    private static final Pattern TOKEN = Pattern.compile("(?i)(\"authorization\"\\s*:\\s*\")[^\"]*\"");

    @Parameters(paramLabel = "QUEUE", description = "The queue, such as Upload or UploadDeadLetterQueue.")
    String queue = "";

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "10",
            description = "At most so many. Default: ${DEFAULT-VALUE}.")
    int limit;

    DlqShowCommand(Context context) {
        super(context);
    }

    @Override
    void prepare() {
        requirePositive("--limit", limit);
    }

    /**
     * A message, as {@code --json} prints it.
     *
     * @param received how often it was received
     * @param attributes its own attributes, such as Lambda's ErrorMessage
     */
    private record Shown(String id, Instant sent, int received, Map<String, String> attributes, String body) {}

    @Override
    int run(Target stack) {
        DeadLetterQueue from = DeadLetterQueue.named(stack, queue);
        Set<String> shown = new HashSet<>();
        try (SqsClient sqs = stack.sqs()) {
            boolean more = true;
            while (more && shown.size() < limit) {
                more = false;
                int most = Math.min(MOST_PER_CALL, limit - shown.size());
                for (Message message : sqs.receiveMessage(request -> request.queueUrl(from.url())
                                .maxNumberOfMessages(most)
                                .visibilityTimeout(HIDDEN_SECONDS)
                                .waitTimeSeconds(1)
                                .messageSystemAttributeNames(MessageSystemAttributeName.ALL)
                                .messageAttributeNames("All"))
                        .messages()) {
                    if (shown.add(message.messageId())) {
                        more = true;
                        print(message);
                    }
                }
            }
        }
        if (shown.isEmpty() && !asJson) {
            out().println("There is no message in " + from.name() + ".");
        }
        return SUCCEEDED;
    }

    private void print(Message message) {
        var attributes = new TreeMap<String, String>();
        message.messageAttributes().forEach((name, value) -> attributes.put(name, value.stringValue()));
        var shown = new Shown(
                message.messageId(),
                Instant.ofEpochMilli(Long.parseLong(attribute(message, MessageSystemAttributeName.SENT_TIMESTAMP))),
                Integer.parseInt(attribute(message, MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT)),
                attributes,
                TOKEN.matcher(message.body()).replaceAll("$1…\""));
        if (asJson) {
            print((Object) shown);
            return;
        }
        out().printf("%s  sent %s, received %d times%n", shown.id, shown.sent, shown.received);
        shown.attributes.forEach((name, value) -> out().printf("    %s: %s%n", name, value));
        out().printf("    %s%n", shown.body);
    }

    private static String attribute(Message message, MessageSystemAttributeName name) {
        return message.attributes().getOrDefault(name, "0");
    }
}
