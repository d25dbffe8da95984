package dev.wakebox.local.compute;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The faults that are still to happen, each as often as it says. Thread-safe.
 *
 * <p>A real client orders them with tags of RunInstances: each tag whose key starts with {@code wakebox:fault} holds one
 * {@link Fault}, which then concerns these instances only. A refusal of RunInstances in a tag happens with every such
 * request (its limits choose which).
 */
public final class Faults {
    public static final String TAG = "wakebox:fault";

    private final List<Fault> faults = new ArrayList<>();

    Faults() {}

    /**
     * The faults that tags order.
     *
     * @throws IllegalArgumentException when one isn't a fault; the message says what is wrong
     */
    public static Faults ofTags(Map<String, String> tags) {
        var faults = new Faults();
        tags.forEach((key, value) -> {
            if (key.startsWith(TAG)) {
                faults.add(Fault.parse(value));
            }
        });
        return faults;
    }

    /** Orders a fault; of several that fit, the one ordered first happens first. */
    public synchronized void add(Fault fault) {
        faults.add(fault);
    }

    /** What is still to happen. */
    public synchronized List<Fault> list() {
        return List.copyOf(faults);
    }

    /** Calls off whatever hasn't happened yet. */
    public synchronized void clear() {
        faults.clear();
    }

    /** The code that the operation shall answer now; uses up one time of the fault. */
    synchronized Optional<String> refusal(String operation, Map<String, @Nullable String> instance) {
        return take(fault -> fault.what() instanceof Fault.Refusal refusal
                        && refusal.operation().equals(operation)
                        && fault.concerns(instance))
                .map(fault -> ((Fault.Refusal) fault.what()).code());
    }

    /** Whether the function's process shall die now; uses up one time of the fault. */
    public synchronized boolean crash(String function) {
        return take(fault -> fault.what().equals(new Fault.Crash(function))).isPresent();
    }

    /** The trouble that a new instance shall have; uses up one time of each. */
    synchronized List<Fault.Trouble> troubles(Map<String, @Nullable String> instance) {
        List<Fault.Trouble> result = new ArrayList<>();
        for (Fault fault : list()) {
            if (fault.what() instanceof Fault.Trouble trouble
                    && fault.concerns(instance)
                    && take(fault::equals).isPresent()) {
                result.add(trouble);
            }
        }
        return result;
    }

    private Optional<Fault> take(Predicate<Fault> wanted) {
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
