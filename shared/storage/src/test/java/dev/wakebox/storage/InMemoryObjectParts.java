package dev.wakebox.storage;

import static java.util.Objects.requireNonNull;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Uploads in parts in memory, with S3's rules, into a bucket in memory. Thread-safe. */
public final class InMemoryObjectParts implements ObjectParts {
    private record Open(String key, String contentType, SortedMap<Integer, byte[]> parts) {}

    private final Map<String, Open> uploads = new HashMap<>();
    private final InMemoryObjectStore objects;
    private int begun;

    public InMemoryObjectParts(InMemoryObjectStore objects) {
        this.objects = requireNonNull(objects, "objects is null");
    }

    @Override
    public synchronized String begin(String key, String contentType) {
        String uploadId = "upload-" + ++begun;
        uploads.put(uploadId, new Open(key, contentType, new TreeMap<>()));
        return uploadId;
    }

    @Override
    public String url(String key, String uploadId, int number, long length, Duration validity) {
        return String.join("?", "https://bucket.example/" + key, uploadId, "" + number, "" + length);
    }

    /** Sends a part, as a client does with a URL; the answer is S3's status. */
    public synchronized int put(String url, byte[] body) {
        List<String> signed = List.of(url.split("\\?", -1));
        if (body.length != Long.parseLong(signed.get(3))) {
            return 403;
        }
        Open upload = uploads.get(signed.get(1));
        if (upload == null) {
            return 404;
        }
        upload.parts().put(Integer.parseInt(signed.get(2)), body.clone());
        return 200;
    }

    @Override
    public synchronized Optional<List<Part>> arrived(String key, String uploadId) {
        return open(key, uploadId).map(upload -> upload.parts().entrySet().stream()
                .map(part -> new Part(part.getKey(), etag(part.getValue()), part.getValue().length))
                .toList());
    }

    @Override
    public synchronized boolean complete(String key, String uploadId, SortedMap<Integer, String> etags, long size) {
        Optional<Open> open = open(key, uploadId);
        if (open.isEmpty()) {
            return false;
        }
        var object = new ByteArrayOutputStream();
        etags.forEach((number, etag) -> {
            byte[] part = open.get().parts().get(number);
            if (part == null || !etag(part).equals(etag)) {
                throw new WakeboxException(ErrorCode.INVALID_REQUEST, "InvalidPart");
            }
            object.writeBytes(part);
        });
        if (object.size() != size) {
            throw new WakeboxException(ErrorCode.INVALID_REQUEST, "InvalidRequest");
        }
        objects.put(key, object.toByteArray(), open.get().contentType(), new Condition.Always());
        uploads.remove(uploadId);
        return true;
    }

    @Override
    public synchronized boolean abort(String key, String uploadId) {
        return open(key, uploadId).map(_ -> uploads.remove(uploadId)).isPresent();
    }

    private Optional<Open> open(String key, String uploadId) {
        return Optional.ofNullable(uploads.get(uploadId))
                .filter(upload -> upload.key().equals(key));
    }

    private static String etag(byte[] part) {
        return "\"" + Integer.toHexString(Arrays.hashCode(part)) + "\"";
    }
}
