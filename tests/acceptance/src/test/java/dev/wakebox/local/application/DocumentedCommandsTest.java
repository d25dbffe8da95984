package dev.wakebox.local.application;

import static dev.wakebox.local.application.RunningApplication.ROOT;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every command of README and of the documentation is one of three: it is run here, page by page, as a reader would; it is in {@code
 * commands-not-run.txt} with the reason; or it makes this test fail. What a page shows of an output is compared.
 */
class DocumentedCommandsTest {
    private static final Path RESOURCES =
            ROOT.resolve("tests/acceptance/src/test/resources/dev/wakebox/local/application/documentation");
    private static final Pattern OPTION = Pattern.compile("(?<= )--[a-z][a-z-]*");
    private static final Pattern INLINE = Pattern.compile("`(\\./wakebox [^`]*)`");
    private static final Pattern PARAMETER = Pattern.compile("\\b([A-Z][A-Za-z0-9]+)=");

    @TempDir
    static Path directory;

    static DocumentedShell shell;

    @BeforeAll
    static void prepare() throws IOException, InterruptedException {
        shell = DocumentedShell.in(directory);
    }

    @AfterAll
    static void stop() throws IOException {
        try (var session = shell.open()) {
            if (shell.isRunning()) {
                session.run("./wakebox down");
            }
            // Nothing that removes the directory may follow its links to this checkout.
            session.run("find . -type l -delete");
        }
    }

    // ---------------------------------------------------------------- commands that run

    @TestFactory
    Stream<DynamicTest> tasks_playedInOrder_doWhatThePagesShow() {
        return pages(page -> page.startsWith("docs/tasks/"));
    }

    @InTestAll
    @TestFactory
    Stream<DynamicTest> otherPages_playedInOrder_doWhatTheyShow() {
        return pages(page -> !page.startsWith("docs/tasks/"));
    }

    /** Pages that stop the application come last. */
    private static Stream<DynamicTest> pages(Predicate<String> which) {
        return DocumentedCommand.pages().stream()
                .filter(which)
                .filter(page -> !commands(page).isEmpty())
                .sorted(Comparator.comparing(page -> page.equals("README.md")))
                .map(page -> DynamicTest.dynamicTest(page, () -> play(page)));
    }

    /** The commands of a page that run. */
    private static List<DocumentedCommand> commands(String page) {
        var reasons = notRun();
        return DocumentedCommand.of(page).stream()
                .filter(command -> !reasons.containsKey(key(command)) && !reasons.containsKey(ofAnyPage(command)))
                .toList();
    }

    private static void play(String page) throws IOException {
        try (var session = shell.open()) {
            if (!shell.isRunning()) {
                var up = session.run("./wakebox up");
                assertThat(up.exitCode()).as(up.said()).isZero();
            }
            beside(page, ".sh", session);
            var problems = new ArrayList<String>();
            for (DocumentedCommand command : commands(page)) {
                var result = session.run(command.text());
                if (result.exitCode() != 0) {
                    problems.add(command.where() + "\nends with " + result.exitCode() + ":\n" + result.said());
                } else if (!command.isShownAs(result.said())) {
                    problems.add(command.where() + "\nprints, and not what the page shows:\n" + result.said());
                }
            }
            beside(page, ".after.sh", session);
            assertThat(problems).as(page).isEmpty();
        }
    }

    /** What the page takes for granted: files and variables of its reader; and what later pages don't expect. */
    private static void beside(String page, String ending, DocumentedShell.Session session) throws IOException {
        Path script = RESOURCES.resolve(page.replace('/', '_').replace(".md", ending));
        if (Files.exists(script)) {
            var result = session.run(Files.readString(script));
            assertThat(result.exitCode()).as("%s: %s", script, result.said()).isZero();
        }
    }

    // ---------------------------------------------------------------- commands that don't

    private static String key(DocumentedCommand command) {
        return command.page() + " $ " + command.words();
    }

    private static String ofAnyPage(DocumentedCommand command) {
        return "* $ " + command.words();
    }

    /** The commands that don't run, with their reasons. */
    private static Map<String, String> notRun() {
        var reasons = new LinkedHashMap<String, String>();
        String reason = "";
        for (String line : DocumentedCommand.lines(
                ROOT.relativize(RESOURCES.resolve("commands-not-run.txt")).toString())) {
            if (line.startsWith("# ")) {
                reason = line.substring(2);
            } else if (!line.isBlank()) {
                reasons.put(line, reason);
            }
        }
        return reasons;
    }

    @Test
    void commandsThatDontRun_haveAReasonAndAPage() {
        var shown = DocumentedCommand.pages().stream()
                .flatMap(page -> DocumentedCommand.of(page).stream())
                .flatMap(command -> Stream.of(key(command), ofAnyPage(command)))
                .toList();

        assertThat(notRun().keySet()).as("no page has these any more").isSubsetOf(shown);
        notRun().forEach((command, reason) -> {
            assertThat(reason).as(command).isNotBlank();
            var player = Pattern.compile("Played by (\\S+)[:.]").matcher(reason);
            if (player.find()) {
                assertThat(ROOT.resolve(player.group(1))).as(command).exists();
            }
        });
    }

    /** What can't run can still be right: its command, its options, its parameters. */
    @Test
    void commandsThatDontRun_nameWhatThereIs() throws IOException {
        var wrong = new ArrayList<String>();
        for (String command : notRun().keySet()) {
            wrong.addAll(problems(command.substring(command.indexOf(" $ ") + 3), command));
        }
        assertThat(wrong).isEmpty();
    }

    /** AWS's own model of its commands tells whether the arguments are right; {@code aws lambda invoke} has no skeleton. */
    @InTestAll
    @Test
    void commandsOfAwsThatDontRun_haveRightArguments() throws IOException {
        try (var session = shell.open()) {
            for (String command : notRun().keySet()) {
                String words = command.substring(command.indexOf(" $ ") + 3);
                if (words.startsWith("aws ") && !words.startsWith("aws lambda invoke ")) {
                    // The file is the reader's.
                    var parsed = session.run(words.replace("file://", "") + " --generate-cli-skeleton");
                    assertThat(parsed.exitCode())
                            .as("%s: %s", command, parsed.said())
                            .isZero();
                }
            }
        }
    }

    /** The commands in sentences and tables. */
    @Test
    void commandsInSentences_nameWhatThereIs() throws IOException {
        var wrong = new ArrayList<String>();
        for (String page : DocumentedCommand.pages()) {
            var inline = INLINE.matcher(String.join("\n", DocumentedCommand.lines(page)));
            while (inline.find()) {
                String command = inline.group(1).replace("\n", " ");
                wrong.addAll(problems(command, page + ": " + command));
            }
        }
        assertThat(wrong).isEmpty();
    }

    /** A reader copies what a block of {@code console} has; in others nothing would check it. */
    @Test
    void commands_areInBlocksOfConsole() {
        assertThat(DocumentedCommand.pages()).allSatisfy(page -> assertThat(DocumentedCommand.lines(page))
                .map(String::strip)
                .doesNotContain("```bash", "```sh", "```shell"));
    }

    private static List<String> problems(String command, String where) throws IOException {
        var problems = new ArrayList<String>();
        String template = Files.readString(ROOT.resolve("template.yaml"));
        if (command.startsWith("./wakebox ")) {
            String help = helpOf(command.split(" ", -1)[1]);
            if (help.isEmpty()) {
                problems.add(where + ": there is no such command");
            }
            OPTION.matcher(command)
                    .results()
                    .map(match -> match.group())
                    .filter(option -> !help.contains(option))
                    .forEach(option -> problems.add(where + ": there is no option " + option));
        }
        int parameters = command.indexOf("--parameter-overrides");
        if (parameters > 0) {
            PARAMETER
                    .matcher(command.substring(parameters))
                    .results()
                    .map(match -> match.group(1))
                    .filter(name ->
                            !template.contains("\n  " + name + ":\n") && !template.contains("\n  " + name + ": {"))
                    .forEach(name -> problems.add(where + ": there is no parameter " + name));
        }
        return problems;
    }

    /** What {@code ./wakebox help} and the page of the commands say about one. */
    private static String helpOf(String command) throws IOException {
        var help = new StringBuilder();
        for (String line : Files.readAllLines(ROOT.resolve("wakebox"))) {
            if (line.matches(" {2}\\./wakebox " + Pattern.quote(command) + "\\b.*")) {
                help.append(line).append('\n');
            }
        }
        if (command.equals("up") || command.equals("demo")) {
            help.append("--api-port --aws-port");
        }
        String page = Files.readString(ROOT.resolve("docs/cli.md"));
        for (String section : page.split("\n## ", -1)) {
            if (section.startsWith(command + "\n") || section.startsWith(command + " ")) {
                help.append(section);
            }
        }
        return help.toString();
    }
}
