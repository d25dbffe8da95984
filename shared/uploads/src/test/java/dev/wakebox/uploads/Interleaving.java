package dev.wakebox.uploads;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Runs several programs in a random but repeatable order: one at a time, from one {@link #step} to the next, as if each
 * were a function of its own that is interrupted between any two calls to AWS.
 *
 * <p>Some seeds change programs at every step, others let each go on for long: most faults need one program to stand
 * still while another does many steps.
 */
public final class Interleaving {
    private static final class Program {
        private final Semaphore go = new Semaphore(0);
        private final Runnable body;
        private volatile boolean over;
        private volatile @Nullable Throwable failure;

        Program(Runnable body) {
            this.body = body;
        }
    }

    private static final double[] PERSISTENCE = {0, 0.5, 0.8, 0.95};

    private final Random random;
    private final double persistence;
    private final Semaphore back = new Semaphore(0);
    private final List<Program> programs = new ArrayList<>();
    private static final ThreadLocal<Program> CURRENT = new ThreadLocal<>();

    public Interleaving(long seed) {
        random = new Random(seed);
        persistence = PERSISTENCE[(int) Math.floorMod(seed, (long) PERSISTENCE.length)];
    }

    public void add(Runnable body) {
        programs.add(new Program(body));
    }

    /** Here another program may go on; outside of {@link #run} nothing happens. */
    public void step() {
        Program program = CURRENT.get();
        if (program != null) {
            back.release();
            program.go.acquireUninterruptibly();
        }
    }

    /** Runs all programs to their ends. */
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
        Program current = alive.getFirst();
        while (!alive.isEmpty()) {
            if (current.over || random.nextDouble() >= persistence) {
                current = alive.get(random.nextInt(alive.size()));
            }
            current.go.release();
            back.acquireUninterruptibly();
            if (current.failure != null) { // the others may wait for it for ever
                throw new AssertionError("a program failed", current.failure);
            }
            alive.removeIf(program -> program.over);
        }
    }
}
