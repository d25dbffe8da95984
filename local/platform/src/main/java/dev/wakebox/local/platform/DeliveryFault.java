package dev.wakebox.local.platform;

import java.util.Map;

/** The faults in the delivery of an output. */
public sealed interface DeliveryFault {
    /** The output is delivered without a fault. */
    record None() implements DeliveryFault {}

    /**
     * The platform refuses.
     *
     * @param retryAfter the header's value; empty for none
     */
    record Status(int status, String retryAfter) implements DeliveryFault {}

    /** The connection breaks after this many bytes of the body. */
    record Cut(long after) implements DeliveryFault {}

    /** Nothing more is sent after this many bytes of the body, and the connection stays open. */
    record Silence(long after) implements DeliveryFault {}

    /** After this many bytes of the body, the others follow one at a time, a hundred per second. */
    record Trickle(long after) implements DeliveryFault {}

    /** The announced checksum does not match the output. */
    record Damaged() implements DeliveryFault {}

    /** The answer redirects to another location. */
    record Redirect(String location) implements DeliveryFault {}

    /** The answers redirect this many times to another URL of the same output before it is sent. */
    record Chain(int length) implements DeliveryFault {}

    /**
     * The output is sent with this {@code Content-Encoding}; it is compressed once for each {@code gzip} in it, otherwise
     * only the header is set.
     */
    record Encoded(String encoding) implements DeliveryFault {}

    /** This many zero bytes are sent, compressed with gzip to a thousandth. */
    record Bomb(long bytes) implements DeliveryFault {}

    /** An empty body is sent, with 200, or one with white space alone. */
    record Empty(String body) implements DeliveryFault {}

    /**
     * A login page is sent, with 200 and this content type.
     *
     * @param encoding as for {@link Encoded}; empty for none
     */
    record Page(String contentType, String encoding) implements DeliveryFault {
        public Page(String contentType) {
            this(contentType, "");
        }
    }

    /** The output is sent with two different lengths. */
    record TwoLengths() implements DeliveryFault {}

    /**
     * The fault that a query requests.
     *
     * @param query {@code fault} is its name, {@code value} its number, location, encoding or type
     * @throws IllegalArgumentException when there is no such fault
     */
    static DeliveryFault ordered(Map<String, String> query) {
        String value = query.getOrDefault("value", "0");
        return switch (query.getOrDefault("fault", "none")) {
            case "none" -> new None();
            case "status" -> new Status(Integer.parseInt(value), query.getOrDefault("retry-after", ""));
            case "expired" -> new Status(404, "");
            case "cut" -> new Cut(Long.parseLong(value));
            case "trickle" -> new Trickle(Long.parseLong(value));
            case "silence" -> new Silence(Long.parseLong(value));
            case "damaged" -> new Damaged();
            case "redirect" -> new Redirect(value);
            case "chain" -> new Chain(Integer.parseInt(value));
            case "encoded" -> new Encoded(query.getOrDefault("value", "gzip"));
            case "bomb" -> new Bomb(Long.parseLong(value));
            case "empty" -> new Empty(query.getOrDefault("value", ""));
            case "page" -> new Page(query.getOrDefault("value", "text/html"), query.getOrDefault("encoding", ""));
            case "two-lengths" -> new TwoLengths();
            default -> throw new IllegalArgumentException("There is no such fault.");
        };
    }
}
