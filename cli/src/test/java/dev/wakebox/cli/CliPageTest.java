package dev.wakebox.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** {@code docs/cli.md} has the help text of every command. */
class CliPageTest {
    private static final Path ROOT =
            Path.of(System.getProperty("wakebox.root", "..")).toAbsolutePath().normalize();
    private static final String MARKER = "<!-- The rest is made from the help texts: CliPageTest. -->\n";

    @Test
    void page_hasTheHelpOfEachCommand() throws IOException {
        String page = Files.readString(ROOT.resolve("docs/cli.md"));
        String made = page.substring(0, page.indexOf(MARKER) + MARKER.length()) + help();

        Path file = Files.writeString(ROOT.resolve("cli/target/cli.md"), made);

        assertThat(page).as("docs/cli.md is old: cp " + file + " docs/cli.md").isEqualTo(made);
    }

    private static String help() {
        var page = new StringBuilder();
        try (var nothing = new PrintStream(new ByteArrayOutputStream(), true, UTF_8)) {
            var context = new Context(
                    Map.of(), Path.of(""), new ByteArrayInputStream(new byte[0]), nothing, Clock.systemUTC(), false);
            for (CommandLine command :
                    Wakebox.commandLine(context, nothing).getSubcommands().values()) {
                add(command, command.getCommandName(), page);
            }
        }
        return page.toString();
    }

    private static void add(CommandLine command, String name, StringBuilder page) {
        page.append("\n## ")
                .append(name)
                .append("\n\n```text\n")
                .append(command.setUsageHelpWidth(110).getUsageMessage(Ansi.OFF))
                .append("```\n");
        command.getSubcommands().values().forEach(each -> add(each, name + " " + each.getCommandName(), page));
    }
}
