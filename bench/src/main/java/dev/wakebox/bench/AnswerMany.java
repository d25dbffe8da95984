package dev.wakebox.bench;

import dev.wakebox.classifier.Classifier;
import dev.wakebox.classifier.Encoder;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A process that answers one question, reports it, and then answers many and prints the time of each. */
final class AnswerMany {
    private static final int WARM_UP = 300;

    private AnswerMany() {}

    /** @param args the directory with the data sets, and the model file */
    public static void main(String[] args) throws IOException {
        try (var encoder = Encoder.open()) {
            var classifier = Classifier.read(Files.readAllBytes(Path.of(args[1])), encoder);
            System.out.println("first answer: "
                    + classifier
                            .answer("Where do I find my account number?", encoder)
                            .label()
                    + ", CPU " + cpuMilliseconds() + " ms");

            List<LabelledQuestion> questions =
                    LabelledQuestion.banking77(Path.of(args[0]), "test").subList(0, 2_000);
            var threads = ManagementFactory.getThreadMXBean();
            var milliseconds = new double[questions.size()];
            for (int i = 0; i < milliseconds.length; i++) {
                long begin = threads.getCurrentThreadCpuTime();
                classifier.answer(questions.get(i).text(), encoder);
                milliseconds[i] = (threads.getCurrentThreadCpuTime() - begin) / 1e6;
            }
            double[] warm = Arrays.copyOfRange(milliseconds, WARM_UP, milliseconds.length);
            Arrays.sort(warm);
            System.out.println(String.format(
                    Locale.ROOT,
                    "warm: CPU p50 %.1f ms, p99 %.1f ms; RSS %d MB",
                    warm[warm.length / 2],
                    warm[warm.length * 99 / 100],
                    megabytes("VmRSS")));
        }
    }

    /** The CPU time of the whole process since its start, which other work on the computer doesn't affect. */
    private static long cpuMilliseconds() throws IOException {
        String[] fields = Files.readString(Path.of("/proc/self/stat")).split(" ", -1);
        return (Long.parseLong(fields[13]) + Long.parseLong(fields[14])) * 10; // ticks of 1/100 s in Linux's interface
    }

    /** A size in {@code /proc/self/status}. */
    static long megabytes(String name) throws IOException {
        try (var lines = Files.lines(Path.of("/proc/self/status"))) {
            String size = lines.filter(line -> line.startsWith(name + ":"))
                    .findFirst()
                    .orElseThrow();
            return Long.parseLong(size.replaceAll("\\D", "")) / 1024;
        }
    }
}
