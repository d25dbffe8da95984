package dev.wakebox.local.application;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A command of a page, as a reader sees it after {@code $}, with the output that the page shows. */
record DocumentedCommand(String page, int line, String text, List<String> output) {
    private static final Pattern COMMENT = Pattern.compile("(?m)\\s+# .*$");

    /** The pages whose commands readers type. */
    static List<String> pages() {
        var roots = List.of("README.md", "CONTRIBUTING.md", "docs", "bench", "tests", "cli/src/dist");
        return roots.stream()
                .flatMap(root -> files(RunningApplication.ROOT.resolve(root)))
                .map(file -> RunningApplication.ROOT.relativize(file).toString())
                .filter(page -> page.endsWith(".md") && !page.contains("target/"))
                .sorted()
                .toList();
    }

    private static Stream<Path> files(Path root) {
        try (var found = Files.walk(root)) {
            return found.filter(Files::isRegularFile).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<String> lines(String page) {
        try {
            return Files.readAllLines(RunningApplication.ROOT.resolve(page));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The commands of the page's blocks of {@code console}, in their order. */
    static List<DocumentedCommand> of(String page) {
        var commands = new ArrayList<DocumentedCommand>();
        List<String> lines = lines(page);
        int indentation = -1;
        @Nullable DocumentedCommand last = null;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            String stripped = line.strip();
            if (indentation < 0) {
                indentation = stripped.equals("```console") ? line.indexOf('`') : -1;
                last = null;
            } else if (stripped.equals("```")) {
                indentation = -1;
            } else {
                String shown = line.substring(Math.min(indentation, line.length()));
                if (shown.startsWith("$ ")) {
                    last = new DocumentedCommand(page, i + 1, shown.substring(2), new ArrayList<>());
                    commands.add(last);
                } else if (last != null && (shown.startsWith("> ") || last.text.endsWith("\\"))) {
                    String more = shown.startsWith("> ") ? shown.substring(2) : shown;
                    last = new DocumentedCommand(page, last.line, last.text + "\n" + more, last.output);
                    commands.set(commands.size() - 1, last);
                } else if (last != null) {
                    last.output.add(shown);
                } else {
                    throw new AssertionError(page + ":" + (i + 1) + ": a block of console begins with \"$ \"");
                }
            }
        }
        return commands;
    }

    /** The command in one line, without its comment. */
    String words() {
        return COMMENT.matcher(text)
                .replaceAll("")
                .replace("\\\n", " ")
                .replaceAll("\\s+", " ")
                .strip();
    }

    String where() {
        return page + ":" + line + ": " + words();
    }

    /** Whether an output is what the page shows. There, {@code …} stands for anything; a page that shows nothing promises nothing. */
    boolean isShownAs(String said) {
        if (output.isEmpty()) {
            return true;
        }
        String wanted = Stream.of(normal(String.join("\n", output)).split("…", -1))
                .map(Pattern::quote)
                .reduce((left, right) -> left + ".*" + right)
                .orElseThrow();
        return Pattern.compile(wanted, Pattern.DOTALL).matcher(normal(said)).matches();
    }

    private static String normal(String text) {
        return text.replaceAll("[ \t]+", " ").replaceAll(" ?\n\\s*", "\n").strip();
    }
}
