package dev.wakebox.storage;

import java.util.Optional;
import java.util.function.Predicate;

/** The objects of one bucket, with a search for keys. */
public interface SearchableObjectStore extends ObjectStore {
    /** The first key, in the store's order, that begins with the prefix and satisfies the predicate. */
    Optional<String> firstKey(String prefix, Predicate<String> wanted);
}
