package dev.wakebox.storage;

import java.time.Clock;

class InMemoryObjectPartsTest extends ObjectPartsContract {
    private final InMemoryObjectStore objects = new InMemoryObjectStore(Clock.systemUTC());
    private final InMemoryObjectParts parts = new InMemoryObjectParts(objects);

    @Override
    protected ObjectParts parts() {
        return parts;
    }

    @Override
    protected int put(String url, byte[] body) {
        return parts.put(url, body);
    }

    @Override
    protected boolean isStored(String key) {
        return objects.get(key).isPresent();
    }
}
