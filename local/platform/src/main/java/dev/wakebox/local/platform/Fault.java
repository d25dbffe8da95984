package dev.wakebox.local.platform;

/** How an output is not delivered. */
public sealed interface Fault {
    /** It is delivered. */
    record None() implements Fault {}

    /**
     * The platform refuses.
     *
     * @param retryAfter the header's value; empty for none
     */
    record Status(int status, String retryAfter) implements Fault {}

    /** The connection breaks after this many bytes of the body. */
    record Cut(long after) implements Fault {}

    /** Nothing more is sent after this many bytes of the body, and the connection stays open. */
    record Silence(long after) implements Fault {}

    /** After this many bytes of the body the others come one by one, a hundred a second. */
    record Trickle(long after) implements Fault {}

    /** The announced checksum is another's. */
    record Damaged() implements Fault {}

    /** The caller is sent elsewhere. */
    record Redirect(String location) implements Fault {}
}
