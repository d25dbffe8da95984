package dev.wakebox.functions.arrayplanner;

import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.SnakeCase;
import java.util.Optional;

/**
 * What the state machine of arrays needs to start the runs.
 *
 * @param execution the ARN of the array's execution
 * @param name of the array, with which the names of its runs begin
 * @param document of every run, without the array
 * @param items the object with an index, and perhaps an item, for each run
 * @param size the number of runs to start
 * @param concurrency the number of runs at the same time
 * @param tolerated failed runs with which the array succeeds
 * @param stopAbove failed runs above which no further run is started
 * @param refused why no run may be started; empty if all may
 */
@SnakeCase
record ArrayPlan(
        String execution,
        String name,
        JsonObject document,
        Items items,
        int size,
        int concurrency,
        int tolerated,
        int stopAbove,
        Optional<String> refused) {
    /** The object in S3. */
    record Items(String bucket, String key) {}

    static ArrayPlan refused(String execution, String name, String why) {
        return new ArrayPlan(execution, name, JsonObject.of(), new Items("", ""), 0, 1, 0, 0, Optional.of(why));
    }
}
