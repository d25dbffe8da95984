package dev.wakebox.storage;

import java.util.Optional;
import java.util.function.Predicate;

/** The objects of one bucket whose keys may also be listed. */
public interface SearchableObjectStore extends ObjectStore {
    /** The first key in the store's order that begins with the prefix and is wanted. */
    Optional<String> firstKey(String prefix, Predicate<String> wanted);
}
