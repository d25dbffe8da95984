package dev.wakebox.cli;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of commands that call the HTTP API of a stack. */
final class ApiOptions {
    @Option(
            names = "--api-url",
            paramLabel = "URL",
            description = "The HTTP API, such as a domain of your own. Default: the stack's output ApiUrl.")
    @Nullable
    URI url;

    @Option(
            names = "--token",
            paramLabel = "FILE",
            description = {
                "A file with the token for the API, or - for the standard input. Default: WAKEBOX_TOKEN.",
                "The token itself is no argument, because other users of the computer can see those."
            })
    @Nullable
    String tokenFile;
}
