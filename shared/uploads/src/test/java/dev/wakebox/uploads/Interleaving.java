package dev.wakebox.uploads;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Runs several programs in a random but repeatable order: one at a time, from one {@link #step} to the next, as if each
 * were a separate function that is interrupted between two calls to AWS.
 *
 * <p>Each program has a speed, which changes at random: most faults appear when one pauses while others do many steps.
 */
public final class Interleaving {
    private static final class Program {
        private final Semaphore go = new Semaphore(0);
        private final Runnable body;
        private double pace = 1;
        private volatile boolean over;
        private volatile @Nullable Throwable failure;

        Program(Runnable body) {
            this.body = body;
        }
    }

    private static final double CHANGES_OF_PACE = 0.03;
    private static final double SLOWEST = 0.001;

    private final Random random;
    private final Semaphore back = new Semaphore(0);
    private final List<Program> programs = new ArrayList<>();
    private static final ThreadLocal<Program> CURRENT = new ThreadLocal<>();

    public Interleaving(long seed) {
        random = new Random(seed);
    }

    public void add(Runnable body) {
        programs.add(new Program(body));
    }

    /** Lets another program continue; outside of {@link #run} it does nothing. */
    public void step() {
        Program program = CURRENT.get();
        if (program != null) {
            back.release();
            program.go.acquireUninterruptibly();
        }
    }

    /** Runs all programs until they end. */
    public void run() {
        programs.forEach(program -> Thread.ofVirtual().start(() -> {
            CURRENT.set(program);
            program.go.acquireUninterruptibly();
            try {
                program.body.run();
            } catch (Throwable e) {
                program.failure = e;
            } finally {
                program.over = true;
                back.release();
            }
        }));
        var alive = new ArrayList<>(programs);
        while (!alive.isEmpty()) {
            if (random.nextDouble() < CHANGES_OF_PACE) {
                alive.forEach(program -> program.pace = Math.pow(SLOWEST, random.nextDouble()));
            }
            Program current = next(alive);
            current.go.release();
            back.acquireUninterruptibly();
            if (current.failure != null) { // the others may wait for it forever
                throw new AssertionError("a program failed", current.failure);
            }
            alive.removeIf(program -> program.over);
        }
    }

    private Program next(List<Program> alive) {
        double at = random.nextDouble()
                * alive.stream().mapToDouble(program -> program.pace).sum();
        for (Program program : alive) {
            at -= program.pace;
            if (at < 0) {
                return program;
            }
        }
        return alive.getLast();
    }
}
