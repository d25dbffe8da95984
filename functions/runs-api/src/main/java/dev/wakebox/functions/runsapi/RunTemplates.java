package dev.wakebox.functions.runsapi;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.execution.Mistake;
import dev.wakebox.runtime.Json;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import dev.wakebox.storage.ObjectStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes the document of a request: it is one, or names a template, which is a document in the data bucket. Thread-safe. */
final class RunTemplates {
    private static final String TEMPLATE = "template";
    private static final String OVERRIDES = "overrides";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    private final ObjectStore bucket;

    RunTemplates(ObjectStore bucket) {
        this.bucket = requireNonNull(bucket, "bucket is null");
    }

    /**
     * The document of a request's body, with the overrides applied to the template.
     *
     * @throws InvalidDocumentException when the template or the overrides can't be used
     */
    JsonObject document(JsonObject body) {
        if (!body.containsKey(TEMPLATE)) {
            return body;
        }
        var errors = new ArrayList<InputError>();
        others(body, Set.of(TEMPLATE, OVERRIDES), errors);
        Optional<JsonObject> overrides = overrides(body, errors);
        Optional<JsonObject> template = template(body.get(TEMPLATE), errors);
        if (!errors.isEmpty()) {
            throw new InvalidDocumentException(errors);
        }
        return MergePatch.applied(template.orElseThrow(), overrides.orElseThrow());
    }

    /**
     * The overrides of a rerun's body.
     *
     * @throws InvalidDocumentException when the body has anything else
     */
    static JsonObject overrides(JsonObject body) {
        var errors = new ArrayList<InputError>();
        others(body, Set.of(OVERRIDES), errors);
        Optional<JsonObject> overrides = overrides(body, errors);
        if (!errors.isEmpty()) {
            throw new InvalidDocumentException(errors);
        }
        return overrides.orElseThrow();
    }

    private static void others(JsonObject body, Set<String> known, List<InputError> errors) {
        body.keySet().stream()
                .filter(key -> !known.contains(key))
                .map(key ->
                        new Mistake("$." + key, "must be in overrides, because the request is not a document itself"))
                .forEach(mistake -> errors.add(InputError.of(mistake, body)));
    }

    private static Optional<JsonObject> overrides(JsonObject body, List<InputError> errors) {
        Optional<JsonObject> overrides =
                body.containsKey(OVERRIDES) ? JsonObject.from(body.get(OVERRIDES)) : Optional.of(JsonObject.of());
        if (overrides.isEmpty()) {
            errors.add(InputError.at("/overrides", "must be an object with the fields to change"));
        }
        return overrides;
    }

    private Optional<JsonObject> template(@Nullable Object name, List<InputError> errors) {
        if (!(name instanceof String text) || !NAME.matcher(text).matches()) {
            errors.add(InputError.at(
                    "/template", "must be a name of 1 to 64 characters of A-Z, a-z, 0-9, \"_\" and \"-\""));
            return Optional.empty();
        }
        String key = "run-templates/" + text + ".json";
        var object = bucket.get(key);
        if (object.isEmpty()) {
            errors.add(InputError.at(
                    "/template",
                    "names a template that does not exist: there is no object " + key + " in the data bucket"));
            return Optional.empty();
        }
        try {
            return Optional.of(Json.object(object.get().body()));
        } catch (WakeboxException e) {
            errors.add(InputError.at("/template", "names a template that can't be read. " + e.getMessage()));
            return Optional.empty();
        }
    }
}
