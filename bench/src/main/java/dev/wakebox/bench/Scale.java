package dev.wakebox.bench;

import java.io.IOException;
import java.util.List;

/** Measures trainings of growing size, each in its own process with the memory of {@code classifier-train}. Linux only. */
public final class Scale {
    /** The heap of a function with 3,008 MB. */
    private static final String HEAP = "-Xmx2556m";

    private record Size(int examples, int ofEachAnswer) {}

    private static final List<Size> SIZES = List.of(
            new Size(500, 5), new Size(2_000, 5), new Size(10_000, 50), new Size(10_000, 5), new Size(30_000, 15));

    private Scale() {}

    /** @param args the directory with the data sets */
    public static void main(String[] args) throws IOException, InterruptedException {
        System.out.println(
                "| examples | answers | to read, s (CPU) | to learn and measure, s (CPU) | accuracy | model, MB | RSS, MB |");
        System.out.println("|---|---|---|---|---|---|---|");
        for (Size size : SIZES) {
            Process process = Speed.java(
                            List.of(HEAP),
                            TrainMany.class,
                            args[0],
                            Integer.toString(size.examples()),
                            Integer.toString(size.ofEachAnswer()))
                    .inheritIO()
                    .start();
            if (process.waitFor() != 0) {
                throw new IOException("The training of " + size + " ended with " + process.exitValue());
            }
        }
    }
}
