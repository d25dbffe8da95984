package dev.wakebox.functions.operations;

import static java.util.Objects.requireNonNull;

import dev.wakebox.deadletters.DeadLetter;
import dev.wakebox.deadletters.DeadLetterQueue;
import dev.wakebox.jobs.JobStore;
import dev.wakebox.runs.RunsCaller;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.HttpRequest;
import dev.wakebox.runtime.HttpResponse;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.SnakeCase;
import dev.wakebox.runtime.WakeboxException;
import java.util.List;
import java.util.Optional;

/** Answers the requests of operators: reads the request, asks the class that decides, and writes the answer. Thread-safe. */
final class OperationsRoutes {
    private static final int MOST_BODY_BYTES = 1_024;

    private record Queues(List<DeadLetterQueue.Count> queues) {}

    private record Messages(String queue, List<DeadLetter> messages) {}

    @SnakeCase
    private record Redriven(String queue, boolean started) {}

    private record Jobs(List<JobHistories.History> jobs) {}

    private record Models(List<PastModels.Model> models) {}

    /**
     * The sources of the answers. What the stack doesn't have is empty.
     *
     * @param requireAuth whether the overview needs a token
     */
    record Sources(
            boolean requireAuth,
            OverviewReader overview,
            StackDeadLetters deadLetters,
            Optional<JobStore> jobs,
            Optional<ReaperLog> reaper,
            Optional<PastModels> models) {}

    private final Sources sources;

    OperationsRoutes(Sources sources) {
        this.sources = requireNonNull(sources, "sources is null");
    }

    /** @throws WakeboxException for a refusal */
    HttpResponse answer(HttpRequest request) {
        String[] path = request.path().substring(1).split("/", -1);
        return switch (path[0]) {
            case "overview" -> overview(request);
            case "models" -> models(request);
            case "operations" -> operations(request, path);
            default -> throw missing(request);
        };
    }

    private HttpResponse overview(HttpRequest request) {
        boolean visitor = !sources.requireAuth() && request.header("authorization") == null;
        Optional<RunsCaller> caller = visitor ? Optional.empty() : Optional.of(RunsCaller.of(request, false));
        return HttpResponse.unlessKnown(request, Json.string(sources.overview().read(caller)));
    }

    private HttpResponse models(HttpRequest request) {
        PastModels models = sources.models().orElseThrow(() -> missing(request));
        return HttpResponse.unlessKnown(request, Json.string(new Models(models.all())));
    }

    private HttpResponse operations(HttpRequest request, String[] path) {
        var caller = RunsCaller.of(request, false);
        caller.requireOperator();
        String queue = path.length > 2 ? path[2] : "";
        String route = request.method() + " " + path[1] + (path.length > 2 ? "/*" : "")
                + (path.length > 3 ? "/" + path[3] : "");
        return switch (route) {
            case "GET dead-letters" ->
                HttpResponse.unlessKnown(
                        request, Json.string(new Queues(sources.deadLetters().counts())));
            case "GET dead-letters/*" ->
                HttpResponse.unlessKnown(
                        request, Json.string(sources.deadLetters().details(queue)));
            case "GET dead-letters/*/messages" ->
                HttpResponse.ok(new Messages(queue, sources.deadLetters().messages(queue)));
            case "POST dead-letters/*/redrive" -> redrive(request, caller, queue);
            case "GET jobs" -> {
                String id = request.queryParameters().getOrDefault("id", "");
                yield HttpResponse.ok(new Jobs(JobHistories.of(sources.jobs()).find(id)));
            }
            case "GET reaper" -> {
                ReaperLog reaper = sources.reaper()
                        .orElseThrow(() -> new WakeboxException(
                                ErrorCode.NOT_FOUND,
                                "The stack has no reaper: it has neither runs nor a training server."));
                yield HttpResponse.unlessKnown(request, Json.string(reaper.read()));
            }
            default -> throw missing(request);
        };
    }

    private HttpResponse redrive(HttpRequest request, RunsCaller caller, String queue) {
        byte[] body = request.plainBody(MOST_BODY_BYTES);
        JsonObject order = body.length == 0 ? JsonObject.of() : Json.object(body);
        if (order.has("to") && order.optionalText("to").isEmpty()) {
            throw WakeboxException.invalidField("to", "to must be the name of a queue.");
        }
        sources.deadLetters()
                .redrive(queue, order.optionalText("to"), caller.owner().orElse("An operator"));
        return HttpResponse.accepted(new Redriven(queue, true));
    }

    private static WakeboxException missing(HttpRequest request) {
        return new WakeboxException(
                ErrorCode.NOT_FOUND, "There is no " + request.method() + " " + request.path() + " here.");
    }
}
