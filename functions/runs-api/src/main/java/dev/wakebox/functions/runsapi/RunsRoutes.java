package dev.wakebox.functions.runsapi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.InstanceState;
import dev.wakebox.compute.execution.RunDocument;
import dev.wakebox.compute.launch.RunInstance;
import dev.wakebox.compute.launch.RunResources;
import dev.wakebox.compute.launch.RunTags;
import dev.wakebox.runs.OutputLine;
import dev.wakebox.runs.OutputPage;
import dev.wakebox.runs.OutputReader;
import dev.wakebox.runs.RunArrays;
import dev.wakebox.runs.RunListing;
import dev.wakebox.runs.RunOutput;
import dev.wakebox.runs.RunReport;
import dev.wakebox.runs.Runs;
import dev.wakebox.runs.RunsCaller;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.HttpRequest;
import dev.wakebox.runtime.HttpResponse;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.SnakeCase;
import dev.wakebox.runtime.TraceContext;
import dev.wakebox.runtime.WakeboxException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers the requests of the API: reads the request, asks the class that decides, and writes the answer. Thread-safe. */
final class RunsRoutes {
    private static final Logger log = LoggerFactory.getLogger(RunsRoutes.class);
    private static final String IAM = "/iam";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,80}");
    private static final Set<InstanceState> LIVE =
            Set.of(InstanceState.PENDING, InstanceState.RUNNING, InstanceState.STOPPING);

    private record Started(String name, String execution) {}

    private record Checked(boolean valid) {}

    private record Cancelled(String name, boolean cancelled) {}

    /** @param ended whether the run has ended and these are its last lines */
    @SnakeCase
    private record Output(List<OutputLine> lines, String next, boolean ended) {}

    /** An instance of a run. */
    private record Running(String instanceId, String state, String run, int attempt, String expiresAt) {}

    private record Instances(List<Running> instances) {}

    private final Runs runs;
    private final RunArrays arrays;
    private final OutputReader output;
    private final RunListing listing;
    private final RunTemplates templates;
    private final RunSubmission submission;
    private final RunResources resources;
    private final String stack;

    RunsRoutes(
            Runs runs,
            RunArrays arrays,
            OutputReader output,
            RunTemplates templates,
            RunSubmission submission,
            RunResources resources,
            String stack) {
        this.runs = requireNonNull(runs, "runs is null");
        this.arrays = requireNonNull(arrays, "arrays is null");
        this.output = requireNonNull(output, "output is null");
        this.listing = new RunListing(runs);
        this.templates = requireNonNull(templates, "templates is null");
        this.submission = requireNonNull(submission, "submission is null");
        this.resources = requireNonNull(resources, "resources is null");
        this.stack = requireNonNull(stack, "stack is null");
    }

    /**
     * Answers a request.
     *
     * @throws WakeboxException for a refusal
     * @throws InvalidDocumentException for a document with mistakes
     */
    HttpResponse answer(HttpRequest request) {
        boolean iam = request.path().startsWith(IAM + "/");
        var caller = RunsCaller.of(request, iam);
        String base = request.stagePath() + (iam ? IAM : "");
        String[] path = request.path().substring(iam ? IAM.length() + 1 : 1).split("/", -1);
        String name = path.length > 1 ? path[1] : "";
        String route = request.method() + " " + path[0] + (path.length > 1 ? "/*" : "")
                + (path.length > 2 ? "/" + path[2] : "");
        return switch (route) {
            case "POST runs" -> start(request, caller, base);
            case "GET runs" -> list(request, caller);
            case "GET runs/*" -> show(request, caller, name);
            case "GET runs/*/array" -> array(request, caller, name);
            case "GET runs/*/document" -> document(request, caller, name);
            case "GET runs/*/logs" -> logs(request, caller, name);
            case "POST runs/*/cancel" -> cancel(caller, name);
            case "POST runs/*/rerun" -> rerun(request, caller, name, base);
            case "GET instances" -> instances(request, caller);
            default ->
                throw new WakeboxException(
                        ErrorCode.NOT_FOUND, "There is no " + request.method() + " " + request.path() + " here.");
        };
    }

    private HttpResponse start(HttpRequest request, RunsCaller caller, String base) {
        caller.requireMayWrite();
        JsonObject body = Json.object(request.plainBody(Runs.MOST_DOCUMENT_BYTES));
        JsonObject document = traced(request, templates.document(body));
        if (wants(request, "check")) {
            submission.check(caller, document);
            return HttpResponse.ok(new Checked(true));
        }
        return started(submission.start(caller, document, key(request)), base);
    }

    private HttpResponse rerun(HttpRequest request, RunsCaller caller, String name, String base) {
        caller.requireMayWrite();
        JsonObject earlier = earlier(caller, name);
        byte[] body = request.plainBody(Runs.MOST_DOCUMENT_BYTES);
        JsonObject overrides = body.length == 0 ? JsonObject.of() : RunTemplates.overrides(Json.object(body));
        return started(
                submission.start(caller, traced(request, MergePatch.applied(earlier, overrides)), key(request)), base);
    }

    /** The document that a run was started with, without what says who started it and where its caller was. */
    private JsonObject earlier(RunsCaller caller, String name) {
        return RunDocument.of(Json.object(runs.submitted(visible(caller, name)).getBytes(UTF_8)))
                .untraced()
                .json()
                .without("run");
    }

    /**
     * The document in the trace of the request, unless the document names one. A header that is not valid is ignored, as W3C Trace
     * Context requires: the proxies on the way set it, too.
     */
    private static JsonObject traced(HttpRequest request, JsonObject document) {
        String parent = request.header(TraceContext.TRACEPARENT);
        var caller = TraceContext.of(parent, request.header(TraceContext.TRACESTATE));
        if (parent != null && caller.isEmpty()) {
            log.info("The header traceparent is ignored, because it is not valid.");
        }
        return caller.map(trace -> RunDocument.of(document).calledFrom(trace).json())
                .orElse(document);
    }

    private HttpResponse started(String name, String base) {
        return new HttpResponse(
                201,
                Map.of(
                        "content-type",
                        "application/json",
                        "cache-control",
                        "no-store",
                        "location",
                        base + "/runs/" + name),
                Json.string(new Started(name, runs.arn(name))));
    }

    private HttpResponse list(HttpRequest request, RunsCaller caller) {
        caller.requireMayRead();
        return HttpResponse.unlessKnown(request, Json.string(listing.page(caller, RunsParameters.query(request))));
    }

    /** With {@code logs=true} also what its commands wrote, so that one request follows a run. */
    private HttpResponse show(HttpRequest request, RunsCaller caller, String name) {
        caller.requireMayRead();
        RunReport report = runs.report(visible(caller, name));
        return HttpResponse.unlessKnown(
                request,
                Json.string(
                        wants(request, "logs")
                                ? Json.object(Json.bytes(report))
                                        .with("logs", output(request, new RunOutput(report.ended(), report.output())))
                                : report));
    }

    private HttpResponse array(HttpRequest request, RunsCaller caller, String name) {
        caller.requireMayRead();
        return HttpResponse.unlessKnown(
                request, Json.string(arrays.find(visible(caller, name)).orElseThrow(() -> none("array", name))));
    }

    private HttpResponse document(HttpRequest request, RunsCaller caller, String name) {
        caller.requireMayRead();
        return HttpResponse.unlessKnown(request, Json.string(earlier(caller, name)));
    }

    private HttpResponse logs(HttpRequest request, RunsCaller caller, String name) {
        caller.requireMayRead();
        return HttpResponse.unlessKnown(request, Json.string(output(request, runs.output(visible(caller, name)))));
    }

    /** The output is read after the run: when the run has ended, it is then complete. */
    private Output output(HttpRequest request, RunOutput run) {
        Optional<String> after = RunsParameters.parameter(request, "after");
        var page = run.streams().map(streams -> output.read(streams, after));
        return new Output(
                page.map(OutputPage::lines).orElse(List.of()),
                page.map(OutputPage::next).or(() -> after).orElse(""),
                run.ended() && page.map(OutputPage::end).orElse(true));
    }

    private HttpResponse cancel(RunsCaller caller, String name) {
        caller.requireMayWrite();
        String by = caller.owner().orElse("a caller with AWS credentials");
        return HttpResponse.ok(
                new Cancelled(name, runs.cancel(visible(caller, name), "Cancelled through the API by " + by + ".")));
    }

    private HttpResponse instances(HttpRequest request, RunsCaller caller) {
        caller.requireMayRead();
        return HttpResponse.unlessKnown(
                request,
                Json.string(new Instances(resources.tagged(RunTags.STACK, stack).stream()
                        .filter(instance -> LIVE.contains(instance.state()))
                        .map(RunsRoutes::running)
                        .filter(running -> caller.sees(running.run()))
                        .toList())));
    }

    private static Running running(RunInstance instance) {
        String execution = instance.tags().getOrDefault(RunTags.EXECUTION, "");
        return new Running(
                instance.id(),
                instance.state().awsName(),
                execution.substring(execution.lastIndexOf(':') + 1),
                RunTags.attempt(instance.tags()),
                instance.tags().getOrDefault(RunTags.EXPIRES_AT, ""));
    }

    /** @throws WakeboxException {@code NOT_FOUND} when the caller has no such run */
    private static String visible(RunsCaller caller, String name) {
        if (!NAME.matcher(name).matches() || !caller.sees(name)) {
            throw none("run", name);
        }
        return name;
    }

    private static WakeboxException none(String what, String name) {
        return new WakeboxException(ErrorCode.NOT_FOUND, "You have no " + what + " \"" + name + "\".");
    }

    private static Optional<String> key(HttpRequest request) {
        return Optional.ofNullable(request.header("idempotency-key"));
    }

    private static boolean wants(HttpRequest request, String parameter) {
        return RunsParameters.parameter(request, parameter)
                .filter("true"::equals)
                .isPresent();
    }
}
