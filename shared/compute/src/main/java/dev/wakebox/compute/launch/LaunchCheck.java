package dev.wakebox.compute.launch;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.wakebox.compute.execution.Execution;
import dev.wakebox.compute.execution.Mistake;
import dev.wakebox.compute.execution.RunArray;
import dev.wakebox.compute.execution.RunDocument;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The check of a document before anything is launched: its form, its size, and the buckets that it names. Thread-safe. */
public final class LaunchCheck {
    /**
     * The limit of a document before its first launch. The additions of a run are far smaller than the rest of Step
     * Functions' 256 KiB.
     */
    private static final int MOST_DOCUMENT_BYTES = 224 * 1024;

    private final OutputBuckets buckets;

    /** @param outputBuckets names of the buckets that the stack may write to, with the wildcards {@code *} and {@code ?} */
    public LaunchCheck(Set<String> outputBuckets) {
        this.buckets = new OutputBuckets(outputBuckets);
    }

    /**
     * Reads and validates the document of a run.
     *
     * @throws dev.wakebox.runtime.WakeboxException {@code INVALID_REQUEST} with every mistake and its JSON path
     */
    public Execution read(RunDocument document) {
        return Execution.of(document, execution -> problemsOfOneRun(document, execution));
    }

    /**
     * The array of a document; empty for the document of a single run.
     *
     * @throws dev.wakebox.runtime.WakeboxException {@code INVALID_REQUEST} with every mistake and its JSON path
     */
    public Optional<RunArray> array(RunDocument document) {
        return Execution.of(document, execution -> problems(document, execution))
                .options()
                .array();
    }

    /**
     * Every mistake of a document that is not submitted yet; empty for one that can be launched.
     *
     * @param execution the ARN that the execution will have
     * @param name the name that the execution will have
     */
    public List<Mistake> mistakes(JsonObject submitted, String execution, String name, Instant now) {
        JsonObject run = JsonObject.of("id", execution)
                .with("name", name)
                .with("started_at", now.toString())
                .with("attempt", 0)
                .withPresent("owner", submitted.object("run").optionalText("owner"));
        RunDocument document =
                RunDocument.of(submitted.with("t0", now.toString()).with("run", run));
        return Execution.mistakes(document, read -> problems(document, read));
    }

    private Map<String, String> problemsOfOneRun(RunDocument document, Execution execution) {
        Map<String, String> problems = problems(document, execution);
        if (execution.options().array().isPresent() && !execution.options().dryRun()) {
            problems.put(
                    RunArray.PATH,
                    "is for the state machine of arrays, whose name ends with -ec2-run-array: start the document there, or"
                            + " with wakebox run");
        }
        return problems;
    }

    private Map<String, String> problems(RunDocument document, Execution execution) {
        var problems = new LinkedHashMap<>(LaunchPlan.problems(execution));
        problems.putAll(buckets.problems(execution));
        int bytes = Json.string(document.json()).getBytes(UTF_8).length;
        if (bytes > MOST_DOCUMENT_BYTES && document.state().launch().isEmpty()) {
            problems.put(
                    "$",
                    "must have at most " + MOST_DOCUMENT_BYTES + " bytes, has " + bytes + ": the run adds to it, and"
                            + " Step Functions passes at most 262144 bytes from state to state. Put long commands into"
                            + " a script in S3");
        }
        return problems;
    }
}
