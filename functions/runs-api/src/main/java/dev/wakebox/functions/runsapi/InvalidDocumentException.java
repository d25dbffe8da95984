package dev.wakebox.functions.runsapi;

import java.util.List;

/** A document with mistakes; nothing was started. */
final class InvalidDocumentException extends RuntimeException {
    private final transient List<InputError> errors;

    InvalidDocumentException(List<InputError> errors) {
        super("The document has " + errors.size() + " mistakes.");
        this.errors = List.copyOf(errors);
    }

    List<InputError> errors() {
        return errors;
    }
}
