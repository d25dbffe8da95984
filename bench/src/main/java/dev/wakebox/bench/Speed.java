package dev.wakebox.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Measures the time of training and answering, each in its own process, including the start of the JVM. Linux only. */
public final class Speed {
    private static final int ROUNDS = 3;
    private static final int COLD_STARTS = 7;

    private Speed() {}

    /** @param args the directory with the data sets */
    public static void main(String[] args) throws IOException, InterruptedException {
        Path model = Files.createTempFile("wakebox", ".model");
        try {
            for (int round = 0; round < ROUNDS; round++) {
                run(List.of(), TrainOnce.class, args[0], model, "train: ");
            }
            for (int round = 0; round < COLD_STARTS; round++) {
                run(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1"), AnswerMany.class, args[0], model, "answer: ");
            }
        } finally {
            Files.delete(model);
        }
    }

    /** Prints each line of the process, with the time since just before its start. */
    private static void run(List<String> options, Class<?> main, String data, Path model, String name)
            throws IOException, InterruptedException {
        long begin = System.nanoTime();
        Process process = java(options, main, data, model.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                System.out.println(String.format(
                        Locale.ROOT, "%6d ms  %s%s", (System.nanoTime() - begin) / 1_000_000, name, line));
            }
        }
        if (process.waitFor() != 0) {
            throw new IOException(main.getSimpleName() + " ended with " + process.exitValue());
        }
    }

    /** A JVM with the class path of this one, and Lambda's collector. */
    static ProcessBuilder java(List<String> options, Class<?> main, String... arguments) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command);
    }
}
