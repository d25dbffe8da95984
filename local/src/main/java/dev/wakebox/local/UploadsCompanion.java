package dev.wakebox.local;

import dev.wakebox.local.ec2.LocalCompute.StateChange;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The instance that processes uploads, unless the user names another one, and the addresses of its mails. With the
 * parameter {@code PageUrl} it is the instance that runs the original's page.
 */
final class UploadsCompanion implements Companion {
    private static final String INSTANCE = "ProcessingInstanceId";

    private final Context context;
    private final String page;
    private final SleepingInstance instance;

    UploadsCompanion(Context context) {
        this.context = context;
        this.page = context.parameters().getOrDefault("PageUrl", "");
        this.instance = new SleepingInstance(context.compute(), page.isEmpty() ? "processor" : "page-processor");
    }

    @Override
    public Map<String, String> parameters() {
        if (!context.needs(INSTANCE)) {
            return Map.of();
        }
        int port = MiniStack.freePort();
        String processor = "http://127.0.0.1:" + port;
        String userData = "BUCKET=" + context.dataBucket() + "\nPORT=" + port + "\nAPI=" + context.api() + "\n";
        var parameters = new HashMap<String, String>();
        if (page.isEmpty()) {
            parameters.put("ProcessorUrl", processor + "/process");
        } else {
            int second = MiniStack.freePort();
            userData += "SECOND_PORT=" + second + "\nPAGE=" + page + "\n";
            parameters.put("ProcessorUrl", processor + "/getHBEV");
            parameters.put("ProcessorDefaultMatrixUrl", processor + "/defaultHBEV");
            parameters.put("ProcessorReadyPorts", port + "," + second);
            parameters.put("ProcessorStartCommand", "\"$WAKEBOX_IMAGE_DIR/up\"");
        }
        parameters.put(INSTANCE, instance.launch(userData));
        parameters.put("MailFrom", "wakebox@example.org");
        parameters.put("MailContact", "help@example.org");
        return parameters;
    }

    @Override
    public void instanceChanged(StateChange change) {
        instance.changed(change);
    }

    @Override
    public Optional<String> awaitReady() {
        return instance.awaitAsleep().map(id -> "The processing instance " + id + " is stopped");
    }

    @Override
    public Map<String, String> facts() {
        return instance.id().map(id -> Map.of("processor", id)).orElse(Map.of());
    }
}
