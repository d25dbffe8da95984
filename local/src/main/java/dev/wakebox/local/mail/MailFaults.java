package dev.wakebox.local.mail;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The faults of SES that a recipient's address requests, each the given number of times. Thread-safe.
 *
 * <pre>
 * MessageRejected@fault.example                the first mail is refused with this error code
 * TooManyRequestsException+3@fault.example     the first three mails are refused
 * MessageRejected+always@fault.example         every mail is refused
 * lost+2@fault.example                         the first two mails are sent, and the answer is lost
 * </pre>
 */
final class MailFaults {
    private static final Pattern FAULT =
            Pattern.compile("([A-Za-z]{1,60})(?:\\+([0-9]{1,9}|always))?@(?i:fault\\.example)");
    private static final String LOST = "lost";

    private final Map<String, Integer> happened = new HashMap<>();

    /** What happens to a mail. */
    sealed interface Effect {
        /** The mail is refused. */
        record Refused(String code) implements Effect {
            /** AWS's status for the code. */
            int status() {
                return switch (code) {
                    case "TooManyRequestsException" -> 429;
                    case "NotFoundException" -> 404;
                    case "AccessDeniedException" -> 403;
                    case "ConcurrentModificationException", "InternalFailure", "InternalServiceErrorException" -> 500;
                    case "ServiceUnavailable" -> 503;
                    default -> 400;
                };
            }
        }

        /** The mail is sent, but its sender gets no answer. */
        record AnswerLost() implements Effect {}
    }

    /** The fault of the first recipient that requests one; consumes one occurrence of it. */
    synchronized Optional<Effect> next(Collection<String> recipients) {
        return recipients.stream()
                .map(FAULT::matcher)
                .filter(Matcher::matches)
                .filter(this::isStillDue)
                .findFirst()
                .map(fault ->
                        fault.group(1).equals(LOST) ? new Effect.AnswerLost() : new Effect.Refused(fault.group(1)));
    }

    private boolean isStillDue(Matcher fault) {
        String times = fault.group(2) == null ? "1" : fault.group(2);
        return times.equals("always") || happened.merge(fault.group(), 1, Integer::sum) <= Integer.parseInt(times);
    }
}
