package dev.wakebox.local.ec2;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The faults that the tags of RunInstances order, each with its number of occurrences. Thread-safe.
 *
 * <p>Each tag whose key starts with {@code wakebox:fault} has one {@link Fault}, which then applies to these instances
 * only. A refusal of RunInstances in a tag applies to every such request (its limits select which), or with {@code times}
 * to that number of requests with these same tags. When such a tag is changed later, the instance has the faults of its
 * tags then.
 */
public final class Faults {
    public static final String TAG = "wakebox:fault";

    private final List<Fault> faults = new ArrayList<>();

    private Faults() {}

    /**
     * The faults in tags. If several match an occasion, the first one applies.
     *
     * @throws IllegalArgumentException when one isn't a fault; the message names the mistake
     */
    public static Faults ofTags(Map<String, String> tags) {
        var faults = new Faults();
        tags.forEach((key, value) -> {
            if (key.startsWith(TAG)) {
                faults.faults.add(ofTag(Fault.parse(value), value));
            }
        });
        return faults;
    }

    /** Replaces all by those in these tags. */
    synchronized void replace(Map<String, String> tags) {
        List<Fault> now = ofTags(tags).faults;
        faults.clear();
        faults.addAll(now);
    }

    private static Fault ofTag(Fault fault, String text) {
        boolean everyRequest = fault.what() instanceof Fault.Refusal refusal
                && refusal.operation().equals("RunInstances")
                && !text.contains(" times=");
        return everyRequest ? new Fault(fault.what(), fault.limits(), Integer.MAX_VALUE) : fault;
    }

    /** The error with which the operation must fail now; consumes one occurrence of the fault. */
    Optional<ApiException> refusal(String operation, Map<String, String> instance) {
        return take(fault -> fault.what() instanceof Fault.Refusal refusal
                        && refusal.operation().equals(operation)
                        && fault.concerns(instance))
                .map(fault -> Refusals.error((Fault.Refusal) fault.what()));
    }

    /** Whether the function's process must crash now; consumes one occurrence of the fault. */
    public boolean crash(String function) {
        return take(fault -> fault.what().equals(new Fault.Crash(function))).isPresent();
    }

    /** The faults of a new instance; consumes one occurrence of each. */
    synchronized List<Fault.Trouble> troubles(Map<String, String> instance) {
        List<Fault.Trouble> result = new ArrayList<>();
        for (Fault fault : List.copyOf(faults)) {
            if (fault.what() instanceof Fault.Trouble trouble
                    && fault.concerns(instance)
                    && take(fault::equals).isPresent()) {
                result.add(trouble);
            }
        }
        return result;
    }

    private synchronized Optional<Fault> take(Predicate<Fault> wanted) {
        for (int i = 0; i < faults.size(); i++) {
            Fault fault = faults.get(i);
            if (wanted.test(fault)) {
                if (fault.times() == 1) {
                    faults.remove(i);
                } else if (fault.times() < Integer.MAX_VALUE) {
                    faults.set(i, new Fault(fault.what(), fault.limits(), fault.times() - 1));
                }
                return Optional.of(fault);
            }
        }
        return Optional.empty();
    }
}
