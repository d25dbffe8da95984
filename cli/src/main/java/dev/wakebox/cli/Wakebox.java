package dev.wakebox.cli;

import dev.wakebox.local.computer.ErrorSentence;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.WakeboxException;
import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * The commands for a stack, deployed or local. Exit codes: 0 succeeded, 1 the job failed, 2 the command or its input is wrong, 3 AWS or
 * the disk could not be asked.
 */
@Command(name = "./wakebox", description = "What a stack does: a deployed one, or that of the local application.")
public final class Wakebox {
    private static final int USAGE = 2;

    private Wakebox() {}

    /** Runs the command that the arguments name. */
    public static void main(String[] arguments) {
        // Java would send a POST again after a broken connection, which could start a job twice.
        System.setProperty("sun.net.http.retryPost", "false");
        String directory = System.getenv().getOrDefault("WAKEBOX_DIRECTORY", "");
        var context = new Context(
                System.getenv(),
                Path.of(directory).toAbsolutePath(),
                System.in,
                System.out,
                Clock.systemUTC(),
                Optional.ofNullable(System.console())
                        .filter(Console::isTerminal)
                        .isPresent());
        int exitCode = commandLine(context, System.err).execute(arguments);
        if (System.out.checkError()) {
            System.err.println("wakebox: The output could not be written: the disk is full, or its reader has ended.");
            exitCode = StackCommand.COULD_NOT_ASK;
        }
        System.exit(exitCode);
    }

    /** All commands. Errors are written to {@code err}, in one sentence that begins with {@code wakebox: }. */
    static CommandLine commandLine(Context context, PrintStream err) {
        var commandLine = new CommandLine(new Wakebox())
                .addSubcommand(new RunCommand(context))
                .addSubcommand(new RunsCommand(context))
                .addSubcommand(new ShowCommand(context))
                .addSubcommand(new LogsCommand(context))
                .addSubcommand(new EventsCommand(context))
                .addSubcommand(new CancelCommand(context))
                .addSubcommand(new RerunCommand(context))
                .addSubcommand(new CostCommand(context))
                .addSubcommand(new DoctorCommand(context))
                .addSubcommand(new ValidateCommand(context))
                .addSubcommand(new DryRunCommand(context))
                .addSubcommand(new SshCommand(context))
                .addSubcommand(new AskCommand(context))
                .addSubcommand(new TrainMentorCommand(context))
                .addSubcommand(new UploadCommand(context))
                .addSubcommand(new TrainCommand(context))
                .addSubcommand(new StatusCommand(context))
                .addSubcommand(new InvokeCommand(context))
                .addSubcommand(new CommandLine(new DlqCommand(context))
                        .addSubcommand(new DlqShowCommand(context))
                        .addSubcommand(new DlqRedriveCommand(context))
                        .addSubcommand(new DlqPurgeCommand(context)))
                .addSubcommand(new TokenCommand(context))
                .addSubcommand(new CompletionCommand(context));
        help(commandLine);
        return commandLine
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOut(writer(context.out()))
                .setErr(writer(err))
                .setParameterExceptionHandler((e, _) -> usage(e))
                .setExecutionExceptionHandler((e, command, _) -> failure(e, command));
    }

    private static void help(CommandLine command) {
        command.getCommandSpec()
                .addOption(OptionSpec.builder("-h", "--help")
                        .usageHelp(true)
                        .description("Print this text.")
                        .build())
                .usageMessage()
                .sortOptions(false);
        command.getSubcommands().values().forEach(Wakebox::help);
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, stream.charset());
    }

    private static int usage(ParameterException e) {
        CommandLine command = e.getCommandLine();
        String message = String.valueOf(e.getMessage());
        if (e instanceof UnmatchedArgumentException unmatched) {
            String given = unmatched.getUnmatched().getFirst();
            boolean isCommand = command.getParent() == null && !given.startsWith("-");
            message =
                    "unknown " + (isCommand ? "command" : given.startsWith("-") ? "option" : "argument") + ": " + given;
            String near = String.join(" or ", unmatched.getSuggestions());
            message += near.isEmpty() ? "" : "; did you mean " + near + "?";
        }
        command.getErr()
                .println("wakebox: " + message + (message.endsWith("?") ? "" : ".") + " ("
                        + command.getCommandSpec().qualifiedName() + " --help)");
        return USAGE;
    }

    private static int failure(Exception e, CommandLine command) {
        String sentence =
                switch (e) {
                    case WakeboxException refused -> ErrorSentence.of(refused);
                    case SdkException failed ->
                        command.getCommand() instanceof StackCommand local && local.isLocal()
                                ? ErrorSentence.of(failed)
                                : AwsFailure.sentence(failed);
                    case IOException failed -> ErrorSentence.of(failed);
                    case UncheckedIOException failed -> ErrorSentence.of(failed);
                    default -> ErrorSentence.withTrace(e, Path.of(".wakebox", "client-error.txt"));
                };
        command.getErr().println("wakebox: " + sentence);
        return e instanceof WakeboxException refused && refused.code().kind() == ErrorCode.Kind.CALLER
                ? USAGE
                : StackCommand.COULD_NOT_ASK;
    }
}
