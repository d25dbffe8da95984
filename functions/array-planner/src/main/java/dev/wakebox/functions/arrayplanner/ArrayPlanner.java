package dev.wakebox.functions.arrayplanner;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;

import dev.wakebox.compute.execution.ArrayPlace;
import dev.wakebox.compute.execution.Mistake;
import dev.wakebox.compute.execution.OutputLocation;
import dev.wakebox.compute.execution.RunArray;
import dev.wakebox.compute.execution.RunDocument;
import dev.wakebox.compute.launch.LaunchCheck;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.Condition;
import dev.wakebox.storage.ObjectStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Decides which runs an array starts, before it starts one: checks the document as the launch does, and every item of the
 * list. A repeated call writes the same object again. Thread-safe.
 */
final class ArrayPlanner {
    private static final int MOST_MISTAKES = 10;

    private final LaunchCheck check;
    private final Function<String, ? extends ObjectStore> buckets;
    private final String dataBucket;

    ArrayPlanner(LaunchCheck check, Function<String, ? extends ObjectStore> buckets, String dataBucket) {
        this.check = requireNonNull(check, "check is null");
        this.buckets = requireNonNull(buckets, "buckets is null");
        this.dataBucket = requireNonNull(dataBucket, "dataBucket is null");
    }

    /**
     * The plan, or why there is none.
     *
     * @throws WakeboxException {@code UNAVAILABLE} when S3 can't be asked, so that Step Functions retries
     */
    ArrayPlan plan(JsonObject document, String execution, String name, String startedAt) {
        try {
            return checked(document, execution, name, startedAt);
        } catch (WakeboxException e) {
            if (e.code() == ErrorCode.UNAVAILABLE) {
                throw e;
            }
            return ArrayPlan.refused(execution, name, String.valueOf(e.getMessage()));
        }
    }

    private ArrayPlan checked(JsonObject document, String execution, String name, String startedAt) {
        if (name.length() > RunArray.LONGEST_NAME) {
            refuse(List.of(new Mistake(
                    "name",
                    "must have at most " + RunArray.LONGEST_NAME + " characters, has " + name.length()
                            + ": the names of the runs are longer by an index")));
        }
        JsonObject run = JsonObject.of("id", execution).with("name", name).with("started_at", startedAt);
        RunArray array = check.array(RunDocument.of(document.with("run", run).with("t0", startedAt)))
                .orElseThrow(() -> new WakeboxException(
                        ErrorCode.INVALID_REQUEST,
                        RunArray.PATH + ": must have size or list. A single run is for the state machine -ec2-run."));
        List<Object> list = array.list().map(this::read).orElse(List.of());
        List<Integer> indexes = array.chosen(array.size().orElse(list.size())).values();
        var items = new ArrayList<JsonObject>();
        for (int index : indexes) {
            items.add(JsonObject.of("index", index)
                    .withPresent("item", array.list().map(_ -> list.get(index))));
        }
        String key = "arrays/" + name + "/items.json";
        buckets.apply(dataBucket).put(key, Json.bytes(items), "application/json", new Condition.Always());
        int tolerated = array.tolerated(items.size());
        return new ArrayPlan(
                execution,
                name,
                document.with("run_options", document.object("run_options").without("array")),
                new ArrayPlan.Items(dataBucket, key),
                items.size(),
                array.concurrency(),
                tolerated,
                array.endsEarly() ? tolerated : items.size(),
                Optional.empty());
    }

    private List<Object> read(OutputLocation place) {
        var content = buckets.apply(place.bucket())
                .get(place.prefix())
                .orElseThrow(
                        () -> wrong("names s3://" + place.bucket() + "/" + place.prefix() + ", which doesn't exist"));
        List<Object> items = ItemList.read(place.prefix(), content.body());
        if (items.isEmpty() || items.size() > RunArray.MOST_RUNS) {
            throw wrong("must have 1 to " + RunArray.MOST_RUNS + " items, has " + items.size());
        }
        var mistakes = new ArrayList<Mistake>();
        for (int i = 0; i < items.size(); i++) {
            String path = RunArray.PATH + ".list[" + i + "]";
            ArrayPlace.problem(items.get(i)).ifPresent(rule -> mistakes.add(new Mistake(path, rule)));
        }
        refuse(mistakes);
        return items;
    }

    static WakeboxException wrong(String rule) {
        return new WakeboxException(
                ErrorCode.INVALID_REQUEST,
                "The array can't run; nothing was launched. " + RunArray.PATH + ".list: " + rule + ".");
    }

    private static void refuse(List<Mistake> mistakes) {
        if (!mistakes.isEmpty()) {
            String more = mistakes.size() > MOST_MISTAKES ? "; and " + (mistakes.size() - MOST_MISTAKES) + " more" : "";
            throw new WakeboxException(
                    ErrorCode.INVALID_REQUEST,
                    "The array can't run; nothing was launched. "
                            + mistakes.stream()
                                    .limit(MOST_MISTAKES)
                                    .map(Mistake::toString)
                                    .collect(joining("; "))
                            + more + ".");
        }
    }
}
