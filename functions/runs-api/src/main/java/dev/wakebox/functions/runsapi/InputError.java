package dev.wakebox.functions.runsapi;

import static java.util.Objects.requireNonNull;

import dev.wakebox.compute.execution.Mistake;
import dev.wakebox.runtime.JsonObject;
import java.util.Optional;

/**
 * One mistake of a request.
 *
 * @param pointer the JSON pointer (RFC 6901) of the mistake in the document; absent if it is not in the document
 * @param parameter the header or the parameter of the query that is wrong; absent for a mistake in the document
 * @param detail what it must be and what it is
 */
record InputError(Optional<String> pointer, Optional<String> parameter, String detail) {
    InputError {
        requireNonNull(pointer, "pointer is null");
        requireNonNull(parameter, "parameter is null");
        requireNonNull(detail, "detail is null");
    }

    /** A mistake of a document, by its place in it. */
    static InputError of(Mistake mistake, JsonObject document) {
        return at(mistake.pointer(document), mistake.rule());
    }

    static InputError at(String pointer, String detail) {
        return new InputError(Optional.of(pointer), Optional.empty(), detail);
    }

    static InputError ofParameter(String parameter, String detail) {
        return new InputError(Optional.empty(), Optional.of(parameter), detail);
    }
}
