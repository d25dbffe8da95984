package dev.wakebox.storage;

/** Another writer changed the object first: read it again and decide again. */
public final class PreconditionFailedException extends RuntimeException {
    public PreconditionFailedException(String key, Throwable cause) {
        super("The object \"" + key + "\" was changed by another writer in the meantime.", cause);
    }

    public PreconditionFailedException(String key) {
        super("The object \"" + key + "\" was changed by another writer in the meantime.");
    }
}
